/**
 * event_count with nothing but a threshold, the common case: the latest hits of a group, as many as the
 * threshold. It is reached when the oldest of them is in the window, so that nothing has to be forgotten.
 */
import { KEPT_REFS, type WindowKind } from './window.ts';

interface Latest {
  /** Time and reference of each hit, side by side, in a ring; NaN where there was none. */
  slots: Float64Array;
  /** Place of the oldest hit, which the next one takes. */
  next: number;
}

/** Above this, groups with few hits would take too much memory. */
export const MAX_THRESHOLD = 64;

/**
 * Windows of `timespanUs` whose count is `threshold` when that many hits or more are in them, otherwise 0.
 * An event that hits several members counts once.
 * @param isAlone there is one member, so that rows of one event are repetitions
 */
export function thresholdWindow(
  threshold: number,
  timespanUs: number,
  isAlone = false,
): WindowKind<Latest> {
  const length = 2 * threshold;
  return {
    create: () => ({ slots: new Float64Array(length).fill(Number.NaN), next: 0 }),
    add(latest, { timeUs, ref }) {
      const { slots, next } = latest;
      const newest = next === 0 ? length - 2 : next - 2;
      let oldest = next;
      if (isAlone || slots[newest + 1] !== ref) {
        slots[next] = timeUs;
        slots[next + 1] = ref;
        oldest = next + 2 === length ? 0 : next + 2;
        latest.next = oldest;
      }
      return slots[oldest]! >= timeUs - timespanUs ? threshold : 0;
    },
    opening({ slots, next }) {
      const refs: number[] = [];
      for (let index = 0; index < Math.min(threshold, KEPT_REFS); index += 1) {
        refs.push(slots[((next + 2 * index) % length) + 1]!);
      }
      return { firstUs: slots[next]!, count: threshold, refs };
    },
  };
}
