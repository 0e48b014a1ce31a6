import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNote, type NoteOptions } from '../../src/commands/add-note.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { listIncidents } from '../../src/commands/list-incidents.ts';
import { type OpenOptions, openIncident } from '../../src/commands/open-incident.ts';
import { reopenIncident } from '../../src/commands/reopen-incident.ts';
import { saveTimeline } from '../../src/commands/save-timeline.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { type UpdateOptions, updateIncident } from '../../src/commands/update-incident.ts';
import { useIncident } from '../../src/commands/use-incident.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { misfits } from '../store/payloads.ts';
import { account, finding } from '../store/sample-entries.ts';
import { showWhole, type TestContext, testContext } from './test-context.ts';

let cwd: string;
let context: TestContext;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-commands-'));
  context = testContext({ cwd });
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const open = (options: OpenOptions = {}) =>
  openIncident(context, { title: 'Odd logins', ...options });
const noStdin = async (): Promise<string> => {
  throw new Error('stdin was read');
};

describe('open', () => {
  it('makes the store, takes usual values and becomes current', async () => {
    const { incident, folder, isNewStore } = await open();
    expect(folder).toBe(join(cwd, '.ir'));
    expect(isNewStore).toBe(true);
    expect(incident).toMatchObject({
      key: 'INC-2026-0001',
      severity: 'SEV3',
      impact: 'medium',
      urgency: 'medium',
      type: '',
      determination: 'suspected',
      openedBy: 'alex',
      isDrill: false,
    });
    const second = await open({ title: 'More' });
    expect(second).toMatchObject({ isNewStore: false, incident: { key: 'INC-2026-0002' } });
    expect((await showIncident(context)).incident.key).toBe('INC-2026-0002');
  });

  it.each<[OpenOptions, Partial<Incident>]>([
    [
      { severity: 'sev1', impact: 'HIGH', urgency: 'none' },
      { severity: 'SEV1', impact: 'high', urgency: 'none' },
    ],
    [{ type: 'ssh-brute-force' }, { type: 'ssh-brute-force' }],
    [
      { determination: 'failed-attempt', drill: true },
      { determination: 'failed_attempt', isDrill: true },
    ],
  ])('takes %j', async (options, expected) => {
    expect((await open(options)).incident).toMatchObject(expected);
  });

  it('reads times that name no zone in --display-tz, not in the zone of the logs', async () => {
    context = testContext({ cwd, tz: 'Asia/Tokyo', displayTz: 'Europe/Berlin' });
    const { incident } = await open({ occurredAt: '2026-03-01 02:00', detectedAt: '3h' });
    expect(incident.times).toMatchObject({
      occurred: '2026-03-01T01:00:00.000Z',
      detected: '2026-03-01T09:00:00.000Z',
      declared: '2026-03-01T12:00:00.000Z',
    });
  });

  it.each<[OpenOptions, number, RegExp]>([
    [{ title: undefined }, 6, /ir open "TITLE"/],
    [{ title: ' ' }, 2, /title is empty/],
    [{ severity: 'SEV9' }, 2, /--severity/],
    [{ type: 'no-such-playbook' }, 2, /no-such-playbook/],
    [{ detectedAt: 'soon' }, 2, /--detected-at/],
    [{ detectedAt: '1h', occurredAt: '10m' }, 6, /before occurred/],
  ])('refuses %j and makes no store', async (options, exit, message) => {
    await expect(open(options)).rejects.toMatchObject({
      exit,
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(join(cwd, '.ir'))).toBe(false);
  });

  it('asks only for what no flag said', async () => {
    context = testContext({
      cwd,
      answers: {
        'ir open "TITLE"': 'Asked title',
        '--impact': 'low',
        '--urgency': 'high',
        '--type': 'ddos',
        '--detected-at': '30m',
      },
    });
    const { incident } = await openIncident(context, { severity: 'SEV4' });
    expect(context.asked).toEqual([
      'ir open "TITLE"',
      '--impact',
      '--urgency',
      '--type',
      '--detected-at',
    ]);
    expect(incident).toMatchObject({ title: 'Asked title', severity: 'SEV4', type: 'ddos' });
    expect(incident.times.detected).toBe('2026-03-01T11:30:00.000Z');
  });
});

describe('which store and incident', () => {
  it('is refused when there is none', async () => {
    await expect(listIncidents(context, {})).rejects.toMatchObject({ exit: 6 });
    await open();
    await expect(showIncident(context, 'INC-2026-0007')).rejects.toMatchObject({ exit: 6 });
    await expect(useIncident(context, 'nothing')).rejects.toMatchObject({ exit: 6 });
  });

  it('is found from a folder below, by --store, by --incident and by use', async () => {
    const first = await open();
    await open({ title: 'Second' });
    const below = join(cwd, 'logs', 'deep');
    mkdirSync(below, { recursive: true });
    expect((await showIncident(testContext({ cwd: below }))).incident.title).toBe('Second');
    const elsewhere = testContext({
      cwd: tmpdir(),
      store: first.folder,
      incident: 'inc-2026-0001',
    });
    expect((await showIncident(elsewhere)).incident.title).toBe('Odd logins');
    await useIncident(context, 'INC-2026-0001');
    expect((await showIncident(context)).incident.key).toBe('INC-2026-0001');
    const { incidents } = await listIncidents(context, {});
    expect(incidents.map(({ key, isCurrent }) => [key, isCurrent])).toEqual([
      ['INC-2026-0001', true],
      ['INC-2026-0002', false],
    ]);
  });

  it('refuses a database address without repeating its password', async () => {
    const remote = testContext({ cwd, store: 'postgres://ir:hunter2@db.example.com/ir' });
    const error = await listIncidents(remote, {}).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ exit: 2 });
    expect(String((error as Error).message)).not.toContain('hunter2');
  });
});

describe('update', () => {
  beforeEach(async () => {
    await open({ detectedAt: '2h' });
  });

  it.each<[UpdateOptions, Partial<Incident>]>([
    [{ severity: 'SEV1', reason: 'customers affected' }, { severity: 'SEV1' }],
    [{ status: 'on-hold' }, { status: 'on_hold' }],
    [
      { type: 'ddos', title: ' New  title ' },
      { type: 'ddos', title: 'New title' },
    ],
    [{ phase: 'containment' }, { phase: 'containment' }],
    [
      { determination: 'confirmed', phase: 'containment' },
      { phase: 'containment', determination: 'confirmed' },
    ],
  ])('%j', async (options, expected) => {
    const { before, incident } = await updateIncident(context, options);
    expect(incident).toMatchObject(expected);
    expect(before.severity).toBe('SEV3');
    expect((await showIncident(context)).incident).toEqual(incident);
  });

  it.each<[UpdateOptions, number]>([
    [{}, 2],
    [{ reason: 'only a reason' }, 2],
    [{ type: 'no-such-playbook' }, 2],
    [{ status: 'closed' }, 2],
    [{ phase: 'recovery', severity: 'SEV1' }, 6],
    [{ containedAt: '3h' }, 6],
  ])('refuses %j as a whole', async (options, exit) => {
    await expect(updateIncident(context, options)).rejects.toMatchObject({ exit });
    expect((await showWhole(context)).journal).toHaveLength(2);
  });

  it('sets and takes away times', async () => {
    await updateIncident(context, { occurredAt: '3h', containedAt: '1h' });
    const shown = await showIncident(context);
    expect(shown.metrics).toMatchObject({ mttdMs: 3_600_000, mttcMs: 3_600_000 });
    await updateIncident(context, { occurredAt: 'none' });
    expect((await showIncident(context)).metrics.mttdMs).toBeUndefined();
  });

  it('holds a phase until the required steps of its playbook are settled', async () => {
    await updateIncident(context, { type: 'ssh-brute-force' });
    await expect(updateIncident(context, { phase: 'containment' })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('required step') as string,
    });
    await updateIncident(context, { phase: 'containment', reason: 'known from the last time' });
    const { incident, steps } = await showIncident(context);
    expect(incident.phase).toBe('containment');
    expect(steps.length).toBeGreaterThan(0);
    expect(new Set(steps.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
      new Set(['waived known from the last time']),
    );
  });
});

it('note keeps its text as it is, from an argument or stdin', async () => {
  await open();
  const hostile = 'line one\n\u001b[2Jline two $(reboot)';
  const first = await addNote(context, '-', { kind: 'went-badly' }, async () => `${hostile}\n`);
  expect(first).toMatchObject({ key: 'INC-2026-0001', seq: 3, kind: 'went_badly', text: hostile });
  await addNote(context, 'second', {}, noStdin);
  const { notes } = await showWhole(context);
  expect(notes.map(({ kind, text }) => [kind, text])).toEqual([
    ['went_badly', hostile],
    ['note', 'second'],
  ]);
  await expect(addNote(context, '-', {}, async () => ' \n')).rejects.toMatchObject({ exit: 2 });
  await expect(addNote(context, 'x', { kind: 'joke' }, noStdin)).rejects.toMatchObject({ exit: 2 });
});

describe('a note', () => {
  const later = async (text: string, options: NoteOptions = {}) =>
    addNote(context, text, options, noStdin);

  it('says when it happened, beside when it was entered', async () => {
    await open();
    const noted = await later('cable pulled', { at: '2026-03-01 02:50' });
    expect(noted).toMatchObject({
      at: '2026-03-01T12:00:00.000Z',
      happenedAt: '2026-03-01T02:50:00.000Z',
    });
    await expect(later('x', { at: '2026-03-02' })).rejects.toMatchObject({ exit: 6 });
  });

  it('is corrected and withdrawn, and keeps what it said', async () => {
    await open();
    const { seq } = await later('it was web01');
    const corrected = await later('it was web02', { corrects: `#${seq}`, reason: 'mixed up' });
    expect(corrected).toMatchObject({ note: seq, text: 'it was web02', isWithdrawal: false });
    const withdrawn = await later('', { withdraw: String(seq), reason: 'another incident' });
    expect(withdrawn).toMatchObject({ note: seq, text: '', isWithdrawal: true });
    expect(misfits((await showWhole(context)).journal)).toEqual([]);
    expect((await showWhole(context)).notes).toMatchObject([
      {
        text: 'it was web01',
        corrections: [{ text: 'it was web02', reason: 'mixed up', actor: 'alex' }],
        withdrawn: { reason: 'another incident' },
      },
    ]);
    await expect(later('x', { corrects: String(seq) })).rejects.toMatchObject({ exit: 6 });
  });

  it.each<[string, NoteOptions, number]>([
    ['', { withdraw: '3' }, 6],
    ['text', { withdraw: '3', reason: 'r' }, 2],
    ['', { withdraw: '3', reason: 'r', kind: 'factor' }, 2],
    ['text', { withdraw: '3', corrects: '3', reason: 'r' }, 2],
    ['', { corrects: '3' }, 2],
    ['text', { corrects: 'two' }, 2],
    ['text', { corrects: '2' }, 6],
    ['text', { corrects: '99' }, 6],
    ['text', { reason: 'r' }, 2],
  ])('"%s" with %j is refused', async (text, options, exit) => {
    await open();
    await later('first');
    await expect(later(text, options)).rejects.toMatchObject({ exit });
    expect((await showWhole(context)).journal).toHaveLength(3);
  });
});

it('close names open required steps and asks', async () => {
  await open({ type: 'ssh-brute-force' });
  const options = { determination: 'confirmed', reason: 'done' };
  await expect(closeIncident(context, options)).rejects.toMatchObject({
    exit: 6,
    message: expect.stringMatching(/required steps open: .*\(containment\)/),
  });
  const asked = testContext({ cwd, answers: { '--yes': false } });
  await expect(closeIncident(asked, options)).rejects.toMatchObject({ exit: 6 });
  expect(asked.asked).toEqual(['--yes']);
  expect((await showIncident(context)).incident.status).toBe('open');
  const agreed = testContext({ cwd, answers: { '--yes': true, '--detected-at': 'unknown' } });
  const closed = await closeIncident(agreed, options);
  expect(closed.incident.status).toBe('closed');
  expect(closed.openSteps.length).toBeGreaterThan(3);
});

describe('an incident of which nobody said when it was detected', () => {
  beforeEach(async () => {
    await open({ occurredAt: '5h' });
  });

  it('has no metrics until it is told', async () => {
    await updateIncident(context, { acknowledgedAt: '1h', containedAt: '10m', recoveredAt: '5m' });
    const { incident, metrics } = await showIncident(context);
    expect(incident.times.detected).toBeUndefined();
    expect(Object.values(metrics)).toEqual([undefined, undefined, undefined, undefined]);
    await updateIncident(context, { detectedAt: '2h' });
    expect((await showIncident(context)).metrics).toEqual({
      mttdMs: 3 * 3_600_000,
      mttaMs: 3_600_000,
      mttcMs: 110 * 60_000,
      mttrMs: 115 * 60_000,
    });
    await expect(updateIncident(context, { detectedAt: '30m' })).rejects.toMatchObject({ exit: 6 });
  });

  const over = { determination: 'false-positive', reason: 'own scan' };

  it.each<[string, string | undefined]>([
    ['2h', '2026-03-01T10:00:00.000Z'],
    ['unknown', undefined],
  ])('asks when it is closed, and takes %s', async (answer, detected) => {
    const asked = testContext({ cwd, answers: { '--detected-at': answer } });
    const { incident } = await closeIncident(asked, over);
    expect(asked.asked).toEqual(['--detected-at']);
    expect(incident).toMatchObject({ status: 'closed', times: { detected } });
  });

  it('is closed without it where nobody can be asked, and with it as an option', async () => {
    expect((await closeIncident(context, over)).incident.times.detected).toBeUndefined();
    await reopenIncident(context, { reason: 'x' });
    await expect(closeIncident(context, { ...over, detectedAt: '6h' })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/before occurred/) as string,
    });
    const { incident } = await closeIncident(context, { ...over, detectedAt: '2h' });
    expect(incident.times.detected).toBe('2026-03-01T10:00:00.000Z');
  });
});

it('tells of a clock that was set back when the entry is written', async () => {
  await open();
  const said: string[] = [];
  context.tick(-2 * 86_400_000);
  await addNote({ ...context, say: (text) => said.push(text) }, 'x', {}, noStdin);
  expect(said.pop()).toMatch(/^Written to the store \/.*\/\.ir$/);
  expect(said).toEqual([
    expect.stringContaining('Entry 3 (2026-02-27T12:00:00.000Z) is dated 2 d before'),
  ]);
  expect((await showIncident(context)).doubtfulTimes).toEqual(said);
  expect(await verifyJournal(context, {})).toMatchObject({
    isIntact: true,
    doubtfulTimes: said.map((sentence) => `INC-2026-0001: ${sentence}`),
  });
});

it('close and reopen', async () => {
  await open({ detectedAt: '2h' });
  await expect(closeIncident(context, { reason: 'x' })).rejects.toMatchObject({ exit: 6 });
  await expect(closeIncident(context, { determination: 'confirmed' })).rejects.toMatchObject({
    exit: 6,
  });
  expect((await showIncident(context)).incident.determination).toBe('suspected');
  context.tick(60_000);
  const closed = await closeIncident(context, {
    determination: 'false-positive',
    reason: 'own scan',
  });
  expect(closed.incident).toMatchObject({ status: 'closed', determination: 'false_positive' });
  expect(closed.incident.times.closed).toBe('2026-03-01T12:01:00.000Z');
  expect((await listIncidents(context, { status: 'open' })).incidents).toEqual([]);
  await expect(reopenIncident(context, {})).rejects.toMatchObject({ exit: 6 });
  const { incident } = await reopenIncident(context, { reason: 'it was not ours' });
  expect(incident).toMatchObject({ status: 'open', times: { closed: undefined } });
  expect((await showWhole(context)).journal.map(({ type }) => type)).toEqual([
    'actor_named',
    'incident_opened',
    'incident_updated',
    'incident_closed',
    'incident_reopened',
  ]);
});

it('saveTimeline numbers evidence and counts what is new', async () => {
  await open();
  /** Each on a line of its own: the same rule on the same line is the same finding. */
  const found = (id: string, count = 1) => {
    const one = finding(id, count);
    return { ...one, evidence: one.evidence.map((place) => ({ ...place, offset: Number(id[1]) })) };
  };
  const files = [account('access.log', 'aa'), account('auth.log', 'bb')];
  const first = await saveTimeline(context, { findings: [found('f1'), found('f2')], files }, [
    'timeline',
    '.',
  ]);
  expect(first).toMatchObject({
    incident: 'INC-2026-0001',
    findings: 2,
    newFindings: 2,
    sources: 2,
  });
  const again = await saveTimeline(context, { findings: [found('f2', 7), found('f3')], files }, []);
  expect(again).toMatchObject({ findings: 2, newFindings: 1 });
  expect(again.evidence.map(({ evidenceNo, path }) => `${evidenceNo} ${path}`)).toEqual([
    'E-001 access.log',
    'E-002 auth.log',
  ]);
  const { findings, head } = await showIncident(context);
  expect(findings.map(({ id, count }) => `${id} ${count}`)).toEqual(['f1 1', 'f3 1', 'f2 7']);
  expect(head).toBe(again.head);
});

it('verify knows a head that was noted before, and misses one that is gone', async () => {
  const { head } = await open();
  await addNote(context, 'x', {}, noStdin);
  expect(await verifyJournal(context, { head: head.slice(0, 8).toUpperCase() })).toMatchObject({
    isIntact: true,
    witness: { known: { of: 'entry', incident: 'INC-2026-0001', seq: 2 } },
  });
  const { head: storeHead } = await verifyJournal(context, {});
  await addNote(context, 'y', {}, noStdin);
  expect(await verifyJournal(context, { head: storeHead })).toMatchObject({
    witness: { known: { of: 'store', seq: 3 } },
  });
  expect(await verifyJournal(context, { head: 'f'.repeat(64) })).toMatchObject({
    isIntact: false,
    problems: [],
    witness: { known: undefined },
  });
  await expect(verifyJournal(context, { head: 'xyz' })).rejects.toMatchObject({ exit: 2 });
});
