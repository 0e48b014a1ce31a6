/**
 * Impossible travel: two hits of a group from places so far apart that nobody gets from one to the other in the time
 * between. A correlation is one where it counts addresses and says `ir.travel_kmh`, the fastest that one travels.
 */
import type { SigmaCorrelation } from '../../sigma/rule.ts';
import { type Geo, kilometresBetween, type Place } from '../geo/geo.ts';
import type { WindowKind } from './window.ts';

/** Files of places are wrong by hundreds of kilometres: nearer ones are the same. */
const LEAST_KM = 500;

interface Stay {
  timeUs: number;
  ref: number;
  place: Place;
}

/** The latest hit of a group whose place is known, and the one before it where the way between was too far. */
interface Way {
  last: Stay | undefined;
  from: Stay | undefined;
}

/** How fast one may travel (kilometres an hour); undefined: the rule asks for something else. */
export function travelSpeed({ type, custom }: SigmaCorrelation): number | undefined {
  const speed = (custom['ir'] as { travel_kmh?: unknown } | undefined)?.travel_kmh;
  return type === 'value_count' && typeof speed === 'number' && speed > 0 ? speed : undefined;
}

/** Windows that count 2 for a hit that nobody could have travelled to; without places there is none. */
export function travelWindow(
  speedKmh: number,
  geo: Geo | undefined,
  textOf: (value: number) => string,
): WindowKind<Way> {
  return {
    create: () => ({ last: undefined, from: undefined }),
    add(way, { timeUs, value, ref }) {
      const place = geo?.(textOf(value));
      if (place?.latitude === undefined) return Number.NaN;
      const { last } = way;
      way.last = { timeUs, ref, place };
      const far = last === undefined ? 0 : (kilometresBetween(last.place, place) ?? 0);
      if (last === undefined || far < LEAST_KM) return Number.NaN;
      const hours = (timeUs - last.timeUs) / 3_600_000_000;
      if (far <= speedKmh * hours) return Number.NaN;
      way.from = last;
      return 2;
    },
    opening({ from }, { timeUs, ref }) {
      return from === undefined
        ? { firstUs: timeUs, count: 1, refs: [ref] }
        : { firstUs: from.timeUs, count: 2, refs: [from.ref, ref] };
    },
    save: ({ last }) =>
      last === undefined
        ? []
        : [[last.timeUs, last.ref, last.place.latitude ?? null, last.place.longitude ?? null]],
    load(saved) {
      const [timeUs, ref, latitude, longitude] = saved[0] ?? [];
      if (typeof timeUs !== 'number' || typeof ref !== 'number' || typeof latitude !== 'number')
        return { last: undefined, from: undefined };
      const place = { country: undefined, city: undefined, latitude, longitude: Number(longitude) };
      return { last: { timeUs, ref, place }, from: undefined };
    },
  };
}
