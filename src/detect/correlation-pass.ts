/** The one pass in time order: rows through the correlators. */
import { createCorrelations } from './correlate-chain.ts';
import type { Location } from './location.ts';
import { type Plan, splitGroupKey } from './plan.ts';
import type { Row } from './rows.ts';

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
}

/** Runs all correlations over rows that come by (time, location). */
export function runCorrelations(plan: Plan, rows: Iterable<Row>): readonly CorrelationHit[] {
  const hits: CorrelationHit[] = [];
  const { correlations, silentCorrelations } = plan.ruleSet;
  const correlators = createCorrelations(correlations, (correlation, result) => {
    if (silentCorrelations.has(correlation)) return;
    const { groupKey, firstUs, lastUs, count, refs } = result;
    const group = groupKey === '' ? [] : splitGroupKey(groupKey);
    hits.push({ correlation, group, firstUs, lastUs, count, locations: refs });
  });
  for (const row of rows) {
    const kind = plan.rowKinds[row.kind];
    if (kind === undefined) continue;
    const value = kind.counted.length === 0 ? undefined : row.value;
    const { timeUs, group, location } = row;
    for (const { correlation, input } of kind.feeds) {
      correlators.push(correlation, input, timeUs, group, value, location);
    }
  }
  correlators.finish();
  return hits;
}
