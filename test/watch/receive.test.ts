/** What senders send is written, whole and once, before they are told that it came; what is too much or not theirs is refused. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { type Inputs, openInputs } from '../../src/watch/inputs.ts';
import { isLoopback, readAddress } from '../../src/watch/receive/address.ts';
import { openFeed } from '../../src/watch/receive/feed.ts';
import { createForwardReader } from '../../src/watch/receive/forward.ts';
import { syslogFramer } from '../../src/watch/receive/frames.ts';
import { createGelfReader } from '../../src/watch/receive/gelf.ts';
import { bulkLines, hecLines } from '../../src/watch/receive/http-bodies.ts';
import { followJournal } from '../../src/watch/receive/journal.ts';
import { isThere } from '../needs.ts';

let folder: string;
let inputs: Inputs;
const URLS = [
  'syslog+udp://127.0.0.1:0',
  'syslog+tcp://127.0.0.1:0',
  'syslog+tls://127.0.0.1:0',
  'gelf+udp://127.0.0.1:0',
  'gelf+tcp://127.0.0.1:0',
  'forward://127.0.0.1:0',
  'hec+http://127.0.0.1:0',
];
const said: string[] = [];
const spool = createSpool();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-receive-'));
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
    ],
    { stdio: 'ignore' },
  );
  inputs = await openInputs({
    ...{ paths: URLS, cwd: '/', formats: FORMATS, said: { zone: 'UTC' }, spool, folder, saved: [] },
    ...{ say: (text) => void said.push(text), token: 'sesame', mostBytes: 4096, hasJournal: false },
    tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') },
    stdin: { async *[Symbol.asyncIterator]() {} },
  });
});
afterAll(async () => {
  await inputs.close();
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

const portOf = (url: string): number => inputs.listeners[URLS.indexOf(url)]!.port;
const received = (scheme: string): string[] => {
  const name = readdirSync(join(folder, 'received')).find((each) =>
    each.startsWith(`${scheme.replace('+', '-')}-`),
  );
  return name === undefined
    ? []
    : readFileSync(join(folder, 'received', name), 'utf8')
        .split('\n')
        .slice(0, -1);
};
/** Waits for a state, not for a time. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const say = (port: number, bytes: Buffer | string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let answer = '';
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
const datagram = (port: number, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.send(bytes, port, '127.0.0.1', () => socket.close(() => resolve()));
  });

describe('syslog', () => {
  it.runIf(isThere('logger', existsSync('/usr/bin/logger'))).each([
    ['--udp', '--rfc3164', 'syslog+udp://127.0.0.1:0'],
    ['--udp', '--rfc5424', 'syslog+udp://127.0.0.1:0'],
    ['--tcp', '--rfc3164', 'syslog+tcp://127.0.0.1:0'],
    ['--tcp', '--rfc5424', 'syslog+tcp://127.0.0.1:0'],
    ['--tcp', '--octet-count', 'syslog+tcp://127.0.0.1:0'],
  ])('takes what logger sends with %s %s', async (transport, framing, url) => {
    const mark = `said with ${transport} ${framing}`;
    execFileSync('logger', [
      '--server',
      '127.0.0.1',
      '--port',
      String(portOf(url)),
      transport,
      framing,
      '--tag',
      'sshd',
      mark,
    ]);
    await until(() => received(url.split(':')[0]!).some((line) => line.includes(mark)));
    const line = received(url.split(':')[0]!).find((each) => each.includes(mark))!;
    expect(line).toMatch(/^<13>.*sshd.*said with/);
  });

  it('takes it over TLS', async () => {
    const socket = connectTls({
      port: portOf('syslog+tls://127.0.0.1:0'),
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    socket.on('secureConnect', () => socket.end('27 <13>1 - h a - - - under TLS'));
    await until(() => received('syslog+tls').length > 0);
    expect(received('syslog+tls')).toEqual(['<13>1 - h a - - - under TLS']);
  });

  it('reads both framings, cut anywhere, with breaks inside messages', () => {
    const stream = Buffer.from('12 <13>a\nb inside<14>one line\n5 <13>c<15>two\r\n8 <13>d é');
    const whole = ['<13>a\nb insi', 'de<14>one line', '<13>c', '<15>two\r', '<13>d é'];
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const framer = syslogFramer();
      const found = [
        ...framer.push(stream.subarray(0, cut)),
        ...framer.push(stream.subarray(cut)),
        ...framer.end(),
      ];
      expect(found).toEqual(whole);
    }
  });

  it('cuts off who counts too far', () => {
    expect(() => syslogFramer().push(Buffer.from('9999999 <13>a'))).toThrow('too long');
  });
});

describe('GELF', () => {
  const message = '{"version":"1.1","host":"h","short_message":"hello"}';
  it('takes it over UDP, packed and in chunks, and over TCP', async () => {
    const port = portOf('gelf+udp://127.0.0.1:0');
    await datagram(port, Buffer.from(message));
    await datagram(port, gzipSync(message));
    await datagram(port, deflateSync(message));
    await say(portOf('gelf+tcp://127.0.0.1:0'), `${message}\0${message}\0`);
    await until(() => received('gelf+udp').length === 3 && received('gelf+tcp').length === 2);
    expect(new Set([...received('gelf+udp'), ...received('gelf+tcp')])).toEqual(new Set([message]));
  });

  it('joins chunks in any order, each once, and holds but so many', () => {
    const read = createGelfReader();
    const chunk = (id: number, number: number, count: number, text: string): Buffer =>
      Buffer.concat([
        Buffer.from([0x1e, 0x0f, 0, 0, 0, 0, 0, 0, id >> 8, id & 255, number, count]),
        Buffer.from(text),
      ]);
    expect(read(chunk(1, 1, 2, 'lo'), 0)).toBeUndefined();
    expect(read(chunk(1, 1, 2, 'lo'), 0)).toBeUndefined();
    expect(read(chunk(1, 0, 2, 'hel'), 0)).toBe('hello');
    expect(read(chunk(2, 0, 200, 'x'), 0)).toBeUndefined();
    for (let id = 0; id < 5000; id += 1) read(chunk(id, 0, 2, 'x'), 0);
    expect(read(gzipSync(Buffer.alloc(64 << 20)), 0)).toBeUndefined();
  });
});

describe('Fluent forward', () => {
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.from([0xa0 | value.length]), Buffer.from(value)]);
  const record = Buffer.concat([Buffer.from([0x81]), text('log'), text('a line')]);
  const time = Buffer.from([0xd7, 0x00, 0x69, 0x23, 0x00, 0x00, 0x1d, 0xcd, 0x65, 0x00]);
  const entry = Buffer.concat([Buffer.from([0x92]), time, record]);
  const chunk = Buffer.concat([Buffer.from([0x81]), text('chunk'), text('abc1')]);
  const packed = gzipSync(Buffer.concat([entry, entry]));
  const MODES = {
    message: Buffer.concat([Buffer.from([0x94]), text('tag'), time, record, chunk]),
    forward: Buffer.concat([Buffer.from([0x93]), text('tag'), Buffer.from([0x91]), entry, chunk]),
    packed: Buffer.concat([
      Buffer.from([0x93]),
      text('tag'),
      Buffer.from([0xc4, entry.length]),
      entry,
      chunk,
    ]),
    compressed: Buffer.concat([
      Buffer.from([0x93]),
      text('tag'),
      Buffer.from([0xc4, packed.length]),
      packed,
      Buffer.from([0x82]),
      text('compressed'),
      text('gzip'),
      text('chunk'),
      text('abc1'),
    ]),
  };
  it.each(Object.entries(MODES))('reads the mode %s, cut anywhere', (mode, bytes) => {
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const read = createForwardReader();
      const [message, ...others] = [...read(bytes.subarray(0, cut)), ...read(bytes.subarray(cut))];
      expect(others).toEqual([]);
      expect(message?.lines).toHaveLength(mode === 'compressed' ? 2 : 1);
      expect(JSON.parse(message!.lines[0]!)).toEqual({
        '@timestamp': '2025-11-23T12:37:20.500000Z',
        tag: 'tag',
        log: 'a line',
      });
      expect(message?.ack?.toString('latin1')).toContain('abc1');
    }
  });

  it('answers once it is written, and cuts off who sends something else', async () => {
    const port = portOf('forward://127.0.0.1:0');
    expect(await say(port, MODES.forward)).toContain('abc1');
    expect(received('forward')).toHaveLength(1);
    await say(port, 'GET / HTTP/1.1\r\n\r\n').catch(() => '');
    expect(said.filter((line) => line.includes('cut off'))).toHaveLength(1);
    expect(received('forward')).toHaveLength(1);
  });
});

describe('HTTP', () => {
  const post = async (
    path: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ) => {
    const port = portOf('hec+http://127.0.0.1:0');
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: 'Splunk sesame', ...headers },
    });
    return { status: response.status, text: await response.text() };
  };
  it.each([
    ['/services/collector', '{"event":"a"}{"time":1795000000,"event":{"k":1}}', {}, 200, 2],
    ['/services/collector/raw', 'x\ny\n', {}, 200, 2],
    ['/services/collector', '{"evnt":1}', {}, 400, 0],
    ['/services/collector', '{"event":"a"}, {"event":"b"}', {}, 400, 0],
    ['/_bulk', '{"index":{}}\n{"message":"m"}\n{"create":{}}\n{"message":"n"}\n', {}, 200, 2],
    ['/logs/_bulk', '{"message":"m"}\n', {}, 400, 0],
    ['/gelf', '{"short_message":"s"}', {}, 202, 1],
    ['/', 'one\ntwo\n', {}, 202, 2],
    ['/', gzipSync('packed\n'), { 'content-encoding': 'gzip' }, 202, 1],
    ['/', gzipSync(Buffer.alloc(1 << 20)), { 'content-encoding': 'gzip' }, 413, 0],
    ['/', 'x'.repeat(5000), {}, 413, 0],
    ['/', 'not packed', { 'content-encoding': 'gzip' }, 400, 0],
    ['/', 'x', { authorization: 'Splunk wrong' }, 403, 0],
    ['/', 'x', { authorization: '' }, 401, 0],
    ['/', 'x', { authorization: `Basic ${Buffer.from('u:sesame').toString('base64')}` }, 202, 1],
  ] as const)('%s, case %#', async (path, body, headers, status, lines) => {
    const before = received('hec+http').length;
    const answer = await post(path, body as string, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(received('hec+http').length - before).toBe(lines);
  });

  it('keeps time and host of an event, and its text as it was', () => {
    expect(
      hecLines(
        '{"time":"1795000000.5","host":"web01","sourcetype":"s","event":"a \\"line\\""}',
      ).lines.map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        '@timestamp': '2026-11-18T11:06:40.500Z',
        host: 'web01',
        sourcetype: 's',
        _raw: 'a "line"',
      },
    ]);
    expect(bulkLines('{"delete":{}}\n{"index":{}}\nbroken\n').items).toEqual([
      { action: 'delete', isTaken: false },
      { action: 'index', isTaken: false },
    ]);
  });
});

describe('an address', () => {
  it.each([
    'ftp://127.0.0.1:21',
    'syslog+tcp://',
    'syslog+tcp://a b:1',
    'syslog+tcp://127.0.0.1:99999',
  ])('%s: says what is wrong, or has a usual port', (url) => {
    if (url === 'syslog+tcp://')
      expect(readAddress(url)).toMatchObject({ host: '127.0.0.1', port: 514 });
    else expect(() => readAddress(url)).toThrow();
  });
  it('is refused for HTTP without a token where other machines reach it', async () => {
    expect(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '10.0.0.1'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    const open = openInputs({
      ...{
        paths: ['http://0.0.0.0:0'],
        cwd: '/',
        formats: FORMATS,
        said: { zone: 'UTC' },
        spool,
        folder: join(folder, 'other'),
      },
      ...{
        say: () => undefined,
        saved: [],
        token: undefined,
        tls: undefined,
        mostBytes: 1,
        hasJournal: false,
      },
      stdin: { async *[Symbol.asyncIterator]() {} },
    });
    await expect(open).rejects.toThrow('no token');
  });
});

describe('the journal', () => {
  /** Prints entries behind `--cursor` as journalctl does, the one at it first. */
  const PROGRAM = `
const cursor = process.argv.find((word) => word.startsWith('--cursor='))?.slice(9);
const from = cursor === undefined ? 1 : Number(cursor.slice(1));
for (let n = from; n <= Number(process.env.ENTRIES); n += 1)
  console.log(JSON.stringify({ __CURSOR: 's' + n, MESSAGE: 'entry ' + n }));
setInterval(() => undefined, 1000);`;
  it('goes on behind the last entry that was written, each once', async () => {
    const lines = (): string[] =>
      readFileSync(join(folder, 'journal', 'journal.log'), 'utf8')
        .split('\n')
        .slice(0, -1);
    for (const entries of [3, 7, 7, 9]) {
      process.env['ENTRIES'] = String(entries);
      const feed = openFeed(join(folder, 'journal'), 'journal');
      const journal = followJournal({
        feed,
        say: (text) => void said.push(text),
        argv: [process.execPath, '-e', PROGRAM, '--'],
        since: 'today',
      });
      await until(() => lines().length >= entries);
      journal.close();
      feed.close();
    }
    expect(lines().map((line) => (JSON.parse(line) as { MESSAGE: string }).MESSAGE)).toEqual(
      Array.from({ length: 9 }, (_, index) => `entry ${index + 1}`),
    );
  });
  it('says once that it is not there', async () => {
    const feed = openFeed(join(folder, 'absent'), 'journal');
    const heard: string[] = [];
    const journal = followJournal({
      feed,
      say: (text) => void heard.push(text),
      argv: ['ir-no-such-program'],
    });
    await until(() => heard.length > 0);
    journal.close();
    feed.close();
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain('ENOENT');
  });
  it('is a feed whose half line is taken away', () => {
    const feed = openFeed(join(folder, 'half'), 'x');
    feed.write(['one', 'two\nlines']);
    feed.close();
    execFileSync('sh', ['-c', `printf 'half' >> ${JSON.stringify(feed.absolute)}`]);
    const again = openFeed(join(folder, 'half'), 'x');
    expect(again.lastLine()).toBe('two#012lines');
    again.write(['three']);
    again.close();
    expect(readFileSync(feed.absolute, 'utf8')).toBe('one\ntwo#012lines\nthree\n');
  });
});
