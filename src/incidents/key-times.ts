/** The order in which the key times of an incident must lie, and the metrics made from them. */
import { refusedError } from '../errors.ts';
import type { KeyTimes } from './incident.ts';
import { instantUs } from './instant.ts';

/** Each time and those that cannot be later than it. */
const NOT_BEFORE: readonly (readonly [keyof KeyTimes, readonly (keyof KeyTimes)[]])[] = [
  ['detected', ['occurred']],
  ['acknowledged', ['occurred', 'detected']],
  ['declared', ['occurred', 'detected']],
  ['contained', ['occurred', 'detected']],
  ['eradicated', ['occurred', 'detected', 'contained']],
  ['recovered', ['occurred', 'detected', 'contained', 'eradicated']],
  ['closed', ['declared', 'detected', 'contained', 'eradicated', 'recovered']],
];

/** Clocks of two machines may differ by this much before a time counts as lying in the future. */
export const SKEW_MS = 5 * 60_000;

/**
 * Refuses times that contradict each other or lie in the future.
 * @param given the times that are being set; only contradictions that involve one of them count
 * @throws IrError (exit 6) with both values
 */
export function assertTimesInOrder(
  times: Partial<KeyTimes>,
  given: readonly (keyof KeyTimes)[],
  now: Date,
): void {
  for (const name of given) {
    const value = times[name];
    if (value !== undefined && instantUs(value) > (now.getTime() + SKEW_MS) * 1_000) {
      throw refusedError(
        `${name} (${value}) lies in the future: it is ${now.toISOString()} now`,
        'Correct the time, or the clock of this machine.',
      );
    }
  }
  for (const [later, earlierNames] of NOT_BEFORE) {
    for (const earlier of earlierNames) {
      if (!given.includes(later) && !given.includes(earlier)) continue;
      const [first, second] = [times[earlier], times[later]];
      if (first === undefined || second === undefined) continue;
      if (instantUs(second) >= instantUs(first)) continue;
      throw refusedError(
        `${later} (${second}) would be before ${earlier} (${first})`,
        'Give both times in one command when both change.',
      );
    }
  }
}

/** Durations in milliseconds; undefined while one of the two times is not known. */
export interface Metrics {
  /** Time to detect: detected - occurred. */
  mttdMs: number | undefined;
  /** Time to acknowledge: acknowledged - detected. */
  mttaMs: number | undefined;
  /** Time to contain: contained - detected. */
  mttcMs: number | undefined;
  /** Time to recover: recovered - detected. */
  mttrMs: number | undefined;
}

/** The metrics of one incident. */
export function metricsOf(times: KeyTimes): Metrics {
  const between = (from: keyof KeyTimes, to: keyof KeyTimes): number | undefined => {
    const [start, end] = [times[from], times[to]];
    if (start === undefined || end === undefined) return undefined;
    return Math.round((instantUs(end) - instantUs(start)) / 1_000);
  };
  return {
    mttdMs: between('occurred', 'detected'),
    mttaMs: between('detected', 'acknowledged'),
    mttcMs: between('detected', 'contained'),
    mttrMs: between('detected', 'recovered'),
  };
}
