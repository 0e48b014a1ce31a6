/**
 * What goes through a watch, minute by minute as it comes: requests, answers, logins, who asks most. Minutes have a bounded size, whatever
 * is sent. Pure: the clock is given in.
 */
import type { Event } from '../events/event.ts';
import { createTop, type TopRow } from './top.ts';

/** How the machine stood; parts of 1. */
export interface HostSample {
  cpu?: number | undefined;
  memory?: number | undefined;
  disk?: number | undefined;
}

/** A minute, or the sum of several, as it is kept. */
export interface TrafficMinute {
  /** Minutes since the epoch, of the first one. */
  at: number;
  /** How many minutes it stands for. */
  span: number;
  events: number;
  requests: number;
  /** Answers by class: 1xx to 5xx. */
  status: readonly number[];
  /** Bytes that were sent. */
  bytes: number;
  /** Answer times: bucket (see `timeOf`) and how many. */
  times: readonly (readonly [bucket: number, count: number])[];
  loginsOk: number;
  loginsFailed: number;
  /** Events that change accounts, rights, settings or packages. */
  changes: number;
  /** Value, events, bytes; those with most. */
  addresses: readonly TopRow[];
  users: readonly TopRow[];
  paths: readonly TopRow[];
  actions: readonly TopRow[];
  /** By ISO 3166-1; only with a file of places. */
  countries: readonly TopRow[];
  /** There were more users than are kept. */
  hasMoreUsers: boolean;
  host?: HostSample | undefined;
}

/** Counts; what is full is handed out. */
export interface Traffic {
  event(event: Event): void;
  /** @returns the minutes that are over, the oldest first */
  turn(nowMs: number, host?: () => HostSample): TrafficMinute[];
  /** The minute that goes on. */
  current(): TrafficMinute;
}

const MINUTE_MS = 60_000;
/** Values with most that a minute keeps. */
export const TOP_KEPT = 50;
/** Users are told by their number, so more of them are kept. */
export const USERS_KEPT = 200;
/** Values that a sum keeps which becomes part of others. */
export const WIDE_KEPT = 400;
const CHANGES = new Set(['iam', 'configuration', 'package']);
const MOST_TEXT = 200;

/** Begins with the minute that an earlier run left. @param countryOf of an address; absent: countries are not told apart */
export function createTraffic(
  nowMs: number,
  saved: TrafficMinute | undefined,
  countryOf?: (address: string) => string | undefined,
): Traffic {
  let slot = openSlot(Math.floor(nowMs / MINUTE_MS), saved);
  const close = (): TrafficMinute => minuteOf(slot, countryOf);
  return {
    event: (event) => count(slot, event),
    turn(now, host) {
      const minute = Math.floor(now / MINUTE_MS);
      // A clock that was set back goes on with the minute that it has.
      if (minute <= slot.at) return [];
      const { host: _, ...done } = close();
      slot = openSlot(minute, undefined);
      return [{ ...done, ...(host && { host: host() }) }];
    },
    current: close,
  };
}

interface Slot {
  at: number;
  sums: Record<Sum, number>;
  status: number[];
  times: Map<number, number>;
  tops: Record<TopName, ReturnType<typeof createTop>>;
}
const SUMS = ['events', 'requests', 'bytes', 'loginsOk', 'loginsFailed', 'changes'] as const;
type Sum = (typeof SUMS)[number];
const TOPS = ['addresses', 'users', 'paths', 'actions'] as const;
type TopName = (typeof TOPS)[number];

function openSlot(minute: number, saved: TrafficMinute | undefined): Slot {
  const sums = Object.fromEntries(SUMS.map((name) => [name, saved?.[name] ?? 0]));
  const tops = Object.fromEntries(TOPS.map((name) => [name, createTop(saved?.[name])]));
  return {
    at: saved?.at ?? minute,
    sums: sums as Slot['sums'],
    status: [...(saved?.status ?? [0, 0, 0, 0, 0])],
    times: new Map(saved?.times),
    tops: tops as Slot['tops'],
  };
}

function count({ sums, status, times, tops }: Slot, event: Event): void {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  sums.events += 1;
  const code = numberOf(fields['http.response.status_code']);
  const sent = numberOf(
    code === undefined
      ? fields['source.bytes']
      : (fields['http.response.body.bytes'] ?? fields['http.response.bytes']),
  );
  const bytes = sent ?? 0;
  sums.bytes += bytes;
  if (code !== undefined) {
    sums.requests += 1;
    const at = Math.floor(code / 100) - 1;
    if (at >= 0 && at < 5) status[at]! += 1;
    const duration = numberOf(fields['event.duration']);
    if (duration !== undefined) {
      const bucket = bucketOf(duration / 1e6);
      times.set(bucket, (times.get(bucket) ?? 0) + 1);
    }
    const path = textOf(fields['url.path']);
    if (path !== undefined) tops.paths.add(path, bytes);
  }
  const address = textOf(fields['source.ip']);
  if (address !== undefined && (code !== undefined || bytes > 0))
    tops.addresses.add(address, bytes);
  const categories = fields['event.category'];
  const has = (one: string): boolean =>
    categories === one || (Array.isArray(categories) && categories.includes(one));
  const isOk = fields['event.outcome'] === 'success';
  if (has('authentication') && isOk) sums.loginsOk += 1;
  if (has('authentication') && fields['event.outcome'] === 'failure') sums.loginsFailed += 1;
  if (Array.isArray(categories) && categories.some((one) => CHANGES.has(one as string)))
    sums.changes += 1;
  // Who only tried is not active.
  const user = textOf(fields['user.name'] ?? fields['user.email']);
  if (user !== undefined && fields['event.outcome'] !== 'failure') tops.users.add(user, bytes);
  const action = code === undefined ? textOf(fields['event.action']) : undefined;
  if (action !== undefined) tops.actions.add(action, bytes);
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? value
    : typeof value === 'string' && /^\d{1,15}(?:\.\d+)?$/.test(value)
      ? Number(value)
      : undefined;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '-'
    ? value.slice(0, MOST_TEXT)
    : undefined;

const PER_DOUBLING = 8;
/** Buckets whose bounds grow by a ninth: a percentile is right to some 5 %. */
export const bucketOf = (ms: number): number =>
  Math.round(Math.log2(Math.max(0.01, ms)) * PER_DOUBLING);
/** Milliseconds in the middle of a bucket. */
export const timeOf = (bucket: number): number => 2 ** (bucket / PER_DOUBLING);

function minuteOf(
  { at, sums, status, times, tops }: Slot,
  countryOf: ((address: string) => string | undefined) | undefined,
  most = TOP_KEPT,
): TrafficMinute {
  const byCountry = createTop();
  if (countryOf !== undefined)
    for (const [address, events, bytes] of tops.addresses.all()) {
      const country = countryOf(address);
      if (country !== undefined) byCountry.put(country, events, bytes);
    }
  return {
    ...{ at, span: 1, ...sums, status: [...status], times: [...times] },
    addresses: tops.addresses.best(most),
    users: tops.users.best(Math.max(most, USERS_KEPT)),
    ...{ paths: tops.paths.best(most), actions: tops.actions.best(most) },
    countries: byCountry.best(TOP_KEPT),
    hasMoreUsers: tops.users.all().length > USERS_KEPT,
  };
}

/** One for several; undefined for none. Values beyond those with most in a minute are not in it. @param isLean without who has most @param most values that are kept of each kind */
export function sumOf(
  minutes: readonly TrafficMinute[],
  { isLean = false, most = TOP_KEPT }: { isLean?: boolean; most?: number } = {},
): TrafficMinute | undefined {
  const [first] = minutes;
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const slot = openSlot(first.at, undefined);
  const countries = createTop();
  for (const one of minutes) {
    for (const name of SUMS) slot.sums[name] += one[name];
    for (const [at, value] of one.status.entries()) slot.status[at]! += value;
    for (const [bucket, value] of one.times)
      slot.times.set(bucket, (slot.times.get(bucket) ?? 0) + value);
    if (isLean) continue;
    for (const name of TOPS)
      for (const [value, events, bytes] of one[name]) slot.tops[name].put(value, events, bytes);
    for (const [value, events, bytes] of one.countries) countries.put(value, events, bytes);
  }
  const { host: _, ...sum } = minuteOf(slot, undefined, most);
  return {
    ...{ ...sum, countries: countries.best(most), span: last.at + last.span - first.at },
    hasMoreUsers: sum.hasMoreUsers || minutes.some(({ hasMoreUsers }) => hasMoreUsers),
    host: meanOf(minutes),
  };
}

/** By how many minutes each stands for. */
function meanOf(minutes: readonly TrafficMinute[]): HostSample | undefined {
  if (minutes.every(({ host }) => host === undefined)) return undefined;
  const mean = (name: keyof HostSample): number | undefined => {
    let [sum, weight] = [0, 0];
    for (const { host, span } of minutes) {
      const value = host?.[name];
      if (value === undefined) continue;
      sum += value * span;
      weight += span;
    }
    return weight === 0 ? undefined : sum / weight;
  };
  return { cpu: mean('cpu'), memory: mean('memory'), disk: mean('disk') };
}

/** Milliseconds within which a part of the requests was answered; undefined where no line says how long one took. */
export function percentileOf(
  { times }: Pick<TrafficMinute, 'times'>,
  part: number,
): number | undefined {
  const sorted = [...times].sort(([a], [b]) => a - b);
  const all = sorted.reduce((sum, [, one]) => sum + one, 0);
  let below = 0;
  for (const [bucket, one] of sorted) {
    below += one;
    if (below >= all * part) return timeOf(bucket);
  }
  return undefined;
}
