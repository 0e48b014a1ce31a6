/**
 * Where things lie in an event log file: a header, then chunks of 64 kB, each with a header and records of its own.
 * @see https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
 */
import { crc32 } from '../unpack/crc.ts';

/** How a file begins. */
export const FILE_MAGIC = 'ElfFile\0';
/** How a chunk begins. */
export const CHUNK_MAGIC = 'ElfChnk\0';
/** The first chunk lies behind so many bytes. */
export const FILE_HEADER_BYTES = 4096;
/** Size of a chunk. */
export const CHUNK_BYTES = 65_536;
/** Of a chunk: its records begin behind it. */
export const CHUNK_HEADER_BYTES = 512;
/** Of a record: signature, size, number, time of writing. */
export const RECORD_HEADER_BYTES = 24;
const RECORD_MAGIC = Buffer.from('**\0\0', 'latin1');
const MIN_RECORD_BYTES = RECORD_HEADER_BYTES + 4;
/** Headers up to where their checksum lies. */
const FILE_CHECKED_BYTES = 120;
const CHUNK_CHECKED_BYTES = 120;
const CHUNK_TABLES = 128;

const FILE_MAGIC_BYTES = Buffer.from(FILE_MAGIC, 'latin1');
const CHUNK_MAGIC_BYTES = Buffer.from(CHUNK_MAGIC, 'latin1');

/** Does the file header stand here? */
export const isFileHeader = (bytes: Buffer): boolean =>
  bytes.subarray(0, FILE_MAGIC_BYTES.length).equals(FILE_MAGIC_BYTES);

/** Is the checksum of a file header right? */
export const isFileHeaderWhole = (bytes: Buffer): boolean =>
  bytes.length >= CHUNK_TABLES &&
  crc32(bytes.subarray(0, FILE_CHECKED_BYTES)) === bytes.readUInt32LE(124);

/** What the header of a chunk is worth. */
export interface ChunkHeader {
  /** It says that it is one. */
  isThere: boolean;
  isChecksumRight: boolean;
  /** Where its records end; its size where the header cannot be believed. */
  recordsEnd: number;
  isDataChecksumRight: boolean;
  /** Both are right. */
  isWhole: boolean;
  /** How many records it says that it has; undefined where it cannot be believed. */
  records: number | undefined;
}

/** @param bytes the chunk; fewer than `CHUNK_BYTES` where the file is cut */
export function readChunkHeader(bytes: Buffer): ChunkHeader {
  const isThere = startsChunk(bytes, 0);
  const isChecksumRight = isThere && hasHeaderChecksum(bytes, 0);
  const free = isThere && bytes.length >= CHUNK_HEADER_BYTES ? bytes.readUInt32LE(48) : 0;
  const isPlausible = free >= CHUNK_HEADER_BYTES && free <= CHUNK_BYTES;
  const recordsEnd = isPlausible ? free : CHUNK_BYTES;
  const isDataChecksumRight =
    isPlausible &&
    free <= bytes.length &&
    crc32(bytes.subarray(CHUNK_HEADER_BYTES, free)) === bytes.readUInt32LE(52);
  const isWhole = isChecksumRight && isDataChecksumRight;
  const records = isChecksumRight ? countOf(bytes) : undefined;
  return { isThere, isChecksumRight, recordsEnd, isDataChecksumRight, isWhole, records };
}

/** By the numbers of the first and the last one; a chunk without any has the greatest number as both. */
function countOf(bytes: Buffer): number | undefined {
  const count = bytes.readBigUInt64LE(16) - bytes.readBigUInt64LE(8) + 1n;
  return count > 0n && count < CHUNK_BYTES / MIN_RECORD_BYTES ? Number(count) : undefined;
}

const startsChunk = (bytes: Buffer, at: number): boolean =>
  bytes.subarray(at, at + CHUNK_MAGIC_BYTES.length).equals(CHUNK_MAGIC_BYTES);

function hasHeaderChecksum(bytes: Buffer, at: number): boolean {
  if (at + CHUNK_HEADER_BYTES > bytes.length) return false;
  const before = crc32(bytes.subarray(at, at + CHUNK_CHECKED_BYTES));
  const tables = bytes.subarray(at + CHUNK_TABLES, at + CHUNK_HEADER_BYTES);
  return crc32(tables, before) === bytes.readUInt32LE(at + 124);
}

/** Where the next chunk begins whose header is whole; -1 when there is none. */
export function nextChunk(bytes: Buffer, from: number): number {
  for (
    let at = bytes.indexOf(CHUNK_MAGIC_BYTES, from);
    at !== -1;
    at = bytes.indexOf(CHUNK_MAGIC_BYTES, at + 1)
  ) {
    if (hasHeaderChecksum(bytes, at)) return at;
  }
  return -1;
}

/** Where the next record may begin: its signature; -1 when there is none. */
export const nextRecord = (bytes: Buffer, from: number): number =>
  bytes.indexOf(RECORD_MAGIC, from);

/** The size of the record at a place, 0 when there is none. It may reach over what is there of the chunk. */
export function recordSize(bytes: Buffer, at: number): number {
  if (at + MIN_RECORD_BYTES > bytes.length) return 0;
  if (!bytes.subarray(at, at + RECORD_MAGIC.length).equals(RECORD_MAGIC)) return 0;
  const size = bytes.readUInt32LE(at + 4);
  return size >= MIN_RECORD_BYTES && at + size <= CHUNK_BYTES ? size : 0;
}

/** Every record ends with its size once more. */
export const endsWithSize = (bytes: Buffer, at: number, size: number): boolean =>
  at + size <= bytes.length && bytes.readUInt32LE(at + size - 4) === size;
