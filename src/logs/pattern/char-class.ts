/** Sets of characters, by which most kinds of the pattern language know where their text ends. */

/** A set of UTF-16 units. */
export interface CharClass {
  /** 1 for every Latin-1 character of the set. */
  table: Uint8Array;
  /** Do all other characters belong to it, but for `exceptions`? */
  isWide: boolean;
  exceptions: ReadonlySet<number>;
}

const known = new Map<string, CharClass>();

/** The set that a class of a regular expression stands for: `[\w.-]`. Throws a `SyntaxError` when it is none. */
export function charClass(source: string): CharClass {
  const made = known.get(source) ?? makeClass(source);
  known.set(source, made);
  return made;
}

function makeClass(source: string): CharClass {
  const one = new RegExp(`^${source}$`);
  const table = new Uint8Array(256);
  for (let code = 0; code < 256; code += 1)
    table[code] = one.test(String.fromCharCode(code)) ? 1 : 0;
  const isWide = one.test('\u4e00');
  const named = [...source].filter((sign) => sign > '\u00ff' && one.test(sign) !== isWide);
  return { table, isWide, exceptions: new Set(named.map((sign) => sign.charCodeAt(0))) };
}

const has = ({ table, isWide, exceptions }: CharClass, code: number): boolean =>
  code < 256 ? table[code] === 1 : isWide !== exceptions.has(code);

/** Where the run of such characters that begins at `at` ends. */
export function runEnd(chars: CharClass, text: string, at: number): number {
  const { table } = chars;
  let end = at;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code < 256 ? table[code] === 0 : !has(chars, code)) return end;
  }
  return end;
}

/** Can a text of such characters hold `literal`? */
export function canHold(chars: CharClass, literal: string): boolean {
  for (let at = 0; at < literal.length; at += 1)
    if (!has(chars, literal.charCodeAt(at))) return false;
  return true;
}

/** Have both sets a character in common? */
export const overlap = (left: CharClass, right: CharClass): boolean =>
  (left.isWide && right.isWide) ||
  left.table.some((one, code) => one === 1 && right.table[code] === 1);
