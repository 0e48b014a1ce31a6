/**
 * The files of systemd's journal: where entries lie in them, and the objects of which they are made.
 * @see https://systemd.io/JOURNAL_FILE_FORMAT/
 */
import { decodeLz4Block } from './lz4.ts';
import { decodeWhole } from './packed-input.ts';
import { decodeXz } from './xz.ts';
import { bytesAt, type OpenFile } from './zip-directory.ts';
import { decodeZstd } from './zstd.ts';

/** The first bytes of a journal file. */
export const JOURNAL_MAGIC = 'LPKSHHRH';
const LEAST_HEADER_BYTES = 208;
const OBJECT_BYTES = 16;
const KNOWN_FLAGS = 1 | 2 | 4 | 8 | 16;
const IS_COMPACT = 16;
const TYPE = { data: 1, entry: 3, array: 6 } as const;
/** How the payload of a data object is packed. */
const PACKED = { xz: 1, lz4: 2, zstd: 4 } as const;
/** More than that is not kept of a field. */
const MAX_PAYLOAD_BYTES = 1 << 24;

/** What the header of a file says. */
export interface JournalHeader {
  isCompact: boolean;
  /** Numbers of entries count from this. */
  seqnumId: string;
  headerBytes: number;
  entryCount: number;
  arrayAt: number;
  /** What is wrong with it. */
  problem: string | undefined;
}

/** One entry: what it says of itself, and where its fields lie. */
export interface JournalEntry {
  seqnum: bigint;
  realtime: bigint;
  monotonic: bigint;
  bootId: string;
  xorHash: bigint;
  fieldsAt: number[];
}

/** Reads the header. @throws Error when it is none */
export function journalHeader(file: OpenFile): JournalHeader {
  const bytes = bytesAt(file, 0, LEAST_HEADER_BYTES);
  if (bytes.length < LEAST_HEADER_BYTES) throw new Error('truncated');
  const flags = bytes.readUInt32LE(12);
  const headerBytes = Number(bytes.readBigUInt64LE(88));
  const wholeBytes = headerBytes + Number(bytes.readBigUInt64LE(96));
  if (headerBytes < LEAST_HEADER_BYTES || headerBytes > file.sizeBytes)
    throw new Error('damaged header');
  return {
    isCompact: (flags & IS_COMPACT) !== 0,
    seqnumId: bytes.toString('hex', 72, 88),
    headerBytes,
    entryCount: Number(bytes.readBigUInt64LE(152)),
    arrayAt: Number(bytes.readBigUInt64LE(176)),
    problem:
      (flags & ~KNOWN_FLAGS) !== 0
        ? `it uses features that are not known (${flags.toString(16)})`
        : wholeBytes > file.sizeBytes
          ? 'truncated, what is there was read'
          : undefined,
  };
}

/** Is it still written, or was it never closed? */
export const isOpenJournal = (file: OpenFile): boolean => bytesAt(file, 16, 1)[0] === 1;

/** An object with the bytes that it says it has, at most so many. */
interface JournalObject {
  type: number;
  flags: number;
  bytes: Buffer;
}

/** Reads objects, many of which lie close together. */
export interface ObjectReader {
  /** The object at a place; undefined when there is none. */
  at(place: number, mostBytes?: number): JournalObject | undefined;
}

const BLOCK_BYTES = 1 << 18;
const BLOCKS = 64;

/** Keeps the blocks that were read last. */
export function createObjectReader(file: OpenFile): ObjectReader {
  const blocks = new Map<number, Buffer>();
  const blockOf = (index: number): Buffer => {
    let block = blocks.get(index);
    if (block === undefined) {
      block = bytesAt(file, index * BLOCK_BYTES, BLOCK_BYTES);
      const [oldest] = blocks.keys();
      if (blocks.size >= BLOCKS && oldest !== undefined) blocks.delete(oldest);
      blocks.set(index, block);
    }
    return block;
  };
  const read = (place: number, count: number): Buffer => {
    const at = place % BLOCK_BYTES;
    const block = blockOf(Math.floor(place / BLOCK_BYTES));
    return at + count <= block.length
      ? block.subarray(at, at + count)
      : bytesAt(file, place, count);
  };
  return {
    at(place, mostBytes = MAX_PAYLOAD_BYTES) {
      if (place <= 0 || place % 8 !== 0 || place + OBJECT_BYTES > file.sizeBytes) return undefined;
      const header = read(place, OBJECT_BYTES);
      const [type = 0, flags = 0] = header;
      const size = Number(header.readBigUInt64LE(8));
      if (size < OBJECT_BYTES || place + size > file.sizeBytes || size > mostBytes)
        return undefined;
      return { type, flags, bytes: read(place, size) };
    },
  };
}

/**
 * Where the entries lie, in the order of the file's own lists; where these are damaged, then those of the objects one after
 * the other.
 * @param note told what is wrong
 */
export function* entryPlaces(
  objects: ObjectReader,
  { arrayAt, entryCount, headerBytes, isCompact }: JournalHeader,
  note: (problem: string) => void,
): Generator<number, void, void> {
  let count = 0;
  let last = 0;
  let before = 0;
  for (let place = arrayAt; place > before && count < entryCount; ) {
    const array = objects.at(place);
    if (array?.type !== TYPE.array || array.bytes.length < 24) break;
    before = place;
    place = Number(array.bytes.readBigUInt64LE(16));
    const width = isCompact ? 4 : 8;
    for (let at = 24; at + width <= array.bytes.length && count < entryCount; at += width) {
      const entry = numberAt(array.bytes, at, isCompact);
      // Entries are added at the end, to the file and to its lists.
      if (entry <= last) break;
      last = entry;
      count += 1;
      yield entry;
    }
  }
  if (count >= entryCount) return;
  note(`its lists hold ${count} of ${entryCount} entries, the others were looked for`);
  for (let place = headerBytes; ; ) {
    const object = objects.at(place, Number.MAX_SAFE_INTEGER);
    if (object === undefined) return;
    if (object.type === TYPE.entry && place > last) yield place;
    place += Math.ceil(object.bytes.length / 8) * 8;
  }
}

const numberAt = (bytes: Buffer, at: number, isCompact: boolean): number =>
  isCompact ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));

/** Reads the entry at a place; undefined when there is none. */
export function entryAt(
  objects: ObjectReader,
  place: number,
  isCompact: boolean,
): JournalEntry | undefined {
  const object = objects.at(place);
  if (object?.type !== TYPE.entry || object.bytes.length < 64) return undefined;
  const { bytes } = object;
  const fieldsAt: number[] = [];
  const width = isCompact ? 4 : 16;
  for (let at = 64; at + width <= bytes.length; at += width)
    fieldsAt.push(numberAt(bytes, at, isCompact));
  return {
    seqnum: bytes.readBigUInt64LE(16),
    realtime: bytes.readBigUInt64LE(24),
    monotonic: bytes.readBigUInt64LE(32),
    bootId: bytes.toString('hex', 40, 56),
    xorHash: bytes.readBigUInt64LE(56),
    fieldsAt,
  };
}

/** The field at a place, `NAME=value`; undefined when it is damaged. */
export function fieldAt(
  objects: ObjectReader,
  place: number,
  isCompact: boolean,
): Buffer | undefined {
  const object = objects.at(place);
  if (object?.type !== TYPE.data) return undefined;
  const payload = object.bytes.subarray(isCompact ? 72 : 64);
  try {
    return unpackPayload(payload, object.flags);
  } catch {
    return undefined;
  }
}

function unpackPayload(payload: Buffer, flags: number): Buffer {
  if ((flags & PACKED.zstd) !== 0) return decodeWhole(decodeZstd, payload, MAX_PAYLOAD_BYTES);
  if ((flags & PACKED.xz) !== 0) return decodeWhole(decodeXz, payload, MAX_PAYLOAD_BYTES);
  if ((flags & PACKED.lz4) === 0) return payload;
  const size = Number(payload.readBigUInt64LE(0));
  if (size > MAX_PAYLOAD_BYTES) throw new Error('too large');
  return decodeLz4Block(payload.subarray(8), size);
}
