/**
 * The `, client: ..., server: ..., request: "..."` behind an nginx error message. Everything in them except
 * the client is chosen by whoever sent the request, and a user name in front may imitate them.
 */

/** A message of nginx in two. */
export interface NginxPairs {
  /** The message in front of the pairs. */
  error: string;
  pairs: ReadonlyMap<string, string>;
}

const FIRST = ', client: ';
const KEY = /, (client|server|request|subrequest|upstream|host|referrer|login): /y;
/** The order in which nginx writes them. */
const ORDER = [
  'client',
  'server',
  'login',
  'request',
  'subrequest',
  'upstream',
  'host',
  'referrer',
];
const MAX_STARTS = 16;

/**
 * Splits a message at the `, client: ` that nginx wrote: the first from which the text reads as pairs, in nginx's
 * order, up to its end, with an address for the client. Where the message quotes a name or a path, which may hold
 * forged pairs, it follows nginx's own words about it: for a name, the last that does.
 */
export function readNginxPairs(message: string): NginxPairs {
  const isAboutUser = message.startsWith('user "');
  let best: NginxPairs | undefined;
  let loose: NginxPairs | undefined;
  let quoted: NginxPairs | undefined;
  let start = message.indexOf(FIRST);
  for (let tries = 0; start >= 0 && tries < MAX_STARTS; tries++) {
    const error = message.slice(0, start);
    const pairs = readPairs(message, start);
    if (pairs !== undefined && isInQuotes(error)) quoted = { error, pairs };
    else if (pairs !== undefined && !isAboutUser && holdsPairs(pairs)) loose ??= { error, pairs };
    else if (pairs !== undefined) {
      if (!isAboutUser) return { error, pairs };
      if (best === undefined || USER_SENTENCE_END.test(error.slice(-MAX_SENTENCE)))
        best = { error, pairs };
    }
    start = message.indexOf(FIRST, start + 1);
  }
  return best ?? loose ?? quoted ?? { error: message, pairs: new Map() };
}

const MAX_SENTENCE = 4200;
const USER_SENTENCE_END = /": password mismatch$|":? was not found in "[^"]{0,4096}"$/;
/** Does a value, but for the referrer at the end, hold what looks like further pairs? */
const holdsPairs = (pairs: ReadonlyMap<string, string>): boolean =>
  [...pairs].some(([name, value]) => name !== 'referrer' && value.includes(FIRST));

/** What nginx says behind something that it quotes. */
const BEHIND_QUOTE =
  /^(?::? (?:failed|is|was|not|has|because|while|in|from|and|did|does|contains|could|password|authentication)\b.{0,300})?$/s;

/** Does the message quote something that has not ended? */
function isInQuotes(error: string): boolean {
  const quote = error.lastIndexOf('"');
  return quote >= 0 && !BEHIND_QUOTE.test(error.slice(quote + 1));
}

function readPairs(text: string, start: number): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  let at = start;
  let last = -1;
  while (at < text.length) {
    KEY.lastIndex = at;
    const key = KEY.exec(text);
    if (key === null) return undefined;
    const name = key[1] ?? '';
    const place = ORDER.indexOf(name);
    if (place <= last) return undefined;
    last = place;
    const from = at + key[0].length;
    const isQuoted = text[from] === '"';
    const end = isQuoted ? quotedEnd(text, from + 1, place) : bareEnd(text, from, place);
    if (end < 0) return undefined;
    const value = isQuoted ? text.slice(from + 1, end) : text.slice(from, end);
    if (name === 'client' && !CLIENT.test(value)) return undefined;
    if (value !== '') pairs.set(name, value);
    at = isQuoted ? end + 1 : end;
  }
  return pairs;
}

/** An address, perhaps with a port; `unix:` for a local socket. */
const CLIENT = /^(?:[0-9A-Fa-f:.%\w[\]-]{2,64}|unix:\S{0,108})(?: while [\w ]{1,60})?$/;

/** The quote before the next pair or the end of the text, or -1. */
function quotedEnd(text: string, from: number, place: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    if (at === text.length - 1 || isKeyAt(text, at + 1, place)) return at;
  }
  return -1;
}

function bareEnd(text: string, from: number, place: number): number {
  for (let at = text.indexOf(', ', from); at >= 0; at = text.indexOf(', ', at + 1)) {
    if (isKeyAt(text, at, place)) return text.slice(from, at).includes('"') ? -1 : at;
  }
  // Bare values are addresses and server names: a sentence behind them means these are no pairs.
  return /^[^\s"]*(?: while [\w ]{1,60})?$/.test(text.slice(from)) ? text.length : -1;
}

/** Does a key that may follow the one at `place` stand there? */
function isKeyAt(text: string, at: number, place: number): boolean {
  KEY.lastIndex = at;
  const name = KEY.exec(text)?.[1];
  return name !== undefined && ORDER.indexOf(name) > place;
}
