/** What stands in the place of a value. Names are of letters, digits and hyphens, so that a line of any format is read as before. */

import type { Encoding, MaskKey } from './mask-key.ts';
import { copyOf, createRecurring } from './recurring.ts';

/** Ways of masking: a word for the kind; a keyed code without a way back; a keyed name whose value is kept in an encrypted map. */
export const METHODS = ['redact', 'hash', 'token'] as const;

/** One of them. */
export type Method = (typeof METHODS)[number];

/** Gives what stands in the place of a value of a kind. @param encoding of its characters to the bytes of the file */
export type Naming = (kind: string, value: string, encoding: Encoding) => string;

/** Domain of addresses that are nobody's. @see https://www.rfc-editor.org/rfc/rfc6761 section 6.4 */
const NOBODY = '@masked.invalid';

const tail = (kind: string): string => (kind === 'mail' ? NOBODY : '');

/** In texts for people. */
export const inProse: Naming = (kind) => `[${kind}]`;

/** The kind alone; an address as the one that is nobody's. */
export const redacting: Naming = (kind, value) =>
  kind === 'address' ? (value.includes(':') ? '::' : '0.0.0.0') : `masked-${kind}${tail(kind)}`;

/** Names that were given, for the map. */
export type Keep = (name: string, value: string, encoding: Encoding) => void;

/**
 * Keyed names.
 * @param keepsNetwork addresses of one network (/24, /64) get names of one network
 * @param keep hears of every name that is given, once while it is remembered
 */
export function keyedNaming(
  method: 'hash' | 'token',
  key: MaskKey,
  keepsNetwork: boolean,
  keep: Keep,
): Naming {
  const prefix = method === 'hash' ? 'hash' : 'tok';
  const leads = new Map<string, string>();
  const remembered = createRecurring();
  const holders = new Map<string, string>();
  const leadOf = (kind: string): string => {
    let lead = leads.get(kind);
    if (lead === undefined) {
      lead = `${prefix}-${kind}-`;
      leads.set(kind, lead);
    }
    return lead;
  };
  const nameOf = (kind: string, value: string, encoding: Encoding): string => {
    if (kind !== 'address') return key.nameOf(leadOf(kind), kind, value, encoding) + tail(kind);
    // Two values may not have one name: 28 bits are few.
    for (let turn = 0; ; turn += 1) {
      const name = addressName(key, value, keepsNetwork, turn);
      const holder = holders.get(name);
      if (holder !== undefined && holder !== value) continue;
      holders.set(name, copyOf(value));
      return name;
    }
  };
  return (kind, value, encoding) => {
    const place = remembered.placeOf(kind, value);
    const known = remembered.at(place, kind, value, encoding);
    if (known !== undefined) return known;
    const name = nameOf(kind, value, encoding);
    remembered.keep(place, kind, value, encoding, name);
    keep(name, value, encoding);
    return name;
  };
}

/** An address that is in no use: of class E, or of those for documentation. @see RFC 1112 section 4, RFC 3849 */
function addressName(key: MaskKey, value: string, keepsNetwork: boolean, turn: number): string {
  const turned = (text: string): string => (turn === 0 ? text : `${text} ${turn}`);
  if (value.includes(':')) {
    const network = keepsNetwork ? key.codeOf('network', networkOf(value)) : undefined;
    const own = key.codeOf('address', turned(value));
    const code = Buffer.concat([(network ?? own).subarray(0, 4), own.subarray(8, 16)]);
    const groups = Array.from({ length: 6 }, (_, at) => code.readUInt16BE(at * 2).toString(16));
    return `2001:db8:${groups.join(':')}`;
  }
  const own = key.codeOf('address', turned(value));
  if (!keepsNetwork) return `${240 + ((own[0] as number) & 15)}.${own[1]}.${own[2]}.${own[3]}`;
  const [a, b, c, host] = value.split('.').map(Number);
  const network = key.codeOf('network', turned(`${a}.${b}.${c}`));
  return `${240 + ((network[0] as number) & 15)}.${network[1]}.${network[2]}.${hostName(key, `${a}.${b}.${c}`, host as number)}`;
}

/** Bits flipped by what stands before them: no two hosts of a network get one number. @see Xu et al.: Prefix-preserving IP address anonymization (2002) */
function hostName(key: MaskKey, network: string, host: number): number {
  let named = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    const before = host >> (bit + 1);
    const flip = (key.codeOf('host', `${network} ${bit} ${before}`)[0] as number) & 1;
    named |= (((host >> bit) & 1) ^ flip) << bit;
  }
  return named;
}

/** The first 64 bits, as four groups. */
function networkOf(address: string): string {
  const [left = '', right] = address.toLowerCase().split('::');
  const head = left === '' ? [] : left.split(':');
  const rest = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - rest.length);
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...rest].slice(0, 4).join(':');
}
