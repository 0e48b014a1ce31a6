/**
 * Long lists of words (indicators: addresses, domains, hashes) tested together: the time for a text depends on
 * its length and hardly on the number of words.
 */

import { type WordList, wordOf, wordsFrom } from './word-list.ts';

type TextTest = (text: string) => boolean;

/** Shorter lists are tested word by word. */
export const MANY_WORDS = 24;

/** Words by length: a text is tested once per length, not once per word. */
function byLength(words: Iterable<string>): Map<number, Set<string>> {
  const lengths = new Map<number, Set<string>>();
  for (const word of words) {
    let ofLength = lengths.get(word.length);
    if (ofLength === undefined) lengths.set(word.length, (ofLength = new Set()));
    ofLength.add(word);
  }
  return lengths;
}

/** Does a text begin with one of the words? */
export function startsWithAny(words: readonly string[]): TextTest {
  const lengths = [...byLength(words)];
  return (text) =>
    lengths.some(([length, set]) => length <= text.length && set.has(text.slice(0, length)));
}

/** Does a text end with one of the words? */
export function endsWithAny(words: readonly string[]): TextTest {
  const lengths = [...byLength(words)];
  return (text) =>
    lengths.some(
      ([length, set]) => length <= text.length && set.has(text.slice(text.length - length)),
    );
}

/** Characters at the beginning of each word that are looked up at every place of a text. */
const MOST_GRAM = 8;
const BASE = 0x01000193;

/**
 * Does a text contain one of the words? A rolling hash finds the places where the beginning of a word may stand
 * (Rabin and Karp), there the words are compared by length. Words are not empty.
 */
export function containsAny(words: readonly string[]): TextTest {
  const places = words.length > MANY_WORDS ? placesOf(words) : undefined;
  return places === undefined ? containsAnywhere(words) : containsAt(words, places);
}

/** Where in a text one of the words may begin. */
type Places = (text: string) => Iterable<number>;

/** Hashes begin within a run of hexadecimal digits, URLs at two slashes: most texts have few such places. */
function placesOf(words: readonly string[]): Places | undefined {
  if (words.every((word) => word.startsWith('//'))) return slashes;
  return words.every((word) => /^[\da-f]{32,}$/.test(word)) ? hexadecimal : undefined;
}

function* slashes(text: string): Iterable<number> {
  for (let at = text.indexOf('//'); at >= 0; at = text.indexOf('//', at + 1)) yield at;
}

function* hexadecimal(text: string): Iterable<number> {
  for (const { 0: run, index } of text.matchAll(/[\da-f]{32,}/g))
    for (let at = 0; at + 32 <= run.length; at += 1) yield index + at;
}

/** Does a text contain a word of a list of URLs from their slashes on, or of hashes? */
export function containsListed(list: WordList): TextTest {
  const places = wordOf(list, 0).startsWith('//') ? slashes : hexadecimal;
  return (text) => {
    for (const at of places(text)) if (wordsFrom(list, text, at, () => true)) return true;
    return false;
  };
}

function containsAt(words: readonly string[], places: Places): TextTest {
  const lengths = [...byLength(words)];
  return (text) => {
    for (const at of places(text)) {
      for (const [length, set] of lengths) {
        if (at + length <= text.length && set.has(text.slice(at, at + length))) return true;
      }
    }
    return false;
  };
}

function containsAnywhere(words: readonly string[]): TextTest {
  let gram = MOST_GRAM;
  for (const { length } of words) gram = Math.min(gram, length);
  let oldest = 1;
  for (let index = 1; index < gram; index += 1) oldest = Math.imul(oldest, BASE);
  const hashOf = (text: string): number => {
    let hash = 0;
    for (let index = 0; index < gram; index += 1) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
    }
    return hash;
  };
  const beginnings = new Map<number, string[]>();
  for (const word of words) {
    const hash = hashOf(word);
    const known = beginnings.get(hash);
    if (known === undefined) beginnings.set(hash, [word]);
    else known.push(word);
  }
  const sets = new Map([...beginnings].map(([hash, list]) => [hash, [...byLength(list)]] as const));
  return (text) => {
    if (text.length < gram) return false;
    let hash = hashOf(text);
    for (let at = 0; ; at += 1) {
      const lengths = sets.get(hash);
      if (
        lengths?.some(
          ([length, set]) => at + length <= text.length && set.has(text.slice(at, at + length)),
        ) === true
      ) {
        return true;
      }
      if (at + gram >= text.length) return false;
      const left = (hash - Math.imul(text.charCodeAt(at), oldest)) | 0;
      hash = (Math.imul(left, BASE) + text.charCodeAt(at + gram)) | 0;
    }
  };
}
