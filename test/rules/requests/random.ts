/** Seeded choices: the same requests on every machine. */
export interface Random {
  /** 0 to `below` - 1. */
  number(below: number): number;
  pick<T>(list: readonly T[]): T;
  /** True in one of `in` cases. */
  once(inCases: number): boolean;
  word(): string;
}

const LETTERS = 'abcdefghijklmnoprstuvwxyz';

/** mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const number = (below: number): number => Math.floor(next() * below);
  return {
    number,
    pick: (list) => list[number(list.length)] as never,
    once: (inCases) => number(inCases) === 0,
    word: () =>
      Array.from({ length: 3 + number(6) }, () => LETTERS[number(LETTERS.length)]).join(''),
  };
}
