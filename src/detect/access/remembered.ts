/**
 * Answers remembered by a stretch of bytes, for fields that repeat from line to line: comparing four bytes at a time
 * costs a fraction of searching them. Where hardly anything repeats it is of no use, and rests.
 */

/** Answers of a search, for stretches of up to 256 bytes. */
export interface Remembered<T> {
  /** The answer for `bytes[start, end)`; undefined when it is not known. */
  find(bytes: DataView, start: number, end: number): T | undefined;
  /** Remembers the answer for the stretch that was looked for last, unless it rests. */
  keep(bytes: DataView, start: number, end: number, answer: T): void;
}

/** Answers at once; a new stretch takes the place of another one with the same slot. */
const SLOTS = 1 << 11;
/** Longer stretches are not remembered. */
const LONGEST = 256;
/** Stretches up to this are hashed whole, longer ones at so many places. */
const SHORT = 40;
const PLACES = 10;
/** It is tried for so many look-ups, of which one in three must hit, and else rests for so many. */
const TRIAL = 1 << 11;
const REST = 1 << 15;

/** Makes an empty memory. */
export function createRemembered<T>(): Remembered<T> {
  const lengths = new Uint16Array(SLOTS);
  const texts = new DataView(new ArrayBuffer(SLOTS * LONGEST));
  const answers = new Array<T | undefined>(SLOTS).fill(undefined);
  let slot = 0;
  let looks = 0;
  let hits = 0;

  /** A trial or a rest is over. */
  const judge = (): void => {
    looks = hits * 3 < TRIAL ? -REST : 0;
    hits = 0;
  };
  const isSame = (bytes: DataView, start: number, length: number): boolean => {
    if (lengths[slot] !== length) return false;
    const from = slot * LONGEST;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (texts.getInt32(from + at, true) !== bytes.getInt32(start + at, true)) return false;
    }
    for (; at < length; at += 1) {
      if (texts.getUint8(from + at) !== bytes.getUint8(start + at)) return false;
    }
    return true;
  };

  return {
    find(bytes, start, end) {
      looks += 1;
      if (looks <= 0 || end - start > LONGEST) return undefined;
      if (looks === TRIAL) judge();
      slot = slotOf(bytes, start, end);
      if (!isSame(bytes, start, end - start)) return undefined;
      hits += 1;
      return answers[slot];
    },
    keep(bytes, start, end, answer) {
      const length = end - start;
      if (looks <= 0 || length > LONGEST) return;
      const from = slot * LONGEST;
      let at = 0;
      for (; at + 4 <= length; at += 4) {
        texts.setInt32(from + at, bytes.getInt32(start + at, true), true);
      }
      for (; at < length; at += 1) texts.setUint8(from + at, bytes.getUint8(start + at));
      lengths[slot] = length;
      answers[slot] = answer;
    },
  };
}

/** By the beginning, the end and some places between: what differs elsewhere takes turns in a slot. */
function slotOf(bytes: DataView, start: number, end: number): number {
  const length = end - start;
  let hash = length;
  if (length < 4) {
    for (let at = start; at < end; at += 1) hash = mix(hash, bytes.getUint8(at));
    return hash & (SLOTS - 1);
  }
  const stride = length <= SHORT ? 4 : Math.floor((length - 4) / PLACES);
  for (let at = start; at <= end - 4; at += stride) hash = mix(hash, bytes.getInt32(at, true));
  return mix(hash, bytes.getInt32(end - 4, true)) & (SLOTS - 1);
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
