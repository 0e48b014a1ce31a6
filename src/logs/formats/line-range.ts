/** Bounded searches in one line of a larger text, and the pieces they find. */

/** A piece of the line; `isQuoted` pieces lie inside their quotes. */
export interface Token {
  start: number;
  end: number;
  isQuoted: boolean;
}

/**
 * `lastIndexOf` from before `end` that stops at `start`. The native one would run on through the chunk when the line
 * lacks the character, and a file of such lines would take quadratic time.
 */
export function lastIndexAfter(text: string, code: number, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (text.charCodeAt(at) === code) return at;
  return -1;
}

/** True when an ASCII digit stands at `at`. */
export const isDigitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
};

/** True for a token that is just `-`. */
export const isDash = (text: string, token: Token): boolean =>
  token.end - token.start === 1 && text[token.start] === '-';

/** The next space or control character, else `end`. */
export function spaceAfter(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) > 32) at++;
  return at;
}
