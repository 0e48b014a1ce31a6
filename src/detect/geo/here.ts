/**
 * Where addresses are, for mappings and conditions: they are compiled once, and know no options of a run. Each thread has
 * its own.
 */
import type { Geo } from './geo.ts';

let here: Geo | undefined;

/** From now on mappings and conditions of this thread read places here; undefined: nothing has a place. */
export function usePlaces(geo: Geo | undefined): void {
  here = geo;
}

/** The parts of a place by the names that ECS has for them. */
export const PLACE_PARTS = {
  country_iso_code: 'country',
  city_name: 'city',
} as const;

/** A part of the place of an address; undefined where none is known. */
export function placeOf(address: unknown, part: keyof typeof PLACE_PARTS): string | undefined {
  return typeof address === 'string' ? here?.(address)?.[PLACE_PARTS[part]] : undefined;
}

/** The names of fields that are read so, each with that of its address. */
export const PLACE_FIELDS: ReadonlyMap<
  string,
  { address: 'source.ip' | 'destination.ip'; part: keyof typeof PLACE_PARTS }
> = new Map(
  (['source', 'destination'] as const).flatMap((side) =>
    (['country_iso_code', 'city_name'] as const).map((part) => [
      `${side}.geo.${part}`,
      { address: `${side}.ip` as const, part },
    ]),
  ),
);
