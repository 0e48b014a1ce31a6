/**
 * Pre-counting for rules that fit nearly every event: how often did each group occur in each window, in
 * fixed memory. Cells only ever over-count, so a group whose cells stay under a rule's threshold cannot
 * fire it; only the rest is read a second time and counted exactly.
 * @see Cormode, Muthukrishnan: count-min sketch (2005), with one hash row
 */

const CELLS = 1 << 18;
const BYTES_PER_SKETCH = CELLS * 4;

/** Memory for all sketches. */
export const createSketchMemory = (sketches: number): SharedArrayBuffer =>
  new SharedArrayBuffer(Math.max(1, sketches) * BYTES_PER_SKETCH);

/** The cells of one sketch. */
export const sketchCells = (memory: SharedArrayBuffer, sketch: number): Uint32Array =>
  new Uint32Array(memory, sketch * BYTES_PER_SKETCH, CELLS);

/** A 32-bit hash of a group (FNV-1a). */
export function hashGroup(group: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < group.length; index += 1) {
    hash = Math.imul(hash ^ group.charCodeAt(index), 0x01000193);
  }
  return hash;
}

const cellOf = (hash: number, slot: number): number => {
  let mixed = Math.imul(hash ^ slot, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) & (CELLS - 1);
};

/**
 * Counts an event. Slots overlap by half (slot n covers two window lengths), so every window of one
 * length lies inside one slot.
 */
export function countInSketch(
  cells: Uint32Array,
  hash: number,
  timeUs: number,
  windowUs: number,
): void {
  const slot = Math.floor(timeUs / windowUs);
  Atomics.add(cells, cellOf(hash, slot), 1);
  Atomics.add(cells, cellOf(hash, slot - 1), 1);
}

/** Could an event of this group and time be part of a window with `needed` events? */
export function isHot(
  cells: Uint32Array,
  hash: number,
  timeUs: number,
  windowUs: number,
  needed: number,
): boolean {
  const slot = Math.floor(timeUs / windowUs);
  return (
    (cells[cellOf(hash, slot)] as number) >= needed ||
    (cells[cellOf(hash, slot - 1)] as number) >= needed
  );
}

/** Is there any cell that reaches `needed`? */
export function hasHotCell(cells: Uint32Array, needed: number): boolean {
  for (let index = 0; index < CELLS; index += 1) {
    if ((cells[index] as number) >= needed) return true;
  }
  return false;
}
