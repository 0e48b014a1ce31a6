/** The four response metrics over months: median and 90th percentile of each, with the number of incidents. */
import { durationText } from '../../events/words.ts';
import { type Html, html, markupOf } from '../html.ts';
import { niceTop, px } from './scale.ts';

/** A metric over time. */
export interface MetricSeries {
  /** `MTTD`. */
  name: string;
  /** `time to detect`. */
  meaning: string;
  months: readonly MetricPoint[];
}

/** A metric in one month; `n` incidents know it. */
export interface MetricPoint {
  month: string;
  n: number;
  medianMs: number | undefined;
  p90Ms: number | undefined;
}

const WIDTH = 960;
const LEFT = 76;
const PLOT = WIDTH - LEFT - 8;
const HEIGHT = 90;
const TOP = 22;
/** So many of the newest months are drawn. */
const MOST_MONTHS = 24;

/** Of a series, what is drawn: the newest months. */
export const newestMonths = ({ months }: MetricSeries): readonly MetricPoint[] =>
  months.slice(-MOST_MONTHS);

/** The chart of one metric: a bar up to the median, a line up to the 90th percentile. */
export function metricSvg(series: MetricSeries): Html {
  const months = newestMonths(series);
  const most = Math.max(1, ...months.map(({ p90Ms = 0 }) => p90Ms));
  const [unit] = [86_400_000, 3_600_000, 60_000, 1_000].filter((one) => most >= one);
  const top = niceTop(most / (unit ?? 1)) * (unit ?? 1);
  const step = PLOT / Math.max(1, months.length);
  const y = (ms: number): number => px(TOP + HEIGHT - (ms / top) * HEIGHT);
  const wide = Math.min(40, step * 0.5);
  return html`<svg class="chart metrics" viewBox="0 0 ${WIDTH} ${TOP + HEIGHT + 38}" role="img" aria-label="${labelOf(series, months)}">
<text class="name" x="${LEFT}" y="12">${series.name}: ${series.meaning}</text>
<line class="axis" x1="${LEFT}" x2="${WIDTH - 8}" y1="${TOP + HEIGHT}" y2="${TOP + HEIGHT}"/><line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${TOP}" y2="${TOP}"/>
<text class="tick" x="${LEFT - 6}" y="${TOP + 5}" text-anchor="end">${durationText(top)}</text><text class="tick" x="${LEFT - 6}" y="${TOP + HEIGHT}" text-anchor="end">0</text>
${months.map(({ month, n, medianMs, p90Ms }, at) => {
  const middle = px(LEFT + (at + 0.5) * step);
  const bar =
    medianMs === undefined || p90Ms === undefined
      ? null
      : html`<rect class="metric-median" x="${px(middle - wide / 2)}" y="${y(medianMs)}" width="${px(wide)}" height="${px(Math.max(1, TOP + HEIGHT - y(medianMs)))}"/><path class="metric-p90" d="M${middle} ${y(medianMs)}V${y(p90Ms)}M${px(middle - wide / 4)} ${y(p90Ms)}h${px(wide / 2)}"/>`;
  return html`${bar}<text class="tick" x="${middle}" y="${TOP + HEIGHT + 14}" text-anchor="middle">${month}</text><text class="tick" x="${middle}" y="${TOP + HEIGHT + 28}" text-anchor="middle">n ${n}</text>
`;
})}</svg>`;
}

function labelOf({ name, meaning }: MetricSeries, months: readonly MetricPoint[]): string {
  const told = months.map(({ month, n, medianMs, p90Ms }) =>
    medianMs === undefined || p90Ms === undefined
      ? `${month} not known`
      : `${month} median ${durationText(medianMs)}, 90th percentile ${durationText(p90Ms)}, of ${n}`,
  );
  return `${name}, ${meaning}, by month: ${told.join('; ') || 'nothing known'}`;
}

/** What a file of its own needs to look like the chart of a page, on light and on dark. */
const STYLE =
  ':root{--soft:#565f6b;--grid:#e2e5ea;--line:#c9ced6;--text:#16191d;--low:#2467a6;--medium:#8a6700}@media(prefers-color-scheme:dark){:root{--soft:#a6afba;--grid:#2a3038;--line:#444c57;--text:#e8eaee;--low:#74b3ee;--medium:#e3bf4a}}text{font:12px sans-serif;fill:var(--soft)}.name{fill:var(--text);font-weight:bold}.axis{stroke:var(--line)}.grid{stroke:var(--grid)}.metric-median{fill:var(--low)}.metric-p90{stroke:var(--medium);stroke-width:2;fill:none}';

/** All of them below each other, as a file of its own that loads nothing. */
export function metricFile(all: readonly MetricSeries[]): string {
  const high = TOP + HEIGHT + 48;
  const parts = all.map(
    (series, at) => html`<g transform="translate(0 ${at * high})">${metricSvg(series)}</g>
`,
  );
  const whole = markupOf(html`${parts}`);
  // A picture in a picture has no size of its own unless it is given.
  const sized = whole.replaceAll(
    '<svg class="chart metrics"',
    `<svg width="${WIDTH}" height="${high - 10}"`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.max(1, all.length) * high}" font-family="sans-serif"><style>${STYLE}</style>\n${sized}</svg>\n`;
}
