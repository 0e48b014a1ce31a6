/**
 * Zstandard. The library unpacks blocks; frames are followed here, because it checks no checksum, and because one
 * block at a time bounds what a step can give.
 * @see RFC 8878
 */
import { createRequire } from 'node:module';
import { end, has, type PackedInput, skip, take } from './packed-input.ts';
import { createXxh64 } from './xxh64.ts';

const require = createRequire(import.meta.url);

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Kept in memory for the matches of a frame; `zstd --ultra -22` uses 128 MiB. */
const MAX_WINDOW_BYTES = 1 << 28;
const RUN_BLOCK = 1;

/** Frames one after the other. */
export function* decodeZstd(input: PackedInput): Generator<Buffer | undefined, void, void> {
  while (yield* has(input, 4)) {
    const magic = input.bytes.readUInt32LE(input.at);
    if (magic === MAGIC) yield* frame(input);
    else if ((magic & ~0xf) === SKIPPABLE_MAGIC) {
      yield* take(input, 4);
      yield* skip(input, (yield* take(input, 4)).readUInt32LE());
    } else break;
  }
  yield* end(input);
}

function* frame(input: PackedInput): Generator<Buffer | undefined, void, void> {
  let made: Buffer[] = [];
  // Few files are packed so: the library is loaded for the first.
  const { Decompress } = require('fzstd') as typeof import('fzstd');
  const stream = new Decompress((bytes) => {
    made.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  });
  const { header, hasSum } = yield* headerOf(input);
  const sum = hasSum ? createXxh64() : undefined;
  function* push(bytes: Buffer, isLast: boolean): Generator<Buffer, void, void> {
    made = [];
    stream.push(bytes, isLast);
    for (const piece of made) {
      sum?.add(piece);
      if (piece.length > 0) yield piece;
    }
  }
  yield* push(header, false);
  for (let isLast = false; !isLast; ) {
    yield* has(input, 3);
    const word = input.bytes.length - input.at < 3 ? 0 : input.bytes.readUIntLE(input.at, 3);
    isLast = (word & 1) === 1;
    const size = ((word >> 1) & 3) === RUN_BLOCK ? 1 : word >> 3;
    yield* push(Buffer.from(yield* take(input, 3 + size)), false);
  }
  const stated = Buffer.from(yield* take(input, hasSum ? 4 : 0));
  yield* push(stated, false);
  yield* push(Buffer.alloc(0), true);
  if (sum !== undefined && sum.low() !== stated.readUInt32LE()) throw new Error('wrong checksum');
}

function* headerOf(
  input: PackedInput,
): Generator<undefined, { header: Buffer; hasSum: boolean }, void> {
  yield* has(input, 5);
  const flags = input.bytes[input.at + 4] ?? 0;
  const isSingle = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] as number;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] as number;
  const windowBytes = isSingle ? 0 : 1;
  const header = Buffer.from(yield* take(input, 5 + windowBytes + dictionaryBytes + sizeBytes));
  const sizeAt = header.length - sizeBytes;
  if (header.subarray(sizeAt - dictionaryBytes, sizeAt).some((byte) => byte !== 0))
    throw new Error('it needs a dictionary');
  const window = isSingle ? numberAt(header, sizeAt) : windowOf(header[5] as number);
  if (window > MAX_WINDOW_BYTES)
    throw new Error(`a window of ${window} bytes is more than ${MAX_WINDOW_BYTES}`);
  return { header, hasSum: (flags & 4) !== 0 };
}

const windowOf = (byte: number): number => 2 ** (10 + (byte >> 3)) * (1 + (byte & 7) / 8);

function numberAt(bytes: Buffer, at: number): number {
  let value = 0;
  for (let index = bytes.length - 1; index >= at; index -= 1)
    value = value * 256 + (bytes[index] as number);
  return value;
}
