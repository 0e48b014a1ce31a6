/**
 * event_count with nothing but a threshold, the common case: the latest hits of a group, as many as the
 * threshold. It is reached when the oldest of them is in the window, so that nothing has to be forgotten.
 */
import { fromJson, type Opening, toJson, type WindowKind } from './window.ts';

interface Latest {
  /** Time and reference of each hit, side by side, in a ring; NaN where there was none. */
  slots: Float64Array;
  /** Place of the oldest hit, which the next one takes. */
  next: number;
  /** How often each hit happened; made when one happened more than once. */
  weights: Float64Array | undefined;
}

/** Above this, groups with few hits would take too much memory. */
export const MAX_THRESHOLD = 64;

/**
 * Windows of `timespanUs` whose count is `threshold` or more when that many hits are in them, otherwise less.
 * An event that hits several members counts once.
 */
export function thresholdWindow(threshold: number, timespanUs: number): WindowKind<Latest> {
  const length = 2 * threshold;
  const create = (): Latest => ({
    slots: new Float64Array(length).fill(Number.NaN),
    next: 0,
    weights: undefined,
  });
  return {
    create,
    add(latest, { timeUs, ref, weight = 1 }) {
      const { slots, next } = latest;
      const newest = next === 0 ? length - 2 : next - 2;
      let oldest = next;
      if (slots[newest + 1] !== ref) {
        slots[next] = timeUs;
        slots[next + 1] = ref;
        oldest = next + 2 === length ? 0 : next + 2;
        latest.next = oldest;
        if (weight > 1) latest.weights ??= new Float64Array(threshold).fill(1);
        if (latest.weights !== undefined) latest.weights[next >> 1] = weight;
      }
      const sinceUs = timeUs - timespanUs;
      if (latest.weights !== undefined) return weighed(latest, latest.weights, sinceUs).count;
      return slots[oldest]! >= sinceUs ? threshold : 0;
    },
    opening(latest, { timeUs }) {
      const { slots, next, weights } = latest;
      if (weights !== undefined) return weighed(latest, weights, timeUs - timespanUs);
      const refs: number[] = [];
      for (let index = 0; index < threshold; index += 1) {
        refs.push(slots[((next + 2 * index) % length) + 1]!);
      }
      return { firstUs: slots[next]!, count: threshold, refs };
    },
    save: ({ slots, next, weights }) => [toJson(slots), [next], weights ? toJson(weights) : []],
    load: ([slots, next, weights]) => ({
      slots: fromJson(slots),
      next: Number(next?.[0]),
      weights: weights?.length === 0 ? undefined : fromJson(weights),
    }),
  };
}

/** The hits since `sinceUs`, each for as many as it stands for. */
function weighed({ slots, next }: Latest, weights: Float64Array, sinceUs: number): Opening {
  const opening: Opening = { firstUs: Number.NaN, count: 0, refs: [] };
  for (let step = 0; step < weights.length; step += 1) {
    const at = (next + 2 * step) % slots.length;
    if (!(slots[at]! >= sinceUs)) continue;
    if (opening.count === 0) opening.firstUs = slots[at]!;
    opening.count += weights[at >> 1]!;
    opening.refs.push(slots[at + 1]!);
  }
  return opening;
}
