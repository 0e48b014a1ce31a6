/** Reads a file that is a document of records (CloudTrail, pretty-printed JSON, EVTX); a record counts as a line. */
import { readSync } from 'node:fs';
import type { LogFormat, TextRecord } from './formats/log-format.ts';
import { countSkip, type LineAccount, type LineMark } from './line-account.ts';
import { decodeUtf8, type FileReader } from './read-events.ts';

const PIECE_BYTES = 1 << 18;

/** What reads the records, and what becomes of them. */
export interface RecordReading {
  format: LogFormat;
  account: LineAccount;
  reader: FileReader;
  /** Takes the places at which reading may begin anew. */
  marks: LineMark[];
  /** Takes note of the bytes as they were read. */
  noteSpan?: ((bytes: Buffer, position: number) => void) | undefined;
}

/** The part of a file that is read, in bytes. */
export interface RecordRange {
  start: number;
  end: number;
}

/** What a reading came to. */
export interface RecordsRead {
  /** False when the file ended before its part did. */
  isWhole: boolean;
  /** What is wrong with the content. */
  problem: string | undefined;
}

/** A record as text. */
export const textOfRecord = ({ text, isDecoded }: TextRecord): string =>
  isDecoded === true ? text : decodeUtf8(text);

/**
 * Hands each record of a file to `reader`, holding one at a time; a piece of the file is a step.
 * @param range ends at the size when the file was opened at most: what is appended meanwhile is left alone
 */
export function* readRecords(
  descriptor: number,
  { start, end }: RecordRange,
  { format, account, reader, marks, noteSpan }: RecordReading,
): Generator<void, RecordsRead, void> {
  const splitter = format.records?.splitter(false);
  if (splitter === undefined) return { isWhole: true, problem: undefined };
  const read = (record: TextRecord): void => {
    const text = textOfRecord(record);
    if (record.restart !== undefined)
      marks.push({ start: start + record.restart, linesBefore: account.lines });
    if (record.skip === undefined) {
      reader.line(text, start + record.offset);
      return;
    }
    account.lines += 1;
    countSkip(account, record.skip, account.lines, text);
  };
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let position = start;
  while (position < end) {
    const bytes = readPiece(descriptor, buffer, position, end);
    if (bytes.length === 0) break;
    yield;
    noteSpan?.(bytes, position);
    for (const record of splitter.push(bytes.toString('latin1'))) read(record);
    position += bytes.length;
  }
  for (const record of splitter.end()) read(record);
  reader.end();
  return { isWhole: position >= end, problem: splitter.problem?.() };
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
