/** Searches the lines of one piece of a file. Nothing is decoded but the lines that may match. */
import { closeSync, readSync } from 'node:fs';
import type { FilePath } from '../../logs/input-path.ts';
import { type FileState, openInput } from '../../logs/open-input.ts';
import { lineText } from '../../logs/read-events.ts';
import { reasonOf } from '../../logs/reason.ts';
import { type Block, createBlock } from './find-bytes.ts';
import { compileLineTest, type LineTest } from './line-test.ts';
import type { SearchQuery } from './query.ts';

/** What to search. */
export interface SearchTask {
  id: number;
  /** Index of the file in the run. */
  file: number;
  absolute: FilePath;
  /** The file when it was opened first; undefined for copies of ours. */
  state: FileState | undefined;
  /** Lines that begin in this range. */
  start: number;
  end: number;
  sizeBytes: number;
}

/** What was found in a piece; plain data whose buffers can be handed over. */
export interface PieceHits {
  id: number;
  count: number;
  /** Lines that begin in the piece; 0 where they were not counted. */
  lines: number;
  /** Of each hit: its place in the file, the lines of the piece before it, and where it ends in `bytes`. */
  offsets: Float64Array;
  linesBefore: Uint32Array;
  ends: Uint32Array;
  /** The lines that matched, without their newlines, one after the other. */
  bytes: Uint8Array;
  /** Why the piece was not read in full. */
  problem: string | undefined;
}

/** Searches pieces, one after the other. */
export type PieceSearch = (task: SearchTask) => PieceHits;

const BLOCK_BYTES = 1 << 20;
/** A longer line is searched in parts. */
const MOST_BLOCK_BYTES = 1 << 26;

/** Makes the search of a thread. @param isCounting only how many lines match is asked */
export function createPieceSearch(query: SearchQuery, isCounting: boolean): PieceSearch {
  const test = compileLineTest(query);
  let block: Block | undefined;
  // The buffers of a result may be handed over: its sizes are what is left.
  let last = { count: 0, bytes: 0 };
  return (task) => {
    // Whoever searches little needs no block of its own.
    block ??= createBlock(BLOCK_BYTES);
    const hits = createHits(isCounting, last);
    const search = createBlockSearch(block, test, query.isInverted, hits);
    let problem: string | undefined;
    try {
      const descriptor = openInput(task.absolute, task.state);
      try {
        if (!searchRange(descriptor, task, block, search)) problem = SHORTER;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      problem = reasonOf(error);
    }
    const taken = hits.take();
    last = { count: taken.ends.length, bytes: taken.bytes.length };
    return { id: task.id, ...taken, problem };
  };
}

const SHORTER = 'the file became shorter while it was read';

/** What is gathered of a piece. */
interface Hits {
  /** Lines of the piece so far. */
  lines: number;
  count: number;
  add(bytes: Buffer, start: number, end: number, offset: number, linesBefore: number): void;
  take(): Omit<PieceHits, 'id' | 'problem'>;
}

/** @param before what the last piece came to: the next is like it */
function createHits(isCounting: boolean, before: { count: number; bytes: number }): Hits {
  let room = isCounting ? 0 : Math.ceil(before.count * 1.25) + 64;
  let offsets = new Float64Array(room);
  let linesBefore = new Uint32Array(room);
  let ends = new Uint32Array(room);
  let text = Buffer.allocUnsafe(isCounting ? 0 : Math.ceil(before.bytes * 1.25) + (1 << 12));
  let length = 0;
  const makeRoom = (): void => {
    room *= 2;
    offsets = grown(offsets, new Float64Array(room));
    linesBefore = grown(linesBefore, new Uint32Array(room));
    ends = grown(ends, new Uint32Array(room));
  };
  const hits: Hits = {
    lines: 0,
    count: 0,
    add(bytes, start, end, offset, linesBeforeIt) {
      const index = hits.count++;
      if (isCounting) return;
      if (index === room) makeRoom();
      if (length + end - start > text.length)
        text = grown(text, Buffer.allocUnsafe(Math.max(text.length * 2, length + end - start)));
      text.set(bytes.subarray(start, end), length);
      length += end - start;
      offsets[index] = offset;
      linesBefore[index] = linesBeforeIt;
      ends[index] = length;
    },
    take: () => {
      const kept = isCounting ? 0 : hits.count;
      return {
        ...{ count: hits.count, lines: hits.lines },
        offsets: offsets.slice(0, kept),
        linesBefore: linesBefore.slice(0, kept),
        ends: ends.slice(0, kept),
        bytes: new Uint8Array(text.subarray(0, length)),
      };
    },
  };
  return hits;
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Searches whole lines in `[start, end)` of the block, the first byte of which lies at `offset` in the file. */
type BlockSearch = (end: number, offset: number) => void;

function createBlockSearch(
  block: Block,
  { holds, isExact, needles }: LineTest,
  isInverted: boolean,
  hits: Hits,
): BlockSearch {
  const finders = needles?.map(block.finder) ?? [];
  const next = new Float64Array(finders.length);
  /** The first place at or after `from` that may be in a match. */
  const candidate = (from: number, end: number): number => {
    if (needles === undefined) return from < end ? from : -1;
    let first = -1;
    for (let index = 0; index < finders.length; index += 1) {
      if ((next[index] as number) < from) {
        const found = (finders[index] as (typeof finders)[number])(from, end);
        next[index] = found < 0 ? Number.POSITIVE_INFINITY : found;
      }
      const place = next[index] as number;
      if (place < Number.POSITIVE_INFINITY && (first < 0 || place < first)) first = place;
    }
    return first;
  };
  return (end, offset) => {
    const { bytes } = block;
    next.fill(-1);
    let counted = 0;
    const add = (start: number, stop: number): void => {
      hits.lines += block.countLines(counted, start);
      counted = start;
      hits.add(bytes, start, stop, offset + start, hits.lines);
    };
    const addOthers = (from: number, to: number): void => {
      for (let start = from; start < to; ) {
        const stop = lineEnd(bytes, start, to);
        add(start, stop);
        start = stop + 1;
      }
    };
    for (let from = 0, rest = 0; ; ) {
      const place = candidate(from, end);
      if (place < 0) {
        if (isInverted) addOthers(rest, end);
        break;
      }
      const start = place === 0 ? 0 : bytes.lastIndexOf(10, place - 1) + 1;
      const stop = lineEnd(bytes, place, end);
      from = stop + 1;
      if (!isExact && !holds(lineText(bytes, start, stop))) continue;
      if (isInverted) addOthers(rest, start);
      else add(start, stop);
      rest = from;
    }
    hits.lines += block.countLines(counted, end);
    if (end > 0 && bytes[end - 1] !== 10) hits.lines += 1;
  };
}

function lineEnd(bytes: Buffer, at: number, end: number): number {
  const newline = bytes.indexOf(10, at);
  return newline === -1 || newline > end ? end : newline;
}

/** @returns false when the file ended before its size */
function searchRange(
  descriptor: number,
  { start, end, sizeBytes }: SearchTask,
  block: Block,
  search: BlockSearch,
): boolean {
  let position = start === 0 ? 0 : lineStart(descriptor, start, sizeBytes, block);
  while (position < end) {
    const want = Math.min(block.capacity, sizeBytes - position);
    const got = fill(descriptor, block.bytes, want, position);
    if (got === 0) return false;
    const isLast = position + got >= sizeBytes;
    let used = isLast ? got : block.bytes.lastIndexOf(10, got - 1) + 1;
    if (used === 0) {
      if (block.capacity < MOST_BLOCK_BYTES) {
        block.grow();
        continue;
      }
      used = got;
    }
    // Lines that begin at the end or behind it are the next piece's.
    if (position + used > end) used = lineEnd(block.bytes, end - position - 1, used - 1) + 1;
    search(used, position);
    position += used;
  }
  return true;
}

function fill(descriptor: number, bytes: Buffer, want: number, position: number): number {
  let filled = 0;
  while (filled < want) {
    const got = readSync(descriptor, bytes, filled, want - filled, position + filled);
    if (got === 0) break;
    filled += got;
  }
  return filled;
}

/** The first line that begins at `at` or behind it. */
function lineStart(descriptor: number, at: number, sizeBytes: number, block: Block): number {
  for (let position = at - 1; position < sizeBytes; ) {
    const want = Math.min(1 << 16, sizeBytes - position);
    const got = fill(descriptor, block.bytes, want, position);
    const newline = block.bytes.subarray(0, got).indexOf(10);
    if (newline !== -1) return position + newline + 1;
    if (got === 0) break;
    position += got;
  }
  return sizeBytes;
}
