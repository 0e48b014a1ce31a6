/**
 * Pre-counting for rules that fit nearly every event: how often did each group occur in each stretch of
 * time, in fixed memory. Cells only ever over-count, so a group whose cells stay under a rule's threshold
 * cannot fire it; only the rest is read a second time and counted exactly.
 * @see Cormode, Muthukrishnan: count-min sketch (2005), with one hash row
 */

import { randomInt } from 'node:crypto';
import { ipv4Number } from '../logs/formats/ipv4-number.ts';

const CELLS = 1 << 17;
const BYTES_PER_SKETCH = CELLS * 2;
/** Pairs of group and value that are remembered for a sketch, in sets of so many. */
const PAIRS = 1 << 18;
const WAYS = 8;
/** Behind the cells: pairs and groups of each sketch, then a number that nobody foresees. */
const GROUP_BITS = 16;
const GROUPS = 1 << GROUP_BITS;
const GROUP_INTS = 4;
const INTS_OF_VALUES = PAIRS + GROUPS * GROUP_INTS;
const BYTES_OF_VALUES = INTS_OF_VALUES * 4;
const SEED_BYTES = 4;
const MOST = 0xffff;
/** Cells of one stretch of time: what is counted about the same time stays in the processor's cache. */
const REGION = 1 << 12;
const REGIONS = CELLS / REGION;

/**
 * Memory for the sketches of `readers` readers, which count without waiting for each other, and of their
 * sum, which comes first.
 */
export function createSketchMemory(sketches: number, readers: number): SharedArrayBuffer {
  const bytes = Math.max(1, sketches) * ((readers + 1) * BYTES_PER_SKETCH + BYTES_OF_VALUES);
  const memory = new SharedArrayBuffer(bytes + SEED_BYTES);
  new Int32Array(memory, bytes)[0] = randomInt(2 ** 31);
  return memory;
}

/** The pairs that came and the groups that are counted, of a sketch that counts values. */
export const valueCells = (
  memory: SharedArrayBuffer,
  sketch: number,
  sketches: number,
): Int32Array => {
  const start = memory.byteLength - SEED_BYTES - (sketches - sketch) * BYTES_OF_VALUES;
  return new Int32Array(memory, start, INTS_OF_VALUES);
};

/** The seed of hashes of values, the same for all readers: nobody who chooses values knows which fall together. */
export const valueSeed = (memory: SharedArrayBuffer): number =>
  new Int32Array(memory, memory.byteLength - SEED_BYTES)[0] as number;

/** The cells of one sketch. @param section 0 for the sum, 1 and up for the readers */
export const sketchCells = (
  memory: SharedArrayBuffer,
  sketch: number,
  section: number,
  sketches: number,
): Uint16Array => new Uint16Array(memory, (section * sketches + sketch) * BYTES_PER_SKETCH, CELLS);

let scratch = Buffer.alloc(256);
let scratchView = viewOf(scratch);

/** A 32-bit hash of a group. */
export function hashGroup(group: string): number {
  if (group.length * 3 > scratch.length) {
    scratch = Buffer.alloc(group.length * 6);
    scratchView = viewOf(scratch);
  }
  const length = scratch.write(group, 'utf8');
  const address = length <= MAX_IPV4_LENGTH ? ipv4Number(scratch, 0, length) : -1;
  return address >= 0 ? hashAddress(address) : hashRange(scratchView, 0, length);
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The hash of a group that is an IPv4 address, by its number. */
export const hashAddress = (address: number): number =>
  Math.imul(address ^ (address >>> 16), 0x45d9f3b);

/** The hash of a group that is `bytes[start, end)` and no IPv4 address. */
export function hashRange(bytes: DataView, start: number, end: number, seed = 0x811c9dc5): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ bytes.getInt32(at, true), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ bytes.getUint8(at), 0x01000193);
  return hash;
}

const MAX_IPV4_LENGTH = 15;

// When a region is used again, the same group must fall into another cell of it.
const turnOf = (slot: number): number => Math.imul(Math.floor(slot / REGIONS), 0x2c1b3c6d);
const regionOf = (slot: number): number => (slot & (REGIONS - 1)) * REGION;
const cellIn = (region: number, turn: number, hash: number): number =>
  region + ((Math.imul(hash ^ (hash >>> 15) ^ turn, 0x9e3779b1) >>> 12) & (REGION - 1));
const cellOf = (hash: number, slot: number): number => cellIn(regionOf(slot), turnOf(slot), hash);

/** Counts events of groups; those of one stretch of time are found without a division. */
export type SketchCounter = (hash: number, timeUs: number) => void;

/** Makes the counter of a sketch whose slots are `windowUs` long. */
export function createSketchCounter(cells: Uint16Array, windowUs: number): SketchCounter {
  let fromUs = 0;
  let toUs = 0;
  let region = 0;
  let turn = 0;
  return (hash, timeUs) => {
    if (timeUs < fromUs || timeUs >= toUs) {
      const slot = Math.floor(timeUs / windowUs);
      fromUs = slot * windowUs;
      toUs = fromUs + windowUs;
      region = regionOf(slot);
      turn = turnOf(slot);
    }
    const cell = cellIn(region, turn, hash);
    const count = cells[cell] as number;
    if (count < MOST) cells[cell] = count + 1;
  };
}

/** Counts a value of a group, once in a stretch of time. */
export type ValueCounter = (group: number, value: number, timeUs: number) => void;

/**
 * Counts the values of groups for all readers together: pairs that came already are remembered by a number of 29 bits each in one of
 * 32,768 sets, and groups have a place of their own while there is room, otherwise a cell. What was forgotten counts again. One new
 * pair of 67 million looks like one that came: `thresholdOfValues` leaves room for them.
 */
export function createValueCounter(
  values: Int32Array,
  cells: Uint16Array,
  windowUs: number,
): ValueCounter {
  return (group, value, timeUs) => {
    const slot = Math.floor(timeUs / windowUs);
    const own = mix(group, slot);
    // The group once more: two groups that share a place share no values.
    const mixed = mix(own, value + Math.imul(group, 0x27d4eb2f));
    // The last bits say of which stretch of time it is: what is of another makes room first.
    const turn = slot & (WAYS - 1);
    const pair = (mixed & ~(WAYS - 1)) | turn || WAYS;
    // Not of the bits that are remembered, so that both together tell pairs apart.
    const set = (Math.imul(mix(value, group), 0x9e3779b1) >>> 17) * WAYS;
    let free = set + ((mixed >>> 3) & (WAYS - 1));
    for (let at = set; at < set + WAYS; at += 1) {
      const known = values[at] as number;
      if (known === pair) return;
      // Another reader may be in the stretch before or after.
      const ahead = (known - turn + 1) & (WAYS - 1);
      if (known === 0 || ahead > 2) free = at;
      if (known === 0) break;
    }
    values[free] = pair;
    const place = placeOf(values, own, group, slot);
    if (place < 0) {
      const cell = cellOf(group, slot);
      cells[cell] = Math.min(MOST, (cells[cell] as number) + 1);
      return;
    }
    Atomics.add(values, place + 3, 1);
  };
}

/**
 * The threshold for values of which one in millions may have been taken for another: a group with `count` of them is never missed,
 * one with slightly fewer is read a second time without need.
 */
export const thresholdOfValues = (count: number): number =>
  Math.max(1, count - Math.max(3, count >>> 4));

/** One number of two, never zero. */
function mix(left: number, right: number): number {
  let mixed = Math.imul(left ^ (left >>> 16), 0x85ebca6b) ^ Math.imul(right, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f) + right;
  return (mixed ^ (mixed >>> 15)) | 0 || 1;
}

/** Where a group in a stretch of time is counted; -1 when there is no room, or another has the same number. */
function placeOf(values: Int32Array, own: number, group: number, slot: number): number {
  const first = PAIRS + (Math.imul(own, 0x9e3779b1) >>> (32 - GROUP_BITS)) * GROUP_INTS;
  for (let way = 0; way < WAYS; way += 1) {
    const place = first + way * GROUP_INTS;
    if (place >= PAIRS + GROUPS * GROUP_INTS) return -1;
    const known = Atomics.compareExchange(values, place, 0, own);
    if (known === 0) {
      values[place + 1] = group;
      values[place + 2] = slot;
      return place;
    }
    // Another reader may not have written yet whose place it is: then a cell counts, too.
    if (known === own)
      return values[place + 1] === group && values[place + 2] === slot ? place : -1;
  }
  return -1;
}

/** Adds the groups that may have reached the threshold to the sums. True when there are any. */
function sumValues(values: Int32Array, sum: Uint16Array, needed: number): boolean {
  const hot: number[] = [];
  for (let place = PAIRS; place < PAIRS + GROUPS * GROUP_INTS; place += GROUP_INTS) {
    if (values[place] === 0) continue;
    const group = values[place + 1] as number;
    const slot = values[place + 2] as number;
    const countIn = (other: number): number =>
      (sum[cellOf(group, other)] as number) + countOf(values, mix(group, other));
    if (countIn(slot) + Math.max(countIn(slot - 1), countIn(slot + 1)) >= needed) hot.push(place);
  }
  for (const place of hot) {
    const group = values[place + 1] as number;
    const slot = values[place + 2] as number;
    for (const each of [slot - 1, slot, slot + 1]) {
      const cell = cellOf(group, each);
      const counted = countOf(values, mix(group, each));
      sum[cell] = Math.min(MOST, (sum[cell] as number) + counted);
    }
  }
  return hot.length > 0;
}

function countOf(values: Int32Array, own: number): number {
  const first = PAIRS + (Math.imul(own, 0x9e3779b1) >>> (32 - GROUP_BITS)) * GROUP_INTS;
  for (let way = 0; way < WAYS; way += 1) {
    const place = first + way * GROUP_INTS;
    if (values[place] === own) return values[place + 3] as number;
    if (values[place] === 0 || place >= PAIRS + GROUPS * GROUP_INTS) return 0;
  }
  return 0;
}

/** Counts an event, once or as often as it happened, in the slot of one window length that it lies in. */
export function countInSketch(
  cells: Uint16Array,
  hash: number,
  timeUs: number,
  windowUs: number,
  times = 1,
): void {
  const cell = cellOf(hash, Math.floor(timeUs / windowUs));
  cells[cell] = Math.min(MOST, (cells[cell] as number) + times);
}

/**
 * Could an event of this group and time be part of a window with `needed` events? A window of one length
 * touches two neighbouring slots at most.
 */
export function isHot(
  cells: Uint16Array,
  hash: number,
  timeUs: number,
  windowUs: number,
  needed: number,
): boolean {
  const slot = Math.floor(timeUs / windowUs);
  const own = cells[cellOf(hash, slot)] as number;
  if (own === MOST) return true;
  const before = cells[cellOf(hash, slot - 1)] as number;
  const after = cells[cellOf(hash, slot + 1)] as number;
  return own + Math.max(before, after) >= needed;
}

/** Adds up what the readers counted. True when a window with `needed` events is possible anywhere. */
export function sumSketch(
  memory: SharedArrayBuffer,
  sketch: number,
  sketches: number,
  needed: number,
): boolean {
  // One of the two slots that a window touches holds half of it.
  const half = Math.min(MOST, Math.ceil(needed / 2));
  let isHot = false;
  const ofEach = (memory.byteLength - SEED_BYTES) / Math.max(1, sketches) - BYTES_OF_VALUES;
  const readers = ofEach / BYTES_PER_SKETCH - 1;
  const sum = sketchCells(memory, sketch, 0, sketches);
  for (let reader = 1; reader <= readers; reader += 1) {
    const cells = sketchCells(memory, sketch, reader, sketches);
    // Most pairs of cells are empty: a look at both at once passes them over.
    const pairs = new Uint32Array(memory, cells.byteOffset, CELLS / 2);
    for (let index = 0; index < CELLS; index += 1) {
      if ((index & 1) === 0 && pairs[index >> 1] === 0) {
        index += 1;
        continue;
      }
      const count = cells[index] as number;
      if (count === 0) continue;
      const total = (sum[index] as number) + count;
      sum[index] = total < MOST ? total : MOST;
      if (total >= half) isHot = true;
    }
  }
  return sumValues(valueCells(memory, sketch, sketches), sum, needed) || isHot;
}
