/**
 * Merges sorted runs. Runs are pieces of files and rarely overlap, so most of the time a whole block of one
 * run comes before all others: rows are given out as stretches of a run, not one by one.
 */
import type { SpilledRun } from './row-file.ts';
import { emptyRows, type Rows } from './rows.ts';

/** Rows given out at once: few enough that whoever takes them can stop in between. */
const MOST_ROWS = 1 << 14;

/** Rows `start` up to `end`, exclusive, of a block. */
export interface Stretch {
  rows: Rows;
  start: number;
  end: number;
}

/** A run on its way through the merge. */
export interface Run {
  /** The block at hand. */
  rows: Rows;
  /** The next row in it. */
  position: number;
  rest: SpilledRun | undefined;
  /** Time, location and kind of the next row, known before its block is read. */
  headUs: number;
  headLocation: number;
  headKind: number;
}

/** A run over at least one row; with `rest`, the rows themselves are on disk. */
export const createRun = (rows: Rows, rest?: SpilledRun): Run => ({
  rows: rest === undefined ? columnsOf(rows) : emptyRows(),
  position: 0,
  rest,
  headUs: rows.times[0]!,
  headLocation: rows.locations[0]!,
  headKind: rows.kinds[0]!,
});

/** Without the strings, and as `emptyRows` are laid out: all runs alike are read faster. */
const columnsOf = ({ count, times, locations, kinds, groups, values }: Rows): Rows => ({
  count,
  times,
  locations,
  kinds,
  groups,
  values,
  strings: [],
});

/** All rows by (time, location, kind). The same object is yielded each time. */
export function* mergeRuns(runs: readonly Run[]): IterableIterator<Stretch> {
  const heap = createHeap(runs);
  const stretch: Stretch = { rows: emptyRows(), start: 0, end: 0 };
  for (let run = heap.first(); run !== undefined; run = heap.first()) {
    if (run.position === run.rows.count) readOn(run);
    stretch.rows = run.rows;
    stretch.start = run.position;
    stretch.end = Math.min(stretchEnd(run, heap.second()), run.position + MOST_ROWS);
    yield stretch;
    run.position = stretch.end;
    heap.settle(hasNext(run));
  }
}

/** Takes the next block in. */
function readOn(run: Run): void {
  run.rows = run.rest?.next() ?? emptyRows();
  run.position = 0;
}

/** Is there a row left? Then the head is that row. */
function hasNext(run: Run): boolean {
  if (run.position === run.rows.count) readOn(run);
  const { rows, position } = run;
  if (position === rows.count) return false;
  run.headUs = rows.times[position]!;
  run.headLocation = rows.locations[position]!;
  run.headKind = rows.kinds[position]!;
  return true;
}

/** Where the rows of the first run's block end that come before the head of the second. */
function stretchEnd({ rows, position }: Run, second: Run | undefined): number {
  const { count } = rows;
  if (second === undefined || !isAfter(rows, count - 1, second)) return count;
  // The head itself comes first; strides double, so that short stretches are found in a few looks.
  let low = position;
  let stride = 1;
  while (low + stride < count && !isAfter(rows, low + stride, second)) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(low + stride, count - 1);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isAfter(rows, middle, second)) high = middle;
    else low = middle;
  }
  return high;
}

/** Does row `index` come after the head of `run`? */
function isAfter({ times, locations, kinds }: Rows, index: number, run: Run): boolean {
  const time = times[index]! - run.headUs;
  if (time !== 0) return time > 0;
  const location = locations[index]! - run.headLocation;
  return location !== 0 ? location > 0 : kinds[index]! > run.headKind;
}

function isBefore(a: Run, b: Run): boolean {
  if (a.headUs !== b.headUs) return a.headUs < b.headUs;
  if (a.headLocation !== b.headLocation) return a.headLocation < b.headLocation;
  return a.headKind < b.headKind;
}

interface Heap {
  first(): Run | undefined;
  second(): Run | undefined;
  /** Restores the order after the first run moved on or, when it has no `next` row, ended. */
  settle(next: boolean): void;
}

/** A binary heap over runs by their next row. */
function createHeap(runs: readonly Run[]): Heap {
  const heap = [...runs];
  const siftDown = (start: number): void => {
    let parent = start;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= heap.length) return;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, heap[parent]!)) return;
      [heap[parent], heap[child]] = [heap[child]!, heap[parent]!];
      parent = child;
    }
  };
  for (let index = heap.length >> 1; index >= 0; index -= 1) siftDown(index);
  return {
    first: () => heap[0],
    second() {
      const [, left, right] = heap;
      return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
    },
    settle(next) {
      if (!next) {
        const last = heap.pop();
        if (heap.length === 0) return;
        heap[0] = last!;
      }
      siftDown(0);
    },
  };
}
