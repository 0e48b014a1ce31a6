/**
 * Sigma's plain strings: text with wildcards `*` and `?` and backslash escapes, as a list of UTF-16 code
 * units and the marks below.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md#escape-character
 */

/** Any text, also none. */
export const STAR = -1;
/** Any one character. */
export const ANY = -2;
/** Any one of the characters that Windows programs take for an option dash (`windash`). */
export const DASH = -3;

/** Code units (0 and up) and the marks STAR, ANY and DASH. */
export type Pattern = readonly number[];

const BACKSLASH = 92;
const ASTERISK = 42;
const QUESTION = 63;

/** Reads escapes and wildcards. A backslash escapes `*`, `?` and itself; before anything else it stands for itself. */
export function parsePattern(text: string): number[] {
  const pattern: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === ASTERISK) {
      if (pattern.at(-1) !== STAR) pattern.push(STAR);
    } else if (unit === QUESTION) pattern.push(ANY);
    else if (unit === BACKSLASH) {
      const next = text.charCodeAt(i + 1);
      if (next === ASTERISK || next === QUESTION || next === BACKSLASH) {
        pattern.push(next);
        i += 1;
      } else pattern.push(unit);
    } else pattern.push(unit);
  }
  return pattern;
}

/** Text with no special meaning as a pattern. */
export const plainPattern = (text: string): number[] =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

/** The text of a pattern without marks; undefined when it has any. */
export function plainText(pattern: Pattern): string | undefined {
  return pattern.some((unit) => unit < 0) ? undefined : textOf(pattern);
}

/** The text of code units. */
export function textOf(units: Pattern): string {
  let text = '';
  for (const unit of units) text += String.fromCharCode(unit);
  return text;
}

/** Adds a leading and/or trailing `*` where there is none. */
export function openPattern(pattern: Pattern, atStart: boolean, atEnd: boolean): number[] {
  const open = [...pattern];
  if (atStart && open[0] !== STAR) open.unshift(STAR);
  if (atEnd && open.at(-1) !== STAR) open.push(STAR);
  return open;
}

const DASHES = new Set([...'-/\u2013\u2014\u2015'].map((dash) => dash.charCodeAt(0)));

/** Is the code unit one of the five option dashes of the `windash` modifier? */
export const isDash = (unit: number): boolean => DASHES.has(unit);

const isWordUnit = (unit: number | undefined): boolean =>
  unit !== undefined && unit >= 0 && /[\p{L}\p{N}_]/u.test(String.fromCharCode(unit));

/** Replaces each dash that begins an option (no word character before it, one after it) with DASH. */
export function spreadDashes(pattern: Pattern): number[] {
  return pattern.map((unit, index) =>
    isDash(unit) && !isWordUnit(pattern[index - 1]) && isWordUnit(pattern[index + 1]) ? DASH : unit,
  );
}
