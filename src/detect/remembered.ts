/**
 * Answers remembered by a stretch of bytes, for fields that repeat from line to line. Hashing and comparing
 * four bytes at a time costs a fraction of what a string and a Map would.
 */

export interface Remembered<T> {
  /** The answer for `bytes[start, end)`: remembered, or asked of `compute` now. */
  find(bytes: DataView, start: number, end: number, compute: () => T): T;
}

interface Entry<T> {
  hash: number;
  length: number;
  /** A copy of the bytes, padded to whole words. */
  bytes: DataView;
  answer: T;
}

/** Slots; a new stretch takes the place of another one with the same slot. */
const SLOTS = 1 << 13;

/** Makes an empty memory. */
export function createRemembered<T>(): Remembered<T> {
  const slots = new Array<Entry<T> | undefined>(SLOTS).fill(undefined);
  return {
    find(bytes, start, end, compute) {
      const hash = hashBytes(bytes, start, end);
      const slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
      const entry = slots[slot];
      if (entry !== undefined && entry.hash === hash && isSame(entry, bytes, start, end)) {
        return entry.answer;
      }
      const answer = compute();
      slots[slot] = { hash, length: end - start, bytes: copyOf(bytes, start, end), answer };
      return answer;
    },
  };
}

function hashBytes(bytes: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ bytes.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ bytes.getUint8(at), 0x9e3779b1);
  return hash | 0;
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
