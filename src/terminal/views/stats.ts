/** Counts for people (bars, sparklines) and machines. */
import type { Measures, StatsResult } from '../../commands/stats.ts';
import { rfc3339 } from '../../events/rfc3339.ts';
import { byteSize, durationText, grouped, plural } from '../../events/words.ts';
import { csvRecord } from '../csv.ts';
import { shorten, showMicros, wrap, wrapAfter } from '../layout.ts';
import { sparkline, squeeze } from '../sparkline.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { groupLines } from './stats-group-lines.ts';
import { groupRows, groupsDocument } from './stats-groups.ts';

/** How `ir stats` is shown. */
export const view: View<StatsResult> = {
  text(result, style) {
    const { by, sources } = result;
    const lines = [
      ...headLines(result, style),
      ...(result.totals.events === 0 ? [] : ['', ...totalLines(result, style)]),
      ...(by === undefined ? [] : ['', ...groupLines(by, result.totals.events, style)]),
      ...(by === undefined && sources.length > 0 ? ['', ...sourceLines(result, style)] : []),
    ];
    return `${lines.join('\n')}\n`;
  },
  json: documentOf,
  *jsonl(result) {
    if (result.by === undefined) {
      for (const { format, ...measures } of result.sources) yield { format, ...measured(measures) };
    } else yield* groupsDocument(result.by).groups;
  },
  *csv({ by, sources }) {
    if (by !== undefined) {
      for (const row of groupRows(by)) yield csvRecord(row);
      return;
    }
    yield csvRecord(CSV_HEAD);
    for (const source of sources) yield csvRecord(csvRow(source));
  },
};

function headLines({ files, totals, histogram }: StatsResult, style: Style): string[] {
  const { events, fromUs, toUs } = totals;
  const span =
    fromUs === undefined || toUs === undefined
      ? ''
      : `  ${showMicros(fromUs, style.offsetAt)} to ${showMicros(toUs, style.offsetAt)} (${durationText(Math.round((toUs - fromUs) / 1000))})`;
  const unreadable =
    files.unreadable > 0 ? `, ${plural(files.unreadable, 'path')} not read in full` : '';
  const counts = `${plural(files.count, 'file')}, ${plural(files.lines, 'line')}, ${plural(events, 'event')}${unreadable}`;
  const isOneLine = counts.length + span.length <= style.width;
  const points = squeeze(histogram.counts, style.width);
  const spark = sparkline(points, style.isUnicode === true);
  return [
    ...wrap(counts, style.width).map((line) => style.paint.bold(line) + (isOneLine ? span : '')),
    ...(isOneLine || span === '' ? [] : wrap(span.trim(), style.width)),
    ...(histogram.counts.length > 1 ? [spark.trimEnd()] : []),
  ];
}

const LABEL = 9;

function totalLines({ totals }: StatsResult, style: Style): string[] {
  const { perSecond, busiest, logins, users, status, requests, bytes, times } = totals;
  const about = users.isExact ? '' : 'about ';
  const rows: [string, string][] = [];
  if (perSecond !== undefined && busiest !== undefined) {
    rows.push([
      'Rate',
      `${rateText(perSecond)}, at most ${grouped(busiest.events)} in a minute (${showMicros(busiest.minuteUs, style.offsetAt)})`,
    ]);
  }
  if (logins.ok + logins.failed > 0) {
    rows.push(['Logins', `${grouped(logins.ok)} ok, ${grouped(logins.failed)} failed`]);
  }
  if (users.count > 0) rows.push(['Users', `${about}${grouped(users.count)} named`]);
  if (requests > 0) {
    const classes = Object.entries(status).map(([name, count]) => `${name} ${grouped(count)}`);
    rows.push(
      ['Requests', `${grouped(requests)}: ${classes.join(', ')}`],
      ['Bytes', byteSize(bytes)],
    );
  }
  if (times !== undefined) rows.push(['Times', `${timesText(times)} (percentiles to within 3 %)`]);
  return rows.map(([label, text]) =>
    wrapAfter(label, text, style.width, LABEL).replace(label, style.paint.bold(label)),
  );
}

/** A rate in the unit in which it is at least one. */
function rateText(perSecond: number): string {
  const [amount, unit] =
    perSecond >= 1
      ? [perSecond, 'second']
      : perSecond * 60 >= 1
        ? [perSecond * 60, 'minute']
        : perSecond * 3600 >= 1
          ? [perSecond * 3600, 'hour']
          : [perSecond * 86_400, 'day'];
  return `${amount >= 10 ? grouped(Math.round(amount)) : amount.toFixed(1)} per ${unit}`;
}

const timesText = (times: NonNullable<Measures['times']>): string =>
  Object.entries(times)
    .map(([name, ns]) => `${name} ${shortTime(ns)}`)
    .join('  ');

/** `340us`, `12ms`, `1.3s`, `2m 5s`. */
function shortTime(ns: number): string {
  if (ns < 1e6) return `${Math.round(ns / 1e3)}us`;
  if (ns < 1e9) return `${Math.round(ns / 1e6)}ms`;
  return ns < 60e9 ? `${(ns / 1e9).toFixed(1)}s` : durationText(Math.round(ns / 1e6));
}

function sourceLines({ sources }: StatsResult, style: Style): string[] {
  const name = Math.max(...sources.map(({ format }) => format.length));
  const most = Math.max(...sources.map(({ events }) => events));
  const count = grouped(most).length;
  return sources.map((source) => {
    const row = `${source.format.padEnd(name)}  ${grouped(source.events).padStart(count)}  ${factsOf(source)}`;
    return shorten(row.trimEnd(), style.width, style);
  });
}

/** What there is to say besides the number of events. */
function factsOf({ logins, status, bytes, times }: Measures): string {
  const classes = Object.entries(status).map(([name, count]) => `${name} ${grouped(count)}`);
  return [
    ...(logins.ok + logins.failed > 0
      ? [`logins ${grouped(logins.ok)} ok ${grouped(logins.failed)} failed`]
      : []),
    ...(classes.length > 0 ? [classes.join(' '), ...(bytes > 0 ? [byteSize(bytes)] : [])] : []),
    ...(times === undefined ? [] : [`p50 ${shortTime(times.p50)} p95 ${shortTime(times.p95)}`]),
  ].join('  ');
}

function measured({ events, fromUs, toUs, logins, requests, status, bytes, times }: Measures) {
  return {
    events,
    first: fromUs === undefined ? null : rfc3339(fromUs),
    last: toUs === undefined ? null : rfc3339(toUs),
    logins,
    requests,
    status,
    bytes,
    duration_ns: times ?? null,
  };
}

function documentOf({ files, totals, histogram, sources, by }: StatsResult) {
  const { perSecond, busiest, users } = totals;
  return {
    files,
    totals: {
      ...measured(totals),
      per_second: perSecond ?? null,
      busiest_minute:
        busiest === undefined ? null : { at: rfc3339(busiest.minuteUs), events: busiest.events },
      users: { count: users.count, is_approximate: !users.isExact },
    },
    histogram: {
      start: rfc3339(histogram.startUs),
      bucket_seconds: histogram.bucketUs / 1e6,
      counts: histogram.counts,
    },
    sources: sources.map(({ format, ...measures }) => ({ format, ...measured(measures) })),
    by: by === undefined ? null : groupsDocument(by),
  };
}

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'];
const CSV_HEAD = [
  ...['format', 'events', 'first', 'last', 'logins_ok', 'logins_failed', 'requests', 'bytes'],
  ...CLASSES.map((name) => `status_${name}`),
  ...['p50_ns', 'p90_ns', 'p95_ns', 'p99_ns', 'longest_ns'],
];

function csvRow(source: StatsResult['sources'][number]): (string | number | undefined)[] {
  const { format, events, fromUs, toUs, logins, requests, bytes, status, times } = source;
  return [
    ...[format, events, instant(fromUs), instant(toUs), logins.ok, logins.failed, requests, bytes],
    ...CLASSES.map((name) => status[name] ?? 0),
    ...[times?.p50, times?.p90, times?.p95, times?.p99, times?.longest],
  ];
}

const instant = (us: number | undefined): string | undefined =>
  us === undefined ? undefined : rfc3339(us);
