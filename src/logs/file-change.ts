/**
 * What became of a file between its opening and the end of the run: live logs grow, which is fine; one that was
 * replaced, cut or rewritten no longer holds what was read.
 */
import { type BigIntStats, closeSync, readSync, statSync } from 'node:fs';
import type { FilePath } from './input-path.ts';
import { type FileState, isSameFile, openInput, REPLACED, stateOf } from './open-input.ts';
import type { Turn } from './turns.ts';

/** A stretch of bytes as it was read. */
export interface ReadSpan {
  start: number;
  end: number;
  /** Over every other four bytes: whoever exchanges, moves or drops a line changes it. */
  sum: number;
}

/** Reads of this size, and others that are a multiple of `STRIDE`, give the same sum in whatever pieces. */
export const SPAN_BLOCK_BYTES = 1 << 16;
const STRIDE = 8;

/** Collects a span from pieces that follow each other; all but the last a multiple of 8 bytes long. */
export function createSpan(): {
  add(bytes: Buffer, position: number): void;
  take(): ReadSpan | undefined;
} {
  let span: ReadSpan | undefined;
  return {
    add(bytes, position) {
      span ??= { start: position, end: position, sum: 0 };
      span.end += bytes.length;
      span.sum = sumOf(bytes, span.sum);
    },
    take: () => span,
  };
}

/** Far cheaper than a checksum of every byte, which would cost the readers a tenth of their speed. */
function sumOf(bytes: Buffer, before: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const last = bytes.length - 4;
  let sum = before;
  let at = 0;
  // Four words a turn: multiplications then need not wait for each other.
  for (; at + 3 * STRIDE <= last; at += 4 * STRIDE) {
    const first = Math.imul(sum ^ view.getInt32(at), 0x9e3779b1);
    const second = Math.imul(view.getInt32(at + STRIDE), 0x85ebca77);
    const third = Math.imul(view.getInt32(at + 2 * STRIDE), 0xc2b2ae3d);
    const fourth = Math.imul(view.getInt32(at + 3 * STRIDE), 0x27d4eb2f);
    sum = (first + second + third + fourth) | 0;
  }
  for (; at <= last; at += STRIDE) sum = Math.imul(sum ^ view.getInt32(at), 0x9e3779b1);
  return sum;
}

/** What a file went through since it was opened. */
export interface FileChange {
  /** Why what was read may not be there any more; undefined when it is. */
  problem: string | undefined;
  /** Lines that begin after what was read. */
  appendedLines: number;
  /** The last line that was read had no ending, and was written on. */
  isLastLineCut: boolean;
}

/** Nothing happened to it. */
export const UNCHANGED: FileChange = {
  problem: undefined,
  appendedLines: 0,
  isLastLineCut: false,
};
const failed = (problem: string): FileChange => ({ ...UNCHANGED, problem });

/**
 * Compares a file with its state when it was opened, and only if that differs its bytes with those read.
 * @param spans what was read of it
 * @param turn awaited between blocks
 */
export async function changeOf(
  path: FilePath,
  state: FileState,
  spans: readonly ReadSpan[],
  turn: Turn,
): Promise<FileChange> {
  let status: BigIntStats;
  try {
    status = statSync(path, { bigint: true });
  } catch {
    return failed('it went away while it was read');
  }
  const now = stateOf(status);
  if (!status.isFile() || !isSameFile(state, now)) return failed(REPLACED);
  if (now.sizeBytes < state.sizeBytes) return failed('the file became shorter while it was read');
  const isUntouched = now.mtimeNs === state.mtimeNs && now.ctimeNs === state.ctimeNs;
  if (now.sizeBytes === state.sizeBytes) {
    return isUntouched
      ? UNCHANGED
      : failed('touched while it was read, without growing: its content may not be what was read');
  }
  let descriptor: number;
  try {
    descriptor = openInput(path, state);
  } catch {
    return failed(REPLACED);
  }
  try {
    for (const span of spans) {
      if ((await sumAgain(descriptor, span, turn)) !== span.sum)
        return failed('rewritten while it was read: its lines may not be those that were found');
    }
    return await growth(descriptor, state.sizeBytes, now.sizeBytes, turn);
  } finally {
    closeSync(descriptor);
  }
}

async function sumAgain(descriptor: number, { start, end }: ReadSpan, turn: Turn): Promise<number> {
  let sum = 0;
  for await (const block of blocksOf(descriptor, start, end, turn)) sum = sumOf(block, sum);
  return sum;
}

async function growth(
  descriptor: number,
  before: number,
  now: number,
  turn: Turn,
): Promise<FileChange> {
  let appendedLines = 0;
  let lastByte = 0;
  for await (const block of blocksOf(descriptor, before, now, turn)) {
    for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10, at + 1)) appendedLines += 1;
    lastByte = block.at(-1) as number;
  }
  if (lastByte !== 10) appendedLines += 1;
  const last = Buffer.alloc(1);
  const isLastLineCut =
    before > 0 && readSync(descriptor, last, 0, 1, before - 1) === 1 && last[0] !== 10;
  // The first ending that was appended is that of the line cut off.
  if (isLastLineCut) appendedLines -= 1;
  return { problem: undefined, appendedLines, isLastLineCut };
}

async function* blocksOf(
  descriptor: number,
  start: number,
  end: number,
  turn: Turn,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(SPAN_BLOCK_BYTES, end - start)));
  for (let position = start; position < end; ) {
    await turn();
    const got = readSync(descriptor, buffer, 0, Math.min(buffer.length, end - position), position);
    if (got === 0) return;
    yield buffer.subarray(0, got);
    position += got;
  }
}
