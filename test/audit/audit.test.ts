/** `ir audit`: what is said of logs that hold too much and too little, over the real engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readChecks } from '../../src/audit/checks.ts';
import { runIr } from '../program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const json = (fields: object): string =>
  JSON.stringify({ '@timestamp': '2026-11-24T10:00:00.123Z', ...fields });
const BAD = [
  ...Array.from(
    { length: 30 },
    (_, at) =>
      `Nov 24 10:${String(at).padStart(2, '0')}:00 web1 app[7]: user bob password=hunter2x${at}`,
  ),
  'Nov 24 10:40:00 web1 sshd[7]: Failed password for bob from 192.0.2.7 port 22 ssh2',
  'Nov 24 10:41:00 web1 app[7]: search q=%0aNov%2024%2010:00:00%20web1%20sshd',
].join('\n');
const GOOD = [
  json({
    'log.level': 'info',
    message: 'login',
    'event.category': ['authentication'],
    'event.action': 'login',
    'event.outcome': 'success',
    'user.name': 'bob',
    'source.ip': '192.0.2.7',
  }),
  json({
    'log.level': 'warning',
    message: 'login',
    'event.category': ['authentication'],
    'event.action': 'login',
    'event.outcome': 'failure',
    'user.name': 'bob',
    'source.ip': '192.0.2.7',
  }),
  json({
    'log.level': 'info',
    message: 'password changed',
    'event.category': ['iam'],
    'event.action': 'password_changed',
    'event.outcome': 'success',
    'user.name': 'bob',
    'source.ip': '192.0.2.7',
  }),
].join('\n');

/** A check, events that miss it, and events that meet it. */
const BOTH_WAYS: readonly [name: string, missed: readonly object[], met: readonly object[]][] = [
  [
    'request-id',
    [{ 'http.request.method': 'GET', 'http.response.status_code': 200 }],
    [{ 'http.request.method': 'GET', 'http.response.status_code': 200, 'http.request.id': 'a1' }],
  ],
  [
    'source-address',
    [{ 'http.request.method': 'GET', 'http.response.status_code': 200 }],
    [{ 'http.request.method': 'GET', 'http.response.status_code': 200, 'source.ip': '192.0.2.7' }],
  ],
  [
    'denied',
    [{ 'http.request.method': 'GET', 'http.response.status_code': 200 }],
    [{ 'http.request.method': 'GET', 'http.response.status_code': 403 }],
  ],
  [
    'errors',
    [{ 'log.level': 'error', message: 'failed' }],
    [
      {
        'log.level': 'error',
        message: 'failed',
        'error.stack_trace': 'Error: x\n    at a (b.js:1:2)',
      },
    ],
  ],
  [
    'levels',
    [{ 'log.level': 'debug', message: 'a' }],
    [
      { 'log.level': 'info', message: 'a' },
      { 'log.level': 'error', message: 'b' },
    ],
  ],
  [
    'user',
    [{ 'event.category': ['authentication'], 'event.outcome': 'success', message: 'login' }],
    [
      {
        'event.category': ['authentication'],
        'event.outcome': 'success',
        'user.name': 'bob',
        message: 'login',
      },
    ],
  ],
  [
    'credential-changes',
    [{ 'event.category': ['iam'], 'event.action': 'group_added', message: 'x' }],
    [{ 'event.category': ['iam'], 'event.action': 'mfa_disabled', message: 'x' }],
  ],
  [
    'permission-changes',
    [{ 'event.category': ['authentication'], 'event.outcome': 'success', message: 'x' }],
    [{ 'event.category': ['iam'], 'event.action': 'role_assigned', message: 'x' }],
  ],
  [
    'configuration-changes',
    [{ 'log.level': 'info', message: 'x' }],
    [{ 'log.level': 'info', message: 'x', 'event.action': 'config_changed' }],
  ],
  ['no-personal-data', [{ message: 'card 4111111111111111' }], [{ message: 'card of bob' }]],
  [
    'gaps',
    Array.from({ length: 120 }, (_, at) => ({ at: at < 60 ? at : at + 100 })),
    Array.from({ length: 120 }, (_, at) => ({ at })),
  ],
];

interface Item {
  path: string;
  score: number;
  found: Record<string, number>;
  checks: {
    name: string;
    result: string;
    evidence: string;
    examples: string[];
    sources: object[];
  }[];
}

describe('ir audit', () => {
  it('has checks that cite who asks for them', () => {
    const checks = readChecks();
    expect(checks.length).toBeGreaterThan(15);
    expect(
      new Set(checks.flatMap(({ sources }) => sources.map(({ document }) => document))).size,
    ).toBe(5);
  });

  it('tells a log that holds too much from one that does not, with evidence, and never the secret', async () => {
    writeFileSync(join(folder, 'bad.log'), `${BAD}\n`);
    writeFileSync(join(folder, 'good.jsonl'), `${GOOD}\n`);
    const { stdout, exit } = await runIr(['audit', 'bad.log', 'good.jsonl', '--json'], {
      cwd: folder,
    });
    expect(exit).toBe(0);
    expect(stdout).not.toContain('hunter2x');
    const { items, missing } = JSON.parse(stdout) as { items: Item[]; missing: string[] };
    const [bad, good] = ['bad.log', 'good.jsonl'].map(
      (path) => items.find((item) => item.path === path) as Item,
    ) as [Item, Item];
    const result = (item: Item, name: string) =>
      item.checks.find((check) => check.name === name)?.result;
    expect(bad.found).toMatchObject({ password: 30 });
    expect(bad.checks.find(({ name }) => name === 'no-secrets')?.examples[0]).toContain(
      'masked-password',
    );
    for (const name of ['no-secrets', 'zone', 'precision', 'injection'])
      expect(result(bad, name), name).toBe('missed');
    expect(result(bad, 'logins')).toBe('part');
    for (const name of [
      'no-secrets',
      'zone',
      'logins',
      'user',
      'source-address',
      'credential-changes',
      'levels',
      'injection',
    ])
      expect(result(good, name), name).toBe('met');
    expect(good.score).toBeGreaterThan(bad.score + 20);
    // What one log lacks stands in the other: only what neither has is missing.
    expect(missing).toEqual([
      'refusals',
      'changes of second factors',
      'changes of configuration, starts or stops',
      'errors with their stack',
    ]);
  });

  it('judges each check both ways', async () => {
    const lines = (rows: readonly object[]): string =>
      rows
        .map((row) => {
          const { at = 0, ...fields } = row as { at?: number };
          const stamp = new Date(Date.UTC(2026, 10, 24, 10, 0, 0, 123) + at * 55_000).toISOString();
          return JSON.stringify({ '@timestamp': stamp, message: 'x', ...fields });
        })
        .join('\n');
    for (const [name, missed, met] of BOTH_WAYS) {
      writeFileSync(join(folder, `${name}.missed.jsonl`), `${lines(missed)}\n`);
      writeFileSync(join(folder, `${name}.met.jsonl`), `${lines(met)}\n`);
    }
    const { stdout } = await runIr(['audit', '.', '--json'], { cwd: folder });
    const { items } = JSON.parse(stdout) as { items: Item[] };
    const results = BOTH_WAYS.map(([name]) =>
      ['missed', 'met'].map(
        (word) =>
          items
            .find(({ path }) => path.endsWith(`${name}.${word}.jsonl`))
            ?.checks.find((check) => check.name === name)?.result,
      ),
    );
    expect(BOTH_WAYS.map(([name], at) => [name, ...(results[at] ?? [])])).toEqual(
      BOTH_WAYS.map(([name]) => [name, 'missed', 'met']),
    );
  });

  it('leaves stamps after the date of their file out of those that name a zone', async () => {
    const line = (days: number): string =>
      `${new Date(Date.now() + days * 86_400_000).toISOString()} INFO app started`;
    writeFileSync(
      join(folder, 'app.log'),
      `${[-5, -4, -3, -2, -1, 5, 6, 7, 8].map(line).join('\n')}\n`,
    );
    const { stdout } = await runIr(['audit', 'app.log', '--json'], { cwd: folder });
    const { items } = JSON.parse(stdout) as { items: Item[] };
    expect(items[0]?.checks.find((check) => check.name === 'zone')).toMatchObject({
      ...{ result: 'met', evidence: '5 of 5 stamps name their zone' },
    });
  });

  it('tells of clocks that differ', async () => {
    const login = (seconds: number, port: number): string =>
      `2026-11-24T10:${String(10 + Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.000Z`.concat(
        ` web1 sshd[7]: Accepted publickey for bob from 192.0.2.7 port ${port} ssh2: ED25519 SHA256:abc${port}`,
      );
    const all = Array.from({ length: 30 }, (_, at) => at);
    writeFileSync(
      join(folder, 'a.log'),
      `${all.map((at) => login(at * 37, 4000 + at)).join('\n')}\n`,
    );
    writeFileSync(
      join(folder, 'b.log'),
      `${all.map((at) => login(at * 37 + 40, 4000 + at)).join('\n')}\n`,
    );
    const { stdout } = await runIr(['audit', 'a.log', 'b.log', '--json'], { cwd: folder });
    const { items } = JSON.parse(stdout) as { items: Item[] };
    expect(
      items.flatMap(({ checks }) => checks.filter((check) => check.name === 'clock')),
    ).toContainEqual(
      expect.objectContaining({
        result: 'missed',
        evidence: expect.stringMatching(/^-?40 s ahead of/),
      }),
    );
  });

  it('ends as asked, and writes Markdown', async () => {
    writeFileSync(join(folder, 'bad.log'), `${BAD}\n`);
    const { stdout, stderr, exit } = await runIr(
      ['audit', 'bad.log', '--fail-under', '90', '--format', 'md'],
      { cwd: folder },
    );
    expect(exit).toBe(1);
    expect(stderr).toContain('is under 90');
    expect(stdout).toMatch(/^## bad\.log/);
    expect(stdout).toContain('PCI DSS');
  });
});
