/**
 * Hundreds of thousands of words in a few columns: a string each, and its place in a set, would take five times the
 * memory. The columns are shared memory, so that every reader looks into the same.
 */

/** Words by number, from 0 on. Plain data. */
export interface WordList {
  count: number;
  /** All words one after the other, a byte a character, and where each begins; one more than there are words. */
  bytes: Uint8Array;
  starts: Uint32Array;
  /** By hash of a word: its number and one, or 0 where the slot is free. */
  slots: Uint32Array;
  /** By number of characters: is there such a word? */
  lengths: Uint8Array;
}

/** Takes words of a list. */
export interface WordListBuilder {
  /** Adds a word of characters up to U+00FF; false when it is another one, or longer than 65535 characters. */
  add(word: string): boolean;
  done(): WordList;
}

const MOST_LENGTH = 0xffff;
const SEED = 0x811c9dc5;
const step = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);
const slotOf = (hash: number, mask: number): number =>
  (Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 7) & mask;

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

/** Begins a list. */
export function createWordList(): WordListBuilder {
  let bytes = Buffer.from(shared(1 << 10));
  let starts = new Uint32Array(shared(1 << 10));
  let count = 0;
  let longest = 0;
  return {
    add(word) {
      const start = starts[count] as number;
      const end = start + word.length;
      if (word.length > MOST_LENGTH || /[^\0-\u00ff]/.test(word)) return false;
      if (end > bytes.length) {
        const larger = Buffer.from(shared(end + (end >> 1)));
        larger.set(bytes);
        bytes = larger;
      }
      if (count + 1 === starts.length) {
        const larger = new Uint32Array(shared(starts.byteLength * 2));
        larger.set(starts);
        starts = larger;
      }
      bytes.write(word, start, 'latin1');
      count += 1;
      starts[count] = end;
      longest = Math.max(longest, word.length);
      return true;
    },
    done() {
      const capacity = 2 ** Math.ceil(Math.log2(count * 1.5 + 2));
      const slots = new Uint32Array(shared(capacity * 4));
      const lengths = new Uint8Array(shared(longest + 1));
      const list = { count, bytes: new Uint8Array(bytes.buffer), starts, slots, lengths };
      for (let word = 0; word < count; word += 1) place(list, word);
      return list;
    },
  };
}

/** Of words that come twice, the first one is found. */
function place({ bytes, starts, slots, lengths }: WordList, word: number): void {
  const start = starts[word] as number;
  const end = starts[word + 1] as number;
  let hash = SEED;
  for (let at = start; at < end; at += 1) hash = step(hash, bytes[at] as number);
  const mask = slots.length - 1;
  let slot = slotOf(hash, mask);
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = word + 1;
  lengths[end - start] = 1;
}

/** Is the word the one that stands in the text at a place? */
function isAt(
  { bytes, starts }: WordList,
  word: number,
  text: string,
  from: number,
  length: number,
): boolean {
  const start = starts[word] as number;
  if ((starts[word + 1] as number) - start !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(from + index)) return false;
  }
  return true;
}

function numberAt(
  list: WordList,
  text: string,
  from: number,
  length: number,
  hash: number,
): number {
  const { slots } = list;
  const mask = slots.length - 1;
  for (let slot = slotOf(hash, mask); slots[slot] !== 0; slot = (slot + 1) & mask) {
    const word = (slots[slot] as number) - 1;
    if (isAt(list, word, text, from, length)) return word;
  }
  return -1;
}

/** The number of the word that a text is; -1 when it is none. */
export function wordNumber(list: WordList, text: string): number {
  const { length } = text;
  if (list.lengths[length] !== 1) return -1;
  let hash = SEED;
  for (let index = 0; index < length; index += 1) hash = step(hash, text.charCodeAt(index));
  return numberAt(list, text, 0, length, hash);
}

/** Calls `found` with the number of each word that begins in the text at `from`, until it returns true. @returns did it? */
export function wordsFrom(
  list: WordList,
  text: string,
  from: number,
  found: (word: number) => boolean,
): boolean {
  const { lengths } = list;
  const most = Math.min(lengths.length - 1, text.length - from);
  let hash = SEED;
  for (let length = 1; length <= most; length += 1) {
    hash = step(hash, text.charCodeAt(from + length - 1));
    if (lengths[length] !== 1) continue;
    const word = numberAt(list, text, from, length, hash);
    if (word >= 0 && found(word)) return true;
  }
  return false;
}

/** A word by its number. */
export const wordOf = ({ bytes, starts }: WordList, word: number): string =>
  Buffer.from(bytes.buffer).toString('latin1', starts[word], starts[word + 1]);
