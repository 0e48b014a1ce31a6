import { describe, expect, it } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { namedZone, ZONE_NAMES } from '../../../src/events/zone-names.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import { format as syslog } from '../../../src/logs/formats/syslog.ts';
import { readTimeText } from '../../../src/logs/formats/time-text.ts';

const clockIn = (zone: string) => createClock({ zone, firstYear: 2026 });

/** Reads a line as the format that claims it, else as syslog. */
function read(line: string, zone = 'America/New_York'): Event | undefined {
  const format =
    FORMATS.find(({ detect, isGeneric }) => isGeneric !== true && detect(line)) ?? syslog;
  const parsed = format.parse(line, clockIn(zone));
  return isSkip(parsed) ? undefined : parsed;
}

const timeOf = (event: Event | undefined): string | undefined =>
  event?.timeUs === undefined ? undefined : new Date(event.timeUs / 1000).toISOString();

const REST = 'sshd[869]: Accepted password for root from 203.0.113.7 port 40022 ssh2';

describe('stamps of syslog, read in New York', () => {
  it.each<[string, string, string]>([
    ['2026-06-25 14:56:15 UTC', '2026-06-25T14:56:15.000Z', 'exact'],
    ['2026-06-25 14:56:15.250 CEST', '2026-06-25T12:56:15.250Z', 'exact'],
    ['2026-06-25 14:56:15,25 +0200', '2026-06-25T12:56:15.250Z', 'exact'],
    ['2026-06-25 14:56:15 +02:00', '2026-06-25T12:56:15.000Z', 'exact'],
    ['2026-06-25 14:56:15 -03', '2026-06-25T17:56:15.000Z', 'exact'],
    ['2026-06-25 14:56:15 +0530 IST', '2026-06-25T09:26:15.000Z', 'exact'],
    ['2026-06-25T14:56:15UTC', '', ''],
    ['2026-06-25T14:56:15Z', '2026-06-25T14:56:15.000Z', 'exact'],
    ['2026-06-25 14:56:15 IST', '2026-06-25T18:56:15.000Z', 'zone-ambiguous'],
    ['2026-06-25 14:56:15', '2026-06-25T18:56:15.000Z', 'zone-assumed'],
    ['Jul  3 2024 16:39:13', '2024-07-03T20:39:13.000Z', 'zone-assumed'],
    ['Jul  3 2024 16:39:13 CEST', '2024-07-03T14:39:13.000Z', 'exact'],
    ['Jul  3 2024 16:39:13.123 CST', '2024-07-03T20:39:13.123Z', 'zone-ambiguous'],
    ['Jul  3 16:39:13 2024', '2024-07-03T20:39:13.000Z', 'zone-assumed'],
    ['Jul  3 16:39:13 2024 CEST', '2024-07-03T14:39:13.000Z', 'exact'],
    ['Jul  3 16:39:13 CEST 2024', '2024-07-03T14:39:13.000Z', 'exact'],
    ['Jul  3 16:39:13.5 CEST', '2026-07-03T14:39:13.500Z', 'year-inferred'],
    ['Jul  3 16:39:13 +0200', '2026-07-03T14:39:13.000Z', 'year-inferred'],
    ['Jul  3 16:39:13 CST', '2026-07-03T20:39:13.000Z', 'zone-ambiguous'],
    ['Wed Jul  3 16:39:13 2024', '2024-07-03T20:39:13.000Z', 'zone-assumed'],
    ['Wed Jul  3 16:39:13 CEST 2024', '2024-07-03T14:39:13.000Z', 'exact'],
    ['Wed 2024-07-03 16:39:13 CEST', '2024-07-03T14:39:13.000Z', 'exact'],
    ['2024 Jul  3 16:39:13 UTC', '2024-07-03T16:39:13.000Z', 'exact'],
    ['juil. 28 16:42:17', '2026-07-28T20:42:17.000Z', 'year-inferred'],
    ['févr.  3 16:42:17', '2026-02-03T21:42:17.000Z', 'year-inferred'],
    ['Mär 28 16:42:19', '2026-03-28T20:42:19.000Z', 'year-inferred'],
    ['ago 28 16:42:19', '2026-08-28T20:42:19.000Z', 'year-inferred'],
    ['paź 28 16:42:20', '2026-10-28T20:42:20.000Z', 'year-inferred'],
    ['июл 28 16:42:20', '2026-07-28T20:42:20.000Z', 'year-inferred'],
    ['Di 2026-09-08 17:20:33 CEST', '2026-09-08T15:20:33.000Z', 'exact'],
  ])('%s', (stamp, time, confidence) => {
    const event = read(`${stamp} web01 ${REST}`);
    if (time === '') {
      expect(event).toBeUndefined();
      return;
    }
    expect(timeOf(event)).toBe(time);
    expect(event).toMatchObject({
      timeConfidence: confidence,
      'host.hostname': 'web01',
      'process.name': 'sshd',
      'user.name': 'root',
      'source.ip': '203.0.113.7',
    });
  });

  it.each<[string, string, string | undefined]>([
    ['Jul  3 2024 16:39:13 CEST: %ASA-6-302013: Built', '2024-07-03T14:39:13.000Z', undefined],
    ['*Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: x', '2026-03-01T18:46:11.123Z', undefined],
    ['.Mar  1 18:46:11.123: %SYS-5-CONFIG_I: x', '2026-03-01T23:46:11.123Z', undefined],
    ['000123: *Mar  1 18:46:11.123 CET: %SYS-5-CONFIG_I: x', '2026-03-01T17:46:11.123Z', undefined],
    [
      '<189>Mar  1 18:46:12 edge01 123: Mar  1 2026 17:46:11.123 UTC: %SYS-5-CONFIG_I: x',
      '2026-03-01T17:46:11.123Z',
      'edge01',
    ],
  ])('of Cisco: %s', (line, time, host) => {
    const event = read(line);
    expect(timeOf(event)).toBe(time);
    expect(event?.['host.hostname']).toBe(host);
    expect(event?.['process.name']).toMatch(/^%(?:ASA-6-302013|SYS-5-CONFIG_I)$/);
  });

  it.each(['Feb 30 10:00:00', 'Apr 31 10:00:00', '2026-06-31 10:00:00', 'Jul  3 24:00:00'])(
    'no day or time: %s',
    (stamp) => expect(timeOf(read(`${stamp} web01 ${REST}`))).toBeUndefined(),
  );
});

it.each<[string, string, string]>([
  ['Aug/31/2026:13:57:03 +0200', '2026-08-31T11:57:03.000Z', 'exact'],
  ['31/Aug/2026:13:57:03 CEST', '2026-08-31T11:57:03.000Z', 'exact'],
  ['2026-08-31 13:57:03 UTC', '2026-08-31T13:57:03.000Z', 'exact'],
  ['2026-08-31 13:57:03 CST', '2026-08-31T17:57:03.000Z', 'zone-ambiguous'],
])('access lines with %s', (stamp, time, confidence) => {
  const event = read(`203.0.113.8 - - [${stamp}] "GET /cable HTTP/1.1" 101 24 "-" "x"`);
  expect(timeOf(event)).toBe(time);
  expect(event?.timeConfidence).toBe(confidence);
});

it.each<[string, string | undefined, string]>([
  ['2026-06-25 14:56:15 CEST', '2026-06-25T12:56:15.000Z', 'exact'],
  ['Thu, 25 Jun 2026 14:56:15 PDT', '2026-06-25T21:56:15.000Z', 'exact'],
  ['Thu Jun 25 14:56:15 CEST 2026', '2026-06-25T12:56:15.000Z', 'exact'],
  ['Jun 25 14:56:15', '2026-06-25T18:56:15.000Z', 'year-inferred'],
  ['2026-06-25 14:56:15 BST', '2026-06-25T18:56:15.000Z', 'zone-ambiguous'],
  ['2026-02-30 14:56:15', undefined, ''],
])('times in JSON and text: %s', (text, time, confidence) => {
  const clock = clockIn('America/New_York');
  const timeUs = readTimeText(text, clock);
  expect(timeUs === undefined ? undefined : new Date(timeUs / 1000).toISOString()).toBe(time);
  if (time !== undefined) expect(clock.confidence).toBe(confidence);
});

it('text loggers with a zone after the time', () => {
  const event = read('2026-06-25 14:56:15,123 CEST - shop.jobs - ERROR - gone');
  expect(timeOf(event)).toBe('2026-06-25T12:56:15.123Z');
  expect(event).toMatchObject({ 'log.logger': 'shop.jobs', 'log.level': 'error' });
});

it('a zone counts for one offset, or is marked', () => {
  const doubtful = ZONE_NAMES.filter((name) => Number.isNaN(namedZone(name)));
  expect(doubtful).toEqual(expect.arrayContaining(['IST', 'CST', 'BST']));
  expect(ZONE_NAMES.length).toBeGreaterThan(50);
  for (const name of ['CEST', 'UTC', 'EDT', 'PST', 'JST']) expect(doubtful).not.toContain(name);
});

describe('what stands beside a stamp is no host, address or domain', () => {
  const STAMPS = [
    'Nov 24 10:00:01',
    'Nov 24 10:00:01 2025',
    'Nov 24 2025 10:00:01.123',
    '2025-11-24 10:00:01',
    '2025-11-24 10:00:01.123 +0100',
    '2025-11-24T10:00:01.123456Z',
    'Mon Nov 24 10:00:01 2025',
    'Mon 2025-11-24 10:00:01',
    '1764000001.123456',
  ];
  const LEVELS = [
    'info',
    'INFO',
    'ERROR',
    '[error]',
    'warn',
    '[WARN]',
    '<debug>',
    'notice',
    'Fatal',
  ];
  const OTHERS = [
    'stdout',
    'stderr',
    'stdout F',
    'daemon.info',
    'authpriv.notice',
    'local7',
    'kern',
  ];
  const WORDS = [
    ...ZONE_NAMES,
    ...LEVELS,
    ...OTHERS,
    'CEST info',
    'UTC stderr F',
    'info daemon.err',
  ];
  const RESTS = [
    REST,
    'sshd[869] Accepted password for root from 203.0.113.7 port 40022 ssh2',
    'shop: order 7 paid',
    'app.jobs: gone',
    'something happened in the shop',
    '203.0.113.7 - - "GET / HTTP/1.1" 200 5',
    '"GET / HTTP/1.1" 200 5',
  ];
  const FIELDS = [
    'host.hostname',
    'host.name',
    'host.ip',
    'source.address',
    'source.ip',
    'destination.address',
    'destination.ip',
    'url.domain',
    'user.domain',
  ] as const;
  const bare = (word: string): string => word.toLowerCase().replace(/[^a-z0-9.]/g, '');

  it.each(STAMPS)('after %s', (stamp) => {
    let events = 0;
    for (const word of WORDS) {
      const forbidden = new Set(word.split(' ').flatMap((part) => [part, bare(part)]));
      for (const rest of RESTS) {
        const line = `${stamp} ${word} ${rest}`;
        const readers = FORMATS.filter((format) => format === syslog || format.detect(line));
        for (const format of readers) {
          const event = format.parse(line, clockIn('UTC'));
          if (isSkip(event)) continue;
          events += 1;
          for (const field of FIELDS) {
            const value: unknown = event[field];
            if (value !== undefined && forbidden.has(bare(String(value))))
              expect.fail(`${format.name}: ${field} is ${value} in ${line}`);
          }
        }
      }
    }
    expect(events).toBeGreaterThan(0);
  });

  it.each([
    '2026-06-25 14:56:16 ERROR daemon failed',
    '2026-06-25 14:56:16 ERROR kern failed to start',
    '2026-06-25 14:56:16 [info] local0 is full',
  ])('nor the word behind the subject of an application: %s', (line) => {
    expect(isSkip(syslog.parse(line, clockIn('UTC')))).toBe(true);
  });

  it.each(['mail', 'news', 'auth', 'ftp', 'cron', 'web01', 'INFOHOST', 'UTC01'])(
    'but a machine may be called %s',
    (host) => expect(read(`Nov 24 10:00:01 ${host} ${REST}`)?.['host.hostname']).toBe(host),
  );
});
