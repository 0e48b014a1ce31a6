/** `ir status`: what is said, and what is proposed, at each place of an incident's life. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { runChecklist } from '../../src/commands/checklist.ts';
import { startClock } from '../../src/commands/clock-start.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { status } from '../../src/commands/status.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/status.ts';
import { type TestContext, testContext } from './test-context.ts';

let cwd: string;
let context: TestContext;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-status-'));
  context = testContext({ cwd });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const commands = async (): Promise<string[]> =>
  (await status(context)).next.map(({ command }) => command);
const shown = async (columns: number): Promise<string> =>
  String(
    view.text(await status(context), createStyle({}, 'never', { COLUMNS: String(columns) })),
  ).replaceAll(cwd, '<cwd>');

const DETECTED = '2026-03-01T11:00:00Z';

/** Skips all that the phase asks for, with a reason. */
const enter = (phase: string) => updateIncident(context, { phase, reason: 'in a test' });

describe('what to do next', () => {
  it('is to begin, where there is no store, which is not made', async () => {
    expect(await commands()).toEqual([
      'ir timeline /var/log',
      'ir open --from-timeline /var/log',
      'ir demo',
    ]);
    expect((await status(context)).folder).toBeUndefined();
  });

  it('is logs, a playbook and a time where nothing is known', async () => {
    await openIncident(context, { title: 'Odd logins' });
    expect(await commands()).toEqual([
      'ir timeline PATHS --save',
      'ir respond',
      'ir update --detected-at TIME',
    ]);
  });

  it('is the next step of the checklist, and says when it is overdue', async () => {
    await openIncident(context, {
      title: 'Odd logins',
      type: 'ssh-brute-force',
      detectedAt: DETECTED,
    });
    const before = await status(context);
    expect(before.next.at(-1)?.command).toBe('ir respond');
    expect(before.next.at(-1)?.shows).toMatch(/^next step: /);
    expect(before.checklist).toMatchObject({
      playbook: 'ssh-brute-force',
      answered: 0,
      overdue: [],
    });
    context.tick(7 * 86_400_000);
    const later = await status(context);
    expect(later.next.at(-1)?.shows).toMatch(/^overdue: /);
    expect(later.checklist?.overdue).toContain(before.checklist?.next?.id);
  });

  it('goes through the phases to the report and the end', async () => {
    await openIncident(context, {
      title: 'Odd logins',
      type: 'ssh-brute-force',
      detectedAt: DETECTED,
    });
    const last: (string | undefined)[] = [];
    for (const phase of ['containment', 'eradication', 'recovery', 'post_incident']) {
      await enter(phase);
      last.push(
        (await commands()).find((command) =>
          /^ir (?:respond|contain|eradicate|recover)$/.test(command),
        ),
      );
    }
    expect(last).toEqual(['ir contain', 'ir eradicate', 'ir recover', 'ir respond']);
    const { steps } = (await runChecklist(context, { list: true })).result;
    for (const { id, status: how } of steps) {
      if (how === 'pending') await runChecklist(context, { skip: [id], reason: 'in a test' });
    }
    expect(await commands()).toEqual([
      'ir timeline PATHS --save',
      'ir report',
      'ir close --determination confirmed',
    ]);
    await closeIncident(context, { determination: 'confirmed', yes: true });
    expect(await commands()).toEqual(['ir report', 'ir reopen --reason "..."']);
  });

  it('is to take up what is on hold', async () => {
    await openIncident(context, { title: 'Odd logins' });
    await updateIncident(context, { status: 'on_hold' });
    expect(await commands()).toEqual(['ir update --status open']);
  });
});

describe('the screen', () => {
  it('shows of a note with lines of logs what somebody wrote', async () => {
    await openIncident(context, { title: 'Odd logins' });
    await addNote(context, 'an account\na.log:1: x\na.log:2: y', {}, async () => '');
    expect(await shown(80)).toContain('alex: an account (and 2 lines: ir show)\n');
  });

  it('shows a pressing clock in bold, and no escape as text', async () => {
    await openIncident(context, { title: 'Odd logins' });
    await startClock(context, 'gdpr-34', { at: 'now' });
    const style = createStyle({ isTTY: true, columns: 120 }, 'always', {});
    const screen = String(view.text(await status(context), style));
    expect(screen).toContain(
      ': \u001b[1mwithout delay; less than a minute since the trigger\u001b[22m',
    );
    expect(screen).not.toContain('\\x1b');
  });

  it('shows of a note what it says, on a narrow terminal too', async () => {
    await openIncident(context, { title: 'Odd logins' });
    await addNote(context, 'web01 is off the network', {}, async () => '');
    const style = createStyle({ isTTY: true, columns: 50 }, 'never', {});
    expect(String(view.text(await status(context), style))).toContain(
      'Last note   2026-03-01 12:00:00Z alex: web01 is\n            off the network\n',
    );
  });

  it('says where it stands, at any width', async () => {
    await openIncident(context, { title: 'Older', severity: 'SEV4' });
    await openIncident(context, {
      title: 'Odd logins on the bastion host of the shop',
      type: 'ddos',
    });
    await addNote(
      context,
      'the on-call engineer \u001b[31mpulled\u001b[0m the cable',
      {},
      async () => '',
    );
    context.tick(3_900_000);
    expect(await shown(80)).toMatchInlineSnapshot(`
      "INC-2026-0002  Odd logins on the bastion host of the shop
      SEV3  open, suspected, in phase triage, for 1h 5m
      Checklist   ddos, triage: 0 of 8 steps answered; overdue: call-upstream,
                  read-socket-summary, read-overflows and 3 more
      Saved       no finding
      Last note   2026-03-01 12:00:00Z alex: the on-call engineer \\x1b[31mpulled\\x1b[0m the cable
      Also open   INC-2026-0001 (SEV4, triage) Older

      Next:
        ir timeline PATHS --save      no finding is saved: read the logs
        ir update --detected-at TIME  when was it noticed? All is measured from there
        ir respond                    overdue: Open a ticket with the provider or
                                      scrubbing service
      "
    `);
    for (const line of (await shown(50)).split('\n')) {
      if (!/^(?:Last note|Also open|INC)/.test(line)) expect(line.length).toBeLessThanOrEqual(50);
    }
  });

  it('names an incident that is not there', async () => {
    await openIncident(context, { title: 'Odd logins' });
    const other = testContext({ cwd, incident: 'INC-2026-0009' });
    await expect(status(other)).rejects.toMatchObject({ exit: 6 });
  });
});
