/** Could the slots or the stamp of a line decide whether a text occurs in it? On the safe side. */

/** A line without its stamp, lower case, cut where its slots are. */
export type Pieces = readonly string[];

/** What there is to know of texts before any line is seen. */
export interface Texts {
  /** One of them could lie in a stamp, wholly or with its beginning. */
  mayTouchStamp: boolean;
  /** What stands around what may lie in a slot. */
  runs: readonly Run[];
}

/** Digits and dots in a text: what stands before and after them, up to the next ones. */
interface Run {
  before: string;
  after: string;
}

/** Looks at texts, which are lower case. */
export const textsOf = (texts: readonly string[]): Texts => ({
  mayTouchStamp: texts.some(mayTouchStamp),
  runs: texts.flatMap(runsOf),
});

const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun'.split(
  ' ',
);
const isStampWord = (word: string): boolean =>
  /^[\d:.,+\-tz]*$/.test(word) || NAMES.some((name) => name.includes(word));

function mayTouchStamp(text: string): boolean {
  const words = text.trimStart().split(' ');
  for (const [index, word] of words.entries()) {
    if (!isStampWord(word)) return false;
    // A stamp ends with a digit or a Z; what follows may be anything.
    const isEnd = /[\dz]$/.test(word);
    if (isEnd && word !== '' && index + 1 < words.length) return true;
  }
  return true;
}

function runsOf(text: string): Run[] {
  const parts = text.split(/[\d.]+/);
  return parts.slice(1).map((after, index) => ({ before: parts[index] as string, after }));
}

/**
 * Could one of the texts lie in a slot, wholly or with a part of it? What stands around digits in the text must
 * stand around a slot, too.
 */
export const mayTouchSlots = ({ runs }: Texts, pieces: Pieces): boolean =>
  runs.some(({ before, after }) =>
    pieces.some(
      (piece, index) => piece.endsWith(before) && pieces[index + 1]?.startsWith(after) === true,
    ),
  );
