/** 200 secrets in logs of several formats: none may stand in anything that `--mask` makes, in the journal, or in any message. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runIr } from '../program.ts';

let folder: string;
const secrets: string[] = [];

/** Seeded: what fails, fails again. */
let state = 7;
const random = (below: number): number => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * below);
};
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const word = (length: number): string =>
  Array.from({ length }, () => LETTERS[random(LETTERS.length)]).join('');
const planted = (value: string): string => {
  secrets.push(value);
  return value;
};
const access = (path: string, rest = '"-" "curl/8.1"', user = '-'): string =>
  `203.0.113.${1 + random(9)} - ${user} [24/Nov/2026:10:00:${10 + random(49)} +0000] "GET ${path} HTTP/1.1" 200 12 ${rest}`;
const syslog = (text: string): string => `Nov 24 10:00:${10 + random(49)} web1 ${text}`;

const LINES: readonly (() => [file: string, line: string])[] = [
  () => ['access.log', access(`/login?user=bob&password=${planted(word(12))}`)],
  () => ['access.log', access(`/a?x=%7B%22password%22%3A%22${planted(word(12))}%22%7D`)],
  () => ['access.log', access(`/cb?access_token=${planted(word(24))}`)],
  () => ['access.log', access(`/..%2f..%2fetc%2fpasswd?api_key=${planted(word(20))}`)],
  () => [
    'access.log',
    access('/x', `"https://example.com/?mail=${planted(`u${word(6)}@example.org`)}" "sqlmap/1.7"`),
  ],
  () => ['access.log', access(`/s;jsessionid=${planted(word(32))}`)],
  () => [
    'access.log',
    access('/pay', `"-" "x card=${planted(`4111-1111-1111-${1000 + random(8999)}`)}"`),
  ],
  () => [
    'auth.log',
    syslog(
      `sudo:      bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/mysql -uroot -p${planted(word(10))} shop`,
    ),
  ],
  () => [
    'auth.log',
    syslog(
      `sudo:      bob : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/curl -u bob:${planted(word(11))} http://203.0.113.5/x.sh`,
    ),
  ],
  () => ['auth.log', syslog(`app[7]: Authorization: Bearer ${planted(`${word(30)}1aB`)}`)],
  () => ['auth.log', syslog(`app[7]: key ghp_${planted(word(36))} used`)],
  () => [
    'app.jsonl',
    JSON.stringify({
      '@timestamp': '2026-11-24T10:00:07Z',
      level: 'error',
      message: `login failed for bob: {"password":"${planted(word(14))}"}`,
    }),
  ],
  () => [
    'app.jsonl',
    JSON.stringify({
      '@timestamp': '2026-11-24T10:00:08Z',
      level: 'info',
      message: 'start',
      process: {
        args: ['mysqladmin', '--password', planted(word(13))],
        command_line: `mysqladmin --password ${secrets.at(-1)} status`,
      },
    }),
  ],
  () => [
    'app.jsonl',
    JSON.stringify({
      '@timestamp': '2026-11-24T10:00:09Z',
      level: 'info',
      message: 'x',
      client_secret: planted(word(22)),
    }),
  ],
  () => [
    'app.jsonl',
    JSON.stringify({
      '@timestamp': '2026-11-24T10:00:09Z',
      level: 'info',
      message: `payload=${Buffer.from(`{"token":"${planted(word(26))}"}`).toString('base64')}`,
    }),
  ],
];

/** Numbers of cards that are none are no secrets. */
const isCard = (value: string): boolean => /^4111/.test(value);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-planted-'));
  mkdirSync(join(folder, 'logs'));
  const files = new Map<string, string[]>();
  for (let count = 0; secrets.length < 230; count += 1) {
    const [file, line] = (LINES[count % LINES.length] as (typeof LINES)[number])();
    files.set(file, [...(files.get(file) ?? []), line]);
  }
  for (const [name, lines] of files)
    writeFileSync(join(folder, 'logs', name), `${lines.join('\n')}\n`);
  await runIr(['open', 'planted', '--no-input'], { cwd: folder });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const told = (text: string): string[] =>
  secrets.filter(
    (value) => !isCard(value) && (text.includes(value) || text.includes(encodeURIComponent(value))),
  );

describe('planted secrets', () => {
  it('are there', () => {
    expect(secrets.filter((value) => !isCard(value)).length).toBeGreaterThanOrEqual(200);
    const all = ['access.log', 'auth.log', 'app.jsonl']
      .map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
      .join('');
    expect(told(all).length).toBeGreaterThanOrEqual(180);
  });

  it.each([
    ['timeline', 'logs', '--level', 'low', '--mask', '--save'],
    ['timeline', 'logs', '--all', '--mask', '--format', 'jsonl'],
    [
      'timeline',
      'logs',
      '--all',
      '--mask',
      '--format',
      'csv',
      '--columns',
      'message,process.args,url.query,user_agent.original',
    ],
    ['timeline', 'logs', '--level', 'low', '--mask', '--format', 'json', '--verbose', '--debug'],
    ['grep', 'e', 'logs', '--mask', '--save'],
    ['stats', 'logs', '--by', 'url.query,process.command_line', '--mask', '--top', '500'],
    ['report', '--mask', '--output', 'report.md'],
    ['show', '--json'],
  ])('%s %s', async (...args) => {
    const { stdout, stderr, exit } = await runIr(args, { cwd: folder });
    expect(exit, stderr).toBe(0);
    expect(told(stdout + stderr)).toEqual([]);
    expect((stdout + stderr).length).toBeGreaterThan(20);
  });

  it('are in no byte of the workspace after --save --mask, and in no report', () => {
    const bytes = ['ir.db', 'ir.db-wal'].map((name) => {
      try {
        return readFileSync(join(folder, '.ir', name), 'latin1');
      } catch {
        return '';
      }
    });
    expect(bytes.join('').length).toBeGreaterThan(10_000);
    expect(told(bytes.join(''))).toEqual([]);
    expect(told(readFileSync(join(folder, 'report.md'), 'utf8'))).toEqual([]);
  });

  it('are in no message of what fails', async () => {
    const value = secrets[0] as string;
    for (const args of [
      ['timeline', 'logs', '--where', `password=${value} and (`],
      ['timeline', `postgres://app:${value}@db/logs`, '--debug'],
      ['nonsense', `--password=${value}`],
    ]) {
      const { stdout, stderr, exit } = await runIr(args, { cwd: folder });
      expect(exit).not.toBe(0);
      expect(told(stdout + stderr)).toEqual([]);
    }
  });
});
