/** What stands in a text in another writing: percent encoding, `\u0040`, character references, base64; with the place of each character. */

/** A decoded part of a text. */
export interface DecodedView {
  text: string;
  /** By character of `text`, and behind its last one: the place in the text it was taken from. */
  places: Int32Array;
}

/** All that stands for one character. A plus stands for a blank between digits alone: elsewhere it may be itself. */
const ESCAPES =
  /%([0-9A-Fa-f]{2})|\\{1,15}u00([0-9A-Fa-f]{2})|&(?:(quot|amp|lt|gt|apos)|#(\d{1,3})|#x([0-9A-Fa-f]{1,2}));|(?<=\d)\+(?=\d)/g;
const NAMED: Readonly<Record<string, number>> = { quot: 34, amp: 38, lt: 60, gt: 62, apos: 39 };

/** Words of which one stands where something is written so. */
export const ESCAPE_WORDS = [
  ...['%0', '%a', '%b', '%c', '%d', '%e', '%f', '\\u00', '&quot;', '&amp;', '&lt;', '&#'],
];

/** Does a run of text end there? Quotes end it, for what is written so needs none. */
const endsRun = (code: number): boolean =>
  code <= 32 || code === 34 || code === 39 || code === 60 || code === 62;

/** Where the run around a place begins, not before `from`, and ends. */
export function runAround(text: string, at: number, from: number): { start: number; end: number } {
  let start = at;
  while (start > from && !endsRun(text.charCodeAt(start - 1))) start -= 1;
  let end = at;
  while (end < text.length && !endsRun(text.charCodeAt(end))) end += 1;
  return { start, end };
}

/** `[start, end)` of the text, decoded once. */
export function decodeEscapes(text: string, start: number, end: number): DecodedView {
  const run = text.slice(start, end);
  const places = new Int32Array(run.length + 1);
  let decoded = '';
  let last = 0;
  const keep = (to: number): void => {
    for (let at = last; at < to; at += 1) places[decoded.length + at - last] = start + at;
    decoded += run.slice(last, to);
  };
  for (const found of run.matchAll(ESCAPES)) {
    const [whole, percent, unicode, name, decimal, hex] = found;
    const code =
      name === undefined
        ? decimal === undefined
          ? Number.parseInt(percent ?? unicode ?? hex ?? '20', 16)
          : Number(decimal)
        : (NAMED[name] as number);
    keep(found.index);
    places[decoded.length] = start + found.index;
    decoded += String.fromCharCode(code & 255);
    last = found.index + whole.length;
  }
  keep(run.length);
  places[decoded.length] = end;
  return { text: decoded, places };
}

/** What is no shorter than that may be base64 of something worth hiding. */
const LEAST_BASE64 = 20;

/** Is this a character of base64, with either alphabet? */
export const RUN_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code))),
);

/** The text that a run is the base64 of; undefined for what is none, or not of text. */
export function decodeBase64(run: string): string | undefined {
  if (run.length < LEAST_BASE64 || !startsLikeText(run)) return undefined;
  const text = Buffer.from(run, 'base64').toString('latin1');
  let odd = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 127 || (code < 32 && code !== 9 && code !== 10 && code !== 13)) odd += 1;
  }
  return odd * 50 > text.length ? undefined : text;
}

/** ASCII has no high bits: seven of eight runs that are no text show one in their first twelve characters. */
function startsLikeText(run: string): boolean {
  const bytes = Buffer.from(run.slice(0, 12), 'base64');
  return bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 10 || byte === 9);
}

/** auditd writes arguments with blanks, and titles of processes, in capital hexadecimal, divided by NUL; other programs in small letters. */
const HEX = /^(?:[2-7][0-9A-Fa-f]|0[09Aa])+$/;
/** What stands before it: `=` or a quote. */
const BEFORE_HEX: ReadonlySet<number> = new Set([61, 34, 39]);

/** The text that a run with a name is the hexadecimal of; undefined for what is none, or not of text. */
export function decodeHex(text: string, start: number, end: number): string | undefined {
  const isNamed = BEFORE_HEX.has(text.charCodeAt(start - 1));
  // The x of 0x is a character of the run.
  const from = text.startsWith('0x', start) ? start + 2 : start;
  if (!isNamed && from === start) return undefined;
  if ((end - from) % 2 === 1 || !HEX.test(text.slice(from, end))) return undefined;
  return Buffer.from(text.slice(from, end), 'hex').toString('latin1').replaceAll('\0', ' ');
}
