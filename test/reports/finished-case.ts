/** One finished incident, from which every variant of a report is written. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addNote } from '../../src/commands/add-note.ts';
import { runChecklist } from '../../src/commands/checklist.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { saveTimeline } from '../../src/commands/save-timeline.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import type { NoteKind } from '../../src/incidents/incident.ts';
import { type TestContext, testContext } from '../commands/test-context.ts';
import { account, finding } from '../store/sample-entries.ts';

/** All that are written of one incident. */
export const VARIANTS = [
  ...['briefing', 'customer', 'drill', 'executive', 'handover', 'ioc-sheet', 'postmortem'],
  ...['regulator', 'timeline'],
];

const noStdin = async (): Promise<string> => {
  throw new Error('stdin was read');
};

const PLAYBOOK = `id: shop-shell
title: Shell on the shop
summary: For tests.
applies_to: { techniques: [T1505.003], tactics: [], rules: [] }
references: []
variables:
  - { name: process_found, type: choice, choices: ["no", "yes"], description: "Does a process of the intruder run?" }
phases:
  triage:
    - { id: look, title: Look at the processes, why: They vanish., instructions: Look., required: true, asks: [process_found] }
    - { id: sockets, title: Look at the connections, why: They vanish., instructions: Look., required: true }
    - { id: logs, title: Keep the logs, why: They rotate., instructions: Copy., required: true }
  containment:
    - { id: freeze, title: Freeze the process, why: It acts., instructions: Stop it., required: true, when: 'var.process_found == yes' }
    - { id: lock, title: Lock the shell, why: It answers., instructions: Lock it., required: true }
  eradication:
    - { id: clean, title: Remove the shell, why: It stays., instructions: Remove it., required: true }
  recovery:
    - { id: redeploy, title: Deploy anew, why: Clean code., instructions: Deploy., required: true }
  post_incident:
    - { id: learn, title: Write it up, why: To learn., instructions: Write., required: true }
`;

/** A small case with something in every section, on a playbook of its own. */
export async function finishedCase(cwd: string): Promise<TestContext> {
  const playbooks = join(cwd, 'config', 'ir', 'playbooks');
  mkdirSync(playbooks, { recursive: true });
  writeFileSync(join(playbooks, 'shop-shell.yml'), PLAYBOOK);
  const context = testContext({ cwd, env: { XDG_CONFIG_HOME: join(cwd, 'config') } });
  await openIncident(context, {
    title: 'Web shell on the shop server',
    severity: 'SEV2',
    type: 'shop-shell',
    occurredAt: '2026-03-01T08:00:00Z',
    detectedAt: '2026-03-01T11:30:00Z',
  });
  context.tick(60_000);
  const low = {
    ...finding('cafe'),
    level: 'low' as const,
    rule: { ...finding('cafe').rule, title: 'Probe' },
  };
  const timeline = {
    findings: [finding('beef', 4), low],
    files: [account('access.log', 'ab'.repeat(32))],
  };
  await saveTimeline(context, timeline, ['timeline', 'access.log']);
  context.tick(60_000);
  await runChecklist(context, {
    done: ['look'],
    note: 'two children, both known',
    var: ['process_found=no'],
  });
  context.tick(60_000);
  await runChecklist(context, {
    skip: ['sockets'],
    reason: 'host was off by then',
  });
  context.tick(60_000);
  await updateIncident(context, { phase: 'containment', reason: 'the shell is still answering' });
  const note = (kind: NoteKind, text: string) => addNote(context, text, { kind }, noStdin);
  await note('impact', 'Shop closed for 40 minutes; about 200 orders late.');
  await note('factor', 'The upload folder allowed scripts.');
  await note('went_well', 'The alarm came within minutes.');
  await note('went_badly', 'Logs of the load balancer were gone.');
  await note('lucky', 'It was Sunday.');
  await note('action_item', 'Forbid scripts in upload folders @platform due 2026-04-01');
  context.tick(60_000);
  await closeIncident(context, {
    determination: 'confirmed',
    reason: 'rest is tracked elsewhere',
    yes: true,
  });
  return context;
}
