/** Exercises: begun, told, done in simulation, scored, reported; and made from an incident. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act } from '../../src/commands/act.ts';
import { listActions, undoActions } from '../../src/commands/actions.ts';
import { addNote } from '../../src/commands/add-note.ts';
import { addAsset } from '../../src/commands/assets.ts';
import { runChecklist } from '../../src/commands/checklist.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { injectDrill } from '../../src/commands/drill-inject.ts';
import { newDrill } from '../../src/commands/drill-new.ts';
import { reportDrill, scoreDrillOf } from '../../src/commands/drill-score.ts';
import { startDrill } from '../../src/commands/drill-start.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { assignRole } from '../../src/commands/people.ts';
import { status } from '../../src/commands/status.ts';
import { parseScenario } from '../../src/drills/load-scenario.ts';
import { runIr } from '../program.ts';
import { type TestContext, testContext } from './test-context.ts';

let cwd: string;
let context: TestContext;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-drill-'));
  context = testContext({ cwd, env: { XDG_CONFIG_HOME: join(cwd, 'config') } });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const MINUTE = 60_000;
const noStdin = async (): Promise<string> => '';
type Scored = { percent: number; runs: { key: string }[]; dangers: { id: string }[] };
const scored = async (): Promise<Scored & { states: string[] }> => {
  const { result } = await scoreDrillOf(context, {});
  return {
    ...(result.about as Scored),
    states: result.documents.map((one) => (one as { state: string }).state),
  };
};

describe('an exercise', () => {
  it('is told by its clock, done in simulation, scored and reported', async () => {
    const begun = await startDrill(context, 'ssh-brute-force', { speed: '10' });
    expect(JSON.stringify(begun.document)).toContain('"alert"');
    expect((await scored()).percent).toBe(0);
    await assignRole(context, 'incident_commander', 'Kim', {});
    context.tick(2 * MINUTE);
    expect((await status(context)).next[0]).toMatchObject({ command: 'ir drill inject' });
    const told = await injectDrill(context, undefined, {});
    expect(told.document).toMatchObject({ minute: 20, told: [{ id: 'marek-asleep' }] });
    expect((await injectDrill(context, undefined, {})).document).toMatchObject({ told: [] });
    const { result, exit } = await act(context, 'lock-account', ['marek'], { yes: true });
    expect([exit, result.report?.state, result.plan.host]).toEqual([
      undefined,
      'verified',
      expect.stringMatching(/\(simulated\)$/),
    ]);
    expect((await scored()).dangers).toEqual([]);
    const { model, text } = await reportDrill(context);
    expect(model).toMatchObject({ inTime: [{ id: 'commander' }, { id: 'lock' }] });
    expect(text).toContain('The account is locked: after 0 of 15 minutes');
    expect(text).toMatch(/^# After the drill: A password of SSH is guessed/);
  });

  it('runs nothing: no program is started, not even one that only looks', async () => {
    const programs = join(cwd, 'bin');
    const mark = join(cwd, 'ran');
    mkdirSync(programs);
    for (const name of [
      'sh',
      'nft',
      'usermod',
      'passwd',
      'getent',
      'date',
      'timedatectl',
      'chronyc',
    ]) {
      writeFileSync(join(programs, name), `#!/bin/bash\necho ${name} >> ${mark}\n`);
      chmodSync(join(programs, name), 0o755);
    }
    context = testContext({ cwd, env: { PATH: programs, XDG_CONFIG_HOME: join(cwd, 'config') } });
    await startDrill(context, 'ssh-brute-force', {});
    const first = await act(context, 'block-ip', ['203.0.113.7'], { yes: true, for: '24h' });
    expect(first.result.report?.state).toBe('verified');
    await runChecklist(context, { run: ['check-host-clock'], yes: true });
    expect((await listActions(context, {})).result.actions).toMatchObject([{ no: 'A-001' }]);
    await undoActions(context, 'A-001', { yes: true });
    expect((await listActions(context, {})).result.actions).toEqual([]);
    expect(existsSync(mark) ? readFileSync(mark, 'utf8') : '').toBe('');
  });

  it('leaves what is in place on machines alone: only who is in it sees its actions', async () => {
    await startDrill(context, 'webshop', {});
    await act(context, 'block-ip', ['203.0.113.7'], { yes: true, for: '24h' });
    expect(existsSync(join(cwd, '.ir', 'actions-open.json'))).toBe(false);
    await openIncident(context, { title: 'Real' });
    expect((await listActions(context, {})).result.actions).toEqual([]);
    expect(await scored().catch((error: Error) => error.message)).toMatch(/is no exercise/);
  });

  it('counts what is dangerous, and says how it went beside the others', async () => {
    await startDrill(context, 'file-server-ransomware', {});
    await act(context, 'stop-process', ['4711'], {
      yes: true,
      confirm: 'process 4711',
      reason: 'encrypts',
    });
    expect((await scored()).dangers).toMatchObject([{ id: 'killed-encryptor' }]);
    await startDrill(context, 'webshop', {});
    const { result, exit } = await scoreDrillOf(context, { failUnder: '50' });
    expect(exit).toBe(1);
    expect((result.about as Scored).runs.map(({ key }) => key)).toEqual([
      'INC-2026-0001',
      'INC-2026-0002',
    ]);
  });

  it('asks a group at a table, keeps each answer before the next question', async () => {
    const asked = testContext({
      cwd,
      answers: {
        '--answer who-knows="..."': 'Three names',
        '--points who-knows=1,2': '1',
        '--answer limits="..."': 'Counsel first',
        '--points limits=1,2': '1 and 3',
      },
    });
    await startDrill(context, 'insider-export', { tabletop: true });
    const group = { ...asked, randomId: context.randomId };
    // What was told at the beginning is asked before anything else is told.
    expect((await injectDrill(group, undefined, {})).document).toMatchObject({
      told: [{ id: 'sales' }],
    });
    expect((await injectDrill(group, undefined, {})).document).toMatchObject({
      told: [{ id: 'list' }],
    });
    await injectDrill(context, undefined, {
      answer: ['who-knows=Three names'],
      points: ['who-knows=1'],
    });
    const { text, model } = await reportDrill(context);
    expect(model).toMatchObject({
      answers: [
        { question: 'who-knows', named: 1 },
        { question: 'limits', text: 'Counsel first', named: 2 },
        { named: 0 },
        {},
        {},
      ],
    });
    expect(text).toContain('Counsel first');
  });
});

describe('ir drill new', () => {
  it('writes a file that can be begun as it is', async () => {
    const { document } = await newDrill(context, 'our-own', {});
    const { path } = document as { path: string };
    expect(parseScenario(readFileSync(path, 'utf8'), path).exercise?.injects).toHaveLength(2);
    await startDrill(context, 'our-own', {});
    await expect(newDrill(context, 'our-own', {})).rejects.toMatchObject({ exit: 6 });
    await expect(newDrill(context, '../x', {})).rejects.toMatchObject({ exit: 2 });
  });

  it('makes one from an incident that is closed, without its names', async () => {
    await openIncident(context, { title: 'db-prod-7 was entered', type: 'ssh-brute-force' });
    await addAsset(context, 'db-prod-7', { type: 'host' });
    context.tick(8 * MINUTE);
    await assignRole(context, 'incident_commander', 'Kim Doe', {});
    await addNote(
      context,
      'Kim Doe saw 203.0.113.77 on db-prod-7, told ops@corp.example',
      {},
      noStdin,
    );
    await expect(newDrill(context, 'again', { from: 'INC-2026-0001' })).rejects.toMatchObject({
      exit: 6,
    });
    await closeIncident(context, { determination: 'confirmed', reason: 'over', yes: true });
    const { document } = await newDrill(context, 'again', { from: 'INC-2026-0001' });
    const text = readFileSync((document as { path: string }).path, 'utf8');
    expect(text).toMatch(/within: 10\n/);
    expect(text).not.toMatch(/Kim|db-prod|203\.0\.113\.77|corp\.example/);
    await startDrill(context, 'again', {});
    expect((await scored()).states.length).toBeGreaterThan(0);
  });
});

describe('ir drill new --from an incident', () => {
  it('without a playbook makes one that can be begun', async () => {
    await openIncident(context, { title: 'Something was seen' });
    await assignRole(context, 'incident_commander', 'Kim Doe', {});
    await closeIncident(context, { determination: 'confirmed', reason: 'over', yes: true });
    const { document } = await newDrill(context, 'plain', { from: 'INC-2026-0001' });
    const { path } = document as { path: string };
    expect(parseScenario(readFileSync(path, 'utf8'), path).exercise?.playbook).toBe('triage');
    await startDrill(context, 'plain', {});
    await expect(startDrill(context, 'plian', {})).rejects.toMatchObject({
      hint: 'Did you mean "plain"?',
    });
  });

  it('in which nothing was done says so, and writes nothing', async () => {
    await openIncident(context, { title: 'Nothing came of it', type: 'ssh-brute-force' });
    await closeIncident(context, { determination: 'confirmed', reason: 'over', yes: true });
    await expect(newDrill(context, 'empty', { from: 'INC-2026-0001' })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('can be expected again'),
    });
    await expect(startDrill(context, 'empty', {})).rejects.toMatchObject({ exit: 2 });
  });
});

it('is done by a script, from start to score', async () => {
  const env = { XDG_CONFIG_HOME: join(cwd, 'c'), XDG_DATA_HOME: join(cwd, 'd') };
  const ir = (...args: string[]) => runIr([...args, '--no-input'], { cwd, env });
  const runs = [
    await ir('drill', 'start', 'ssh-brute-force', '--speed', '2', '--json'),
    await ir('assign', 'incident_commander', 'Kim'),
    await ir('act', 'lock-account', 'marek', '--yes'),
    await ir('drill', 'inject', 'marek-asleep', '--json'),
  ];
  expect(runs.map(({ exit, stderr }) => [exit, /error/.test(stderr)])).toEqual(
    runs.map(() => [0, false]),
  );
  const { exit, stdout } = await ir('drill', 'score', '--fail-under', '90', '--json');
  expect([exit, JSON.parse(stdout)]).toMatchObject([1, { scenario: 'ssh-brute-force', points: 5 }]);
});
