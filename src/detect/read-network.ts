/** Networks as people write them. */
import { readIp } from '../events/address.ts';
import { compileNetwork } from '../sigma/match-network.ts';

/** Is an address inside of it? */
export type NetworkTest = (address: string) => boolean;

/** `198.51.100.0/24`, `2001:db8::/32`; undefined for what is no network, such as a path. */
export function readNetwork(text: string): NetworkTest | undefined {
  const [address = '', prefix = '', ...rest] = text.trim().split('/');
  const known = readIp(address);
  if (known === undefined || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  // Events hold an IPv4 address that was mapped into IPv6 as what it is.
  const isMapped = address.includes(':') && !known.includes(':');
  const bits = Number(prefix) - (isMapped ? 96 : 0);
  return bits < 0 ? undefined : compileNetwork(`${known}/${bits}`);
}
