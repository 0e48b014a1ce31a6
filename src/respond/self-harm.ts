/** Values that a command must not act on, because the responder or the host itself would be cut off. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Risk, Variable } from './playbook.ts';

/** What the responder stands on, which a command must not hit: addresses and accounts. */
export interface OwnGround {
  /** Address of the responder's own SSH client. */
  sshClient: string | undefined;
  gateways: readonly string[];
  resolvers: readonly string[];
  /** The acting user, and who called sudo. */
  users: readonly string[];
}

/** Reads what must be protected on this host. What cannot be read is left out. */
export function readOwnGround(
  environment: Readonly<Record<string, string | undefined>>,
  loginName: string,
): OwnGround {
  const sshClient = (environment['SSH_CONNECTION'] ?? environment['SSH_CLIENT'] ?? '').split(
    ' ',
  )[0];
  return {
    sshClient: sshClient === undefined || isIP(sshClient) === 0 ? undefined : sshClient,
    gateways: parseGateways(readOptional('/proc/net/route')),
    resolvers: parseResolvers(readOptional('/etc/resolv.conf')),
    users: ['root', loginName, environment['SUDO_USER']].filter((name) => name !== undefined),
  };
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Default gateways in the text of /proc/net/route: hexadecimal, least significant byte first. */
export const parseGateways = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, destination, gateway] = line.split(/\s+/);
    if (
      destination !== '00000000' ||
      !/^[0-9A-F]{8}$/.test(gateway ?? '') ||
      gateway === '00000000'
    )
      return [];
    return [
      Buffer.from(gateway as string, 'hex')
        .reverse()
        .join('.'),
    ];
  });

/** Name servers in the text of resolv.conf. */
export const parseResolvers = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    return address !== undefined && isIP(address) !== 0 ? [address] : [];
  });

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
    variable.type === 'pid' &&
    (value === String(process.pid) || value === String(process.ppid))
  ) {
    return `process ${value} is ir itself, or the shell that started it`;
  }
  if (variable.type !== 'ip' && variable.type !== 'cidr') return undefined;
  const [address = '', bits] = value.split('/');
  const range = ipaddr.process(address).range();
  if (['loopback', 'unspecified', 'multicast', 'broadcast'].includes(range)) {
    return `${value} is a ${range} address`;
  }
  if (bits !== undefined && Number(bits) < (isIP(address) === 4 ? 8 : 16)) {
    return `${value} covers a large part of the Internet`;
  }
  const covers = (other: string): boolean => covered(other, address, bits);
  if (ground.sshClient !== undefined && covers(ground.sshClient)) {
    return `${value} is where your own SSH session comes from`;
  }
  if (ground.gateways.some(covers)) return `${value} is this host's default gateway`;
  if (ground.resolvers.some(covers)) return `${value} is this host's name server`;
  return undefined;
}

function covered(other: string, address: string, bits: string | undefined): boolean {
  const [ours, theirs] = [ipaddr.process(other), ipaddr.process(address)];
  if (ours.kind() !== theirs.kind()) return false;
  const length = bits === undefined ? (theirs.kind() === 'ipv4' ? 32 : 128) : Number(bits);
  return ours.kind() === 'ipv4'
    ? (ours as ipaddr.IPv4).match(theirs as ipaddr.IPv4, length)
    : (ours as ipaddr.IPv6).match(theirs as ipaddr.IPv6, length);
}
