/** Reads a file that is a document of records (CloudTrail, pretty-printed JSON); a record counts as a line. */
import { readSync } from 'node:fs';
import type { LogFormat, TextRecord } from './formats/log-format.ts';
import { countSkip, type LineAccount } from './line-account.ts';
import { decodeUtf8, type FileReader } from './read-events.ts';

const PIECE_BYTES = 1 << 18;

/** What reads the records, and what becomes of them. */
export interface RecordReading {
  format: LogFormat;
  account: LineAccount;
  reader: FileReader;
  /** Takes note of the bytes as they were read. */
  noteSpan?: ((bytes: Buffer, position: number) => void) | undefined;
}

/**
 * Hands each record of a file to `reader`, holding one at a time; a piece of the file is a step.
 * @param sizeBytes the size when the file was opened: what is appended meanwhile is left alone
 * @returns false when the file ended before `sizeBytes`
 */
export function* readRecords(
  descriptor: number,
  sizeBytes: number,
  { format, account, reader, noteSpan }: RecordReading,
): Generator<void, boolean, void> {
  const splitter = format.records?.splitter(false);
  if (splitter === undefined) return true;
  const read = (record: TextRecord): void => {
    const text = decodeUtf8(record.text);
    if (record.skip === undefined) {
      reader.line(text, record.offset);
      return;
    }
    account.lines += 1;
    countSkip(account, record.skip, account.lines, text);
  };
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let position = 0;
  while (position < sizeBytes) {
    const bytes = readPiece(descriptor, buffer, position, sizeBytes);
    if (bytes.length === 0) break;
    yield;
    noteSpan?.(bytes, position);
    for (const record of splitter.push(bytes.toString('latin1'))) read(record);
    position += bytes.length;
  }
  for (const record of splitter.end()) read(record);
  reader.end();
  return position >= sizeBytes;
}

/** A full buffer unless the file ends: a read may give less than was asked for. */
function readPiece(
  descriptor: number,
  buffer: Buffer,
  position: number,
  sizeBytes: number,
): Buffer {
  const want = Math.min(buffer.length, sizeBytes - position);
  let filled = 0;
  while (filled < want) {
    const got = readSync(descriptor, buffer, filled, want - filled, position + filled);
    if (got === 0) break;
    filled += got;
  }
  return buffer.subarray(0, filled);
}
