import type { MetricsResult } from '../../commands/metrics.ts';
import { durationText } from '../../events/words.ts';
import { type MetricSeries, metricFile, newestMonths } from '../../pages/charts/metric-chart.ts';
import { metricsPage } from '../../pages/metrics-page.ts';
import { cellsOf } from '../browser/cells.ts';
import { wrap } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { view as table } from './table.ts';

/** Response metrics: the table, and bars over the months. */
export const view: View<MetricsResult> = {
  ...table,
  text: (result, style) => {
    const charts = result.series.flatMap((series) => chartLines(series, style));
    const rows = String(table.text(result, style));
    return charts.length === 0 ? rows : `${charts.join('\n')}\n${rows}`;
  },
  html: ({ title, series, heads, rows, notes }) =>
    metricsPage({
      ...{ title: 'How fast incidents were handled', series, heads },
      rows: rows.map((row) => row.map(String)),
      notes: [title, ...notes],
    }),
  svg: ({ series }) => metricFile(series),
};

/** One month a line: full up to the median, light up to the 90th percentile; nothing where no month knows the metric. */
function chartLines(series: MetricSeries, style: Style): string[] {
  const months = newestMonths(series);
  const most = Math.max(...months.map(({ p90Ms = 0 }) => p90Ms));
  if (!(most > 0)) return [];
  const [full, light] = style.isUnicode ? ['█', '░'] : ['#', '-'];
  const texts = months.map(({ n, medianMs, p90Ms }) =>
    medianMs === undefined || p90Ms === undefined
      ? 'not known'
      : `${durationText(medianMs)}, p90 ${durationText(p90Ms)} (${n})`,
  );
  const space = Math.max(8, Math.min(48, style.width - 12 - Math.max(...texts.map(cellsOf))));
  const lines = months.map(({ month, medianMs = 0, p90Ms = 0 }, at) => {
    const median = Math.round((medianMs / most) * space);
    const rest = Math.round((p90Ms / most) * space) - median;
    const bar = full.repeat(median) + light.repeat(Math.max(0, rest));
    return `  ${month.padEnd(8)}${bar.padEnd(space)}  ${texts[at]}`;
  });
  const title = `${series.name}, ${series.meaning}, by month: median ${full}, up to the 90th percentile ${light}`;
  return [...wrap(title, style.width), ...lines, ''];
}
