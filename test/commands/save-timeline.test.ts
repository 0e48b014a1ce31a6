import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIncident } from '../../src/commands/open-incident.ts';
import {
  type TimelineOptions,
  type TimelineResult,
  timeline,
} from '../../src/commands/timeline.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { showWhole, testContext } from './test-context.ts';

let cwd: string;

const failed = (second: number): string =>
  `2026-03-14T10:0${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}Z web01 sshd[${900 + second}]: Failed password for root from 203.0.113.7 port 40001 ssh2\n`;
const ACCEPTED =
  '2026-03-14T10:05:00Z web01 sshd[2000]: Accepted password for deploy from 203.0.113.7 port 40002 ssh2\n';
const failures = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => failed(from + index)).join('');

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-save-'));
  writeFileSync(join(cwd, 'auth.log'), failures(0, 120));
  await openIncident(testContext({ cwd }), { title: 'Guessing' });
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function save(options: TimelineOptions = {}): Promise<number | undefined> {
  const paths = ['auth.log'];
  const { result } = await timeline(testContext({ cwd }), paths, {
    ...{ level: 'low', save: true, workers: '0' },
    ...options,
  });
  return (result as TimelineResult).saved?.newFindings;
}

async function saved(): Promise<{ titles: string[]; all: number }> {
  const { findings } = await showWhole(testContext({ cwd }));
  return {
    titles: findings.map(({ rule }) => rule.title),
    all: findings.reduce((sum, { act }) => sum + 1 + (act?.others.length ?? 0), 0),
  };
}

describe('saving findings into an open case again', () => {
  it('doubles nothing, folded or not, and when the log has grown', async () => {
    expect(await save({ fold: 'none' })).toBeGreaterThan(1);
    const single = await saved();
    expect(single.titles.length).toBe(single.all);
    expect(await save()).toBe(0);
    const folded = await saved();
    expect(folded.titles).toHaveLength(1);
    expect(folded.all).toBe(single.all);
    expect(await save({ fold: 'none' })).toBe(0);
    expect(await saved()).toEqual(folded);

    appendFileSync(join(cwd, 'auth.log'), failures(120, 180) + ACCEPTED);
    expect(await save()).toBe(0);
    expect((await saved()).titles).toEqual(['SSH login succeeded after brute force']);
    expect((await saved()).all).toBe(folded.all + 1);

    // What was superseded is gone from every table, also when they are made anew from the journal.
    const whole = await showWhole(testContext({ cwd }));
    for (const rebuild of [false, true]) {
      const verified = await verifyJournal(testContext({ cwd }), { rebuild });
      expect(JSON.stringify(verified)).toContain('"isIntact":true');
    }
    expect((await showWhole(testContext({ cwd }))).findings).toEqual(whole.findings);
  });

  it('keeps two attacks apart', async () => {
    await save();
    const later = readFileSync(join(cwd, 'auth.log'), 'latin1').replaceAll('03-14T', '03-17T');
    appendFileSync(join(cwd, 'auth.log'), later);
    expect(await save()).toBe(1);
    expect((await saved()).titles).toHaveLength(2);
  });
});
