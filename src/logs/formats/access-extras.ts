/**
 * What servers append to the combined format: response time, forwarded addresses. There is no standard;
 * these are the shapes that nginx, Apache, Traefik and ingress-nginx users write.
 */

import { readIp, readIpList } from '../../events/address.ts';

/** What the extras of a line say. */
export interface AccessExtras {
  /** Response time in nanoseconds. */
  durationNs: number | undefined;
  /** Addresses of an X-Forwarded-For field. */
  forwarded: readonly string[];
}

const MAX_EXTRAS = 1024;
const TOKEN = /"([^"]*)"|[^\s"]+/g;
const NAMED_SECONDS =
  /^(?:rt|request_time|req_time|response_time|time|duration|took)[=:]"?(\d{1,9}\.\d{1,9})/i;
const UNIT = /^(?:rt=|time=|duration=)?(\d{1,15}(?:\.\d{1,9})?)(ns|us|µs|ms|s)$/i;
const SECONDS = /^\d{1,6}\.\d{1,6}$/;
const SECONDS_AND_MICROS = /^\*{0,2}\d{1,9}\/(\d{1,15})\*{0,2}$/;
const NAMED_MICROS = /^(?:D|usec|us|duration_us)[=:](\d{1,15})$/i;
const ADDRESSES = /^[\w.:%[\]-]+(?:, ?[\w.:%[\]-]+)*$/;

/** Addresses at the end of the line, without quotes and ports: nginx's `$http_x_forwarded_for`, as it is often written. */
const LAST_ADDRESSES = /(?:^| )[\da-f.:]{3,45}(?:, ?[\da-f.:]{3,45}){0,32}\s*$/i;

const NS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1000,
  µs: 1000,
  ms: 1_000_000,
  s: 1_000_000_000,
};

/** Reads the text after the user agent. A lone integer is taken as Apache's `%D`, microseconds. */
export function readAccessExtras(text: string): AccessExtras {
  const extras = text.length > MAX_EXTRAS ? text.slice(0, MAX_EXTRAS) : text;
  let durationNs: number | undefined;
  let plainSeconds: number | undefined;
  const integers: number[] = [];
  const forwarded: string[] = [];
  for (const found of extras.matchAll(TOKEN)) {
    const token = found[1] ?? found[0];
    const isQuoted = found[1] !== undefined;
    durationNs ??= namedDuration(token);
    if (SECONDS.test(token)) plainSeconds ??= Math.round(Number(token) * 1e9);
    else if (!isQuoted && /^\d{1,15}$/.test(token)) integers.push(Number(token));
    else if (isQuoted && /[.:]/.test(token) && ADDRESSES.test(token)) {
      forwarded.push(...readIpList(token));
    }
  }
  const last = LAST_ADDRESSES.exec(extras)?.[0].split(',') ?? [];
  // With a port it is the server behind, and all of them are addresses or none is.
  const addresses = last.map((address) => readIp(address.trim()));
  if (addresses.every((address) => address !== undefined)) forwarded.push(...addresses);
  durationNs ??= plainSeconds;
  const only = integers[0];
  if (durationNs === undefined && integers.length === 1 && only !== undefined) {
    durationNs = only * 1000;
  }
  return { durationNs, forwarded };
}

function namedDuration(token: string): number | undefined {
  const seconds = NAMED_SECONDS.exec(token);
  if (seconds !== null) return Math.round(Number(seconds[1]) * 1e9);
  const withUnit = UNIT.exec(token);
  if (withUnit !== null) {
    return Math.round(Number(withUnit[1]) * (NS_PER_UNIT[(withUnit[2] ?? '').toLowerCase()] ?? 1));
  }
  const both = SECONDS_AND_MICROS.exec(token) ?? NAMED_MICROS.exec(token);
  return both === null ? undefined : Number(both[1]) * 1000;
}
