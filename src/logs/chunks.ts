/**
 * From a byte range of a file to pieces of whole lines. Text is latin1, so that an index into it is a
 * byte offset; whoever keeps a line decodes it.
 */
import { readSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;
/** A longer line is not read but counted as skipped. */
export const MAX_LINE_BYTES = 1 << 20;

export interface ChunkSink {
  /** Whole lines; only the last one of the file may lack its line ending. `offset` is that of `text[0]`. */
  lines(text: string, offset: number): void;
  /** A line longer than `MAX_LINE_BYTES` begins at `offset`. */
  longLine(offset: number, head: string): void;
}

/**
 * Reads the lines that begin in `[start, end)`; the last one may reach beyond `end`, never beyond
 * `sizeBytes` (the size when the file was opened: what is appended meanwhile is left alone).
 */
export function readChunks(
  descriptor: number,
  start: number,
  end: number,
  sizeBytes: number,
  sink: ChunkSink,
): void {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + MAX_LINE_BYTES);
  let position = start === 0 ? 0 : lineStartAtOrAfter(descriptor, start, sizeBytes, buffer);
  let kept = 0;
  let isInLongLine = false;
  while (position + kept < sizeBytes && (position < end || isInLongLine)) {
    const want = Math.min(CHUNK_BYTES, sizeBytes - position - kept);
    const got = readSync(descriptor, buffer, kept, want, position + kept);
    if (got === 0) break;
    const filled = kept + got;
    const isLast = position + filled >= sizeBytes;
    if (isInLongLine) {
      const newline = buffer.subarray(0, filled).indexOf(10);
      const used = newline === -1 ? filled : newline + 1;
      isInLongLine = newline === -1;
      buffer.copyWithin(0, used, filled);
      kept = filled - used;
      position += used;
      continue;
    }
    let used = isLast ? filled : buffer.lastIndexOf(10, filled - 1) + 1;
    // Lines that begin at or after `end` belong to the next range.
    if (position + used > end) used = endOfRange(buffer, filled, end - position, used);
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
  if (kept > 0 && !isInLongLine && position < end) emit(buffer, kept, position, sink);
}

/** Hands out a piece; lines over the limit inside it are reported instead. */
function emit(buffer: Buffer, length: number, offset: number, sink: ChunkSink): void {
  let from = 0;
  if (length > MAX_LINE_BYTES) {
    for (let lineStart = 0; lineStart < length; ) {
      const newline = buffer.indexOf(10, lineStart);
      const lineEnd = newline === -1 || newline >= length ? length : newline + 1;
      if (lineEnd - lineStart > MAX_LINE_BYTES) {
        if (lineStart > from) sink.lines(buffer.toString('latin1', from, lineStart), offset + from);
        sink.longLine(offset + lineStart, buffer.toString('latin1', lineStart, lineStart + 200));
        from = lineEnd;
      }
      lineStart = lineEnd;
    }
  }
  if (from < length) sink.lines(buffer.toString('latin1', from, length), offset + from);
}

/** End of the line that holds the last byte before `limit`, within `filled`; 0 when it is not there yet. */
function endOfRange(buffer: Buffer, filled: number, limit: number, whole: number): number {
  if (limit <= 0) return 0;
  const newline = buffer.subarray(0, filled).indexOf(10, limit - 1);
  return newline === -1 ? whole : newline + 1;
}

function lineStartAtOrAfter(
  descriptor: number,
  start: number,
  sizeBytes: number,
  buffer: Buffer,
): number {
  let position = start - 1;
  while (position < sizeBytes) {
    const got = readSync(
      descriptor,
      buffer,
      0,
      Math.min(CHUNK_BYTES, sizeBytes - position),
      position,
    );
    if (got === 0) break;
    const newline = buffer.subarray(0, got).indexOf(10);
    if (newline !== -1) return position + newline + 1;
    position += got;
  }
  return sizeBytes;
}
