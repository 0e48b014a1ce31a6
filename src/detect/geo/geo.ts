/** Where addresses are, as a file of MaxMind's format says that the user names: country, city, coordinates. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, IrError, messageOf } from '../../errors.ts';
import { put } from '../ecs-document.ts';

/** What the file says of an address. */
export interface Place {
  /** ISO 3166-1, two letters. */
  country: string | undefined;
  /** In English. */
  city: string | undefined;
  /** Degrees; absent where the file has none. */
  latitude: number | undefined;
  longitude: number | undefined;
}

/** Gives the place of an address; undefined where the file has none. */
export interface Geo {
  (address: string): Place | undefined;
  /** The file, which threads share. Absent: it cannot be shared. */
  bytes?: SharedArrayBuffer;
}

/** The largest file that is read; the largest that are sold have some 1.5 GB, of countries alone some 10 MB. */
const MOST_BYTES = 2 ** 31 - 1;
/** Answers that are kept: addresses come again and again. */
const MOST_KEPT = 50_000;

/**
 * Opens a file of places. Throws an `IrError` (exit 4) where it cannot be read or is none.
 * @see https://maxmind.github.io/MaxMind-DB/
 */
export async function openGeo(path: string, cwd: string): Promise<Geo> {
  try {
    const file = resolve(cwd, path);
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new Error('it is larger than 2 GB');
    const content = readFileSync(file);
    const bytes = new SharedArrayBuffer(content.length);
    content.copy(Buffer.from(bytes));
    return await placesIn(bytes);
  } catch (error) {
    throw new IrError(`--geoip: ${path} cannot be read as a file of places: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Name a file in the format MMDB, such as GeoLite2-City.mmdb or a free one of countries.',
    });
  }
}

/** The places of a file that was opened, for another thread. Throws where it is none. */
export async function placesIn(bytes: SharedArrayBuffer): Promise<Geo> {
  const { Reader } = await import('maxmind');
  const reader = new Reader(Buffer.from(bytes));
  const find = (address: string): unknown => reader.get(address);
  const kept = new Map<string, Place | undefined>();
  const geo = (address: string): Place | undefined => {
    if (kept.has(address)) return kept.get(address);
    const place = ADDRESS.test(address) ? placeOf(safely(find, address)) : undefined;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(address, place);
    return place;
  };
  return Object.assign(geo, { bytes });
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]{1,43})$/i;

/** A damaged file may fail at any address: it then says nothing of this one. */
function safely(find: (address: string) => unknown, address: string): unknown {
  try {
    return find(address);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 100 ? value : undefined;
const degrees = (value: unknown, most: number): number | undefined =>
  typeof value === 'number' && Math.abs(value) <= most ? value : undefined;

/** Files of MaxMind nest, some free ones are flat: `country_code`, `latitude`. */
function placeOf(record: unknown): Place | undefined {
  const all = fieldsOf(record);
  const { country, registered_country: registered, city, location } = all;
  const nested = fieldsOf(location);
  const code =
    textOf(fieldsOf(country)['iso_code']) ??
    textOf(fieldsOf(registered)['iso_code']) ??
    textOf(all['country_code']) ??
    textOf(country);
  const place: Place = {
    country: code !== undefined && /^[a-z]{2}$/i.test(code) ? code.toUpperCase() : undefined,
    city: textOf(fieldsOf(fieldsOf(city)['names'])['en']) ?? textOf(city),
    latitude: degrees(nested['latitude'] ?? all['latitude'], 90),
    longitude: degrees(nested['longitude'] ?? all['longitude'], 180),
  };
  return Object.values(place).every((value) => value === undefined) ? undefined : place;
}

/** Writes the places of source and destination into an ECS document. */
export function putPlaces(document: Record<string, unknown>, geo: Geo | undefined): void {
  if (geo === undefined) return;
  for (const side of ['source', 'destination']) {
    const { ip } = fieldsOf(document[side]);
    const place = typeof ip === 'string' ? geo(ip) : undefined;
    if (place === undefined) continue;
    const { country, city, latitude, longitude } = place;
    if (country !== undefined) put(document, `${side}.geo.country_iso_code`, country);
    if (city !== undefined) put(document, `${side}.geo.city_name`, city);
    if (latitude !== undefined && longitude !== undefined)
      put(document, `${side}.geo.location`, { lat: latitude, lon: longitude });
  }
}

const EARTH_KM = 6371;
const radians = (angle: number): number => (angle * Math.PI) / 180;

/** Kilometres between two places along the ground; undefined where one has no coordinates. */
export function kilometresBetween(one: Place, other: Place): number | undefined {
  const { latitude: lat1, longitude: lon1 } = one;
  const { latitude: lat2, longitude: lon2 } = other;
  if (lat1 === undefined || lon1 === undefined || lat2 === undefined || lon2 === undefined)
    return undefined;
  const half = (a: number, b: number): number => Math.sin(radians(b - a) / 2) ** 2;
  const chord =
    half(lat1, lat2) + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * half(lon1, lon2);
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}
