/** Columns that lines of the file name: wherever reading starts, a line is read by the names above it. */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { detectFormat, detectStreams } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { findHeaders, type HeaderMark, headersBetween } from '../../src/logs/headers.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';

function marksOf(text: string): readonly HeaderMark[] {
  const folder = mkdtempSync(join(tmpdir(), 'ir-headers-'));
  const path = join(folder, 'a.log');
  writeFileSync(path, text);
  const descriptor = openSync(path, 'r');
  try {
    const rule = detectFormat(text, FORMATS)?.header;
    return rule === undefined ? [] : findHeaders(descriptor, statSync(path).size, rule);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

/** Reads the part of a text from an offset on, as a piece of its file is read. */
function readFrom(text: string, start: number, headers: readonly HeaderMark[]) {
  const format = detectFormat(text, FORMATS);
  const events: Event[] = [];
  const account = createAccount();
  const reader = createEventReader({
    format,
    streams: detectStreams(text, format, FORMATS, false),
    formats: FORMATS,
    clock: createClock({ zone: 'UTC', headers }),
    account,
    sink: (event) => void events.push(event),
  });
  reader.lines(Buffer.from(text).subarray(start).toString('latin1'), start);
  reader.end();
  return { events, account, format: format?.name };
}

const read = (text: string) => readFrom(text, 0, marksOf(text));

const CHANGING = [
  '#Software: Microsoft Internet Information Services 10.0',
  '#Fields: date time c-ip cs-method cs-uri-stem sc-status',
  '2026-11-24 10:00:01 203.0.113.1 GET /a 200',
  '2026-11-24 10:00:02 203.0.113.2 GET /b 404',
  '#Software: Microsoft Internet Information Services 10.0',
  '#Fields: date time cs-method cs-uri-stem c-ip sc-status cs-username',
  '2026-11-24 10:00:03 POST /c 203.0.113.3 500 bob',
  '2026-11-24 10:00:04 POST /d 203.0.113.4 200 -',
  '#Fields: date time c-ip cs-method cs-uri-stem sc-status',
  '2026-11-24 10:00:05 203.0.113.5 GET /e 200',
  '',
].join('\n');

describe('names that change within a file', () => {
  const told = (event: Event) =>
    [event['source.ip'], event['url.path'], event['http.response.status_code']].join(' ');

  test.each([CHANGING, CHANGING.replaceAll('\n', '\r\n')])('%#', (text) => {
    const { events, account } = read(text);
    expect(events.map(told)).toEqual([
      '203.0.113.1 /a 200',
      '203.0.113.2 /b 404',
      '203.0.113.3 /c 500',
      '203.0.113.4 /d 200',
      '203.0.113.5 /e 200',
    ]);
    expect(events[2]?.['user.name']).toBe('bob');
    expect(account).toMatchObject({ lines: 10, parsed: 5, joined: 5, skipped: 0 });
  });

  test('a piece reads its lines by the names above it', () => {
    const marks = marksOf(CHANGING);
    const whole = read(CHANGING).events;
    for (let start = 0; start < CHANGING.length; start = CHANGING.indexOf('\n', start) + 1) {
      if (CHANGING.slice(start) === '') break;
      const part = headersBetween(marks, start, CHANGING.length);
      const { events } = readFrom(CHANGING, start, part);
      expect(events).toEqual(whole.slice(whole.length - events.length));
    }
  });

  test('a file that grows is read by the names that came with it', () => {
    const first = marksOf(CHANGING.slice(0, CHANGING.indexOf('#Software', 1)));
    expect(first).toHaveLength(1);
    expect(readFrom(CHANGING, 0, first).events).toEqual(read(CHANGING).events);
  });

  test('a byte order mark is before them', () => {
    const names = CHANGING.slice(CHANGING.indexOf('#Fields'));
    expect(marksOf(`\ufeff${names}`)[0]).toMatchObject({ offset: 3 });
  });

  test('names far into a file are found', () => {
    const row = '2026-11-24 10:00:01 203.0.113.1 GET /a 200\n';
    const start = CHANGING.split('\n').slice(0, 3).join('\n');
    const text = `${start}\n${row.repeat(60_000)}#Fields: time date c-ip\n10:00:09 2026-11-24 203.0.113.9\n`;
    expect(marksOf(text).map(({ offset }) => offset)).toEqual([0, text.lastIndexOf('#Fields')]);
  });
});

const CSV: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  [
    'commas',
    'when,src_ip,user,msg\n2026-11-24T10:00:01Z,203.0.113.9,bob,hello',
    { 'source.ip': '203.0.113.9', 'user.name': 'bob' },
  ],
  [
    'quoted names and doubled quotes',
    '"Date","User Name","Text"\n"2026-11-24 10:00:01","o""neil","a, b"',
    { 'user.name': 'o"neil', message: 'a, b' },
  ],
  [
    'a value over two lines',
    'time,user,message\n2026-11-24T10:00:01Z,bob,"one\ntwo"',
    { message: 'one\ntwo', 'user.name': 'bob' },
  ],
  ['semicolons', 'Zeit;timestamp;username\n7;2026-11-24 10:00:01;bob', { 'user.name': 'bob' }],
  [
    'tabs',
    'ts\tlevel\thost\n2026-11-24 10:00:01\tERROR\tweb1',
    { 'log.level': 'error', 'host.name': 'web1' },
  ],
  ['day and time apart', 'Date,Time,User\n2026-11-24,10:00:01,bob', { 'user.name': 'bob' }],
  [
    'a record in a column',
    'CreationDate,Operations,AuditData\n2026-11-24T10:00:01Z,UserLoggedIn,"{""UserId"":""bob@example.com"",""ClientIP"":""203.0.113.9""}"',
    { 'source.ip': '203.0.113.9', 'user.name': 'bob@example.com' },
  ],
  [
    'Windows line ends',
    'time,user,ip\r\n2026-11-24T10:00:01Z,bob,203.0.113.9\r',
    { 'source.ip': '203.0.113.9' },
  ],
];

test.each(CSV)('a CSV file with %s', (_title, text, expected) => {
  const { events, account, format } = read(`${text}\n`);
  expect(format).toBe('csv-file');
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ timeUs: Date.UTC(2026, 10, 24, 10, 0, 1) * 1000, ...expected });
  expect(account.parsed + account.joined).toBe(account.lines);
});

const NO_CSV: readonly string[] = [
  'starting, please wait\nready, steady\n',
  'a,b,c\n1,2,3\n',
  'name,time\n2026-11-24 10:00:01 sshd[7]: Accepted password for bob, from 203.0.113.9 port 4 ssh2\n',
];

test.each(NO_CSV)('no CSV file: %j', (text) => {
  expect(detectFormat(text, FORMATS)?.name).not.toBe('csv-file');
});

const ZEEK = new URL('../../../shared/data/zed-zeek/', import.meta.url);

test.skipIf(!existsSync(ZEEK))('Zeek says the same in columns as in JSON', () => {
  let compared = 0;
  for (const log of ['ssh', 'ftp', 'kerberos', 'notice', 'smb_mapping', 'dpd']) {
    const columns = read(readFileSync(new URL(`zeek-default/${log}.log`, ZEEK), 'utf8'));
    const json = read(readFileSync(new URL(`zeek-json/${log}.json`, ZEEK), 'utf8'));
    expect(columns.account.skipped).toBe(0);
    // What Zeek itself writes beside its fields, and times, which JSON has as text.
    const isSaid = ([name, value]: [string, unknown]): boolean =>
      name !== '_write_ts' && !/^\d{4}-/.test(String(value)) && !/^(?:ts|till|from)$/.test(name);
    const plain = ({ raw, ...event }: Event): unknown => [
      event,
      Object.entries(raw ?? {})
        .filter(isSaid)
        .sort(),
    ];
    const sorted = (events: readonly Event[]): string[] =>
      events.map((event) => JSON.stringify(plain(event))).sort();
    expect(sorted(columns.events)).toEqual(sorted(json.events));
    compared += columns.events.length;
  }
  expect(compared).toBeGreaterThan(100);
});
