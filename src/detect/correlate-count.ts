/** event_count: a ring of the latest hits of a group, no larger than the condition can tell apart. */
import { KEPT_REFS, type WindowKind } from './correlate-window.ts';

interface Ring {
  /** Time and reference of each hit, side by side. */
  slots: Float64Array;
  /** Index of the oldest hit. */
  start: number;
  size: number;
}

const FIRST_CAPACITY = 2;

/** Windows that count hits up to `limit`. An event that hits several members counts once. */
export function countWindow(limit: number): WindowKind<Ring> {
  return {
    create: () => ({
      slots: new Float64Array(2 * Math.min(FIRST_CAPACITY, limit)),
      start: 0,
      size: 0,
    }),
    add(ring, hit, sinceUs) {
      let capacity = ring.slots.length >> 1;
      while (ring.size > 0 && ring.slots[2 * ring.start]! < sinceUs) {
        ring.start = ring.start + 1 === capacity ? 0 : ring.start + 1;
        ring.size -= 1;
      }
      if (ring.size > 0) {
        const newest = (ring.start + ring.size - 1) % capacity;
        if (ring.slots[2 * newest + 1] === hit.ref) return ring.size;
      }
      if (ring.size === capacity) {
        if (capacity < limit) {
          grow(ring, Math.min(capacity * 2, limit));
          capacity = ring.slots.length >> 1;
        } else {
          ring.start = ring.start + 1 === capacity ? 0 : ring.start + 1;
          ring.size -= 1;
        }
      }
      let place = ring.start + ring.size;
      if (place >= capacity) place -= capacity;
      ring.slots[2 * place] = hit.timeUs;
      ring.slots[2 * place + 1] = hit.ref;
      ring.size += 1;
      return ring.size;
    },
    opening(ring) {
      const capacity = ring.slots.length >> 1;
      const refs: number[] = [];
      for (let i = 0; i < Math.min(ring.size, KEPT_REFS); i += 1) {
        refs.push(ring.slots[2 * ((ring.start + i) % capacity) + 1]!);
      }
      return { firstUs: ring.slots[2 * ring.start]!, count: ring.size, refs };
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
