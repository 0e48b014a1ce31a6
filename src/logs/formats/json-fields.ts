/** Finds the fields that a JSON record has under the names of `json-aliases.ts`. */
import { readIp } from '../../events/address.ts';
import { isReadList, type JsonField, type Meaning, meaningsOf, plainName } from './json-aliases.ts';
import { addressOf, outcomeWord } from './json-values.ts';

const isWord = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 256 && !/^-{1,2}$/.test(value);

/** Seconds, milli-, micro- or nanoseconds; 14 digits are a date without separators, which nobody reads. */
const EPOCH = /^(?:\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19})(?:\.\d{1,9})?$/;

/** The time of a day that another name says. */
const CLOCK = /^\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?$/;

/** A name in a certificate (`CN=shop, O=Example`) is not that of an account. */
function isPersonName(value: unknown, name: string): boolean {
  if (
    !isWord(value) ||
    value === 'AnonymousUser' ||
    /^(?:CN|OU?|C|ST|L|emailAddress)=/i.test(String(value)) ||
    // Go's loggers name the line of code as the caller.
    /\.\w{1,5}:\d{1,6}$/.test(String(value))
  )
    return false;
  // Audit logs of some services know an account by its address alone, and call that its id.
  return !/(?:^|\.)(?:user)?id$/.test(name) || String(value).includes('@');
}

/** Words of logs that are no machine's name, wherever they stand. */
const NO_HOST =
  /^(?:trace|debug|info|notice|warn|warning|error|critical|fatal|alert|emerg|stdout|stderr)$/i;

/** Values that a field cannot have: the next name in the table then gets its chance. */
const ACCEPTS: Partial<Record<JsonField, (value: unknown, name: string) => boolean>> = {
  // A date alone is none, nor is a clock alone: other names may say the rest.
  time: (value) =>
    typeof value === 'number'
      ? value >= 1e8
      : typeof value === 'string' &&
        ((/\d:\d\d/.test(value) && !CLOCK.test(value)) || EPOCH.test(value)),
  ip: (value) => readIp(addressOf(value)?.host ?? '') !== undefined,
  destinationIp: (value) => readIp(addressOf(value)?.host ?? '') !== undefined,
  user: isPersonName,
  namedUser: isPersonName,
  target: isPersonName,
  userId: (value) => isWord(value) || typeof value === 'number',
  transport: (value) => /^(?:tcp|udp|icmp|icmp6|ipv6-icmp|sctp)$/i.test(String(value)),
  // Some number their events under this name, a honeypot names them: `cowrie.login.failed`.
  action: (value, name) =>
    isWord(value) &&
    // A verb of HTTP is no action; those of an API are (`list`, `create`).
    !(name === 'verb' && /^[A-Z]+$/.test(String(value))) &&
    (name !== 'eventid' || /^[a-z]{2,24}(?:\.[a-z_]{2,24}){1,4}$/.test(String(value))),
  outcome: (value, name) => outcomeWord(name, value) !== undefined,
  activity: isWord,
  method: (value) => typeof value === 'string' && /^[A-Z]{3,16}$/.test(value),
  status: (value) => /^[1-5]\d\d$/.test(String(value)),
  bytes: (value) => /^\d{1,15}$/.test(String(value)),
  protocol: (value) => /^(?:HTTP\/)?\d(?:\.\d)?$/.test(String(value)),
  url: (value) => typeof value === 'string' && /^(?:\/|\*$|[a-z]{2,8}:\/\/)/i.test(value),
  request: (value) => typeof value === 'string' && /^(?:[A-Z]{3,16} \S|\/)/.test(value),
  success: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  // How much an audit log of Kubernetes keeps is no level of a log.
  level: (value) =>
    typeof value === 'number' ||
    (isWord(value) && !/^(?:Metadata|Request|RequestResponse|stdout|stderr)$/.test(String(value))),
  code: (value, name) => name === 'event.code' || /^\d{1,5}$/.test(String(value)),
  service: isWord,
  host: (value) => isWord(value) && !NO_HOST.test(String(value)),
  logger: isWord,
};

/** What a record says about each field: the best named value. */
export type FoundFields = ReadonlyMap<JsonField, Found>;

interface Found {
  value: unknown;
  rank: number;
  name: string;
}

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

/** The latest record: what it wraps is asked first, then it is read. */
let latest: { record: Part['value'] | undefined; found: FoundFields } = {
  record: undefined,
  found: new Map(),
};

/** Finds the known fields of a record, however deep they lie (5 levels, 600 keys); once for all who ask. */
export function findFields(record: Part['value']): FoundFields {
  if (latest.record !== record) latest = { record, found: fieldsOf(record) };
  return latest.found;
}

function fieldsOf(record: Part['value']): FoundFields {
  const found: Map<JsonField, Found> = new Map();
  const parts: Part[] = [{ place: root, value: record, depth: 0 }];
  let keys = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Part;
    for (const key of Object.keys(part.value)) {
      if (++keys > MAX_KEYS) return found;
      const value = part.value[key];
      if (value === null || value === undefined || value === '') continue;
      const place = placeOf(part.place, key);
      const inner = isRecord(value) ? value : listedRecord(place, value);
      if (inner === undefined) note(found, place, value);
      else if (part.depth < MAX_DEPTH) parts.push({ place, value: inner, depth: part.depth + 1 });
    }
  }
  return found;
}

const MAX_PAIRS = 64;

/**
 * What a list of objects says: the first of those that describe the event, or the pairs of
 * `[{"name": "UserAgent", "value": "..."}]` as one object. Undefined for every other list.
 */
function listedRecord(place: Place, list: unknown): Part['value'] | undefined {
  if (!Array.isArray(list) || !isRecord(list[0])) return undefined;
  if (isReadList(place.path)) return list[0];
  const pairs = list.slice(0, MAX_PAIRS).flatMap((item: unknown): [string, unknown][] => {
    if (!isRecord(item)) return [];
    const name = item['name'] ?? item['Name'] ?? item['key'] ?? item['Key'];
    const value = item['value'] ?? item['Value'] ?? item['ValueString'];
    return typeof name === 'string' && value !== undefined ? [[name, value]] : [];
  });
  // Without a prototype, `__proto__` is a name like any other.
  return pairs.length === 0 ? undefined : Object.assign(Object.create(null), fromPairs(pairs));
}

/** Names that come twice keep their first value. */
function fromPairs(pairs: readonly (readonly [string, unknown])[]): Part['value'] {
  return Object.fromEntries([...pairs].reverse());
}

function note(found: Map<JsonField, Found>, place: Place, value: unknown): void {
  for (const { field, rank, name } of place.meanings) {
    const known = found.get(field);
    if (known !== undefined && rank >= known.rank) continue;
    if (ACCEPTS[field]?.(value, name) === false) continue;
    found.set(field, { value, rank, name });
  }
}

/** True for a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
