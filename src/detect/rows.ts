/**
 * Hits as columns: what crosses from the readers to the one pass in time order. A row is a kind (which
 * correlation inputs it is for), a time, a location, a group and a counted value. Rows of one piece of work
 * are sorted and become a run; runs beyond a budget go to disk; all runs are merged by (time, location).
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';
import type { Location } from './location.ts';

/** Columns of equal length; group and value index into `strings`. */
export interface Rows {
  count: number;
  times: Float64Array;
  locations: Float64Array;
  kinds: Uint16Array;
  groups: Uint32Array;
  values: Uint32Array;
  strings: readonly string[];
}

export interface RowCollector {
  add(kind: number, timeUs: number, location: Location, group: string, value: string): void;
  /** The same for texts that `intern` gave numbers since the last `take`. */
  addInterned(kind: number, timeUs: number, location: Location, group: number, value: number): void;
  /** The number of a text until the next `take`. */
  intern(text: string): number;
  /** Sorted rows; the collector is empty afterwards. */
  take(): Rows;
  readonly count: number;
}

const FIRST_CAPACITY = 1024;

/** Gathers the rows of one piece of work. */
export function createRowCollector(): RowCollector {
  let capacity = FIRST_CAPACITY;
  let times = new Float64Array(capacity);
  let locations = new Float64Array(capacity);
  let kinds = new Uint16Array(capacity);
  let groups = new Uint32Array(capacity);
  let values = new Uint32Array(capacity);
  let count = 0;
  let strings: string[] = [];
  let indexOfString = new Map<string, number>();

  const intern = (text: string): number => {
    let index = indexOfString.get(text);
    if (index === undefined) {
      index = strings.length;
      // A copy: a slice of a chunk would keep the whole chunk alive.
      const copy = Buffer.from(text, 'utf8').toString('utf8');
      strings.push(copy);
      indexOfString.set(copy, index);
    }
    return index;
  };
  const grow = (): void => {
    capacity *= 2;
    const widen = <T extends Float64Array | Uint16Array | Uint32Array>(old: T, wider: T): T => {
      wider.set(old);
      return wider;
    };
    times = widen(times, new Float64Array(capacity));
    locations = widen(locations, new Float64Array(capacity));
    kinds = widen(kinds, new Uint16Array(capacity));
    groups = widen(groups, new Uint32Array(capacity));
    values = widen(values, new Uint32Array(capacity));
  };

  const addInterned: RowCollector['addInterned'] = (kind, timeUs, location, group, value) => {
    if (count === capacity) grow();
    times[count] = timeUs;
    locations[count] = location;
    kinds[count] = kind;
    groups[count] = group;
    values[count] = value;
    count += 1;
  };

  return {
    get count() {
      return count;
    },
    intern,
    addInterned,
    add: (kind, timeUs, location, group, value) =>
      addInterned(kind, timeUs, location, intern(group), intern(value)),
    take() {
      const rows = sortRows({ count, times, locations, kinds, groups, values, strings });
      count = 0;
      strings = [];
      indexOfString = new Map();
      return rows;
    },
  };
}

/** Does row `index` come after the one before it? */
function isOrdered({ times, locations, kinds }: Rows, index: number): boolean {
  const time = times[index]! - times[index - 1]!;
  if (time !== 0) return time > 0;
  const location = locations[index]! - locations[index - 1]!;
  return location !== 0 ? location > 0 : kinds[index]! >= kinds[index - 1]!;
}

/** Copies the rows that are there, ordered by (time, location, kind). */
function sortRows(rows: Rows): Rows {
  const { count, times, locations, kinds } = rows;
  let sorted = 1;
  while (sorted < count && isOrdered(rows, sorted)) sorted += 1;
  let pick = <T extends Float64Array | Uint16Array | Uint32Array>(from: T): T =>
    from.slice(0, count) as T;
  if (sorted < count) {
    const order = Uint32Array.from({ length: count }, (_, index) => index).sort(
      (a, b) =>
        times[a]! - times[b]! || locations[a]! - locations[b]! || kinds[a]! - kinds[b]! || a - b,
    );
    pick = (from) => {
      const to = from.slice(0, count);
      for (let index = 0; index < count; index += 1) to[index] = from[order[index]!]!;
      return to as typeof from;
    };
  }
  return {
    count,
    times: pick(times),
    locations: pick(locations),
    kinds: pick(kinds),
    groups: pick(rows.groups),
    values: pick(rows.values),
    strings: rows.strings,
  };
}

/** One row on its way through the merge; the object is reused. */
export interface Row {
  kind: number;
  timeUs: number;
  location: Location;
  group: string;
  value: string;
}

export interface RowStore {
  add(rows: Rows): void;
  /** All rows by (time, location, kind). The same object is yielded each time. Call once. */
  merged(): IterableIterator<Row>;
  /** Gives disk space back. */
  remove(): void;
}

const BYTES_PER_ROW = 8 + 8 + 2 + 4 + 4;
/** Rows are kept in memory up to here, then all further runs go to disk. */
const MEMORY_BUDGET_BYTES = 24 * 1024 * 1024;
/** Memory for the read buffers of all runs on disk together. */
const MERGE_BUFFER_BYTES = 16 * 1024 * 1024;

interface Run {
  rows: Rows;
  /** Next row within `rows`. */
  position: number;
  /** Position of the next block on disk, and rows left there. */
  diskOffset: number;
  diskRows: number;
  table: Uint32Array;
}

/** Holds sorted runs, spilling to a private temporary file when they outgrow their budget. */
export function createRowStore(): RowStore {
  const runs: Run[] = [];
  const strings: string[] = [];
  const indexOfString = new Map<string, number>();
  let memoryBytes = 0;
  let spill: { folder: string; descriptor: number; size: number } | undefined;

  const internTable = (rows: Rows): Uint32Array =>
    Uint32Array.from(rows.strings, (text) => {
      let index = indexOfString.get(text);
      if (index === undefined) {
        index = strings.length;
        strings.push(text);
        indexOfString.set(text, index);
      }
      return index;
    });

  const remove = (): void => {
    if (spill === undefined) return;
    closeSync(spill.descriptor);
    rmSync(spill.folder, { recursive: true, force: true });
    spill = undefined;
  };

  const openSpill = (): { folder: string; descriptor: number; size: number } => {
    const folder = mkdtempSync(join(tmpdir(), 'ir-runs-'));
    process.once('exit', remove);
    return { folder, descriptor: openSync(join(folder, 'rows'), 'w+', 0o600), size: 0 };
  };

  return {
    remove,
    add(rows) {
      if (rows.count === 0) return;
      const table = internTable(rows);
      const global: Rows = {
        ...rows,
        groups: rows.groups.map((index) => table[index]!),
        values: rows.values.map((index) => table[index]!),
        strings: [],
      };
      const bytes = rows.count * BYTES_PER_ROW;
      if (memoryBytes + bytes <= MEMORY_BUDGET_BYTES) {
        memoryBytes += bytes;
        runs.push({ rows: global, position: 0, diskOffset: 0, diskRows: 0, table });
        return;
      }
      spill ??= openSpill();
      const diskOffset = spill.size;
      spill.size += writeRows(spill.descriptor, diskOffset, global);
      runs.push({ rows: emptyRows(), position: 0, diskOffset, diskRows: rows.count, table });
    },
    *merged() {
      const onDisk = runs.filter((run) => run.diskRows > 0).length;
      const blockRows = Math.max(
        256,
        Math.floor(MERGE_BUFFER_BYTES / Math.max(1, onDisk) / BYTES_PER_ROW),
      );
      const load = (run: Run): void => {
        if (run.position < run.rows.count || run.diskRows === 0 || spill === undefined) return;
        const count = Math.min(blockRows, run.diskRows);
        run.rows = readRows(spill.descriptor, run.diskOffset, count);
        run.diskOffset += count * BYTES_PER_ROW;
        run.diskRows -= count;
        run.position = 0;
      };
      const row: Row = { kind: 0, timeUs: 0, location: 0, group: '', value: '' };
      const heap = createHeap(runs, load);
      for (let run = heap.top(); run !== undefined; run = heap.top()) {
        const { rows, position } = run;
        row.kind = rows.kinds[position]!;
        row.timeUs = rows.times[position]!;
        row.location = rows.locations[position]!;
        row.group = strings[rows.groups[position]!]!;
        row.value = strings[rows.values[position]!]!;
        yield row;
        run.position += 1;
        load(run);
        heap.sink();
      }
      remove();
    },
  };
}

/** No rows. */
export const emptyRows = (): Rows => ({
  count: 0,
  times: new Float64Array(0),
  locations: new Float64Array(0),
  kinds: new Uint16Array(0),
  groups: new Uint32Array(0),
  values: new Uint32Array(0),
  strings: [],
});

/** Interleaved rows, so that any block of them can be read back at once. */
function writeRows(descriptor: number, offset: number, rows: Rows): number {
  const bytes = Buffer.allocUnsafe(rows.count * BYTES_PER_ROW);
  for (let index = 0, at = 0; index < rows.count; index += 1, at += BYTES_PER_ROW) {
    bytes.writeDoubleLE(rows.times[index]!, at);
    bytes.writeDoubleLE(rows.locations[index]!, at + 8);
    bytes.writeUInt16LE(rows.kinds[index]!, at + 16);
    bytes.writeUInt32LE(rows.groups[index]!, at + 18);
    bytes.writeUInt32LE(rows.values[index]!, at + 22);
  }
  try {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    }
  } catch (error) {
    throw new IrError(`the sort of the hits found no room in ${tmpdir()}: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Set TMPDIR to a folder with space, or limit the run with --since and --until.',
      cause: error,
    });
  }
  return bytes.length;
}

function readRows(descriptor: number, offset: number, count: number): Rows {
  const bytes = Buffer.allocUnsafe(count * BYTES_PER_ROW);
  readSync(descriptor, bytes, 0, bytes.length, offset);
  const rows: Rows = {
    count,
    times: new Float64Array(count),
    locations: new Float64Array(count),
    kinds: new Uint16Array(count),
    groups: new Uint32Array(count),
    values: new Uint32Array(count),
    strings: [],
  };
  for (let index = 0, at = 0; index < count; index += 1, at += BYTES_PER_ROW) {
    rows.times[index] = bytes.readDoubleLE(at);
    rows.locations[index] = bytes.readDoubleLE(at + 8);
    rows.kinds[index] = bytes.readUInt16LE(at + 16);
    rows.groups[index] = bytes.readUInt32LE(at + 18);
    rows.values[index] = bytes.readUInt32LE(at + 22);
  }
  return rows;
}

/** A binary heap over runs by their next row. `sink` restores order after the top run moved on. */
function createHeap(
  runs: readonly Run[],
  load: (run: Run) => void,
): { top(): Run | undefined; sink(): void } {
  for (const run of runs) load(run);
  const heap = runs.filter((run) => run.position < run.rows.count);
  const isBefore = (a: Run, b: Run): boolean => {
    const time = a.rows.times[a.position]! - b.rows.times[b.position]!;
    if (time !== 0) return time < 0;
    const location = a.rows.locations[a.position]! - b.rows.locations[b.position]!;
    if (location !== 0) return location < 0;
    return a.rows.kinds[a.position]! < b.rows.kinds[b.position]!;
  };
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
    top: () => heap[0],
    sink() {
      const run = heap[0];
      if (run === undefined) return;
      if (run.position >= run.rows.count) {
        const last = heap.pop()!;
        if (heap.length === 0) return;
        heap[0] = last;
      }
      siftDown(0);
    },
  };
}
