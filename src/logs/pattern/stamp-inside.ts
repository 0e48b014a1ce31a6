/** A stamp that stands somewhere in a line, in the styles that no other reader takes as well: what the last resort looks for. */
import { zoneMinutes } from '../../events/zone-names.ts';
import type { Clock } from '../clock.ts';
import type { Stamp } from '../formats/syslog-stamp.ts';
import { readEpoch as epochMicros } from '../formats/time-text.ts';
import { monthOfName } from '../month-names.ts';
import { MONTH_DAYS } from '../yearless-stamp.ts';

/** A stamp further in is one that the message speaks of. */
const HEAD = 256;

/** `2026-11-24`, `24.11.2026`, `11/24/26`, `20261124`, `24-Nov-2026`, `Nov 24 2026`, `Nov 24`, `11-24`, each before a clock. */
const DATE = [
  String.raw`(?<![\d./])(?<!\d[:-])(?:(?<y>\d{4})(?<m1>[-/.])(?<m>\d\d)\k<m1>(?<d>\d\d)`,
  String.raw`(?<a>\d\d?)(?<m2>[-/.])(?<b>\d\d?)\k<m2>(?<y2>\d{4}|\d\d)`,
  String.raw`(?<y3>(?:19|20)\d\d)(?<m3>\d\d)(?<d3>\d\d)`,
  String.raw`(?<d4>\d\d?)[-/. ](?<n4>[A-Z][a-z]{2,8})[-/. ](?<y4>\d{4})`,
  String.raw`(?<![A-Za-z])(?<n5>[A-Z][a-z]{2})[- ] ?(?<d5>\d\d?)(?:,? (?<y5>\d{4}))?`,
  String.raw`(?<m6>\d\d)-(?<d6>\d\d)(?= \d\d:\d\d:\d\d[.,]\d{3}))`,
].join('|');
const CLOCK = String.raw`(?:,? |[T:,-])(?<H>\d\d?)(?<c>:?)(?<M>\d\d)\k<c>(?<S>\d\d)(?:[.,:](?<f>\d{1,9}))?(?: (?<p>[AaPp])[Mm])?`;
const ZONE = String.raw`(?: ?(?<z>Z|[+-]\d\d:?\d\d|[A-Z]{2,5}))?(?![\dA-Za-z])`;
const STAMP = new RegExp(`(?:${DATE})${CLOCK}(?:${ZONE}|(?!\\d))`);
/** The first or second word, or what a name calls a time: seconds, milliseconds or microseconds since the epoch. */
const EPOCH =
  /^(?:(?:[A-Z]|\d{1,7})\s)?["'[(]?(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16})(?=["'\])]?(?:[\s:,;|]|$))|(?:\b(?:time|timestamp|ts|date|epoch)["']?\s?[=:]\s?["']?|[|,;\t] ?(?=1\d{12}\b))(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16})(?![\w.])/i;

/** What is left of a record that was cut. */
const CUT_RECORD = /^\s*(?:\{|\[\s*\{|"[\w@.-]{1,64}"\s*:)/;

/** The epoch needs no clock, which only notes how sure the time is. */
const NO_CLOCK = { confidence: 'exact' } as Clock;

/**
 * Finds a stamp within the first characters of what begins at `at`; the whole rest of the text is then its field's.
 * Of dates in numbers the day comes first, as elsewhere, unless it cannot; with two digits for the year, or `AM` and `PM`, the month.
 */
export function readStampInside(text: string, at: number, stamp: Stamp): boolean {
  const head = text.slice(at, at + HEAD);
  if (CUT_RECORD.test(head)) return false;
  const found = STAMP.exec(head)?.groups;
  if (found !== undefined && fill(found, stamp)) {
    stamp.end = text.length;
    return true;
  }
  const epoch = EPOCH.exec(head);
  const micros = epoch && epochMicros(Number(epoch[1] ?? epoch[2]), NO_CLOCK);
  if (micros === undefined || micros === null || micros < OLDEST_US) return false;
  Object.assign(stamp, { epochUs: micros, end: text.length });
  return true;
}

/** Numbers of ten digits before it are other things: 2001-09-09, when they began. */
const OLDEST_US = 1e15;

function fill(found: Readonly<Record<string, string | undefined>>, stamp: Stamp): boolean {
  const number = (name: string): number => Number(found[name] ?? 0);
  const [year, month, day] = dateOf(found);
  const half = found['p']?.toLowerCase();
  const hour = half === undefined ? number('H') : (number('H') % 12) + (half === 'p' ? 12 : 0);
  const [minute, second] = [number('M'), number('S')];
  if (!(day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0))) return false;
  if (hour > 23 || minute > 59 || second > 60 || (year !== 0 && !(year >= 1970 && year < 2100)))
    return false;
  const micros = Number((found['f'] ?? '').padEnd(6, '0').slice(0, 6));
  const zone = found['z'];
  const offsetMinutes = zone === undefined ? undefined : zoneMinutes(zone);
  Object.assign(stamp, {
    year,
    month,
    day,
    hour,
    minute,
    second,
    micros,
    offsetMinutes,
    epochUs: 0,
  });
  return true;
}

type Day = readonly [year: number, month: number, day: number];

function dateOf(found: Readonly<Record<string, string | undefined>>): Day {
  const number = (name: string): number => Number(found[name] ?? 0);
  const month = (name: string): number =>
    monthOfName((found[name] ?? '').slice(0, 3).toLowerCase()) ?? 0;
  if (found['y'] !== undefined) return [number('y'), number('m'), number('d')];
  if (found['y2'] !== undefined) return numericDate(found);
  if (found['y3'] !== undefined) return [number('y3'), number('m3'), number('d3')];
  if (found['y4'] !== undefined) return [number('y4'), month('n4'), number('d4')];
  if (found['n5'] !== undefined) return [number('y5'), month('n5'), number('d5')];
  return [0, number('m6'), number('d6')];
}

function numericDate(found: Readonly<Record<string, string | undefined>>): Day {
  const [a, b, y] = [Number(found['a']), Number(found['b']), Number(found['y2'])];
  const isShort = found['y2']?.length === 2;
  const year = isShort ? 2000 + y : y;
  const isMonthFirst =
    b > 12 || (a <= 12 && found['m2'] !== '.' && (isShort || found['p'] !== undefined));
  if (isMonthFirst) return [year, a, b];
  // `26/11/24` has the year in front, where its last part can be no year of a log.
  return isShort && y < 20 && a >= 20 ? [2000 + a, b, y] : [year, b, a];
}
