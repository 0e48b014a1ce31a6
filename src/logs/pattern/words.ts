/** Words of format files that values are compared with: a `*` at one end stands for anything. */

/** Is the text one of the words? */
export const isOneOf = (text: string, words: readonly string[]): boolean =>
  words.includes(text) || words.some((word) => isLike(text, word));

/** Has the text the form of a word with a `*` at one end? */
export function isLike(text: string, word: string): boolean {
  if (text === '') return false;
  if (word.endsWith('*')) return text.startsWith(word.slice(0, -1));
  return word.startsWith('*') && text.endsWith(word.slice(1));
}
