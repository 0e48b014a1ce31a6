/** The incident response plan: written, shown, measured, and what escalations, severities and actions take from it. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plannedOf } from '../../src/commands/action-place.ts';
import { recordBackupOf, verifyBackupOf } from '../../src/commands/check-backup.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { escalate, listEscalations } from '../../src/commands/escalate.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { initPlan, showPlan } from '../../src/commands/plan.ts';
import { checkPlan } from '../../src/commands/plan-check.ts';
import { status } from '../../src/commands/status.ts';
import { addTask } from '../../src/commands/tasks.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import type { ReadinessItem } from '../../src/plan/readiness.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/status.ts';
import { type TestContext, testContext } from './test-context.ts';

const HALF = `
contacts:
  - { id: kim, name: Kim Doe, out_of_band: "+49 30 555 0100" }
team:
  - { role: incident_commander, who: kim }
logs: [{ path: gone.log }]
backups: [{ path: copies }]
`;

const FULL = `
organisation: Example Ltd
zone: Europe/Berlin
country: DE
contacts:
  - { id: kim, name: Kim Doe, out_of_band: "+49 30 555 0100", confirmed: 2026-02-01 }
  - { id: sam, name: Sam Poe, out_of_band: "+49 30 555 0101" }
  - { id: jo, name: Jo Roe, reach: jo@example.com, out_of_band: "+49 30 555 0102", confirmed: 2026-02-01 }
team:
  - { role: incident_commander, who: kim, deputies: [sam] }
  - { role: legal, who: jo }
  - { role: communications, who: jo }
  - { role: executive, who: sam }
severity:
  low: { low: SEV4, medium: SEV4, high: SEV3 }
  medium: { low: SEV4, medium: SEV3, high: SEV2 }
  high: { low: SEV3, medium: SEV2, high: SEV1 }
escalation:
  - { when: { severity: SEV1 }, to: [executive, legal] }
  - { when: { severity: [SEV1, SEV2], phase: recovery }, to: kim, why: before anything goes live }
communication:
  - { who: communications, to: customers, may_say: what is confirmed, over: the status page, after: legal }
never_block: { office: 192.0.2.0/24 }
systems: [{ name: shop, owner: kim, critical: true }]
logs: [{ path: auth.log, max_age: 1d }]
backups: [{ path: copies, verify_every: 30d }]
retention: { logs: 1y, evidence: 3y, cases: 7y }
`;

let folder: string;
let context: TestContext;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-plan-'));
  said = [];
  programSays('timedatectl', 'yes');
  context = contextWith();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contextWith = (answers?: Record<string, unknown>): TestContext => ({
  ...testContext({
    cwd: folder,
    store: join(folder, '.ir'),
    env: { XDG_CONFIG_HOME: join(folder, 'config'), PATH: join(folder, 'bin') },
    ...(answers && { answers }),
  }),
  say: (text) => void said.push(text),
});

/** A program of that name that prints a word: the machine under test. */
function programSays(name: string, word: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\necho ${word}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

const planPath = (): string => join(folder, '.ir', 'plan.yml');
function writePlan(text: string, at = '2026-02-20T00:00:00Z'): void {
  mkdirSync(join(folder, '.ir'), { recursive: true });
  writeFileSync(planPath(), text);
  utimesSync(planPath(), new Date(at), new Date(at));
}

async function checked(): Promise<{ score: number; states: Record<string, string> }> {
  const { result } = await checkPlan(context, undefined, {});
  const items = result.documents as readonly ReadinessItem[];
  const states = Object.fromEntries(items.map(({ id, state }) => [id, state]));
  expect(items.filter(({ state, next }) => (state === 'there') !== (next === ''))).toEqual([]);
  return { score: (result.about as { score: number }).score, states };
}

async function drill(): Promise<void> {
  await openIncident(context, { title: 'Practice', drill: true });
  await closeIncident(context, { determination: 'confirmed', reason: 'over', yes: true });
}

async function verifyBackup(): Promise<void> {
  mkdirSync(join(folder, 'copies'), { recursive: true });
  writeFileSync(join(folder, 'copies', 'a'), 'x');
  await openIncident(context, { title: 'Check of backups', severity: 'SEV4' });
  await recordBackupOf(context, 'copies', { output: 'sums', save: false, force: true });
  await verifyBackupOf(context, 'copies', { manifest: 'sums' });
}

describe('ir plan check', () => {
  it('finds next to nothing where there is no plan', async () => {
    const { score, states } = await checked();
    expect(states).toEqual({
      ...{ plan: 'missing', commander: 'missing', roles: 'missing', 'out-of-band': 'missing' },
      ...{ contacts: 'missing', severity: 'missing', escalation: 'missing' },
      ...{ communication: 'missing', 'never-block': 'missing', systems: 'missing' },
      ...{ retention: 'missing', drill: 'missing', backup: 'missing', time: 'there' },
      ...{ logs: 'missing' },
    });
    expect(score).toBe(6);
  });

  it('an empty file is a plan that says nothing', async () => {
    writePlan('');
    expect(await checked()).toMatchObject({
      score: 13,
      states: { plan: 'there', drill: 'missing' },
    });
  });

  it('tells of a half plan what is there, stale and missing', async () => {
    writePlan(HALF, '2024-01-01T00:00:00Z');
    programSays('timedatectl', 'no');
    await drill();
    context.tick(200 * 86_400_000);
    const { score, states } = await checked();
    expect(states).toMatchObject({
      ...{ plan: 'stale', commander: 'missing', 'out-of-band': 'there', contacts: 'missing' },
      ...{
        drill: 'stale',
        'backup copies': 'missing',
        time: 'missing',
        'logs gone.log': 'missing',
      },
    });
    expect(score).toBe(13);
  });

  it('is full only with what was done: drill, backup, calls and logs', async () => {
    writePlan(FULL);
    writeFileSync(join(folder, 'auth.log'), 'x');
    const now = new Date('2026-03-01T11:00:00Z');
    utimesSync(join(folder, 'auth.log'), now, now);
    expect((await checked()).states).toMatchObject({
      ...{ contacts: 'stale', drill: 'missing', 'backup copies': 'missing', time: 'there' },
    });
    await drill();
    await verifyBackup();
    await escalate(context, 'Sam Poe', { reason: 'a call to see whether it works' });
    expect(await checked()).toMatchObject({ score: 100 });
    context.tick(40 * 86_400_000);
    expect((await checked()).states).toMatchObject({
      ...{ 'backup copies': 'stale', 'logs auth.log': 'stale', drill: 'there' },
    });
  });

  it('counts no backup that was not as it was recorded, and no drill that goes on', async () => {
    writePlan(FULL);
    await verifyBackup();
    writeFileSync(join(folder, 'copies', 'a'), 'y');
    await openIncident(context, { title: 'Practice', drill: true });
    context.tick(1_000);
    await verifyBackupOf(context, 'copies', { manifest: 'sums' });
    expect((await checked()).states).toMatchObject({
      ...{ 'backup copies': 'missing', drill: 'missing' },
    });
  });

  it.each([
    ['timedatectl says nothing, chronyc that it is', 'Leap status     : Normal', 'there'],
    [
      'timedatectl says nothing, chronyc that it is not',
      'Leap status : Not synchronised',
      'missing',
    ],
  ])('asks chrony: %s', async (_name, line, state) => {
    rmSync(join(folder, 'bin', 'timedatectl'));
    programSays('chronyc', `"${line}"`);
    expect((await checked()).states).toMatchObject({ time: state });
  });

  it('measures and shows another plan than the one in force, and one that is not there is an error', async () => {
    writePlan(HALF);
    writeFileSync(join(folder, 'the draft.yml'), FULL);
    const draft = { about: { plan: join(folder, 'the draft.yml') } };
    const { result } = await checkPlan(context, 'the draft.yml', {});
    expect(result).toMatchObject(draft);
    expect(result.documents).toContainEqual(
      expect.objectContaining({ id: 'commander', state: 'there' }),
    );
    const shown = await showPlan(context, 'the draft.yml');
    expect(shown).toMatchObject(draft);
    expect(shown.next).toMatchObject([{ command: "ir plan check 'the draft.yml'" }]);
    expect((await checked()).states).toMatchObject({ commander: 'missing' });
    await expect(checkPlan(context, 'gone.yml', {})).rejects.toMatchObject({ exit: 4 });
  });

  it('fails under a number, and takes no other word', async () => {
    expect(await checkPlan(context, undefined, { failUnder: '6' })).not.toHaveProperty('exit');
    const failed = await checkPlan(context, undefined, { failUnder: '80' });
    expect(failed.exit).toBe(1);
    expect(failed.reasons?.()).toEqual(['--fail-under: readiness is 6, below 80']);
    await expect(checkPlan(context, undefined, { failUnder: '80%' })).rejects.toThrow(
      /no number from 0 to 100/,
    );
  });
});

it.each<[string, string, RegExp, number, number]>([
  ['an unknown key', 'contatcs: []\n', /unknown key "contatcs"/, 1, 1],
  [
    'an unknown key below',
    'team:\n  - { role: legal, who: a, whom: b }\n',
    /unknown key "whom"/,
    2,
    28,
  ],
  ['an unknown role', 'team:\n  - { role: boss, who: a }\n', /team/, 2, 13],
  ['an unknown zone', 'zone: Mars/Olympus\n', /unknown time zone/, 1, 7],
  [
    'an unknown severity in a rule',
    'escalation:\n  - { when: { severity: SEV9 }, to: legal }\n',
    /severity must be one of: SEV1, SEV2, SEV3, SEV4/,
    2,
    25,
  ],
  [
    'an unknown phase in a list of them',
    'escalation:\n  - { when: { phase: [triage, cure] }, to: legal }\n',
    /phase\[2\] must be one of: triage, containment/,
    2,
    31,
  ],
  ['one value that is no address', 'never_block: { a: 300.1.1.1 }\n', /no address or/, 1, 19],
  ['nobody of that name', 'team:\n  - { role: legal, who: jo }\n', /"jo" is no contact/, 2, 25],
  ['no address', 'never_block:\n  a: [office]\n', /no address or network/, 2, 7],
  [
    'a rule without a condition',
    'escalation:\n  - { when: {}, to: legal }\n',
    /at least one/,
    2,
    13,
  ],
  ['not YAML', 'team: [\n', /not valid YAML/, 2, 1],
])(
  'a plan with %s is refused at its place, and the incident goes on',
  async (_name, text, message, line, column) => {
    await openIncident(context, { title: 'Before' });
    writePlan(text);
    const error = await checkPlan(context, undefined, {}).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exit: 3, message: expect.stringMatching(message) });
    expect(error).toMatchObject({ source: { line, column } });
    await openIncident(context, { title: 'After' });
    await addTask(context, 'go on', {});
    await escalate(context, 'legal', { reason: 'they must know' });
    expect(said.join('\n')).toMatch(/The plan is left out: .*plan\.yml:\d+:\d+: /);
  },
);

it('an unknown country is refused by check and show alone: nothing but deadlines needs its holidays', async () => {
  await openIncident(context, { title: 'Before' });
  writePlan('country: XX\nnever_block: { office: [192.0.2.0/24] }\n');
  const mistake = { exit: 3, source: { line: 1, column: 10 } };
  await expect(checkPlan(context, undefined, {})).rejects.toMatchObject(mistake);
  await expect(showPlan(context, undefined)).rejects.toMatchObject(mistake);
  expect(await plannedOf(context)).toEqual({ office: ['192.0.2.0/24'] });
  await escalate(context, 'legal', { reason: 'they must know' });
  expect(said.join('\n')).not.toContain('left out');
});

describe('ir plan init', () => {
  it('asks ten questions at most, and writes a plan that is valid', async () => {
    const answers = {
      '--organisation': 'Example: "quoted" # Ltd',
      ...{ '--zone': 'Europe/Berlin', '--country': 'DE', '--commander': 'Kim Doe' },
      ...{ '--commander-contact': '+49 30 555 0100', '--deputy': 'Sam', '--deputy-contact': '' },
      ...{ '--legal': 'Jo', '--never-block': '192.0.2.0/24 2001:db8::1', '--logs': 'auth.log' },
    };
    context = contextWith(answers);
    await initPlan(context, { output: 'plan.yml' });
    expect(context.asked).toEqual(Object.keys(answers));
    mkdirSync(join(folder, '.ir'));
    writePlan(readFileSync(join(folder, 'plan.yml'), 'utf8'));
    const { rows } = await showPlan(context, undefined);
    expect(rows).toContainEqual(['about', 'organisation', answers['--organisation']]);
    expect(rows).toContainEqual([
      ...['role', 'incident_commander'],
      'commander (Kim Doe), else deputy (Sam)',
    ]);
    expect(rows).toContainEqual(['never block', 'spared', '192.0.2.0/24, 2001:db8::1']);
    expect((await checked()).states).toMatchObject({ commander: 'there', severity: 'there' });
  });

  it('asks nobody where nobody is there, replaces no plan, and takes no address that is none', async () => {
    const { lines } = await initPlan(context, { output: 'plan.yml' });
    expect(lines.flat().join(' ')).toContain('Nobody could be asked');
    await expect(initPlan(context, { output: 'plan.yml' })).rejects.toThrow(/is not replaced/);
    await expect(initPlan(context, { neverBlock: ['office'] })).rejects.toThrow(/no address/);
    await expect(initPlan(context, { zone: 'Mars/Olympus' })).rejects.toThrow(/unknown time zone/);
    writePlan(readFileSync(join(folder, 'plan.yml'), 'utf8'));
    expect((await checked()).states).toMatchObject({ commander: 'missing', escalation: 'there' });
  });

  it('writes into the store where there is one', async () => {
    await openIncident(context, { title: 'x' });
    expect((await initPlan(context, {})).document).toEqual({ plan: planPath() });
  });
});

describe('the rules of the plan', () => {
  it('give severity by impact and urgency, unless it is named', async () => {
    writePlan(FULL);
    const high = { title: 'x', impact: 'high', urgency: 'high' };
    expect((await openIncident(context, high)).incident.severity).toBe('SEV1');
    expect(said).toContainEqual('Severity by the plan: SEV1, for impact high and urgency high.');
    expect(said).toContainEqual('The plan asks for executive, legal. See: ir escalate');
    expect((await openIncident(context, { ...high, severity: 'SEV4' })).incident.severity).toBe(
      'SEV4',
    );
    const rest = { title: 'x', impact: 'none', urgency: 'high' };
    expect((await openIncident(context, rest)).incident.severity).toBe('SEV3');
  });

  it('say whom to bring in, how, and why', async () => {
    writePlan(FULL);
    await openIncident(context, { title: 'x', severity: 'SEV1' });
    const rows = async (): Promise<unknown[][]> =>
      (await listEscalations(context)).rows.map((row) => [...row]);
    expect(await rows()).toEqual([
      ['to do', 'executive', 'Sam Poe', '+49 30 555 0101', 'severity SEV1'],
      ['to do', 'legal', 'Jo Roe', '+49 30 555 0102', 'severity SEV1'],
    ]);
    expect((await escalate(context, 'Legal', {})).document).toMatchObject({
      ...{ to: 'legal', reason: 'severity SEV1', contact: '+49 30 555 0102' },
    });
    await escalate(context, 'sam', { reason: 'calls the board' });
    expect((await rows()).map(([state]) => state)).toEqual(['done', 'done']);
    await expect(escalate(context, 'the hoster', {})).rejects.toThrow(/needs a reason/);
  });

  it('are shown by ir status until they are followed, and said when the incident comes to stand elsewhere', async () => {
    writePlan(`${FULL}updates: { SEV1: 2h }\n`);
    await openIncident(context, { title: 'Shop', severity: 'SEV3', impact: 'low' });
    const shown = async (): Promise<string> =>
      String(view.text(await status(context), createStyle({}, 'never', { COLUMNS: '100' })));
    expect(await shown()).not.toContain('Bring in');
    said.length = 0;
    await updateIncident(context, { impact: 'high', urgency: 'high' });
    expect(said.join('\n')).toContain('impact high and urgency high are SEV1, and it is SEV3');
    await updateIncident(context, { severity: 'SEV1' });
    expect(said).toContainEqual('The plan now asks for executive, legal. See: ir escalate');
    const text = await shown();
    expect(text).toMatch(
      /Bring in +executive \(severity SEV1\), legal \(severity SEV1\), by the plan/,
    );
    expect(text).toMatch(/Update +for those who wait, due 2026-03-01 14:00/);
    expect(text).toContain('ir escalate');
    await escalate(context, 'legal', {});
    expect(await shown()).toMatch(/Bring in +executive \(severity SEV1\), by the plan/);
    await escalate(context, 'sam', { reason: 'calls the board' });
    expect(await shown()).not.toContain('Bring in');
    for (const phase of ['containment', 'eradication', 'recovery'])
      await updateIncident(context, { phase, reason: 'restored' });
    expect(said).toContainEqual('The plan now asks for kim. See: ir escalate');
    expect(await shown()).toMatch(/Bring in +kim \(before anything goes live/);
  });
});
