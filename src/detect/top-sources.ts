/** The sources with the most requests, bytes and failed logins. */
import type { Timeline, TopSource } from './finding.ts';
import { nameOfSource, type SourceKey } from './source-counts.ts';
import { createRank, createSourceTally } from './source-tally.ts';
import type { Totals } from './totals.ts';

const TOP = 10;

/** The ranks over all pieces. */
export interface TopSources {
  /** Takes the counts of a piece; the order of the pieces does not matter. */
  add(part: Totals): void;
  /** The ranks; equal counts are in the order of the names. */
  top(): Timeline['top'];
}

/** Counts the sources of all pieces. */
export function createTopSources(mostExact?: number): TopSources {
  const own = createSourceTally(mostExact);
  const echoes = createSourceTally(mostExact);
  return {
    add(part) {
      own.add(part.sources);
      echoes.add(part.echoes);
    },
    top() {
      const requests = createRank(TOP, isNamedBefore);
      const bytes = createRank(TOP, isNamedBefore);
      const logins = createRank(TOP, isNamedBefore);
      own.each((key, ...counts) => {
        // What two logs tell of counts once.
        const echo = echoes.countOf(key);
        requests.add(key, Math.max(counts[0], echo?.requests ?? 0));
        bytes.add(key, Math.max(counts[1], echo?.bytes ?? 0));
        logins.add(key, Math.max(counts[2], echo?.failedLogins ?? 0));
      });
      echoes.each((key, ...counts) => {
        if (own.countOf(key) !== undefined) return;
        requests.add(key, counts[0]);
        bytes.add(key, counts[1]);
        logins.add(key, counts[2]);
      });
      const named = ({ top }: ReturnType<typeof createRank>): TopSource[] =>
        top.map(({ key, count }) => ({ value: nameOfSource(key), count }));
      return {
        byRequests: named(requests),
        byBytes: named(bytes),
        byFailedLogins: named(logins),
        isApproximate: !own.isExact || !echoes.isExact,
      };
    },
  };
}

const isNamedBefore = (one: SourceKey, other: SourceKey): boolean =>
  nameOfSource(one) < nameOfSource(other);
