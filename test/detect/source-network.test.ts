/** What counts as one source. */
import { expect, it } from 'vitest';
import { networkOf } from '../../src/detect/fields/source-network.ts';
import type { Event } from '../../src/events/event.ts';
import { resolveField } from './bundled-mappings.ts';

it.each([
  ['2001:db8:1:2::7', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['not:an address', 'not:an address'],
])('%s lies in %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('is a field of every log source', () => {
  for (const source of [{ category: 'webserver' }, { product: 'linux', service: 'sshd' }, {}]) {
    const read = resolveField('ir.source.network', source as never);
    expect(read({ 'source.ip': '192.0.2.1' } as Event)).toBe('192.0.2.1');
    expect(read({ 'source.ip': '2001:db8:1:2::7' } as Event)).toBe('2001:db8:1:2::/64');
    expect(read({} as Event)).toBeUndefined();
  }
});
