/** Finds, in bytes, the stamps without a year that lines begin with: `Nov 24 10:00:01`, `<34>Nov  4 ...`. */

/** Reads one stamp after the other; what was read last is in its fields. */
export interface YearlessStamps {
  /** Does the line at `at` begin with such a stamp? @param limit end of the bytes */
  read(bytes: Uint8Array, at: number, limit: number): boolean;
  /** Day in a year that has a 29 February, 0 to 365. */
  readonly day: number;
  /** Seconds after midnight. */
  readonly second: number;
}

/** Days of the months in a year that has a 29 February. */
export const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const MONTH_STARTS = MONTH_DAYS.map((_, month) =>
  MONTH_DAYS.slice(0, month).reduce<number>((sum, days) => sum + days, 0),
);

/** The day, 0 to 365, of a month (1 to 12) and a day of it, in a year that has a 29 February. */
export const dayInCalendar = (month: number, day: number): number =>
  (MONTH_STARTS[month - 1] as number) + day - 1;

/** Month and day (1 to 12, 1 to 31) of a day from 0 to 365. */
export function monthAndDay(day: number): readonly [month: number, day: number] {
  let month = 12;
  while ((MONTH_STARTS[month - 1] as number) > day) month -= 1;
  return [month, day - (MONTH_STARTS[month - 1] as number) + 1];
}

/** Days in the calendar on which stamps are placed. */
export const CALENDAR_DAYS = 366;

/** Days from `from` to `to` by the shorter way round the calendar, -183 to 182. */
export function nearestDays(from: number, to: number): number {
  const days = to - from;
  if (days >= CALENDAR_DAYS / 2) return days - CALENDAR_DAYS;
  return days < -CALENDAR_DAYS / 2 ? days + CALENDAR_DAYS : days;
}

const key = (a: number, b: number, c: number): number =>
  ((a | 32) << 16) | ((b | 32) << 8) | (c | 32);
const MONTHS: ReadonlyMap<number, number> = new Map(
  'jan feb mar apr may jun jul aug sep oct nov dec'
    .split(' ')
    .map((name, month) => [
      key(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)),
      month + 1,
    ]),
);

const SPACE = 32;
const STAR = 42;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
/** `<191>` */
const PRIORITY_LENGTH = 5;

const digit = (code: number | undefined): number =>
  code !== undefined && code >= ZERO && code <= 57 ? code - ZERO : -1;

const two = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [digit(bytes[at]), digit(bytes[at + 1])];
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
};

/** The end of `<34>` at `at`, or `at`. */
function priorityEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== LESS) return at;
  for (let index = at + 2; index < at + PRIORITY_LENGTH; index += 1) {
    if (bytes[index] === GREATER) return index + 1;
    if (digit(bytes[index]) < 0) return at;
  }
  return at;
}

/** Makes a reader of stamps. */
export function createYearlessStamps(): YearlessStamps {
  const stamps = {
    day: 0,
    second: 0,
    read(bytes: Uint8Array, start: number, limit: number): boolean {
      let at = sequenceEnd(bytes, priorityEnd(bytes, start));
      // Cisco marks a clock that is not set, or not in step.
      if (bytes[at] === STAR || bytes[at] === DOT) at += 1;
      if (at + 14 > limit || bytes[at + 3] !== SPACE) return false;
      const month = MONTHS.get(key(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0));
      if (month === undefined) return false;
      at += 4;
      while (bytes[at] === SPACE && at < start + 32) at += 1;
      let day = digit(bytes[at]);
      const ones = digit(bytes[at + 1]);
      if (ones >= 0) day = day * 10 + ones;
      at += ones >= 0 ? 2 : 1;
      if (day < 1 || day > (MONTH_DAYS[month - 1] as number) || bytes[at] !== SPACE) return false;
      const [hour, minute, second] = [two(bytes, at + 1), two(bytes, at + 4), two(bytes, at + 7)];
      if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
      if (bytes[at + 3] !== COLON || bytes[at + 6] !== COLON) return false;
      if (hasYearAfter(bytes, at + 9)) return false;
      stamps.day = dayInCalendar(month, day);
      stamps.second = hour * 3600 + minute * 60 + second;
      return true;
    },
  };
  return stamps;
}

/** Does a year follow the clock: `Jul  3 16:39:13 2024 host`, `Jul  3 16:39:13.123 CEST 2024 host`? */
function hasYearAfter(bytes: Uint8Array, start: number): boolean {
  let at = start;
  if (bytes[at] === DOT || bytes[at] === COMMA) {
    do at += 1;
    while (digit(bytes[at]) >= 0);
  }
  for (let part = 0; part < 2 && bytes[at] === SPACE; part += 1) {
    const century = two(bytes, at + 1);
    if ((century === 19 || century === 20) && two(bytes, at + 3) >= 0)
      return bytes[at + 5] === SPACE || bytes[at + 5] === COLON;
    // A zone, by name.
    do at += 1;
    while (isCapital(bytes[at]));
  }
  return false;
}

const isCapital = (code: number | undefined): boolean =>
  code !== undefined && code >= 65 && code <= 90;

/** The index after a number such as `000123: ` at `at`, with which Cisco begins lines; or `at`. */
function sequenceEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < at + MAX_SEQUENCE && digit(bytes[end]) >= 0) end += 1;
  return end > at && bytes[end] === COLON && bytes[end + 1] === SPACE ? end + 2 : at;
}

const MAX_SEQUENCE = 10;
