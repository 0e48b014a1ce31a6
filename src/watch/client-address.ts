/**
 * Who sent a request that came through a proxy: from the header that the proxy writes, read from its end, as everything in front of
 * what a trusted proxy added is the client's own invention.
 */
import ipaddr from 'ipaddr.js';
import type { TrustedProxy } from '../configuration/trusted-proxy.ts';
import { readIp } from '../events/address.ts';

/** Proxies by name. */
export type TrustedProxies = Readonly<Record<string, TrustedProxy>>;

/** The name of the proxy that has this address; undefined where none has. */
export const proxyOf = (address: string, proxies: TrustedProxies): string | undefined =>
  Object.keys(proxies).find((name) =>
    proxies[name]?.networks.some((network) => lies(address, network)),
  );

/**
 * The client of a line that came from the address of a trusted proxy: the last address in the header that is no trusted proxy's.
 * Undefined where the line does not say: no header, or something that is no address behind what the proxy added.
 */
export function clientOf(
  raw: string,
  proxyName: string,
  proxies: TrustedProxies,
): string | undefined {
  const value = headerIn(raw, proxies[proxyName]);
  for (const part of (value ?? '').split(',').reverse()) {
    const ip = readIp(part.trim());
    if (ip === undefined) return undefined;
    if (proxyOf(ip, proxies) === undefined) return ip;
  }
  return undefined;
}

const QUOTED = /"((?:[^"\\]|\\.)*)"/g;

/** The value of the header; as it is written, servers escape quotes in it. */
function headerIn(raw: string, proxy: TrustedProxy | undefined): string | undefined {
  if (raw.startsWith('{')) return proxy?.header && namedIn(raw, proxy.header);
  if (proxy?.quoted === undefined) return undefined;
  return [...raw.matchAll(QUOTED)][proxy.quoted - 1]?.[1];
}

/** Of a JSON line: `x-forwarded-for`, `X_Forwarded_For` and nginx's `http_x_forwarded_for` are one name. */
function namedIn(raw: string, header: string): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replaceAll('_', '-');
  const wanted = plain(header);
  try {
    const record = JSON.parse(raw) as Record<string, unknown>;
    const names = Object.keys(record).filter((name) =>
      [wanted, `http-${wanted}`].includes(plain(name)),
    );
    const value = names.length === 1 ? record[names[0] as string] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function lies(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/');
  const [ours, theirs] = [ipaddr.process(address), ipaddr.process(base)];
  if (ours.kind() !== theirs.kind()) return false;
  const length = bits === undefined ? ours.toByteArray().length * 8 : Number(bits);
  return ours.match(theirs as never, length);
}
