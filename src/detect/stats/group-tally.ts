/**
 * How often each value occurred, in bounded memory: exact while there are few, then in a sketch of fixed size that never counts too
 * little. It tells above which count no value can hide and which values may lie above it; those are counted again, exactly. Parts may come
 * in any order: what is shown in the end does not depend on it.
 * @see Cormode, Muthukrishnan: count-min sketch (2005)
 */
import { createDistinct, type Distinct } from './distinct.ts';
import { hashText } from './hash.ts';

const MOST_EXACT = 250_000;
const CELLS = 1 << 18;
const CELL_SHIFT = 32 - 18;
/** So many cells of a row may lie above the floor at least. */
const LEAST_CELLS = 500;

/** A value and how often it occurred. */
export interface Group {
  value: string;
  count: number;
}

/** The values that may be among the largest. */
export interface Candidates {
  values: readonly string[];
  /** No other value occurred more often than this. */
  floor: number;
}

/** The sum of all parts. */
export interface GroupTally {
  add(part: ReadonlyMap<string, number>): void;
  /** All counts; undefined where there were too many. */
  readonly exact: ReadonlyMap<string, number> | undefined;
  /** Where there were too many. */
  candidates(): Candidates;
  readonly distinct: { count: number; isExact: boolean };
}

/** Makes an empty tally. @param limit how many of the largest are wanted */
export function createGroupTally(limit: number, mostExact = MOST_EXACT): GroupTally {
  let exact: Map<string, number> | undefined = new Map();
  let sketch: Sketch | undefined;
  return {
    get exact() {
      return exact;
    },
    get distinct() {
      return { count: exact?.size ?? sketch?.distinct.count ?? 0, isExact: exact !== undefined };
    },
    candidates: () => sketch?.candidates() ?? { values: [], floor: 0 },
    add(part) {
      if (exact === undefined) {
        sketch?.add(part);
        return;
      }
      for (const [value, count] of part) exact.set(value, (exact.get(value) ?? 0) + count);
      if (exact.size <= mostExact) return;
      sketch = createSketch(Math.max(LEAST_CELLS, 2 * limit));
      sketch.add(exact);
      exact = undefined;
    },
  };
}

interface Sketch {
  add(part: ReadonlyMap<string, number>): void;
  candidates(): Candidates;
  distinct: Distinct;
}

/** @param above how many cells of a row may lie above the floor */
function createSketch(above: number): Sketch {
  const rows = [new Float64Array(CELLS), new Float64Array(CELLS)] as const;
  const distinct = createDistinct(0);
  /** With the cells of each. A value above the final floor lies above every earlier one when it occurs last, so none is missed. */
  const candidates = new Map<string, readonly [number, number]>();
  let floor = 0;
  let most = 8 * above;
  const isAbove = ([first, second]: readonly [number, number]): boolean =>
    (rows[0][first] as number) > floor && (rows[1][second] as number) > floor;
  const prune = (): void => {
    floor = Math.min(...rows.map((row) => row.slice().sort()[CELLS - above] as number));
    for (const [value, cells] of candidates) if (!isAbove(cells)) candidates.delete(value);
    most = Math.max(8 * above, 2 * candidates.size);
  };
  return {
    distinct,
    add(part) {
      for (const [value, count] of part) {
        distinct.add(value);
        const [high, low] = hashText(value);
        const cells = [high >>> CELL_SHIFT, low >>> CELL_SHIFT] as const;
        rows[0][cells[0]] = (rows[0][cells[0]] as number) + count;
        rows[1][cells[1]] = (rows[1][cells[1]] as number) + count;
        if (isAbove(cells)) candidates.set(value, cells);
        if (candidates.size > most) prune();
      }
    },
    candidates() {
      prune();
      return { values: [...candidates.keys()], floor };
    },
  };
}

/** The largest of many, equal ones in the order of their values, without sorting all of them. */
export function largest(counts: ReadonlyMap<string, number>, limit: number): Group[] {
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
