/** Checksums of packed content. */
import { crc32 as crc32OfNode } from 'node:zlib';

/** CRC-32 of gzip, zip and xz. @param before that of the bytes before these */
export const crc32 = (bytes: Buffer, before = 0): number => crc32OfNode(bytes, before);

/** Eight bytes at a time would need as many tables; four are a good part of the speed. */
const SLICES = 4;

/** Of CRC-64 with the polynomial of ECMA-182, reflected: low and high halves; made for the first file that has one. */
let tables: readonly [Int32Array, Int32Array] | undefined;

function makeTables(): readonly [Int32Array, Int32Array] {
  const low = new Int32Array(256 * SLICES);
  const high = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte += 1) {
    let [l, h] = [byte, 0];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (l & 1) === 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (isOdd) {
        l ^= 0xd7870f42;
        h ^= 0xc96c5795;
      }
    }
    [low[byte], high[byte]] = [l, h];
  }
  for (let index = 256; index < low.length; index += 1) {
    const [l, h] = [low[index - 256] as number, high[index - 256] as number];
    low[index] = ((l >>> 8) | (h << 24)) ^ (low[l & 255] as number);
    high[index] = (h >>> 8) ^ (high[l & 255] as number);
  }
  return [low, high];
}

/** CRC-64 of xz, over pieces; the value as it stands in the file. */
export function createCrc64(): { add(bytes: Buffer): void; value(): Buffer } {
  let [low, high] = [-1, -1];
  tables ??= makeTables();
  const [LOW, HIGH] = tables;
  return {
    add(bytes) {
      let [l, h, at] = [low, high, 0];
      for (; at + SLICES <= bytes.length; at += SLICES) {
        l ^= bytes.readInt32LE(at);
        const [a, b] = [768 + (l & 255), 512 + ((l >>> 8) & 255)];
        const [c, d] = [256 + ((l >>> 16) & 255), l >>> 24];
        l = h ^ LOW[a]! ^ LOW[b]! ^ LOW[c]! ^ LOW[d]!;
        h = HIGH[a]! ^ HIGH[b]! ^ HIGH[c]! ^ HIGH[d]!;
      }
      for (; at < bytes.length; at += 1) {
        const index = (l ^ (bytes[at] as number)) & 255;
        l = ((l >>> 8) | (h << 24)) ^ LOW[index]!;
        h = (h >>> 8) ^ HIGH[index]!;
      }
      [low, high] = [l, h];
    },
    value() {
      const bytes = Buffer.alloc(8);
      bytes.writeInt32LE(~low, 0);
      bytes.writeInt32LE(~high, 4);
      return bytes;
    },
  };
}
