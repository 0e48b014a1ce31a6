/** What is normal, learnt while watching: kept over restarts, and its beginning is known. */
import type { Learnt, Normal } from '../detect/correlate/first-seen.ts';

/** What was learnt, as JSON can carry it. */
export interface SavedNormal {
  /** Until when it is learnt and nothing told, microseconds. */
  untilUs: number | null;
  learnt: readonly (readonly [
    key: string,
    groups: readonly (readonly [group: string, hits: number, values: readonly string[]])[],
  ])[];
}

/** As JSON can carry it. */
export const savedNormal = ({ untilUs, learnt }: Normal): SavedNormal => ({
  untilUs: Number.isFinite(untilUs) ? untilUs : null,
  learnt: [...learnt].map(([key, groups]) => [
    key,
    [...groups].map(([group, { hits, values }]) => [group, hits, [...values]]),
  ]),
});

/** What an earlier run has learnt. */
export function loadNormal({ untilUs, learnt }: SavedNormal): Normal {
  const all = learnt.map(([key, groups]): [string, Learnt] => [
    key,
    new Map(groups.map(([group, hits, values]) => [group, { hits, values: new Set(values) }])),
  ]);
  return { untilUs: untilUs ?? Number.NEGATIVE_INFINITY, learnt: new Map(all), isKept: true };
}
