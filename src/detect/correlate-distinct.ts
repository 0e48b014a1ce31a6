/**
 * value_count and temporal: the distinct values, or members, that a group has hit, each with its latest hit,
 * least recently seen first.
 */
import {
  type CorrelationHit,
  openingOf,
  type SeenHit,
  type WindowKind,
} from './correlate-window.ts';

type Latest<K> = Map<K, SeenHit>;

/** Windows that count distinct keys up to `limit`. */
export function distinctWindow<K>(
  limit: number,
  keyOf: (hit: CorrelationHit) => K,
): WindowKind<Latest<K>> {
  return {
    create: () => new Map(),
    add(latest, hit, sinceUs) {
      for (const [key, seen] of latest) {
        if (seen.timeUs >= sinceUs) break;
        latest.delete(key);
      }
      const key = keyOf(hit);
      let seen = latest.get(key);
      if (seen === undefined) {
        seen = { timeUs: 0, ref: 0 };
        if (latest.size === limit) latest.delete(latest.keys().next().value as K);
      } else latest.delete(key);
      seen.timeUs = hit.timeUs;
      seen.ref = hit.ref;
      latest.set(key, seen);
      return latest.size;
    },
    opening: (latest) => openingOf([...latest.values()]),
  };
}
