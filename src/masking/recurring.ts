/** Names of values that come again, in bounded memory: a value that comes once leaves nothing behind but a few bits. */
import type { Encoding } from './mask-key.ts';

/** What is remembered of names. */
export interface Recurring {
  /** Where a value is remembered. */
  placeOf(kind: string, value: string): number;
  /** Its name; undefined for one that came less than twice, or that another took the place of. */
  at(place: number, kind: string, value: string, encoding: Encoding): string | undefined;
  /** Told of each name that was made. */
  keep(place: number, kind: string, value: string, encoding: Encoding, name: string): void;
}

interface Entry {
  kind: string;
  value: string;
  encoding: Encoding;
  name: string;
}

/** A part of a text keeps all of it in memory, a megabyte: what is kept is copied out. */
export const copyOf = (part: string): string => Buffer.from(part, 'utf16le').toString('utf16le');

/** A power of two. */
const PLACES = 1 << 16;
/** Longer values are hashed in part: they are compared before they are believed. */
const MOST_HASHED = 64;

/** Most values of a log come once: keeping each would cost more than making its name. */
export function createRecurring(): Recurring {
  const seen = new Int32Array(PLACES);
  const entries = new Map<number, Entry>();
  let last = 0;
  return {
    placeOf(kind, value) {
      let hash = Math.imul(value.length, 0x01000193) ^ kind.length;
      const end = Math.min(value.length, MOST_HASHED);
      for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
      last = hash ^ (hash >>> 15);
      return last & (PLACES - 1);
    },
    at(place, kind, value, encoding) {
      if (seen[place] !== last) return undefined;
      const entry = entries.get(place);
      return entry?.value === value && entry.kind === kind && entry.encoding === encoding
        ? entry.name
        : undefined;
    },
    keep(place, kind, value, encoding, name) {
      if (seen[place] === last) entries.set(place, { kind, value: copyOf(value), encoding, name });
      else seen[place] = last;
    },
  };
}
