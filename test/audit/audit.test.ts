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
    const { items } = JSON.parse(stdout) as { items: Item[] };
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
