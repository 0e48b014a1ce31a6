/** Values that a command must not act on, because the responder or the host itself would be cut off. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Risk, Variable } from './playbook.ts';

/** What the responder stands on, which a command must not hit: addresses and accounts. */
export interface OwnGround {
  /** Where those come from who are logged in over ssh, ourselves among them. */
  sshPeers: readonly string[];
  /** Of the machine itself. */
  addresses?: readonly string[] | undefined;
  gateways: readonly string[];
  resolvers: readonly string[];
  /** The acting user, and who called sudo. */
  users: readonly string[];
  /** Networks that the configuration spares, by its name for them. */
  neverBlock: Readonly<Record<string, readonly string[]>>;
  /** Networks of proxies that the configuration trusts: everybody comes from there. */
  proxies?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Networks that the plan spares, likewise. */
  plannedNeverBlock?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Does the command run on this machine? */
  isLocal: boolean;
}

/** The client of the session we run in, as far as the environment tells. */
export function sshClientOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  const text = environment['SSH_CONNECTION'] ?? environment['SSH_CLIENT'] ?? '';
  const client = text.split(' ')[0] ?? '';
  return isIP(client) === 0 ? [] : [client];
}

/**
 * Why a command that changes something must not use this value; undefined when it may.
 * Reading commands may name anything.
 */
export function selfHarm(
  risk: Risk,
  variable: Variable,
  value: string,
  ground: OwnGround,
): string | undefined {
  if (risk === 'read') return undefined;
  if (variable.type === 'user' && ground.users.includes(value)) {
    return `${value} is the account you are working with, or root`;
  }
  if (
    ground.isLocal &&
    variable.type === 'pid' &&
    (value === String(process.pid) || value === String(process.ppid))
  ) {
    return `process ${value} is ir itself, or the shell that started it`;
  }
  if (variable.type !== 'ip' && variable.type !== 'cidr') return undefined;
  const [address = '', bits] = value.split('/');
  const range = ipaddr.process(address).range();
  if (['loopback', 'unspecified', 'multicast', 'broadcast'].includes(range)) {
    return `${value} is ${range === 'unspecified' ? 'an' : 'a'} ${range} address`;
  }
  if (bits !== undefined && Number(bits) < (isIP(address) === 4 ? 8 : 16)) {
    return `${value} covers a large part of the Internet`;
  }
  const covers = (other: string): boolean => covered(other, address, bits);
  const peer = ground.sshPeers.find(covers);
  if (peer !== undefined)
    return `${value} is where an SSH session of that machine comes from, such as your own (${peer})`;
  if (ground.gateways.some(covers)) return `${value} is the default gateway of that machine`;
  if (ground.resolvers.some(covers)) return `${value} is a name server of that machine`;
  if (ground.addresses?.some(covers)) return `${value} is that machine itself`;
  const sparing = [
    { by: 'configuration', section: 'never_block', networks: ground.neverBlock },
    { by: 'configuration', section: 'trusted_proxies', networks: ground.proxies ?? {} },
    { by: 'plan', section: 'never_block', networks: ground.plannedNeverBlock ?? {} },
  ];
  for (const { by, section, networks } of sparing) {
    const name = Object.keys(networks).find((one) =>
      networks[one]?.some((network) => overlaps(network, address, bits)),
    );
    if (name !== undefined) return `${value} is spared by the ${by}, as ${section}.${name}`;
  }
  return undefined;
}

/** Does one of two networks lie in the other? An address is a network of its own. */
function overlaps(network: string, address: string, bits: string | undefined): boolean {
  const [base = '', length] = network.split('/');
  return covered(base, address, bits) || covered(address, base, length);
}

function covered(other: string, address: string, bits: string | undefined): boolean {
  const [ours, theirs] = [ipaddr.process(other), ipaddr.process(address)];
  if (ours.kind() !== theirs.kind()) return false;
  const length = bits === undefined ? (theirs.kind() === 'ipv4' ? 32 : 128) : Number(bits);
  return ours.kind() === 'ipv4'
    ? (ours as ipaddr.IPv4).match(theirs as ipaddr.IPv4, length)
    : (ours as ipaddr.IPv6).match(theirs as ipaddr.IPv6, length);
}
