/**
 * bzip2, also several streams one after the other, as parallel compressors write them.
 * @see https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf
 */
import { end, has, type PackedInput, TRUNCATED } from './packed-input.ts';

/** A block packs at most 900,000 symbols of at most 20 bits, and its tables. */
const MAX_BLOCK_BYTES = 2_400_000;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const GROUP_SYMBOLS = 50;
const MAX_BITS = 20;
const RUN_A = 0;
const RUN_B = 1;

/** Streams one after the other. */
export function* decodeBzip2(input: PackedInput): Generator<Buffer | undefined, void, void> {
  while (yield* has(input, 4)) {
    const level = (input.bytes[input.at + 3] as number) - 0x30;
    if (input.bytes.toString('latin1', input.at, input.at + 3) !== 'BZh') break;
    if (level < 1 || level > 9) throw new Error('damaged header');
    yield* stream(input, level * 100_000);
  }
  yield* end(input);
}

function* stream(
  input: PackedInput,
  blockSymbols: number,
): Generator<Buffer | undefined, void, void> {
  const links = new Uint32Array(blockSymbols);
  // Blocks begin at any bit.
  let bit = 32;
  for (;;) {
    yield* has(input, MAX_BLOCK_BYTES);
    input.at += bit >> 3;
    const bits = createBits(input.bytes, input.at, bit & 7);
    const magic = bits.take(24) * 0x1000000 + bits.take(24);
    const stated = bits.take(16) * 0x10000 + bits.take(16);
    if (magic === END_MAGIC) {
      input.at = bits.bytePosition();
      return;
    }
    if (magic !== BLOCK_MAGIC) throw new Error('damaged block');
    if (bits.take(1) === 1) throw new Error('a randomised block of an old version, not supported');
    const first = bits.take(24);
    const length = readSymbols(bits, links, blockSymbols);
    if (first >= length && length > 0) throw new Error('damaged block');
    const sum = { value: -1 };
    yield* unrolled(links, length, first, sum);
    if (~sum.value >>> 0 !== stated) throw new Error('wrong checksum');
    bit = bits.position();
  }
}

interface Bits {
  /** The next bits; they stay. */
  peek(count: number): number;
  take(count: number): number;
  /** Bits since the byte where reading began. */
  position(): number;
  /** The next whole byte. */
  bytePosition(): number;
}

function createBits(bytes: Buffer, start: number, skip: number): Bits {
  let at = start;
  let held = 0;
  let count = 0;
  const take = (want: number): number => {
    while (count < want) {
      if (at >= bytes.length) throw new Error(TRUNCATED);
      held = (held << 8) | (bytes[at] as number);
      at += 1;
      count += 8;
    }
    count -= want;
    const value = (held >>> count) & ((1 << want) - 1);
    held &= (1 << count) - 1;
    return value;
  };
  take(skip);
  return {
    peek(want) {
      while (count < want) {
        // More than so many bits follow the last code.
        if (at >= bytes.length) throw new Error(TRUNCATED);
        held = (held << 8) | (bytes[at] as number);
        at += 1;
        count += 8;
      }
      return (held >>> (count - want)) & ((1 << want) - 1);
    },
    take,
    position: () => (at - start) * 8 - count,
    bytePosition: () => at - (count >> 3),
  };
}

/** Codes up to so many bits are looked up at once. */
const FAST_BITS = 10;

interface Code {
  /** By the next `FAST_BITS` bits: symbol * 32 + length; 0 for a longer code. */
  fast: Uint16Array;
  /** By length of a code: the largest one, and what to subtract for the place in `symbols`. */
  limits: Int32Array;
  bases: Int32Array;
  symbols: Uint16Array;
}

/** Reads one block: fills the low byte of `links` with its symbols and the rest with the inverse transform. */
function readSymbols(bits: Bits, links: Uint32Array, blockSymbols: number): number {
  const used = usedBytes(bits);
  if (used.length === 0) throw new Error('damaged block');
  const groups = bits.take(3);
  const selectorCount = bits.take(15);
  if (groups < 2 || groups > 6 || selectorCount < 1) throw new Error('damaged block');
  const selectors = readSelectors(bits, groups, selectorCount);
  const codes = Array.from({ length: groups }, () => readCode(bits, used.length + 2));
  const front = Uint8Array.from(used);
  const counts = new Uint32Array(256);
  const end = used.length + 1;
  let [length, run, runBit, left, group] = [0, 0, 1, 0, 0];
  let code = codes[0] as Code;
  for (;;) {
    if (left === 0) {
      if (group >= selectorCount) throw new Error('damaged block');
      code = codes[selectors[group] as number] as Code;
      group += 1;
      left = GROUP_SYMBOLS;
    }
    left -= 1;
    const symbol = nextSymbol(bits, code);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += symbol === RUN_A ? runBit : runBit * 2;
      runBit *= 2;
      if (run > blockSymbols) throw new Error('damaged block');
      continue;
    }
    if (run > 0) {
      if (length + run > blockSymbols) throw new Error('damaged block');
      links.fill(front[0] as number, length, length + run);
      counts[front[0] as number] = (counts[front[0] as number] as number) + run;
      length += run;
      [run, runBit] = [0, 1];
    }
    if (symbol === end) break;
    if (length >= blockSymbols) throw new Error('damaged block');
    const byte = front[symbol - 1] as number;
    for (let place = symbol - 1; place > 0; place -= 1) front[place] = front[place - 1] as number;
    front[0] = byte;
    links[length] = byte;
    counts[byte] = (counts[byte] as number) + 1;
    length += 1;
  }
  invert(links, length, counts);
  return length;
}

function usedBytes(bits: Bits): number[] {
  const rows = bits.take(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row += 1) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = bits.take(16);
    for (let column = 0; column < 16; column += 1)
      if ((columns & (0x8000 >> column)) !== 0) used.push(row * 16 + column);
  }
  return used;
}

function readSelectors(bits: Bits, groups: number, count: number): Uint8Array {
  const selectors = new Uint8Array(count);
  const front = [0, 1, 2, 3, 4, 5];
  for (let index = 0; index < count; index += 1) {
    let place = 0;
    while (bits.take(1) === 1) {
      place += 1;
      if (place >= groups) throw new Error('damaged block');
    }
    const [chosen = 0] = front.splice(place, 1);
    front.unshift(chosen);
    selectors[index] = chosen;
  }
  return selectors;
}

function readCode(bits: Bits, size: number): Code {
  const lengths = new Uint8Array(size);
  let length = bits.take(5);
  for (let symbol = 0; symbol < size; symbol += 1) {
    for (;;) {
      if (length < 1 || length > MAX_BITS) throw new Error('damaged block');
      if (bits.take(1) === 0) break;
      length += bits.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const code: Code = {
    fast: new Uint16Array(1 << FAST_BITS),
    limits: new Int32Array(MAX_BITS + 2),
    bases: new Int32Array(MAX_BITS + 2),
    symbols: new Uint16Array(size),
  };
  let [value, place] = [0, 0];
  for (let bitCount = 1; bitCount <= MAX_BITS; bitCount += 1) {
    code.bases[bitCount] = value - place;
    for (let symbol = 0; symbol < size; symbol += 1) {
      if (lengths[symbol] !== bitCount) continue;
      if (bitCount <= FAST_BITS) {
        const from = value << (FAST_BITS - bitCount);
        code.fast.fill(symbol * 32 + bitCount, from, (value + 1) << (FAST_BITS - bitCount));
      }
      code.symbols[place] = symbol;
      place += 1;
      value += 1;
    }
    code.limits[bitCount] = value - 1;
    value *= 2;
  }
  return code;
}

function nextSymbol(bits: Bits, { fast, limits, bases, symbols }: Code): number {
  const found = fast[bits.peek(FAST_BITS)] as number;
  if (found !== 0) {
    bits.take(found & 31);
    return found >> 5;
  }
  let length = FAST_BITS;
  let value = bits.take(length);
  while (value > (limits[length] as number)) {
    if (length >= MAX_BITS) throw new Error('damaged block');
    length += 1;
    value = value * 2 + bits.take(1);
  }
  const symbol = symbols[value - (bases[length] as number)];
  if (symbol === undefined) throw new Error('damaged block');
  return symbol;
}

/** Puts above the byte of each place where the byte after it lies. */
function invert(links: Uint32Array, length: number, counts: Uint32Array): void {
  let sum = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    const count = counts[byte] as number;
    counts[byte] = sum;
    sum += count;
  }
  for (let index = 0; index < length; index += 1) {
    const byte = (links[index] as number) & 0xff;
    const place = counts[byte] as number;
    counts[byte] = place + 1;
    links[place] = (links[place] as number) | (index << 8);
  }
}

const PIECE_BYTES = 1 << 18;
/** Four alike are followed by how many more there are. */
const RUN_LENGTH = 4;
const MOST_MORE = 255;

function* unrolled(
  links: Uint32Array,
  length: number,
  first: number,
  sum: { value: number },
): Generator<Buffer, void, void> {
  const going: Unrolling = {
    ...{ links, length, index: 0, link: length === 0 ? 0 : (links[first] as number) >>> 8 },
    ...{ last: -1, alike: 0 },
  };
  while (going.index < length) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const filled = piece.subarray(0, fill(going, piece));
    sum.value = crcOf(filled, sum.value);
    yield filled;
  }
}

interface Unrolling {
  links: Uint32Array;
  length: number;
  /** Of the symbol that is next. */
  index: number;
  link: number;
  /** The last byte, and how many are like it. */
  last: number;
  alike: number;
}

/** Writes until the piece is full; gives how many bytes it holds. */
function fill(going: Unrolling, piece: Buffer): number {
  const { links, length } = going;
  let { index, link, last, alike } = going;
  let to = 0;
  for (; index < length && to < PIECE_BYTES - MOST_MORE; index += 1) {
    const entry = links[link] as number;
    const byte = entry & 0xff;
    link = entry >>> 8;
    if (alike === RUN_LENGTH) {
      piece.fill(last, to, to + byte);
      to += byte;
      alike = 0;
      last = -1;
      continue;
    }
    piece[to] = byte;
    to += 1;
    alike = byte === last ? alike + 1 : 1;
    last = byte;
  }
  Object.assign(going, { index, link, last, alike });
  return to;
}

/** CRC-32 with the most significant bit first, unlike that of gzip. */
const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

function crcOf(bytes: Buffer, before: number): number {
  let sum = before;
  for (let at = 0; at < bytes.length; at += 1)
    sum = (sum << 8) ^ (CRC[(sum >>> 24) ^ (bytes[at] as number)] as number);
  return sum;
}
