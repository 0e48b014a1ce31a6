/** One address has one spelling, whoever wrote it; what is none is not claimed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHostName, readIp, readIpList, readPeer } from '../../src/events/address.ts';

describe('readIp', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.000.002.007', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['2001:0db8:0000:0001:0000:0000:0000:0001', '2001:db8:0:1::1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('%s is %s', (written, spelled) => expect(readIp(written)).toBe(spelled));

  it.each([
    '',
    '-',
    '12:34:56',
    '2001:db8:',
    ':db8::1',
    '2001:db8:::1',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '256.0.2.7',
    '192.0.2',
    '192.0.2.0007',
    '192.0.2.7.',
    'fe80::1%',
    'fe80::1%a b',
    '::ffff:192.0.2.256',
    'aa:bb:cc:dd:ee:ff',
    'host.example.com',
    '"192.0.2.7"',
  ])('%j is no address', (text) => expect(readIp(text)).toBeUndefined());

  it('spells every address as Node does in a URL', () => {
    fc.assert(
      fc.property(fc.ipV6(), (written) => {
        const spelled = readIp(written);
        expect(spelled).toBeDefined();
        expect(readIp(spelled ?? '')).toBe(spelled);
        // URLs keep IPv4 in IPv6 as it is.
        const inUrl = new URL(`http://[${written}]/`).hostname.slice(1, -1);
        if (spelled?.includes(':')) expect(spelled).toBe(inUrl);
      }),
      { numRuns: 500, seed: 12 },
    );
  });
});

describe('readPeer', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', undefined],
    ['192.0.2.7:5000', '192.0.2.7', 5000],
    ['192.0.2.7:0', '192.0.2.7', undefined],
    ['[2001:db8::7]:443', '2001:db8::7', 443],
    ['[2001:db8::7]', '2001:db8::7', undefined],
    ['[::ffff:192.0.2.7]:443', '192.0.2.7', 443],
    ['2001:db8::7:51234', '2001:db8::7', 51234],
    ['::ffff:192.0.2.7:5000', '192.0.2.7', 5000],
    ['192.0.2.7.5000', '192.0.2.7', 5000],
    ['2001:db8::7.443', '2001:db8::7', 443],
    ['::ffff:192.0.2.7.443', '192.0.2.7', 443],
    ['"192.0.2.7"', '192.0.2.7', undefined],
    [' 2001:DB8::7 ', '2001:db8::7', undefined],
    ['IPv6:2001:db8::7', '2001:db8::7', undefined],
    ['fe80::1%en0', 'fe80::1', undefined],
    ['gate.example.com:8080', 'gate.example.com', 8080],
    ['web-01', 'web-01', undefined],
  ])('%s', (written, address, port) => {
    expect(readPeer(written)).toMatchObject({ address, port });
  });

  it.each([
    '',
    '-',
    '?',
    '"-"',
    'unknown',
    '(null)',
    '12:34:56',
    '10:15',
    '2001:db8:',
    '300.1.2.3',
    '192.0.2.7.70000.1',
    '2001:db8::7.',
    '1.2.3.443',
    'a b',
    '[x]',
    '<x>',
  ])('%j is nobody', (written) => expect(readPeer(written)).toBeUndefined());

  it('takes the last group for the port where every address has one', () => {
    expect(readPeer('2001:db8::7:5123', true)).toMatchObject({ ip: '2001:db8::7', port: 5123 });
    expect(readPeer('2001:db8::7', true)).toMatchObject({ ip: '2001:db8::7', port: undefined });
    expect(readPeer('2001:db8::7:5123')).toMatchObject({ ip: '2001:db8::7:5123' });
  });

  it('reads lists and leaves out what is no address', () => {
    expect(readIpList('203.0.113.58, unknown,[2001:DB8::1]:80, 12:34:56, 203.0.113.58')).toEqual([
      '203.0.113.58',
      '2001:db8::1',
    ]);
  });

  it('stays linear on hostile names', () => {
    const start = performance.now();
    for (let times = 0; times < 2000; times += 1) isHostName(`${'a-.'.repeat(80)}!`);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
