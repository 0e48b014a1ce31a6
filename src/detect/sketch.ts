/**
 * Pre-counting for rules that fit nearly every event: how often did each group occur in each stretch of
 * time, in fixed memory. Cells only ever over-count, so a group whose cells stay under a rule's threshold
 * cannot fire it; only the rest is read a second time and counted exactly.
 * @see Cormode, Muthukrishnan: count-min sketch (2005), with one hash row
 */

const CELLS = 1 << 17;
const BYTES_PER_SKETCH = CELLS * 2;
const MOST = 0xffff;
/** Stretches of one group that lie side by side, so that neighbours share a cache line. */
const BLOCK = 16;

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

/** A 32-bit hash of a group (FNV-1a). */
export function hashGroup(group: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < group.length; index += 1) {
    hash = Math.imul(hash ^ group.charCodeAt(index), 0x01000193);
  }
  return hash;
}

const cellOf = (hash: number, slot: number): number => {
  let mixed = Math.imul(hash ^ Math.floor(slot / BLOCK), 0x9e3779b1);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) & (CELLS / BLOCK - 1)) * BLOCK + (slot & (BLOCK - 1));
};

/** Counts an event in the slot of one window length that it lies in. */
export function countInSketch(
  cells: Uint16Array,
  hash: number,
  timeUs: number,
  windowUs: number,
): void {
  const cell = cellOf(hash, Math.floor(timeUs / windowUs));
  const count = cells[cell] as number;
  if (count < MOST) cells[cell] = count + 1;
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
    for (let index = 0; index < CELLS; index += 1) {
      const count = cells[index] as number;
      if (count === 0) continue;
      const total = (sum[index] as number) + count;
      sum[index] = total < MOST ? total : MOST;
      if (total >= half) isHot = true;
    }
  }
  return isHot;
}
