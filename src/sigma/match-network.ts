/** The `cidr` modifier: is an address inside a network? IPv4 by arithmetic, IPv6 by Node's own block list. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { TextTest } from './match-text.ts';

/** Compiles a network such as `198.51.100.0/24` or `2001:db8::/32`; undefined when it is not one. */
export function compileNetwork(network: string): TextTest | undefined {
  const [address, prefixText, ...rest] = network.trim().split('/');
  if (address === undefined || rest.length > 0) return undefined;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? undefined : Number(prefixText);
  if (isIPv4(address)) return compileIPv4(address, prefix ?? 32);
  if (isIPv6(address)) return compileIPv6(address, prefix ?? 128);
  return undefined;
}

/** Compiles many networks at once: one look for each length of prefix. Undefined when one of them is none. */
export function compileNetworks(networks: readonly unknown[]): TextTest | undefined {
  const blocks = new Map<number, Set<number>>();
  const list = new BlockList();
  let hasIPv6 = false;
  for (const network of networks) {
    if (typeof network !== 'string' || compileNetwork(network) === undefined) return undefined;
    const [address = '', written] = network.trim().split('/');
    if (isIPv4(address)) {
      const size = 2 ** (32 - Number(written ?? 32));
      const known = blocks.get(size) ?? new Set<number>();
      blocks.set(size, known.add(Math.floor(numberOfIPv4(address) / size)));
    } else {
      list.addSubnet(address, Number(written ?? 128), 'ipv6');
      hasIPv6 = true;
    }
  }
  return (text) => {
    const found = numberOfIPv4(text.startsWith('::ffff:') ? text.slice(7) : text);
    if (found >= 0) {
      for (const [size, known] of blocks) if (known.has(Math.floor(found / size))) return true;
      return false;
    }
    return hasIPv6 && text.includes(':') && isIPv6(text) && list.check(text, 'ipv6');
  };
}

function compileIPv4(address: string, prefix: number): TextTest | undefined {
  if (prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const block = Math.floor(numberOfIPv4(address) / size);
  return (text) => {
    const found = numberOfIPv4(text.startsWith('::ffff:') ? text.slice(7) : text);
    return found >= 0 && Math.floor(found / size) === block;
  };
}

function compileIPv6(address: string, prefix: number): TextTest | undefined {
  if (prefix > 128) return undefined;
  const list = new BlockList();
  list.addSubnet(address, prefix, 'ipv6');
  return (text) => text.includes(':') && isIPv6(text) && list.check(text, 'ipv6');
}

/** A dotted quad as a number; -1 when the text is none. */
function numberOfIPv4(text: string): number {
  let sum = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 48 && unit <= 57) {
      part = (part < 0 ? 0 : part * 10) + unit - 48;
      if (part > 255) return -1;
    } else if (unit === 46 && part >= 0) {
      sum = sum * 256 + part;
      part = -1;
      dots += 1;
    } else return -1;
  }
  return dots === 3 && part >= 0 ? sum * 256 + part : -1;
}
