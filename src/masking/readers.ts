/** Values that no pattern describes: an IBAN's length goes by its country, a key goes over lines, SQL names its columns elsewhere. */
import { ibanLength } from './check-digits.ts';
import type { Place } from './read-value.ts';

const NOTHING: readonly Place[] = [];
const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);

/** An IBAN that begins at the word: as many characters as its country's have, with single blanks or hyphens. */
export function readIban(text: string, start: number): readonly Place[] {
  const length = ibanLength(text.slice(start, start + 2));
  if (length === undefined || (start > 0 && isWord(text.charCodeAt(start - 1)))) return NOTHING;
  let at = start;
  for (let count = 0; count < length; at += 1) {
    const code = text.charCodeAt(at);
    if (isWord(code)) count += 1;
    else if ((code !== 32 && code !== 45) || !isWord(text.charCodeAt(at - 1))) return NOTHING;
  }
  return isWord(text.charCodeAt(at)) ? NOTHING : [{ start, end: at }];
}

/** `.!#$%&'*+/=?^_{|}~-` may stand in a name; before it none of those that end in one. */
const IN_LOCAL: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(/[\w.%+'-]/.test(String.fromCharCode(code)) || code >= 0xc3),
);
const LONGEST_LOCAL = 64;
const DOMAIN = /@(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,60})(?![\w@-])/y;

/** A mail address around its @. What is longer than a local part may be is none. */
export function readMail(text: string, start: number): readonly Place[] {
  let from = start;
  while (from > 0 && start - from <= LONGEST_LOCAL) {
    const code = text.charCodeAt(from - 1);
    if (code > 255 || IN_LOCAL[code] === 0) break;
    from -= 1;
  }
  while (from < start && !isWord(text.charCodeAt(from)) && text.charCodeAt(from) !== 95) from += 1;
  if (from === start || start - from > LONGEST_LOCAL) return NOTHING;
  DOMAIN.lastIndex = start;
  if (!DOMAIN.test(text)) return NOTHING;
  const end = DOMAIN.lastIndex;
  // Quoted, the quote before it is no part of it: `u'jane@example.org'`. In `o'brien@example.org` it is.
  const quote = text[end] === "'" ? text.lastIndexOf("'", start) : -1;
  return [{ start: Math.max(from, quote + 1), end }];
}

/** The largest key there is has less. */
const LONGEST_KEY = 65_536;
/** In JSON the lines are divided by \n, whose letter is none of the key. */
const LINE_OF_KEY = /(?:(?<=\\[nr])|(?<![A-Za-z0-9+/=\\]))[A-Za-z0-9+/=]{16,}/g;

/** The lines of a private key, up to its end: what stands around them, such as the head of a syslog line, stays. */
export function readPrivateKey(text: string, start: number): readonly Place[] {
  const head = /-{5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{5}/y;
  head.lastIndex = start;
  if (!head.test(text)) return NOTHING;
  const from = head.lastIndex;
  const block = text.slice(from, from + LONGEST_KEY);
  // Another beginning is no part of it either.
  const ending = block.indexOf('-----');
  const body = ending === -1 ? block : block.slice(0, ending);
  const places = [...body.matchAll(LINE_OF_KEY)].map(({ index, 0: { length } }) => ({
    start: from + index,
    end: from + index + length,
  }));
  // The last line may be short.
  const last = places.at(-1);
  const tail =
    last &&
    /(?:[ \t\r\n]|\\[nr]){1,6}([A-Za-z0-9+/=]{1,15})(?:[ \t\r\n]|\\[nr]){0,6}$/.exec(
      text.slice(last.end, from + body.length),
    );
  if (ending !== -1 && last !== undefined && tail) {
    const at = last.end + tail.index + tail[0].indexOf(tail[1] as string);
    places.push({ start: at, end: at + (tail[1] as string).length });
  }
  return places;
}

const SECRET_COLUMN = /pass(?:w(?:or)?d|phrase|wort)?|pwd|secret|token|api_?key|pin$|cvv/i;
/** Rows of one statement that are looked at. */
const MOST_ROWS = 1000;

/** `(name, password) VALUES ('bob', 'x')`: the values that stand in the places of secret columns. */
export function readSqlInsert(text: string, start: number, end: number): readonly Place[] {
  let before = start - 1;
  while (before > start - 10 && text.charCodeAt(before) <= 32) before -= 1;
  if (text[before] !== ')') return NOTHING;
  const lead = text.slice(Math.max(0, start - 2000), start);
  const columns = /\(([^()\n]{1,1900})\)\s{0,10}$/.exec(lead.slice(lead.lastIndexOf('(')))?.[1];
  if (columns === undefined) return NOTHING;
  const secret = columns.split(',').map((column) => SECRET_COLUMN.test(column));
  if (!secret.includes(true)) return NOTHING;
  const places: Place[] = [];
  let at = end;
  for (let rows = 0; rows < MOST_ROWS; rows += 1) {
    const opened = /[\s,]{0,10}\(/y;
    opened.lastIndex = at;
    if (!opened.test(text)) break;
    at = opened.lastIndex;
    for (let column = 0; ; column += 1) {
      const value =
        /[ \t]{0,10}([A-Za-z]\w{0,30}\()?(?:\\{0,7}'((?:[^'\\\n]|''|\\[^\n'])*)\\{0,7}'|([^,()'\n]{0,2000}))/dy;
      value.lastIndex = at;
      const found = value.exec(text);
      const place = found?.indices?.[2] ?? found?.indices?.[3];
      if (found === null || place === undefined || value.lastIndex === at) return places;
      if (secret[column] === true && place[1] > place[0])
        places.push({ start: place[0], end: place[1] });
      at = value.lastIndex;
      // Of the last value of a row this parenthesis ends the row, unless a call is open.
      if (found[1] !== undefined && text[at] === ')') at += 1;
      while (text[at] === ' ' || text[at] === '\t') at += 1;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === ')') at += 1;
  }
  return places;
}
