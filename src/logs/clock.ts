/**
 * The clock of one log file: turns the broken-down time of a line into microseconds since the epoch.
 * Knows the file's zone and, for stamps without a year, which year the file has reached at which offset.
 */
import type { Event, TimeConfidence } from '../events/event.ts';
import type { HeaderMark } from './headers.ts';
import { zoneTimeAt } from './time-zone.ts';
import { isLeapYear, markAt, type YearMark, type Years } from './year-basis.ts';

/** Times of one file's lines. */
export interface Clock {
  /** How the latest `at` came to its answer. */
  confidence: TimeConfidence;
  /** Byte offset of the line whose stamp is read: whoever reads lines sets it before each. */
  offset: number;
  /** What is later than this, microseconds since the epoch, is said to lie after the file's date. */
  limitUs: number;
  /** The lines that name the columns of the line at `offset`; undefined where none do. */
  header(): string | undefined;
  /** The line at `offset` and those with it name the columns of what follows. */
  noteHeader(text: string): void;
  /**
   * Microseconds since the epoch for a stamp as written in the log. What it answers depends on nothing but its
   * arguments and `offset`.
   * @param year full year, or 0 when the stamp has none
   * @param month 1 to 12
   * @param micros microseconds within the second
   * @param offsetMinutes minutes east of UTC, `undefined` when the stamp names no zone, or `AMBIGUOUS_ZONE`
   */
  at(
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
    micros: number,
    offsetMinutes: number | undefined,
  ): number;
}

/** What stamps leave open: the zone and the year. */
export interface ClockOptions {
  /** IANA zone of stamps that name none; `UTC` when the user said nothing. */
  zone: string;
  /** Which years stamps without one have. */
  years?: Years;
  /** In place of `years`: the year of all stamps that name none. */
  firstYear?: number;
  /** What names the columns of lines. */
  headers?: readonly HeaderMark[];
}

/** All stamps lie in one year. */
const yearOnly = (year: number): Years => ({
  marks: [{ offset: 0, latestMs: Date.UTC(year + 1, 0, 1) - 1 }],
  limitMs: Number.POSITIVE_INFINITY,
  isStrict: false,
});

/** The date of a file is kept in coarser steps than stamps are. */
const STEP_US = 1_000_000;

/** The offset that a stamp names without doubt. */
const knownOffset = (minutes: number | undefined): number | undefined =>
  minutes === undefined || Number.isNaN(minutes) ? undefined : minutes;

/** Makes the clock of one file. */
export function createClock({ zone, years, firstYear = 1970, headers = [] }: ClockOptions): Clock {
  const names = createHeaders(headers);
  const { marks, limitMs, isStrict, folds = [] } = years ?? yearOnly(firstYear);
  const isUtc = zone === 'UTC' || zone === 'Etc/UTC';
  let current: YearMark = marks[0];
  let newestYear = new Date(current.latestMs).getUTCFullYear();
  /** The current mark counts from its offset up to this one. */
  let until = marks[1]?.offset ?? Number.POSITIVE_INFINITY;

  const moveTo = (offset: number): void => {
    const index = markAt(marks, offset);
    current = marks[index] as YearMark;
    newestYear = new Date(current.latestMs).getUTCFullYear();
    until = marks[index + 1]?.offset ?? Number.POSITIVE_INFINITY;
  };

  const withYear = (year: number, month: number, day: number, dayMs: number): number => {
    let real = year;
    if (month === 2 && day === 29) while (!isLeapYear(real)) real -= 1;
    return Date.UTC(real, month - 1, day) + dayMs;
  };

  /** Has the hour come for the second time? */
  const isSecond = (localMs: number): boolean =>
    folds.some(
      ({ offset, fromMs, toMs }) => clock.offset >= offset && localMs >= fromMs && localMs < toMs,
    );

  /** Minutes east of UTC of the log's wall clock; notes how sure that is. */
  const zoneOffset = (localMs: number): number => {
    if (isUtc) return 0;
    const { offsetMinutes, laterMinutes, change } = zoneTimeAt(zone, localMs);
    if (change !== undefined) clock.confidence = change === 'gap' ? 'dst-gap' : 'dst-overlap';
    return change === 'overlap' && isSecond(localMs) ? laterMinutes : offsetMinutes;
  };

  const inferred = (
    month: number,
    day: number,
    dayMs: number,
    micros: number,
    named: number | undefined,
  ): number => {
    const written = knownOffset(named);
    const word = named === written ? 'year-inferred' : 'zone-ambiguous';
    clock.confidence = word;
    const { offset } = clock;
    if (offset >= until || offset < current.offset) moveTo(offset);
    let year = newestYear;
    let localMs = withYear(year, month, day, dayMs);
    if (localMs > current.latestMs) localMs = withYear(--year, month, day, dayMs);
    let timeUs = (localMs - (written ?? zoneOffset(localMs)) * 60_000) * 1000 + micros;
    if (timeUs <= clock.limitUs) return timeUs;
    if (isStrict) {
      clock.confidence = word;
      localMs = withYear(year - 1, month, day, dayMs);
      timeUs = (localMs - (written ?? zoneOffset(localMs)) * 60_000) * 1000 + micros;
    } else clock.confidence = 'after-file-date';
    return timeUs;
  };

  const clock: Clock = {
    confidence: 'exact',
    offset: 0,
    limitUs: limitMs * 1000,
    header: () => names.at(clock.offset),
    noteHeader: (text) => names.note(clock.offset, text),
    at(year, month, day, hour, minute, second, micros, offsetMinutes) {
      if (year === 0) {
        const dayMs = ((hour * 60 + minute) * 60 + second) * 1000;
        return inferred(month, day, dayMs, micros, offsetMinutes);
      }
      const written = knownOffset(offsetMinutes);
      clock.confidence =
        written !== undefined
          ? 'exact'
          : offsetMinutes === undefined
            ? 'zone-assumed'
            : 'zone-ambiguous';
      const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
      return (localMs - (written ?? zoneOffset(localMs)) * 60_000) * 1000 + micros;
    },
  };
  return clock;
}

/** The headers of a file, of which the latest that was asked for is at hand. */
function createHeaders(known: readonly HeaderMark[]): {
  at(offset: number): string | undefined;
  note(offset: number, text: string): void;
} {
  const marks = [...known];
  let current = -1;
  const covers = (index: number, offset: number): boolean =>
    (marks[index]?.offset ?? Number.NEGATIVE_INFINITY) <= offset &&
    (marks[index + 1]?.offset ?? Number.POSITIVE_INFINITY) > offset;
  const at = (offset: number): string | undefined => {
    if (marks.length === 0) return undefined;
    if (!covers(current, offset)) current = marks.findLastIndex((mark) => mark.offset <= offset);
    return marks[current]?.text;
  };
  return {
    at,
    // Of a file that grows: what was there from the start is known.
    note(offset, text) {
      if (at(offset)?.includes(text) === true) return;
      if (offset > (marks.at(-1)?.offset ?? -1)) marks.push({ offset, text });
    },
  };
}

/** The clock that `current` gives at each moment: whoever holds it sees what becomes of that one. */
export const clockBehind = (current: () => Clock, at?: Clock['at']): Clock => ({
  get confidence() {
    return current().confidence;
  },
  set confidence(word) {
    current().confidence = word;
  },
  get offset() {
    return current().offset;
  },
  set offset(offset) {
    current().offset = offset;
  },
  get limitUs() {
    return current().limitUs;
  },
  set limitUs(limit) {
    current().limitUs = limit;
  },
  at: at ?? ((...stamp) => current().at(...stamp)),
  header: () => current().header(),
  noteHeader: (text) => current().noteHeader(text),
});

/** The same clock for stamps that are in UTC and do not say so. */
export const inUtc = (clock: Clock): Clock =>
  clockBehind(
    () => clock,
    (year, month, day, hour, minute, second, micros, offset) =>
      clock.at(year, month, day, hour, minute, second, micros, offset ?? 0),
  );

/** How sure a time is: one later than the date of its file says so, whatever the stamp names. */
export const confidenceWithin = (
  { limitUs }: Pick<Clock, 'limitUs'>,
  { timeUs, timeConfidence }: Pick<Event, 'timeUs' | 'timeConfidence'>,
): TimeConfidence =>
  timeUs !== undefined && timeUs > limitUs + STEP_US ? 'after-file-date' : timeConfidence;
