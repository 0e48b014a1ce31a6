/** Pieces of patterns that are being made: what stands in the line, what the pattern has for it. */

/** One element of a pattern, with the text of an example line. */
export interface Piece {
  pattern: string;
  example: string;
}

/** A text that stands as it is, with the signs of the language behind backslashes. */
export const literal = (text: string): Piece => ({
  pattern: text.replace(/[(){}|\\]|%(?=\{)/g, (sign) => `\\${sign}`),
  example: text,
});

/** The pattern of the pieces. */
export const patternOf = (pieces: readonly Piece[]): string =>
  pieces.map(({ pattern }) => pattern).join('');

/** The example line of the pieces. */
export const exampleOf = (pieces: readonly Piece[]): string =>
  pieces.map(({ example }) => example).join('');
