/** The largest values of fields for people: bars, and sparklines over time. */
import { durationText, grouped, plural } from '../../events/words.ts';
import { shorten, showMicros, wrap } from '../layout.ts';
import { sparkline } from '../sparkline.ts';
import type { Style } from '../style.ts';
import type { Groups } from './stats-groups.ts';

/** Columns of the longest bar, at most. */
const BAR = 20;
/** Columns that are left to a value at least. */
const VALUE = 24;
const MOST_POINTS = 40;

/** A heading, and a line for each value; over time a second one. */
export function groupLines(groups: Groups, events: number, style: Style): string[] {
  const { fields, overUs, distinct, without } = groups;
  const about = distinct.isExact ? '' : 'about ';
  const over = overUs === undefined ? '' : ` in stretches of ${spanText(overUs)}`;
  const none = without === 0 ? '' : `; ${plural(without, 'event')} without one`;
  const heading = `By ${fields.join(', ')}${over}: ${about}${plural(distinct.count, 'value')}${none}`;
  const [most = { count: 1 }] = groups.groups;
  const width = grouped(most.count).length;
  const columns = Math.max(1, Math.min(BAR, style.width - width - 13 - VALUE));
  const [low, high] = reachOf(groups);
  return [
    ...wrap(heading, style.width).map((line) => style.paint.bold(line)),
    ...groups.groups.flatMap((group) => {
      const count = grouped(group.count).padStart(width);
      const share = `${((100 * group.count) / Math.max(1, events)).toFixed(1)} %`.padStart(7);
      const bar = barOf(group.count / most.count, columns, style).padEnd(columns);
      const value = shorten(group.values.join('  '), style.width - width - columns - 13, style);
      const row = `${count} ${share}  ${style.paint.cyan(bar)}  ${value}`.trimEnd();
      return overUs === undefined
        ? [row]
        : [row, ...overTime(group.series, overUs, low, high, width + 10, style)];
    }),
    ...othersLines(groups, style),
  ];
}

/** Which values are not there where they are too many to name the largest of them. */
function othersLines({ groups, othersAtMost }: Groups, style: Style): string[] {
  if (othersAtMost === undefined) return [];
  const times = othersAtMost === 1 ? 'once' : `${grouped(othersAtMost)} times`;
  const text =
    groups.length === 0
      ? `No value stands out: none occurs more than ${times}.`
      : `No other value occurs more than ${times}.`;
  return wrap(text, style.width);
}

/** Eighths of a column, or plain signs. */
function barOf(part: number, columns: number, { isUnicode }: Style): string {
  const eighths = Math.max(1, Math.round(part * columns * 8));
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
  const room = Math.max(1, Math.min(MOST_POINTS, style.width - indent));
  const points = new Array<number>(Math.min(room, stretches)).fill(0);
  let busiest = series[0];
  for (const cell of series) {
    const at = Math.floor((((cell.fromUs - low) / overUs) * points.length) / stretches);
    points[at] = (points[at] ?? 0) + cell.count;
    if (cell.count > (busiest?.count ?? 0)) busiest = cell;
  }
  const spark = sparkline(points, style.isUnicode === true);
  const text = `at most ${grouped(busiest?.count ?? 0)} from ${showMicros(busiest?.fromUs, style.offsetAt)}`;
  const space = ' '.repeat(indent);
  const isOneLine = indent + spark.length + 2 + text.length <= style.width;
  const lines = isOneLine ? [`${spark}  ${text}`] : [spark.trimEnd(), text];
  return lines.map((line) => style.paint.dim(shorten(space + line, style.width, style)));
}

/** `5m` for 5 minutes; a part of a second in milliseconds. */
const spanText = (us: number): string => durationText(us / 1000);
