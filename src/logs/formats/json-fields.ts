/** Finds the fields that a JSON record has under the names of `json-aliases.ts`. */
import { isIpText } from './ip-text.ts';
import { type JsonField, type Meaning, meaningsOf, plainName } from './json-aliases.ts';
import { addressOf } from './json-values.ts';

const isWord = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 256 && !/^-{1,2}$/.test(value);

/** Values that a field cannot have: the next name in the table then gets its chance. */
const ACCEPTS: Partial<Record<JsonField, (value: unknown) => boolean>> = {
  time: (value) =>
    typeof value === 'number' ? value >= 1e8 : typeof value === 'string' && /\d{4}/.test(value),
  ip: (value) => isIpText(addressOf(value)?.host ?? ''),
  destinationIp: (value) => isIpText(addressOf(value)?.host ?? ''),
  user: isWord,
  userId: (value) => isWord(value) || typeof value === 'number',
  action: isWord,
  outcome: isWord,
  activity: isWord,
  method: (value) => typeof value === 'string' && /^[A-Z]{3,16}$/.test(value),
  status: (value) => /^[1-5]\d\d$/.test(String(value)),
  bytes: (value) => /^\d{1,15}$/.test(String(value)),
  protocol: (value) => /^(?:HTTP\/)?\d(?:\.\d)?$/.test(String(value)),
  url: (value) => typeof value === 'string' && /^(?:\/|\*$|[a-z]{2,8}:\/\/)/i.test(value),
  request: (value) => typeof value === 'string' && /^[A-Z]{3,16} \S/.test(value),
  success: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  level: (value) => typeof value === 'number' || isWord(value),
  service: isWord,
  host: isWord,
  logger: isWord,
};

/** What a record says about each field: the best named value. */
export type FoundFields = Map<JsonField, { value: unknown; rank: number; name: string }>;

/** A key in its place, with what it may mean: worked out once, as records repeat their keys. */
interface Place {
  path: string;
  meanings: readonly Meaning[];
  inner: Map<string, Place>;
}

const root: Place = { path: '', meanings: [], inner: new Map() };
/** Keys may be anything in hostile logs: beyond this many places none is remembered. */
const MAX_PLACES = 20_000;
let places = 0;

function placeOf(outer: Place, key: string): Place {
  const known = outer.inner.get(key);
  if (known !== undefined) return known;
  const path = outer.path === '' ? plainName(key) : `${outer.path}.${plainName(key)}`;
  const place: Place = { path, meanings: meaningsOf(path), inner: new Map() };
  if (places < MAX_PLACES && key.length < 100) {
    places++;
    outer.inner.set(key, place);
  }
  return place;
}

const MAX_DEPTH = 5;
const MAX_KEYS = 600;

interface Part {
  place: Place;
  value: Readonly<Record<string, unknown>>;
  depth: number;
}

/** Finds the known fields of a record, however deep they lie (5 levels, 600 keys). */
export function findFields(record: Readonly<Record<string, unknown>>): FoundFields {
  const found: FoundFields = new Map();
  const parts: Part[] = [{ place: root, value: record, depth: 0 }];
  let keys = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Part;
    for (const key of Object.keys(part.value)) {
      if (++keys > MAX_KEYS) return found;
      const value = part.value[key];
      if (value === null || value === undefined || value === '') continue;
      const place = placeOf(part.place, key);
      if (!isRecord(value)) note(found, place, value);
      else if (part.depth < MAX_DEPTH) parts.push({ place, value, depth: part.depth + 1 });
    }
  }
  return found;
}

function note(found: FoundFields, place: Place, value: unknown): void {
  for (const { field, rank, name } of place.meanings) {
    const known = found.get(field);
    if (known !== undefined && rank >= known.rank) continue;
    if (ACCEPTS[field]?.(value) === false) continue;
    found.set(field, { value, rank, name });
  }
}

/** True for a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
