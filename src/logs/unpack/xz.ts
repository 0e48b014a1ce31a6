/** xz: streams of blocks of LZMA2. @see https://tukaani.org/xz/xz-file-format.txt */
import { createHash } from 'node:crypto';
import { crc32, createCrc64 } from './crc.ts';
import { createLzma, type Lzma } from './lzma.ts';
import { end, has, type PackedInput, take } from './packed-input.ts';

const XZ_MAGIC = '\xfd7zXZ\0';
const HEADER_BYTES = 12;
const LZMA2 = 0x21;
/** Twice as much is kept in memory; `xz -9` uses 64 MiB. */
const MAX_DICTIONARY_BYTES = 1 << 28;
/** By kind of check. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;

/** Streams one after the other, with padding between. */
export function* decodeXz(input: PackedInput): Generator<Buffer | undefined, void, void> {
  while (yield* has(input, HEADER_BYTES)) {
    if (input.bytes.readUInt32LE(input.at) === 0) input.at += 4;
    else if (input.bytes.toString('latin1', input.at, input.at + 6) === XZ_MAGIC)
      yield* stream(input);
    else break;
  }
  yield* end(input);
}

function* stream(input: PackedInput): Generator<Buffer | undefined, void, void> {
  const header = yield* take(input, HEADER_BYTES);
  if (crc32(header.subarray(6, 8)) !== header.readUInt32LE(8)) throw new Error('damaged header');
  const check = (header[7] as number) & 15;
  for (;;) {
    const [size = 0] = yield* take(input, 1);
    if (size === 0) break;
    yield* block(input, (size + 1) * 4, check);
  }
  yield* index(input);
  yield* take(input, HEADER_BYTES);
}

/** @param headerBytes with the byte that says so, which is taken already */
function* block(
  input: PackedInput,
  headerBytes: number,
  check: number,
): Generator<Buffer | undefined, void, void> {
  input.at -= 1;
  const header = Buffer.from(yield* take(input, headerBytes));
  const sumAt = headerBytes - 4;
  if (crc32(header.subarray(0, sumAt)) !== header.readUInt32LE(sumAt))
    throw new Error('damaged header');
  const dictionaryBytes = dictionaryOf(header);
  const sum = createCheck(check);
  let packedBytes = 0;
  for (const piece of decodeLzma2(input, dictionaryBytes, (count) => {
    packedBytes += count;
  })) {
    if (piece !== undefined) sum?.add(piece);
    yield piece;
  }
  yield* take(input, (4 - (packedBytes & 3)) & 3);
  const stated = yield* take(input, CHECK_BYTES[check] as number);
  if (sum !== undefined && !sum.value().equals(stated)) throw new Error('wrong checksum');
}

/** How far back matches of a block may lie. @throws Error when it is packed in another way */
function dictionaryOf(header: Buffer): number {
  const flags = header[1] as number;
  const place = { at: 2 };
  if ((flags & 0x40) !== 0) readNumber(header, place);
  if ((flags & 0x80) !== 0) readNumber(header, place);
  const filter = readNumber(header, place);
  if ((flags & 3) !== 0 || filter !== LZMA2)
    throw new Error(`filter ${filter.toString(16)} is not supported`);
  readNumber(header, place);
  const bits = header[place.at] as number;
  return lzma2Dictionary(bits);
}

/** The size of a dictionary by the byte that states it. @throws Error when it is too large */
export function lzma2Dictionary(byte: number): number {
  const bytes = (2 | (byte & 1)) * 2 ** ((byte >> 1) + 11);
  if (byte > 40 || bytes > MAX_DICTIONARY_BYTES)
    throw new Error(`a dictionary of ${bytes} bytes is more than ${MAX_DICTIONARY_BYTES}`);
  return bytes;
}

function readNumber(bytes: Buffer, place: { at: number }): number {
  let value = 0;
  for (let shift = 0; shift < 63; shift += 7) {
    const byte = bytes[place.at] ?? 0;
    place.at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return value;
}

/** @param note told of packed bytes that were taken */
export function* decodeLzma2(
  input: PackedInput,
  dictionaryBytes: number,
  note?: (packedBytes: number) => void,
): Generator<Buffer | undefined, void, void> {
  const lzma = createLzma(dictionaryBytes);
  const went = { isFirst: true, hasProperties: false };
  for (;;) {
    const [control = 0] = yield* take(input, 1);
    note?.(1);
    if (control === 0) return;
    if (control < 0x80) {
      if (control > 2) throw new Error('damaged chunk');
      const size = (yield* take(input, 2)).readUInt16BE() + 1;
      note?.(2 + size);
      if (control === 1) lzma.resetDictionary();
      const stored = Buffer.from(yield* take(input, size));
      lzma.stored(stored);
      went.isFirst = false;
      yield stored;
    } else yield* lzmaChunk(input, lzma, control, went, note);
  }
}

function* lzmaChunk(
  input: PackedInput,
  lzma: Lzma,
  control: number,
  went: { isFirst: boolean; hasProperties: boolean },
  note: ((packedBytes: number) => void) | undefined,
): Generator<Buffer | undefined, void, void> {
  const sizes = yield* take(input, 4);
  const size = ((control & 0x1f) << 16) + sizes.readUInt16BE(0) + 1;
  const packedBytes = sizes.readUInt16BE(2) + 1;
  note?.(4 + packedBytes);
  if (control >= 0xc0) {
    note?.(1);
    lzma.setProperties((yield* take(input, 1))[0] as number);
    went.hasProperties = true;
  }
  if (!went.hasProperties || (went.isFirst && control < 0xe0)) throw new Error('damaged chunk');
  went.isFirst = false;
  if (control >= 0xe0) lzma.resetDictionary();
  if (control >= 0xa0) lzma.resetState();
  yield lzma.chunk(yield* take(input, packedBytes), size);
}

/** The list of blocks, of which the stream itself told already. */
function* index(input: PackedInput): Generator<undefined, void, void> {
  let bytes = 1;
  function* number(): Generator<undefined, number, void> {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const [byte = 0] = yield* take(input, 1);
      bytes += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }
  for (let left = (yield* number()) * 2; left > 0; left -= 1) yield* number();
  yield* take(input, ((4 - (bytes & 3)) & 3) + 4);
}

interface Check {
  add(bytes: Buffer): void;
  value(): Buffer;
}

function createCheck(kind: number): Check | undefined {
  if (kind === 1) {
    let sum = 0;
    const add = (bytes: Buffer): void => {
      sum = crc32(bytes, sum);
    };
    return { add, value: () => littleEndian(sum) };
  }
  if (kind === 4) return createCrc64();
  if (kind !== 10) return undefined;
  const hash = createHash('sha256');
  return { add: (bytes) => hash.update(bytes), value: () => hash.digest() };
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
