/** Indicators of compromise: what is looked for as it is, wherever a log has it. */
import { isHostName, readIp } from '../../events/address.ts';

/** The kinds that are told apart. */
export const INDICATOR_KINDS = [
  'address',
  'network',
  'domain',
  'hash',
  'url',
  'user-agent',
  'mail',
] as const;

/** One of the kinds. */
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** An indicator and where it was written. */
export interface Indicator {
  kind: IndicatorKind;
  /** In the one spelling in which it is looked for: lower case, addresses as events have them, URLs without their scheme. */
  value: string;
  /** 1-based line of the file. */
  line: number;
}

const NETWORK = /^([\da-f:.]+)\/(\d{1,3})$/i;
const HASH = /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{128})$/i;
const URL_START = /^[a-z][a-z\d+.-]{0,20}:\/\//i;

/** The text with what keeps people from clicking on it taken off: `hxxp://198.51.100[.]7`. */
export const refanged = (text: string): string => {
  const trimmed = text.trim();
  if (!/[[(]|^h(?:xx|tt)p/i.test(trimmed)) return trimmed;
  return trimmed
    .replace(/^h(?:xx|tt)p(s?)(?:\[:\]|:)/i, 'http$1:')
    .replace(/\[(?:\.|dot)\]|\((?:\.|dot)\)/gi, '.')
    .replaceAll('[:]', ':')
    .replace(/\[(?:@|at)\]/i, '@');
};

/** Which kind of indicator a text is, and its spelling; undefined: none that is known. */
export function recognise(written: string): Pick<Indicator, 'kind' | 'value'> | undefined {
  const text = refanged(written);
  const network = NETWORK.exec(text);
  if (network !== null) {
    const address = readIp(network[1]!);
    const bits = Number(network[2]);
    const isUsable = address !== undefined && bits <= (address.includes(':') ? 128 : 32);
    return isUsable ? { kind: 'network', value: `${address}/${bits}` } : undefined;
  }
  const address = readIp(text.replace(/^\[|\]$/g, ''));
  if (address !== undefined) return { kind: 'address', value: address };
  if (HASH.test(text)) return { kind: 'hash', value: text.toLowerCase() };
  if (URL_START.test(text)) return urlOf(text);
  const [, mailHost] = /^[\w.+'-]{1,64}@([\w.-]+)$/.exec(text) ?? [];
  if (mailHost !== undefined)
    return isHostName(mailHost) ? { kind: 'mail', value: text.toLowerCase() } : undefined;
  const name = text.replace(/^\*?\./, '').replace(/\.$/, '');
  if (/\.[a-z][a-z\d-]*$/i.test(name) && isHostName(name))
    return { kind: 'domain', value: name.toLowerCase() };
  // `host/path`, without a scheme.
  if (/^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?\/\S*$/i.test(text)) return urlOf(`http://${text}`);
  return undefined;
}

function urlOf(text: string): Pick<Indicator, 'kind' | 'value'> | undefined {
  const rest = text.slice(text.indexOf('://') + 1).toLowerCase();
  // Of a URL that is a host alone, every request counts.
  const host = /^\/\/([^/?#:]+)(?::\d+)?\/?$/.exec(rest)?.[1];
  if (host !== undefined) return recognise(host);
  return rest.length > 5 ? { kind: 'url', value: rest } : undefined;
}

/** The indicator of a text whose kind its source names; undefined when it is none of that kind. */
export function asKind(
  kind: IndicatorKind,
  written: string,
): Pick<Indicator, 'kind' | 'value'> | undefined {
  // A URL that is a host alone, a network of one address: what it is counts, not what it is called.
  if (kind !== 'user-agent') return recognise(written);
  const value = written.trim().toLowerCase();
  return value === '' ? undefined : { kind, value };
}
