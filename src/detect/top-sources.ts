/** The sources with the most requests, bytes and failed logins. */
import type { Timeline, TopSource } from './finding.ts';
import { createSourceTally } from './source-tally.ts';
import { type SourceCount, sourcesOf, type Totals } from './totals.ts';

const TOP = 10;

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
      own.add(sourcesOf(part));
      echoes.add(part.echoes);
    },
    top() {
      const all = new Map(own.counts());
      // What two logs tell of counts once.
      for (const [source, echo] of echoes.counts()) {
        const known = all.get(source);
        const larger = (key: keyof SourceCount): number => Math.max(known?.[key] ?? 0, echo[key]);
        all.set(source, {
          requests: larger('requests'),
          bytes: larger('bytes'),
          failedLogins: larger('failedLogins'),
        });
      }
      const rankOf = (key: keyof SourceCount): TopSource[] => {
        const rank = createRank();
        for (const [source, count] of all) rank.add(count[key], () => source);
        return rank.top;
      };
      return {
        byRequests: rankOf('requests'),
        byBytes: rankOf('bytes'),
        byFailedLogins: rankOf('failedLogins'),
        isApproximate: !own.isExact || !echoes.isExact,
      };
    },
  };
}

interface Rank {
  top: TopSource[];
  add(count: number, name: () => string): void;
}

function createRank(): Rank {
  const top: TopSource[] = [];
  let least = 1;
  return {
    top,
    add(count, name) {
      if (count < least) return;
      top.push({ value: name(), count });
      top.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      if (top.length > TOP) top.pop();
      if (top.length === TOP) least = (top[TOP - 1] as TopSource).count;
    },
  };
}
