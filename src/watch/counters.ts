/** What goes through a watch: events by the minute, and where each source stands. A clock is given in. */
import type { Event } from '../events/event.ts';
import type { TrafficMinute } from './traffic.ts';

/** A source as the screen and the live page show it. Times are microseconds since the epoch. */
export interface SourceCounters {
  path: string;
  events: number;
  bytes: number;
  /** The latest time an event of it has. */
  latestUs: number | undefined;
  /** When something last came, milliseconds since the epoch. */
  arrivedMs: number | undefined;
  /** It has more than was read by now. */
  isBehind: boolean;
  /** What is wrong with it; undefined: nothing. */
  problem: string | undefined;
}

/** How a watch stands. */
export interface WatchCounters {
  nowMs: number;
  beganMs: number;
  events: number;
  /** Events a second over the last ten seconds. */
  rate: number;
  /** Events by minute of arrival, the oldest first; the last one is the minute of `nowMs`. */
  perMinute: readonly number[];
  sources: readonly SourceCounters[];
  /** How old the latest event is, milliseconds, where sources are read to their end; of those behind, how far. */
  lagMs: number | undefined;
  /** Hits that came later than the delay allows; they count as of when they came. */
  late: number;
  /** Steps of findings told. */
  findings: number;
  /** What came in the minute that goes on. */
  minute: TrafficMinute;
}

/** Counters over restarts. */
export interface SavedCounters {
  events: number;
  perMinute: readonly (readonly [minute: number, events: number])[];
}

/** Counts; all times given in. */
export interface Counting {
  event(event: Event, path: string): void;
  /** The bytes read in one step. */
  read(nowMs: number): void;
  /** What has been counted of each source. */
  ofSource(path: string): Pick<SourceCounters, 'events' | 'latestUs' | 'arrivedMs'>;
  totals(nowMs: number): Pick<WatchCounters, 'events' | 'rate' | 'perMinute'>;
  save(): SavedCounters;
}

const MINUTES = 1440;
const RATE_MS = 10_000;
const MINUTE_MS = 60_000;

/** Begins to count. */
export function createCounting(saved: SavedCounters | undefined): Counting {
  let events = saved?.events ?? 0;
  let ofStep = 0;
  const minutes = new Map<number, number>(saved?.perMinute);
  const sources = new Map<
    string,
    { events: number; latestUs?: number; arrivedMs?: number; ofStep: number }
  >();
  let recent: { ms: number; events: number }[] = [];
  return {
    event({ timeUs }, path) {
      events += 1;
      ofStep += 1;
      let source = sources.get(path);
      if (source === undefined) sources.set(path, (source = { events: 0, ofStep: 0 }));
      source.events += 1;
      source.ofStep += 1;
      if (timeUs !== undefined && !(timeUs <= (source.latestUs ?? Number.NEGATIVE_INFINITY)))
        source.latestUs = timeUs;
    },
    read(nowMs) {
      recent.push({ ms: nowMs, events: ofStep });
      recent = recent.filter(({ ms }) => ms > nowMs - RATE_MS);
      if (ofStep === 0) return;
      const minute = Math.floor(nowMs / MINUTE_MS);
      minutes.set(minute, (minutes.get(minute) ?? 0) + ofStep);
      for (const known of minutes.keys()) if (known <= minute - MINUTES) minutes.delete(known);
      for (const source of sources.values()) {
        if (source.ofStep > 0) source.arrivedMs = nowMs;
        source.ofStep = 0;
      }
      ofStep = 0;
    },
    ofSource(path) {
      const known = sources.get(path);
      return { events: known?.events ?? 0, latestUs: known?.latestUs, arrivedMs: known?.arrivedMs };
    },
    totals(nowMs) {
      const now = Math.floor(nowMs / MINUTE_MS);
      const first = Math.max(now - MINUTES + 1, Math.min(now, ...minutes.keys()));
      const counts = Array.from(
        { length: now - first + 1 },
        (_, at) => minutes.get(first + at) ?? 0,
      );
      const span = Math.min(RATE_MS, Math.max(1000, nowMs - (recent[0]?.ms ?? nowMs)));
      const sum = recent.reduce((total, step) => total + step.events, 0);
      return { events, rate: Math.round((sum * 1000) / span), perMinute: counts };
    },
    save: () => ({ events, perMinute: [...minutes] }),
  };
}
