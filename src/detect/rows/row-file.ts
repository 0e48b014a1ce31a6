/** Rows on disk: a private temporary file of sorted runs, each a sequence of blocks that hold whole columns. */
import { readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { EXIT, IrError, messageOf } from '../../errors.ts';
import { createOwnFile } from './own-file.ts';
import type { Rows } from './rows.ts';

/** A run on disk, read once from its beginning. */
export interface SpilledRun {
  /** The next rows; undefined at the end. They are good until the next call. */
  next(): Rows | undefined;
}

/** The file of a store that has run out of its budget of memory. */
export interface RowFile {
  /** Writes sorted rows. Throws an `IrError` when there is no room. */
  append(rows: Rows): SpilledRun;
  /** Gives the disk space back; runs cannot be read any more. */
  remove(): void;
}

/** Bytes of a row in memory and on disk. */
export const BYTES_PER_ROW = 8 + 8 + 4 + 4 + 2;
/** Small, because every run that is being merged holds one block. */
const BLOCK_ROWS = 1024;
const BLOCKS_PER_WRITE = 16;

/** Opens a new file that only this user can read. It goes away with the process at the latest. */
export function createRowFile(): RowFile {
  const { descriptor, remove } = createOwnFile('runs');
  const buffer = new Uint8Array(BLOCKS_PER_WRITE * blockBytes(BLOCK_ROWS));
  let size = 0;
  return {
    remove,
    append(rows) {
      const run = readRun(descriptor, size, rows.count);
      let bytes = 0;
      for (let start = 0; start < rows.count; start += BLOCK_ROWS) {
        const end = Math.min(rows.count, start + BLOCK_ROWS);
        putBlock(buffer.buffer, bytes, rows, start, end);
        bytes += blockBytes(end - start);
        if (end < rows.count && bytes < buffer.length) continue;
        writeAll(descriptor, buffer.subarray(0, bytes), size);
        size += bytes;
        bytes = 0;
      }
      return run;
    },
  };
}

/** Columns of eight-byte numbers come first, so that each column begins at a multiple of its width. */
function columnsAt(buffer: ArrayBuffer, offset: number, count: number): Rows {
  return {
    count,
    times: new Float64Array(buffer, offset, count),
    locations: new Float64Array(buffer, offset + 8 * count, count),
    kinds: new Uint16Array(buffer, offset + 24 * count, count),
    groups: new Uint32Array(buffer, offset + 16 * count, count),
    values: new Uint32Array(buffer, offset + 20 * count, count),
    strings: [],
  };
}

const blockBytes = (count: number): number => Math.ceil((count * BYTES_PER_ROW) / 8) * 8;

/** Copies rows `start` up to `end` to a block at `offset`. */
function putBlock(
  buffer: ArrayBuffer,
  offset: number,
  rows: Rows,
  start: number,
  end: number,
): void {
  const block = columnsAt(buffer, offset, end - start);
  block.times.set(rows.times.subarray(start, end));
  block.locations.set(rows.locations.subarray(start, end));
  block.kinds.set(rows.kinds.subarray(start, end));
  block.groups.set(rows.groups.subarray(start, end));
  block.values.set(rows.values.subarray(start, end));
}

/** Writes all of it. Throws an `IrError` when there is no room. */
export function writeAll(descriptor: number, bytes: Uint8Array, offset: number): void {
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
}

function readRun(descriptor: number, start: number, count: number): SpilledRun {
  let offset = start;
  let left = count;
  let buffer: Uint8Array<ArrayBuffer> | undefined;
  return {
    next() {
      if (left === 0) {
        buffer = undefined;
        return undefined;
      }
      const rows = Math.min(left, BLOCK_ROWS);
      const bytes = blockBytes(rows);
      buffer ??= new Uint8Array(bytes);
      if (readSync(descriptor, buffer, 0, bytes, offset) < bytes) {
        throw new IrError(`the file of the sorted hits in ${tmpdir()} was cut short`, {
          exit: EXIT.unreadableInput,
        });
      }
      offset += bytes;
      left -= rows;
      return columnsAt(buffer.buffer, 0, rows);
    },
  };
}
