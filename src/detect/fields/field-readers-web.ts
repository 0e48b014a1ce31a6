/** Readers of Sigma's web server and proxy fields. */
import type { EcsField, Event } from '../../events/event.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';
import { computed, read } from './field-reader.ts';
import { percentDecode } from './percent-decode.ts';

const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g;
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** What a client may have sent: as logged, then decoded as a server or a browser would; no repeats. */
export function readings(text: string): string | readonly string[] {
  const isEncoded = text.includes('%') || text.includes('+');
  if (!isEncoded && !text.includes('&')) return text;
  const forms = isEncoded ? [text, ...percentDecode(text)] : [text];
  const last = forms.at(-1) ?? text;
  if (last.includes('&') && last.includes(';')) {
    const plain = decodeEntities(last);
    if (plain !== last) forms.push(plain);
  }
  return forms.length === 1 ? text : forms;
}

const decoded =
  (field: EcsField): FieldReader =>
  (event: Event) => {
    const value = event[field];
    return typeof value === 'string' ? readings(value) : value;
  };

/** The request target; logs of applications may have only its path. */
const targetOf = (event: Event): string | undefined => event['url.original'] ?? event['url.path'];

const uri: FieldReader = (event: Event) => {
  const target = targetOf(event);
  return target === undefined ? undefined : readings(target);
};

/**
 * `cs-uri-query`: SigmaHQ's rules use it for the query and, as often, for the whole request target, so both
 * are offered.
 */
const query: FieldReader = (event: Event) => {
  const target = targetOf(event);
  if (target === undefined) return undefined;
  const own = event['url.query'];
  const forms = readings(target);
  if (own === undefined) return forms;
  const ownForms = readings(own);
  return typeof ownForms === 'string' && typeof forms === 'string'
    ? [ownForms, forms]
    : [...asList(ownForms), ...asList(forms)];
};

/** Readings as a list. */
export const asList = (forms: string | readonly string[]): readonly string[] =>
  typeof forms === 'string' ? [forms] : forms;

const isoTime = (event: Event): string | undefined =>
  event.timeUs === undefined ? undefined : new Date(event.timeUs / 1000).toISOString();

const NANOSECONDS_PER_MS = 1_000_000;

const NAMES: readonly (readonly [names: string, reader: FieldReader])[] = [
  ['cs-method', read('http.request.method')],
  ['cs-uri c-uri cs-uri-original', uri],
  ['cs-uri-stem c-uri-stem', decoded('url.path')],
  ['cs-uri-query c-uri-query', query],
  ['cs-uri-extension c-uri-extension', read('url.extension')],
  [
    'cs-user-agent cs(user-agent) c-useragent c-user-agent cs-useragent',
    decoded('user_agent.original'),
  ],
  ['cs-referer cs(referer) cs-referrer c-referer c-referrer', decoded('http.request.referrer')],
  ['cs-username c-username', read('user.name')],
  ['cs-host cs(host) r-dns', read('url.domain')],
  ['cs-version', computed((event) => event['http.version'] && `HTTP/${event['http.version']}`)],
  ['cs-protocol', read('url.scheme')],
  ['c-ip src_ip', (event) => event['source.ip'] ?? event['source.address']],
  ['c-port src_port', read('source.port')],
  ['s-ip dst_ip r-ip', read('destination.ip')],
  ['s-port dst_port r-port', read('destination.port')],
  ['sc-status', computed(read('http.response.status_code'))],
  ['sc-bytes', computed(read('http.response.body.bytes'))],
  ['cs-bytes', computed(read('http.request.body.bytes'))],
  [
    'time-taken',
    computed((event) => {
      const duration = event['event.duration'];
      return duration === undefined ? undefined : duration / NANOSECONDS_PER_MS;
    }),
  ],
  ['date', computed((event) => isoTime(event)?.slice(0, 10))],
  ['time', computed((event) => isoTime(event)?.slice(11, 19))],
];

/** By lower-case name. `cs-cookie` and headers that few logs have are read from the source's record. */
export const WEB_READERS: ReadonlyMap<string, FieldReader> = new Map(
  NAMES.flatMap(([names, reader]) => names.split(' ').map((name) => [name, reader] as const)),
);
