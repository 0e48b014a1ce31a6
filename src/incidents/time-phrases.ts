/** The parts of times as people say them: ages, times of day, days. Local times are read as if they were UTC. */
import type { Duration } from 'date-fns';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON_MS = DAY_MS / 2;

const UNITS: Readonly<Record<string, 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks'>> = {
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
};
const AMOUNT =
  /^(\d{1,6}|an?|half an) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])(?:,? and |, ?| )?/i;

/** Reads `2h`, `1d12h`, `20 minutes ago`, `an hour ago`, `1 day and 2 hours ago`; undefined for anything else. */
export function readAge(text: string): Duration | undefined {
  const age: Duration = {};
  let rest = text.replace(/ ago$/i, '');
  if (rest === '') return undefined;
  while (rest !== '') {
    const found = AMOUNT.exec(rest) ?? /^(\d{1,6})([smhdw])(?=\d)/i.exec(rest);
    if (found === null) return undefined;
    const [whole, count = '', unit = ''] = found;
    const name = UNITS[unit.charAt(0).toLowerCase()] as keyof Duration;
    if (/half/i.test(count)) {
      if (name !== 'hours') return undefined;
      age.minutes = (age.minutes ?? 0) + 30;
    } else age[name] = (age[name] ?? 0) + (/^\d/.test(count) ? Number(count) : 1);
    rest = rest.slice(whole.length);
  }
  return age;
}

/** A time of day. */
export interface WallClock {
  /** Milliseconds since midnight, whole seconds. */
  ms: number;
  /** Digits of the second's fraction. */
  fraction: string;
}

const CLOCK =
  /(?:^|[ T]|(?<=\d)T)(?:at )?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(am|pm)?(?= |$)/i;
const HOUR = /(?:^| )(?:at )?(\d{1,2})() ?(am|pm)(?= |$)/i;
const NAMED = /(?:^| )(?:at )?(noon|midnight)(?= |$)/i;

/** Reads the time of day in `words`; `rest` is what remains. Without one, `clock` is undefined and `rest` all. */
export function readClock(words: string): { clock: WallClock | undefined; rest: string } {
  const none = { clock: undefined, rest: words };
  const found = CLOCK.exec(words) ?? HOUR.exec(words);
  if (found !== null) {
    const half = (found[5] ?? (found.length === 4 ? found[3] : undefined))?.toLowerCase();
    const [minute, second] = [
      Number(found[2] || 0),
      Number(found.length > 4 ? (found[3] ?? 0) : 0),
    ];
    const hour = hourOf(Number(found[1]), half);
    if (hour === undefined || minute > 59 || second > 59) return none;
    const ms = ((hour * 60 + minute) * 60 + second) * 1000;
    const fraction = found.length > 4 ? (found[4] ?? '') : '';
    return { clock: { ms, fraction }, rest: without(words, found) };
  }
  const named = NAMED.exec(words);
  if (named === null) return none;
  const ms = named[1]?.toLowerCase() === 'noon' ? NOON_MS : 0;
  return { clock: { ms, fraction: '' }, rest: without(words, named) };
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

const without = (words: string, found: RegExpExecArray): string =>
  `${words.slice(0, found.index)} ${words.slice(found.index + found[0].length)}`
    .trim()
    .replace(/\s+/g, ' ');

/** The beginning of the latest day on which the clock showed such a time, `nowMs` at the latest. */
export function latestDay(nowMs: number, { ms }: WallClock): number {
  const todayMs = startOfDay(nowMs);
  return todayMs + ms <= nowMs ? todayMs : todayMs - DAY_MS;
}

const startOfDay = (localMs: number): number => Math.floor(localMs / DAY_MS) * DAY_MS;

/** Parts of a day: the hour at which each begins, and the hours that may stand beside it. */
const PARTS: Readonly<Record<string, readonly [begins: number, from: number, to: number]>> = {
  morning: [6, 0, 12],
  afternoon: [12, 12, 19],
  evening: [18, 16, 24],
  night: [18, 0, 24],
};
const PART = /^(?:(this|yesterday) (morning|afternoon|evening)|last (evening|night))$/i;

const DAY =
  /^(?:today|yesterday|(?:last )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)$/i;

/** Is it a day or a part of one, of which only the beginning can be meant? */
export const isPartOfDay = (text: string): boolean => {
  const words = text.trim().replace(/\s+/g, ' ');
  return PART.test(words) || DAY.test(words);
};

/**
 * Reads `this morning`, `yesterday evening`, `last night`. Without a time of day it is the beginning of that part: 06:00, 12:00
 * or 18:00. `last night 23:30` was yesterday, `last night 02:00` today; a time that does not lie in the part makes it no time.
 * @param clockMs the time of day beside it, in milliseconds
 */
export function readPart(text: string, nowMs: number, clockMs?: number): number | undefined {
  const found = PART.exec(text);
  if (found === null) return undefined;
  const [, day = 'yesterday', named, ofLast] = found.map((word) => word?.toLowerCase());
  const part = named ?? ofLast ?? '';
  const [begins, from, to] = PARTS[part] ?? [0, 0, 0];
  const ms = clockMs ?? begins * HOUR_MS;
  if (ms < from * HOUR_MS || ms >= to * HOUR_MS) return undefined;
  const todayMs = startOfDay(nowMs);
  const isAfterMidnight = part === 'night' && ms < NOON_MS && todayMs + ms <= nowMs;
  return (day === 'this' || isAfterMidnight ? todayMs : todayMs - DAY_MS) + ms;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ');
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DOTTED_DAY = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
const SLASHED_DAY = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const DAY_MONTH = /^(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3,9})\.?(?:,? (\d{4}))?$/i;
const MONTH_DAY = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$/i;
const WEEKDAY = /^(?:last )?([a-z]{3,9})$/i;

/**
 * Reads `yesterday`, `monday`, `2026-03-01`, `29.11.2026`, `11/29/2026`, `1 March`, `Mar 1`; its beginning, the latest
 * one that is not to come.
 * @param clockMs the time of day that is meant, in milliseconds: on a Monday morning, `monday 14:00` was a week ago
 */
export function readDay(text: string, nowMs: number, clockMs = 0): number | undefined {
  const words = text.replace(/^on | on$/i, '').toLowerCase();
  const todayMs = startOfDay(nowMs);
  if (words === 'today') return todayMs;
  if (words === 'yesterday') return todayMs - DAY_MS;
  const iso = ISO_DAY.exec(words);
  if (iso !== null) return dayOf(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const dotted = DOTTED_DAY.exec(words);
  if (dotted !== null) return dayOf(Number(dotted[3]), Number(dotted[2]) - 1, Number(dotted[1]));
  const slashed = SLASHED_DAY.exec(words);
  if (slashed !== null) return slashedDay(Number(slashed[1]), Number(slashed[2]), slashed[3] ?? '');
  const named = DAY_MONTH.exec(words);
  if (named !== null) return monthDay(named[2] ?? '', Number(named[1]), named[3], nowMs);
  const month = MONTH_DAY.exec(words);
  if (month !== null) return monthDay(month[1] ?? '', Number(month[2]), month[3], nowMs);
  const weekday = nameIn(WEEKDAYS, WEEKDAY.exec(words)?.[1] ?? '', WEEKDAY_NAMES);
  if (weekday === -1) return undefined;
  const isLast = words.startsWith('last ');
  const ago = (new Date(todayMs).getUTCDay() - weekday + 7) % 7;
  const isBefore = isLast || todayMs + clockMs > nowMs;
  return todayMs - (isBefore && ago === 0 ? 7 : ago) * DAY_MS;
}

const MONTH_NAMES =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const WEEKDAY_NAMES = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** The number of a name or of its beginning, -1 for anything else. */
function nameIn(short: readonly string[], name: string, long: readonly string[]): number {
  const index = short.indexOf(name.slice(0, 3));
  return name.length >= 3 && (long[index] ?? '').startsWith(name) ? index : -1;
}

function monthDay(
  name: string,
  day: number,
  year: string | undefined,
  nowMs: number,
): number | undefined {
  const month = nameIn(MONTHS, name, MONTH_NAMES);
  if (month === -1) return undefined;
  if (year !== undefined) return dayOf(Number(year), month, day);
  const thisYear = new Date(nowMs).getUTCFullYear();
  for (let each = thisYear; each > thisYear - 8; each -= 1) {
    const found = dayOf(each, month, day);
    if (found !== undefined && found <= nowMs) return found;
  }
  return undefined;
}

/** The day comes first in some countries, the month in others: undefined where both readings are days. */
function slashedDay(first: number, second: number, year: string): number | undefined {
  const dayFirst = dayOf(Number(year), second - 1, first);
  const monthFirst = dayOf(Number(year), first - 1, second);
  if (dayFirst === undefined || monthFirst === undefined) return dayFirst ?? monthFirst;
  return dayFirst === monthFirst ? dayFirst : undefined;
}

/** The beginning of a day; undefined for 31 February. */
function dayOf(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month, day);
  const date = new Date(ms);
  return date.getUTCMonth() === month && date.getUTCDate() === day ? ms : undefined;
}
