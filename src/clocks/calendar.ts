/** Days, working days and holidays of a place. A day is the number of days since 1970 by the calendar on the wall. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, IrError, suggestion, usageError } from '../errors.ts';
import { createZoneOffset, zoneTimeAt } from '../logs/time-zone.ts';

const DAY_MS = 86_400_000;

/** The calendar on somebody's wall. */
export interface Calendar {
  zone: string;
  /** The country whose holidays count, `DE` or `DE-BY`; undefined: weekends alone. */
  country: string | undefined;
  /** The wall clock at a moment, its fields read as if they were UTC. */
  localMs(ms: number): number;
  /** The moment at which the wall clock shows that. */
  momentOf(localMs: number): number;
  isWorkingDay(day: number): boolean;
}

/** The day of a wall clock. */
export const dayOf = (localMs: number): number => Math.floor(localMs / DAY_MS);

/** The wall clock at the beginning of a day. */
export const startOf = (day: number): number => day * DAY_MS;

/**
 * The calendar of a place.
 * @param more days on which nobody works besides, `2026-12-24`
 * @throws IrError (exit 2) for a country that is not known
 */
export function calendarOf(
  zone: string,
  country: string | undefined,
  more: readonly string[] = [],
): Calendar {
  const offsetAt = createZoneOffset(zone);
  const own = new Set(more);
  if (country !== undefined) assertCountry(country);
  return {
    zone,
    country,
    localMs: (ms) => ms + offsetAt(ms) * 60_000,
    momentOf: (localMs) => localMs - zoneTimeAt(zone, localMs).offsetMinutes * 60_000,
    isWorkingDay(day) {
      const weekday = (day + 4) % 7;
      if (weekday === 0 || weekday === 6) return false;
      const date = new Date(startOf(day)).toISOString().slice(0, 10);
      return !own.has(date) && !(country !== undefined && isHoliday(country, date));
    },
  };
}

/** The file of holidays. */
interface HolidayTable {
  source: string;
  from: number;
  to: number;
  /** By country, then by year: `0101 0403`. */
  countries: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

let table: HolidayTable | undefined;

/** Read when the first holiday matters. */
function holidays(): HolidayTable {
  table ??= JSON.parse(readFileSync(bundledPath('holidays.json'), 'utf8')) as HolidayTable;
  return table;
}

function isHoliday(country: string, date: string): boolean {
  const { countries, from, to } = holidays();
  const days = countries[country]?.[date.slice(0, 4)];
  if (days !== undefined) return days.split(' ').includes(date.slice(5, 7) + date.slice(8, 10));
  throw new IrError(
    `the holidays of ${country} are known from ${from} to ${to}, not in ${date.slice(0, 4)}`,
    {
      exit: EXIT.refused,
      hint: 'Check the time that you gave, or install a newer version.',
    },
  );
}

/** Countries and parts of countries whose holidays are known. */
export const knownCountries = (): string[] => Object.keys(holidays().countries).sort();

/** @throws IrError (exit 2) for a country that is not known */
export function assertCountry(country: string): void {
  const known = knownCountries();
  if (known.includes(country)) return;
  throw usageError(
    `--country: the holidays of "${country}" are not known`,
    suggestion(
      country,
      known,
      `Use a code such as DE, DE-BY or US; known are: ${known.filter((one) => one.length === 2).join(' ')}`,
    ),
  );
}

/** A file or folder of `templates`, found upwards from this file: the same from `src/` and from `dist/`. */
export function bundledPath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up += 1) {
    const found = join(folder, 'templates', name);
    if (existsSync(found)) return found;
    folder = dirname(folder);
  }
  throw new IrError(`templates/${name} is missing`, {
    exit: EXIT.invalidTemplate,
    hint: 'Install the package again; the folder belongs to it.',
  });
}
