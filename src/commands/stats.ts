/** `ir stats`: events counted, by source and by the values of fields. */

import type { Timeline } from '../detect/finding.ts';
import { buildHistogram } from '../detect/histogram.ts';
import { VALUE_SEPARATOR } from '../detect/stats/collect.ts';
import { percentiles } from '../detect/stats/percentiles.ts';
import { type CountedGroup, countEvents, type Stats } from '../detect/stats/stats.ts';
import { MINUTE_US } from '../detect/totals.ts';
import { FIELD_NAMES, isField } from '../detect/where/fields.ts';
import { EXIT, suggestion, usageError } from '../errors.ts';
import { STDIN_PATH } from '../logs/walk.ts';
import type { CommandContext } from './context.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { isPiped } from './read-stdin.ts';
import { spanUs } from './said-options.ts';
import { readOptions, type TimelineOptions } from './timeline.ts';

/** The options of `ir stats` as commander gives them. */
export interface StatsOptions extends Omit<TimelineOptions, 'all' | 'save' | 'rule' | 'level'> {
  by?: readonly string[];
  over?: string;
  top?: string;
}

/** What is said of all events, or of those of one kind of log. */
export interface Measures {
  events: number;
  fromUs: number | undefined;
  toUs: number | undefined;
  logins: { ok: number; failed: number };
  requests: number;
  /** Requests by class: `2xx`, and `other`. */
  status: Readonly<Record<string, number>>;
  bytes: number;
  /** Response times in nanoseconds; undefined where no log has any. */
  times: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99' | 'longest', number>> | undefined;
}

/** What the view shows. */
export interface StatsResult {
  files: { count: number; lines: number; unreadable: number };
  totals: Measures & {
    perSecond: number | undefined;
    busiest: { minuteUs: number; events: number } | undefined;
    users: { count: number; isExact: boolean };
  };
  histogram: Pick<Timeline['histogram'], 'startUs' | 'bucketUs' | 'counts'>;
  sources: readonly (Measures & { format: string })[];
  /** Undefined without --by. */
  by:
    | (Pick<Stats, 'distinct' | 'without' | 'overUs' | 'othersAtMost'> & {
        fields: readonly string[];
        groups: readonly (Omit<CountedGroup, 'value'> & { values: readonly string[] })[];
      })
    | undefined;
}

const DEFAULT_TOP = 10;
const MOST_TOP = 10_000;

/** Reads the paths and counts. */
export async function stats(
  context: CommandContext,
  paths: readonly string[],
  options: StatsOptions,
): Promise<CommandOutcome<StatsResult>> {
  const by = [...new Set((options.by ?? []).flatMap((text) => text.split(',')).map(readField))];
  const overUs = readOver(options.over, by);
  const limit = readTop(options.top);
  const inputs = paths.length > 0 ? paths : [isPiped() ? STDIN_PATH : '.'];
  const found = await countEvents(inputs, readOptions(context, options), { by, overUs }, limit);
  if (found.whyNothing !== undefined) context.say(`No events: ${found.whyNothing}.`);
  const result = resultOf(found);
  const unread = incompleteness(found.unread, found.files, options);
  if (unread.length === 0) return { result };
  return { result, exit: EXIT.unreadableInput, reasons: () => unread };
}

function readField(text: string): string {
  const name = text.trim();
  if (isField(name)) return name;
  throw usageError(
    `--by: there is no field "${name}"`,
    suggestion(name, FIELD_NAMES, 'docs/where.md lists the fields; ir help where shows it.'),
  );
}

function readOver(text: string | undefined, by: readonly string[]): number | undefined {
  if (text === undefined) return undefined;
  if (by.length === 0) throw usageError('--over goes with --by', 'Name a field: --by user.name');
  const us = spanUs(text);
  if (us !== undefined && us >= 1_000) return us;
  throw usageError(`--over: "${text}" is no length of time`, 'Write 30s, 5m, 1h or 1d.');
}

function readTop(text: string | undefined): number {
  const top = text === undefined ? DEFAULT_TOP : /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (top >= 1 && top <= MOST_TOP) return top;
  throw usageError(`--top: "${text}" is no number from 1 to ${MOST_TOP}`);
}

function resultOf(found: Stats): StatsResult {
  const all = measuresOfAll(found.sources);
  const spanS = all.fromUs === undefined ? 0 : ((all.toUs ?? 0) - all.fromUs) / 1e6;
  const sources = found.sources
    .map((source) => ({ format: source.format, ...measuresOf(source) }))
    .sort((one, other) => other.events - one.events || (one.format < other.format ? -1 : 1));
  return {
    files: {
      count: found.files.filter(({ lines }) => lines > 0).length,
      lines: found.files.reduce((sum, { lines }) => sum + lines, 0),
      unreadable: found.unread.length,
    },
    totals: {
      ...all,
      perSecond: spanS < 1 ? undefined : all.events / spanS,
      busiest: busiestOf(found.perMinute),
      users: found.users,
    },
    histogram: buildHistogram(found.perMinute, []),
    sources,
    by: found.by.length === 0 ? undefined : groupsOf(found),
  };
}

/** The minute with the most events, the first of several. */
function busiestOf(perMinute: Stats['perMinute']): StatsResult['totals']['busiest'] {
  let busiest: { minuteUs: number; events: number } | undefined;
  for (const [minute, events] of perMinute) {
    const minuteUs = minute * MINUTE_US;
    const { events: most, minuteUs: at } = busiest ?? { events: 0, minuteUs: 0 };
    if (events > most || (events === most && minuteUs < at)) busiest = { minuteUs, events };
  }
  return busiest;
}

const groupsOf = ({ by, groups, ...rest }: Stats): StatsResult['by'] => ({
  fields: by,
  overUs: rest.overUs,
  distinct: rest.distinct,
  without: rest.without,
  othersAtMost: rest.othersAtMost,
  groups: groups.map(({ value, ...group }) => ({ values: value.split(VALUE_SEPARATOR), ...group })),
});

type Source = Stats['sources'][number];

function measuresOf(source: Omit<Source, 'format' | 'isEcho'>): Measures {
  const { events, okLogins, failedLogins, requests, bytes, status, durations } = source;
  const [p50, p90, p95, p99] = percentiles(durations, [0.5, 0.9, 0.95, 0.99]);
  const classes = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'];
  const counted = classes.flatMap((name, digit) => {
    const count = status[digit] ?? 0;
    return count > 0 ? [[name, count] as const] : [];
  });
  const hasTime = source.firstUs <= source.lastUs;
  return {
    events,
    fromUs: hasTime ? source.firstUs : undefined,
    toUs: hasTime ? source.lastUs : undefined,
    logins: { ok: okLogins, failed: failedLogins },
    requests,
    status: Object.fromEntries(counted),
    bytes,
    times:
      p50 === undefined || p90 === undefined || p95 === undefined || p99 === undefined
        ? undefined
        : { p50, p90, p95, p99, longest: source.longestNs },
  };
}

/** What two logs tell of counts once: of those that repeat others and those others the larger counts are taken. */
function measuresOfAll(sources: readonly Source[]): Measures {
  const [own, echoes] = [false, true].map((isEcho) =>
    sumOf(sources.filter((source) => source.isEcho === isEcho)),
  ) as [Source, Source];
  const leading = own.requests >= echoes.requests ? own : echoes;
  return measuresOf({
    events: own.events + echoes.events,
    okLogins: loginsOf(sources, ({ okLogins }) => okLogins),
    failedLogins: loginsOf(sources, ({ failedLogins }) => failedLogins),
    ...{ requests: leading.requests, status: leading.status, bytes: leading.bytes },
    durations: leading.durations,
    longestNs: leading.longestNs,
    firstUs: Math.min(own.firstUs, echoes.firstUs),
    lastUs: Math.max(own.lastUs, echoes.lastUs),
  });
}

/** An application that tells of requests again has logins of its own; all other logs that repeat do so for the same logins. */
function loginsOf(sources: readonly Source[], read: (source: Source) => number): number {
  const isRepeated = ({ isEcho, requests }: Source): boolean => isEcho && requests === 0;
  const own = sources
    .filter((source) => !isRepeated(source))
    .reduce((sum, one) => sum + read(one), 0);
  const machine = sources.filter(({ isEcho }) => !isEcho).reduce((sum, one) => sum + read(one), 0);
  const most = Math.max(0, ...sources.filter(isRepeated).map(read));
  return own + Math.max(0, most - machine);
}

function sumOf(sources: readonly Source[]): Omit<Source, 'format' | 'isEcho'> {
  const durations = new Map<number, number>();
  for (const source of sources) {
    for (const [bucket, count] of source.durations) {
      durations.set(bucket, (durations.get(bucket) ?? 0) + count);
    }
  }
  const add = (read: (source: Source) => number): number =>
    sources.reduce((sum, source) => sum + read(source), 0);
  return {
    events: add(({ events }) => events),
    okLogins: add(({ okLogins }) => okLogins),
    failedLogins: add(({ failedLogins }) => failedLogins),
    requests: add(({ requests }) => requests),
    bytes: add(({ bytes }) => bytes),
    status: [0, 1, 2, 3, 4, 5].map((digit) => add(({ status }) => status[digit] ?? 0)),
    durations,
    longestNs: Math.max(0, ...sources.map(({ longestNs }) => longestNs)),
    firstUs: Math.min(Infinity, ...sources.map(({ firstUs }) => firstUs)),
    lastUs: Math.max(-Infinity, ...sources.map(({ lastUs }) => lastUs)),
  };
}
