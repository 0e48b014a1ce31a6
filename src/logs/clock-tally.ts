/**
 * What the stamps of a piece of a log say of its clock: how sure they are, where they stand still or run back, and when events
 * happened that other logs may tell of, too.
 */
import type { Event, TimeConfidence } from '../events/event.ts';

/** A stretch without any event, or one by which a stamp runs back. Microseconds since the epoch. */
export interface Stretch {
  fromUs: number;
  toUs: number;
}

/** The stamps of a piece; of a whole file once the pieces are joined. */
export interface ClockTally {
  events: number;
  /** Of the first and of the last event, in the order of lines. */
  firstUs: number | undefined;
  lastUs: number | undefined;
  minUs: number;
  maxUs: number;
  confidences: Partial<Record<TimeConfidence, number>>;
  /** Stamps before the one above them. */
  backs: number;
  /** The one that runs back farthest. */
  mostBack: Stretch | undefined;
  gaps: Stretch[];
  gapCount: number;
  /** Events that other logs may tell of: a hash of what both say, and when; `NaN` for what came twice. */
  shared: Map<number, number>;
}

/** So many gaps are kept, the longest. */
const MOST_GAPS = 20;
/** So many events of a file are compared with those of others: everywhere those with the smallest hashes. */
const MOST_SHARED = 4096;
const MIN_MESSAGE = 24;

/** A tally of nothing. */
export const createTally = (): ClockTally => ({
  events: 0,
  firstUs: undefined,
  lastUs: undefined,
  minUs: Number.POSITIVE_INFINITY,
  maxUs: Number.NEGATIVE_INFINITY,
  confidences: {},
  backs: 0,
  mostBack: undefined,
  gaps: [],
  gapCount: 0,
  shared: new Map(),
});

/** Takes the next event of the piece. */
export function tallyEvent(tally: ClockTally, event: Event, gapUs: number): void {
  tally.events += 1;
  const { timeUs, timeConfidence } = event;
  tally.confidences[timeConfidence] = (tally.confidences[timeConfidence] ?? 0) + 1;
  if (timeUs === undefined) return;
  tally.firstUs ??= timeUs;
  noteStep(tally, timeUs, gapUs);
  tally.lastUs = timeUs;
  tally.minUs = Math.min(tally.minUs, timeUs);
  tally.maxUs = Math.max(tally.maxUs, timeUs);
  const key = sharedKey(event);
  if (key !== undefined) noteShared(tally.shared, hash(key), timeUs);
}

/** What lies between the last event and the next. */
function noteStep(tally: ClockTally, toUs: number, gapUs: number): void {
  const { lastUs: fromUs = toUs } = tally;
  if (toUs < fromUs) noteBack(tally, { fromUs, toUs });
  else if (toUs - fromUs > gapUs) noteGap(tally, { fromUs, toUs });
}

function noteBack(tally: ClockTally, stretch: Stretch): void {
  tally.backs += 1;
  const most = tally.mostBack;
  if (most === undefined || stretch.fromUs - stretch.toUs > most.fromUs - most.toUs)
    tally.mostBack = stretch;
}

function noteGap(tally: ClockTally, stretch: Stretch): void {
  tally.gapCount += 1;
  tally.gaps.push(stretch);
  if (tally.gaps.length > MOST_GAPS * 2) keepLongest(tally);
}

const lengthOf = ({ fromUs, toUs }: Stretch): number => toUs - fromUs;

function keepLongest(tally: ClockTally): void {
  tally.gaps.sort((a, b) => lengthOf(b) - lengthOf(a) || a.fromUs - b.fromUs);
  tally.gaps.length = Math.min(tally.gaps.length, MOST_GAPS);
}

/**
 * What two logs say alike of one event: a connection by address and port, a request, a login, or a long message.
 * Undefined for an event that another log would tell in other words.
 */
function sharedKey(event: Event): string | undefined {
  const ip = event['source.ip'];
  if (ip !== undefined && event['source.port'] !== undefined)
    return `port ${ip} ${event['source.port']} ${event['event.outcome'] ?? ''}`;
  const url = event['url.original'];
  if (ip !== undefined && url !== undefined)
    return `request ${ip} ${event['http.request.method'] ?? ''} ${url} ${event['http.response.status_code'] ?? ''}`;
  const user = event['user.name'];
  if (ip !== undefined && user !== undefined)
    return `login ${ip} ${user} ${event['event.outcome'] ?? ''}`;
  const { message = '' } = event;
  return message.length >= MIN_MESSAGE ? `message ${message}` : undefined;
}

/** FNV-1a over two halves: 52 bits. @see RFC 9923 */
function hash(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let index = 0; index < text.length; index += 1) {
    low = Math.imul(low ^ text.charCodeAt(index), 0x01000193);
    high = Math.imul(high ^ (text.charCodeAt(index) + index), 0x01000193);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}

function noteShared(shared: ClockTally['shared'], key: number, timeUs: number): void {
  shared.set(key, shared.has(key) ? Number.NaN : timeUs);
  if (shared.size > MOST_SHARED * 2) keepSmallest(shared);
}

function keepSmallest(shared: ClockTally['shared']): void {
  const keys = [...shared.keys()].sort((a, b) => a - b);
  for (const key of keys.slice(MOST_SHARED)) shared.delete(key);
}

/** Adds the tally of the piece that follows. */
export function addTally(tally: ClockTally, next: ClockTally, gapUs: number): void {
  tally.events += next.events;
  for (const [word, count] of Object.entries(next.confidences)) {
    const key = word as TimeConfidence;
    tally.confidences[key] = (tally.confidences[key] ?? 0) + count;
  }
  const { firstUs } = next;
  if (firstUs === undefined) return;
  noteStep(tally, firstUs, gapUs);
  tally.lastUs = next.lastUs;
  for (const gap of next.gaps) tally.gaps.push(gap);
  tally.gapCount += next.gapCount;
  keepLongest(tally);
  if (next.mostBack !== undefined) noteBack(tally, next.mostBack);
  tally.backs += next.backs - (next.mostBack === undefined ? 0 : 1);
  tally.firstUs ??= firstUs;
  tally.minUs = Math.min(tally.minUs, next.minUs);
  tally.maxUs = Math.max(tally.maxUs, next.maxUs);
  for (const [key, timeUs] of next.shared)
    tally.shared.set(key, tally.shared.has(key) ? Number.NaN : timeUs);
  if (tally.shared.size > MOST_SHARED) keepSmallest(tally.shared);
}
