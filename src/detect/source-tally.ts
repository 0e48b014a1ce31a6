/**
 * The counts of all sources in bounded memory: exact while there are few, then in a sketch of fixed size. Parts may
 * come in any order: sums do not depend on it, nor does the moment when exact counts become a sketch.
 * @see Cormode, Muthukrishnan: count-min sketch (2005); Deng, Rafiei: the mean of a row as its noise (2007)
 */
import {
  addCounts,
  countOf,
  createSourceCounts,
  eachSource,
  hashOfAddress,
  MEASURES,
  type SourceCount,
  type SourceCounts,
  type SourceKey,
} from './source-counts.ts';

/** Sources that are counted one by one. */
const MOST_EXACT = 250_000;
/** Cells of a row of the sketch; there are two rows. */
const CELLS = 1 << 18;
/** The largest sources of a part by each measure: only they may be among the largest of all. */
const KEPT_OF_PART = 40;

/** The sum of all parts. */
export interface SourceTally {
  add(part: SourceCounts): void;
  /** All sources while they are counted exactly; then those that may be among the largest. */
  each(visit: Parameters<typeof eachSource>[1]): void;
  /** What was counted of a source; undefined when nothing was, or it is not among these. */
  countOf(key: SourceKey): SourceCount | undefined;
  readonly isExact: boolean;
}

/** Makes an empty tally. */
export function createSourceTally(mostExact = MOST_EXACT): SourceTally {
  let exact: SourceCounts | undefined = createSourceCounts();
  let sketch = new Float64Array(0);
  const candidates = new Set<SourceKey>();
  const sums: SourceCount = { requests: 0, bytes: 0, failedLogins: 0 };

  const addToSketch: Parameters<typeof eachSource>[1] = (key, requests, bytes, failedLogins) => {
    for (let row = 0; row < 2; row += 1) {
      const at = cellOf(key, row);
      sketch[at] = (sketch[at] as number) + requests;
      sketch[at + 1] = (sketch[at + 1] as number) + bytes;
      if (failedLogins > 0) sketch[at + 2] = (sketch[at + 2] as number) + failedLogins;
    }
    sums.requests += requests;
    sums.bytes += bytes;
    sums.failedLogins += failedLogins;
  };
  const estimate = (key: SourceKey, measure: number): number => {
    const sum = sums[MEASURES[measure] as keyof SourceCount];
    const values = [0, 1].map((row) => {
      const value = sketch[cellOf(key, row) + measure] as number;
      // What others bring into a cell on average.
      return value - (sum - value) / (CELLS - 1);
    });
    return Math.max(0, Math.round(Math.min(...values)));
  };
  const estimates = (key: SourceKey): SourceCount => ({
    requests: estimate(key, 0),
    bytes: estimate(key, 1),
    failedLogins: estimate(key, 2),
  });

  return {
    get isExact() {
      return exact !== undefined;
    },
    add(part) {
      for (const key of largest(part)) candidates.add(key);
      if (exact === undefined) {
        eachSource(part, addToSketch);
        return;
      }
      addCounts(exact, part);
      if (exact.size + exact.named.size <= mostExact) return;
      sketch = new Float64Array(2 * CELLS * 3);
      eachSource(exact, addToSketch);
      exact = undefined;
    },
    each(visit) {
      if (exact !== undefined) eachSource(exact, visit);
      else
        for (const key of candidates) {
          const { requests, bytes, failedLogins } = estimates(key);
          visit(key, requests, bytes, failedLogins);
        }
    },
    countOf(key) {
      if (exact !== undefined) return countOf(exact, key);
      return candidates.has(key) ? estimates(key) : undefined;
    },
  };
}

/** The largest of the counts that were added. */
export interface Rank {
  /** The largest first. */
  readonly top: readonly { key: SourceKey; count: number }[];
  add(key: SourceKey, count: number): void;
}

/** The `limit` sources with the largest counts but 0. @param precedes the order of equal counts */
export function createRank(
  limit: number,
  precedes: (one: SourceKey, other: SourceKey) => boolean,
): Rank {
  const top: { key: SourceKey; count: number }[] = [];
  let least = 1;
  return {
    top,
    add(key, count) {
      if (count < least) return;
      const isFull = top.length === limit;
      if (isFull && count === least && !precedes(key, top[limit - 1]!.key)) return;
      if (isFull) top.pop();
      // Counts that rise from one source to the next put each of them in.
      let at = top.length;
      for (; at > 0; at -= 1) {
        const above = top[at - 1]!;
        if (above.count > count || (above.count === count && precedes(above.key, key))) break;
      }
      top.splice(at, 0, { key, count });
      if (top.length === limit) least = top[limit - 1]!.count;
    },
  };
}

/** Any order will do that depends on the keys alone. */
const isBefore = (one: SourceKey, other: SourceKey): boolean =>
  typeof one === typeof other ? one < other : typeof one === 'number';

function largest(part: SourceCounts): SourceKey[] {
  const ranks = MEASURES.map(() => createRank(KEPT_OF_PART, isBefore));
  const [requestRank, byteRank, loginRank] = ranks as [Rank, Rank, Rank];
  eachSource(part, (key, requests, bytes, failedLogins) => {
    requestRank.add(key, requests);
    byteRank.add(key, bytes);
    loginRank.add(key, failedLogins);
  });
  return ranks.flatMap(({ top }) => top.map(({ key }) => key));
}

/** Where the counts of a source lie in a row. */
function cellOf(key: SourceKey, row: number): number {
  const hash = typeof key === 'number' ? hashOfAddress(key) : hashOfName(key);
  const mixed = row === 0 ? hash : Math.imul(hash ^ (hash >>> 13), 0x45d9f3b) ^ 0x2c1b3c6d;
  return (row * CELLS + ((mixed ^ (mixed >>> 13)) & (CELLS - 1))) * 3;
}

function hashOfName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}
