/** `ir metrics`: how fast incidents were detected, taken on, contained and recovered from, over all of the store. */
import { durationText } from '../events/words.ts';
import type { Incident } from '../incidents/incident.ts';
import {
  type IncidentMetrics,
  incidentMetrics,
  METRIC_NAMES,
  type MetricGroup,
} from '../incidents/incident-metrics.ts';
import type { MetricSeries } from '../pages/charts/metric-chart.ts';
import type { CommandContext } from './context.ts';
import { readInstant, withStore } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import type { TableResult } from './table-result.ts';
import { outputTo } from './write-file.ts';

/** Options of `ir metrics`, as typed. */
export interface MetricsOptions {
  since?: string | undefined;
  until?: string | undefined;
  output?: string;
  force?: boolean;
}

/** The rows, and what charts are drawn of. */
export interface MetricsResult extends TableResult {
  series: readonly MetricSeries[];
}

/** The table: a row for all, and one a severity, type and month. */
export async function metrics(
  context: CommandContext,
  { since, until, ...where }: MetricsOptions,
): Promise<CommandOutcome<MetricsResult>> {
  const from = readInstant(context, since, '--since');
  const to = readInstant(context, until, '--until');
  const timeOf = ({ times }: Incident): string => times.detected ?? times.declared ?? '';
  const written = await outputTo(context, where);
  const result = await withStore(context, async ({ store }) => {
    const all = await store.list();
    const incidents = all.filter(
      (one) => (from ?? '') <= timeOf(one) && timeOf(one) <= (to ?? '~'),
    );
    const found = incidentMetrics(incidents, all);
    const groups: (readonly [string, readonly MetricGroup[]])[] = [
      ['', [found.all]],
      ['severity ', found.bySeverity],
      ['type ', found.byType],
      ['', found.byMonth],
    ];
    return {
      title:
        found.all.incidents === 0
          ? 'No incident to measure.'
          : 'Median and 90th percentile, with the number of incidents of which each is known',
      heads: ['Incidents', 'n', ...METRIC_NAMES.map(([, name]) => name)],
      rows: groups.flatMap(([name, list]) =>
        list.map((group) => [`${name}${group.by}`, String(group.incidents), ...cells(group)]),
      ),
      notes: [
        METRIC_NAMES.map(([, name, meaning]) => `${name}: ${meaning}`).join(', '),
        `left out: ${found.drills} drills, ${found.falsePositives} false positives, ${found.partsOfOthers} that are part of another or its duplicate`,
      ],
      next: [{ command: 'ir list', shows: 'the incidents' }],
      documents: [found],
      about: {},
      series: seriesOf(found),
    };
  });
  return { result, ...written };
}

/** The metrics over months, oldest first. */
export const seriesOf = ({ byMonth }: IncidentMetrics): MetricSeries[] =>
  METRIC_NAMES.map(([key, name, meaning]) => ({
    ...{ name, meaning },
    months: byMonth.map(({ by, metrics: known }) => ({ month: by, ...known[key] })),
  }));

/** What each metric of a group is, in words. */
export const cells = ({ metrics: found }: MetricGroup): string[] =>
  METRIC_NAMES.map(([key]) => {
    const { n, medianMs, p90Ms } = found[key];
    return medianMs === undefined || p90Ms === undefined
      ? '-'
      : `${durationText(medianMs)}, p90 ${durationText(p90Ms)} (${n})`;
  });
