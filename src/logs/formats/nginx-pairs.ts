/**
 * The `, client: ..., server: ..., request: "..."` behind an nginx error message. Everything in them except
 * the client is chosen by whoever sent the request, and a user name in front may imitate them.
 */

export interface NginxPairs {
  /** The message in front of the pairs. */
  error: string;
  pairs: ReadonlyMap<string, string>;
}

const FIRST = ', client: ';
const KEY = /, (client|server|request|subrequest|upstream|host|referrer|login): /y;
const MAX_STARTS = 16;

/**
 * Splits a message at the `, client: ` that nginx wrote: the first from which the text reads as pairs up to
 * its end. Where the message quotes a user name, which may hold forged pairs, it is the last one that
 * follows nginx's own sentence about the user.
 */
export function readNginxPairs(message: string): NginxPairs {
  const isAboutUser = message.startsWith('user "');
  let best: NginxPairs | undefined;
  let start = message.indexOf(FIRST);
  for (let tries = 0; start >= 0 && tries < MAX_STARTS; tries++) {
    const pairs = readPairs(message, start);
    if (pairs !== undefined) {
      const error = message.slice(0, start);
      if (!isAboutUser) return { error, pairs };
      if (best === undefined || USER_SENTENCE_END.test(error.slice(-MAX_SENTENCE)))
        best = { error, pairs };
    }
    start = message.indexOf(FIRST, start + 1);
  }
  return best ?? { error: message, pairs: new Map() };
}

const MAX_SENTENCE = 4200;
const USER_SENTENCE_END = /": password mismatch$|":? was not found in "[^"]{0,4096}"$/;

function readPairs(text: string, start: number): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  let at = start;
  while (at < text.length) {
    KEY.lastIndex = at;
    const key = KEY.exec(text);
    if (key === null) return undefined;
    const from = at + key[0].length;
    const isQuoted = text[from] === '"';
    const end = isQuoted ? quotedEnd(text, from + 1) : bareEnd(text, from);
    if (end < 0) return undefined;
    const value = isQuoted ? text.slice(from + 1, end) : text.slice(from, end);
    const name = key[1] ?? '';
    // The client's own text may repeat a key; the first is nginx's.
    if (!pairs.has(name) && value !== '') pairs.set(name, value);
    at = isQuoted ? end + 1 : end;
  }
  return pairs;
}

/** The quote before the next pair or the end of the text, or -1. */
function quotedEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    if (at === text.length - 1 || isKeyAt(text, at + 1)) return at;
  }
  return -1;
}

function bareEnd(text: string, from: number): number {
  for (let at = text.indexOf(', ', from); at >= 0; at = text.indexOf(', ', at + 1)) {
    if (isKeyAt(text, at)) return at;
  }
  // Bare values are addresses and server names: a sentence behind them means these are no pairs.
  return /^[^\s"]*(?: while [\w ]{1,60})?$/.test(text.slice(from)) ? text.length : -1;
}

function isKeyAt(text: string, at: number): boolean {
  KEY.lastIndex = at;
  return KEY.test(text);
}
