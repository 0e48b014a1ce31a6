/** The largest values of fields for people: bars, and sparklines over time. */
import { durationText, grouped, plural } from '../../events/words.ts';
import { shorten, showMicros, wrap } from '../layout.ts';
import { sparkline } from '../sparkline.ts';
import type { Style } from '../style.ts';
import type { Groups } from './stats-groups.ts';

/** Columns of the longest bar. */
const BAR = 20;
const MOST_POINTS = 40;

/** A heading, and a line for each value; over time a second one. */
export function groupLines(groups: Groups, events: number, style: Style): string[] {
  const { fields, overUs, distinct, without } = groups;
  const about = distinct.isExact ? '' : 'about ';
  const over = overUs === undefined ? '' : ` in stretches of ${spanText(overUs)}`;
  const none = without === 0 ? '' : `; ${plural(without, 'event')} without one`;
  const heading = `By ${fields.join(', ')}${over}: ${about}${plural(distinct.count, 'value')}${none}`;
  const [most = { count: 1 }] = groups.groups;
  const width = grouped(most.count).length + about.length;
  const [low, high] = reachOf(groups);
  return [
    ...wrap(heading, style.width).map((line) => style.paint.bold(line)),
    ...groups.groups.flatMap((group) => {
      const count = `${about}${grouped(group.count)}`.padStart(width);
      const share = `${((100 * group.count) / Math.max(1, events)).toFixed(1)} %`.padStart(7);
      const bar = barOf(group.count / most.count, style).padEnd(BAR);
      const value = shorten(group.values.join('  '), style.width - width - BAR - 13, style);
      const row = `${count} ${share}  ${style.paint.cyan(bar)}  ${value}`.trimEnd();
      return overUs === undefined
        ? [row]
        : [row, ...overTime(group.series, overUs, low, high, width + 10, style)];
    }),
  ];
}

/** Eighths of a column, or plain signs. */
function barOf(part: number, { isUnicode }: Style): string {
  const eighths = Math.max(1, Math.round(part * BAR * 8));
  if (isUnicode !== true) return '#'.repeat(Math.max(1, Math.round(eighths / 8)));
  return '█'.repeat(Math.floor(eighths / 8)) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
}

/** The first and the last stretch of any value. */
function reachOf({ groups }: Groups): [number, number] {
  const starts = groups.flatMap(({ series }) => series.map(({ fromUs }) => fromUs));
  return [
    starts.reduce((least, one) => Math.min(least, one), Infinity),
    starts.reduce((most, one) => Math.max(most, one), -Infinity),
  ];
}

function overTime(
  series: Groups['groups'][number]['series'],
  overUs: number,
  low: number,
  high: number,
  indent: number,
  style: Style,
): string[] {
  if (series.length === 0) return [];
  const stretches = (high - low) / overUs + 1;
  const points = new Array<number>(Math.min(MOST_POINTS, stretches)).fill(0);
  let busiest = series[0];
  for (const cell of series) {
    const at = Math.floor((((cell.fromUs - low) / overUs) * points.length) / stretches);
    points[at] = (points[at] ?? 0) + cell.count;
    if (cell.count > (busiest?.count ?? 0)) busiest = cell;
  }
  const spark = sparkline(points, style.isUnicode === true);
  const text = `${spark}  at most ${grouped(busiest?.count ?? 0)} from ${showMicros(busiest?.fromUs, style.offsetAt)}`;
  return [style.paint.dim(shorten(`${' '.repeat(indent)}${text}`, style.width, style))];
}

/** `5m` for 5 minutes; a part of a second in milliseconds. */
const spanText = (us: number): string => durationText(us / 1000);
