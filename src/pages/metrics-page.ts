/** The page of the response metrics: charts over months, and the same as tables. */
import { pageAssets } from './assets.ts';
import { type MetricSeries, metricSvg } from './charts/metric-chart.ts';
import { pageHeader, pageText } from './document.ts';
import { html } from './html.ts';
import { section } from './timeline-page.ts';

/** What it shows. */
export interface MetricsPage {
  title: string;
  series: readonly MetricSeries[];
  heads: readonly string[];
  rows: readonly (readonly string[])[];
  notes: readonly string[];
}

/** The page, in pieces; it has no script. */
export function metricsPage({ title, series, heads, rows, notes }: MetricsPage): Iterable<string> {
  const drawn = series.filter(({ months }) => months.some(({ n }) => n > 0));
  const lines = notes.map(
    (note) => html`<p>${note}</p>
`,
  );
  const table = html`<div class="wide" role="region" tabindex="0" aria-label="Table of the metrics"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
  const charts = drawn.map(
    (one) => html`<div class="wide">${metricSvg(one)}</div>
`,
  );
  return pageText({
    ...{ title, style: pageAssets().style, script: '' },
    body: html`${pageHeader(title, lines)}<main id="main">
${section(
  'over-time',
  'Over time',
  drawn.length === 0
    ? undefined
    : html`<p>Bars are medians, lines reach to the 90th percentile, n is the number of incidents that know the metric.</p>
${charts}`,
)}
${section('table', 'Table', rows.length === 0 ? undefined : table)}
</main>
`,
  });
}
