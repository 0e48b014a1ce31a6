/** `ir metrics`: what is counted, once, and what is not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { metrics } from '../../src/commands/metrics.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import type { IncidentMetrics } from '../../src/incidents/incident-metrics.ts';
import { type TestContext, testContext } from './test-context.ts';

let folder: string;
let context: TestContext;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-metrics-'));
  context = testContext({ cwd: folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Noticed so many hours after it began. */
const open = async (title: string, hours: number, more: object = {}): Promise<string> => {
  const detectedAt = `2026-02-01T${String(hours).padStart(2, '0')}:00:00Z`;
  const times = { occurredAt: '2026-02-01T00:00:00Z', detectedAt };
  return (await openIncident(context, { title, severity: 'SEV2', ...times, ...more })).incident.key;
};
const found = async (options = {}): Promise<IncidentMetrics> =>
  (await metrics(context, options)).result.documents[0] as IncidentMetrics;

it('leaves out drills, false positives, and what another stands for', async () => {
  const main = await open('Shop', 2);
  await open('An exercise', 20, { drill: true });
  await open('A scanner of ours', 20, { determination: 'false_positive' });
  await open('Shop, told again', 20, { duplicateOf: main });
  const merged = await open('Shop, the database', 20);
  await updateIncident(context, { mergedInto: main });
  await open('Shop, the backup', 20, { partOf: merged });
  await open('Office', 4);
  const { all, drills, falsePositives, partsOfOthers } = await found();
  expect([drills, falsePositives, partsOfOthers]).toEqual([1, 1, 3]);
  expect([all.incidents, all.metrics.mttdMs.n]).toEqual([2, 2]);
  expect(all.metrics.mttdMs.medianMs).toBe(3 * 3_600_000);
  const { notes } = (await metrics(context, {})).result;
  expect(notes.join()).toContain(
    'left out: 1 drills, 1 false positives, 3 that are part of another',
  );
});

it('counts one of two that name each other, and one whose main is not in the period where that is', async () => {
  const first = await open('One', 2);
  const second = await open('Two', 3, { duplicateOf: first });
  await updateIncident(
    { ...context, settings: { ...context.settings, incident: first } },
    { duplicateOf: second },
  );
  expect((await found()).all.incidents).toBe(1);
  expect((await found({ since: '2026-02-01T02:30:00Z' })).all.incidents).toBe(0);
  expect((await found({ until: '2026-02-01T02:30:00Z' })).all.incidents).toBe(1);
});
