/** utmp, wtmp, btmp and lastlog: as utmpdump reads them, in all their widths, and damaged. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events/event.ts';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format as btmp } from '../../../src/logs/formats/btmp.ts';
import { format as lastlog } from '../../../src/logs/formats/lastlog.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat } from '../../../src/logs/formats/log-format.ts';
import { format as utmp } from '../../../src/logs/formats/utmp.ts';
import { isProblem, prepareFile } from '../../../src/logs/prepare.ts';
import { createSpool } from '../../../src/logs/spool.ts';
import { walk } from '../../../src/logs/walk.ts';
import { isThere } from '../../needs.ts';

const spool = createSpool();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-utmp-'));
});
afterAll(() => {
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

const SECONDS = 1_795_514_401;

interface Fields {
  type: number;
  pid?: number;
  line?: string;
  id?: string;
  user?: string;
  host?: string;
  seconds?: number;
  micros?: number;
  address?: number[];
}

/** One record as machines write it. */
function record(
  {
    type,
    pid = 0,
    line = '',
    id = '',
    user = '',
    host = '',
    seconds = SECONDS,
    micros = 0,
    address = [],
  }: Fields,
  { isWide = false, isBigEndian = false } = {},
): Buffer {
  const bytes = Buffer.alloc(isWide ? 400 : 384);
  const put = (at: number, value: number, size: 2 | 4): void => {
    if (isBigEndian) bytes.writeIntBE(value, at, size);
    else bytes.writeIntLE(value, at, size);
  };
  const wide = isBigEndian && isWide ? 4 : 0;
  put(0, type, 2);
  put(4, pid, 4);
  bytes.write(line, 8, 32, 'latin1');
  bytes.write(id, 40, 4, 'latin1');
  bytes.write(user, 44, 32, 'latin1');
  bytes.write(host, 76, 256, 'latin1');
  put((isWide ? 344 : 340) + wide, seconds, 4);
  put((isWide ? 352 : 344) + wide, micros, 4);
  Buffer.from(address).copy(bytes, isWide ? 360 : 348);
  return bytes;
}

const HISTORY: Fields[] = [
  { type: 2, line: '~', id: '~~', user: 'reboot', host: '6.1.0-21-amd64', micros: 7 },
  { type: 1, pid: 53, line: '~', id: '~~', user: 'runlevel', host: '6.1.0-21-amd64' },
  { type: 6, pid: 600, line: 'tty1', id: 'tty1', user: 'LOGIN' },
  {
    type: 7,
    pid: 700,
    line: 'pts/0',
    id: 'ts/0',
    user: 'bob',
    host: '203.0.113.9',
    micros: 123_456,
    address: [203, 0, 113, 9],
  },
  {
    type: 7,
    pid: 701,
    line: 'pts/1',
    id: 'ts/1',
    user: 'eve',
    host: 'client.example.net',
    address: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  },
  { type: 7, pid: 702, line: 'tty2', id: '2', user: 'root', host: ':0' },
  { type: 8, pid: 700, line: 'pts/0', id: 'ts/0' },
  { type: 1, line: '~', id: '~~', user: 'shutdown', host: '6.1.0-21-amd64' },
];
const FAILURES: Fields[] = [
  {
    type: 6,
    pid: 800,
    line: 'ssh:notty',
    user: 'root',
    host: '198.51.100.7',
    address: [198, 51, 100, 7],
  },
  { type: 6, pid: 801, line: 'ssh:notty', user: 'x] [pts/0] [192.0.2.1', host: '198.51.100.8' },
  { type: 7, pid: 802, line: 'tty1', user: 'gr\xc3\xbc\xc3\x9fe' },
];

/** What a file is read as: by its content and name alone. */
async function read(
  name: string,
  content: Buffer,
): Promise<{ format: LogFormat; events: Event[]; skips: string[] }> {
  writeFileSync(join(folder, name), content);
  const [file] = (await walk([join(folder, name)], folder)).files;
  const [found] = await prepareFile(file!, { formats: FORMATS, spool, stdin: process.stdin });
  if (found === undefined || isProblem(found)) throw new Error(found?.reason);
  expect(found.isRecords).toBe(true);
  const splitter = found.format!.records!.splitter(false);
  const records = [];
  for (let at = 0; at < content.length; at += 1000)
    records.push(...splitter.push(content.toString('latin1', at, at + 1000)));
  records.push(...splitter.end());
  const events: Event[] = [];
  const skips: string[] = [];
  for (const { text, skip } of records) {
    const event =
      skip === undefined ? found.format!.parse(text, createClock({ zone: 'UTC' })) : undefined;
    if (event === undefined || isSkip(event)) skips.push(skip ?? 'not parsed');
    else events.push(event);
  }
  return { format: found.format!, events, skips };
}

const told = (event: Event): unknown[] => [
  event['event.action'],
  event['event.outcome'],
  event['user.name'],
  event['source.ip'],
  event.message,
];

const TOLD = [
  ['host_started', undefined, undefined, undefined, 'host started on ~ (6.1.0-21-amd64)'],
  ['run_level_changed', undefined, undefined, undefined, 'run level changed on ~ (6.1.0-21-amd64)'],
  ['login_prompt', undefined, 'LOGIN', undefined, 'login prompt of LOGIN on tty1'],
  ['login', 'success', 'bob', '203.0.113.9', 'login of bob on pts/0 from 203.0.113.9'],
  ['login', 'success', 'eve', '2001:db8::1', 'login of eve on pts/1 from client.example.net'],
  ['login', 'success', 'root', undefined, 'login of root on tty2 from :0'],
  ['session_closed', undefined, undefined, undefined, 'session closed on pts/0'],
  ['host_shutdown', undefined, undefined, undefined, 'host shutdown on ~ (6.1.0-21-amd64)'],
];

const KINDS = [
  ['most machines', {}],
  ['machines with wide times', { isWide: true }],
  ['machines with the highest byte first', { isBigEndian: true }],
  ['both', { isWide: true, isBigEndian: true }],
] as const;

describe('wtmp', () => {
  it.each(KINDS)('of %s', async (_, kind) => {
    const content = Buffer.concat(HISTORY.map((fields) => record(fields, kind)));
    const { format, events, skips } = await read('wtmp', content);
    expect(format.name).toBe('utmp');
    expect(events.map(told)).toEqual(TOLD);
    expect(skips).toEqual([]);
    expect(events[3]?.timeUs).toBe(SECONDS * 1e6 + 123_456);
  });

  const hasDump = isThere('utmpdump', spawnSync('utmpdump', ['--version']).error === undefined);
  it.runIf(hasDump)('that utmpdump wrote, and its text: the same events', async () => {
    const text = execFileSync('utmpdump', [], {
      input: Buffer.concat(HISTORY.map((fields) => record(fields))),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const written = execFileSync('utmpdump', ['-r'], {
      input: text,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const { events } = await read('rewritten', written);
    expect(events.map(told)).toEqual(TOLD);
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.every((line) => utmp.detect(line))).toBe(true);
    const fromText = lines.map((line) => utmp.parse(line, createClock({ zone: 'UTC' })) as Event);
    expect(fromText.map(told)).toEqual(TOLD);
    expect(fromText.map(({ timeUs }) => timeUs)).toEqual(events.map(({ timeUs }) => timeUs));
  });

  it('with records that are wiped, damaged and cut: the others are read, these are named', async () => {
    const content = Buffer.concat(HISTORY.map((fields) => record(fields)));
    content.fill(0, 384, 768);
    content.fill(0xee, 768, 900);
    const { events, skips } = await read('wtmp.1', content.subarray(0, 384 * 7 + 100));
    expect(events.map(told)).toEqual([TOLD[0], ...TOLD.slice(3, 7)]);
    expect(skips).toEqual([
      'a record of zeros, never used or wiped',
      'damaged record',
      'truncated record',
    ]);
  });

  it.each([
    ['noise', Buffer.from(Array.from({ length: 4000 }, (_, n) => (n * n * 31 + (n >> 3)) & 255))],
    [
      'records of another width',
      Buffer.concat(HISTORY.map((fields) => record(fields).subarray(0, 372))),
    ],
    ['less than a record', record(HISTORY[3]!).subarray(0, 300)],
  ])('%s is no wtmp', async (_, content) => {
    await expect(read('wtmp', content)).rejects.toThrow(/binary|utmp/);
  });
});

describe('btmp', () => {
  const content = Buffer.concat(FAILURES.map((fields) => record(fields)));
  const failures = [
    [
      'login',
      'failure',
      'root',
      '198.51.100.7',
      'failed login of root on ssh:notty from 198.51.100.7',
    ],
    [
      'login',
      'failure',
      'x] [pts/0] [192.0.2.1',
      '198.51.100.8',
      'failed login of x] [pts/0] [192.0.2.1 on ssh:notty from 198.51.100.8',
    ],
    ['login', 'failure', 'gr\u00fc\u00dfe', undefined, 'failed login of gr\u00fc\u00dfe on tty1'],
  ];
  it.each(['btmp', 'btmp.1', 'btmp-20261101'])('by its name: %s', async (name) => {
    const { format, events, skips } = await read(name, content);
    expect(format.name).toBe('btmp');
    expect(events.map(told)).toEqual(failures);
    expect(skips).toEqual([]);
  });
  it('by its content, where there is nothing but attempts', async () => {
    const { format, events } = await read('found', content.subarray(0, 768));
    expect(format.name).toBe('btmp');
    expect(events.map(told)).toEqual(failures.slice(0, 2));
  });
  it('is what its lines say', () => {
    expect(
      btmp.detect(
        '[6] [00800] [] [root] [ssh:notty] [] [0.0.0.0] [2026-11-24T10:00:01,000000+00:00]',
      ),
    ).toBe(false);
  });
});

const hasSqlite = isThere('sqlite3', spawnSync('sqlite3', ['--version']).error === undefined);
it.runIf(hasSqlite).each([
  ['wtmp.db', 'CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT)', /wtmpdb last/],
  ['lastlog2.db', 'CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER)', /lastlog2 -d/],
  ['other.db', 'CREATE TABLE logins(name TEXT)', /^a SQLite database$/],
])('%s is named as what it is', async (name, table, reason) => {
  execFileSync('sqlite3', [join(folder, name), table]);
  const [file] = (await walk([join(folder, name)], folder)).files;
  const [found] = await prepareFile(file!, { formats: FORMATS, spool, stdin: process.stdin });
  expect(found).toMatchObject({ reason: expect.stringMatching(reason) });
});

describe('lastlog', () => {
  it('is no text, however long its lines are', () => {
    const text = `[Sat Mar 14 10:00:01 2026] ${'long '.repeat(200)}`;
    for (const { records } of [lastlog, utmp, btmp]) expect(records!.detect(text)).toBe(false);
  });

  it('sparse: an event for each account that logged in, by its number', async () => {
    const content = Buffer.alloc(292 * 1003);
    const put = (uid: number, seconds: number, line: string, host: string): void => {
      content.writeInt32LE(seconds, uid * 292);
      content.write(line, uid * 292 + 4, 'latin1');
      content.write(host, uid * 292 + 36, 'latin1');
    };
    put(1000, SECONDS & ~0xff, 'pts/0', '203.0.113.9');
    put(1002, SECONDS, 'tty1', '');
    const { format, events, skips } = await read('lastlog', content);
    expect(format).toBe(lastlog);
    expect(skips).toEqual([]);
    expect(events.map((event) => [event['user.id'], event['source.ip'], event.timeUs])).toEqual([
      ['1000', '203.0.113.9', (SECONDS & ~0xff) * 1e6],
      ['1002', undefined, SECONDS * 1e6],
    ]);
  });
});
