/**
 * How many different texts there were: exact while they are few, then estimated in 64 KiB with a standard error of 0.4 %.
 * @see Flajolet, Fusy, Gandouet, Meunier: HyperLogLog (2007); Ertl: New cardinality estimation algorithms (2017), whose estimate has no
 * bias where few registers are filled
 */
import { hashText } from './hash.ts';

const MOST_EXACT = 10_000;
const REGISTER_BITS = 16;
const REGISTERS = 1 << REGISTER_BITS;
/** Bits in which leading zeros are counted. */
const RANK_BITS = 32;

/** Counts different texts. */
export interface Distinct {
  add(text: string): void;
  readonly count: number;
  readonly isExact: boolean;
}

/** Has seen nothing yet. */
export function createDistinct(mostExact = MOST_EXACT): Distinct {
  let exact: Set<string> | undefined = new Set();
  let registers = new Uint8Array(0);
  const note = (text: string): void => {
    const [high, low] = hashText(text);
    const register = high >>> (32 - REGISTER_BITS);
    const rank = Math.clz32(low) + 1;
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
      registers = new Uint8Array(REGISTERS);
      for (const one of exact) note(one);
      exact = undefined;
    },
  };
}

function estimate(registers: Uint8Array): number {
  const ofRank = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) ofRank[rank] = (ofRank[rank] as number) + 1;
  const [empty = 0] = ofRank;
  let sum = REGISTERS * fullPart(1 - (ofRank[RANK_BITS + 1] as number) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank -= 1) sum = (sum + (ofRank[rank] as number)) / 2;
  sum += REGISTERS * emptyPart(empty / REGISTERS);
  return Math.round((REGISTERS * REGISTERS) / (2 * Math.LN2 * sum));
}

/** What empty registers add: Ertl's sigma. */
function emptyPart(share: number): number {
  if (share === 1) return Infinity;
  let [power, weight, sum, before] = [share, 1, share, -1];
  while (sum !== before) {
    power *= power;
    before = sum;
    sum += power * weight;
    weight *= 2;
  }
  return sum;
}

/** What registers that can grow no more take: Ertl's tau. */
function fullPart(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [root, weight, sum, before] = [share, 1, 1 - share, -1];
  while (sum !== before) {
    root = Math.sqrt(root);
    before = sum;
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
