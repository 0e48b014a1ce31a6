/** Whose requests came through a proxy: never whom the client made up. */
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../src/watch/block-decisions.ts';
import { clientOf, proxyOf, type TrustedProxies } from '../../src/watch/client-address.ts';
import type { LiveFinding } from '../../src/watch/live-finding.ts';

const PROXIES: TrustedProxies = {
  cdn: { networks: ['192.0.2.0/24', '2001:db8:c::/48'], header: 'x-forwarded-for', quoted: 4 },
  balancer: { networks: ['10.0.0.5'], header: 'cf-connecting-ip', quoted: undefined },
  silent: { networks: ['10.0.0.9'], header: undefined, quoted: undefined },
};
const access = (forwarded: string, agent = 'Mozilla/5.0'): string =>
  `192.0.2.7 - - [20/Nov/2026:10:00:00 +0000] "GET /?a=%22 HTTP/1.1" 200 5 "-" "${agent}" "${forwarded}"`;
const json = (fields: object): string => JSON.stringify({ remote_addr: '192.0.2.7', ...fields });

describe('the client behind a proxy', () => {
  it.each([
    ['the only address', 'cdn', access('203.0.113.7'), '203.0.113.7'],
    [
      'the last one: the client wrote the others',
      'cdn',
      access('198.51.100.1, 203.0.113.7'),
      '203.0.113.7',
    ],
    [
      'also where it wrote its own first',
      'cdn',
      access('203.0.113.7, 198.51.100.1, 203.0.113.7'),
      '203.0.113.7',
    ],
    [
      'the last before further trusted proxies',
      'cdn',
      access('198.51.100.1, 203.0.113.7, 10.0.0.5, 192.0.2.9'),
      '203.0.113.7',
    ],
    ['IPv6', 'cdn', access('2001:db8::7, 2001:db8:c::1'), '2001:db8::7'],
    ['nobody: trusted proxies alone', 'cdn', access('192.0.2.9, 10.0.0.5'), undefined],
    ['nobody: nonsense behind an address', 'cdn', access('203.0.113.7, x'), undefined],
    ['nobody: no header', 'cdn', access('-'), undefined],
    [
      'nobody: a line that ends before',
      'cdn',
      '192.0.2.7 - - [x] "GET / HTTP/1.1" 200 5',
      undefined,
    ],
    [
      'not what an escaped quote would open',
      'cdn',
      access('203.0.113.7', 'x\\" \\"198.51.100.1'),
      '203.0.113.7',
    ],
    ['by name', 'cdn', json({ 'X-Forwarded-For': '203.0.113.7' }), '203.0.113.7'],
    [
      "by nginx's name",
      'cdn',
      json({ http_x_forwarded_for: '1.2.3.4, 203.0.113.7' }),
      '203.0.113.7',
    ],
    [
      'nobody: two such names',
      'cdn',
      json({ 'x-forwarded-for': '1.2.3.4', http_x_forwarded_for: '203.0.113.7' }),
      undefined,
    ],
    [
      'the header that is configured, and no other',
      'balancer',
      json({ x_forwarded_for: '1.2.3.4', http_cf_connecting_ip: '203.0.113.7' }),
      '203.0.113.7',
    ],
    ['nobody: no list of names for lines with none', 'balancer', access('203.0.113.7'), undefined],
    ['nobody: no header is configured', 'silent', access('203.0.113.7'), undefined],
    ['nobody: broken JSON', 'cdn', '{"x-forwarded-for": "203.0.113.7"', undefined],
  ])('is %s', (_, proxy, raw, client) => {
    expect(clientOf(raw, proxy, PROXIES)).toBe(client);
  });

  it('is looked for behind the networks that are trusted, and behind no other', () => {
    const names = ['192.0.2.7', '2001:db8:c::9', '10.0.0.5', '10.0.0.6', '203.0.113.7'];
    expect(names.map((one) => proxyOf(one, PROXIES))).toEqual([
      ...['cdn', 'cdn', 'balancer', undefined, undefined],
    ]);
  });
});

describe('what came through a proxy', () => {
  const ask = (ip: string, id: string, raws: string[]) =>
    candidatesOf(
      [
        {
          ...{ seq: 1, state: 'open', notedMs: 1000, isReplayed: false },
          finding: {
            ...{ id: 'a', rule: { id, title: 'T' }, level: 'high', count: 2, lastUs: 1_000_000 },
            ...{
              entities: { 'source.ip': [ip] },
              evidence: raws.map((raw) => ({ raw, file: 'f', line: 1 })),
            },
          },
        } as unknown as LiveFinding,
      ],
      { level: 'medium', firstMs: 60_000 },
      { proxies: PROXIES, singleRules: new Set(['single']) },
      2000,
    );
  const lines = [access('203.0.113.7'), access('203.0.113.8')];
  it.each([
    [
      'its clients, of a rule of single events',
      '192.0.2.7',
      'single',
      lines,
      ['203.0.113.7', '203.0.113.8'],
      [],
    ],
    [
      'nobody, of what was counted over all of them',
      '192.0.2.7',
      'count',
      lines,
      [],
      ['192.0.2.7'],
    ],
    ['nobody, where no line says who', '192.0.2.7', 'single', [access('-')], [], ['192.0.2.7']],
    ['a stranger, whatever header it wrote', '203.0.113.9', 'single', lines, ['203.0.113.9'], []],
  ])('blocks %s', (_, ip, rule, raws, blocked, unknown) => {
    const asked = ask(ip, rule, raws);
    expect(asked.candidates.map(({ address }) => address)).toEqual(blocked);
    expect(asked.unknown.map(({ address }) => address)).toEqual(unknown);
  });
});
