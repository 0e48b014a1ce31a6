/** Panels of what goes through the watch: figures, how they went, and who has most. Pure. */
import { grouped } from '../events/words.ts';
import type { BarRow, Figure, PanelData, SeriesRow, Unit } from '../pages/live-model.ts';
import { unitText } from '../pages/unit-text.ts';
import type { TopRow } from '../watch/top.ts';
import { percentileOf, sumOf, type TrafficMinute, USERS_KEPT } from '../watch/traffic.ts';
import { sumWithin } from './partial-sums.ts';

/** A stretch of time, milliseconds since the epoch. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/** Minutes that are over, in order of time, always the same array while nothing is added; and the one that goes on. */
export interface Minutes {
  closed: readonly TrafficMinute[];
  open: TrafficMinute | undefined;
}

interface FigureKind {
  label: string;
  unit: Unit;
  /** Undefined: no line says anything of it. */
  of(sum: TrafficMinute): number | undefined;
  /** Which lines are behind it, as `--where` takes it; absent: none. */
  where?: string | ((value: number) => string);
}

const timed = (part: number) => (sum: TrafficMinute) => percentileOf(sum, part);
/** Milliseconds as the nanoseconds of an event; a percentile is right to some 5 %. */
const atLeast = (ms: number): string => `event.duration >= ${Math.floor(ms * 0.95e6)}`;
const status = (least: number): string =>
  `http.response.status_code >= ${least} and http.response.status_code < ${least + 100}`;
const login = (outcome: string): string =>
  `event.category = authentication and event.outcome = ${outcome}`;
const answers = (at: number) => (sum: TrafficMinute) => sum.status[at] ?? 0;

/** Every figure that a dashboard may ask for. */
export const TRAFFIC_FIGURES = {
  events: { label: 'events', unit: 'count', of: (sum) => sum.events, where: 'event.kind exists' },
  'http.requests': {
    label: 'requests',
    unit: 'count',
    of: (sum) => sum.requests,
    where: 'http.response.status_code exists',
  },
  'http.errors': { label: 'errors (5xx)', unit: 'count', of: answers(4), where: status(500) },
  'http.error_ratio': {
    ...{ label: 'of the requests failed (5xx)', unit: 'part' },
    of: (sum) => (sum.requests === 0 ? undefined : (sum.status[4] ?? 0) / sum.requests),
    where: status(500),
  },
  'http.2xx': { label: '2xx', unit: 'count', of: answers(1), where: status(200) },
  'http.3xx': { label: '3xx', unit: 'count', of: answers(2), where: status(300) },
  'http.4xx': { label: '4xx', unit: 'count', of: answers(3), where: status(400) },
  'http.5xx': { label: '5xx', unit: 'count', of: answers(4), where: status(500) },
  'http.p50': { label: 'median answer time', unit: 'ms', of: timed(0.5), where: atLeast },
  'http.p95': { label: 'answer time of 95 %', unit: 'ms', of: timed(0.95), where: atLeast },
  'http.p99': { label: 'answer time of 99 %', unit: 'ms', of: timed(0.99), where: atLeast },
  'logins.ok': {
    label: 'logins',
    unit: 'count',
    of: (sum) => sum.loginsOk,
    where: login('success'),
  },
  'logins.failed': {
    label: 'failed logins',
    unit: 'count',
    of: (sum) => sum.loginsFailed,
    where: login('failure'),
  },
  'users.active': { label: 'active users', unit: 'count', of: (sum) => sum.users.length },
  'bytes.out': { label: 'sent', unit: 'bytes', of: (sum) => sum.bytes },
  changes: {
    ...{ label: 'changes of accounts and settings', unit: 'count' },
    of: (sum) => sum.changes,
  },
  'cpu.busy': { label: 'processors busy', unit: 'part', of: ({ host }) => host?.cpu },
  'memory.used': { label: 'memory in use', unit: 'part', of: ({ host }) => host?.memory },
  'disk.used': { label: 'fullest disk', unit: 'part', of: ({ host }) => host?.disk },
} as const satisfies Record<string, FigureKind>;

/** The name of a figure. */
export type TrafficFigure = keyof typeof TRAFFIC_FIGURES;

/** Who or what is counted. */
export const TOPS = ['addresses', 'users', 'paths', 'actions', 'countries'] as const;
/** A list of a minute. */
export type TopName = (typeof TOPS)[number];

const MINUTE_MS = 60_000;
const BUCKETS = 96;
const MOST_BARS = 10;

/** The figures over a stretch. */
export function countsPanel(
  names: readonly TrafficFigure[],
  minutes: Minutes,
  stretch: Stretch,
  hrefOf: (name: TrafficFigure) => string,
): PanelData {
  const sum = whole(minutes, stretch);
  if (sum === undefined)
    return { show: 'figures', figures: [], remark: 'Nothing came in this time.' };
  const figures = names.flatMap((name): Figure[] => {
    const { label, unit, of, where }: FigureKind = TRAFFIC_FIGURES[name];
    const value = of(sum);
    if (value === undefined) return [];
    const more = name === 'users.active' && (sum.hasMoreUsers || value >= USERS_KEPT);
    const href = where === undefined || value === 0 ? {} : { href: hrefOf(name) };
    return [{ label, value: `${more ? 'at least ' : ''}${unitText(value, unit)}`, ...href }];
  });
  return { show: 'figures', figures };
}

/** Which lines are behind a figure, as `--where` takes it; undefined where there are none. */
export function whereOf(name: string, minutes: Minutes, stretch: Stretch): string | undefined {
  if (!Object.hasOwn(TRAFFIC_FIGURES, name)) return undefined;
  const { of, where }: FigureKind = TRAFFIC_FIGURES[name as TrafficFigure];
  if (typeof where !== 'function') return where;
  const sum = whole(minutes, stretch);
  const value = sum && of(sum);
  return value === undefined ? undefined : where(value);
}

/** How figures went over a stretch, a row each. */
export function seriesPanel(
  names: readonly TrafficFigure[],
  minutes: Minutes,
  { fromMs, toMs }: Stretch,
): PanelData {
  const bucketMs = Math.max(1, Math.ceil((toMs - fromMs) / MINUTE_MS / BUCKETS)) * MINUTE_MS;
  const endMs = (Math.floor(toMs / MINUTE_MS) + 1) * MINUTE_MS;
  const buckets = Math.max(1, Math.ceil((endMs - fromMs) / bucketMs));
  const startMs = endMs - buckets * bucketMs;
  const bucketOf = ({ at }: TrafficMinute): number =>
    Math.floor((at * MINUTE_MS - startMs) / bucketMs);
  const { parts, sums: closed } = bucketsOf(
    minutes.closed,
    `${startMs} ${bucketMs} ${buckets}`,
    (): TrafficMinute[][] => {
      const all = Array.from({ length: buckets }, (): TrafficMinute[] => []);
      for (const one of minutes.closed) all[bucketOf(one)]?.push(one);
      return all;
    },
  );
  const sums = [...closed];
  for (const one of openOf(minutes)) {
    const part = parts[bucketOf(one)];
    if (part !== undefined) sums[bucketOf(one)] = sumOf([...part, one], { isLean: true });
  }
  const rows = names.map((name): SeriesRow => {
    const { label, unit, of }: FigureKind = TRAFFIC_FIGURES[name];
    const values = sums.map((sum) => (sum === undefined ? null : (of(sum) ?? null)));
    return { label, unit, values };
  });
  return { show: 'series', startUs: startMs * 1000, bucketUs: bucketMs * 1000, rows };
}

/** Minutes that are over, by bucket, and their sums. */
interface Buckets {
  parts: readonly (readonly TrafficMinute[])[];
  sums: readonly (TrafficMinute | undefined)[];
}

/** By their stretch: every panel of a page asks for the same, and so does everybody who looks. */
const keptBuckets = new WeakMap<readonly TrafficMinute[], Map<string, Buckets>>();
/** Buckets only point to the minutes, so a few zooms are cheap to keep. */
const MOST_BUCKETS = 50;

function bucketsOf(
  closed: readonly TrafficMinute[],
  key: string,
  split: () => TrafficMinute[][],
): Buckets {
  const known = keptBuckets.get(closed) ?? new Map<string, Buckets>();
  keptBuckets.set(closed, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const parts = split();
  const made = { parts, sums: parts.map((part) => sumOf(part, { isLean: true })) };
  if (known.size >= MOST_BUCKETS) known.clear();
  known.set(key, made);
  return made;
}

/** Who has most. @param hrefOf where a value leads @param entity part of a value; empty: all */
export function topPanel(
  { of, by }: { of: TopName; by: 'events' | 'bytes' },
  minutes: Minutes,
  stretch: Stretch,
  { entity, hrefOf }: { entity: string; hrefOf(value: string): string },
): PanelData {
  const wanted = entity.toLowerCase();
  const size = by === 'bytes' ? (row: TopRow) => row[2] : (row: TopRow) => row[1];
  const rows = (whole(minutes, stretch)?.[of] ?? [])
    .filter((row) => size(row) > 0 && row[0].toLowerCase().includes(wanted))
    .sort((a, b) => size(b) - size(a))
    .slice(0, MOST_BARS)
    .map((row): BarRow => {
      const text = by === 'bytes' ? unitText(row[2], 'bytes') : grouped(row[1]);
      const href = of === 'addresses' || of === 'users' ? { href: hrefOf(row[0]) } : {};
      return { value: row[0], count: size(row), text, ...href };
    });
  return { show: 'bars', heading: by === 'bytes' ? 'By bytes sent' : 'By events', rows };
}

/** Sums of minutes that are over, by the first and how many: they are asked for once a second, by everybody who looks. */
const kept = new WeakMap<readonly TrafficMinute[], Map<string, TrafficMinute | undefined>>();

function whole(minutes: Minutes, stretch: Stretch): TrafficMinute | undefined {
  const closed = wholeOf(minutes.closed, stretch);
  const [open] = openOf(minutes);
  const isIn =
    open !== undefined &&
    (open.at + open.span) * MINUTE_MS > stretch.fromMs &&
    open.at * MINUTE_MS <= stretch.toMs;
  if (!isIn) return closed;
  return closed === undefined ? open : sumOf([closed, open]);
}

/** The minute that goes on, unless it is over by now. */
const openOf = ({ closed, open }: Minutes): TrafficMinute[] =>
  open === undefined || open.at <= (closed.at(-1)?.at ?? -1) ? [] : [open];

function wholeOf(
  minutes: readonly TrafficMinute[],
  { fromMs, toMs }: Stretch,
): TrafficMinute | undefined {
  const first = minutes.findIndex(({ at, span }) => (at + span) * MINUTE_MS > fromMs);
  if (first < 0) return undefined;
  let end = minutes.length;
  while (end > first && minutes[end - 1]!.at * MINUTE_MS > toMs) end -= 1;
  const known = kept.get(minutes) ?? new Map<string, TrafficMinute | undefined>();
  kept.set(minutes, known);
  const key = `${first} ${end}`;
  if (!known.has(key)) {
    if (known.size > MOST_KEPT) known.clear();
    known.set(key, sumWithin(minutes, first, end));
  }
  return known.get(key);
}

const MOST_KEPT = 200;
