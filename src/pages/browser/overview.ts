/** The overview as uPlot draws it: findings by level and events over time; a stretch that is dragged over is zoomed to. */
import uPlot from 'uplot';
import { LEVELS } from '../../events/level.ts';
import { bucketFindings } from '../charts/histogram.ts';
import { momentText } from '../charts/scale.ts';
import type { Columns } from './columns.ts';

const BUCKETS = 120;
const HEIGHT = 230;

/** Events of the whole span, as the page has them. */
export interface EventCounts {
  startUs: number;
  bucketUs: number;
  counts: readonly number[];
}

/** Shows the rows within a stretch of time. */
export type Show = (rows: Uint32Array, fromUs: number, toUs: number) => void;

/** Puts the chart into `place`. @param onSpan called with the stretch that was dragged over */
export function createOverview(
  place: HTMLElement,
  columns: Columns,
  events: EventCounts | undefined,
  onSpan: (fromUs: number, toUs: number) => void,
): Show {
  let chart: uPlot | undefined;
  let shown: [Uint32Array, number, number] | undefined;
  const show: Show = (rows, fromUs, toUs) => {
    shown = [rows, fromUs, toUs];
    const data = dataOf(columns, events, rows, fromUs, toUs);
    if (chart === undefined) {
      chart = new uPlot(optionsOf(place, events !== undefined, onSpan), data, place);
      return;
    }
    chart.batch(() => {
      chart!.setData(data, false);
      chart!.setScale('x', { min: fromUs / 1e6, max: toUs / 1e6 });
      rescale(chart!, data);
    });
  };
  const again = (): void => {
    chart?.destroy();
    chart = undefined;
    if (shown !== undefined) show(...shown);
  };
  new ResizeObserver(() => {
    if (chart !== undefined && chart.width !== place.clientWidth)
      chart.setSize({ width: place.clientWidth, height: HEIGHT });
  }).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  return show;
}

/** Without a new range they would keep that of the span before. */
function rescale(chart: uPlot, data: uPlot.AlignedData): void {
  chart.setScale('y', { min: 0, max: Math.max(1, ...(data[1] as number[])) * 1.05 });
  const last = data[LEVELS.length + 1] as number[] | undefined;
  if (last !== undefined) chart.setScale('events', { min: 0, max: Math.max(1, ...last) * 1.05 });
}

/** Times in seconds, then levels summed from the gravest up, the largest sum first, then events. */
function dataOf(
  { at, ranks }: Columns,
  events: EventCounts | undefined,
  rows: Uint32Array,
  startUs: number,
  endUs: number,
): uPlot.AlignedData {
  const bucketUs = Math.max(1, (endUs - startUs) / BUCKETS);
  const counts = bucketFindings(timesOf(rows, at, ranks), { startUs, bucketUs, buckets: BUCKETS });
  const times = Array.from(
    { length: BUCKETS },
    (_, bucket) => (startUs + (bucket + 0.5) * bucketUs) / 1e6,
  );
  const sums: number[][] = [];
  for (let rank = LEVELS.length - 1; rank >= 0; rank -= 1) {
    const below = sums[0];
    sums.unshift(counts[rank]!.map((count, bucket) => count + (below?.[bucket] ?? 0)));
  }
  if (events === undefined) return [times, ...sums] as uPlot.AlignedData;
  const seen = times.map((seconds) => {
    const bucket = Math.floor((seconds * 1e6 - events.startUs) / events.bucketUs);
    return events.counts[bucket] ?? 0;
  });
  return [times, ...sums, seen] as uPlot.AlignedData;
}

function* timesOf(
  rows: Uint32Array,
  at: Float64Array,
  ranks: Uint8Array,
): Iterable<[number, number]> {
  for (const row of rows) yield [at[row]!, ranks[row]!];
}

/** `11-16 18:00`; seconds where the minute has some. */
const tickText = (seconds: number): string => {
  const text = momentText(seconds * 1e6);
  return `${text.slice(5, 10)}\n${text.slice(11, text.slice(17, 19) === '00' ? 16 : 19)}`;
};

function optionsOf(
  place: HTMLElement,
  hasEvents: boolean,
  onSpan: (fromUs: number, toUs: number) => void,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars!({ size: [0.9, 40], gap: 0 });
  const axis = {
    stroke: color('--soft'),
    grid: { stroke: color('--grid'), width: 1 },
    ticks: { show: false },
  };
  const series: uPlot.Series[] = [
    { value: (_, seconds) => (seconds === null ? '' : momentText(seconds * 1e6)) },
  ];
  for (const [rank, level] of LEVELS.entries()) {
    series.push({
      ...{
        label: level,
        fill: color(`--${level}`),
        stroke: color(`--${level}`),
        width: 0,
        paths: bars,
      },
      points: { show: false },
      // Drawn are sums; told is the level's own count.
      value: (chart, sum, _, at) => {
        if (sum === null || at === null) return '';
        const above =
          rank === LEVELS.length - 1 ? 0 : ((chart.data[rank + 2]?.[at] ?? 0) as number);
        return String(sum - above);
      },
    });
  }
  if (hasEvents)
    series.push({
      ...{ label: 'events', scale: 'events', stroke: color('--soft'), width: 1 },
      ...{ paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false } },
    });
  return {
    ...{ width: Math.max(200, place.clientWidth), height: HEIGHT, series },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'),
    scales: {
      y: { range: (_, __, max) => [0, Math.max(1, max) * 1.05] },
      events: { range: (_, __, max) => [0, Math.max(1, max) * 1.05] },
    },
    axes: [
      { ...axis, values: (_, splits) => splits.map(tickText) },
      { ...axis, size: 56 },
      ...(hasEvents
        ? [{ ...axis, scale: 'events', side: 1 as const, size: 56, grid: { show: false } }]
        : []),
    ],
    cursor: { drag: { x: true, y: false, setScale: false }, y: false },
    legend: { live: true },
    hooks: {
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 3) return;
          const from = chart.posToVal(left, 'x');
          const to = chart.posToVal(left + width, 'x');
          chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          onSpan(from * 1e6, to * 1e6);
        },
      ],
    },
  };
}
