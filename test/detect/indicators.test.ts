/** Indicators: lists in four forms, and logs in which they stand or nearly do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timeline } from '../../src/commands/timeline.ts';
import { recognise } from '../../src/detect/indicators/indicator.ts';
import { readIndicators } from '../../src/detect/indicators/read-indicators.ts';
import { testContext } from '../commands/test-context.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-ioc-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(cwd, name);
  writeFileSync(path, text);
  return path;
};

describe('recognise', () => {
  it.each([
    ['203.0.113.7', 'address', '203.0.113.7'],
    ['203[.]0[.]113[.]7', 'address', '203.0.113.7'],
    ['2001:0db8::0:7', 'address', '2001:db8::7'],
    ['198.51.100.0/24', 'network', '198.51.100.0/24'],
    ['2001:db8::/32', 'network', '2001:db8::/32'],
    ['Evil.Example.', 'domain', 'evil.example'],
    ['*.evil(dot)example', 'domain', 'evil.example'],
    ['hxxps://evil[.]example/A?b=1', 'url', '//evil.example/a?b=1'],
    ['http://evil.example/', 'domain', 'evil.example'],
    ['http://203.0.113.7:8080', 'address', '203.0.113.7'],
    ['evil.example/drop.sh', 'url', '//evil.example/drop.sh'],
    ['44D88612FEA8A8F36DE82E1278ABB02F', 'hash', '44d88612fea8a8f36de82e1278abb02f'],
  ])('%s', (text, kind, value) => expect(recognise(text)).toEqual({ kind, value }));

  it.each(['', 'word', '203.0.113.7/33', '1.2.3', 'abc123'])('not %j', (text) =>
    expect(recognise(text)).toBeUndefined(),
  );
});

const values = (path: string) =>
  [...readIndicators(path).indicators].map(({ kind, value, line }) => `${line} ${kind} ${value}`);

describe('readIndicators', () => {
  it('reads text with comments, and says what it cannot use', () => {
    const path = file(
      'a.txt',
      '# list\n203.0.113.7 # seen\n\nevil.example\r\nsqlmap/1.5#stable\n???\n',
    );
    expect(values(path)).toEqual([
      '2 address 203.0.113.7',
      '4 domain evil.example',
      '5 user-agent sqlmap/1.5#stable',
    ]);
    expect(readIndicators(path).problems).toMatchObject([{ source: { line: 6 } }]);
  });

  it('takes no markup and no records for user agents', () => {
    const path = file(
      'page.txt',
      '<html lang="en">\n<p>not a list</p>\nkey: { a }\nmasscan by me\n',
    );
    expect(values(path)).toEqual(['4 user-agent masscan by me']);
    expect(readIndicators(path).problems).toHaveLength(3);
  });

  it('reads CSV by its header, quoted cells as well', () => {
    const path = file(
      'a.csv',
      'type,"value",note\nip,203.0.113.7,x\nuser-agent,"Evil ""Bot"", 1",y\ndomain,evil.example,z\n',
    );
    expect(values(path)).toEqual([
      '2 address 203.0.113.7',
      '3 user-agent evil "bot", 1',
      '4 domain evil.example',
    ]);
  });

  it('reads the patterns of STIX, and refuses those that ask for more than a value', () => {
    const pattern = (text: string) => ({ type: 'indicator', pattern_type: 'stix', pattern: text });
    const bundle = {
      type: 'bundle',
      objects: [
        pattern("[ipv4-addr:value = '203.0.113.7' OR domain-name:value = 'evil.example']"),
        { type: 'malware', name: 'x' },
        pattern(
          "[file:hashes.'SHA-256' = 'aa00000000000000000000000000000000000000000000000000000000000000']",
        ),
        pattern(
          "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'EvilBot']",
        ),
        pattern("[ipv4-addr:value ISSUBSET '198.51.100.0/24']"),
        pattern("[file:name = 'x' AND file:size = 5]"),
        { ...pattern("[url:value = 'http://gone.example/x']"), revoked: true },
      ],
    };
    const path = file('a.json', JSON.stringify(bundle, undefined, 1));
    expect(values(path).map((one) => one.replace(/^\d+ /, ''))).toEqual([
      'address 203.0.113.7',
      'domain evil.example',
      `hash aa${'0'.repeat(62)}`,
      'user-agent evilbot',
      'network 198.51.100.0/24',
    ]);
    const lines = JSON.stringify(bundle, undefined, 1).split('\n');
    for (const { line } of readIndicators(path).indicators)
      expect(lines[line - 1]).toContain('"pattern"');
    expect(readIndicators(path).problems).toHaveLength(1);
  });

  it('reads the attributes of MISP that are meant for detection', () => {
    const attribute = (type: string, value: string, to_ids = true) => ({ type, value, to_ids });
    const event = {
      Event: {
        info: 'x',
        Attribute: [attribute('ip-dst', '203.0.113.7'), attribute('domain', 'good.example', false)],
        Object: [
          {
            Attribute: [
              attribute('domain|ip', 'evil.example|203.0.113.8'),
              attribute('comment', 'x'),
            ],
          },
        ],
      },
    };
    const path = file('misp.json', JSON.stringify(event, undefined, 2));
    expect(values(path)).toEqual([
      '7 address 203.0.113.7',
      '21 domain evil.example',
      '21 address 203.0.113.8',
    ]);
  });

  it('refuses a file without any, and one that is not there', () => {
    expect(() =>
      readIndicators(file('b.txt', 'nothing here?\nx\n').replace('b.txt', 'none')),
    ).toThrow(expect.objectContaining({ exit: 4 }));
    expect(() => readIndicators(file('c.txt', 'x\n'))).toThrow(
      expect.objectContaining({ exit: 3 }),
    );
    expect(() => readIndicators(file('d.json', '{"a": '))).toThrow(
      expect.objectContaining({ exit: 3 }),
    );
  });
});

describe('--ioc', () => {
  const request = (from: string, agent: string, referrer = '-'): string =>
    `${from} - - [14/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "${referrer}" "${agent}"\n`;

  const found = async (list: string, log: string): Promise<string[]> => {
    const ioc = file('list.txt', list);
    const { result } = await timeline(
      testContext({ cwd, env: { XDG_CONFIG_HOME: cwd } }),
      [file('x.log', log)],
      {
        ioc: [ioc],
        workers: '0',
      },
    );
    if (!('timeline' in result)) throw new Error('no timeline');
    return result.timeline.findings.flatMap(({ level, indicators = [] }) =>
      indicators.map(({ kind, value, line }) => `${level} ${kind} ${value} ${line}`),
    );
  };

  const others = Array.from({ length: 1200 }, (_, index) =>
    [
      `10.9.${index >> 8}.${index & 255}`,
      `host${index}.other.example`,
      `https://other.example/x/${index}`,
      index.toString(16).padStart(32, '0'),
      `Other/${index}.0 (x)`,
    ].join('\n'),
  ).join('\n');

  it.each<[string, string, string, string[]]>([
    ['an address', '203.0.113.7\n', request('203.0.113.7', 'x'), ['high address 203.0.113.7 1']],
    ['not its neighbour', '203.0.113.7\n', request('203.0.113.70', 'x'), []],
    [
      'a network',
      'evil.example\n203.0.113.0/24\n198.51.100.0/25\n',
      request('203.0.113.9', 'x'),
      ['high network 203.0.113.0/24 2'],
    ],
    [
      'an agent',
      'EvilBot/1.0 (x)\n',
      request('192.0.2.1', 'evilbot/1.0 (x)'),
      ['high user-agent evilbot/1.0 (x) 1'],
    ],
    ['not part of an agent', 'EvilBot/1.0\n', request('192.0.2.1', 'evilbot/1.0 (x)'), []],
    [
      'a URL anywhere in the line',
      'https://evil.example/a?b=*\n',
      request('192.0.2.1', 'x', 'http://evil.example/a?b=*&c'),
      ['high url //evil.example/a?b=* 1'],
    ],
    [
      'a URL whose host and path stand apart',
      'https://shop.example/drop/a.php\n',
      '{"time":"2026-03-14T10:00:00Z","http":{"request":{"method":"GET"}},"url":{"domain":"shop.example","path":"/drop/a.php"},"client_ip":"192.0.2.1"}\n',
      ['high url //shop.example/drop/a.php 1'],
    ],
    [
      'a URL, whatever is asked of it',
      'https://shop.example/drop/a.php\n',
      '{"time":"2026-03-14T10:00:00Z","method":"GET","host":"Shop.example","url":"/drop/a.php?x=1","client_ip":"192.0.2.1","status":200}\n',
      ['high url //shop.example/drop/a.php 1'],
    ],
    [
      'not the path of another host',
      'https://shop.example/drop/a.php\n',
      '{"time":"2026-03-14T10:00:00Z","http":{"request":{"method":"GET"}},"url":{"domain":"other.example","path":"/drop/a.php"},"client_ip":"192.0.2.1"}\n',
      [],
    ],
    [
      'not a longer path',
      'https://shop.example/drop/a.php\n',
      '{"time":"2026-03-14T10:00:00Z","http":{"request":{"method":"GET"}},"url":{"domain":"shop.example","path":"/drop/a.php5"},"client_ip":"192.0.2.1"}\n',
      [],
    ],
    [
      'not a URL like it',
      'https://evil.example/a?b=*\n',
      request('192.0.2.1', 'x', 'http://evil.example/a?b=7'),
      [],
    ],
    [
      'a domain and what is below it',
      'evil.example\n',
      '{"time":"2026-03-14T10:00:00Z","message":"lookup","dns":{"question":{"name":"c2.evil.example"}}}\n',
      ['high domain evil.example 1'],
    ],
    [
      'a hash',
      '44d88612fea8a8f36de82e1278abb02f\n',
      'Mar 14 10:00:01 web01 clamd[7]: /srv/x: Eicar(44D88612FEA8A8F36DE82E1278ABB02F:68) FOUND\n',
      ['high hash 44d88612fea8a8f36de82e1278abb02f 1'],
    ],
    [
      'an agent beyond Latin letters',
      'Бот/1.0 (x)\n',
      request('192.0.2.1', 'Бот/1.0 (x)'),
      ['high user-agent бот/1.0 (x) 1'],
    ],
    [
      'an address in a shorter spelling',
      '2001:0db8::0:7\n',
      request('2001:db8::7', 'x'),
      ['high address 2001:db8::7 1'],
    ],
  ])('finds %s, alone and among many of each kind', async (_, list, log, wanted) => {
    expect(await found(list, log)).toEqual(wanted);
    expect(await found(list + others, log)).toEqual(wanted);
  });

  it('finds the same among thousands of others', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => [
      `10.${index >> 8}.${index & 255}.1`,
      `10.${index >> 8}.${index & 255}.0/28`,
      `host${index}.bad.example`,
      `http://host${index}.bad.example/x?${index}`,
      index.toString(16).padStart(64, '0'),
    ]).flat();
    const log = [
      request('10.3.7.1', 'x'),
      request('10.3.7.2', 'x', 'https://host77.bad.example/x?77'),
      request('192.0.2.1', 'x', `http://www.example.com/${(4711).toString(16)}${'0'.repeat(64)}`),
      request('192.0.2.2', 'x', `http://www.example.com/${(7).toString(16).padStart(64, '0')}`),
    ].join('');
    const kinds = (await found(`${many.join('\n')}\n`, log)).map((one) =>
      one.split(' ').slice(1, 3).join(' '),
    );
    expect(kinds.sort()).toEqual([
      'address 10.3.7.1',
      `hash ${(7).toString(16).padStart(64, '0')}`,
      'network 10.3.7.0/28',
      'network 10.3.7.0/28',
      'url //host77.bad.example/x?77',
    ]);
  });
});
