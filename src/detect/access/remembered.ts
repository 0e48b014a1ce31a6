/**
 * Answers remembered by a stretch of bytes, for fields that repeat from line to line. Hashing and comparing
 * four bytes at a time costs a fraction of what a string and a Map would.
 */

export interface Remembered<T> {
  /** The answer for `bytes[start, end)`; undefined when it is not known. */
  find(bytes: DataView, start: number, end: number): T | undefined;
  /** Remembers an answer. */
  keep(bytes: DataView, start: number, end: number, answer: T): void;
}

interface Entry<T> {
  length: number;
  /** A copy of the bytes, padded to whole words. */
  bytes: DataView;
  answer: T;
}

/** Slots; a new stretch takes the place of another one with the same slot. */
const SLOTS = 1 << 13;
/** Longer stretches are hashed at a few places first: those that differ elsewhere are rare. */
const SHORT = 32;
const PLACES = 6;

/** Makes an empty memory. */
export function createRemembered<T>(): Remembered<T> {
  const slots = new Array<Entry<T> | undefined>(SLOTS).fill(undefined);
  /** By the hash of all bytes, for those that lost their slot to others alike at the few places. */
  const rivals = new Array<Entry<T> | undefined>(SLOTS).fill(undefined);
  return {
    find(bytes, start, end) {
      const entry = slots[slotOf(hashPlaces(bytes, start, end))];
      if (entry !== undefined && isSame(entry, bytes, start, end)) return entry.answer;
      if (end - start <= SHORT) return undefined;
      const rival = rivals[slotOf(hashBytes(bytes, start, end))];
      return rival !== undefined && isSame(rival, bytes, start, end) ? rival.answer : undefined;
    },
    keep(bytes, start, end, answer) {
      const entry = { length: end - start, bytes: copyOf(bytes, start, end), answer };
      const slot = slotOf(hashPlaces(bytes, start, end));
      if (slots[slot] === undefined || end - start <= SHORT) slots[slot] = entry;
      else rivals[slotOf(hashBytes(bytes, start, end))] = entry;
    },
  };
}

const slotOf = (hash: number): number => (hash ^ (hash >>> 13)) & (SLOTS - 1);

function hashPlaces(bytes: DataView, start: number, end: number): number {
  const length = end - start;
  if (length <= SHORT) return hashBytes(bytes, start, end);
  const stride = Math.floor((length - 4) / PLACES);
  let hash = length;
  for (let at = start + (length - 4 - stride * PLACES); at <= end - 4; at += stride) {
    hash = mix(hash, bytes.getInt32(at, true));
  }
  return hash;
}

function hashBytes(bytes: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = mix(hash, bytes.getInt32(at, true));
  for (; at < end; at += 1) hash = mix(hash, bytes.getUint8(at));
  return hash;
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

function isSame<T>(entry: Entry<T>, bytes: DataView, start: number, end: number): boolean {
  const length = end - start;
  if (entry.length !== length) return false;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    if (entry.bytes.getInt32(at, true) !== bytes.getInt32(start + at, true)) return false;
  }
  for (; at < length; at += 1) {
    if (entry.bytes.getUint8(at) !== bytes.getUint8(start + at)) return false;
  }
  return true;
}

function copyOf(bytes: DataView, start: number, end: number): DataView {
  const source = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
  return new DataView(Uint8Array.from(source).buffer);
}
