/** What was learned of shapes, found by hash and by comparing, in bounded memory. */
import { slotsIn } from './line-shape.ts';

const MAX_SHAPES = 1 << 14;
const ARENA_BYTES = 2 << 20;
const BUCKETS = 1 << 16;
const SIGHTINGS = 1 << 16;
/** A shape is learned when it is seen for this time. */
const WORTH_LEARNING = 3;

/** Marks in the arena: no line with a shape has these bytes. */
const ANY_DIGIT = 0;
const ANY_DIGIT_OR_DOT = 1;
const DOT = 46;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Shapes and what was learned of each. */
export interface ShapeTable<V> {
  /**
   * What was learned of the shape of `bytes[start, end)`; undefined when it is not known.
   * @param line the same bytes
   */
  find(line: DataView, bytes: Uint8Array, start: number, end: number, hash: number): V | undefined;
  /** Counts a line whose shape is not known. True when it is time to learn it. */
  isWorthLearning(hash: number): boolean;
  /** Remembers what was learned. Forgets everything else first when there is no room. */
  learn(bytes: Uint8Array, start: number, end: number, hash: number, learned: V): void;
}

/** Makes an empty table. */
export function createShapeTable<V>(): ShapeTable<V> {
  /** Shape number plus one by hash; 0 is free. */
  const buckets = new Int32Array(BUCKETS);
  const hashes = new Int32Array(MAX_SHAPES);
  const starts = new Uint32Array(MAX_SHAPES + 1);
  /** The lines with marks in place of what is in slots. */
  const arena = new Uint8Array(ARENA_BYTES);
  const words = new DataView(arena.buffer);
  const seen = new Int32Array(SIGHTINGS);
  const sightings = new Uint8Array(SIGHTINGS);
  let learned: V[] = [];

  /** Are the bytes those of the arena from `at` on, slots aside? */
  const isAlike = (at: number, bytes: Uint8Array, start: number, end: number): boolean => {
    for (let index = start, place = at; index < end; index += 1, place += 1) {
      const wanted = arena[place] as number;
      const code = bytes[index] as number;
      if (wanted === code || (wanted <= ANY_DIGIT_OR_DOT && isDigit(code))) continue;
      if (wanted !== ANY_DIGIT_OR_DOT || code !== DOT) return false;
    }
    return true;
  };
  const isSame = (shape: number, line: DataView, bytes: Uint8Array, start: number, end: number) => {
    let at = starts[shape] as number;
    if ((starts[shape + 1] as number) - at !== end - start) return false;
    let index = start;
    for (; index + 4 <= end; index += 4, at += 4) {
      if (words.getInt32(at) === line.getInt32(index)) continue;
      if (!isAlike(at, bytes, index, index + 4)) return false;
    }
    return isAlike(at, bytes, index, end);
  };

  return {
    find(line, bytes, start, end, hash) {
      for (let at = slotOf(hash); buckets[at] !== 0; at = (at + 1) & (BUCKETS - 1)) {
        const shape = (buckets[at] as number) - 1;
        if (hashes[shape] === hash && isSame(shape, line, bytes, start, end)) return learned[shape];
      }
      return undefined;
    },
    isWorthLearning(hash) {
      const at = slotOf(hash);
      if (seen[at] !== hash) {
        seen[at] = hash;
        sightings[at] = 1;
        return false;
      }
      sightings[at] = (sightings[at] as number) + 1;
      return (sightings[at] as number) >= WORTH_LEARNING;
    },
    learn(bytes, start, end, hash, value) {
      let shape = learned.length;
      if (shape === MAX_SHAPES || (starts[shape] as number) + end - start > ARENA_BYTES) {
        buckets.fill(0);
        sightings.fill(0);
        learned = [];
        shape = 0;
      }
      const from = starts[shape] as number;
      arena.set(bytes.subarray(start, end), from);
      for (const slot of slotsIn(bytes, start, end)) {
        const mark = slot.isAddress ? ANY_DIGIT_OR_DOT : ANY_DIGIT;
        arena.fill(mark, from + slot.start - start, from + slot.end - start);
      }
      starts[shape + 1] = from + end - start;
      hashes[shape] = hash;
      learned.push(value);
      let at = slotOf(hash);
      while (buckets[at] !== 0) at = (at + 1) & (BUCKETS - 1);
      buckets[at] = shape + 1;
    },
  };
}

const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & (BUCKETS - 1);
