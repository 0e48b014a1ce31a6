import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../src/commands/context.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { saveTimeline } from '../../src/commands/save-timeline.ts';
import {
  type TimelineOptions,
  type TimelineResult,
  timeline,
} from '../../src/commands/timeline.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { account, finding } from '../store/sample-entries.ts';
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
    // The rules for fast guessing, for that of days and for that of weeks see the login.
    expect((await saved()).all).toBe(folded.all + 3);

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

/** A signal that has come when it is looked at for the time after `looks`. */
function comingAfter(looks: number): CommandContext['signal'] {
  let left = looks;
  const throwIfAborted = (): void => {
    left -= 1;
    if (left < 0) throw new Error('stopped');
  };
  return { throwIfAborted } as CommandContext['signal'];
}

it('leaves all or nothing wherever a signal stops it', async () => {
  const timeline = {
    findings: Array.from({ length: 1_200 }, (_, index) => finding(index.toString(16), 1)),
    files: [account('auth.log', 'aa')],
  };
  /** Looks before the store is asked to write: one a finding, and one at the end of them. */
  const reconciled = timeline.findings.length + 1;
  const stopped: number[] = [];
  for (let looks = 0; ; looks += looks < reconciled - 1 ? 400 : 1) {
    const context = { ...testContext({ cwd }), signal: comingAfter(looks) };
    const ended = await saveTimeline(context, timeline, []).catch((error: Error) => error);
    const { findings, sources, journal } = await showWhole(testContext({ cwd }));
    const seen = [findings.length, sources.length, journal.length];
    expect(await verifyJournal(testContext({ cwd }), {})).toMatchObject({ isIntact: true });
    if (!(ended instanceof Error)) {
      expect(seen).toEqual([1_200, 1, 3]);
      break;
    }
    expect([ended.message, ...seen]).toEqual(['stopped', 0, 0, 2]);
    stopped.push(looks);
  }
  // Before the first row is written, between rows of findings, and before the sources.
  expect(stopped.filter((looks) => looks >= reconciled).length).toBeGreaterThan(3);
});

it('copies the log files under the numbers that they have, where that is wanted', async () => {
  await expect(save({ save: false, copyEvidence: true })).rejects.toMatchObject({ exit: 2 });
  // One context for both: the ids of tests are counted from one in each.
  const context = testContext({ cwd });
  const options = { level: 'low', save: true, workers: '0', copyEvidence: true } as const;
  await timeline(context, ['auth.log'], options);
  const { sources, evidence } = await showWhole(testContext({ cwd }));
  expect(evidence.map(({ evidenceNo, sha256 }) => [evidenceNo, sha256])).toEqual(
    sources.map(({ evidenceNo, sha256 }) => [evidenceNo, sha256]),
  );
  const kept = join(cwd, '.ir/evidence', evidence[0]!.sha256);
  expect(readFileSync(kept)).toEqual(readFileSync(join(cwd, 'auth.log')));
  appendFileSync(join(cwd, 'auth.log'), ACCEPTED);
  await timeline(context, ['auth.log'], options);
  expect((await showWhole(testContext({ cwd }))).evidence).toHaveLength(2);
  expect((await verifyJournal(testContext({ cwd }), {})).isIntact).toBe(true);
});
