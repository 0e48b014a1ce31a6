/** event_count: a ring of the latest hits of a group, no larger than the condition can tell apart. */
import { KEPT_REFS, type WindowKind } from './window.ts';

interface Ring {
  /** Time and reference of each hit, side by side. */
  slots: Float64Array;
  /** Index of the oldest hit. */
  start: number;
  size: number;
}

const FIRST_CAPACITY = 2;

/**
 * Windows of `timespanUs` that count hits up to `limit`. An event that hits several members counts once.
 * @param isAlone there is one member, so that rows of one event are repetitions
 */
export function countWindow(limit: number, timespanUs: number, isAlone = false): WindowKind<Ring> {
  return {
    create: () => ({
      slots: new Float64Array(2 * Math.min(FIRST_CAPACITY, limit)),
      start: 0,
      size: 0,
    }),
    add(ring, { timeUs, ref }) {
      const sinceUs = timeUs - timespanUs;
      const { slots } = ring;
      const capacity = slots.length >> 1;
      let { start, size } = ring;
      while (size > 0 && slots[2 * start]! < sinceUs) {
        start = start + 1 === capacity ? 0 : start + 1;
        size -= 1;
      }
      let place = start + size;
      if (place >= capacity) place -= capacity;
      const newest = place === 0 ? capacity - 1 : place - 1;
      ring.start = start;
      ring.size = size;
      if (!isAlone && size > 0 && slots[2 * newest + 1] === ref) return size;
      if (size === capacity) {
        if (capacity < limit) {
          grow(ring, Math.min(capacity * 2, limit));
          place = size;
        } else {
          ring.start = start + 1 === capacity ? 0 : start + 1;
          size -= 1;
        }
      }
      ring.slots[2 * place] = timeUs;
      ring.slots[2 * place + 1] = ref;
      ring.size = size + 1;
      return size + 1;
    },
    opening({ slots, start, size }) {
      const capacity = slots.length >> 1;
      const refs: number[] = [];
      for (let index = 0; index < Math.min(size, KEPT_REFS); index += 1) {
        refs.push(slots[2 * ((start + index) % capacity) + 1]!);
      }
      return { firstUs: slots[2 * start]!, count: size, refs };
    },
  };
}

/** Moves the hits, oldest first, to a larger ring. */
function grow(ring: Ring, capacity: number): void {
  const slots = new Float64Array(2 * capacity);
  slots.set(ring.slots.subarray(2 * ring.start));
  slots.set(ring.slots.subarray(0, 2 * ring.start), ring.slots.length - 2 * ring.start);
  ring.slots = slots;
  ring.start = 0;
}
