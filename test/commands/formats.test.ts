/** `ir formats`: what is known, what reads a file and why not another, and formats made of lines and settings. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkFormats,
  detectFormats,
  listFormats,
  showFormat,
  testFormats,
} from '../../src/commands/formats.ts';
import { newFormat } from '../../src/commands/new-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { bundledFormats } from '../../src/logs/load-formats.ts';
import { useOwnFormats } from '../../src/logs/own-formats.ts';
import { lineFormat } from '../../src/logs/pattern/declared-format.ts';
import { readFormatFile } from '../../src/logs/pattern/format-file.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as detectView } from '../../src/terminal/views/formats-detect.ts';
import { testContext } from './test-context.ts';

let cwd: string;

const OWN = `name: own-app
title: Our app
url: https://example.org/
lines: '{@timestamp};{log.level};{user.name:name};{message}'
samples:
  - lines: '2026-11-24T10:00:01Z;warn;alice;x'
    expect: { time: '2026-11-24T10:00:01.000000Z', log.level: warn, user.name: alice }
`;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-formats-'));
  mkdirSync(join(cwd, 'config', 'ir', 'formats'), { recursive: true });
  writeFileSync(join(cwd, 'config', 'ir', 'formats', 'own.yml'), OWN);
});
afterAll(() => {
  useOwnFormats([]);
  rmSync(cwd, { recursive: true, force: true });
});

const context = () => ({
  ...testContext({ cwd, env: { XDG_CONFIG_HOME: join(cwd, 'config') } }),
  say: () => {},
});

const write = (name: string, lines: readonly string[]): string => {
  writeFileSync(join(cwd, name), lines.map((line) => `${line}\n`).join(''));
  return join(cwd, name);
};

describe('ir formats list and show', () => {
  it('has every format and program file once, and the own ones', () => {
    const names = listFormats(context()).formats.map(({ name }) => name);
    useOwnFormats([]);
    const bundled = new Set([...FORMATS, ...bundledFormats()].map(({ name }) => name));
    expect(names).toEqual([...new Set([...bundled, 'own-app'])].sort());
    expect(listFormats(context()).formats.filter(({ origin }) => origin === 'user')).toMatchObject([
      { name: 'own-app', kind: 'lines', samples: 1 },
    ]);
  });

  it('shows patterns and samples, of programs too', () => {
    const shown = showFormat(context(), 'own-app');
    expect(shown.lines).toEqual(['{@timestamp};{log.level};{user.name:name};{message}']);
    expect(shown.samples[0]?.event['user.name']).toBe('alice');
    expect(showFormat(context(), 'dropbear')).toMatchObject({
      format: { kind: 'program', programs: ['dropbear'] },
      forgeable: ['user.name'],
    });
    expect(() => showFormat(context(), 'redsi')).toThrow('there is no format "redsi"');
  });
});

describe('ir formats test', () => {
  it('reads all samples of all formats as they say', () => {
    const { result, exit } = testFormats(context(), []);
    expect(exit).toBeUndefined();
    expect(result.formats.length).toBe(listFormats(context()).formats.length);
    expect(result.formats.flatMap(({ failures }) => failures)).toEqual([]);
    expect(Math.min(...result.formats.map(({ samples }) => samples))).toBeGreaterThan(0);
  });
});

describe('ir formats detect', () => {
  it('says which share each format claims, and how far the others come', async () => {
    const path = write('a.log', [
      '2026-11-24T10:00:01Z;warn;alice;x',
      '2026-11-24T10:00:02Z;warn;bob;y',
      '2026-11-24T10:00:03Z;warn;two words;z',
      'nothing',
    ]);
    const { result, exit } = await detectFormats(context(), [path], ['redis', 'own-app']);
    expect(exit).toBeUndefined();
    const [file] = result.files;
    expect(file).toMatchObject({ format: 'own-app', lines: 4 });
    expect(file?.events['own-app']).toBe(2);
    const own = file?.claims.find(({ format }) => format === 'own-app');
    expect(own).toMatchObject({
      lines: 2,
      refused: { line: 3, howFar: { column: 30, expected: ';' } },
    });
    expect(file?.claims.find(({ format }) => format === 'redis')?.lines).toBe(0);
    const text = detectView.text(result, createStyle({ columns: 80 }, 'never', {}));
    expect(text).toContain('own-app claims 2 lines (50%)');
    expect(text).toContain(`${' '.repeat(29)}^ the pattern goes on with ;`);
  });

  it('names what cannot be read, and ends with 4', async () => {
    const { result, exit } = await detectFormats(context(), ['missing.log'], []);
    expect(exit).toBe(4);
    expect(result.unread).toEqual([{ path: 'missing.log', reason: 'no such file or folder' }]);
  });
});

describe('ir formats check', () => {
  it('says of a log that it is no YAML with its first lines, not with all', () => {
    const line = 'Nov 24 10:00:01 web01 sshd[7]: pam_unix(sshd:auth): check pass; user unknown';
    const log = write(
      'auth.log',
      Array.from({ length: 100 }, () => line),
    );
    const { result, exit } = checkFormats(context(), [log]);
    expect(exit).toBe(3);
    expect(result.files[0]?.problems.length).toBe(11);
    expect(result.files[0]?.problems.at(-1)?.message).toMatch(/^not valid YAML: \d+ more mistakes/);
  });

  it('says what is wrong, where, and who claims the same sample', () => {
    const good = join(cwd, 'config', 'ir', 'formats', 'own.yml');
    const bad = write('bad.yml', [OWN.replace('{log.level}', '{log.levle}')]);
    const twin = write('twin.yml', [OWN.replace('own-app', 'other-app')]);
    const lying = write('lying.yml', [OWN.replace('log.level: warn', 'log.level: error')]);
    const { result, exit } = checkFormats(context(), [good, bad, twin, lying]);
    expect(exit).toBe(3);
    expect(result.files.map(({ name, problems }) => [name, problems.length])).toEqual([
      ['own-app', 0],
      [undefined, 1],
      ['other-app', 0],
      [undefined, 1],
    ]);
    expect(result.files[1]?.problems[0]).toMatchObject({ source: { line: 4 } });
    expect(result.files[3]?.problems[0]?.message).toContain('log.level "warn", not "error"');
    expect(checkFormats(context(), [twin]).result.files[0]?.rivals).toMatchObject([
      { format: 'own-app' },
    ]);
  });
});

/** A line that the format of a setting reads, and some of its fields. */
const SETTINGS: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  [
    `log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                     '$status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time';`,
    String.raw`198.51.100.7 - - [24/Nov/2026:11:00:01 +0100] "GET /x\x22y HTTP/1.1" 404 - "-" "a \x22b\x22" rt=0.003`,
    {
      timeUs: Date.UTC(2026, 10, 24, 10, 0, 1) * 1000,
      'source.ip': '198.51.100.7',
      'http.response.status_code': 404,
      'event.outcome': 'failure',
      'user_agent.original': 'a "b"',
      'event.duration': 3_000_000,
    },
  ],
  [
    '$time_iso8601|$host|$request_method|$request_uri|$status|$upstream_addr',
    '2026-11-24T10:00:01+00:00|www.example.org|POST|/login?a=b|302|10.0.0.7:8080',
    { 'url.path': '/login', 'http.request.method': 'POST', 'url.domain': 'www.example.org' },
  ],
  [
    String.raw`LogFormat "%v:%p %a %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined`,
    String.raw`www.example.org:443 203.0.113.9 - bob [24/Nov/2026:10:00:01 +0000] "GET /a HTTP/2.0" 200 99 "-" "x \"y\""`,
    {
      'user.name': 'bob',
      'destination.port': 443,
      'http.version': '2.0',
      'event.outcome': 'success',
    },
  ],
  [
    "log_line_prefix = '%t [%p]: user=%u,db=%d,client=%h '",
    '2026-11-24 10:00:01 UTC [77]: user=bob,db=shop,client=203.0.113.9 FATAL:  password authentication failed for user "bob"',
    {
      'process.pid': 77,
      'event.outcome': 'failure',
      'user.name': 'bob',
      'source.ip': '203.0.113.9',
    },
  ],
  [
    "log_line_prefix = '%m [%p] %q%u@%d '",
    '2026-11-24 10:00:01.250 UTC [77] LOG:  database system is ready to accept connections',
    { 'process.pid': 77, 'event.action': 'service_started' },
  ],
  [
    String.raw`%{TIMESTAMP_ISO8601:ts} \[%{DATA:thread}\] %{LOGLEVEL:level} %{IPORHOST:clientip} %{WORD:[user][name]} %{GREEDYDATA:message}`,
    '2026-11-24 10:00:01,250 [main] ERROR 203.0.113.9 bob it failed',
    {
      'process.thread.name': 'main',
      'log.level': 'error',
      'source.ip': '203.0.113.9',
      'user.name': 'bob',
      message: 'it failed',
    },
  ],
];

const read = (text: string, line: string): unknown => {
  const { document, problems } = readFormatFile(text, 'new.yml');
  expect(problems).toEqual([]);
  if (document === undefined) throw new Error('no document');
  const { createClock } = clockModule;
  return lineFormat(document).parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
};
const clockModule = await import('../../src/logs/clock.ts');

describe('ir formats new', () => {
  it.each(SETTINGS)('makes a format of %s', async (fromConfig, line, fields) => {
    const { result } = await newFormat(context(), { fromConfig });
    expect(result.text).toMatch(/^# A proposal, made of: /);
    expect(result.read).toBe(1);
    expect(read(result.text, line)).toMatchObject(fields);
    expect(
      checkFormats(context(), [write('new.yml', [result.text])]).result.files[0]?.problems,
    ).toEqual([]);
  });

  it.each([
    ['hello', 'this is no setting of a log that is known'],
    ['^%{WORD:x} (a|b)', '"^" is a regular expression'],
    ['%{NOSUCH:x} %{GREEDYDATA:message}', "there is no kind for grok's NOSUCH"],
    [`log_format j escape=json '{"a":"$status"}'`, 'log_format with escape=json writes JSON'],
  ])('refuses %s', async (fromConfig, message) => {
    await expect(newFormat(context(), { fromConfig })).rejects.toThrow(message);
  });

  it.each([
    [
      [
        '[2026-11-30 10:00:00.123] worker-3 INFO: request from 203.0.113.9 port 4411 took 12 ms',
        '[2026-11-30 10:00:01.200] worker-1 WARN: request from 203.0.113.10 port 4412 took 900 ms',
      ],
      '[{@timestamp}] {-:name} {log.level}: request from {source:ip} port {source.port:int} took {-:int} ms',
    ],
    [
      [
        '30.11.2026 10:00:00|job[12]: user alice logged in from 203.0.113.9',
        '30.11.2026 10:00:01|job[13]: cannot open /x',
        '30.11.2026 10:00:02|job[13]: three words only',
      ],
      String.raw`{@timestamp}\|job[{process.pid:int}]: {message}`,
    ],
    [
      [
        '30.11.2026 10:00:00|src=203.0.113.9 dst=192.0.2.1 usr=bob act="deny (it)"',
        '30.11.2026 10:00:01|src=203.0.113.8 dst=192.0.2.1 usr=eve act="allow"',
      ],
      String.raw`{@timestamp}\|{keys}`,
    ],
    [['1 {a} (b) c|d'], String.raw`{-:int} \{{-:name}\} \({-:name}\) {-:name}\|{-:name}`],
  ])('proposes a pattern for %j', async (lines, pattern) => {
    const from = write('from.log', lines);
    const { result } = await newFormat(context(), { from });
    expect(/^lines: '(.*)'$/m.exec(result.text)?.[1]).toBe(pattern);
    expect([result.read, result.lines]).toEqual([lines.length, lines.length]);
    expect(
      checkFormats(context(), [write('new.yml', [result.text])]).result.files[0]?.problems,
    ).toEqual([]);
  });

  it('takes hostile lines as text', async () => {
    const from = write("ho: '#stile.log", [
      "x'\n: {{ y }} %{WORD} \u001b[31m",
      "'#!{@timestamp} | \\",
      '- ? &a *b !c',
    ]);
    const { result } = await newFormat(context(), { from });
    expect(readFormatFile(result.text, 'x.yml').problems).toEqual([]);
  });
});
