/** event_count: a ring of the latest hits of a group, no larger than the condition can tell apart. */
import { fromJson, KEPT_BEFORE, type WindowKind } from './window.ts';

interface Ring {
  /** Time and reference of each hit, side by side. */
  slots: Float64Array;
  /** Index of the oldest hit. */
  start: number;
  size: number;
  /** How often each hit happened; made when one happened more than once. */
  weights: Float64Array | undefined;
  /** By how much the weights of the hits in the ring exceed their number. */
  extra: number;
}

const FIRST_CAPACITY = 2;

/** Windows of `timespanUs` that count hits up to `limit`. An event that hits several members counts once. */
export function countWindow(limit: number, timespanUs: number): WindowKind<Ring> {
  return {
    create: () => ({
      slots: new Float64Array(2 * Math.min(FIRST_CAPACITY, limit)),
      start: 0,
      size: 0,
      weights: undefined,
      extra: 0,
    }),
    add(ring, { timeUs, ref, weight = 1 }) {
      const sinceUs = timeUs - timespanUs;
      const { slots } = ring;
      const capacity = slots.length >> 1;
      while (ring.size > 0 && slots[2 * ring.start]! < sinceUs) dropOldest(ring, capacity);
      const { size } = ring;
      let place = ring.start + size;
      if (place >= capacity) place -= capacity;
      const newest = place === 0 ? capacity - 1 : place - 1;
      if (size > 0 && slots[2 * newest + 1] === ref) return size + ring.extra;
      if (size === capacity) {
        if (capacity < limit) {
          grow(ring, Math.min(capacity * 2, limit));
          place = size;
        } else dropOldest(ring, capacity);
      }
      ring.slots[2 * place] = timeUs;
      ring.slots[2 * place + 1] = ref;
      ring.size += 1;
      if (weight > 1) ring.weights ??= new Float64Array(ring.slots.length >> 1).fill(1);
      if (ring.weights !== undefined) {
        ring.weights[place] = weight;
        ring.extra += weight - 1;
      }
      return ring.size + ring.extra;
    },
    opening({ slots, start, size, extra }) {
      const capacity = slots.length >> 1;
      const refs: number[] = [];
      for (let index = 0; index < Math.min(size, KEPT_BEFORE); index += 1) {
        refs.push(slots[2 * ((start + index) % capacity) + 1]!);
      }
      return { firstUs: slots[2 * start]!, count: size + extra, refs };
    },
    save({ slots, start, size, weights }) {
      const places = Array.from({ length: size }, (_, at) => (start + at) % (slots.length >> 1));
      return [
        places.flatMap((place) => [slots[2 * place]!, slots[2 * place + 1]!]),
        weights === undefined ? [] : places.map((place) => weights[place]!),
      ];
    },
    load([hits = [], weighed = []]) {
      const size = hits.length >> 1;
      const slots = new Float64Array(Math.max(hits.length, 2 * Math.min(FIRST_CAPACITY, limit)));
      slots.set(fromJson(hits));
      const weights =
        weighed.length === 0 ? undefined : new Float64Array(slots.length >> 1).fill(1);
      weights?.set(fromJson(weighed));
      const extra = weights?.reduce((sum, weight) => sum + weight - 1, 0) ?? 0;
      return { slots, start: 0, size, weights, extra };
    },
  };
}

function dropOldest(ring: Ring, capacity: number): void {
  const { start, weights } = ring;
  if (weights !== undefined) ring.extra -= weights[start]! - 1;
  ring.start = start + 1 === capacity ? 0 : start + 1;
  ring.size -= 1;
}

/** Moves the hits, oldest first, to a larger ring. */
function grow(ring: Ring, capacity: number): void {
  const { start, weights } = ring;
  const slots = new Float64Array(2 * capacity);
  slots.set(ring.slots.subarray(2 * start));
  slots.set(ring.slots.subarray(0, 2 * start), ring.slots.length - 2 * start);
  ring.slots = slots;
  ring.start = 0;
  if (weights === undefined) return;
  ring.weights = new Float64Array(capacity).fill(1);
  ring.weights.set(weights.subarray(start));
  ring.weights.set(weights.subarray(0, start), weights.length - start);
}
