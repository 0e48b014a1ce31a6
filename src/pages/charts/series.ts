/** Figures over time, a row of bars each under one axis of time: SVG, the same in the program and in the page. */
import { type Html, html } from '../html.ts';
import type { SeriesRow } from '../live-model.ts';
import { unitText } from '../unit-text.ts';
import { momentText, niceTop, px, timeTicks } from './scale.ts';

const WIDTH = 560;
const LEFT = 64;
const RIGHT = 8;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const ROW = 56;
const GAP = 18;

/** The chart. */
export function seriesSvg({
  startUs,
  bucketUs,
  rows,
}: {
  startUs: number;
  bucketUs: number;
  rows: readonly SeriesRow[];
}): Html {
  const buckets = rows[0]?.values.length ?? 0;
  const endUs = startUs + buckets * bucketUs;
  const bottom = rows.length * (ROW + GAP);
  const x = (us: number): number =>
    px(LEFT + ((us - startUs) / Math.max(1, endUs - startUs)) * PLOT_WIDTH);
  const label = `From ${momentText(startUs)} to ${momentText(endUs)}: ${rows.map(told).join('; ')}`;
  return html`<svg class="chart series" viewBox="0 0 ${WIDTH} ${bottom + 16}" role="img" aria-label="${label}" data-start="${startUs}" data-end="${endUs}" data-left="${LEFT / WIDTH}" data-right="${RIGHT / WIDTH}">
${timeTicks(startUs, endUs, 4).map(
  ({
    atUs,
    text,
  }) => html`<line class="grid" x1="${x(atUs)}" x2="${x(atUs)}" y1="8" y2="${bottom}"/><text class="tick" x="${x(atUs)}" y="${bottom + 12}" text-anchor="middle">${text}</text>
`,
)}${rows.map((row, at) => rowOf(row, at * (ROW + GAP) + GAP))}</svg>`;
}

const most = ({ values }: SeriesRow): number => Math.max(0, ...values.map((one) => one ?? 0));

const told = (row: SeriesRow): string =>
  `${row.label} at most ${unitText(most(row), row.unit)} in one step`;

function rowOf(row: SeriesRow, top: number): Html {
  const { values, unit, label } = row;
  const high = topOf(most(row), unit);
  const width = PLOT_WIDTH / Math.max(1, values.length);
  const bars = values.map((value, at) => {
    if (value === null || value === 0) return null;
    const height = Math.min(1, value / high) * ROW;
    return html`<rect class="events" x="${px(LEFT + at * width)}" y="${px(top + ROW - height)}" width="${px(Math.max(1, width - 1))}" height="${px(Math.max(0.8, height))}"/>`;
  });
  return html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${top + ROW}" y2="${top + ROW}"/><text class="tick" x="${LEFT - 4}" y="${top + 9}" text-anchor="end">${unitText(high, unit)}</text><text class="tick" x="${LEFT - 4}" y="${top + ROW}" text-anchor="end">0</text><text class="name" x="${LEFT + 4}" y="${top - 4}">${label}</text>${bars}
`;
}

/** Round in its own unit. */
function topOf(value: number, unit: SeriesRow['unit']): number {
  if (unit === 'part') return value > 0.5 ? 1 : niceTop(value * 100) / 100;
  if (unit !== 'bytes') return niceTop(value);
  const power = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return niceTop(value / power) * power;
}
