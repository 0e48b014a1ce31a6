/**
 * LZ4: frames, the older frames of `lz4 -l`, and blocks.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
import { end, has, type PackedInput, skip, TRUNCATED, take } from './packed-input.ts';
import { createXxh32 } from './xxh32.ts';

const LZ4_MAGIC = 0x184d2204;
const LZ4_LEGACY_MAGIC = 0x184c2102;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** What a later block may refer to. */
const HISTORY_BYTES = 1 << 16;
const LEGACY_BLOCK_BYTES = 8 << 20;

/** Frames one after the other. */
export function* decodeLz4(input: PackedInput): Generator<Buffer | undefined, void, void> {
  while (yield* has(input, 4)) {
    const magic = input.bytes.readUInt32LE(input.at);
    const isSkippable = (magic & ~0xf) === SKIPPABLE_MAGIC;
    if (magic !== LZ4_MAGIC && magic !== LZ4_LEGACY_MAGIC && !isSkippable) break;
    yield* take(input, 4);
    if (isSkippable) yield* skip(input, (yield* take(input, 4)).readUInt32LE());
    else yield* magic === LZ4_MAGIC ? frame(input) : legacyFrame(input);
  }
  yield* end(input);
}

function* frame(input: PackedInput): Generator<Buffer | undefined, void, void> {
  const [flags = 0, sizes = 0] = yield* take(input, 2);
  if (flags >> 6 !== 1) throw new Error(`LZ4 version ${flags >> 6} is not known`);
  const blockBytes = 1 << (8 + 2 * ((sizes >> 4) & 7));
  if (blockBytes < 1 << 16) throw new Error('damaged header');
  const [isLinked, hasBlockSums] = [(flags & 0x20) === 0, (flags & 0x10) !== 0];
  yield* take(input, ((flags & 8) === 0 ? 0 : 8) + ((flags & 1) === 0 ? 0 : 4) + 1);
  const sum = (flags & 4) === 0 ? undefined : createXxh32();
  let history: Buffer = Buffer.alloc(0);
  for (;;) {
    const word = (yield* take(input, 4)).readUInt32LE();
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > blockBytes) throw new Error('damaged block');
    const packed = yield* take(input, size);
    let block: Buffer;
    if (word === size) {
      const both = decodeLz4Block(packed, blockBytes, history);
      block = both.subarray(history.length);
      if (isLinked) history = Buffer.from(both.subarray(Math.max(0, both.length - HISTORY_BYTES)));
    } else {
      block = Buffer.from(packed);
      if (isLinked) history = Buffer.concat([history, block]).subarray(-HISTORY_BYTES);
    }
    if (hasBlockSums) yield* take(input, 4);
    sum?.add(block);
    yield block;
  }
  if (sum === undefined) return;
  const stated = (yield* take(input, 4)).readUInt32LE();
  if (stated !== sum.value()) throw new Error('wrong checksum');
}

function* legacyFrame(input: PackedInput): Generator<Buffer | undefined, void, void> {
  while (yield* has(input, 4)) {
    const size = input.bytes.readUInt32LE(input.at);
    // The next frame.
    if (size > LEGACY_BLOCK_BYTES + (LEGACY_BLOCK_BYTES >> 7)) return;
    yield* take(input, 4);
    yield decodeLz4Block(yield* take(input, size), LEGACY_BLOCK_BYTES);
  }
}

/** A call costs more than copying so few bytes. */
const SHORT = 48;

function copyShort(out: Buffer, to: number, from: Buffer, at: number, length: number): void {
  if (length > SHORT) from.copy(out, to, at, at + length);
  else for (let n = 0; n < length; n += 1) out[to + n] = from[at + n] as number;
}

/**
 * Unpacks one block.
 * @param maxBytes most that it may give
 * @param history what it may refer to; the result begins with it
 * @throws Error when the block is damaged
 */
export function decodeLz4Block(packed: Buffer, maxBytes: number, history?: Buffer): Buffer {
  const start = history?.length ?? 0;
  const end = start + maxBytes;
  let out = Buffer.allocUnsafe(Math.min(end, start + packed.length * 8 + 64));
  history?.copy(out);
  let to = start;
  let at = 0;
  const grow = (need: number): void => {
    if (need > end) throw new Error('damaged block');
    const larger = Buffer.allocUnsafe(Math.min(end, Math.max(need, out.length * 2)));
    out.copy(larger, 0, 0, to);
    out = larger;
  };
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= packed.length) throw new Error(TRUNCATED);
      byte = packed[at] as number;
      at += 1;
    }
    return length;
  };
  while (at < packed.length) {
    const token = packed[at] as number;
    at += 1;
    const literals = lengthOf(token >> 4);
    if (at + literals > packed.length) throw new Error('damaged block');
    if (to + literals > out.length) grow(to + literals);
    copyShort(out, to, packed, at, literals);
    at += literals;
    to += literals;
    if (at >= packed.length) break;
    if (at + 2 > packed.length) throw new Error(TRUNCATED);
    const distance = (packed[at] as number) | ((packed[at + 1] as number) << 8);
    at += 2;
    const length = lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to) throw new Error('damaged block');
    if (to + length > out.length) grow(to + length);
    if (distance >= length && length > SHORT)
      out.copyWithin(to, to - distance, to - distance + length);
    else for (let n = 0; n < length; n += 1) out[to + n] = out[to + n - distance] as number;
    to += length;
  }
  return out.subarray(0, to);
}
