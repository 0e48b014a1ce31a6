/** The time of an access line: `10/Oct/2025:13:55:36 +0200`, read without a string on the usual path. */
import type { Clock } from '../clock.ts';
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

const STAMP =
  /^(\d{1,2})\/([A-Za-z]{3,9})\/(\d{4})[: ](\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|[+-]\d\d:?\d\d))?$/;
// cPanel: month first
const NUMERIC_STAMP = /^(\d\d)\/(\d\d)\/(\d{4}):(\d\d):(\d\d):(\d\d)()(?: ([+-]\d{4}))?$/;
const ISO_STAMP =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|[+-]\d\d:?\d\d))?$/;

const unusualTime = (bytes: Buffer, spans: AccessSpans, clock: Clock): number =>
  readStamp(bytes.toString('latin1', spans.timeStart, spans.timeEnd).trim(), clock);

/**
 * Reads `10/Oct/2025:13:55:36 +0200`, with or without fraction and zone, and ISO 8601 in its place.
 * NaN when it is neither.
 */
export function readStamp(stamp: string, clock: Clock): number {
  const found = STAMP.exec(stamp) ?? NUMERIC_STAMP.exec(stamp) ?? ISO_STAMP.exec(stamp);
  if (found === null) return Number.NaN;
  const [, first = '', second = '', third = ''] = found;
  const isIso = first.length === 4;
  const isNumeric = second.length === 2 && !isIso;
  const year = Number(isIso ? first : third);
  const month = isIso ? Number(second) : isNumeric ? Number(first) : monthNumber(second);
  const day = Number(isIso ? third : isNumeric ? second : first);
  const hour = Number(found[4]);
  const minute = Number(found[5]);
  const seconds = Number(found[6]);
  if (month < 1 || month > 12 || day < 1 || day > 31) return Number.NaN;
  if (hour > 23 || minute > 59 || seconds > 60) return Number.NaN;
  const micros = Number((found[7] ?? '').padEnd(6, '0').slice(0, 6));
  return clock.at(year, month, day, hour, minute, seconds, micros, offsetOf(found[8]));
}

/** Minutes east of UTC of `Z`, `+0200` or `+02:00`; undefined when no zone is written. */
export function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === '') return undefined;
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || '0');
  return zone.startsWith('-') ? -minutes : minutes;
}
