/** What a check brings becomes evidence of the incident and answers the step that asked. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runExposureCheck } from '../../src/commands/check-exposure.ts';
import { runTracesCheck } from '../../src/commands/check-traces.ts';
import { withStore } from '../../src/commands/incident-access.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { keptPath } from '../../src/evidence/content-store.ts';
import type { CheckReport } from '../../src/host/observation.ts';
import { makeRoot, put } from '../host/made-root.ts';
import { showWhole, testContext } from './test-context.ts';

let cwd: string;
let root: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-keeps-'));
  root = makeRoot();
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

const SINCE = '2026-03-01T00:00:00Z';
const context = () => testContext({ cwd, store: join(cwd, '.ir') });
const open = () =>
  openIncident(context(), { title: 'web01', severity: 'SEV2', type: 'ssh-brute-force' } as never);

describe('ir check', () => {
  it('keeps its whole result as evidence, and says so in the step that asked', async () => {
    await open();
    const { result } = await runExposureCheck(context(), {
      ...{ root, since: SINCE, only: ['cron'], step: 'check-host-clock' },
    });
    expect(result.kept).toEqual({
      incident: 'INC-2026-0001',
      evidence: 'E-001',
      step: 'check-host-clock',
    });
    const { steps, evidence } = await withStore(context(), async ({ store }) =>
      store.load((await store.currentIncidentId())!),
    );
    expect(steps.find(({ stepId }) => stepId === 'check-host-clock')?.status).toBe('done');
    const kept = readFileSync(join(cwd, '.ir', keptPath(evidence[0]!.sha256)), 'utf8');
    expect((JSON.parse(kept) as CheckReport).observations).toHaveLength(2);
    const { journal } = await showWhole(context());
    const done = journal!.find(({ type }) => type === 'step_done')?.payload;
    expect(done).toMatchObject({ note: 'ir check exposure: 2 observations, evidence E-001' });
  });

  it('refuses a step that cannot be answered before anything is looked at', async () => {
    await open();
    const options = { root: '/nonexistent', since: SINCE, step: 'no-such-step' };
    await expect(runExposureCheck(context(), options)).rejects.toMatchObject({ exit: 6 });
  });

  it('works without a store, and keeps nothing then or with --no-save', async () => {
    const alone = await runExposureCheck(context(), { root, since: SINCE, only: ['cron'] });
    expect(alone.result.kept).toBeUndefined();
    await open();
    const options = { root, since: SINCE, only: ['cron'], save: false };
    expect((await runExposureCheck(context(), options)).result.kept).toBeUndefined();
  });

  it('looks for what the incident knows, in this store and nowhere else', async () => {
    await open();
    const indicators = [
      ['ip-src', '203.0.113.7'],
      ['sha256', 'f'.repeat(64)],
      ['mutex', 'x'],
    ] as const;
    await withStore(context(), async ({ store }) => {
      const entries = indicators.map(([type, value], index) => ({
        type: 'indicator_added' as const,
        payload: { id: String(index).repeat(32), type, value, source: 'test' },
        at: '2026-03-01T12:00:00.000Z',
        actor: 'alex',
      }));
      await store.append((await store.currentIncidentId())!, entries);
    });
    put(root, 'etc/cron.d/x', '* * * * * root curl 203.0.113.7\n');
    const { report } = (await runTracesCheck(context(), [], { root, save: false })).result;
    expect(report.looked).toContainEqual({ what: 'traces looked for', count: 2 });
    expect(report.observations.map(({ subject, detail }) => [subject, detail['from']])).toEqual([
      ['/etc/cron.d/x', 'an indicator of the incident'],
    ]);
    const own = (await runTracesCheck(context(), [cwd], { save: false })).result.report;
    expect(own.observations.filter(({ subject }) => subject.startsWith(cwd))).toEqual([]);
  });
});
