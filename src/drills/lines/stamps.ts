/** Times as the programs of a drill write them. All take ms since the epoch; the hosts run on UTC. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

const clockOf = (date: Date): string =>
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;

/** `16/Nov/2026:09:12:44 +0000` (nginx `$time_local`). */
export function accessStamp(atMs: number): string {
  const date = new Date(atMs);
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${clockOf(date)} +0000`;
}

/** `2026/11/16 09:12:44` (nginx error log). */
export function errorStamp(atMs: number): string {
  const date = new Date(atMs);
  const day = `${date.getUTCFullYear()}/${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}`;
  return `${day} ${clockOf(date)}`;
}

/** `Nov  6 09:12:44` (RFC 3164, section 4.1.2). */
export function syslogStamp(atMs: number): string {
  const date = new Date(atMs);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${MONTHS[date.getUTCMonth()]} ${day} ${clockOf(date)}`;
}

/** `1794820364.123` (auditd). */
export const auditStamp = (atMs: number): string => (atMs / 1000).toFixed(3);

/** `2026-11-16T09:12:44Z` (CloudTrail). */
export const secondStamp = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19)}Z`;
