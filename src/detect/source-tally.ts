/**
 * The counts of all sources in bounded memory: exact while there are few, then in a sketch of fixed size. Parts may
 * come in any order: sums do not depend on it, nor does the moment when exact counts become a sketch.
 * @see Cormode, Muthukrishnan: count-min sketch (2005); Deng, Rafiei: the mean of a row as its noise (2007)
 */
import type { SourceCount } from './totals.ts';

const MEASURES = ['requests', 'bytes', 'failedLogins'] as const;

/** Sources that are counted one by one. */
const MOST_EXACT = 250_000;
/** Cells of a row of the sketch; there are two rows. */
const CELLS = 1 << 18;
/** The largest sources of a part by each measure: only they may be among the largest of all. */
const KEPT_OF_PART = 40;

export interface SourceTally {
  add(part: Iterable<readonly [source: string, count: SourceCount]>): void;
  /** All sources while they are counted exactly; then those that may be among the largest. */
  counts(): Iterable<readonly [source: string, count: SourceCount]>;
  readonly isExact: boolean;
}

/** Makes an empty tally. */
export function createSourceTally(mostExact = MOST_EXACT): SourceTally {
  let exact: Map<string, SourceCount> | undefined = new Map();
  let sketch: Float64Array | undefined;
  const candidates = new Set<string>();
  const sums: SourceCount = { requests: 0, bytes: 0, failedLogins: 0 };

  const addToSketch = (cells: Float64Array, source: string, count: SourceCount): void => {
    for (let row = 0; row < 2; row += 1) {
      const at = cellOf(source, row);
      for (let measure = 0; measure < 3; measure += 1) {
        cells[at + measure] = (cells[at + measure] as number) + count[MEASURES[measure]!];
      }
    }
    for (const measure of MEASURES) sums[measure] += count[measure];
  };
  const addExactly = (
    counts: Map<string, SourceCount>,
    source: string,
    count: SourceCount,
  ): void => {
    const known = counts.get(source);
    if (known === undefined) counts.set(source, { ...count });
    else for (const measure of MEASURES) known[measure] += count[measure];
  };
  const estimate = (cells: Float64Array, source: string): SourceCount => {
    const found = { requests: 0, bytes: 0, failedLogins: 0 };
    MEASURES.forEach((measure, index) => {
      const values = [0, 1].map((row) => {
        const value = cells[cellOf(source, row) + index] as number;
        // What others bring into a cell on average.
        return value - (sums[measure] - value) / (CELLS - 1);
      });
      found[measure] = Math.max(0, Math.round(Math.min(...values)));
    });
    return found;
  };

  return {
    get isExact() {
      return exact !== undefined;
    },
    add(part) {
      const entries = [...part];
      for (const source of largest(entries)) candidates.add(source);
      for (const [source, count] of entries) {
        if (exact !== undefined) {
          addExactly(exact, source, count);
          if (exact.size <= mostExact) continue;
          sketch = new Float64Array(2 * CELLS * 3);
          for (const [known, counted] of exact) addToSketch(sketch, known, counted);
          exact = undefined;
        } else addToSketch(sketch as Float64Array, source, count);
      }
    },
    *counts() {
      if (exact !== undefined) yield* exact;
      else
        for (const source of candidates) yield [source, estimate(sketch as Float64Array, source)];
    },
  };
}

function largest(entries: readonly (readonly [string, SourceCount])[]): string[] {
  const found: string[] = [];
  for (const measure of MEASURES) {
    const sorted = entries
      .filter(([, count]) => count[measure] > 0)
      .sort((a, b) => b[1][measure] - a[1][measure] || (a[0] < b[0] ? -1 : 1));
    for (const [source] of sorted.slice(0, KEPT_OF_PART)) found.push(source);
  }
  return found;
}

/** Where the counts of a source lie in a row. */
function cellOf(source: string, row: number): number {
  let hash = row === 0 ? 0x811c9dc5 : 0x2c1b3c6d;
  for (let index = 0; index < source.length; index += 1) {
    hash = Math.imul(hash ^ source.charCodeAt(index), row === 0 ? 0x01000193 : 0x45d9f3b);
    hash ^= hash >>> 15;
  }
  return (row * CELLS + ((hash ^ (hash >>> 13)) & (CELLS - 1))) * 3;
}
