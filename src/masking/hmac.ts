/**
 * HMAC-SHA-256 for millions of short values: the state behind the key is made once, and nothing is allocated for a value. What node:crypto makes for each
 * value costs more than the two blocks that are hashed. The test compares the two.
 * @see https://www.rfc-editor.org/rfc/rfc2104
 * @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */

const PRIMES = primes(64);
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const ROUND = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const BLOCK = 64;

function primes(count: number): number[] {
  const found: number[] = [];
  for (let next = 2; found.length < count; next += 1)
    if (found.every((prime) => next % prime !== 0)) found.push(next);
  return found;
}

const schedule = new Int32Array(64);

/** Hashes one block into the state. */
function compress(state: Int32Array, bytes: Uint8Array, from: number): void {
  const w = schedule;
  for (let at = 0; at < 16; at += 1) {
    const i = from + at * 4;
    w[at] =
      ((bytes[i] as number) << 24) |
      ((bytes[i + 1] as number) << 16) |
      ((bytes[i + 2] as number) << 8) |
      (bytes[i + 3] as number);
  }
  for (let at = 16; at < 64; at += 1) {
    const x = w[at - 15] as number;
    const y = w[at - 2] as number;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[at] = ((w[at - 16] as number) + low + (w[at - 7] as number) + high) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let at = 0; at < 64; at += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[at] as number) + (w[at] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

/** Makes keyed codes of messages that are written into its memory: nothing is allocated for one. */
export interface Coder {
  /** Memory with room for that many bytes and for what is put behind them, the same until more is asked for. */
  room(length: number): Buffer;
  /** The code of the first bytes there as eight words, which hold until the next one. @param length in bytes */
  code(length: number): Int32Array;
}

/** @param key of at most 64 bytes */
export function createCoder(key: Uint8Array): Coder {
  const behind = (pad: number): Int32Array => {
    const block = new Uint8Array(BLOCK).fill(pad);
    for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
    const state = Int32Array.from(START);
    compress(state, block, 0);
    return state;
  };
  const inner = behind(0x36);
  const outer = behind(0x5c);
  const state = new Int32Array(8);
  const last = new Uint8Array(BLOCK);
  last[32] = 0x80;
  // 96 bytes are 768 bits.
  last[62] = 3;
  let message = Buffer.alloc(1024);
  return {
    room(length) {
      if (length + BLOCK + 9 > message.length) {
        const larger = Buffer.alloc((length + BLOCK) * 2);
        message.copy(larger);
        message = larger;
      }
      return message;
    },
    code(length) {
      const padded = Math.ceil((length + 9) / BLOCK) * BLOCK;
      for (let at = length; at < padded - 8; at += 1) message[at] = 0;
      message[length] = 0x80;
      putWord(message, padded - 8, Math.floor((BLOCK + length) / 2 ** 29));
      putWord(message, padded - 4, (BLOCK + length) * 8);
      state.set(inner);
      for (let at = 0; at < padded; at += BLOCK) compress(state, message, at);
      for (let at = 0; at < 8; at += 1) putWord(last, at * 4, state[at] as number);
      state.set(outer);
      compress(state, last, 0);
      return state;
    },
  };
}

/** 32 bytes of a code. */
export function bytesOf(code: Int32Array): Buffer {
  const bytes = Buffer.allocUnsafe(32);
  for (let at = 0; at < 8; at += 1) putWord(bytes, at * 4, code[at] as number);
  return bytes;
}

function putWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}
