/**
 * The LZMA algorithm, over chunks whose sizes are known, as LZMA2 has them.
 * @see https://www.7-zip.org/sdk.html (lzma-specification.txt)
 */

/** Least size of the slack behind the dictionary: the window slides when it is full. */
const SLACK_BYTES = 1 << 22;
const FIRST_DICTIONARY_BYTES = 1 << 20;
const START = 1024;
const TOP = 0x1000000;
const STATES = 12;
const POSITION_STATES = 16;
const MATCH_LEAST = 2;

/** Where the numbers of each kind of decision lie in one table. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES;
const IS_REP0 = IS_REP + STATES;
const IS_REP1 = IS_REP0 + STATES;
const IS_REP2 = IS_REP1 + STATES;
const IS_REP0_LONG = IS_REP2 + STATES;
const SLOTS = IS_REP0_LONG + STATES * POSITION_STATES;
const SPECIAL = SLOTS + 4 * 64;
const ALIGN = SPECIAL + 115;
const LENGTHS = ALIGN + 16;
/** choice, choice2, low, mid, high */
const LENGTH_SIZE = 2 + POSITION_STATES * 8 * 2 + 256;
const REP_LENGTHS = LENGTHS + LENGTH_SIZE;
const LITERALS = REP_LENGTHS + LENGTH_SIZE;
const LITERAL_SIZE = 0x300;

/** A window that unpacked bytes are written to, with all that the next chunk builds on. */
export interface Lzma {
  /** @throws Error when the byte is no valid lc, lp, pb */
  setProperties(byte: number): void;
  resetState(): void;
  resetDictionary(): void;
  /** Unpacks `size` bytes. @throws Error when the chunk is damaged */
  chunk(packed: Buffer, size: number): Buffer;
  /** Bytes that are stored as they are. */
  stored(bytes: Buffer): void;
}

/** @param dictionaryBytes how far back a match may lie */
export function createLzma(dictionaryBytes: number): Lzma {
  let window = new Uint8Array(Math.min(dictionaryBytes, FIRST_DICTIONARY_BYTES) + SLACK_BYTES);
  let probs = new Uint16Array(0);
  let [lc, lpMask, pbMask] = [0, 0, 0];
  let [to, from, state] = [0, 0, 0];
  let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0];
  let [range, code, at] = [0, 0, 0];
  let bytes: Buffer = Buffer.alloc(0);

  /** Makes room: grows up to the dictionary, then drops what lies too far back. */
  const makeRoom = (size: number): void => {
    if (to + size <= window.length) return;
    const kept = Math.min(to - from, dictionaryBytes);
    const most = dictionaryBytes + Math.max(SLACK_BYTES, dictionaryBytes);
    let target = window;
    if (kept + size > window.length >> 1 && window.length < most)
      target = new Uint8Array(Math.min(most, Math.max(window.length * 2, kept + size)));
    target.set(window.subarray(to - kept, to), 0);
    [window, from, to] = [target, 0, kept];
  };

  const bit = (index: number): 0 | 1 => {
    const prob = probs[index] as number;
    const bound = Math.imul(range >>> 11, prob);
    if (code >>> 0 < bound >>> 0) {
      range = bound;
      probs[index] = prob + ((2048 - prob) >> 5);
      if (range >>> 0 < TOP) {
        range <<= 8;
        code = (code << 8) | (bytes[at] as number);
        at += 1;
      }
      return 0;
    }
    range = (range - bound) | 0;
    code = (code - bound) | 0;
    probs[index] = prob - (prob >> 5);
    if (range >>> 0 < TOP) {
      range <<= 8;
      code = (code << 8) | (bytes[at] as number);
      at += 1;
    }
    return 1;
  };
  const tree = (base: number, bits: number): number => {
    let node = 1;
    for (let n = 0; n < bits; n += 1) node = (node << 1) | bit(base + node);
    return node - (1 << bits);
  };
  const reverseTree = (base: number, bits: number): number => {
    let node = 1;
    let value = 0;
    for (let n = 0; n < bits; n += 1) {
      const one = bit(base + node);
      node = (node << 1) | one;
      value |= one << n;
    }
    return value;
  };
  const direct = (bits: number): number => {
    let value = 0;
    for (let n = 0; n < bits; n += 1) {
      range >>>= 1;
      code = (code - range) | 0;
      const isBelow = code >> 31;
      code = (code + (range & isBelow)) | 0;
      value = (value << 1) + isBelow + 1;
      if (range >>> 0 < TOP) {
        range <<= 8;
        code = (code << 8) | (bytes[at] as number);
        at += 1;
      }
    }
    return value >>> 0;
  };
  const lengthAt = (base: number, place: number): number => {
    if (bit(base) === 0) return tree(base + 2 + place * 8, 3);
    if (bit(base + 1) === 0) return 8 + tree(base + 2 + (POSITION_STATES + place) * 8, 3);
    return 16 + tree(base + 2 + POSITION_STATES * 16, 8);
  };
  const literal = (): void => {
    const before = to > from ? (window[to - 1] as number) : 0;
    const place = (((to - from) & lpMask) << lc) + (before >> (8 - lc));
    const base = LITERALS + place * LITERAL_SIZE;
    let symbol = 1;
    if (state >= 7) {
      let match = window[to - rep0 - 1] as number;
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const one = bit(base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | one;
        if (matchBit !== one) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | bit(base + symbol);
    window[to] = symbol;
    to += 1;
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  };
  const distance = (length: number): number => {
    const slot = tree(SLOTS + Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + reverseTree(SPECIAL + base - slot, bits);
    return ((2 | (slot & 1)) * 2 ** bits + direct(bits - 4) * 16 + reverseTree(ALIGN, 4)) >>> 0;
  };
  /** Reads which earlier bytes come again; 0 for a single one that was copied already. */
  const match = (place: number): number => {
    if (bit(IS_REP + state) === 0) {
      rep3 = rep2;
      rep2 = rep1;
      rep1 = rep0;
      const length = lengthAt(LENGTHS, place);
      state = state < 7 ? 7 : 10;
      rep0 = distance(length);
      return length + MATCH_LEAST;
    }
    if (bit(IS_REP0 + state) === 0) {
      if (bit(IS_REP0_LONG + state * POSITION_STATES + place) === 0) {
        state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let chosen = rep1;
      if (bit(IS_REP1 + state) === 1) {
        chosen = rep2;
        if (bit(IS_REP2 + state) === 1) {
          chosen = rep3;
          rep3 = rep2;
        }
        rep2 = rep1;
      }
      rep1 = rep0;
      rep0 = chosen;
    }
    const length = lengthAt(REP_LENGTHS, place);
    state = state < 7 ? 8 : 11;
    return length + MATCH_LEAST;
  };
  return {
    setProperties(byte) {
      if (byte >= 9 * 5 * 5) throw new Error('damaged header');
      lc = byte % 9;
      const rest = Math.floor(byte / 9);
      lpMask = (1 << (rest % 5)) - 1;
      pbMask = (1 << Math.floor(rest / 5)) - 1;
      probs = new Uint16Array(LITERALS + (LITERAL_SIZE << (lc + (rest % 5))));
    },
    resetState() {
      probs.fill(START);
      [state, rep0, rep1, rep2, rep3] = [0, 0, 0, 0, 0];
    },
    resetDictionary() {
      from = to;
    },
    chunk(packed, size) {
      makeRoom(size);
      const start = to;
      const end = to + size;
      [bytes, at, range] = [packed, 5, -1];
      code = packed.length < 5 ? 0 : packed.readInt32BE(1);
      while (to < end && at <= packed.length) {
        const place = (to - from) & pbMask;
        if (bit(IS_MATCH + state * POSITION_STATES + place) === 0) {
          literal();
          continue;
        }
        const length = match(place);
        const back = rep0 + 1;
        if (back > to - from || back > dictionaryBytes || to + length > end)
          throw new Error('damaged chunk');
        if (back >= length) window.copyWithin(to, to - back, to - back + length);
        else for (let n = to; n < to + length; n += 1) window[n] = window[n - back] as number;
        to += length;
      }
      if (at > packed.length) throw new Error('damaged chunk');
      return Buffer.from(window.subarray(start, end));
    },
    stored(piece) {
      makeRoom(piece.length);
      window.set(piece, to);
      to += piece.length;
    },
  };
}
