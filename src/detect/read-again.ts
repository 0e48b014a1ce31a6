/** Finds records of a document again. */
import type { TextRecord } from '../logs/formats/log-format.ts';
import type { LineMark } from '../logs/line-account.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { textOfRecord } from '../logs/read-records.ts';
import { BLOCK_BYTES, type BlockReader } from './block-reader.ts';

/** So much is read on for a record until it is whole. */
const RECORD_BYTES = 1 << 13;

/** A record with its place and its number. */
export interface NumberedRecord {
  at: number;
  line: number;
  raw: string;
}

/** The records behind a mark, a unit at a time. */
export function* recordsFrom(
  { start, linesBefore }: LineMark,
  { format, contentBytes }: Pick<PreparedFile, 'format' | 'contentBytes'>,
  blockAt: BlockReader,
): Generator<NumberedRecord, void, void> {
  const splitter = format?.records?.splitter(false);
  let line = linesBefore;
  const numbered = (found: readonly TextRecord[]): NumberedRecord[] =>
    found.map((record) => ({
      at: start + record.offset,
      line: ++line,
      raw: textOfRecord(record),
    }));
  for (let at = start; splitter !== undefined && at < contentBytes; ) {
    const block = blockAt(at, BLOCK_BYTES);
    if (block.length === 0) break;
    yield* numbered(splitter.push(block.toString('latin1')));
    at += block.length;
  }
  yield* numbered(splitter?.end() ?? []);
}

/** The record that begins at `offset`. */
export function recordAt(file: PreparedFile, offset: number, blockAt: BlockReader): string {
  const splitter = file.format?.records?.splitter(true);
  for (let at = offset; splitter !== undefined && at < file.contentBytes; ) {
    const block = blockAt(at, RECORD_BYTES);
    if (block.length === 0) break;
    const found = splitter.push(block.toString('latin1'))[0];
    if (found !== undefined) return textOfRecord(found);
    at += block.length;
  }
  const last = splitter?.end()[0];
  return last === undefined ? '' : textOfRecord(last);
}
