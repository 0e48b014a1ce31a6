/** The checksum of LZ4 frames. @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */

const P1 = 0x9e3779b1 | 0;
const P2 = 0x85ebca77 | 0;
const P3 = 0xc2b2ae3d | 0;
const P4 = 0x27d4eb2f | 0;
const P5 = 0x165667b1 | 0;
const STRIPE = 16;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
const round = (sum: number, lane: number): number =>
  Math.imul(rotate((sum + Math.imul(lane, P2)) | 0, 13), P1);

/** XXH32 with seed 0, over pieces. */
export function createXxh32(): { add(bytes: Buffer): void; value(): number } {
  let [a, b, c, d] = [(P1 + P2) | 0, P2, 0, -P1 | 0];
  let total = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    add(bytes) {
      total += bytes.length;
      const whole = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let at = 0;
      for (; at + STRIPE <= whole.length; at += STRIPE) {
        a = round(a, whole.readInt32LE(at));
        b = round(b, whole.readInt32LE(at + 4));
        c = round(c, whole.readInt32LE(at + 8));
        d = round(d, whole.readInt32LE(at + 12));
      }
      rest = Buffer.from(whole.subarray(at));
    },
    value() {
      let sum =
        total >= STRIPE ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : P5;
      sum = (sum + total) | 0;
      let at = 0;
      for (; at + 4 <= rest.length; at += 4)
        sum = Math.imul(rotate((sum + Math.imul(rest.readInt32LE(at), P3)) | 0, 17), P4);
      for (; at < rest.length; at += 1)
        sum = Math.imul(rotate((sum + Math.imul(rest[at] as number, P5)) | 0, 11), P1);
      sum = Math.imul(sum ^ (sum >>> 15), P2);
      sum = Math.imul(sum ^ (sum >>> 13), P3);
      return (sum ^ (sum >>> 16)) >>> 0;
    },
  };
}
