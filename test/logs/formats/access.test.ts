import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/access.ts';
import { scanOddAccess } from '../../../src/logs/formats/access-odd.ts';
import { scanAccess } from '../../../src/logs/formats/access-scan.ts';
import { createAccessSpans } from '../../../src/logs/formats/access-spans.ts';
import { accessTime } from '../../../src/logs/formats/access-time.ts';

const clock = () => createClock({ zone: 'UTC', firstYear: 2026 });
const STAMP = '[24/Nov/2026:10:15:30 +0000]';
const REST = '"GET /a HTTP/1.1" 200 12 "-" "probe/1.0"';

const rows: readonly [string, string, Record<string, unknown>][] = [
  ['common', `192.0.2.1 - - ${STAMP} "GET / HTTP/1.0" 200 7`, { 'http.response.body.bytes': 7 }],
  [
    'common, size missing',
    `192.0.2.1 - - ${STAMP} "GET / HTTP/1.0" 304 -`,
    { 'http.response.status_code': 304, 'http.response.body.bytes': undefined },
  ],
  [
    'trailing space and carriage return',
    `192.0.2.1 - - ${STAMP} "GET / HTTP/1.0" 200 7 \r`,
    { 'http.response.body.bytes': 7 },
  ],
  [
    'port behind a dot',
    `192.0.2.1.40022 - - ${STAMP} ${REST}`,
    { 'source.ip': '192.0.2.1', 'source.port': 40022 },
  ],
  [
    'port behind an IPv6 address and a dot',
    `2001:db8::1.443 - - ${STAMP} ${REST}`,
    { 'source.ip': '2001:db8::1', 'source.port': 443 },
  ],
  [
    'port behind a colon',
    `192.0.2.1:40022 - - ${STAMP} ${REST}`,
    { 'source.ip': '192.0.2.1', 'source.port': 40022 },
  ],
  [
    'host name as client',
    `gate.example.com - - ${STAMP} ${REST}`,
    { 'source.address': 'gate.example.com', 'source.ip': undefined },
  ],
  ['user with spaces', `192.0.2.1 - Ann Lee ${STAMP} ${REST}`, { 'user.name': 'Ann Lee' }],
  [
    'mail address as user',
    `192.0.2.1 - a@example.com ${STAMP} ${REST}`,
    { 'user.name': 'a@example.com' },
  ],
  [
    'virtual host with port',
    `shop.example.com:8443 192.0.2.1 - eve ${STAMP} ${REST}`,
    { 'url.domain': 'shop.example.com', 'source.ip': '192.0.2.1', 'user.name': 'eve' },
  ],
  [
    'virtual host in the place of ident',
    `192.0.2.1 shop.example.com eve ${STAMP} ${REST}`,
    { 'url.domain': 'shop.example.com', 'source.ip': '192.0.2.1', 'user.name': 'eve' },
  ],
  [
    'virtual host and request id',
    `shop.example.com 192.0.2.1 - 0f3a - ${STAMP} ${REST}`,
    { 'url.domain': 'shop.example.com', 'source.ip': '192.0.2.1', 'user.name': undefined },
  ],
  [
    'forwarded list: the first public address counts',
    `shop.example.com 10.0.0.3, 203.0.113.8 - - ${STAMP} ${REST}`,
    { 'source.ip': '203.0.113.8', 'url.domain': 'shop.example.com' },
  ],
  [
    'list without virtual host',
    `10.0.0.3, 10.0.0.4 - - ${STAMP} ${REST}`,
    { 'source.ip': '10.0.0.3' },
  ],
  ['client with port', `192.0.2.1:55012 - - ${STAMP} ${REST}`, { 'source.ip': '192.0.2.1' }],
  ['IPv6', `2001:db8::9 - - ${STAMP} ${REST}`, { 'source.ip': '2001:db8::9' }],
  ['IPv6 with port', `[2001:db8::9]:443 - - ${STAMP} ${REST}`, { 'source.ip': '2001:db8::9' }],
  ['nobody', `- - - ${STAMP} ${REST}`, { 'source.address': undefined, 'source.ip': undefined }],
  [
    'IPv4 written as IPv6',
    `::ffff:203.0.113.8 - - ${STAMP} ${REST}`,
    { 'source.ip': '203.0.113.8', 'source.address': '203.0.113.8' },
  ],
  ['IPv6 in full', `2001:DB8:0:0:0:0:0:9 - - ${STAMP} ${REST}`, { 'source.ip': '2001:db8::9' }],
  ['port behind IPv6', `2001:db8::9:51234 - - ${STAMP} ${REST}`, { 'source.ip': '2001:db8::9' }],
  ['zone', `fe80::9%eth0 - - ${STAMP} ${REST}`, { 'source.ip': 'fe80::9' }],
  ['a clock is no client', `10:15:30 - - ${STAMP} ${REST}`, { 'source.address': undefined }],
  [
    'quoted client',
    `"203.0.113.69" - - ${STAMP} ${REST}`,
    { 'source.ip': '203.0.113.69', 'user.name': undefined, 'user_agent.original': 'probe/1.0' },
  ],
  [
    'quoted list, then the proxy',
    `"203.0.113.69, 10.1.1.4" 10.1.1.9 - eve ${STAMP} ${REST}`,
    {
      'source.ip': '203.0.113.69',
      'related.ip': ['203.0.113.69', '10.1.1.4', '10.1.1.9'],
      'user.name': 'eve',
    },
  ],
  [
    'no list, then the proxy',
    `"-" 198.51.100.9 - - ${STAMP} ${REST}`,
    { 'source.ip': '198.51.100.9' },
  ],
  [
    'times behind are no addresses',
    `192.0.2.1 - - ${STAMP} ${REST} "10:15:30" "unknown, 203.0.113.4:80"`,
    { 'related.ip': ['203.0.113.4'] },
  ],
  [
    'a level in front is no site',
    `INFO 192.0.2.1 - - ${STAMP} ${REST}`,
    { 'url.domain': undefined },
  ],
  [
    'an address in front of a name with blanks is the client',
    `203.0.113.9 id EXAMPLE\\jo smith ${STAMP} ${REST}`,
    { 'source.ip': '203.0.113.9', 'user.name': 'EXAMPLE\\jo smith', 'url.domain': undefined },
  ],
  [
    'absolute target',
    `192.0.2.1 - - ${STAMP} "GET http://other.example.com:8080/x.php?y=1 HTTP/1.1" 200 1 "-" "-"`,
    {
      'url.domain': 'other.example.com',
      'url.path': '/x.php',
      'url.query': 'y=1',
      'url.extension': 'php',
    },
  ],
  [
    'CONNECT',
    `192.0.2.1 - - ${STAMP} "CONNECT mail.example.com:25 HTTP/1.1" 405 1 "-" "-"`,
    { 'http.request.method': 'CONNECT', 'url.domain': 'mail.example.com', 'destination.port': 25 },
  ],
  [
    'one quote in the name',
    `192.0.2.1 - a "b [x] c ${STAMP} "GET /?c=../../../../etc/passwd HTTP/1.1" 200 55 "-" "agent"`,
    {
      'source.ip': '192.0.2.1',
      'user.name': 'a "b [x] c',
      'url.original': '/?c=../../../../etc/passwd',
      'http.response.status_code': 200,
      'user_agent.original': 'agent',
    },
  ],
  [
    'one quote in the name and a stamp in the target',
    `192.0.2.1 - a "b ${STAMP} "GET /?t=[2026-06-25T14:00:00Z] HTTP/1.1" 200 55 "-" "agent"`,
    { 'user.name': 'a "b', 'url.original': '/?t=[2026-06-25T14:00:00Z]' },
  ],
  [
    'a name in two quotes that holds a request',
    `192.0.2.1 - "b ${STAMP} " ${STAMP} "GET /real HTTP/1.1" 200 55 "-" "agent"`,
    { 'url.original': '/real' },
  ],
  [
    'spaces in the target',
    `192.0.2.1 - - ${STAMP} "GET /a b?c=' or 1=1 HTTP/1.1" 200 1 "-" "-"`,
    { 'url.original': "/a b?c=' or 1=1", 'url.query': "c=' or 1=1" },
  ],
  [
    'HTTP/2 without minor',
    `192.0.2.1 - - ${STAMP} "GET /a HTTP/2" 200 1 "-" "-"`,
    { 'http.version': '2' },
  ],
  [
    'HTTP/0.9',
    `192.0.2.1 - - ${STAMP} "GET /old" 200 1 "-" "-"`,
    { 'url.path': '/old', 'http.version': undefined },
  ],
  [
    'escaped quotes',
    String.raw`192.0.2.1 - - ${STAMP} "GET /?q=\"><script> HTTP/1.1" 200 1 "-" "a \"b\" c"`,
    { 'url.original': String.raw`/?q=\"><script>`, 'user_agent.original': String.raw`a \"b\" c` },
  ],
  [
    'unescaped quotes in the request',
    `192.0.2.1 - - ${STAMP} "GET /?q="x" HTTP/1.1" 200 1 "-" "agent"`,
    { 'url.original': '/?q="x"', 'http.response.status_code': 200, 'user_agent.original': 'agent' },
  ],
  [
    'backslash before the closing quote',
    `192.0.2.1 - - ${STAMP} "GET /dir\\ HTTP/1.1\\" 400 1 "-" "agent"`,
    { 'http.response.status_code': 400 },
  ],
  [
    'empty request',
    `192.0.2.1 - - ${STAMP} "" 400 0 "-" "-"`,
    { 'event.reason': 'malformed request' },
  ],
  [
    'dash request',
    `192.0.2.1 - - ${STAMP} "-" 408 - "-" "-"`,
    { 'http.response.status_code': 408, 'url.original': undefined },
  ],
  [
    'TLS bytes',
    String.raw`192.0.2.1 - - ${STAMP} "\x16\x03\x01" 400 157 "-" "-"`,
    {
      'http.request.method': undefined,
      'http.response.status_code': 400,
      'event.outcome': 'failure',
    },
  ],
  [
    'no status',
    `192.0.2.1 - - ${STAMP} "GET /a HTTP/1.1" - 79 "-" "agent"`,
    {
      'http.response.status_code': undefined,
      'http.response.body.bytes': 79,
      'event.outcome': 'unknown',
    },
  ],
  [
    'bare dash as referrer',
    `192.0.2.1 - - ${STAMP} "GET /a HTTP/1.1" 200 79 - "agent"`,
    { 'http.request.referrer': undefined, 'user_agent.original': 'agent' },
  ],
  [
    'time before the referrer',
    `192.0.2.1 - - ${STAMP} "GET /a HTTP/1.1" 200 79 0.4 "https://example.com/" "agent"`,
    { 'http.request.referrer': 'https://example.com/', 'user_agent.original': 'agent' },
  ],
  ['microseconds behind', `192.0.2.1 - - ${STAMP} ${REST} 2500`, { 'event.duration': 2_500_000 }],
  ['seconds behind', `192.0.2.1 - - ${STAMP} ${REST} 0.250`, { 'event.duration': 250_000_000 }],
  [
    'named seconds',
    `192.0.2.1 - - ${STAMP} ${REST} rt=1.5 urt="1.4"`,
    { 'event.duration': 1_500_000_000 },
  ],
  [
    'milliseconds with unit',
    `192.0.2.1 - - ${STAMP} ${REST} 9 "route" "-" 12ms`,
    { 'event.duration': 12e6 },
  ],
  ['%T/%D', `192.0.2.1 - - ${STAMP} ${REST} **0/431**`, { 'event.duration': 431_000 }],
  ...(
    [
      ['203.0.113.88', ['203.0.113.88']],
      ['0.003 203.0.113.88', ['203.0.113.88']],
      ['203.0.113.88, 10.0.0.3,2001:db8::7', ['203.0.113.88', '10.0.0.3', '2001:db8::7']],
      ['"203.0.113.89, 10.0.0.3"', ['203.0.113.89', '10.0.0.3']],
      // The server behind, a clock, a number: nobody's address.
      ['10.0.0.5:8080', undefined],
      ['203.0.113.88, 10.0.0.5:8080', undefined],
      ['10:20:30', undefined],
      ['999.0.113.88', undefined],
      ['0.250', undefined],
    ] as const
  ).map(([extras, related]): [string, string, Record<string, unknown>] => [
    `behind: ${extras}`,
    `192.0.2.1 - - ${STAMP} ${REST} ${extras}`,
    { 'related.ip': related, 'source.ip': '192.0.2.1' },
  ]),
  [
    'bytes in and out are no time',
    `192.0.2.1 - - ${STAMP} ${REST} 431 9000`,
    { 'event.duration': undefined },
  ],
  [
    'forwarded for behind',
    `192.0.2.1 - - ${STAMP} ${REST} "203.0.113.4, 10.1.1.1"`,
    { 'source.ip': '192.0.2.1', 'related.ip': ['203.0.113.4', '10.1.1.1'] },
  ],
  [
    'whole line in quotes',
    `"192.0.2.1 - - ${STAMP} "GET /a HTTP/1.1" 200 12 "-" "scan/1""`,
    { 'source.ip': '192.0.2.1', 'user_agent.original': 'scan/1' },
  ],
  [
    'cut off in the request',
    `192.0.2.1 - - ${STAMP} "GET /a/very/long`,
    { 'source.ip': '192.0.2.1', 'url.original': '/a/very/long', 'event.outcome': 'unknown' },
  ],
  [
    'a refused login is web traffic, not an authentication event',
    `192.0.2.1 - - ${STAMP} "POST /login HTTP/1.1" 401 12 "-" "-"`,
    { 'event.category': ['web'], 'event.outcome': 'failure' },
  ],
];

describe('access lines', () => {
  it.each(rows)('%s', (_name, line, expected) => {
    const event = format.parse(line, clock());
    expect(event).toMatchObject(expected);
    expect(event).toMatchObject({ timeUs: Date.UTC(2026, 10, 24, 10, 15, 30) * 1000 });
    expect(format.detect(line)).toBe(!line.endsWith('long'));
  });

  it('gives every event the same keys in the same order', () => {
    const shapes = new Set(rows.map(([, line]) => Object.keys(format.parse(line, clock())).join()));
    expect(shapes.size).toBe(1);
  });

  it.each([
    ['', 'not an access log line'],
    ['Nov 24 10:15:30 web sshd[7]: Accepted password for root', 'not an access log line'],
    ['{"a":"[24/Nov/2026:10:15:30 +0000]"}', 'not an access log line'],
    ['192.0.2.1 - - [99/Nov/2026:10:15:30 +0000] "GET / HTTP/1.1" 200 1', 'unreadable time'],
    ['192.0.2.1 - - [24/Foo/2026:10:15:30 +0000] "GET / HTTP/1.1" 200 1', 'unreadable time'],
  ])('skips %j', (line, reason) => {
    expect(format.parse(line, clock())).toEqual({ skip: reason });
    expect(format.detect(line) && reason.startsWith('not')).toBe(false);
  });
});

describe('scanAccess in a chunk', () => {
  const lines = rows.map(([, line]) => line);
  const chunk = `garbage\n${lines.join('\n')}\n"tail" [`;

  it('finds in a chunk what it finds in the line alone', () => {
    let start = 8;
    for (const line of lines) {
      const inChunk = createAccessSpans();
      const alone = createAccessSpans();
      expect(scanAccess(Buffer.from(chunk, 'latin1'), start, start + line.length, inChunk)).toBe(
        true,
      );
      scanAccess(Buffer.from(line, 'latin1'), 0, line.length, alone);
      for (const key of Object.keys(alone) as (keyof typeof alone)[]) {
        const value = alone[key];
        const isOffset = /Start$|End$/.test(key) && typeof value === 'number' && value >= 0;
        expect([key, inChunk[key]]).toEqual([key, isOffset ? value + start : value]);
      }
      start += line.length + 1;
    }
  });

  it('finds on the hot path what the careful path finds', () => {
    const host = fc.constantFrom(
      '192.0.2.1',
      '2001:db8::1',
      'a.example.com',
      'v.example.com:80 192.0.2.1',
    );
    const user = fc.constantFrom('-', 'eve', 'eve@example.com');
    const request = fc.constantFrom(
      'GET / HTTP/1.1',
      'POST /a?b=c HTTP/2.0',
      'GET /a b HTTP/1.0',
      'GET /',
      '',
      '-',
    );
    const field = fc.constantFrom('-', '', 'x/1 (y; z)', 'https://example.com/?q=1');
    const tail = fc.constantFrom('', ' 12', ' "192.0.2.2" 0.1', ' ');
    fc.assert(
      fc.property(
        host,
        user,
        request,
        field,
        field,
        tail,
        (from, who, what, referrer, agent, rest) => {
          const line = `${from} - ${who} ${STAMP} "${what}" 200 5 "${referrer}" "${agent}"${rest}`;
          const hot = createAccessSpans();
          const careful = createAccessSpans();
          expect(scanAccess(Buffer.from(line, 'latin1'), 0, line.length, hot)).toBe(true);
          expect(scanOddAccess(line, 0, line.length, careful)).toBe(true);
          // The careful path leaves trailing space out of the extras.
          const aside = { extrasEnd: 0, isEncoded: true, clientAddress: -1 };
          expect({ ...hot, ...aside }).toEqual({ ...careful, ...aside });
        },
      ),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('never throws and keeps every offset inside the line', () => {
    const piece = fc.constantFrom(
      '192.0.2.1',
      ' ',
      '-',
      STAMP,
      '"',
      '\\',
      'GET',
      '/a?b',
      'HTTP/1.1',
      '200',
      '[',
      ']',
      ',',
      ':',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const line = pieces.join('');
        const text = `x"\n${line}\n"y" [24/Nov/2026:10:15:30 +0000] "GET / HTTP/1.1" 200 1`;
        const spans = createAccessSpans();
        if (!scanAccess(Buffer.from(text, 'latin1'), 3, 3 + line.length, spans)) return;
        for (const [key, value] of Object.entries(spans)) {
          if (!/Start$|End$/.test(key) || value === -1) continue;
          expect(value, `${key} of ${JSON.stringify(line)}`).toBeGreaterThanOrEqual(3);
          expect(value, `${key} of ${JSON.stringify(line)}`).toBeLessThanOrEqual(3 + line.length);
        }
      }),
      { numRuns: 3000, seed: 7 },
    );
  });
});

describe('accessTime', () => {
  const timeOf = (stamp: string, zone = 'UTC') => {
    const line = `192.0.2.1 - - [${stamp}] ${REST}`;
    const spans = createAccessSpans();
    const zoned = createClock({ zone, firstYear: 2026 });
    expect(scanAccess(Buffer.from(line, 'latin1'), 0, line.length, spans)).toBe(true);
    const us = accessTime(Buffer.from(line, 'latin1'), spans, zoned);
    return [new Date(us / 1000).toISOString(), us % 1000, zoned.confidence];
  };

  it.each([
    ['24/Nov/2026:10:15:30 +0530', 'UTC', ['2026-11-24T04:45:30.000Z', 0, 'exact']],
    ['24/Nov/2026:10:15:30.123456 -0800', 'UTC', ['2026-11-24T18:15:30.123Z', 456, 'exact']],
    ['24/Nov/2026:10:15:30', 'Europe/Berlin', ['2026-11-24T09:15:30.000Z', 0, 'zone-assumed']],
    // As long as the usual stamp, but a fraction where its zone stands.
    [
      '24/Nov/2026:10:15:30.12345',
      'Europe/Berlin',
      ['2026-11-24T09:15:30.123Z', 450, 'zone-assumed'],
    ],
    ['11/24/2026:10:15:30 -0000', 'UTC', ['2026-11-24T10:15:30.000Z', 0, 'exact']],
    ['2026-11-24T10:15:30+01:00', 'UTC', ['2026-11-24T09:15:30.000Z', 0, 'exact']],
  ])('%s in %s', (stamp, zone, expected) => {
    expect(timeOf(stamp, zone)).toEqual(expected);
  });

  it('computes the minute again when zone, clock or any digit changes', () => {
    const spans = createAccessSpans();
    const shared = clock();
    const at = (stamp: string, withClock = shared) => {
      const line = `192.0.2.1 - - [${stamp}] ${REST}`;
      scanAccess(Buffer.from(line, 'latin1'), 0, line.length, spans);
      const us = accessTime(Buffer.from(line, 'latin1'), spans, withClock);
      return Number.isNaN(us) ? 'no time' : new Date(us / 1000).toISOString();
    };
    expect(at('24/Nov/2026:10:15:30 +0000')).toBe('2026-11-24T10:15:30.000Z');
    expect(at('24/Nov/2026:10:15:31 +0000')).toBe('2026-11-24T10:15:31.000Z');
    expect(at('24/Nov/2026:10:15:31 -0000')).toBe('2026-11-24T10:15:31.000Z');
    expect(at('24/Nov/2026:10:15:31 +0100')).toBe('2026-11-24T09:15:31.000Z');
    expect(at('24/Nov/2026:10:15:31 -0100')).toBe('2026-11-24T11:15:31.000Z');
    expect(at('24/Nov/2026:10:15:31 -0006')).toBe('2026-11-24T10:21:31.000Z');
    expect(at('24/Nov/2026:10:15:69 -0006')).toBe('no time');
    expect(at('25/Nov/2026:10:15:31 -0100')).toBe('2026-11-25T11:15:31.000Z');
    expect(at('25/Nov/2027:10:16:31 -0100')).toBe('2027-11-25T11:16:31.000Z');
    expect(at('25/Dec/2027:10:16:31 -0100')).toBe('2027-12-25T11:16:31.000Z');
    expect(at('25/Dec/2027:10:16:31 -0100', clock())).toBe('2027-12-25T11:16:31.000Z');
  });
});

it('keeps the samples true', () => {
  for (const { lines, expect: expected } of format.samples) {
    const { time, ...fields } = expected;
    const event = format.parse(lines[0] ?? '', clock());
    if (isSkip(event)) throw new Error(event.skip);
    expect(event).toMatchObject(fields);
    if (time !== undefined) expect((event.timeUs ?? 0) / 1000).toBe(Date.parse(time));
  }
});
