/** Microsecond instants as text, and back. */

/**
 * RFC 3339 in UTC: milliseconds, or microseconds when the instant has them.
 * @param timeUs microseconds since the epoch
 */
export function rfc3339(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  const micros = timeUs - ms * 1000;
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'invalid';
  const text = date.toISOString();
  return micros === 0 ? text : `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

/**
 * RFC 3339 as a wall clock shows it: `2026-03-01T08:30:00.000+01:00`; in UTC as `rfc3339` has it.
 * @param offsetMinutes minutes east of UTC
 */
export function rfc3339At(timeUs: number, offsetMinutes: number): string {
  if (offsetMinutes === 0) return rfc3339(timeUs);
  return rfc3339(timeUs + offsetMinutes * 60_000_000).replace('Z', offsetText(offsetMinutes));
}

/** `+01:00`, `-03:30`, `Z`. */
export function offsetText(offsetMinutes: number): string {
  if (offsetMinutes === 0) return 'Z';
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** Microseconds since the epoch of an RFC 3339 instant or date (UTC when no zone is given); NaN otherwise. */
export function parseRfc3339(text: string): number {
  const found = INSTANT.exec(text);
  if (found === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  );
  const micros = Number((fraction ?? '').padEnd(6, '0').slice(0, 6));
  return (ms - zoneMinutes(zone) * 60_000) * 1000 + micros;
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith('-') ? -minutes : minutes;
}
