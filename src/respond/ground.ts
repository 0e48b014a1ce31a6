/**
 * What a command must not hit on the machine it acts on: who is logged in over ssh, the gateways, the resolvers. Read
 * there, not from our environment, which sudo empties and a terminal multiplexer keeps from an older session.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Prints what `parseGround` reads; the arguments are programs that must be there. Readable without root, but for sshd on other ports. */
export const GROUND_SCRIPT = `
echo "== uid"; id -u
echo "== user"; id -un
echo "== missing"; for p; do command -v -- "$p" >/dev/null 2>&1 || echo "$p"; done
for f in /proc/net/fib_trie /proc/net/if_inet6 /proc/net/route /proc/net/ipv6_route; do [ -r "$f" ] || continue; echo "== $f"; cat "$f"; done
echo "== resolv.conf"; cat /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null || :
for f in /proc/net/tcp /proc/net/tcp6; do [ -r "$f" ] || continue; echo "== $f"; grep -E '^ *[0-9]+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ 01 ' "$f" || :; done
echo "== sshd_config"; cat /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf 2>/dev/null || :
echo "== sshd sockets"
for p in /proc/[0-9]*; do
  read -r name < "$p/comm" 2>/dev/null || continue
  case $name in sshd*) ls -l "$p/fd" 2>/dev/null || : ;; esac
done
echo "== end"
`;

/** What the machine says of itself. */
export interface Ground {
  isRoot: boolean;
  user: string;
  /** Programs of those asked for that are not there. */
  missing: readonly string[];
  /** Its own, but for those of loopback; absent where it does not say. */
  addresses?: readonly string[];
  gateways: readonly string[];
  resolvers: readonly string[];
  /** Peers of established connections to sshd. */
  sshPeers: readonly string[];
}

/**
 * Reads what the script printed.
 * @returns undefined when it is not whole: then nothing is known to be safe
 */
export function parseGround(text: string): Ground | undefined {
  const sections = new Map<string, string>();
  for (const part of `\n${text}`.split('\n== ').slice(1)) {
    const end = part.indexOf('\n');
    sections.set(end === -1 ? part : part.slice(0, end), end === -1 ? '' : part.slice(end + 1));
  }
  if (!sections.has('end')) return undefined;
  const of = (name: string): string => sections.get(name) ?? '';
  const tcp = [...connections(of('/proc/net/tcp')), ...connections(of('/proc/net/tcp6'))];
  const ports = sshPorts(of('sshd_config'));
  const sockets = new Set(
    [...of('sshd sockets').matchAll(/socket:\[(\d+)\]/g)].map(([, inode]) => inode),
  );
  return {
    isRoot: of('uid').trim() === '0',
    user: of('user').trim(),
    missing: of('missing')
      .split('\n')
      .filter((line) => line !== ''),
    ...addressesOf(of('/proc/net/fib_trie'), of('/proc/net/if_inet6')),
    gateways: [
      ...parseGateways(of('/proc/net/route')),
      ...parseGateways6(of('/proc/net/ipv6_route')),
    ],
    resolvers: parseResolvers(of('resolv.conf')),
    sshPeers: [
      ...new Set(
        tcp
          .filter(({ port, inode }) => ports.has(port) || sockets.has(inode))
          .map(({ peer }) => peer),
      ),
    ],
  };
}

/** Addresses of the machine: the leaves of the kernel's routes that are its own, and the list of IPv6. */
function addressesOf(trie: string, inet6: string): Pick<Ground, 'addresses'> {
  const four = [...trie.matchAll(/\|-- ([\d.]+)\n\s+\/32 host LOCAL/g)].map(([, one = '']) => one);
  const six = inet6.split('\n').flatMap((line) => {
    const hex = /^[0-9a-f]{32}(?= )/.exec(line)?.[0];
    return hex === undefined ? [] : [ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]).toString()];
  });
  const all = [...new Set([...four, ...six])].filter(
    (address) => ipaddr.parse(address).range() !== 'loopback',
  );
  return all.length === 0 ? {} : { addresses: all };
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
    return [addressOf(gateway as string)];
  });

/** Default gateways in the text of /proc/net/ipv6_route, in the order of the wire. */
const parseGateways6 = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [destination, bits, , , gateway = ''] = line.trim().split(/\s+/);
    if (!/^0{32}$/.test(destination ?? '') || bits !== '00' || /^0*$/.test(gateway)) return [];
    if (!/^[0-9a-f]{32}$/.test(gateway)) return [];
    return [ipaddr.fromByteArray([...Buffer.from(gateway, 'hex')]).toString()];
  });

/** Name servers in the text of resolv.conf. */
export const parseResolvers = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1]?.split('%')[0];
    return address !== undefined && isIP(address) !== 0 ? [address] : [];
  });

/** An address of /proc/net: words of 32 bits, each least significant byte first. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  const address = ipaddr.fromByteArray([...bytes]);
  return ipaddr.process(address.toString()).toString();
}

interface Connection {
  port: number;
  peer: string;
  inode: string;
}

const LINE =
  /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4} 01 \S+ \S+ \S+\s+\d+\s+\d+ (\d+)/;

const connections = (text: string): Connection[] =>
  text.split('\n').flatMap((line) => {
    const found = LINE.exec(line);
    if (found === null) return [];
    const [, port = '', peer = '', inode = ''] = found;
    return [{ port: Number.parseInt(port, 16), peer: addressOf(peer), inode }];
  });

/** Ports on which the configuration of sshd listens; 22 always. */
const sshPorts = (text: string): Set<number> =>
  new Set([
    22,
    ...[...text.matchAll(/^\s*(?:port|listenaddress)[ \t=].*?(\d{1,5})\s*$/gim)].map(([, port]) =>
      Number(port),
    ),
  ]);
