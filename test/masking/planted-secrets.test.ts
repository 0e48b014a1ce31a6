/** 200 secrets in logs of several formats: none may stand in anything that `--mask` makes, in the journal, or in any message. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { createReceiver, type Receiver } from '../notify/receiver.ts';
import { runIr } from '../program.ts';

let folder: string;
let receiver: Receiver;
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

/** With the digit that Luhn asks for. */
const cardNumber = (): string => {
  const digits = `4111${Array.from({ length: 11 }, () => random(10)).join('')}`;
  const sum = [...digits].reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

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
  () => ['access.log', access('/pay', `"-" "x card=${planted(cardNumber())}"`)],
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
  await runIr(['open', 'planted', '--tlp', 'CLEAR', '--no-input'], { cwd: folder });
  receiver = await createReceiver();
  mkdirSync(join(folder, 'config/ir'), { recursive: true });
  // JSON is YAML.
  writeFileSync(
    join(folder, 'config/ir/config.yml'),
    JSON.stringify({ channels: { hook: { type: 'webhook', url: receiver.url } } }),
  );
}, 60_000);
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const told = (text: string): string[] =>
  secrets.filter((value) => text.includes(value) || text.includes(encodeURIComponent(value)));

describe('planted secrets', () => {
  it('are there', () => {
    expect(secrets.length).toBeGreaterThanOrEqual(200);
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

  describe('of a case that was saved as it was', () => {
    const ir = (...args: string[]) =>
      runIr(args, { cwd: folder, env: { XDG_CONFIG_HOME: join(folder, 'config') } });

    it('are in its journal', async () => {
      await ir('mask', '--new-key', 'key');
      await ir('ioc', 'extract', 'logs/access.log', '--add');
      await ir('timeline', 'logs', '--level', 'low', '--save');
      // Every secret in its line, as people copy lines into notes.
      const note = ['access.log', 'auth.log', 'app.jsonl']
        .flatMap((name) => readFileSync(join(folder, 'logs', name), 'utf8').split('\n'))
        .filter((_, at) => at % 2 === 0)
        .join('\n');
      expect((await ir('note', note.slice(0, 15_000))).exit).toBe(0);
      expect(told((await ir('show', '--json')).stdout).length).toBeGreaterThan(20);
    });

    it.each([
      ['report', '--mask'],
      ['report', '--mask', '--format', 'html', '--output', 'case.html'],
      ['report', '--mask', '--mask-method', 'hash', '--mask-key', 'key'],
      ['export', 'stix', '--mask'],
      ['export', 'misp', '--mask'],
      ['export', 'veris', '--mask'],
      ['export', 'navigator', '--mask'],
      ['ioc', 'export', '--mask'],
      ['notify', '--mask', '--dry-run', '--format', 'json'],
    ])('are not in %s %s', async (...args) => {
      const { stdout, stderr, exit } = await ir(...args);
      expect(exit, stderr).toBe(0);
      expect(told(stdout + stderr)).toEqual([]);
      if (args.includes('--output')) {
        const page = readFileSync(join(folder, 'case.html'), 'utf8');
        expect(page.length).toBeGreaterThan(1000);
        expect(told(page)).toEqual([]);
      }
    });

    it('are not in what is sent, nor in the outbox', async () => {
      const secret = planted(`q${word(15)}`);
      const sent = await ir('notify', `reset with password=${secret} now`, '--mask', '--yes');
      expect(sent.exit, sent.stderr).toBe(0);
      expect(receiver.got).toHaveLength(1);
      expect(receiver.got[0]?.body).toContain('masked-password');
      expect(told(receiver.got[0]?.body ?? '')).toEqual([]);
      for (const name of ['ir.db', 'ir.db-wal'])
        if (existsSync(join(folder, '.ir', name)))
          expect(readFileSync(join(folder, '.ir', name), 'latin1')).not.toContain(secret);
    });
  });

  it('are kept in by these commands; others hand on bytes as they are, and have no --mask', () => {
    const named = (command: Command, path: string): string[] => [
      ...(command.options.some(({ long }) => long === '--mask') ? [path] : []),
      ...command.commands.flatMap((child) => named(child, `${path} ${child.name()}`.trim())),
    ];
    expect(
      named(
        createProgram('0', async () => undefined),
        '',
      ).sort(),
    ).toEqual(['export', 'grep', 'ioc export', 'notify', 'report', 'stats', 'timeline'].sort());
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
