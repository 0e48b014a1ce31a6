/** value_count: the distinct values of a group, each with its latest hit, least recently seen first. */
import { KEPT_REFS, type WindowKind } from './correlate-window.ts';

interface Seen {
  timeUs: number;
  ref: number;
}

type Values = Map<string, Seen>;

/** Windows that count distinct values up to `limit`. */
export function valueWindow(limit: number): WindowKind<Values> {
  return {
    create: () => new Map(),
    add(values, hit, sinceUs) {
      for (const [value, seen] of values) {
        if (seen.timeUs >= sinceUs) break;
        values.delete(value);
      }
      const value = hit.value ?? '';
      const seen = values.get(value);
      if (seen === undefined) {
        if (values.size === limit) values.delete(values.keys().next().value as string);
        values.set(value, { timeUs: hit.timeUs, ref: hit.ref });
      } else {
        values.delete(value);
        seen.timeUs = hit.timeUs;
        seen.ref = hit.ref;
        values.set(value, seen);
      }
      return values.size;
    },
    opening(values) {
      const refs: number[] = [];
      let firstUs: number | undefined;
      for (const seen of values.values()) {
        firstUs ??= seen.timeUs;
        if (refs.length === KEPT_REFS) break;
        refs.push(seen.ref);
      }
      return { firstUs: firstUs!, count: values.size, refs };
    },
  };
}
