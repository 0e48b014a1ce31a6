/** What is counted of one piece of a file. Its size bounds all of it; the result is plain data. */
import type { Event } from '../../events/event.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import { MINUTE_US } from '../totals.ts';
import { fieldReader, RAW_FIELD, type ReadField } from '../where/fields.ts';
import { loginIn } from './logins.ts';
import { bucketOf } from './percentiles.ts';

/** What is asked besides the counts of all events. */
export interface StatsSpec {
  /** Fields whose values are counted, together; empty: none. */
  by: readonly string[];
  /** Length of the stretches of time in which they are counted, microseconds. */
  overUs: number | undefined;
  /** Only these values are counted; absent: all. */
  only?: readonly string[] | undefined;
}

/** The counts of one kind of log. */
export interface SourceStats {
  events: number;
  okLogins: number;
  failedLogins: number;
  /** Requests by the first digit of their status; those of another one under 0. */
  status: number[];
  requests: number;
  bytes: number;
  /** By `bucketOf`. */
  durations: Map<number, number>;
  longestNs: number;
  firstUs: number;
  lastUs: number;
  /** It tells of what another log tells, too. */
  isEcho: boolean;
}

/** What one piece came to. */
export interface StatsPart {
  /** By the name of the format. */
  sources: Map<string, SourceStats>;
  perMinute: Map<number, number>;
  users: Set<string>;
  groups: Map<string, number>;
  /** Counts by stretch of time and value, as `cellKey` joins them. */
  cells: Map<string, number>;
  /** Events without a value for one of the fields. */
  without: number;
}

/** Between the values of several fields. */
export const VALUE_SEPARATOR = '\u001f';
const CELL_SEPARATOR = '\u001e';
/** A value longer than this is cut: logs hold lines of a megabyte. */
const MOST_CHARACTERS = 500;

/** The stretch of time and the value. */
export function readCell(key: string): { stretch: number; value: string } {
  const at = key.indexOf(CELL_SEPARATOR);
  return { stretch: Number(key.slice(0, at)), value: key.slice(at + 1) };
}

/** Counts events. */
export interface StatsCollector {
  add(event: Event, raw: string, format: LogFormat): void;
  /** Is the text of the line looked at? */
  readsLine: boolean;
  take(): StatsPart;
}

const emptySource = (isEcho: boolean): SourceStats => ({
  ...{ events: 0, okLogins: 0, failedLogins: 0, status: [0, 0, 0, 0, 0, 0], requests: 0 },
  ...{ bytes: 0, durations: new Map(), longestNs: 0, firstUs: Infinity, lastUs: -Infinity },
  isEcho,
});

/** Makes the counter of one piece. */
export function createStatsCollector({ by, overUs, only }: StatsSpec): StatsCollector {
  const readers = by.map(fieldReader);
  const wanted = only === undefined ? undefined : new Set(only);
  const part: StatsPart = {
    ...{ sources: new Map(), perMinute: new Map(), users: new Set() },
    ...{ groups: new Map(), cells: new Map(), without: 0 },
  };
  let last: SourceStats | undefined;
  let lastFormat = '';
  return {
    readsLine: by.includes(RAW_FIELD),
    take: () => part,
    add(event, raw, format) {
      const times = event.repeats ?? 1;
      if (last === undefined || lastFormat !== event.format) {
        lastFormat = event.format;
        last = part.sources.get(lastFormat) ?? emptySource(format.isEcho === true);
        part.sources.set(lastFormat, last);
      }
      countSource(last, event, times);
      const { timeUs } = event;
      if (timeUs !== undefined) addTo(part.perMinute, Math.floor(timeUs / MINUTE_US), times);
      const user = event['user.name'];
      if (user !== undefined && user !== '') part.users.add(user);
      if (readers.length === 0) return;
      const values = valuesOf(readers, event, raw);
      if (values.length === 0) part.without += times;
      for (const value of values) {
        if (wanted?.has(value) === false) continue;
        addTo(part.groups, value, times);
        if (overUs === undefined || timeUs === undefined) continue;
        addTo(part.cells, `${Math.floor(timeUs / overUs)}${CELL_SEPARATOR}${value}`, times);
      }
    },
  };
}

const addTo = <K>(counts: Map<K, number>, key: K, times: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + times);
};

function countSource(source: SourceStats, event: Event, times: number): void {
  source.events += times;
  const login = loginIn(event);
  if (login === 'success') source.okLogins += times;
  else if (login === 'failure') source.failedLogins += times;
  const status = event['http.response.status_code'];
  if (status !== undefined) {
    const digit = Math.floor(status / 100);
    source.requests += times;
    const at = digit >= 1 && digit <= 5 ? digit : 0;
    source.status[at] = (source.status[at] ?? 0) + times;
    source.bytes += (event['http.response.body.bytes'] ?? 0) * times;
  }
  const duration = event['event.duration'];
  if (duration !== undefined && duration >= 0) {
    addTo(source.durations, bucketOf(duration), times);
    source.longestNs = Math.max(source.longestNs, duration);
  }
  const { timeUs } = event;
  if (timeUs === undefined) return;
  if (timeUs < source.firstUs) source.firstUs = timeUs;
  if (timeUs > source.lastUs) source.lastUs = timeUs;
}

/** The values of the fields; a list gives each of its values, once. */
function valuesOf(readers: readonly ReadField[], event: Event, raw: string): string[] {
  let joined: string[] | undefined;
  for (const read of readers) {
    const value = read(event, raw);
    if (value === undefined || value === null || value === '') return [];
    const texts = Array.isArray(value) ? [...new Set(value.map(text))] : [text(value)];
    joined =
      joined === undefined
        ? texts
        : joined.flatMap((before) => texts.map((one) => `${before}${VALUE_SEPARATOR}${one}`));
  }
  return joined ?? [];
}

function text(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > MOST_CHARACTERS ? value.slice(0, MOST_CHARACTERS) : value;
  }
  return typeof value === 'object'
    ? JSON.stringify(value).slice(0, MOST_CHARACTERS)
    : String(value);
}
