/**
 * The clock of one log file: turns the broken-down time of a line into microseconds since the epoch.
 * Knows the file's zone and, for stamps without a year, which year the file has reached.
 */
import type { TimeConfidence } from '../events/event.ts';
import { zoneTimeAt } from './time-zone.ts';

export interface Clock {
  /** How the latest `at` came to its answer. */
  confidence: TimeConfidence;
  /**
   * Microseconds since the epoch for a stamp as written in the log.
   * @param year full year, or 0 when the stamp has none (the clock then walks over new year)
   * @param month 1 to 12
   * @param micros microseconds within the second
   * @param offsetMinutes minutes east of UTC, or `undefined` when the stamp names no zone
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

export interface ClockOptions {
  /** IANA zone of stamps that name none; `UTC` when the user said nothing. */
  zone: string;
  /** Year of the first year-less stamp in the file. */
  firstYear: number;
  /** Month (1 to 12) of an earlier stamp of the file that lies in `firstYear`, when one is known. */
  month?: number;
}

/** Months a year-less stamp may lie behind its neighbours before it counts as a new year. */
const ROLLOVER_MONTHS = 6;

/** Makes the clock of one file. */
export function createClock({ zone, firstYear, month = 0 }: ClockOptions): Clock {
  let year = firstYear;
  let lastMonth = month;
  const isUtc = zone === 'UTC' || zone === 'Etc/UTC';

  const inferYear = (month: number): number => {
    const step = month - lastMonth;
    if (lastMonth === 0 || Math.abs(step) < ROLLOVER_MONTHS) {
      lastMonth = month;
      return year;
    }
    // A late line of the old year (step > 0) must not move the clock back.
    if (step > 0) return year - 1;
    lastMonth = month;
    year += 1;
    return year;
  };

  const clock: Clock = {
    confidence: 'exact',
    at(writtenYear, month, day, hour, minute, second, micros, offsetMinutes) {
      const fullYear = writtenYear === 0 ? inferYear(month) : writtenYear;
      const localMs = Date.UTC(fullYear, month - 1, day, hour, minute, second);
      let offset = offsetMinutes;
      if (writtenYear === 0) clock.confidence = 'year-inferred';
      else clock.confidence = offsetMinutes === undefined ? 'zone-assumed' : 'exact';
      if (offset === undefined) {
        if (isUtc) offset = 0;
        else {
          const { offsetMinutes: found, change } = zoneTimeAt(zone, localMs);
          offset = found;
          if (change !== undefined) clock.confidence = change === 'gap' ? 'dst-gap' : 'dst-overlap';
        }
      }
      return (localMs - offset * 60_000) * 1000 + micros;
    },
  };
  return clock;
}
