/** Takes an event log file apart, chunk by chunk, whatever became of it. */
import type { RecordSplitter, TextRecord } from '../formats/log-format.ts';
import {
  CHUNK_BYTES,
  CHUNK_MAGIC,
  type ChunkHeader,
  FILE_HEADER_BYTES,
  FILE_MAGIC,
  isFileHeader,
  isFileHeaderWhole,
  nextChunk,
  readChunkHeader,
} from './layout.ts';
import { readChunk } from './read-chunk.ts';

/** True for the first characters of an event log, also of chunks that were carved out of something. */
export const isEvtx = (head: string): boolean =>
  head.startsWith(FILE_MAGIC) || head.startsWith(CHUNK_MAGIC);

const NOTHING: Buffer = Buffer.alloc(0);

/** The splitter of event logs: a text of one character a byte comes in, XML goes out. */
export function createEvtxSplitter(): RecordSplitter {
  let waiting = NOTHING;
  /** Where `waiting` begins in the text. */
  let base = 0;
  let line = 0;
  const damage = createDamage();

  const chunk = (bytes: Buffer, header: ChunkHeader): TextRecord[] => {
    const start = base;
    const read = readChunk(bytes, header);
    damage.note(header, read.length, bytes.length);
    return read.map((record, index) => {
      line += 1;
      const found: TextRecord = { ...record, offset: start + record.offset, line, isDecoded: true };
      return index === 0 ? { ...found, restart: start } : found;
    });
  };

  const drop = (count: number): void => {
    waiting = waiting.subarray(count);
    base += count;
  };

  /** The next chunk; undefined when more is needed to tell. */
  const next = (isEnd: boolean): TextRecord[] | undefined => {
    if (waiting.length === 0 || (!isEnd && waiting.length < CHUNK_BYTES)) return undefined;
    if (base === 0 && isFileHeader(waiting)) {
      if (!isFileHeaderWhole(waiting)) damage.header();
      drop(Math.min(FILE_HEADER_BYTES, waiting.length));
      return [];
    }
    const size = Math.min(CHUNK_BYTES, waiting.length);
    const bytes = waiting.subarray(0, size);
    const first = firstByte(bytes);
    if (first === -1) {
      drop(size);
      return [];
    }
    const header = readChunkHeader(bytes);
    // Where something is missing, another chunk begins before this one should end.
    const other = nextChunk(bytes, header.isWhole ? header.recordsEnd : 1);
    const end = other === -1 ? size : other;
    const records = chunk(bytes.subarray(0, end), header);
    drop(end);
    return records;
  };

  const all = (isEnd: boolean): TextRecord[] => {
    const found: TextRecord[] = [];
    for (let records = next(isEnd); records !== undefined; records = next(isEnd))
      for (const record of records) found.push(record);
    return found;
  };

  return {
    push(text) {
      const bytes = Buffer.from(text, 'latin1');
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      return all(false);
    },
    end: () => all(true),
    problem: damage.tell,
  };
}

function firstByte(bytes: Buffer): number {
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) return index;
  return -1;
}

interface Damage {
  header(): void;
  note(header: ChunkHeader, records: number, size: number): void;
  tell(): string | undefined;
}

/** Counts what is wrong with a file as a whole. */
function createDamage(): Damage {
  let isHeaderWrong = false;
  const counts = { chunks: 0, header: 0, data: 0, cut: 0, missing: 0, foreign: 0 };
  return {
    header() {
      isHeaderWrong = true;
    },
    note(header, records, size) {
      if (!header.isThere && records === 0) {
        counts.foreign += size;
        return;
      }
      counts.chunks += 1;
      if (!header.isChecksumRight) counts.header += 1;
      if (size < Math.min(CHUNK_BYTES, header.recordsEnd)) counts.cut += 1;
      else if (header.isThere && !header.isDataChecksumRight) counts.data += 1;
      counts.missing += Math.max(0, (header.records ?? 0) - records);
    },
    tell() {
      const { chunks, header, data, cut, missing, foreign } = counts;
      const parts = [
        isHeaderWrong ? 'the checksum of the file header is wrong' : '',
        header > 0 ? `chunks with a damaged header: ${header} of ${chunks}` : '',
        data > 0 ? `chunks whose records do not have their checksum: ${data} of ${chunks}` : '',
        cut > 0 ? `chunks that are cut short: ${cut} of ${chunks}` : '',
        missing > 0 ? `records missing from them: ${missing}` : '',
        foreign > 0 ? `bytes outside of any chunk: ${foreign}` : '',
      ].filter((part) => part !== '');
      return parts.length === 0
        ? undefined
        : `${parts.join('; ')}; what could be read of it was read`;
    },
  };
}
