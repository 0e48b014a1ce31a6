/** Offsets of IANA time zones, with the cache that reading millions of stamps needs. */
import { tzOffset } from '@date-fns/tz/tzOffset';
import { suggestion, usageError } from '../errors.ts';

const HOUR_MS = 3_600_000;

/** What a wall clock in a zone means at some local time. */
export interface ZoneTime {
  /** Minutes east of UTC. */
  offsetMinutes: number;
  /** The same for the later of two meanings; else as `offsetMinutes`. */
  laterMinutes: number;
  /** The clocks were set forward over this time, or set back so that it came twice. */
  change: 'gap' | 'overlap' | undefined;
}

const UTC: ZoneTime = { offsetMinutes: 0, laterMinutes: 0, change: undefined };

const caches = new Map<string, Map<number, ZoneTime>>();

/**
 * What a wall clock in `zone` means when it shows `localMs` (the local fields read as if they were UTC). In a
 * gap the offset before it counts; in an overlap the earlier instant.
 */
export function zoneTimeAt(zone: string, localMs: number): ZoneTime {
  // Not only cheaper: without it every run waits for the tables of all zones to load.
  if (zone === 'UTC') return UTC;
  let cache = caches.get(zone);
  if (cache === undefined) caches.set(zone, (cache = new Map()));
  const slot = Math.floor(localMs / (HOUR_MS / 4));
  const known = cache.get(slot);
  if (known !== undefined) return known;
  const before = tzOffset(zone, new Date(localMs - 24 * HOUR_MS));
  const after = tzOffset(zone, new Date(localMs + 24 * HOUR_MS));
  const isBefore = isOffsetAt(zone, localMs, before);
  const isAfter = isOffsetAt(zone, localMs, after);
  const isChanging = before !== after && isBefore === isAfter;
  const time: ZoneTime = {
    offsetMinutes: isBefore || !isAfter ? before : after,
    laterMinutes: isChanging && isBefore ? after : isBefore || !isAfter ? before : after,
    change: isChanging ? (isBefore ? 'overlap' : 'gap') : undefined,
  };
  if (cache.size > 50_000) cache.clear();
  cache.set(slot, time);
  return time;
}

const isOffsetAt = (zone: string, localMs: number, offset: number): boolean =>
  tzOffset(zone, new Date(localMs - offset * 60_000)) === offset;

/** Makes the function from milliseconds since the epoch to minutes east of UTC in a zone. */
export function createZoneOffset(zone: string): (ms: number) => number {
  if (zone === 'UTC') return () => 0;
  let slot = Number.NaN;
  let minutes = 0;
  return (ms) => {
    const next = Math.floor(ms / (HOUR_MS / 4));
    if (next !== slot) {
      const found = tzOffset(zone, new Date(ms));
      minutes = Number.isNaN(found) ? 0 : found;
      slot = next;
    }
    return minutes;
  };
}

/** Throws a usage error that names `flag` when `zone` is not an IANA zone this machine knows. */
export function assertZone(zone: string, flag: string): void {
  if (zone === 'UTC') return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw usageError(
      `${flag}: unknown time zone "${zone}"`,
      suggestion(
        zone,
        Intl.supportedValuesOf('timeZone'),
        'Use an IANA name such as Europe/Berlin or UTC.',
      ),
    );
  }
}
