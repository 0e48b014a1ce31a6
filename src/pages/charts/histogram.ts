/** Findings by level over time, and the events behind them: SVG, the same in the program and in the page. */
import { LEVELS } from '../../events/level.ts';
import { grouped } from '../../events/words.ts';
import { type Html, html } from '../html.ts';
import { momentText, niceTop, px, timeTicks } from './scale.ts';

/** Buckets of equal width. */
export interface Histogram {
  startUs: number;
  bucketUs: number;
  /** Findings per bucket, of each level from informational to critical. */
  findings: readonly (readonly number[])[];
  /** Events per bucket; absent where they are not known. */
  events?: readonly number[] | undefined;
}

const WIDTH = 960;
const LEFT = 44;
const PLOT_WIDTH = WIDTH - LEFT - 8;
const EVENTS_HEIGHT = 60;
const HEIGHT = 120;
const TOP = 8;

/** Findings by bucket and level. @param items time in microseconds and rank of the level, 9 for none */
export function bucketFindings(
  items: Iterable<readonly [atUs: number, rank: number]>,
  { startUs, bucketUs, buckets }: { startUs: number; bucketUs: number; buckets: number },
): number[][] {
  const counts = LEVELS.map(() => new Array<number>(buckets).fill(0));
  for (const [atUs, rank] of items) {
    const bucket = Math.floor((atUs - startUs) / bucketUs);
    const row = counts[rank];
    if (row !== undefined && bucket >= 0 && bucket < buckets) row[bucket]! += 1;
  }
  return counts;
}

/** The chart: below the events, findings stacked by level, the gravest at the bottom. */
export function histogramSvg(chart: Histogram): Html {
  const { startUs, bucketUs, findings, events } = chart;
  const buckets = findings[0]?.length ?? 0;
  const endUs = startUs + buckets * bucketUs;
  const eventsTop = TOP + HEIGHT + 22;
  const bottom = events === undefined ? TOP + HEIGHT : eventsTop + EVENTS_HEIGHT;
  const x = (us: number): number =>
    px(LEFT + ((us - startUs) / Math.max(1, endUs - startUs)) * PLOT_WIDTH);
  const ticks = timeTicks(startUs, endUs, 8);
  return html`<svg class="chart histogram" viewBox="0 0 ${WIDTH} ${bottom + 22}" role="img" aria-label="${labelOf(chart)}" data-start="${startUs}" data-end="${endUs}" data-left="${px(LEFT / WIDTH)}" data-right="${px(8 / WIDTH)}">
${ticks.map(
  ({
    atUs,
    text,
  }) => html`<line class="grid" x1="${x(atUs)}" x2="${x(atUs)}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${x(atUs)}" y="${bottom + 16}" text-anchor="middle">${text}</text>
`,
)}${stackedBars(findings, buckets)}${events === undefined ? null : eventBars(events, eventsTop)}</svg>`;
}

function stackedBars(findings: Histogram['findings'], buckets: number): Html {
  const sums = Array.from({ length: buckets }, (_, bucket) =>
    findings.reduce((sum, row) => sum + (row[bucket] ?? 0), 0),
  );
  const top = niceTop(Math.max(0, ...sums));
  const width = PLOT_WIDTH / Math.max(1, buckets);
  const bars: Html[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    let below = TOP + HEIGHT;
    for (let rank = LEVELS.length - 1; rank >= 0; rank -= 1) {
      const count = findings[rank]?.[bucket] ?? 0;
      if (count === 0) continue;
      const height = (count / top) * HEIGHT;
      below -= height;
      bars.push(
        html`<rect class="level-${LEVELS[rank]}" x="${px(LEFT + bucket * width)}" y="${px(below)}" width="${px(Math.max(1, width - 1))}" height="${px(Math.max(0.8, height))}"/>`,
      );
    }
  }
  return html`${axis(TOP, HEIGHT, top, 'findings')}${bars}
`;
}

function eventBars(events: readonly number[], top: number): Html {
  const most = niceTop(Math.max(0, ...events));
  const width = PLOT_WIDTH / Math.max(1, events.length);
  const bars = events.map((count, bucket) => {
    const height = (count / most) * EVENTS_HEIGHT;
    return count === 0
      ? null
      : html`<rect class="events" x="${px(LEFT + bucket * width)}" y="${px(top + EVENTS_HEIGHT - height)}" width="${px(Math.max(1, width - 1))}" height="${px(Math.max(0.8, height))}"/>`;
  });
  return html`${axis(top, EVENTS_HEIGHT, most, 'events')}${bars}
`;
}

const axis = (top: number, height: number, most: number, what: string): Html =>
  html`<line class="axis" x1="${LEFT}" x2="${WIDTH - 8}" y1="${top + height}" y2="${top + height}"/><text class="tick" x="${LEFT - 4}" y="${top + 9}" text-anchor="end">${short(most)}</text><text class="tick" x="${LEFT - 4}" y="${top + height}" text-anchor="end">0</text><text class="name" x="${LEFT + 4}" y="${top + 9}">${what}</text>`;

/** `12k`, `3M` */
const short = (value: number): string => {
  if (value >= 1e6) return `${px(value / 1e6)}M`;
  return value >= 1e4 ? `${px(value / 1e3)}k` : String(value);
};

function labelOf({ findings, startUs, bucketUs }: Histogram): string {
  const sums = findings.map((row) => row.reduce((a, b) => a + b, 0));
  const told = LEVELS.map((level, rank) => ({ level, count: sums[rank] ?? 0 }))
    .filter(({ count }) => count > 0)
    .reverse()
    .map(({ level, count }) => `${grouped(count)} ${level}`);
  const end = startUs + (findings[0]?.length ?? 0) * bucketUs;
  return `Findings from ${momentText(startUs)} to ${momentText(end)}: ${told.join(', ') || 'none'}`;
}
