import { expect, it } from 'vitest';
import { parseGround } from '../../src/respond/ground.ts';
import type { Risk, Variable, VariableType } from '../../src/respond/playbook.ts';
import { selfHarm, sshClientOf } from '../../src/respond/self-harm.ts';

const ground = {
  sshPeers: ['198.51.100.20'],
  addresses: ['192.0.2.8'],
  gateways: ['192.0.2.1', 'fe80::1'],
  resolvers: ['203.0.113.53', '2001:db8::53'],
  proxies: { cdn: ['198.51.100.128/28'] },
  users: ['root', 'alex'],
  plannedNeverBlock: { bastion: ['203.0.113.240/28'] },
  neverBlock: { office: ['192.0.2.64/26'], monitoring: ['2001:db8:9::/48', '198.51.100.77'] },
  isLocal: true,
};

it.each<[Risk, VariableType, string, string | undefined]>([
  ['change', 'ip', '198.51.100.20', 'SSH session'],
  ['read', 'ip', '198.51.100.20', undefined],
  ['change', 'ip', '198.51.100.21', undefined],
  ['change', 'ip', '::ffff:198.51.100.20', 'SSH session'],
  ['disruptive', 'cidr', '198.51.100.0/24', 'SSH session'],
  ['disruptive', 'cidr', '198.51.101.0/24', undefined],
  ['change', 'ip', '192.0.2.1', 'gateway'],
  ['change', 'ip', '192.0.2.8', 'that machine itself'],
  ['change', 'ip', '198.51.100.130', 'as trusted_proxies.cdn'],
  ['change', 'ip', 'fe80::1', 'gateway'],
  ['change', 'ip', '192.0.2.70', 'never_block.office'],
  ['disruptive', 'cidr', '192.0.2.0/24', 'gateway'],
  ['disruptive', 'cidr', '192.0.2.80/28', 'never_block.office'],
  ['disruptive', 'cidr', '2001:db8:8::/45', 'never_block.monitoring'],
  ['change', 'ip', '203.0.113.250', 'by the plan, as never_block.bastion'],
  ['disruptive', 'cidr', '203.0.113.0/24', 'name server'],
  ['change', 'ip', '2001:db8:a::1', undefined],
  ['change', 'ip', '2001:db8::53', 'name server'],
  ['change', 'cidr', '2001:db8::/32', 'name server'],
  ['change', 'ip', '127.0.0.1', 'loopback'],
  ['change', 'ip', '::1', 'loopback'],
  ['change', 'ip', '0.0.0.0', 'is an unspecified address'],
  ['change', 'cidr', '9.0.0.0/7', 'large part'],
  ['change', 'user', 'alex', 'working with'],
  ['destructive', 'user', 'root', 'working with'],
  ['change', 'user', 'deploy', undefined],
  ['change', 'pid', String(process.pid), 'ir itself'],
  ['change', 'path', '/etc', undefined],
])('%s of %s %s: %s', (risk, type, value, reason) => {
  const harm = selfHarm(risk, { name: 'x', type } as Variable, value, ground);
  if (reason === undefined) expect(harm).toBeUndefined();
  else expect(harm).toContain(reason);
});

const PRINTED = `== uid
0
== user
root
== missing
conntrack
== /proc/net/route
Iface\tDestination\tGateway\tFlags
eth0\t00000000\t010200C0\t0003
eth0\t000200C0\t00000000\t0001
== /proc/net/ipv6_route
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
20010db8000000000000000000000000 20 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0
== /proc/net/fib_trie
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 192.0.2.8
        /32 host LOCAL
     |-- 192.0.2.255
        /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
== /proc/net/if_inet6
00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000008 02 40 00 80     eth0
== resolv.conf
# x
nameserver 203.0.113.53
 nameserver 2001:db8::53
nameserver fe80::1%eth0
search a
nameserver x
== /proc/net/tcp
   0: 080200C0:0016 146433C6:1388 01 00000000:00000000 02:000A1B2C 00000000     0        0 111 2 0000000000000000 20 4 30 10 -1
   1: 080200C0:0050 156433C6:1389 01 00000000:00000000 02:000A1B2C 00000000     0        0 112 2 0000000000000000 20 4 30 10 -1
   2: 080200C0:1F40 166433C6:138A 01 00000000:00000000 02:000A1B2C 00000000     0        0 113 2 0000000000000000 20 4 30 10 -1
== /proc/net/tcp6
   0: 0000000000000000FFFF0000080200C0:08AE 0000000000000000FFFF0000176433C6:1388 01 00000000:00000000 00:00000000 00000000     0        0 114 1 0000000000000000 20 4 0 10 -1
   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000007000000:1388 01 00000000:00000000 00:00000000 00000000     0        0 115 1 0000000000000000 20 4 0 10 -1
== sshd_config
Port 2222
#Port 8000
ListenAddress 192.0.2.8:2022
== sshd sockets
lrwx------ 1 root root 64 Mar  1 12:00 4 -> socket:[113]
== end
`;

it('reads gateways, resolvers and the peers of sshd, on any of its ports', () => {
  expect(parseGround(PRINTED)).toEqual({
    isRoot: true,
    user: 'root',
    missing: ['conntrack'],
    addresses: ['192.0.2.8', '2001:db8::8'],
    gateways: ['192.0.2.1', 'fe80::1'],
    resolvers: ['203.0.113.53', '2001:db8::53', 'fe80::1'],
    // By port 22, by the socket of an sshd, by a port of the configuration (mapped), over IPv6.
    sshPeers: ['198.51.100.20', '198.51.100.22', '198.51.100.23', '2001:db8::7'],
  });
});

it('knows nothing of a machine that did not say all', () => {
  expect(parseGround(PRINTED.replace('== end\n', ''))).toBeUndefined();
  expect(parseGround('')).toBeUndefined();
});

it('takes the client of our own session besides', () => {
  expect(sshClientOf({ SSH_CONNECTION: '198.51.100.20 5000 192.0.2.8 22' })).toEqual([
    '198.51.100.20',
  ]);
  expect(sshClientOf({ SSH_CONNECTION: 'nonsense' })).toEqual([]);
});
