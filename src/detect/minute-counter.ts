/** Counts events per minute for readers that see them in time order: a run of one minute costs one look-up. */
import { createTotals, MINUTE_US, type Totals } from './totals.ts';

/** A counter of one reader. */
export interface MinuteCounter {
  /** Counts into `totals` from now on. */
  begin(totals: Totals): void;
  /** An event at this time, in microseconds since the epoch. */
  count(timeUs: number): void;
  /** Puts what was counted into the totals. */
  flush(): void;
}

/** Makes a counter. */
export function createMinuteCounter(): MinuteCounter {
  let totals = createTotals();
  let minute = -1;
  let pending = 0;
  let firstUs = Number.POSITIVE_INFINITY;
  let lastUs = Number.NEGATIVE_INFINITY;
  const addPending = (): void => {
    if (pending > 0) totals.perMinute.set(minute, (totals.perMinute.get(minute) ?? 0) + pending);
    totals.events += pending;
    pending = 0;
  };
  return {
    begin(next) {
      totals = next;
      minute = -1;
      pending = 0;
      firstUs = Number.POSITIVE_INFINITY;
      lastUs = Number.NEGATIVE_INFINITY;
    },
    count(timeUs) {
      const next = Math.floor(timeUs / MINUTE_US);
      if (next !== minute) {
        addPending();
        minute = next;
      }
      pending += 1;
      if (timeUs < firstUs) firstUs = timeUs;
      if (timeUs > lastUs) lastUs = timeUs;
    },
    flush() {
      addPending();
      if (firstUs > lastUs) return;
      totals.firstUs = Math.min(totals.firstUs ?? firstUs, firstUs);
      totals.lastUs = Math.max(totals.lastUs ?? lastUs, lastUs);
    },
  };
}
