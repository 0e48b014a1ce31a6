import { expect, it } from 'vitest';
import type { Risk, Variable, VariableType } from '../../src/respond/playbook.ts';
import {
  parseGateways,
  parseResolvers,
  readOwnGround,
  selfHarm,
} from '../../src/respond/self-harm.ts';

const ground = {
  sshClient: '198.51.100.20',
  gateways: ['192.0.2.1'],
  resolvers: ['203.0.113.53', '2001:db8::53'],
  users: ['root', 'alex'],
};

it.each<[Risk, VariableType, string, string | undefined]>([
  ['change', 'ip', '198.51.100.20', 'your own SSH session'],
  ['read', 'ip', '198.51.100.20', undefined],
  ['change', 'ip', '198.51.100.21', undefined],
  ['change', 'ip', '::ffff:198.51.100.20', 'your own SSH session'],
  ['disruptive', 'cidr', '198.51.100.0/24', 'your own SSH session'],
  ['disruptive', 'cidr', '198.51.101.0/24', undefined],
  ['change', 'ip', '192.0.2.1', 'gateway'],
  ['change', 'ip', '2001:db8::53', 'name server'],
  ['change', 'cidr', '2001:db8::/32', 'name server'],
  ['change', 'ip', '127.0.0.1', 'loopback'],
  ['change', 'ip', '::1', 'loopback'],
  ['change', 'ip', '0.0.0.0', 'unspecified'],
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

it('reads gateways, resolvers and the SSH client', () => {
  const route =
    'Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010200C0\t0003\neth0\t000200C0\t00000000\t0001\n';
  expect(parseGateways(route)).toEqual(['192.0.2.1']);
  expect(
    parseResolvers(
      '# x\nnameserver 203.0.113.53\n nameserver 2001:db8::53\nsearch a\nnameserver x\n',
    ),
  ).toEqual(['203.0.113.53', '2001:db8::53']);
  expect(
    readOwnGround({ SSH_CONNECTION: '198.51.100.20 5000 192.0.2.8 22' }, 'alex').sshClient,
  ).toBe('198.51.100.20');
  expect(readOwnGround({ SSH_CONNECTION: 'nonsense' }, 'alex').sshClient).toBeUndefined();
});
