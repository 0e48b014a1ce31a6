/** Reads parts of a file again, in few strides, and numbers the lines in it. */
import { readSync } from 'node:fs';
import type { LineMark } from '../logs/line-account.ts';

/** Least bytes that are read at once. */
export const BLOCK_BYTES = 1 << 16;
/** Most of them, while lines are counted. */
const COUNT_BYTES = 1 << 20;

/** Gives bytes of the file at a place, fewer at its end; they are good until the next call. */
export type BlockReader = (offset: number, length: number) => Buffer;

/** Neighbouring pieces come from one read. */
export function createBlockReader(descriptor: number, sizeBytes: number): BlockReader {
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let start = 0;
  let end = 0;
  return (offset, length) => {
    const to = Math.min(offset + length, sizeBytes);
    if (offset < start || to > end) {
      const want = Math.max(0, Math.min(Math.max(BLOCK_BYTES, length), sizeBytes - offset));
      if (want > buffer.length) buffer = Buffer.allocUnsafe(want);
      start = offset;
      end = offset + readSync(descriptor, buffer, 0, want, offset);
    }
    return buffer.subarray(offset - start, Math.max(0, Math.min(to, end) - start));
  };
}

/** Numbers lines, a block a step; offsets must come in ascending order. */
export function createLineCounter(
  blockAt: BlockReader,
  marks: readonly LineMark[],
): (offset: number) => Generator<void, number, void> {
  let position = 0;
  let lines = 0;
  let nextMark = 0;
  return function* (offset) {
    yield;
    while (nextMark < marks.length && marks[nextMark]!.start <= offset) nextMark += 1;
    const mark = marks[nextMark - 1];
    if (mark !== undefined && mark.start > position) {
      // The piece begins after the first line ending at or after the byte before it.
      position = mark.start - 1;
      lines = mark.linesBefore - 1;
    }
    while (position < offset) {
      const block = blockAt(position, Math.min(COUNT_BYTES, offset - position));
      if (block.length === 0) break;
      for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10, at + 1)) lines += 1;
      position += block.length;
      yield;
    }
    return lines + 1;
  };
}
