/** Points in time as people write them and as the journal keeps them. */
import type { Duration } from 'date-fns';
import { sub } from 'date-fns/sub';
import { usageError } from '../errors.ts';
import type { Instant } from './incident.ts';

const STAMP =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const AGO = /^(?:\d{1,6}[smhdw])+$/;
const UNITS: Readonly<Record<string, 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks'>> = {
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
};

export interface InstantOptions {
  now: Date;
  /** Minutes east of UTC that a wall clock shows, for stamps that name no zone. */
  offsetMinutesAt(localMs: number): number;
  /** The option that holds the text, for the error. */
  flag: string;
}

/**
 * Reads `now`, an age (`2h`, `1d12h`) or an RFC 3339 stamp; zone and time of day may be missing.
 * Microseconds are kept.
 * @throws IrError (exit 2) on anything else
 */
export function parseInstant(text: string, options: InstantOptions): Instant {
  const trimmed = text.trim();
  if (trimmed === 'now') return options.now.toISOString();
  if (AGO.test(trimmed)) {
    const age: Duration = {};
    for (const [, count, unit] of trimmed.matchAll(/(\d+)([smhdw])/g)) {
      const name = UNITS[unit as string] as keyof Duration;
      age[name] = (age[name] ?? 0) + Number(count);
    }
    return sub(options.now, age).toISOString();
  }
  const instant = parseStamp(trimmed, options);
  if (instant !== undefined) return instant;
  throw usageError(
    `${options.flag}: "${text}" is not a time`,
    'Write 2026-03-01T14:05:00Z, 2026-03-01 14:05, an age such as 2h or 1d12h, or now.',
  );
}

function parseStamp(text: string, { offsetMinutesAt }: InstantOptions): Instant | undefined {
  const match = STAMP.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? 0),
  ) as [number, number, number, number, number, number];
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const local = new Date(localMs);
  // Date.UTC carries 31 February over into March and 25:00 into the next day.
  const isReal = local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!isReal || minute > 59 || second > 59) return undefined;
  const zone = match[8]?.toUpperCase();
  const offset = zone === undefined ? offsetMinutesAt(localMs) : zoneMinutes(zone);
  const seconds = new Date(localMs - offset * 60_000).toISOString().slice(0, 19);
  const fraction = (match[7] ?? '').slice(0, 6);
  return `${seconds}.${fraction.padEnd(fraction.length > 3 ? 6 : 3, '0')}Z`;
}

function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
}

/** Microseconds since the epoch. */
export function instantUs(instant: Instant): number {
  const micros = /\.\d{3}(\d{3})Z$/.exec(instant)?.[1] ?? '0';
  return Date.parse(instant) * 1_000 + Number(micros);
}
