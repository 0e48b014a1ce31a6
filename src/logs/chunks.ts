/**
 * From a byte range of a file to pieces of whole lines. Text is latin1, so that an index into it is a
 * byte offset; whoever keeps a line decodes it.
 */
import { readSync } from 'node:fs';

/** Small enough that buffer and text stay in the processor's cache; the last line of each takes the careful way. */
const CHUNK_BYTES = 1 << 18;
/** A longer line is not read but counted as skipped. */
export const MAX_LINE_BYTES = 1 << 20;

/** The same bytes in two views; valid during the call, for the memory is used again. */
export interface ByteChunk {
  bytes: Buffer;
  view: DataView;
}

/** Takes what is read of a file, in order. Offsets are bytes from its beginning. */
export interface ChunkSink {
  /** Whole lines; only the last one of the file may lack its line ending. `offset` is that of `text[0]`. */
  lines(text: string, offset: number): void;
  /** The same before decoding. When present, it is called instead of `lines`. */
  bytes?(chunk: ByteChunk, offset: number): void;
  /** A line longer than `MAX_LINE_BYTES` begins at `offset`. */
  longLine(offset: number, head: string): void;
  /** Everything that was read, in order and without gaps; good during the call. */
  read?(bytes: Buffer, position: number): void;
}

/**
 * Reads the lines that begin in `[start, end)`, a chunk a step; the last one may reach beyond `end`, never beyond
 * `sizeBytes` (the size when the file was opened: what is appended meanwhile is left alone). A byte order
 * mark at the start of the file is no part of its first line.
 * @returns false when the file ended before `sizeBytes`
 */
export function* readChunks(
  descriptor: number,
  start: number,
  end: number,
  sizeBytes: number,
  sink: ChunkSink,
): Generator<void, boolean, void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + MAX_LINE_BYTES);
  let position =
    start === 0 ? markLength(descriptor) : lineStartAtOrAfter(descriptor, start, sizeBytes, buffer);
  let kept = 0;
  let isInLongLine = false;
  while (position + kept < sizeBytes && (position < end || isInLongLine)) {
    const want = Math.min(CHUNK_BYTES, sizeBytes - position - kept);
    const got = readSync(descriptor, buffer, kept, want, position + kept);
    if (got === 0) break;
    yield;
    sink.read?.(buffer.subarray(kept, kept + got), position + kept);
    const filled = kept + got;
    if (isInLongLine) {
      const newline = buffer.subarray(0, filled).indexOf(10);
      const used = newline === -1 ? filled : newline + 1;
      isInLongLine = newline === -1;
      buffer.copyWithin(0, used, filled);
      kept = filled - used;
      position += used;
      continue;
    }
    const isLast = position + filled >= sizeBytes;
    const used = wholeLines(buffer, filled, end - position, isLast);
    if (used === 0 && filled >= MAX_LINE_BYTES) {
      sink.longLine(position, buffer.toString('latin1', 0, 200));
      isInLongLine = true;
      position += filled;
      kept = 0;
      continue;
    }
    if (used > 0) emit(buffer, used, position, sink);
    buffer.copyWithin(0, used, filled);
    kept = filled - used;
    position += used;
  }
  // What is left after a long line, or when the file became shorter.
  if (kept > 0 && !isInLongLine && position < end) {
    emit(buffer, wholeLines(buffer, kept, end - position, true), position, sink);
  }
  return position + kept >= Math.min(end, sizeBytes);
}

/** How many bytes of the buffer are whole lines that begin within `limit` bytes. */
function wholeLines(buffer: Buffer, filled: number, limit: number, isLast: boolean): number {
  const whole = isLast ? filled : buffer.lastIndexOf(10, filled - 1) + 1;
  if (whole <= limit) return whole;
  if (limit <= 0) return 0;
  // Lines that begin at or after the limit belong to the next range.
  const newline = buffer.subarray(0, filled).indexOf(10, limit - 1);
  return newline === -1 ? whole : newline + 1;
}

/** Hands out a piece; lines over the limit inside it are reported instead. */
function emit(buffer: Buffer, length: number, offset: number, sink: ChunkSink): void {
  let from = 0;
  if (length > MAX_LINE_BYTES) {
    for (let lineStart = 0; lineStart < length; ) {
      const newline = buffer.indexOf(10, lineStart);
      const lineEnd = newline === -1 || newline >= length ? length : newline + 1;
      if (lineEnd - lineStart > MAX_LINE_BYTES) {
        if (lineStart > from) handOut(buffer, from, lineStart, offset, sink);
        sink.longLine(offset + lineStart, buffer.toString('latin1', lineStart, lineStart + 200));
        from = lineEnd;
      }
      lineStart = lineEnd;
    }
  }
  if (from < length) handOut(buffer, from, length, offset, sink);
}

function handOut(buffer: Buffer, from: number, to: number, offset: number, sink: ChunkSink): void {
  if (sink.bytes !== undefined) {
    const view = new DataView(buffer.buffer, buffer.byteOffset + from, to - from);
    sink.bytes({ bytes: buffer.subarray(from, to), view }, offset + from);
    return;
  }
  sink.lines(buffer.toString('latin1', from, to), offset + from);
}

/**
 * Start of the first line at or after `at` that does not continue the event above it; the line after `at`
 * when there is none within a chunk.
 */
export function eventStartAt(
  descriptor: number,
  at: number,
  sizeBytes: number,
  isRest: (line: string) => boolean,
): number {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const first = lineStartAtOrAfter(descriptor, at, sizeBytes, buffer);
  const want = Math.max(0, Math.min(CHUNK_BYTES, sizeBytes - first));
  const block = buffer.subarray(0, readSync(descriptor, buffer, 0, want, first));
  for (let start = 0; start < block.length; ) {
    const newline = block.indexOf(10, start);
    if (newline === -1) break;
    const line = block.toString('utf8', start, newline).replace(/\r$/, '');
    if (!isRest(line)) return first + start;
    start = newline + 1;
  }
  return first;
}

/** Length of the UTF-8 byte order mark at the start of the file: 3 or 0. */
function markLength(descriptor: number): number {
  const mark = Buffer.alloc(3);
  const got = readSync(descriptor, mark, 0, 3, 0);
  return got === 3 && mark[0] === 0xef && mark[1] === 0xbb && mark[2] === 0xbf ? 3 : 0;
}

function lineStartAtOrAfter(
  descriptor: number,
  start: number,
  sizeBytes: number,
  buffer: Buffer,
): number {
  let position = start - 1;
  while (position < sizeBytes) {
    const want = Math.min(CHUNK_BYTES, sizeBytes - position);
    const got = readSync(descriptor, buffer, 0, want, position);
    if (got === 0) break;
    const newline = buffer.subarray(0, got).indexOf(10);
    if (newline !== -1) return position + newline + 1;
    position += got;
  }
  return position;
}
