/** Could the numbers or the stamp of a line decide whether a text occurs in it? On the safe side. */

/** A line without its stamp, lower case, cut where its numbers are. */
export type Pieces = readonly string[];

const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun'.split(
  ' ',
);
const isStampWord = (word: string): boolean =>
  /^[\d:.,+\-tz]*$/.test(word) || NAMES.some((name) => name.includes(word));

/** Could `text` (lower case) lie in a stamp, wholly or with its beginning? */
export function mayTouchStamp(text: string): boolean {
  const words = text.trimStart().split(' ');
  for (const [index, word] of words.entries()) {
    if (!isStampWord(word)) return false;
    // A stamp ends with a digit or a Z; what follows may be anything.
    if (/[\dz]$/.test(word) && index + 1 < words.length) return true;
  }
  return true;
}

/** Could `text` (lower case) lie in one of the numbers, wholly or with a part of it? */
export function mayTouchNumbers(text: string, pieces: Pieces): boolean {
  const runs = text.split(/(\d+)/);
  // Odd positions are digits: what stands around them in the text must stand around a number, too.
  for (let run = 1; run < runs.length; run += 2) {
    const before = runs[run - 1] as string;
    const after = runs[run + 1] as string;
    for (let piece = 0; piece + 1 < pieces.length; piece += 1) {
      if (pieces[piece]?.endsWith(before) && pieces[piece + 1]?.startsWith(after)) return true;
    }
  }
  return false;
}
