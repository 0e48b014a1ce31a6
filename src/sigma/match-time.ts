/** The time modifiers: one part of a date, as it is written (no zone is applied, as the specification says). */
import type { TimePart } from './modifiers.ts';

const STAMP = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/;

/** Numbers above these are milliseconds or microseconds since the epoch, else seconds. */
const MILLISECONDS_FROM = 1e11;
const MICROSECONDS_FROM = 1e14;

/** The part of an ISO 8601 text (as written) or an epoch number (UTC); undefined when the value is no date. */
export function timePartOf(value: unknown, part: TimePart): number | undefined {
  if (typeof value === 'number') return partOfDate(new Date(toMilliseconds(value)), part);
  if (typeof value !== 'string') return undefined;
  const found = STAMP.exec(value);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute] = found;
  const isTimeWanted = part === 'hour' || part === 'minute';
  if (isTimeWanted && hour === undefined) return undefined;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
  );
  return partOfDate(new Date(ms), part);
}

function toMilliseconds(value: number): number {
  if (value > MICROSECONDS_FROM) return value / 1000;
  return value > MILLISECONDS_FROM ? value : value * 1000;
}

function partOfDate(date: Date, part: TimePart): number | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
    case 'week':
      return isoWeekOf(date);
  }
}

/** ISO 8601 week: the week of the year's first Thursday is week 1. */
function isoWeekOf(date: Date): number {
  const dayMs = 86_400_000;
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * dayMs);
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - yearStart) / (7 * dayMs)) + 1;
}
