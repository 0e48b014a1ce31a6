/** Reads the values of --since, --until and other time options. */

import { usageError } from '../errors.ts';
import { parseRfc3339 } from '../events/rfc3339.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Microseconds since the epoch of an RFC 3339 instant, a date, or a span before `now` (`2h`, `30m`, `7d`).
 * Throws a usage error that names the option.
 */
export function readTimeOption(flag: string, text: string, now: Date): number {
  const span = /^(\d{1,6})\s?([smhdw])$/.exec(text);
  if (span !== null) {
    return (now.getTime() - Number(span[1]) * (UNIT_MS[span[2] as string] as number)) * 1000;
  }
  const timeUs = parseRfc3339(text);
  if (Number.isNaN(timeUs)) {
    throw usageError(
      `${flag} is no time: "${text}"`,
      'Use RFC 3339 such as 2026-11-24T10:00:00Z, a date, or a span such as 2h or 7d.',
    );
  }
  return timeUs;
}
