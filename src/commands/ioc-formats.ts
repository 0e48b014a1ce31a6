/** How indicators are written for others: defanged for people, STIX 2.1 and MISP for programs. */
import { createHash } from 'node:crypto';
import type { IndicatorItem } from '../incidents/items.ts';

interface Value {
  type: string;
  value: string;
}

/** What cannot be clicked on: `198.51.100[.]7`, `hxxp://...`. Hashes, networks and user agents stay as they are. */
export function defanged({ type, value }: Value): string {
  if (type === 'url') return `hxxp:${value.replaceAll('.', '[.]')}`;
  if (type === 'address' && value.includes(':')) return value.replaceAll(':', '[:]');
  if (type === 'address' || type === 'domain' || type === 'mail')
    return value.replaceAll('.', '[.]').replace('@', '[@]');
  return value;
}

/** URLs are kept without their scheme, which says nothing. */
const written = ({ type, value }: Value): string => (type === 'url' ? `http:${value}` : value);

/** STIX and MISP name hashes by their length in hex digits. */
const HASHES: Readonly<Record<number, readonly [stix: string, misp: string]>> = {
  32: ['MD5', 'md5'],
  40: ['SHA-1', 'sha1'],
  64: ['SHA-256', 'sha256'],
  128: ['SHA-512', 'sha512'],
};

/** One document per line for `jsonl`, one for `json`. */
export type IocFormat = 'text' | 'csv' | 'stix' | 'misp';

/** A bundle of indicators. @see https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html */
export function stixBundle(
  items: readonly IndicatorItem[],
  incident: string,
  head: string,
): object {
  return {
    type: 'bundle',
    id: `bundle--${uuidOf(head)}`,
    objects: items.map((item) => ({
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${uuidOf(item.id)}`,
      created: item.enteredAt,
      modified: item.enteredAt,
      name: `${item.type} of ${incident}`,
      ...(item.comment !== undefined && { description: item.comment }),
      indicator_types: ['malicious-activity'],
      pattern: stixPattern(item),
      pattern_type: 'stix',
      valid_from: item.firstSeen ?? item.enteredAt,
      ...(item.tlp !== undefined && { labels: [`tlp:${item.tlp.toLowerCase()}`] }),
    })),
  };
}

function stixPattern(item: Value): string {
  const value = written(item).replace(/[\\']/g, '\\$&');
  const comparison = (left: string, operator = '='): string => `[${left} ${operator} '${value}']`;
  const ip = item.value.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
  switch (item.type) {
    case 'address':
      return comparison(`${ip}:value`);
    case 'network':
      return comparison(`${ip}:value`, 'ISSUBSET');
    case 'domain':
      return comparison('domain-name:value');
    case 'url':
      return comparison('url:value');
    case 'hash':
      return comparison(`file:hashes.'${HASHES[item.value.length]?.[0] ?? 'SHA-256'}'`);
    case 'mail':
      return comparison('email-addr:value');
    default:
      return comparison(
        "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
      );
  }
}

/** A MISP event. @see https://www.misp-standard.org/rfc/misp-standard-core.html */
export function mispEvent(items: readonly IndicatorItem[], incident: string, head: string): object {
  return {
    Event: {
      uuid: uuidOf(head),
      info: incident,
      date: (items[0]?.enteredAt ?? '1970-01-01').slice(0, 10),
      Attribute: items.map((item) => ({
        uuid: uuidOf(item.id),
        type: mispType(item),
        category: item.type === 'hash' ? 'Payload delivery' : 'Network activity',
        value: written(item),
        to_ids: true,
        timestamp: String(Math.floor(Date.parse(item.enteredAt) / 1000)),
        ...(item.comment !== undefined && { comment: item.comment }),
      })),
    },
  };
}

function mispType({ type, value }: Value): string {
  const types: Readonly<Record<string, string>> = {
    address: 'ip-src',
    network: 'ip-src',
    domain: 'domain',
    url: 'url',
    mail: 'email',
    hash: HASHES[value.length]?.[1] ?? 'sha256',
  };
  return types[type] ?? 'user-agent';
}

/** A UUID of version 5's form made of a name: the same item is the same object everywhere. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
