/**
 * value_count and temporal: the distinct values, or members, that a group has hit, each with its latest hit,
 * least recently seen first.
 */
import { fromJson, openingOf, toJson, type WindowKind } from './window.ts';

interface Latest {
  /** From `start` up to `end`, exclusive. */
  keys: Int32Array;
  /** Time and reference of the latest hit of each key, side by side. */
  seen: Float64Array;
  start: number;
  end: number;
}

const FIRST_CAPACITY = 4;

/** Windows of `timespanUs` that count distinct values, or members, up to `limit`: small whole numbers. */
export function distinctWindow(
  limit: number,
  timespanUs: number,
  counted: 'value' | 'rule',
): WindowKind<Latest> {
  return {
    create: () => ({
      keys: new Int32Array(FIRST_CAPACITY),
      seen: new Float64Array(2 * FIRST_CAPACITY),
      start: 0,
      end: 0,
    }),
    add(latest, hit) {
      const sinceUs = hit.timeUs - timespanUs;
      const { end } = latest;
      let { start } = latest;
      while (start < end && latest.seen[2 * start]! < sinceUs) start += 1;
      latest.start = start;
      const key = hit[counted];
      let at = end - 1;
      while (at >= start && latest.keys[at] !== key) at -= 1;
      if (at >= start) {
        moveToEnd(latest, at);
      } else {
        if (end - start === limit) latest.start = start + 1;
        if (end === latest.keys.length) makeRoom(latest);
        latest.keys[latest.end] = key;
        latest.end += 1;
      }
      latest.seen[2 * latest.end - 2] = hit.timeUs;
      latest.seen[2 * latest.end - 1] = hit.ref;
      return latest.end - latest.start;
    },
    opening: ({ seen, start, end }) => openingOf(seen.subarray(2 * start, 2 * end)),
    save({ keys, seen, start, end }, { textOf }) {
      const live = [...keys.subarray(start, end)];
      return [
        counted === 'value' ? live.map(textOf) : live,
        toJson(seen.subarray(2 * start, 2 * end)),
      ];
    },
    load([keys = [], seen], { numberOf }) {
      const capacity = Math.max(FIRST_CAPACITY, keys.length);
      const latest = {
        keys: new Int32Array(capacity),
        seen: new Float64Array(2 * capacity),
        start: 0,
        end: keys.length,
      };
      latest.keys.set(keys.map((key) => (typeof key === 'string' ? numberOf(key) : Number(key))));
      latest.seen.set(fromJson(seen));
      return latest;
    },
  };
}

/** Makes a key the most recent one; its hit is left to set. */
function moveToEnd({ keys, seen, end }: Latest, from: number): void {
  const key = keys[from]!;
  for (let at = from; at < end - 1; at += 1) {
    keys[at] = keys[at + 1]!;
    seen[2 * at] = seen[2 * at + 2]!;
    seen[2 * at + 1] = seen[2 * at + 3]!;
  }
  keys[end - 1] = key;
}

/** Moves everything to the beginning, in longer columns when they are more than a quarter full. */
function makeRoom(latest: Latest): void {
  const { start, end } = latest;
  const size = end - start;
  if (size * 4 > latest.keys.length) {
    latest.keys = lengthened(latest.keys, new Int32Array(latest.keys.length * 2));
    latest.seen = lengthened(latest.seen, new Float64Array(latest.seen.length * 2));
  }
  latest.keys.copyWithin(0, start, end);
  latest.seen.copyWithin(0, 2 * start, 2 * end);
  latest.start = 0;
  latest.end = size;
}

function lengthened<C extends Int32Array | Float64Array>(column: C, longer: C): C {
  longer.set(column);
  return longer;
}
