/** The largest values of fields for machines. */
import type { StatsResult } from '../../commands/stats.ts';
import { rfc3339 } from '../../events/rfc3339.ts';

/** The counts of values, with how sure they are. */
export type Groups = NonNullable<StatsResult['by']>;

/** As JSON has them. */
export function groupsDocument({
  fields,
  overUs,
  distinct,
  without,
  othersAtMost,
  groups,
}: Groups) {
  return {
    fields,
    over_seconds: overUs === undefined ? null : overUs / 1e6,
    distinct: distinct.count,
    is_approximate: !distinct.isExact,
    without,
    others_at_most: othersAtMost ?? null,
    groups: groups.map(({ values, count, series }) => ({
      ...Object.fromEntries(fields.map((field, index) => [field, values[index] ?? ''])),
      count,
      ...(overUs === undefined
        ? {}
        : { series: series.map((cell) => ({ from: rfc3339(cell.fromUs), count: cell.count })) }),
    })),
  };
}

/** As CSV has them, the head first: a row for each value or, over time, for each value and stretch of time. */
export function* groupRows({ fields, overUs, groups }: Groups): Iterable<(string | number)[]> {
  yield overUs === undefined ? [...fields, 'count'] : ['from', ...fields, 'count'];
  for (const { values, count, series } of groups) {
    if (overUs === undefined) yield [...values, count];
    else for (const cell of series) yield [rfc3339(cell.fromUs), ...values, cell.count];
  }
}
