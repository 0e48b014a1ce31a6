/**
 * How many different texts there were: exact while they are few, then estimated in 4 KiB with an error of some 2 %.
 * @see Flajolet, Fusy, Gandouet, Meunier: HyperLogLog (2007)
 */
import { hashGroup } from '../sketch.ts';

const MOST_EXACT = 10_000;
const REGISTERS = 4096;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

/** Counts different texts. */
export interface Distinct {
  add(text: string): void;
  readonly count: number;
  readonly isExact: boolean;
}

/** Has seen nothing yet. */
export function createDistinct(mostExact = MOST_EXACT): Distinct {
  let exact: Set<string> | undefined = new Set();
  const registers = new Uint8Array(REGISTERS);
  const note = (text: string): void => {
    // Neighbouring addresses must fall into different registers.
    let hash = hashGroup(text);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash = (hash ^ (hash >>> 16)) >>> 0;
    const register = hash >>> 20;
    const rank = Math.min(21, Math.clz32((hash << 12) | 0) + 1);
    if (rank > (registers[register] as number)) registers[register] = rank;
  };
  return {
    get isExact() {
      return exact !== undefined;
    },
    get count() {
      return exact?.size ?? estimate(registers);
    },
    add(text) {
      if (exact === undefined) {
        note(text);
        return;
      }
      exact.add(text);
      if (exact.size <= mostExact) return;
      for (const one of exact) note(one);
      exact = undefined;
    },
  };
}

function estimate(registers: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
  const isSmall = raw <= 2.5 * REGISTERS && empty > 0;
  return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}
