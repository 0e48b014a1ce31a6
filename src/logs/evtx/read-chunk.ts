/** The records of one chunk. Where it is damaged, they are looked for by their signature. */
import type { TextRecord } from '../formats/log-format.ts';
import { BrokenBinXml } from './broken.ts';
import {
  CHUNK_BYTES,
  CHUNK_HEADER_BYTES,
  type ChunkHeader,
  endsWithSize,
  nextRecord,
  RECORD_HEADER_BYTES,
  recordSize,
} from './layout.ts';
import { createBinXmlParser } from './parse-binxml.ts';
import { fileTime } from './values.ts';
import { createXmlWriter } from './write-xml.ts';

/** A record in its chunk. */
export type ChunkRecord = Pick<TextRecord, 'text' | 'offset' | 'skip'>;

const CUT = 'cut off by the end of the file';
const DAMAGED = 'a damaged record';

/** @param bytes the chunk, or as much as there is of it; offsets are from its beginning */
export function readChunk(bytes: Buffer, header: ChunkHeader): ChunkRecord[] {
  const toXml = createXmlWriter(bytes, createBinXmlParser(bytes));
  const records: ChunkRecord[] = [];
  const end = Math.min(header.isWhole ? header.recordsEnd : CHUNK_BYTES, bytes.length);
  let at = header.isThere ? CHUNK_HEADER_BYTES : Math.max(0, nextRecord(bytes, 0));
  while (at < end) {
    const size = recordSize(bytes, at);
    if (size > 0 && at + size > bytes.length) {
      records.push(skipped(bytes, at, CUT));
      break;
    }
    if (size > 0 && (endsWithSize(bytes, at, size) || recordSize(bytes, at + size) > 0)) {
      records.push(readRecord(bytes, at, size, toXml));
      at += size;
      continue;
    }
    if (size > 0) records.push(skipped(bytes, at, DAMAGED));
    // Behind the last record of a chunk that was not closed lie zeros, or what was written there before.
    const next = nextRecord(bytes, at + 1);
    at = next === -1 ? end : next;
  }
  return records;
}

function readRecord(
  bytes: Buffer,
  at: number,
  size: number,
  toXml: (start: number, end: number) => string,
): ChunkRecord {
  try {
    return { text: toXml(at + RECORD_HEADER_BYTES, at + size - 4), offset: at };
  } catch (error) {
    // Nothing of what a file holds may end a run: places outside of the buffer are the range errors of its readers.
    const reason = error instanceof BrokenBinXml ? error.message : 'it ends too early';
    return skipped(bytes, at, `broken BinXML: ${reason}`);
  }
}

/** What the header of a record tells of one that cannot be read. */
function skipped(bytes: Buffer, at: number, skip: string): ChunkRecord {
  const number = bytes.readBigUInt64LE(at + 8);
  return { text: `record ${number}, written ${fileTime(bytes, at + 16)}`, offset: at, skip };
}
