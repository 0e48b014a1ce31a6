/**
 * The dice of a drill: xoshiro128** with named branches, so that a change to one actor leaves the
 * others' rolls alone. The same seed gives the same numbers on every machine.
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */

/** A seeded source of chance: the same seed, the same drill. */
export interface Random {
  /** A whole number of 32 bits. */
  next(): number;
  /** From 0 (included) to 1 (excluded). */
  float(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One element. Throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** A waiting time with the given mean, exponentially distributed. */
  wait(mean: number): number;
  /** `length` random characters of `alphabet`. */
  text(length: number, alphabet: string): string;
  /** An independent generator. */
  branch(label: string): Random;
}

/** Makes a generator from a seed and the name of what it is for. */
export function createRandom(seed: number, label: string): Random {
  const state = spread(seed ^ hashOf(label));
  const next = (): number => {
    const [s0, s1, s2, s3] = state as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const third = s2 ^ s0;
    const fourth = s3 ^ s1;
    state[0] = s0 ^ fourth;
    state[1] = s1 ^ third;
    state[2] = third ^ (s1 << 9);
    state[3] = rotate(fourth, 11);
    return result;
  };
  const float = (): number => next() / 0x1_0000_0000;
  const int = (low: number, high: number): number => low + Math.floor(float() * (high - low + 1));
  return {
    next,
    float,
    int,
    chance: (p) => float() < p,
    pick: (items) => {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new RangeError('pick from an empty list');
      return item;
    },
    wait: (mean) => -Math.log(1 - float()) * mean,
    text: (length, alphabet) => {
      let text = '';
      for (let i = 0; i < length; i++) text += alphabet[int(0, alphabet.length - 1)];
      return text;
    },
    branch: (name) => createRandom(next(), name),
  };
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** FNV-1a over UTF-16 units. */
function hashOf(label: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++)
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** Four state words from one, by the finaliser of MurmurHash3 over a Weyl sequence. */
function spread(seed: number): number[] {
  const words: number[] = [];
  for (let i = 1; i <= 4; i++) {
    let word = (seed + Math.imul(i, 0x9e3779b9)) >>> 0;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    words.push((word ^ (word >>> 16)) >>> 0);
  }
  return words;
}
