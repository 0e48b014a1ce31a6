/** Reads the times that applications write: ISO 8601, Apache, RFC 2822, Python, and epoch numbers. */

import { ZONE_NAME_PATTERN, zoneMinutes } from '../../events/zone-names.ts';
import type { Clock } from '../clock.ts';
import { MONTH_DAYS } from '../yearless-stamp.ts';
import { monthNumber, readStamp } from './access-time.ts';
import { emptyStamp, readStamp as readSyslogStamp, type Stamp } from './syslog-stamp.ts';

const ZONE = `(Z|z|[+-]\\d\\d(?::?\\d\\d)?|${ZONE_NAME_PATTERN})`;
const ISO = new RegExp(
  `^(\\d{4})[-/](\\d\\d)[-/](\\d\\d)[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)? ?${ZONE}?$`,
);
// `Tue, 24 Nov 2026 10:00:01 GMT` and `24 Nov 2026 10:00:01 +0000`
const RFC_2822 = new RegExp(
  `^(?:[A-Z][a-z]{2}, )?(\\d{1,2})[ -]([A-Z][a-z]{2})[ -](\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))? ?${ZONE}?$`,
);
const NUMBER = /^\d{9,19}(?:\.\d{1,9})?$/;

const MAX_TIME_TEXT = 48;

/** Microseconds since the epoch, or undefined when the text is no time. Sets `clock.confidence`. */
export function readTimeText(text: string, clock: Clock): number | undefined {
  if (text.length > MAX_TIME_TEXT || text.length < 9) return undefined;
  const iso = ISO.exec(text);
  if (iso !== null) {
    return at(
      clock,
      Number(iso[1]),
      Number(iso[2]),
      Number(iso[3]),
      iso.slice(4, 7),
      iso[7],
      iso[8],
    );
  }
  if (NUMBER.test(text)) return readEpoch(Number(text), clock);
  const rfc = RFC_2822.exec(text);
  if (rfc !== null) {
    const month = monthNumber(rfc[2] ?? '');
    return at(clock, Number(rfc[3]), month, Number(rfc[1]), rfc.slice(4, 7), rfc[7], rfc[8]);
  }
  // Syslog's own, also without a year: `Nov 24 10:00:01`, `Tue Nov 24 10:00:01 CET 2026`.
  if (readSyslogStamp(text, 0, syslogStamp) && syslogStamp.end === text.length)
    return syslogTime(syslogStamp, clock);
  const stamp = readStamp(text, clock);
  return Number.isNaN(stamp) ? undefined : stamp;
}

function at(
  clock: Clock,
  year: number,
  month: number,
  day: number,
  hms: readonly (string | undefined)[],
  fraction: string | undefined,
  zone: string | undefined,
): number | undefined {
  const [hour, minute, second] = [Number(hms[0]), Number(hms[1]), Number(hms[2] ?? 0)];
  if (!(day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0))) return undefined;
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  const micros = Number((fraction ?? '').padEnd(6, '0').slice(0, 6));
  return clock.at(year, month, day, hour, minute, second, micros, zoneMinutes(zone));
}

const syslogStamp = emptyStamp();

function syslogTime(stamp: Stamp, clock: Clock): number {
  const { year, month, day, hour, minute, second, micros, offsetMinutes, epochUs } = stamp;
  if (epochUs === 0) return clock.at(year, month, day, hour, minute, second, micros, offsetMinutes);
  clock.confidence = 'exact';
  return epochUs;
}

const YEAR_2100_SECONDS = 4_102_444_800;

/**
 * Microseconds for a number of seconds, milli-, micro- or nanoseconds since the epoch, told apart by size
 * (1973 to 2100). Undefined for any other number.
 */
export function readEpoch(value: number, clock: Clock): number | undefined {
  if (!Number.isFinite(value) || value < 1e8) return undefined;
  let micros: number;
  if (value <= YEAR_2100_SECONDS) micros = value * 1e6;
  else if (value >= 1e11 && value <= YEAR_2100_SECONDS * 1e3) micros = value * 1e3;
  else if (value >= 1e14 && value <= YEAR_2100_SECONDS * 1e6) micros = value;
  else if (value >= 1e17 && value <= YEAR_2100_SECONDS * 1e9) micros = value / 1e3;
  else return undefined;
  clock.confidence = 'exact';
  return Math.round(micros);
}
