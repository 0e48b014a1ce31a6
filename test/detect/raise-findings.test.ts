/** Low findings of who broke in before are shown; those of others, and of before, are not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import type { Timeline } from '../../src/detect/finding.ts';

const at = (minute: number, second = 0): string =>
  new Date(Date.UTC(2026, 2, 14, 10, minute, second)).toISOString().replace('.000Z', 'Z');
const failed = (minute: number, second: number, ip: string): string =>
  `${at(minute, second)} web01 sshd[${900 + second}]: Failed password for root from ${ip} port 40001 ssh2`;
const shell = (minute: number, user: string): string =>
  `${at(minute)} web01 sudo:   ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/bin/bash`;
const burst = (minute: number, ip: string): string[] =>
  Array.from({ length: 8 }, (_, index) => failed(minute, index * 2, ip));

let cwd: string;
let timeline: Timeline;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-raise-'));
  const lines = [
    shell(0, 'deploy'),
    ...burst(5, '203.0.113.7'),
    `${at(6)} web01 sshd[990]: Accepted password for deploy from 203.0.113.7 port 40002 ssh2`,
    ...burst(7, '198.51.100.9'),
    ...burst(200, '203.0.113.7'),
    shell(100, 'deploy'),
    shell(101, 'anna'),
  ].sort();
  writeFileSync(join(cwd, 'auth.log'), `${lines.join('\n')}\n`);
  timeline = await analyse(['auth.log'], {
    ...{ cwd, zone: 'UTC', env: { XDG_CONFIG_HOME: join(cwd, 'none') }, level: 'high' },
    filter: {
      ...{ sinceUs: Number.NEGATIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY },
      ...{ entities: [], grep: undefined },
    },
    ...{ ruleNames: [], ruleFolders: [], referenceMs: undefined, workers: 0 },
    stdin: (async function* nothing() {})(),
  });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('a low finding', () => {
  const raised = (): Timeline['findings'] =>
    timeline.findings.filter((finding) => finding.raised !== undefined);

  it('of an account that broke in before is shown, and says why', () => {
    const [found, ...rest] = raised().filter(({ rule }) => /sudo/.test(rule.title));
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ level: 'low', rule: { title: 'Root shell through sudo' } });
    expect(found?.evidence[0]?.raw).toBe(shell(100, 'deploy'));
    expect(found?.raised).toBe(
      'deploy broke in before: "SSH login succeeded after brute force" at 2026-03-14T10:06:00.000Z',
    );
  });

  it('of a source that broke in before is shown', () => {
    const later = raised().filter(
      ({ rule, firstUs }) =>
        /SSH brute force/.test(rule.title) && (firstUs ?? 0) >= Date.parse(at(200)) * 1000,
    );
    expect(later).toHaveLength(1);
    expect(later[0]?.raised).toContain('203.0.113.7 broke in before');
  });

  it('of others stays below the level, and is counted', () => {
    const named = JSON.stringify(timeline.findings);
    expect(named).not.toContain('198.51.100.9');
    expect(named).not.toContain('anna');
    expect(timeline.hiddenFindings).toBeGreaterThan(1);
    expect(timeline.findings.length).toBe(timeline.totals.findings);
  });
});
