/** `ir clock`: what may happen to clocks, through the commands and a real store. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listClocks } from '../../src/commands/clock-list.ts';
import { submitClock, waiveClock, withdrawClock } from '../../src/commands/clock-settle.ts';
import { showClock } from '../../src/commands/clock-show.ts';
import { startClock } from '../../src/commands/clock-start.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import type { CommandContext } from '../../src/commands/context.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { decide } from '../../src/commands/people.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { status } from '../../src/commands/status.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/clock-show.ts';
import { testContext } from './test-context.ts';

let folder: string;
let context: CommandContext;
let now = new Date('2026-03-02T12:00:00Z');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-clock-'));
  now = new Date('2026-03-02T12:00:00Z');
  context = { ...testContext({ cwd: folder, store: join(folder, '.ir') }), now: () => now };
  await openIncident(context, { title: 'Web shell on web01', data: 'personal', countries: 'DE' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const states = async (): Promise<string[]> =>
  (await listClocks(context, {})).documents.map((clock) => {
    const { rule, state } = clock as { rule: string; state: string };
    return `${rule} ${state}`;
  });

describe('ir clock', () => {
  it('says of which parts of a rule the wording was never read, when shown and when started', async () => {
    const shown = await showClock(context, 'us-nydfs-500.17-payment', {});
    const text = String(
      view.text!(shown, createStyle({ isTTY: false, columns: 100 }, 'never', {})),
    );
    expect(text).toMatch(/500\.17\(a\): the wording was read at\s+https:/);
    expect(text).toMatch(/500\.17\(c\): not the wording, what others write of it/);
    const { lines } = await startClock(context, 'in-cert-in', { at: '2026-03-02T10:00:00Z' });
    expect(lines.flat().join('')).toContain('Not compared with the wording of CERT-In Directions');
  });

  it('starts all duties of a regulation, and with a submission the one that follows', async () => {
    await startClock(context, 'nis2-23', {
      at: '2026-03-02T10:15:00Z',
      country: 'BE',
      zone: 'Europe/Brussels',
    });
    expect(await states()).toEqual([
      'nis2-23-early-warning running',
      'nis2-23-notification running',
    ]);
    const sent = await submitClock(context, 'nis2-23-notification', {
      to: 'the CSIRT',
      reference: '11',
    });
    expect(sent.document).toMatchObject({
      clock: { state: 'submitted', settled: { to: 'the CSIRT', reference: '11' } },
      started: [{ rule: 'nis2-23-final', dueAt: '2026-04-02T21:59:59.999Z', country: 'BE' }],
    });
    // A newer version starts the month anew, and takes the first one back.
    now = new Date('2026-03-04T12:00:00Z');
    await submitClock(context, 'nis2-23-notification', { update: true });
    expect(await states()).toEqual([
      'nis2-23-early-warning overdue',
      'nis2-23-final running',
      'nis2-23-notification submitted',
      'nis2-23-final withdrawn',
    ]);
  });

  it('runs the clocks of contracts, and counts where the plan says', async () => {
    const plan = join(folder, '.ir', 'plan.yml');
    writeFileSync(
      plan,
      `zone: Europe/Berlin
country: DE
days_off: [2026-03-03]
clocks:
  - id: acquirer
    with: the acquirer
    title: Report the compromise
    triggers: { detected: When was it detected? }
    due: [{ business_days: 2, of: detected }]
    recipient: the acquirer
    content: [{ text: What happened, facts: [title] }]
`,
    );
    const { document } = await startClock(context, 'acquirer', { at: '1h' });
    expect(document).toMatchObject({
      clocks: [
        { rule: 'acquirer', isContractual: true, dueAt: '2026-03-05T22:59:59.999Z', country: 'DE' },
      ],
    });
    writeFileSync(plan, 'zone: Europe/Berlin\ncuntry: DE\n');
    await expect(startClock(context, 'gdpr-33', { at: '1h' })).rejects.toMatchObject({
      exit: 3,
      message: expect.stringContaining('"cuntry"') as string,
      source: { line: 2, column: 1 },
    });
    writeFileSync(plan, 'zone: Mars/Olympus\n');
    await expect(startClock(context, 'gdpr-33', { at: '1h' })).rejects.toMatchObject({
      exit: 3,
      source: { line: 1, column: 7 },
    });
  });

  it('keeps what was sent as evidence', async () => {
    await startClock(context, 'gdpr-33', { at: '1h' });
    writeFileSync(join(folder, 'notice.txt'), 'the notice');
    const { document } = await submitClock(context, 'gdpr-33', { file: 'notice.txt' });
    const { evidence, clocks } = await showIncident(context);
    expect(evidence).toMatchObject([{ evidenceNo: 'E-001', sizeBytes: 10 }]);
    expect(clocks[0]?.settled?.evidence).toBe(evidence[0]?.id);
    expect(document).toMatchObject({ clock: { state: 'submitted' } });
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a clock without its trigger',
      () => startClock(context, 'gdpr-33', {}),
      /counted from "aware", and nobody says when/,
    ],
    [
      'one of two triggers missing',
      () => startClock(context, 'dora-19', { at: '1h' }),
      /counted from "aware"/,
    ],
    [
      'a trigger to come',
      () => startClock(context, 'gdpr-33', { at: '2026-03-03T12:00:00Z' }),
      /lies in the future/,
    ],
    [
      'a stamp of no event',
      () => startClock(context, 'gdpr-33', { at: '1h', stamp: ['noticed=2h'] }),
      /--stamp: "noticed=2h"/,
    ],
    [
      'an unknown rule',
      () => startClock(context, 'gdpr-3', { at: '1h' }),
      /no regulation and no duty "gdpr-3"/,
    ],
    [
      'an unknown zone',
      () => startClock(context, 'gdpr-33', { at: '1h', zone: 'Mars/Olympus' }),
      /unknown time zone "Mars\/Olympus"/,
    ],
    [
      'an unknown country',
      () => startClock(context, 'gdpr-33', { at: '1h', country: 'XX' }),
      /holidays of "XX" are not known/,
    ],
    [
      'a year without holidays',
      () => startClock(context, 'nis2-23-final', { at: '1999-01-01', country: 'DE' }),
      /holidays of DE are known from/,
    ],
    ['a proposal', () => startClock(context, 'eu-digital-omnibus', { at: '1h' }), /binds nobody/],
    [
      'a law of unknown force',
      () => startClock(context, 'us-circia', { at: '1h' }),
      /not known to be in force/,
    ],
    ['a choice to make', () => startClock(context, 'hipaa-hhs', { at: '1h' }), /several duties/],
    [
      'a wrong kind of data',
      () => startClock(context, 'gdpr-33', { at: '1h', data: 'secrets' }),
      /--data: "secrets"/,
    ],
    [
      'a wrong country of people',
      () => startClock(context, 'gdpr-33', { at: '1h', countries: 'Germany' }),
      /not the code of a country/,
    ],
    ['no such clock', () => waiveClock(context, 'C-099', { reason: 'x' }), /no clock "C-099"/],
    [
      'a file that is not there',
      async () => {
        await startClock(context, 'gdpr-33', { at: '1h' });
        await submitClock(context, 'gdpr-33', { file: 'gone.pdf' });
      },
      /gone\.pdf cannot be read/,
    ],
  ])('refuses %s, and the incident goes on', async (_name, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
    expect((await showIncident(context)).incident.status).toBe('open');
  });

  it('asks late ones for a reason, and ends none twice', async () => {
    await startClock(context, 'gdpr-33', { at: '2026-02-20T12:30:00Z' });
    expect(await states()).toEqual(['gdpr-33 overdue']);
    await expect(submitClock(context, 'gdpr-33', {})).rejects.toThrow(/being late needs a reason/);
    await submitClock(context, 'gdpr-33', { reason: 'the portal was down' });
    expect(await states()).toEqual(['gdpr-33 submitted_late']);
    await expect(submitClock(context, 'gdpr-33', {})).rejects.toThrow(/was submitted at/);
    await expect(waiveClock(context, 'gdpr-33', { reason: 'x' })).rejects.toThrow(
      /was submitted at/,
    );
  });

  it('waives and withdraws with a reason alone; what was withdrawn can start again', async () => {
    await startClock(context, 'gdpr-33', { at: '1h' });
    await expect(startClock(context, 'gdpr-33', { at: '2h' })).rejects.toThrow(/runs already/);
    await expect(withdrawClock(context, 'gdpr-33', {})).rejects.toThrow(/needs a reason/);
    await withdrawClock(context, 'gdpr-33', { reason: 'we were aware earlier' });
    await startClock(context, 'gdpr-33', { at: '2h' });
    await expect(waiveClock(context, 'gdpr-33', {})).rejects.toThrow(/needs a reason/);
    await waiveClock(context, 'gdpr-33', { reason: 'no risk: the disk was encrypted' });
    expect(await states()).toEqual(['gdpr-33 withdrawn', 'gdpr-33 waived']);
  });

  it('counts down in status and show, and holds the closing up', async () => {
    await startClock(context, 'gdpr-33', { at: '2026-03-02T10:15:00Z' });
    now = new Date('2026-03-04T11:00:00Z');
    const { clocks, advice } = await status(context);
    expect(clocks).toMatchObject([{ rule: 'gdpr-33', countdown: '1d left', state: 'running' }]);
    expect(advice).toMatch(/not legal advice/);
    expect((await showIncident(context)).clockLines).toHaveLength(1);
    const closing = { determination: 'confirmed', reason: 'done' };
    await expect(closeIncident(context, closing)).rejects.toThrow(
      /a clock running: C-\d+ \(gdpr-33\)/,
    );
    await closeIncident(context, { ...closing, yes: true });
  });

  it('drafts what must be said, from what is known', async () => {
    await startClock(context, 'gdpr-33', { at: '1h', people: '1,200', loss: 'suspected_loss' });
    await decide(context, 'Take the shop offline', { why: 'customers are at risk' });
    const { draft, advice } = await showClock(context, 'gdpr-33', { draft: true });
    expect(draft?.items).toMatchObject([
      { text: 'Nature of the breach', known: ['incident: Web shell on web01'] },
      { known: ['people, about: 1200', 'countries: DE'] },
      { known: ['kinds of data: personal'] },
      { known: [] },
      { known: ['the data: suspected loss'] },
      { known: ['decided: Take the shop offline'] },
    ]);
    expect(advice).toMatch(/not legal advice/);
  });
});
