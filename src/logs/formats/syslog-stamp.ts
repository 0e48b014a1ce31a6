/**
 * The time stamps that syslog daemons, relays and `journalctl` write, read character by character:
 * this runs for every line of every syslog file.
 */

import { MAX_ZONE_NAME, namedZone } from '../../events/zone-names.ts';
import { monthOfName } from '../month-names.ts';
import { MONTH_DAYS } from '../yearless-stamp.ts';

/** Broken-down time as written. One object is filled again and again, because a line needs only one. */
export interface Stamp {
  /** Full year, 0 when the stamp has none. */
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
  /** Minutes east of UTC, `undefined` when the stamp names no zone, `AMBIGUOUS_ZONE` for a doubtful one. */
  offsetMinutes: number | undefined;
  /** Microseconds since the epoch for stamps that are a plain number; 0 otherwise. */
  epochUs: number;
  /** Index of the first character after the stamp. */
  end: number;
}

/** An empty stamp to be filled by `readStamp`. */
export const emptyStamp = (): Stamp => ({
  year: 0,
  month: 0,
  day: 0,
  hour: 0,
  minute: 0,
  second: 0,
  micros: 0,
  offsetMinutes: undefined,
  epochUs: 0,
  end: 0,
});

const SPACE = 32;
const COLON = 58;
const DASH = 45;
const PLUS = 43;
const ZERO = 48;

const isDigit = (code: number): boolean => code >= ZERO && code <= 57;

/** The number in two digits at `at`, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** The number in four digits at `at`, or -1. */
function fourDigits(text: string, at: number): number {
  const high = twoDigits(text, at);
  const low = twoDigits(text, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

const MONTHS = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map(
    (name, index) => [threeLetters(name, 0), index + 1],
  ),
);
const WEEKDAYS = new Set(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => threeLetters(name, 0)),
);

/** Three letters as one number, case folded. */
function threeLetters(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) | 32) << 16) |
    ((text.charCodeAt(at + 1) | 32) << 8) |
    (text.charCodeAt(at + 2) | 32)
  );
}

/** Reads `hh:mm:ss` with an optional fraction after `.` or `,`. */
function readClockTime(text: string, at: number, stamp: Stamp): boolean {
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return false;
  const hour = twoDigits(text, at);
  const minute = twoDigits(text, at + 3);
  const second = twoDigits(text, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  stamp.hour = hour;
  stamp.minute = minute;
  stamp.second = second;
  stamp.end = at + 8;
  stamp.micros = 0;
  const mark = text.charCodeAt(at + 8);
  if ((mark === 46 || mark === 44) && isDigit(text.charCodeAt(at + 9)))
    readFraction(text, at + 9, stamp);
  return true;
}

/** Reads the digits of a second's fraction; what is finer than a microsecond is dropped. */
function readFraction(text: string, at: number, stamp: Stamp): void {
  let scale = 100_000;
  let micros = 0;
  let i = at;
  for (let code = text.charCodeAt(i); isDigit(code); code = text.charCodeAt(++i)) {
    micros += (code - ZERO) * scale;
    scale = scale === 1 ? 0 : Math.trunc(scale / 10);
  }
  stamp.micros = micros;
  stamp.end = i;
}

/** True where a part of a stamp may end: at a space, a colon, a comma, a bar, what closes, the end of the line. */
const isStampEnd = (code: number): boolean =>
  Number.isNaN(code) ||
  code === SPACE ||
  code === COLON ||
  code === 93 ||
  code === 44 ||
  code === 124 ||
  code === 34 ||
  code === 41 ||
  code === 62;

/** Reads `+hh:mm`, `+hhmm` or `+hh` at `at`; false when there is none. */
function readOffset(text: string, at: number, stamp: Stamp): boolean {
  const sign = text.charCodeAt(at);
  const hours = twoDigits(text, at + 1);
  if (hours < 0 || hours > 14) return false;
  let end = at + 3;
  if (text.charCodeAt(end) === COLON && twoDigits(text, end + 1) >= 0) end += 1;
  let minutes = twoDigits(text, end);
  if (minutes < 0) minutes = 0;
  else end += 2;
  // A host name may begin with a dash and digits.
  if (!isStampEnd(text.charCodeAt(end))) return false;
  stamp.offsetMinutes = (sign === PLUS ? 1 : -1) * (hours * 60 + minutes);
  stamp.end = end;
  return true;
}

/** Reads a zone's name such as `CEST` at `at`; false when there is none. */
function readZoneName(text: string, at: number, stamp: Stamp): boolean {
  let end = at;
  while (isCapital(text.charCodeAt(end)) && end - at <= MAX_ZONE_NAME) end += 1;
  if (end - at === 3 && readShiftedName(text, at, end, stamp)) return true;
  if (end - at < 2 || !isStampEnd(text.charCodeAt(end))) return false;
  const minutes = namedZone(text.slice(at, end));
  if (minutes === undefined) return false;
  // `+0200 CEST`: the number says more.
  stamp.offsetMinutes ??= minutes;
  stamp.end = end;
  return true;
}

/** Reads `GMT+2`, `UTC+02:00`; false when no offset is glued to the name. */
function readShiftedName(text: string, at: number, end: number, stamp: Stamp): boolean {
  const sign = text.charCodeAt(end);
  if (sign !== PLUS && sign !== DASH) return false;
  if (!text.startsWith('GMT', at) && !text.startsWith('UTC', at)) return false;
  if (readOffset(text, end, stamp)) return true;
  const hours = text.charCodeAt(end + 1) - ZERO;
  if (!(hours >= 0 && hours <= 9) || !isStampEnd(text.charCodeAt(end + 2))) return false;
  stamp.offsetMinutes = (sign === PLUS ? 1 : -1) * hours * 60;
  stamp.end = end + 2;
  return true;
}

/** Reads a year at `at` for a stamp that has none; false when there is none. */
function readYear(text: string, at: number, stamp: Stamp): boolean {
  const year = fourDigits(text, at);
  if (year < 1970 || year >= 2100 || !isStampEnd(text.charCodeAt(at + 4))) return false;
  stamp.year = year;
  stamp.end = at + 4;
  return true;
}

const isCapital = (code: number): boolean => code >= 65 && code <= 90;

/**
 * Reads what may follow the clock, in any order: a zone and, when the stamp has none yet, a year. `Z` and
 * offsets also without a space: `10:00:01+01:00`, `10:00:01 +0100`, `10:00:01 CET 2026`, `10:00:01 2026`.
 */
function readTail(text: string, stamp: Stamp): void {
  const glued = text.charCodeAt(stamp.end);
  if ((glued === 90 || glued === 122) && !isCapital(text.charCodeAt(stamp.end + 1) & ~32)) {
    stamp.offsetMinutes = 0;
    stamp.end += 1;
  } else if (glued === PLUS || glued === DASH) readOffset(text, stamp.end, stamp);
  for (let part = 0; part < 3 && text.charCodeAt(stamp.end) === SPACE; part += 1) {
    const at = stamp.end + 1;
    const code = text.charCodeAt(at);
    const canHaveZone = stamp.offsetMinutes === undefined;
    const isRead =
      isDigit(code) && stamp.year === 0
        ? readYear(text, at, stamp)
        : canHaveZone && (code === PLUS || code === DASH)
          ? readOffset(text, at, stamp)
          : isCapital(code) && readZoneName(text, at, stamp);
    if (!isRead) return;
  }
}

/** `Nov 24 10:00:01`, `Nov  4 ...`, `Nov 4 ...`, `Nov 24 2026 10:00:01`, and what `readTail` knows after them. */
function readMonthFirst(text: string, at: number, month: number, stamp: Stamp): boolean {
  return text.charCodeAt(at + 3) === SPACE && readDay(text, at + 4, month, stamp);
}

/** The day, and what follows it, of a month whose name ends before `at`. */
function readDay(text: string, at: number, month: number, stamp: Stamp): boolean {
  let i = at;
  while (text.charCodeAt(i) === SPACE && i < at + 2) i += 1;
  let day = text.charCodeAt(i) - ZERO;
  if (!(day >= 0 && day <= 9)) return false;
  i += 1;
  const ones = text.charCodeAt(i) - ZERO;
  if (ones >= 0 && ones <= 9) {
    day = day * 10 + ones;
    i += 1;
  }
  if (!isDay(month, day) || text.charCodeAt(i) !== SPACE) return false;
  i += 1;
  stamp.month = month;
  stamp.day = day;
  if (!readClockTime(text, i, stamp)) {
    const year = fourDigits(text, i);
    if (year < 1970 || text.charCodeAt(i + 4) !== SPACE) return false;
    stamp.year = year;
    if (!readClockTime(text, i + 5, stamp)) return false;
  }
  readTail(text, stamp);
  return true;
}

/** Has the month such a day? */
const isDay = (month: number, day: number): boolean =>
  day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0);

/** `2026-11-24T10:00:01.123456+01:00`, the same with a space, and `2026 Nov 24 10:00:01`. */
function readYearFirst(text: string, at: number, stamp: Stamp): boolean {
  const year = fourDigits(text, at);
  if (year < 1970) return false;
  const mark = text.charCodeAt(at + 4);
  if (mark === SPACE) {
    const month = MONTHS.get(threeLetters(text, at + 5));
    stamp.year = year;
    if (month !== undefined && readMonthFirst(text, at + 5, month, stamp)) return true;
    stamp.year = 0;
    return false;
  }
  if (mark !== DASH || text.charCodeAt(at + 7) !== DASH) return false;
  const month = twoDigits(text, at + 5);
  const day = twoDigits(text, at + 8);
  if (month < 1 || month > 12 || !isDay(month, day)) return false;
  const separator = text.charCodeAt(at + 10);
  if (separator !== 84 && separator !== 116 && separator !== SPACE) return false;
  if (!readClockTime(text, at + 11, stamp)) return false;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  readTail(text, stamp);
  return true;
}

/**
 * Reads clock, fraction and zone behind a date that is known, after a space, a `T` or, as web servers write it, a colon;
 * false when they are no time.
 */
export function readTimeAfterDate(
  text: string,
  at: number,
  year: number,
  month: number,
  day: number,
  stamp: Stamp,
): boolean {
  const mark = text.charCodeAt(at);
  if (mark !== SPACE && mark !== COLON && mark !== 84) return false;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  stamp.epochUs = 0;
  stamp.offsetMinutes = undefined;
  if (!isDay(month, day) || !readClockTime(text, at + 1, stamp)) return false;
  readTail(text, stamp);
  return true;
}

const EPOCH_DIGITS = 10;
const MAX_MONOTONIC_DIGITS = 10;

/**
 * `1764000001.123456` as `journalctl -o short-unix` prints it, or with nanoseconds: ten digits, a dot,
 * six to nine digits. Proxies that write milliseconds are no syslog.
 */
function readEpoch(text: string, at: number, stamp: Stamp): boolean {
  let seconds = 0;
  for (let i = at; i < at + EPOCH_DIGITS; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return false;
    seconds = seconds * 10 + digit;
  }
  if (text.charCodeAt(at + EPOCH_DIGITS) !== 46) return false;
  readFraction(text, at + EPOCH_DIGITS + 1, stamp);
  const digits = stamp.end - at - EPOCH_DIGITS - 1;
  if (digits < 6 || digits > 9 || text.charCodeAt(stamp.end) !== SPACE) return false;
  stamp.epochUs = seconds * 1_000_000 + stamp.micros;
  return true;
}

/** Seconds that TAI64 labels as `multilog` writes them are ahead of the epoch, beyond the 2^62 mark. */
const TAI_AHEAD = 10;

/** `@400000006a9f0c1e1b2c3d4e`, the TAI64N label of daemontools. */
function readTai64(text: string, at: number, stamp: Stamp): boolean {
  if (text.charCodeAt(at + 25) !== SPACE || text.slice(at + 1, at + 9) !== '40000000') return false;
  const seconds = Number.parseInt(text.slice(at + 9, at + 17), 16);
  const nanos = Number.parseInt(text.slice(at + 17, at + 25), 16);
  if (!(seconds > TAI_AHEAD) || Number.isNaN(nanos)) return false;
  stamp.epochUs = (seconds - TAI_AHEAD) * 1_000_000 + Math.trunc(nanos / 1000);
  stamp.end = at + 25;
  return true;
}

/** A month in another language before a day and a clock, or a day of the week before a date. */
const LOCAL = /([\p{L}\ufffd]{2,6})\.? {1,2}(?=\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d \d\d:)/uy;

/** `juil. 28 16:42:17`, `Mär 28 16:42:19`, `Di 2026-09-08 17:20:33 CEST`. @see locale(5), journalctl(1) */
function readLocal(text: string, at: number, stamp: Stamp): boolean {
  LOCAL.lastIndex = at;
  const name = LOCAL.exec(text)?.[1];
  if (name === undefined) return false;
  const start = LOCAL.lastIndex;
  if (text.charCodeAt(start + 4) === DASH) return readYearFirst(text, start, stamp);
  const month = monthOfName(name.toLowerCase());
  return month !== undefined && readDay(text, start, month, stamp);
}

/**
 * Reads the stamp at `at` into `stamp`; false when there is none.
 * @see RFC 3164 section 4.1.2, RFC 5424 section 6.2.3, journalctl(1) `--output`
 */
export function readStamp(text: string, at: number, stamp: Stamp): boolean {
  stamp.year = 0;
  stamp.epochUs = 0;
  stamp.offsetMinutes = undefined;
  const first = text.charCodeAt(at);
  if (isDigit(first)) return readYearFirst(text, at, stamp) || readEpoch(text, at, stamp);
  if (first === 64) return readTai64(text, at, stamp);
  const letters = threeLetters(text, at);
  const month = MONTHS.get(letters);
  if (month !== undefined && readMonthFirst(text, at, month, stamp)) return true;
  if (!WEEKDAYS.has(letters) || text.charCodeAt(at + 3) !== SPACE)
    return readLocal(text, at, stamp);
  const named = MONTHS.get(threeLetters(text, at + 4));
  // `Fri Jan 19 12:20:33 2007` of ctime(3) has its year, or it is a name.
  if (named !== undefined) return readMonthFirst(text, at + 4, named, stamp) && stamp.year !== 0;
  return isDigit(text.charCodeAt(at + 4)) && readYearFirst(text, at + 4, stamp);
}

/**
 * The index after a `[12345.678901] ` mark (seconds since boot, kernel and `journalctl -o
 * short-monotonic`) at `at`, or `at` when there is none.
 */
export function skipMonotonic(text: string, at: number): number {
  if (text.charCodeAt(at) !== 91) return at;
  let i = at + 1;
  while (text.charCodeAt(i) === SPACE && i < at + 8) i += 1;
  const digits = i;
  while (isDigit(text.charCodeAt(i)) && i - digits < MAX_MONOTONIC_DIGITS) i += 1;
  if (i === digits || text.charCodeAt(i) !== 46) return at;
  i += 1;
  while (isDigit(text.charCodeAt(i))) i += 1;
  if (text.charCodeAt(i) !== 93) return at;
  i += 1;
  while (text.charCodeAt(i) === SPACE) i += 1;
  return i;
}
