/**
 * Pre-counting for rules that fit nearly every event: how often did each group occur in each stretch of
 * time, in fixed memory. Cells only ever over-count, so a group whose cells stay under a rule's threshold
 * cannot fire it; only the rest is read a second time and counted exactly.
 * @see Cormode, Muthukrishnan: count-min sketch (2005), with one hash row
 */

import { ipv4Number } from '../logs/formats/ipv4-number.ts';

const CELLS = 1 << 17;
const BYTES_PER_SKETCH = CELLS * 2;
const MOST = 0xffff;
/** Cells of one stretch of time: what is counted about the same time stays in the processor's cache. */
const REGION = 1 << 12;
const REGIONS = CELLS / REGION;

/**
 * Memory for the sketches of `readers` readers, which count without waiting for each other, and of their
 * sum, which comes first.
 */
export const createSketchMemory = (sketches: number, readers: number): SharedArrayBuffer =>
  new SharedArrayBuffer(Math.max(1, sketches) * (readers + 1) * BYTES_PER_SKETCH);

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
export function hashRange(bytes: DataView, start: number, end: number): number {
  let hash = 0x811c9dc5;
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
  const readers = memory.byteLength / (BYTES_PER_SKETCH * Math.max(1, sketches)) - 1;
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
  return isHot;
}
