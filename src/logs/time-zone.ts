/** Offsets of IANA time zones, with the cache that reading millions of stamps needs. */
import { tzOffset } from '@date-fns/tz/tzOffset';
import { usageError } from '../errors.ts';

const HOUR_MS = 3_600_000;
const caches = new Map<string, Map<number, number>>();

/**
 * Minutes east of UTC that a wall clock in `zone` shows at local time `localMs` (the local fields read
 * as if they were UTC). In a gap the offset before it counts; in an overlap the earlier instant.
 */
export function zoneOffsetMinutes(zone: string, localMs: number): number {
  let cache = caches.get(zone);
  if (cache === undefined) caches.set(zone, (cache = new Map()));
  const slot = Math.floor(localMs / (HOUR_MS / 4));
  const known = cache.get(slot);
  if (known !== undefined) return known;
  const before = tzOffset(zone, new Date(localMs - 24 * HOUR_MS));
  const after = tzOffset(zone, new Date(localMs + 24 * HOUR_MS));
  const offset =
    isOffsetAt(zone, localMs, before) || !isOffsetAt(zone, localMs, after) ? before : after;
  if (cache.size > 50_000) cache.clear();
  cache.set(slot, offset);
  return offset;
}

const isOffsetAt = (zone: string, localMs: number, offset: number): boolean =>
  tzOffset(zone, new Date(localMs - offset * 60_000)) === offset;

/** Throws a usage error when `zone` is not an IANA zone this machine knows. */
export function assertZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw usageError(
      `unknown time zone "${zone}"`,
      'Use an IANA name such as Europe/Berlin or UTC.',
    );
  }
}
