/**
 * What is in a zip file, and where: from its central directory, or where that is missing (a file that was cut), from the
 * headers in front of the members.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { readSync } from 'node:fs';
import { showName } from '../input-path.ts';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const MAX_COMMENT_BYTES = 0xffff;
const LOCAL_BYTES = 30;
const UNKNOWN_32 = 0xffffffff;
/** Past so many bytes the directory is no index of logs. */
const MAX_DIRECTORY_BYTES = 1 << 28;

/** One member as the directory has it. */
export interface ZipEntry {
  name: string;
  method: number;
  flags: number;
  crc: number;
  packedBytes: number;
  bytes: number;
  /** Where its own header lies. */
  headerAt: number;
  /** The time in the old form: a locked member is checked by it. */
  dosTime: number;
  mtimeMs: number | undefined;
  /** Of WinZip's AES: the version, the length of the key in units of 8 bytes less 1, the method below. */
  aes: { version: number; strength: number; method: number } | undefined;
  isLink: boolean;
}

/** An open file that is read at any place. */
export interface OpenFile {
  descriptor: number;
  sizeBytes: number;
}

/** So many bytes at a place; fewer at the end of the file. */
export function bytesAt({ descriptor, sizeBytes }: OpenFile, at: number, count: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, Math.min(count, sizeBytes - at)));
  let filled = 0;
  while (filled < buffer.length) {
    const got = readSync(descriptor, buffer, filled, buffer.length - filled, at + filled);
    if (got === 0) break;
    filled += got;
  }
  return buffer.subarray(0, filled);
}

/** The members, and what is wrong with the directory. */
export function zipEntries(file: OpenFile): { entries: ZipEntry[]; problem: string | undefined } {
  const directory = findDirectory(file);
  if (directory !== undefined) {
    const entries = centralEntries(directory);
    if (entries !== undefined) return { entries, problem: undefined };
  }
  return {
    entries: scanned(file),
    problem: 'its directory is missing or damaged, what has a header of its own was read',
  };
}

interface Directory {
  bytes: Buffer;
  count: number;
  /** Added to stated places: something stands in front of the archive. */
  shift: number;
}

function findDirectory(file: OpenFile): Directory | undefined {
  const tailAt = Math.max(0, file.sizeBytes - END_BYTES - MAX_COMMENT_BYTES);
  const tail = bytesAt(file, tailAt, END_BYTES + MAX_COMMENT_BYTES);
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== END) continue;
    let count = tail.readUInt16LE(at + 10);
    let size = tail.readUInt32LE(at + 12);
    let start = tail.readUInt32LE(at + 16);
    let endsAt = tailAt + at;
    const wide = wideEnd(file, endsAt);
    if (wide !== undefined) ({ count, size, start, endsAt } = wide);
    const shift = endsAt - size - start;
    if (size > MAX_DIRECTORY_BYTES || shift < 0) continue;
    const bytes = bytesAt(file, start + shift, size);
    if (bytes.length === size) return { bytes, count, shift };
  }
  return undefined;
}

/** What zip64 says in place of numbers that are too large. */
function wideEnd(
  file: OpenFile,
  endAt: number,
): { count: number; size: number; start: number; endsAt: number } | undefined {
  if (endAt < LOCATOR_BYTES) return undefined;
  const locator = bytesAt(file, endAt - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== 0x07064b50) return undefined;
  const stated = Number(locator.readBigUInt64LE(8));
  // With something in front of the archive it lies where it does by the locator.
  for (const endsAt of [stated, endAt - LOCATOR_BYTES - 56]) {
    const record = endsAt < 0 ? Buffer.alloc(0) : bytesAt(file, endsAt, 56);
    if (record.length < 56 || record.readUInt32LE(0) !== END_64) continue;
    return {
      count: Number(record.readBigUInt64LE(32)),
      size: Number(record.readBigUInt64LE(40)),
      start: Number(record.readBigUInt64LE(48)),
      endsAt,
    };
  }
  return undefined;
}

function centralEntries({ bytes, count, shift }: Directory): ZipEntry[] | undefined {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === CENTRAL) {
    const nameBytes = bytes.readUInt16LE(at + 28);
    const extraBytes = bytes.readUInt16LE(at + 30);
    const nameAt = at + 46;
    const end = nameAt + nameBytes + extraBytes + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) return undefined;
    const extra = bytes.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes);
    const isUnix = bytes[at + 5] === 3;
    const mode = bytes.readUInt16LE(at + 40);
    entries.push(
      withExtra(extra, {
        ...commonFields(bytes, at + 8),
        name: showName(bytes.subarray(nameAt, nameAt + nameBytes)),
        headerAt: bytes.readUInt32LE(at + 42),
        isLink: isUnix && (mode & 0xf000) === 0xa000,
      }),
    );
    (entries.at(-1) as ZipEntry).headerAt += shift;
    at = end;
  }
  // Old programs count modulo 65536.
  return (entries.length & 0xffff) === (count & 0xffff) ? entries : undefined;
}

/** The fields that both kinds of headers have in one order. */
function commonFields(bytes: Buffer, at: number): Omit<ZipEntry, 'name' | 'headerAt' | 'isLink'> {
  const dosTime = bytes.readUInt16LE(at + 4);
  return {
    flags: bytes.readUInt16LE(at),
    method: bytes.readUInt16LE(at + 2),
    dosTime,
    mtimeMs: dosMs(bytes.readUInt16LE(at + 6), dosTime),
    crc: bytes.readUInt32LE(at + 8),
    packedBytes: bytes.readUInt32LE(at + 12),
    bytes: bytes.readUInt32LE(at + 16),
    aes: undefined,
  };
}

/** The zone is not kept; UTC is as good a guess as any, and only the year matters. */
function dosMs(date: number, time: number): number | undefined {
  if (date === 0) return undefined;
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return Date.UTC(year, month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2);
}

function withExtra(extra: Buffer, plain: ZipEntry): ZipEntry {
  const entry = { ...plain };
  for (let at = 0; at + 4 <= extra.length; ) {
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    switch (extra.readUInt16LE(at)) {
      case 0x0001:
        takeWide(field, entry);
        break;
      case 0x5455:
        if (((field[0] ?? 0) & 1) === 1 && field.length >= 5)
          entry.mtimeMs = field.readInt32LE(1) * 1000;
        break;
      case 0x9901:
        if (field.length >= 7) {
          entry.aes = {
            version: field.readUInt16LE(0),
            strength: field[4] as number,
            method: field.readUInt16LE(5),
          };
        }
        break;
      case 0x7075:
        if (field.length > 5) entry.name = showName(field.subarray(5));
        break;
    }
    at += 4 + field.length;
  }
  return entry;
}

/** Only what did not fit has a place in the field. */
function takeWide(field: Buffer, entry: ZipEntry): void {
  let at = 0;
  const next = (before: number): number => {
    if (before !== UNKNOWN_32 || at + 8 > field.length) return before;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  };
  entry.bytes = next(entry.bytes);
  entry.packedBytes = next(entry.packedBytes);
  entry.headerAt = next(entry.headerAt);
}

/** Where the packed bytes of a member begin. @throws Error when its header is damaged */
export function contentAt(file: OpenFile, entry: ZipEntry): number {
  const header = bytesAt(file, entry.headerAt, LOCAL_BYTES);
  if (header.length < LOCAL_BYTES) throw new Error('truncated');
  if (header.readUInt32LE(0) !== LOCAL) throw new Error('damaged header');
  return entry.headerAt + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

const WINDOW_BYTES = 1 << 20;

/** The members by their own headers. */
function scanned(file: OpenFile): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = nextSignature(file, 0, [LOCAL]); at !== -1; ) {
    const header = bytesAt(file, at, LOCAL_BYTES);
    if (header.length < LOCAL_BYTES) break;
    const nameBytes = header.readUInt16LE(26);
    const extraBytes = header.readUInt16LE(28);
    const rest = bytesAt(file, at + LOCAL_BYTES, nameBytes + extraBytes);
    const entry = withExtra(rest.subarray(nameBytes), {
      ...commonFields(header, 6),
      name: showName(rest.subarray(0, nameBytes)),
      headerAt: at,
      isLink: false,
    });
    entry.headerAt = at;
    const start = at + LOCAL_BYTES + nameBytes + extraBytes;
    // Sizes may stand behind the member only.
    if ((entry.flags & 8) !== 0 && entry.packedBytes === 0) takeDescriptor(file, start, entry);
    entries.push(entry);
    at = nextSignature(file, start + entry.packedBytes, [LOCAL]);
  }
  return entries;
}

const DESCRIPTOR = 0x08074b50;

function takeDescriptor(file: OpenFile, start: number, entry: ZipEntry): void {
  for (let at = start; ; at += 1) {
    at = nextSignature(file, at, [DESCRIPTOR, LOCAL]);
    if (at === -1) {
      entry.packedBytes = file.sizeBytes - start;
      return;
    }
    const record = bytesAt(file, at, 16);
    const isDescriptor = record.length === 16 && record.readUInt32LE(0) === DESCRIPTOR;
    if (isDescriptor && record.readUInt32LE(8) !== at - start) continue;
    entry.packedBytes = at - start;
    if (!isDescriptor) return;
    entry.crc = record.readUInt32LE(4);
    entry.bytes = record.readUInt32LE(12);
    return;
  }
}

/** Where the next of the signatures lies, from a place on; -1 when there is none. */
function nextSignature(file: OpenFile, from: number, signatures: readonly number[]): number {
  for (let at = from; at < file.sizeBytes; at += WINDOW_BYTES) {
    const window = bytesAt(file, at, WINDOW_BYTES + 3);
    for (let found = window.indexOf('PK', 0, 'latin1'); found !== -1; ) {
      if (found + 4 <= window.length && signatures.includes(window.readUInt32LE(found)))
        return at + found;
      found = window.indexOf('PK', found + 1, 'latin1');
    }
  }
  return -1;
}
