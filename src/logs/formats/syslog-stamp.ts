/**
 * The time stamps that syslog daemons, relays and `journalctl` write, read character by character:
 * this runs for every line of every syslog file.
 */

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
  /** Minutes east of UTC, `undefined` when the stamp names no zone. */
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

/** Zone abbreviations that `journalctl -o short-full` prints and that mean one offset only. */
const ZONE_OFFSETS: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['EST', -300],
  ['EDT', -240],
  ['CDT', -300],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
  ['JST', 540],
]);

/** The names of zones that may end a stamp, lower case. */
export const ZONE_NAMES: readonly string[] = [...ZONE_OFFSETS.keys()].map((name) =>
  name.toLowerCase(),
);

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

/** Reads `Z`, `+hh:mm`, `+hhmm` or `+hh` at the stamp's end, also after one space (`10:00:01 +0100`). */
function readOffset(text: string, stamp: Stamp): void {
  let at = stamp.end;
  let sign = text.charCodeAt(at);
  if (sign === 90 || sign === 122) {
    stamp.offsetMinutes = 0;
    stamp.end = at + 1;
    return;
  }
  if (sign === SPACE) sign = text.charCodeAt(++at);
  if (sign !== PLUS && sign !== DASH) return;
  const hours = twoDigits(text, at + 1);
  if (hours < 0 || hours > 14) return;
  let end = at + 3;
  if (text.charCodeAt(end) === COLON) end += 1;
  let minutes = twoDigits(text, end);
  if (minutes < 0) minutes = 0;
  else end += 2;
  const after = text.charCodeAt(end);
  // A host name may begin with a dash and digits; an offset ends at a space or a colon.
  if (!Number.isNaN(after) && after !== SPACE && after !== COLON) return;
  stamp.offsetMinutes = (sign === PLUS ? 1 : -1) * (hours * 60 + minutes);
  stamp.end = end;
}

/** `Nov 24 10:00:01`, `Nov  4 ...`, `Nov 4 ...`, `Nov 24 2026 10:00:01`. */
function readMonthFirst(text: string, at: number, month: number, stamp: Stamp): boolean {
  if (text.charCodeAt(at + 3) !== SPACE) return false;
  let i = at + 4;
  while (text.charCodeAt(i) === SPACE && i < at + 6) i += 1;
  let day = text.charCodeAt(i) - ZERO;
  if (!(day >= 0 && day <= 9)) return false;
  i += 1;
  const ones = text.charCodeAt(i) - ZERO;
  if (ones >= 0 && ones <= 9) {
    day = day * 10 + ones;
    i += 1;
  }
  if (day < 1 || day > 31 || text.charCodeAt(i) !== SPACE) return false;
  i += 1;
  stamp.month = month;
  stamp.day = day;
  if (readClockTime(text, i, stamp)) return true;
  const year = fourDigits(text, i);
  if (year < 1970 || text.charCodeAt(i + 4) !== SPACE) return false;
  stamp.year = year;
  return readClockTime(text, i + 5, stamp);
}

/** `2026-11-24T10:00:01.123456+01:00`, the same with a space, and `2026 Nov 24 10:00:01`. */
function readYearFirst(text: string, at: number, stamp: Stamp): boolean {
  const year = fourDigits(text, at);
  if (year < 1970) return false;
  const mark = text.charCodeAt(at + 4);
  if (mark === SPACE) {
    const month = MONTHS.get(threeLetters(text, at + 5));
    if (month === undefined || !readMonthFirst(text, at + 5, month, stamp)) return false;
    stamp.year = year;
    return true;
  }
  if (mark !== DASH || text.charCodeAt(at + 7) !== DASH) return false;
  const month = twoDigits(text, at + 5);
  const day = twoDigits(text, at + 8);
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  const separator = text.charCodeAt(at + 10);
  if (separator !== 84 && separator !== 116 && separator !== SPACE) return false;
  if (!readClockTime(text, at + 11, stamp)) return false;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  readOffset(text, stamp);
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

/** Reads a zone abbreviation such as ` CET` after a stamp that began with a weekday. */
function readZoneName(text: string, stamp: Stamp): void {
  if (stamp.offsetMinutes !== undefined || text.charCodeAt(stamp.end) !== SPACE) return;
  const end = text.indexOf(' ', stamp.end + 1);
  if (end < 0 || end > stamp.end + 6) return;
  const offset = ZONE_OFFSETS.get(text.slice(stamp.end + 1, end));
  if (offset === undefined) return;
  stamp.offsetMinutes = offset;
  stamp.end = end;
}

/** `Fri Jan 19 12:20:33 2007` as ctime(3) writes it, `at` after the weekday. */
function readCtime(text: string, at: number, month: number, stamp: Stamp): boolean {
  if (!readMonthFirst(text, at, month, stamp) || text.charCodeAt(stamp.end) !== SPACE) return false;
  const year = fourDigits(text, stamp.end + 1);
  if (year < 1970) return false;
  stamp.year = year;
  stamp.end += 5;
  return true;
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
  if (month !== undefined) return readMonthFirst(text, at, month, stamp);
  if (!WEEKDAYS.has(letters) || text.charCodeAt(at + 3) !== SPACE) return false;
  const named = MONTHS.get(threeLetters(text, at + 4));
  if (named !== undefined) return readCtime(text, at + 4, named, stamp);
  if (!isDigit(text.charCodeAt(at + 4)) || !readYearFirst(text, at + 4, stamp)) return false;
  readZoneName(text, stamp);
  return true;
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
