/** IPv4 addresses as numbers, read from bytes without a string. */
import { readPeer } from '../../events/address.ts';

const DOT = 46;
const ZERO = 48;

/** The 32-bit number of the dotted quad `bytes[start, end)`, or -1 when it is none (or has leading zeros). */
export function ipv4Number(bytes: Uint8Array, start: number, end: number): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] as number;
    if (code === DOT) {
      if (digits === 0) return -1;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
      dots += 1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
      octet = octet * 10 + digit;
      digits += 1;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}

/** The same for a text. */
export const ipv4NumberOfText = (text: string): number =>
  QUAD.test(text) ? ipv4Number(scratch, 0, scratch.write(text, 'latin1')) : -1;

const QUAD = /^[\d.]{7,15}$/;
const scratch = Buffer.alloc(15);

/** The same for a text in which the address may have a port, brackets, or be mapped into IPv6. */
export function ipv4NumberOf(text: string): number {
  const ip = readPeer(text)?.ip;
  if (ip === undefined || ip.includes(':')) return -1;
  return ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** The dotted quad of a number. */
export const dottedQuad = (address: number): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

let last = -1;

/** The number of the address that `addressEnd` has just found. */
export const lastAddress = (): number => last;

/** Where the dotted quad (without leading zeros) that begins at `start` ends; -1 when there is none. */
export function addressEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  let address = 0;
  for (let octet = 0; octet < 4; octet += 1) {
    if (octet > 0 && bytes[at++] !== DOT) return -1;
    const first = at;
    let value = 0;
    for (; at < limit && at - first < 4; at += 1) {
      const digit = (bytes[at] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const hasLeadingZero = at - first > 1 && bytes[first] === ZERO;
    if (at === first || value > 255 || hasLeadingZero) return -1;
    address = address * 256 + value;
  }
  last = address;
  return at;
}
