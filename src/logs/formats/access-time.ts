/** The time of an access line: `10/Oct/2025:13:55:36 +0200`, read without a string on the usual path. */

import { ZONE_NAME_PATTERN, zoneMinutes } from '../../events/zone-names.ts';
import type { Clock } from '../clock.ts';
import { MONTH_DAYS } from '../yearless-stamp.ts';
import type { AccessSpans } from './access-spans.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** 1 to 12 for an English month name or its first three letters, in any case; 0 for anything else. */
export const monthNumber = (name: string): number =>
  MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

const USUAL_LENGTH = 26;
const PLUS = 43;
const MINUS = 45;

/**
 * Microseconds since the epoch of the line that `scanAccess` has just put into `spans`, or NaN when the
 * stamp is no time. Sets `clock.confidence`. Consecutive lines of one minute and zone cost no date
 * arithmetic: the minute is cached in `spans`, per clock.
 */
export function accessTime(bytes: Buffer, spans: AccessSpans, clock: Clock): number {
  const at = spans.timeStart;
  const sign = bytes[at + 21] as number;
  const hasZone = (bytes[at + 20] as number) === 32 && (sign === PLUS || sign === MINUS);
  if (spans.timeEnd - at !== USUAL_LENGTH || !hasZone) return unusualTime(bytes, spans, clock);
  const cache = spans.timeCache;
  const date = pack(bytes, at, at + 1, at + 4, at + 5);
  const year = pack(bytes, at + 7, at + 8, at + 9, at + 10);
  const minute = pack(bytes, at + 12, at + 13, at + 15, at + 16);
  // Digits leave the top bit of their byte free for the sign.
  const zone = pack(bytes, at + 22, at + 23, at + 24, at + 25) ^ (sign === MINUS ? 0x80 : 0);
  if (
    cache.clock !== clock ||
    cache.date !== date ||
    cache.minute !== minute ||
    cache.year !== year ||
    cache.zone !== zone
  ) {
    const stamp = bytes.toString('latin1', at, spans.timeEnd);
    const minuteUs = readStamp(`${stamp.slice(0, 18)}00${stamp.slice(20)}`, clock);
    if (Number.isNaN(minuteUs)) return minuteUs;
    cache.clock = clock;
    cache.date = date;
    cache.year = year;
    cache.minute = minute;
    cache.zone = zone;
    cache.minuteUs = minuteUs;
  } else {
    clock.confidence = 'exact';
  }
  const tens = (bytes[at + 18] as number) - 48;
  const ones = (bytes[at + 19] as number) - 48;
  const second = tens * 10 + ones;
  if (!(tens >= 0 && ones >= 0 && ones <= 9 && second <= 60)) return Number.NaN;
  return cache.minuteUs + second * 1_000_000;
}

const pack = (bytes: Uint8Array, a: number, b: number, c: number, d: number): number =>
  ((bytes[a] as number) << 24) |
  ((bytes[b] as number) << 16) |
  ((bytes[c] as number) << 8) |
  (bytes[d] as number);

const ZONE = `(?: ?(Z|[+-]\\d\\d(?::?\\d\\d)?|${ZONE_NAME_PATTERN}))?`;
const CLOCK = '(\\d{1,2}):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?';
const STAMP = new RegExp(`^(\\d{1,2})/([A-Za-z]{3,9})/(\\d{4})[: ]${CLOCK}${ZONE}$`);
// cPanel in digits, others by name: month first
const MONTH_FIRST = new RegExp(`^(\\d\\d|[A-Za-z]{3,9})/(\\d\\d?)/(\\d{4}):${CLOCK}${ZONE}$`);
const ISO_STAMP = new RegExp(`^(\\d{4})[-/](\\d\\d)[-/](\\d\\d)[T ]${CLOCK}${ZONE}$`);

const unusualTime = (bytes: Buffer, spans: AccessSpans, clock: Clock): number =>
  readStamp(bytes.toString('latin1', spans.timeStart, spans.timeEnd).trim(), clock);

/**
 * Reads `10/Oct/2025:13:55:36 +0200`, with or without fraction and zone, and ISO 8601 in its place.
 * NaN when it is neither.
 */
export function readStamp(stamp: string, clock: Clock): number {
  const parts = datePartsOf(stamp);
  if (parts === undefined) return Number.NaN;
  const { year, month, day, rest } = parts;
  const [hour, minute, seconds] = [Number(rest[0]), Number(rest[1]), Number(rest[2])];
  if (!(day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0))) return Number.NaN;
  if (hour > 23 || minute > 59 || seconds > 60) return Number.NaN;
  const micros = Number((rest[3] ?? '').padEnd(6, '0').slice(0, 6));
  return clock.at(year, month, day, hour, minute, seconds, micros, zoneMinutes(rest[4]));
}

interface DateParts {
  year: number;
  month: number;
  day: number;
  /** Hour, minute, second, fraction, zone as written. */
  rest: readonly (string | undefined)[];
}

function datePartsOf(stamp: string): DateParts | undefined {
  const dayFirst = STAMP.exec(stamp);
  if (dayFirst !== null) {
    const [, day, month = '', year, ...rest] = dayFirst;
    return { year: Number(year), month: monthNumber(month), day: Number(day), rest };
  }
  const monthFirst = MONTH_FIRST.exec(stamp);
  if (monthFirst !== null) {
    const [, name = '', day, year, ...rest] = monthFirst;
    const month = /^\d/.test(name) ? Number(name) : monthNumber(name);
    return { year: Number(year), month, day: Number(day), rest };
  }
  const iso = ISO_STAMP.exec(stamp);
  if (iso === null) return undefined;
  const [, year, month, day, ...rest] = iso;
  return { year: Number(year), month: Number(month), day: Number(day), rest };
}
