/** Character classes of regular expressions: RE2's syntax to tables over the ASCII characters. */
import { type FlaggedCursor, Unknown } from './regex-cursor.ts';

/** Reads a class behind its opening bracket: 1 by character code for its members. Throws Unknown. */
export function readClass(cursor: FlaggedCursor): Uint8Array {
  const { text } = cursor;
  const isNegated = text[cursor.at] === '^';
  if (isNegated) cursor.at += 1;
  const isIn = new Uint8Array(128);
  const first = cursor.at;
  while (text[cursor.at] !== ']' || cursor.at === first) {
    const low = readMember(cursor);
    if (typeof low !== 'string') {
      for (let code = 0; code < 128; code += 1) if (low[code] === 1) isIn[code] = 1;
      continue;
    }
    let high: string | Uint8Array = low;
    if (text[cursor.at] === '-' && text[cursor.at + 1] !== ']') {
      cursor.at += 1;
      high = readMember(cursor);
    }
    if (typeof high !== 'string' || high < low) throw new Unknown();
    isIn.fill(1, low.charCodeAt(0), high.charCodeAt(0) + 1);
  }
  cursor.at += 1;
  return isNegated ? inverse(closed(cursor, isIn)) : closed(cursor, isIn);
}

function readMember(cursor: FlaggedCursor): string | Uint8Array {
  const character = cursor.text[cursor.at];
  // A bracket may begin a POSIX class such as [:alpha:].
  if (character === undefined || character === '[') throw new Unknown();
  cursor.at += 1;
  return character === '\\' ? readClassEscape(cursor) : character;
}

/** Reads what stands behind a backslash, in a class or outside: a character or a class. Throws Unknown. */
export function readClassEscape(cursor: FlaggedCursor): string | Uint8Array {
  const escaped = cursor.text[cursor.at] ?? '';
  cursor.at += 1;
  const control = CONTROLS[escaped];
  if (control !== undefined) return control;
  const ranges = CLASSES[escaped.toLowerCase()];
  if (ranges !== undefined) {
    const isIn = new Uint8Array(128);
    for (let index = 0; index < ranges.length; index += 2) {
      isIn.fill(1, ranges.charCodeAt(index), ranges.charCodeAt(index + 1) + 1);
    }
    return escaped === escaped.toLowerCase() ? isIn : inverse(isIn);
  }
  if (escaped === '' || /[A-Za-z0-9]/.test(escaped)) throw new Unknown();
  return escaped;
}

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };
/** Pairs of first and last characters. */
const CLASSES: Readonly<Record<string, string>> = {
  d: '09',
  w: '09AZaz__',
  // RE2's spaces are without the vertical tab.
  s: '\t\n\f\r  ',
};

/** The class of one character. */
export function only(character: string): Uint8Array {
  const isIn = new Uint8Array(128);
  isIn[character.charCodeAt(0)] = 1;
  return isIn;
}

/** All other characters. */
export const inverse = (isIn: Uint8Array): Uint8Array => isIn.map((flag) => 1 - flag);

/** The class, with both cases of its letters when case does not count. */
export function closed({ flags }: FlaggedCursor, isIn: Uint8Array): Uint8Array {
  if (!flags.ignoreCase) return isIn;
  for (let lower = 97; lower <= 122; lower += 1) {
    if (isIn[lower] === 1 || isIn[lower - 32] === 1) {
      isIn[lower] = 1;
      isIn[lower - 32] = 1;
    }
  }
  return isIn;
}
