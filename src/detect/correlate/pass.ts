/** The one pass in time order: rows through the correlators. */

import type { Turn } from '../../logs/turns.ts';
import type { Geo } from '../geo/geo.ts';
import type { Location } from '../location.ts';
import { type Plan, splitGroupKey } from '../plan.ts';
import type { RowStore } from '../rows/row-store.ts';
import { isAnnouncing } from '../rows/rows.ts';
import { createWitnessFilter, type Witnesses } from '../witnesses.ts';
import type { Normal } from './first-seen.ts';
import { createMayFire } from './may-fire.ts';
import { createCorrelations, type KindFeeds } from './set.ts';
import type { Before, CorrelationResult } from './window.ts';

/** A correlation that fired. */
export interface CorrelationHit {
  /** Index into the rule set's correlations. */
  correlation: number;
  /** Values of the group-by fields, in the order of the rule. */
  group: readonly string[];
  firstUs: number;
  lastUs: number;
  count: number;
  locations: readonly Location[];
  /** The events that make it one, where single ones do; first one first. */
  deciding: readonly Location[];
  /** What it waited for. */
  before: readonly Before[];
}

/** What is fed by each kind of row; behind them one that feeds nothing, for rows that are left out. */
export const kindFeedsOf = ({ rowKinds }: Plan): KindFeeds[] => [
  ...rowKinds.map(({ feeds, counted }) => ({ feeds, isCounted: counted.length > 0 })),
  { feeds: [], isCounted: false },
];

/** Hits that are not shown and may turn out to be of an intruder; further ones are only counted. */
const MOST_HIDDEN = 20_000;

/**
 * Runs all correlations over the rows of a store, which are read by it.
 * @param isShown whose hits are wanted, by index of the correlation; those of others are counted
 * @param isKept whose hits are handed out beside the count when they are not wanted
 * @param witnesses which files may tell of the same acts, which then count once
 * @param normal what correlations over what is new have learnt
 * @param geo where addresses are
 * @param turn is awaited between stretches of rows; throws when the run is interrupted
 */
export async function runCorrelations(
  plan: Plan,
  store: RowStore,
  isShown: (correlation: number) => boolean,
  isKept: (correlation: number) => boolean,
  witnesses: Witnesses,
  turn: Turn,
  normal?: Normal,
  geo?: Geo,
): Promise<{
  hits: readonly CorrelationHit[];
  hidden: readonly CorrelationHit[];
  hiddenCount: number;
}> {
  const hits: CorrelationHit[] = [];
  const hidden: CorrelationHit[] = [];
  let hiddenCount = 0;
  const { correlations, silentCorrelations } = plan.ruleSet;
  const kinds = kindFeedsOf(plan);
  const filter = createWitnessFilter(witnesses, kinds, (value) =>
    isAnnouncing(store.textOf(value)),
  );
  const mayFire = createMayFire(correlations, plan.rowKinds, store.rowsOf);
  const take = (correlation: number, result: CorrelationResult): void => {
    if (silentCorrelations.has(correlation)) return;
    const isHidden = !isShown(correlation);
    if (isHidden) hiddenCount += 1;
    if (isHidden && (!isKept(correlation) || hidden.length >= MOST_HIDDEN)) return;
    (isHidden ? hidden : hits).push(hitOf(correlation, result, store.textOf(result.group)));
  };
  const correlators = createCorrelations(
    correlations,
    kinds,
    take,
    mayFire,
    store.weightOf,
    undefined,
    store.textOf,
    normal,
    geo,
  );
  for (const stretch of store.merged()) {
    filter.mark(stretch);
    correlators.push(stretch);
    await turn();
  }
  correlators.finish();
  return { hits, hidden, hiddenCount };
}

/** A result with the values of its group in the place of their number. */
export function hitOf(
  correlation: number,
  { firstUs, lastUs, count, refs, deciding, before }: CorrelationResult,
  groupKey: string,
): CorrelationHit {
  const group = groupKey === '' ? [] : splitGroupKey(groupKey);
  return { correlation, group, firstUs, lastUs, count, locations: refs, deciding, before };
}
