/** Notices that entries and time cause, with a test clock. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startClock } from '../../src/commands/clock-start.ts';
import { escalate } from '../../src/commands/escalate.ts';
import { withStore } from '../../src/commands/incident-access.ts';
import { listNotices } from '../../src/commands/notify.ts';
import { notifyDue } from '../../src/commands/notify-due.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { assignRole } from '../../src/commands/people.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { addTask } from '../../src/commands/tasks.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { entryBy } from '../../src/commands/write-items.ts';
import { answer, createReceiver, type Receiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

let server: Receiver;
let setup: Setup;
const ON = ['opened', 'escalated', 'phase_changed', 'step_overdue', 'update_due', 'clock_near'];
beforeEach(async () => {
  server = await createReceiver();
  setup = await setUp('CLEAR', {}, { ops: { type: 'webhook', url: server.url, on: ON } });
});
afterEach(async () => {
  setup.remove();
  await server.close();
});
const events = (): string[] =>
  server.got.map(({ body }) => (JSON.parse(body) as { event: string }).event);

describe('automatic notices', () => {
  it('tell what a command entered, once; the case goes on where nobody can be told', async () => {
    const { context, said } = setup;
    expect(events()).toEqual(['opened']);
    server.answers.unshift(answer(503));
    const { lines } = await escalate(context, 'legal', { reason: 'personal data were read' });
    expect(JSON.stringify(lines)).toContain('escalated to legal');
    expect(said.join('\n')).toContain('was not sent: 503');
    await updateIncident(context, { phase: 'containment' });
    expect(events()).toEqual(['opened', 'escalated', 'phase_changed']);
    expect(server.got[2]!.body).toContain('it was triage');
    expect((await showIncident(context)).incident.phase).toBe('containment');
    await openIncident(context, { title: 'An exercise', drill: true });
    expect(server.got).toHaveLength(3);
  });

  it('--due tells what time causes, and each once', async () => {
    const { context } = setup;
    await startClock(context, 'gdpr-33', { at: '2026-03-01T12:00:00Z' });
    await addTask(context, 'image the disk', { due: '2026-03-01T13:00:00Z' });
    await notifyDue(context, {});
    expect(events()).toEqual(['opened']);
    context.tick(2 * 3_600_000);
    await notifyDue(context, {});
    await notifyDue(context, {});
    expect(events()).toEqual(['opened', 'step_overdue']);
    context.tick(66 * 3_600_000);
    const shown = await notifyDue(context, { dryRun: true });
    expect(JSON.stringify(shown.result.document)).toContain('5h left');
    expect(server.got).toHaveLength(2);
    await notifyDue(context, {});
    await notifyDue(context, {});
    expect(events().slice(2).sort()).toEqual(['clock_near', 'update_due']);
    const { documents } = await listNotices(context);
    expect(documents).toHaveLength(4);
  });

  it('--due tells of a step of the checklist whose time is over, and of an action near its end', async () => {
    const { context } = setup;
    const on = ['step_overdue', 'action_expiring'];
    setup.configure({ ops: { type: 'webhook', url: server.url, on } });
    await updateIncident(context, { type: 'ssh-brute-force' });
    const { incident } = await showIncident(context);
    const planned = {
      ...{ id: 'ac'.repeat(16), name: 'block-ip', risk: 'change' as const, host: 'web01' },
      ...{ target: '203.0.113.7', values: {}, until: '2026-03-01T13:00:00.000Z' },
    };
    await withStore(context, async ({ store }) => {
      const author = { actor: 'alex', now: context.now() };
      await store.append(incident.id, [
        entryBy(author, 'action_proposed', planned),
        entryBy(author, 'action_begun', { action: planned.id, stage: 'run' }),
        entryBy(author, 'action_changed', { action: planned.id, state: 'verified', reason: '' }),
      ]);
    });
    const before = events().length;
    await notifyDue(context, {});
    expect(events().slice(before)).toEqual([]);
    context.tick(40 * 60_000);
    await notifyDue(context, {});
    await notifyDue(context, {});
    const told = server.got.slice(before).map(({ body }) => JSON.parse(body) as { event: string });
    expect(told.filter(({ event }) => event === 'action_expiring')).toMatchObject([
      { facts: { what: 'A-001 (block-ip)', target: '203.0.113.7, web01' } },
    ]);
    const steps = told.filter(({ event }) => event === 'step_overdue');
    expect(steps.length).toBeGreaterThan(0);
    expect(JSON.stringify(steps)).toContain("Note the host's clock beside yours");
  });

  it('leave those outside alone where the plan lets others speak to them, and go by the plan in how often', async () => {
    const { context, said } = setup;
    const on = ['escalated', 'update_due'];
    const [team, page] = ['team', 'outside'].map((audience) => ({
      ...{ type: 'webhook', url: server.url, audience, on },
    }));
    setup.configure({ ops: team, page });
    writeFileSync(
      join(setup.folder, '.ir', 'plan.yml'),
      `contacts: [{ id: jo, name: Jo Roe }, { id: alex, name: Alex Doe }]
team: [{ role: communications, who: jo }]
updates: { SEV2: 2h }
communication: [{ who: communications, to: outside, may_say: what is confirmed, after: legal }]
`,
    );
    const told = async (): Promise<string[]> =>
      (await listNotices(context)).documents.slice(1).map((document) => {
        const { event, audience, state } = document as Record<string, string>;
        return `${event} ${audience} ${state}`;
      });
    await escalate(context, 'legal', { reason: 'personal data were read' });
    context.tick(3 * 3_600_000);
    await notifyDue(context, {});
    expect(await told()).toEqual(['escalated team sent', 'update_due team sent']);
    expect(said.join('\n')).toContain(
      'No notice over channel page: the plan says that communications may tell outside',
    );
    // Whoever has the role says it; for the same span the team is not told again.
    await assignRole(context, 'communications', 'alex', {});
    await notifyDue(context, {});
    expect((await told()).slice(2)).toEqual(['update_due outside sent']);
    expect(server.got).toHaveLength(4);
  });
});
