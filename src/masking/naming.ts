/** What stands in the place of a value. Names are of letters, digits and hyphens, so that a line of any format is read as before. */
import type { MaskKey } from './mask-key.ts';

/** Ways of masking: a word for the kind; a keyed code without a way back; a keyed name whose value is kept in an encrypted map. */
export const METHODS = ['redact', 'hash', 'token'] as const;

/** One of them. */
export type Method = (typeof METHODS)[number];

/** Gives what stands in the place of a value of a kind. @param bytes of the value, UTF-8 as in the file */
export type Naming = (kind: string, value: string, bytes: () => Buffer) => string;

/** Domain of addresses that are nobody's. @see https://www.rfc-editor.org/rfc/rfc6761 section 6.4 */
const NOBODY = '@masked.invalid';

const tail = (kind: string): string => (kind === 'mail' ? NOBODY : '');

/** In texts for people. */
export const inProse: Naming = (kind) => `[${kind}]`;

/** The kind alone; an address as the one that is nobody's. */
export const redacting: Naming = (kind, value) =>
  kind === 'address' ? (value.includes(':') ? '::' : '0.0.0.0') : `masked-${kind}${tail(kind)}`;

/** Names that were given, for the map. */
export type Keep = (name: string, value: Buffer) => void;

/** More names than that are not remembered; they are made again. */
const MOST_REMEMBERED = 50_000;

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
  let remembered = new Map<string, string>();
  const holders = new Map<string, string>();
  const nameOf = (kind: string, value: string, bytes: Buffer): string => {
    if (kind !== 'address') return `${prefix}-${kind}-${key.nameOf(kind, bytes)}${tail(kind)}`;
    // Two values may not have one name: 28 bits are few.
    for (let turn = 0; ; turn += 1) {
      const name = addressName(key, value, keepsNetwork, turn);
      const holder = holders.get(name);
      if (holder !== undefined && holder !== value) continue;
      holders.set(name, value);
      return name;
    }
  };
  return (kind, value, bytes) => {
    const id = `${kind} ${value}`;
    const known = remembered.get(id);
    if (known !== undefined) return known;
    const raw = bytes();
    const name = nameOf(kind, value, raw);
    if (remembered.size >= MOST_REMEMBERED) remembered = new Map();
    remembered.set(id, name);
    keep(name, raw);
    return name;
  };
}

/** An address that is in no use: of class E, or of those for documentation. @see RFC 1112 section 4, RFC 3849 */
function addressName(key: MaskKey, value: string, keepsNetwork: boolean, turn: number): string {
  const bytes = (text: string): Buffer => Buffer.from(turn === 0 ? text : `${text} ${turn}`);
  if (value.includes(':')) {
    const network = keepsNetwork ? key.codeOf('network', Buffer.from(networkOf(value))) : undefined;
    const own = key.codeOf('address', bytes(value));
    const code = Buffer.concat([(network ?? own).subarray(0, 4), own.subarray(8, 16)]);
    const groups = Array.from({ length: 6 }, (_, at) => code.readUInt16BE(at * 2).toString(16));
    return `2001:db8:${groups.join(':')}`;
  }
  const own = key.codeOf('address', bytes(value));
  if (!keepsNetwork) return `${240 + ((own[0] as number) & 15)}.${own[1]}.${own[2]}.${own[3]}`;
  const [a, b, c, host] = value.split('.').map(Number);
  const network = key.codeOf('network', bytes(`${a}.${b}.${c}`));
  return `${240 + ((network[0] as number) & 15)}.${network[1]}.${network[2]}.${hostName(key, `${a}.${b}.${c}`, host as number)}`;
}

/** Bits flipped by what stands before them: no two hosts of a network get one number. @see Xu et al.: Prefix-preserving IP address anonymization (2002) */
function hostName(key: MaskKey, network: string, host: number): number {
  let named = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    const before = host >> (bit + 1);
    const flip = (key.codeOf('host', Buffer.from(`${network} ${bit} ${before}`))[0] as number) & 1;
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
