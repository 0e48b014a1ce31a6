/**
 * Rows that are looked at together. Most correlations see the rows of a block sorted by group: one group's
 * window is then in the processor's cache for all its rows, and is looked up once.
 */
import type { Stretch } from '../rows/row-merge.ts';
import type { Rows } from '../rows/rows.ts';

/** Fits 16-bit indexes, and large enough for many rows per group. */
export const BLOCK_ROWS = 16_384;

/** Rows of a block or a part of it. The columns are longer and used again. */
export type Block = Omit<Rows, 'strings'>;

const createBlock = (): Block => ({
  count: 0,
  times: new Float64Array(BLOCK_ROWS),
  locations: new Float64Array(BLOCK_ROWS),
  kinds: new Uint16Array(BLOCK_ROWS),
  groups: new Uint32Array(BLOCK_ROWS),
  values: new Uint32Array(BLOCK_ROWS),
});

/** Takes rows in time order. */
export interface Blocks {
  /** Takes the next rows. */
  add(stretch: Stretch): void;
  /** Hands out the rest. */
  finish(): void;
}

/** Joins stretches to full blocks. */
export function createBlocks(onBlock: (block: Block) => void): Blocks {
  // Most runs of the program have no rows at all.
  let block: Block | undefined;
  const flush = (): void => {
    if (block === undefined || block.count === 0) return;
    onBlock(block);
    block.count = 0;
  };
  return {
    add({ rows, start, end }) {
      block ??= createBlock();
      for (let from = start; from < end; ) {
        if (block.count === BLOCK_ROWS) flush();
        const to = Math.min(end, from + BLOCK_ROWS - block.count);
        copyRows(rows, from, to, block);
        from = to;
      }
    },
    finish: flush,
  };
}

function copyRows(rows: Rows, from: number, to: number, block: Block): void {
  let { count } = block;
  for (let index = from; index < to; index += 1, count += 1) {
    block.times[count] = rows.times[index]!;
    block.locations[count] = rows.locations[index]!;
    block.kinds[count] = rows.kinds[index]!;
    block.groups[count] = rows.groups[index]!;
    block.values[count] = rows.values[index]!;
  }
  block.count = count;
}

/**
 * Makes a function that gives rows of a block sorted by group, otherwise in their order. It takes the block,
 * the indexes of the rows and their number; what it gives is good until the next call.
 */
export function createGrouping(): (block: Block, picked: Uint16Array, count: number) => Block {
  let sorted: Block | undefined;
  const seen = new Uint32Array(BLOCK_ROWS);
  /** By group: its number of rows, then where its next row goes; 0 between calls. */
  let places = new Int32Array(256);
  return (block, picked, count) => {
    sorted ??= createBlock();
    let seenCount = 0;
    for (let index = 0; index < count; index += 1) {
      const group = block.groups[picked[index]!]!;
      if (group >= places.length) places = widened(places, group + 1);
      const rows = places[group]!;
      if (rows === 0) {
        seen[seenCount] = group;
        seenCount += 1;
      }
      places[group] = rows + 1;
    }
    let next = 0;
    for (let index = 0; index < seenCount; index += 1) {
      const rows = places[seen[index]!]!;
      places[seen[index]!] = next;
      next += rows;
    }
    for (let index = 0; index < count; index += 1) {
      const from = picked[index]!;
      const group = block.groups[from]!;
      const to = places[group]!;
      places[group] = to + 1;
      sorted.times[to] = block.times[from]!;
      sorted.locations[to] = block.locations[from]!;
      sorted.groups[to] = group;
      sorted.values[to] = block.values[from]!;
    }
    for (let index = 0; index < seenCount; index += 1) places[seen[index]!] = 0;
    sorted.count = count;
    return sorted;
  };
}

/** A copy with room for at least `length`, at least twice as long as before. */
export function widened(column: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(length, column.length * 2));
  wider.set(column);
  return wider;
}
