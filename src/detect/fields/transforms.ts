/** What a mapping may make of a value, by name. */
import { placeOf } from '../geo/here.ts';
import { formsOf, questionsIn, VIEWS } from '../views/list.ts';
import type { TextKind } from '../views/plain.ts';
import { googleGrants } from './google-grants.ts';
import { outsideMailTargets } from './mail-targets.ts';
import { readings } from './percent-decode.ts';
import { allowedActions, foreignPrincipals, publicActions } from './policy-grants.ts';
import { networkOf } from './source-network.ts';

/** One way of making a value; pure. */
export interface Transform {
  /**
   * What becomes of a value; undefined: nothing.
   * @param rest what stands for the `*` of the mapped name
   */
  apply(value: unknown, rest: string): unknown;
  /** Is the search for literals able to see what it makes? Else no literal is taken from such a field. */
  isSearched?: boolean;
  /** It means something in this program only: there is no translation for it. */
  isLocal?: boolean;
  /** Only for names that begin with `ir.`, of which the search for literals knows. */
  isOurs?: boolean;
  /** What may stand for the `*`. Absent: there may be none. */
  rest?: readonly string[];
}

/** The view that is none of an interpreter: what a person asks. */
const QUESTION = 'question';
const NANOSECONDS_PER_MS = 1_000_000;

const view = (kind: TextKind): Transform => ({
  apply(value, rest) {
    if (typeof value !== 'string') return undefined;
    const found = VIEWS.find(({ name }) => name === rest);
    return found === undefined ? questionsIn(kind, value) : formsOf(found, kind, value);
  },
  isSearched: true,
  isLocal: true,
  isOurs: true,
  rest: [...VIEWS.map(({ name }) => name), QUESTION],
});

const ofRecord = (apply: (record: Fields) => unknown): Transform => ({
  apply: (value) => (isFields(value) ? apply(value) : undefined),
  isLocal: true,
  isOurs: true,
});

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All transforms. */
export const TRANSFORMS: ReadonlyMap<string, Transform> = new Map<string, Transform>([
  // As logged, then as a server or a browser would decode it.
  [
    'decoded',
    {
      apply: (value) => (typeof value === 'string' ? readings(value) : value),
      isSearched: true,
      isLocal: true,
    },
  ],
  ['http-version', { apply: (value) => `HTTP/${value}` }],
  ['milliseconds', { apply: (value) => Number(value) / NANOSECONDS_PER_MS }],
  ['date', { apply: (value) => String(value).slice(0, 10) }],
  ['time', { apply: (value) => String(value).slice(11, 19) }],
  // Inside an IPv6 /64 one customer changes addresses as he likes.
  ['network', { apply: (value) => networkOf(String(value)), isLocal: true }],
  // Where an address is, as the file of --geoip says.
  ['country', { apply: (value) => placeOf(value, 'country_iso_code'), isLocal: true }],
  ['city', { apply: (value) => placeOf(value, 'city_name'), isLocal: true }],
  // With and without its question.
  ['url-forms', { apply: (value) => urlForms(String(value)), isLocal: true, isOurs: true }],
  [
    'parent-domains',
    { apply: (value) => parentDomains(String(value)), isLocal: true, isOurs: true },
  ],
  ['target-view', view('target')],
  ['header-view', view('header')],
  ['headers', { ...ofRecord(headersOf), isSearched: true }],
  ['allowed-actions', ofRecord(allowedActions)],
  ['public-actions', ofRecord(publicActions)],
  ['foreign-principals', ofRecord(foreignPrincipals)],
  ['google-grants', ofRecord(googleGrants)],
  ['outside-mail-targets', ofRecord(outsideMailTargets)],
]);

const MOST_URL = 4096;

function urlForms(url: string): readonly string[] {
  const whole = url.slice(0, MOST_URL).toLowerCase();
  const bare = whole.replace(/[?#].*$/s, '');
  return bare === whole ? [whole] : [whole, bare];
}

const MOST_NAME = 255;

/** A name, and those that it lies below: `a.b.example`, `b.example`, `example`. */
function parentDomains(name: string): readonly string[] {
  const whole = name.slice(0, MOST_NAME).toLowerCase().replace(/\.$/, '');
  const names = [whole];
  for (let dot = whole.indexOf('.'); dot >= 0; dot = whole.indexOf('.', dot + 1))
    names.push(whole.slice(dot + 1));
  return names;
}

/** Names that servers and frameworks give to further headers in structured logs. */
const HEADER =
  /^(?:(?:http_|request_?)?(?:cookies?|origin|host|accept(?:[_-]\w{1,20})?|authorization|true[_-]client[_-]ip)|(?:http_)?x[_-][\w-]{1,40}|(?:http_)?forwarded)$/i;
const HEADERS = /^(?:request_?)?headers$/i;
const MOST_HEADERS = 40;

type KeyKind = 'header' | 'headers' | 'other';

/** Records repeat their keys; hostile ones may have any, so that only so many are remembered. */
const kindsOfKeys = new Map<string, KeyKind>();
const MOST_KEYS = 4096;

function kindOfKey(key: string): KeyKind {
  let kind = kindsOfKeys.get(key);
  if (kind === undefined) {
    kind = HEADER.test(key) ? 'header' : HEADERS.test(key) ? 'headers' : 'other';
    if (kindsOfKeys.size < MOST_KEYS && key.length < 100) kindsOfKeys.set(key, kind);
  }
  return kind;
}

function headersOf(record: Fields): unknown[] {
  const request = Object.hasOwn(record, 'request') ? record['request'] : undefined;
  return [record, request].flatMap((part) => (isFields(part) ? headersIn(part) : []));
}

function headersIn(record: Fields): unknown[] {
  const found: unknown[] = [];
  for (const key of Object.keys(record)) {
    const kind = kindOfKey(key);
    if (kind === 'other') continue;
    const value = record[key];
    if (kind === 'header') found.push(value);
    else if (isFields(value)) {
      found.push(...Object.values(value).slice(0, MOST_HEADERS).flat());
    }
  }
  return found;
}
