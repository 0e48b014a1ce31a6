import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runChecklist } from '../../src/commands/checklist.ts';
import type { ChecklistOptions } from '../../src/commands/checklist-flags.ts';
import { withStore } from '../../src/commands/incident-access.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { report } from '../../src/commands/report.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { PHASES } from '../../src/incidents/incident.ts';
import { loadPlaybooks, pickPlaybook } from '../../src/respond/load-playbooks.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as checklistView } from '../../src/terminal/views/checklist.ts';
import { playbookText, stepText } from '../respond/sample-playbook.ts';
import { sampleValues } from '../respond/sample-values.ts';
import { misfits } from '../store/payloads.ts';
import { showWhole, type TestContext, testContext } from './test-context.ts';

const NOTE = 'verify: { run: [id], expect: You. }, undo: [echo, undone], blast_radius: All.';
const STEPS = [
  stepText('print', 'due: PT10M, command: { risk: read, run: [printf, "%s", "{{ who }} here"] }'),
  stepText('fail', 'command: { risk: read, run: ["false"] }'),
  stepText('tolerant', 'command: { risk: read, ok_exit_codes: [0, 1], run: ["false"] }'),
  stepText(
    'cut',
    `depends_on: [print], command: { risk: disruptive, target: "{{ who }}", ${NOTE}, run: [echo, cut] }`,
  ),
  stepText(
    'lost',
    'command: { risk: destructive, target: it, verify: { run: [id], expect: You. }, blast_radius: All., collect_first: [[echo, kept], ["false"]], run: [echo, destroyed] }',
  ),
  stepText('decide', 'asks: [answer]'),
  stepText('only-if', 'when: var.answer == yes'),
  stepText('rooted', `command: { risk: change, needs_root: true, ${NOTE}, run: [echo, rooted] }`),
  stepText('extra', 'required: false'),
].join('\n');
const VARIABLES =
  '{ name: who, type: user, description: Somebody }, { name: answer, type: choice, choices: ["yes", "no"], description: Yes? }';

let folder: string;
let context: TestContext;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-checklist-'));
  mkdirSync(join(folder, 'config/ir/playbooks'), { recursive: true });
  writeFileSync(join(folder, 'config/ir/playbooks/sample.yml'), playbookText(STEPS, VARIABLES));
  context = contextWith();
  await openIncident(context, { title: 'Sample', type: 'sample', severity: 'SEV2' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contextWith = (
  env: Record<string, string> = {},
  answers?: Record<string, unknown>,
): TestContext =>
  testContext({
    cwd: folder,
    env: { XDG_CONFIG_HOME: join(folder, 'config'), PATH: process.env['PATH'] ?? '', ...env },
    ...(answers === undefined ? {} : { answers }),
  });

const contain = (options: ChecklistOptions = {}) =>
  runChecklist(context, { phase: 'containment', ...options });
const respond = (options: ChecklistOptions = {}) => runChecklist(context, options);
const journal = async (): Promise<string[]> =>
  (await showWhole(context)).journal.map(({ type, payload }) => {
    const { stepId } = (payload ?? {}) as { stepId?: string };
    return stepId === undefined ? type : `${type} ${stepId}`;
  });
const enter = async (): Promise<void> => {
  await respond({ done: ['look'] });
  await contain({ advance: true });
};

describe('--confirm with a wrong name', () => {
  it.each<[string, ChecklistOptions]>([
    ['a step that only reads', { run: ['print'], yes: true, confirm: 'bob' }],
    ['without --yes', { run: ['cut'], confirm: 'eve' }],
    ['with --dry-run', { run: ['cut'], dryRun: true, confirm: 'eve' }],
    ['a later one of several', { run: ['print', 'lost'], yes: true, confirm: 'that' }],
    ['beside other answers', { run: ['lost'], done: ['decide'], yes: true, confirm: 'that' }],
    ['nothing to run', { done: ['print'], confirm: 'it' }],
    ['the list', { list: true, confirm: 'it' }],
    ['a phase to enter', { advance: true, confirm: 'it' }],
    ['empty', { run: ['lost'], yes: true, confirm: '' }],
    ['in the answers file', { answers: 'answers.yml', yes: true }],
  ])('refuses before anything else: %s', async (_, options) => {
    await enter();
    const path = join(folder, 'answers.yml');
    writeFileSync(
      path,
      '- { step: print, answer: done }\n- { step: lost, answer: run, confirm: that }\n',
    );
    const before = await journal();
    const answers = options.answers === undefined ? {} : { answers: path };
    await expect(contain({ var: ['who=bob'], ...options, ...answers })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/confirm/),
    });
    expect(await journal()).toEqual(before);
  });

  it('does not choose a playbook either', async () => {
    const other = await openIncident(context, { title: 'Other', severity: 'SEV2' });
    expect(other.incident.type).toBe('');
    const options = { playbook: 'sample', run: ['look'], confirm: 'wrong' };
    await expect(respond(options)).rejects.toMatchObject({ exit: 6 });
    expect((await showIncident(context)).incident.type).toBe('');
  });

  it('takes the name of the machine where the step says no more', async () => {
    await enter();
    const options = { run: ['print'], yes: true, var: ['who=bob'], confirm: hostname() };
    expect((await contain(options)).result.applied).toHaveLength(1);
  });
});

describe('a step that counts as done', () => {
  it('says that its command never ran', async () => {
    await enter();
    await contain({ done: ['print', 'decide'], var: ['who=bob', 'answer=no'] });
    const tolerant = { run: ['tolerant'], yes: true };
    await contain(tolerant);
    const { result } = await contain({ done: ['tolerant'] });
    const said = result.steps.filter(({ isDoneWithoutRun }) => isDoneWithoutRun);
    expect(said.map(({ id }) => id)).toEqual(['print']);
    const text = checklistView.text(result, createStyle({}, 'never', {}));
    expect(text).toMatch(/done 2026-.* by alex; its command was not run from here/);
    const { text: written } = await report(context, {});
    expect(written.split('\n').filter((line) => /not run from here/.test(line))).toHaveLength(1);
  });
});

describe('phases', () => {
  it('does not enter containment silently', async () => {
    await expect(contain()).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('look'),
    });
    await expect(contain({ advance: true })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('look'),
    });
    await expect(contain({ done: ['print'] })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('stands in triage'),
    });
    await expect(
      runChecklist(context, { phase: 'recovery', advance: true, reason: 'x' }),
    ).rejects.toMatchObject({ exit: 6, message: expect.stringContaining('cannot skip') });
    expect((await showIncident(context)).incident.phase).toBe('triage');
  });

  it('enters with the required steps done', async () => {
    expect(await respond({ done: ['look'] })).toMatchObject({
      result: { isComplete: true, resume: 'ir contain --advance' },
    });
    expect(await contain({ advance: true })).toMatchObject({
      result: { phase: 'containment', next: 'print' },
    });
  });

  it('enters with a reason that skips what is open, and goes back with a reason', async () => {
    await respond({ advance: true, reason: 'no time' });
    let { incident, steps } = await showIncident(context);
    expect(incident.phase).toBe('containment');
    expect(steps).toMatchObject([{ stepId: 'look', status: 'waived', reason: 'no time' }]);
    await respond({ advance: true, reason: 'quick' });
    await expect(contain()).rejects.toMatchObject({
      exit: 6,
      hint: expect.stringContaining('--reason'),
    });
    expect(await contain({ reason: 'new host' })).toMatchObject({
      result: { phase: 'containment' },
    });
    ({ incident, steps } = await showIncident(context));
    expect(incident.phase).toBe('containment');
  });

  it('lists any phase without touching anything', async () => {
    const before = await journal();
    const { result, exit } = await runChecklist(context, { phase: 'recovery', list: true });
    expect([result.phase, result.steps.map(({ id }) => id), exit]).toEqual([
      'recovery',
      ['restore'],
      undefined,
    ]);
    expect(await journal()).toEqual(before);
  });

  it('does not change the playbook that the incident follows', async () => {
    const before = await journal();
    await expect(respond({ playbook: 'ddos', list: true })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('already, not "ddos"'),
      hint: expect.stringContaining('ir update --type ddos'),
    });
    expect(await journal()).toEqual(before);
  });

  it('refuses to work on a closed incident', async () => {
    await withStore(context, async ({ store }) => {
      const [incident] = await store.list();
      await store.append(incident!.id, [
        {
          type: 'incident_closed',
          payload: { reason: 'x' },
          at: '2026-03-01T12:00:00.000Z',
          actor: 'alex',
        },
      ]);
    });
    await expect(respond({ done: ['look'] })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('closed'),
    });
    expect((await respond({ list: true })).result.steps).toHaveLength(1);
  });
});

describe('answers by flag', () => {
  beforeEach(enter);

  it('ends with 6 and the next step when there is nothing to do', async () => {
    expect(await contain()).toMatchObject({
      exit: 6,
      result: { next: 'print', isComplete: false },
    });
  });

  it('marks steps as done, with a note', async () => {
    const { result } = await contain({ done: ['print', 'fail'], note: 'seen' });
    expect(result.next).toBe('tolerant');
    expect(result.steps[0]).toMatchObject({
      status: 'done',
      actor: 'alex',
      dueAt: '2026-03-01T12:10:00.000Z',
    });
    const entry = (await showWhole(context)).journal.at(-1);
    expect(entry).toMatchObject({
      type: 'step_done',
      payload: { stepId: 'fail', phase: 'containment', note: 'seen' },
    });
  });

  it.each<[string, ChecklistOptions, string]>([
    ['an unknown step', { done: ['nothing'] }, 'no step "nothing"'],
    ['a step of a later phase', { done: ['restore'] }, 'belongs to recovery'],
    ['a step whose predecessor is open', { done: ['cut'] }, 'comes after print'],
    [
      'running a step whose predecessor is open',
      { run: ['cut'], yes: true, confirm: 'bob', var: ['who=bob'] },
      'comes after print',
    ],
    ['a step without the value it asks for', { done: ['decide'] }, 'asks for answer'],
    ['a step that does not apply', { done: ['only-if'] }, 'does not apply'],
    ['a skip without reason', { skip: ['print'] }, 'needs a reason'],
    ['a run without confirmation', { run: ['fail'] }, 'needs a confirmation'],
    ['a run without value', { run: ['print'], yes: true }, 'needs a value for who'],
    ['a run of a step without command', { run: ['decide'], yes: true }, 'has no command'],
    ['back to an open step', { back: 'print', reason: 'x' }, 'no answer to take back'],
  ])('refuses %s and writes nothing', async (_name, options, message) => {
    const before = await journal();
    await expect(contain(options)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining(message),
    });
    expect(await journal()).toEqual(before);
  });

  it('skips, goes back and notes', async () => {
    await contain({ skip: ['print'], reason: 'not here' });
    await expect(contain({ done: ['print'] })).rejects.toMatchObject({
      message: expect.stringContaining('waived already'),
    });
    await contain({ back: 'print', reason: 'it is here' });
    const { result } = await contain({ note: 'look again' });
    expect(result.steps[0]).toMatchObject({ status: 'pending', reason: 'it is here' });
    expect((await journal()).slice(-3)).toEqual([
      'step_waived print',
      'step_reopened print',
      'note_added print',
    ]);
  });

  it('branches on a value, which a later run remembers', async () => {
    expect((await contain()).result.steps[6]).toMatchObject({
      id: 'only-if',
      status: 'not_applicable',
    });
    await contain({ done: ['decide'], var: ['answer=yes'] });
    expect((await contain()).result.steps[6]).toMatchObject({ id: 'only-if', status: 'pending' });
    expect(await contain({ var: ['answer=no'] })).not.toHaveProperty('exit');
    expect((await contain()).result.steps[6]).toMatchObject({
      id: 'only-if',
      status: 'not_applicable',
    });
  });

  it('runs a command, recorded before and after', async () => {
    const { result, exit } = await contain({ run: ['print'], yes: true, var: ['who=bob'] });
    expect(exit).toBeUndefined();
    expect(result.applied[0]?.runs?.[0]).toMatchObject({
      isOk: true,
      argv: ['printf', '%s', 'bob here'],
      result: { exitCode: 0, stdout: { head: 'bob here' } },
    });
    expect((await journal()).slice(-3)).toEqual([
      'note_added print',
      'command_started print',
      'command_finished',
    ]);
    expect(misfits((await showWhole(context)).journal)).toEqual([]);
    const { commandRuns, steps } = await showIncident(context);
    expect(commandRuns).toMatchObject([
      { stepId: 'print', exitCode: 0, stdoutHead: 'bob here', actor: 'alex' },
    ]);
    // A command that ran does not answer its step.
    expect(steps.some(({ stepId }) => stepId === 'print')).toBe(false);
    expect(readFileSync(result.applied[0]?.runs?.[0]?.result.stdout.path as string, 'utf8')).toBe(
      'bob here',
    );
  });

  it('ends with 8 when a command fails, unless its exit code is allowed', async () => {
    expect(await contain({ run: ['fail'], yes: true })).toMatchObject({
      exit: 8,
      result: { stopped: { step: 'fail' } },
    });
    expect(await contain({ run: ['tolerant'], yes: true })).not.toHaveProperty('exit');
  });

  it('asks for the name of what a disruptive command hits', async () => {
    await contain({ done: ['print'] });
    const run: ChecklistOptions = { run: ['cut'], yes: true, var: ['who=bob'] };
    await expect(contain(run)).rejects.toMatchObject({ exit: 6, hint: 'Add --confirm bob' });
    await expect(contain({ ...run, confirm: 'eve' })).rejects.toMatchObject({ exit: 6 });
    expect((await contain({ ...run, confirm: 'bob' })).result.applied[0]?.runs?.[0]).toMatchObject({
      isOk: true,
    });
  });

  it('does not destroy what could not be collected', async () => {
    const run: ChecklistOptions = { run: ['lost'], yes: true, confirm: 'it' };
    await expect(contain(run)).rejects.toMatchObject({
      exit: 6,
      hint: 'Add --reason "..." or --second NAME.',
    });
    const { result, exit } = await contain({ ...run, reason: 'it spreads' });
    expect(exit).toBe(8);
    expect(result.applied[0]?.runs?.map(({ argv, isOk }) => [argv.join(' '), isOk])).toEqual([
      ['echo kept', true],
      ['false', false],
    ]);
    const started = (await showWhole(context)).journal.filter(
      ({ type }) => type === 'command_started',
    );
    expect(started).toHaveLength(2);
    expect(JSON.stringify(started)).not.toContain('destroyed');
  });

  it('refuses to hit the one who runs it', async () => {
    context = contextWith({ SUDO_USER: 'alex' });
    await contain({ done: ['print'] });
    await expect(
      contain({ run: ['cut'], yes: true, confirm: 'alex', var: ['who=alex'] }),
    ).rejects.toMatchObject({ message: expect.stringContaining('working with') });
  });

  it('shows what would run, and changes nothing', async () => {
    const before = await journal();
    const { result } = await contain({
      run: ['cut', 'lost'],
      done: ['extra'],
      dryRun: true,
      var: ['who=bob'],
    });
    expect(
      result.applied.map(({ step, plan }) => [
        step,
        plan?.runs.map(({ argv }) => argv.join(' ')),
        plan?.target,
      ]),
    ).toEqual([
      ['cut', ['echo cut'], 'bob'],
      ['lost', ['echo kept', 'false', 'echo destroyed'], 'it'],
      ['extra', undefined, undefined],
    ]);
    expect(await journal()).toEqual(before);
  });

  it('needs a choice where root is needed', async () => {
    // The machine is asked who we are there.
    writeFileSync(join(folder, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
    context = contextWith({ PATH: `${folder}:${process.env['PATH']}` });
    await expect(contain({ run: ['rooted'], yes: true })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('sudo --non-interactive -- echo rooted'),
    });
    const { result } = await contain({ run: ['rooted'], dryRun: true });
    expect(result.applied[0]?.plan).toMatchObject({
      lacksRoot: true,
      undo: 'sudo --non-interactive -- echo undone',
    });
  });

  it('tells a run that was never finished', async () => {
    await withStore(context, async ({ store }) => {
      const [incident] = await store.list();
      await store.append(incident!.id, [
        {
          type: 'command_started',
          payload: {
            ...{ run: 'a'.repeat(32), role: 'run', stepId: 'print' },
            ...{ argv: ['x'], host: 'h', user: 'u' },
          },
          at: '2026-03-01T12:00:00.000Z',
          actor: 'alex',
        },
      ]);
    });
    expect((await contain()).result.steps[0]).toMatchObject({ isInterrupted: true });
    await contain({ run: ['print'], yes: true, var: ['who=bob'] });
    expect((await contain()).result.steps[0]).toMatchObject({ isInterrupted: false, runs: 2 });
  });
});

describe('answers from a file', () => {
  beforeEach(enter);
  const file = (text: string): string => {
    const path = join(folder, 'answers.yml');
    writeFileSync(path, text);
    return path;
  };

  it('applies them in order and stops at the first that is refused', async () => {
    const answers = file(`
- { step: print, answer: run, values: { who: bob } }
- { step: print, answer: done, note: printed }
- { step: fail, answer: skip, reason: always fails }
- { step: only-if, answer: done }
- { step: tolerant, answer: done }
`);
    const { result, exit } = await contain({ answers, yes: true });
    expect(exit).toBe(6);
    expect(result.applied.map(({ step, answer }) => `${answer} ${step}`)).toEqual([
      'run print',
      'done print',
      'skip fail',
    ]);
    expect(result.stopped).toMatchObject({
      step: 'only-if',
      message: expect.stringContaining('does not apply'),
    });
    expect(result.steps.slice(0, 3).map(({ status }) => status)).toEqual([
      'done',
      'waived',
      'pending',
    ]);
  });

  it.each([
    ['- { step: print, answer: maybe }', 1, 26, 'must be one of: run, done, skip'],
    [
      '- { step: print, answer: done }\n- { step: fail, answer: done, colour: red }',
      2,
      31,
      'unknown key "colour"',
    ],
    ['- { step: print, answer: skip }', 1, 3, 'needs a reason'],
    ['step: print', 1, 1, 'must be a list'],
    ['- [', 1, 4, 'not valid YAML'],
  ])('refuses %j before anything is applied', async (text, line, column, message) => {
    const before = await journal();
    await expect(contain({ answers: file(text), yes: true })).rejects.toMatchObject({
      exit: 3,
      message: expect.stringContaining(message),
      source: { line, column },
    });
    expect(await journal()).toEqual(before);
  });

  it('reports a file that cannot be read', async () => {
    await expect(contain({ answers: join(folder, 'none.yml') })).rejects.toMatchObject({ exit: 4 });
  });
});

describe.each(['first', 'last'] as const)('with the %s choice of every question', (which) => {
  it.each(['data-exfiltration', 'ddos', 'ssh-brute-force', 'web-compromise'])(
    '%s can be walked to its end',
    async (id) => {
      await openIncident(context, { title: id, type: id });
      const { playbooks } = await loadPlaybooks({ XDG_CONFIG_HOME: folder });
      const playbook = pickPlaybook({ playbooks, problems: [] }, id);
      const samples = sampleValues(playbook);
      const answerOf = (name: string): string => {
        const choices =
          playbook.variables.find((variable) => variable.name === name)?.choices ?? [];
        return (which === 'first' ? choices[0] : choices.at(-1)) ?? samples[name] ?? '';
      };
      for (const phase of PHASES) {
        let { result } = await respond({ list: true });
        expect(result.phase).toBe(phase);
        while (result.next !== undefined) {
          const asks = playbook.steps.find((step) => step.id === result.next)?.asks ?? [];
          ({ result } = await respond({
            done: [result.next],
            var: asks.map((name) => `${name}=${answerOf(name)}`),
          }));
        }
        if (phase !== 'post_incident') await respond({ advance: true });
      }
      const { steps, incident } = await showIncident(context);
      expect(incident.times.recovered).toBeDefined();
      expect(steps.every(({ status }) => status === 'done')).toBe(true);
    },
    120_000,
  );
});

it('takes the playbook from --playbook when the incident has none', async () => {
  await openIncident(context, { title: 'Other' });
  await expect(respond()).rejects.toMatchObject({ exit: 6, hint: expect.stringContaining('ddos') });
  const { result } = await respond({ playbook: 'sample', list: true });
  expect(result.playbook.id).toBe('sample');
  expect((await showIncident(context)).incident.type).toBe('sample');
});

it('asks with prompts and keeps each answer', async () => {
  await enter();
  context = contextWith({}, { '--done print': 'quit' });
  const { result, exit } = await contain();
  expect([result.isWalk, result.next, result.resume, exit]).toEqual([
    true,
    'print',
    'ir contain',
    undefined,
  ]);
});
