/**
 * How often each value occurred, in bounded memory: exact while there are few, then in a sketch of fixed size, with the largest of each
 * part as candidates. Parts may come in any order: sums do not depend on it.
 * @see Cormode, Muthukrishnan: count-min sketch (2005); Deng, Rafiei: the mean of a row as its noise (2007)
 */
import { hashGroup } from '../sketch.ts';
import { createDistinct } from './distinct.ts';

const MOST_EXACT = 250_000;
const CELLS = 1 << 18;
/** The largest of a part: only they may be among the largest of all. */
const KEPT_OF_PART = 40;

/** A value and how often it occurred. */
export interface Group {
  value: string;
  count: number;
}

/** The sum of all parts. */
export interface GroupTally {
  add(part: ReadonlyMap<string, number>): void;
  /** The largest, equal ones in the order of their values. */
  top(limit: number): Group[];
  readonly distinct: number;
  readonly isExact: boolean;
}

/** Makes an empty tally. */
export function createGroupTally(mostExact = MOST_EXACT): GroupTally {
  let exact: Map<string, number> | undefined = new Map();
  let sketch = new Float64Array(0);
  let sum = 0;
  const candidates = new Set<string>();
  const distinct = createDistinct();
  const addToSketch = (count: number, value: string): void => {
    for (const cell of cellsOf(value)) sketch[cell] = (sketch[cell] as number) + count;
    sum += count;
  };
  const estimate = (value: string): number => {
    const least = Math.min(
      ...cellsOf(value).map((cell) => {
        const found = sketch[cell] as number;
        // What others bring into a cell on average.
        return found - (sum - found) / (CELLS - 1);
      }),
    );
    return Math.max(0, Math.round(least));
  };
  return {
    get isExact() {
      return exact !== undefined;
    },
    get distinct() {
      return exact?.size ?? distinct.count;
    },
    add(part) {
      for (const value of part.keys()) distinct.add(value);
      for (const { value } of largest(part, KEPT_OF_PART)) candidates.add(value);
      if (exact === undefined) {
        part.forEach(addToSketch);
        return;
      }
      for (const [value, count] of part) exact.set(value, (exact.get(value) ?? 0) + count);
      if (exact.size <= mostExact) return;
      sketch = new Float64Array(2 * CELLS);
      exact.forEach(addToSketch);
      exact = undefined;
    },
    top(limit) {
      if (exact !== undefined) return largest(exact, limit);
      return largest(new Map([...candidates].map((value) => [value, estimate(value)])), limit);
    },
  };
}

function cellsOf(value: string): [number, number] {
  const hash = hashGroup(value);
  const first = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 14;
  const second = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b) >>> 14;
  return [first, CELLS + second];
}

/** The largest of many, without sorting all of them. */
function largest(counts: ReadonlyMap<string, number>, limit: number): Group[] {
  const top: Group[] = [];
  const isBefore = (one: Group, other: Group): boolean =>
    one.count > other.count || (one.count === other.count && one.value < other.value);
  for (const [value, count] of counts) {
    const last = top.at(-1);
    const group = { value, count };
    if (top.length >= limit && (last === undefined || !isBefore(group, last))) continue;
    let at = top.length;
    while (at > 0 && isBefore(group, top[at - 1] as Group)) at -= 1;
    top.splice(at, 0, group);
    if (top.length > limit) top.pop();
  }
  return top;
}
