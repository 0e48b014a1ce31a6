/** The checksum of Zstandard frames. @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */

const STRIPE = 32;
const MASK = (1n << 64n) - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const [P1_LOW, P1_HIGH] = [0x85ebca87, 0x9e3779b1];
const [P2_LOW, P2_HIGH] = [0x27d4eb4f, 0xc2b2ae3d];

const rotate = (value: bigint, bits: bigint): bigint =>
  ((value << bits) | (value >> (64n - bits))) & MASK;
const round = (sum: bigint, lane: bigint): bigint =>
  (rotate((sum + lane * P2) & MASK, 31n) * P1) & MASK;

/** High half of the product of two words of 32 bits. */
function highOf(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (other >>> 16)) | 0;
}

/** Adds the stripes from `at` on to the four lanes, each two words, low and high; gives where the rest begins. */
function addStripes(lanes: Int32Array, bytes: Buffer, from: number): number {
  let at = from;
  for (; at + STRIPE <= bytes.length; at += STRIPE) {
    for (let lane = 0; lane < 8; lane += 2) {
      const place = at + lane * 4;
      const inLow =
        (bytes[place] as number) |
        ((bytes[place + 1] as number) << 8) |
        ((bytes[place + 2] as number) << 16) |
        ((bytes[place + 3] as number) << 24);
      const inHigh =
        (bytes[place + 4] as number) |
        ((bytes[place + 5] as number) << 8) |
        ((bytes[place + 6] as number) << 16) |
        ((bytes[place + 7] as number) << 24);
      const addLow = Math.imul(inLow, P2_LOW);
      const addHigh =
        (highOf(inLow >>> 0, P2_LOW) + Math.imul(inLow, P2_HIGH) + Math.imul(inHigh, P2_LOW)) | 0;
      const sumLow = ((lanes[lane] as number) >>> 0) + (addLow >>> 0);
      const low = sumLow | 0;
      const high = ((lanes[lane + 1] as number) + addHigh + (sumLow > 0xffffffff ? 1 : 0)) | 0;
      // By 31 bits to the left.
      const turnedLow = (low << 31) | (high >>> 1);
      const turnedHigh = (high << 31) | (low >>> 1);
      lanes[lane] = Math.imul(turnedLow, P1_LOW);
      lanes[lane + 1] =
        highOf(turnedLow >>> 0, P1_LOW) +
        Math.imul(turnedLow, P1_HIGH) +
        Math.imul(turnedHigh, P1_LOW);
    }
  }
  return at;
}

/** XXH64 with seed 0, over pieces; of the result the lower half, which is what files keep. */
export function createXxh64(): { add(bytes: Buffer): void; low(): number } {
  const lanes = new Int32Array(8);
  for (const [lane, value] of [P1 + P2, P2, 0n, -P1].entries()) {
    lanes[lane * 2] = Number(value & 0xffffffffn);
    lanes[lane * 2 + 1] = Number((value >> 32n) & 0xffffffffn);
  }
  let total = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    add(bytes) {
      total += bytes.length;
      const whole = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      rest = Buffer.from(whole.subarray(addStripes(lanes, whole, 0)));
    },
    low() {
      const lane = (index: number): bigint =>
        (BigInt((lanes[index * 2 + 1] as number) >>> 0) << 32n) |
        BigInt((lanes[index * 2] as number) >>> 0);
      const all = [lane(0), lane(1), lane(2), lane(3)] as const;
      let sum = P5;
      if (total >= STRIPE) {
        const [a, b, c, d] = all;
        sum = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK;
        for (const value of all) sum = ((sum ^ round(0n, value)) * P1 + P4) & MASK;
      }
      sum = finish((sum + BigInt(total)) & MASK, rest);
      return Number(sum & 0xffffffffn);
    },
  };
}

function finish(before: bigint, rest: Buffer): bigint {
  let [sum, at] = [before, 0];
  for (; at + 8 <= rest.length; at += 8)
    sum = (rotate(sum ^ round(0n, rest.readBigUInt64LE(at)), 27n) * P1 + P4) & MASK;
  for (; at + 4 <= rest.length; at += 4)
    sum = (rotate(sum ^ ((BigInt(rest.readUInt32LE(at)) * P1) & MASK), 23n) * P2 + P3) & MASK;
  for (; at < rest.length; at += 1)
    sum = (rotate(sum ^ ((BigInt(rest[at] as number) * P5) & MASK), 11n) * P1) & MASK;
  sum = ((sum ^ (sum >> 33n)) * P2) & MASK;
  sum = ((sum ^ (sum >> 29n)) * P3) & MASK;
  return sum ^ (sum >> 32n);
}
