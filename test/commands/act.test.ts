/** `ir act`, `ir actions`, `ir undo` on files of a temporary folder, with an action of the test's own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActOptions, act } from '../../src/commands/act.ts';
import { listActions, undoActions } from '../../src/commands/actions.ts';
import { runChecklist } from '../../src/commands/checklist.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/act.ts';
import { BIN, cleanEnv, ensureBuilt } from '../program.ts';
import { playbookText, stepText } from '../respond/sample-playbook.ts';
import { showWhole, type TestContext, testContext } from './test-context.ts';

/** Writes a line into a file, and takes it out again; `hold` is a pipe that it waits for between its two halves. */
const ACTION = (more = ''): string => `
id: mark-file
title: Write a mark into a file
summary: For tests.
variables:
  - { name: path, type: path, description: "File" }
  - { name: mark, type: line, description: "Line", default: "the mark" }
arguments: [path, mark]
target: "{{ path }}"
risk: change
blast_radius: The file.
snapshot: &state
  script: if [ -e "$1" ]; then cat -- "$1"; fi
  args: ["{{ path }}"]
check: { run: *state, expect: there is no such line yet, condition: { no_line: "{{ mark }}" } }
run:
  script: |
    printf '%s\\n' "$2" >> "$1"
  args: ["{{ path }}", "{{ mark }}"]
verify: { run: *state, expect: the line is there, condition: { line: "{{ mark }}" } }
undo:
  script: |
    if grep -vxF -e "$2" "$1" > "$1.new"; then mv "$1.new" "$1"; else rm -f "$1.new" "$1"; fi
  args: ["{{ path }}", "{{ mark }}"]
undo_verify: { run: *state, expect: the line is gone, condition: { no_line: "{{ mark }}" } }
ttl: PT1H
expiry: ir
${more}`;

let folder: string;
let context: TestContext;
let target: string;

const put = (id: string, text: string): void =>
  writeFileSync(join(folder, 'config/ir/actions', `${id}.yml`), text);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-act-'));
  mkdirSync(join(folder, 'config/ir/actions'), { recursive: true });
  put('mark-file', ACTION());
  target = join(folder, 'target');
  context = testContext({
    cwd: folder,
    env: { XDG_CONFIG_HOME: join(folder, 'config'), PATH: process.env['PATH'] ?? '' },
  });
  await openIncident(context, { title: 'Sample', severity: 'SEV2' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mark = (options: ActOptions = { yes: true }, ...more: string[]) =>
  act(context, 'mark-file', [target, ...more], options);
const inPlace = async () => (await listActions(context, {})).result.actions;
const kinds = async () =>
  (await showWhole(context)).journal.map(({ type, payload }) => {
    const { role, state, stage } = (payload ?? {}) as Record<string, string>;
    return [type, role ?? state ?? stage].filter((one) => one !== undefined).join(' ');
  });

describe('an action', () => {
  it('is in the journal stage by stage, and taken back', async () => {
    writeFileSync(target, 'before\n');
    const { result, exit } = await mark();
    expect([exit, result.report?.state, result.report?.no]).toEqual([
      undefined,
      'verified',
      'A-001',
    ]);
    expect(readFileSync(target, 'utf8')).toBe('before\nthe mark\n');
    const all = await kinds();
    expect(all.slice(all.indexOf('action_proposed'))).toEqual([
      'action_proposed',
      'action_begun run',
      'command_started run',
      'command_finished',
      'action_changed applied',
      'command_started verify',
      'command_finished',
      'command_started check',
      'command_finished',
      'action_changed verified',
    ]);
    expect(await inPlace()).toMatchObject([{ no: 'A-001', state: 'verified', target }]);
    const undone = await undoActions(context, 'a1', { yes: true });
    expect(undone).toMatchObject({ result: { reports: [{ state: 'undone' }], actions: [] } });
    expect(readFileSync(target, 'utf8')).toBe('before\n');
  });

  it('keeps what was there out of the journal', async () => {
    writeFileSync(target, 'a secret of the file\n');
    await mark();
    const started = (await showWhole(context)).journal.filter(
      ({ type }) => type === 'command_finished',
    );
    expect(JSON.stringify(started.at(-1))).not.toContain('secret');
  });

  it('changes nothing in a dry run', async () => {
    const before = await kinds();
    const { result } = await mark({ dryRun: true });
    expect(result.plan.argvs.map(({ stage }) => stage)).toEqual([
      ...['check', 'snapshot', 'run', 'verify', 'undo', 'undo_verify'],
    ]);
    expect(result.cron).toContain('actions --expire');
    expect(existsSync(target)).toBe(false);
    expect(await kinds()).toEqual(before);
  });

  it('fails when its run does nothing, whatever the exit code was', async () => {
    put('mark-file', ACTION().replace(`printf '%s\\n' "$2" >> "$1"`, 'true'));
    const { result, exit } = await mark();
    expect([exit, result.report?.state]).toEqual([8, 'failed']);
    expect(result.report?.reason).toContain('it is not in place');
  });

  it('is not undone when its undo does nothing', async () => {
    put(
      'mark-file',
      ACTION().replace(/undo:\n {2}script: \|\n.*\n/, 'undo:\n  script: |\n    true\n'),
    );
    await mark();
    const { exit, result } = await undoActions(context, 'A-001', { yes: true });
    expect([exit, result.reports[0]?.state]).toEqual([8, 'failed']);
    expect(await inPlace()).toMatchObject([{ no: 'A-001', state: 'failed' }]);
  });

  it('shows what the change printed, harmless and bounded, as that may say what is left to do', async () => {
    const says = ACTION().replace(
      '    printf \'%s\\n\' "$2" >> "$1"\n',
      '    printf \'%s\\n\' "$2" >> "$1"\n    printf \'Left to do:\\033[2J restart\\n\'; seq 30\n',
    );
    expect(says).not.toBe(ACTION());
    put('mark-file', says);
    const { result } = await mark();
    const shown = String(view.text!(result, createStyle({ isTTY: false }, 'never', {})));
    expect(shown).toContain('  Left to do:');
    expect(shown).not.toContain('\u001b[2J');
    expect(shown).toContain('and 11 more lines');
  });

  it('takes back only its own when somebody changed the same, and asks first', async () => {
    writeFileSync(target, 'before\n');
    await mark();
    writeFileSync(target, 'before\nthe mark\nby somebody else\n');
    const undo = (more = {}) => undoActions(context, 'A-001', { yes: true, ...more });
    await expect(undo()).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('+ by somebody else'),
    });
    expect(readFileSync(target, 'utf8')).toContain('the mark');
    await expect(undo({ confirm: 'something' })).rejects.toMatchObject({ exit: 6 });
    await undo({ confirm: target });
    expect(readFileSync(target, 'utf8')).toBe('before\nby somebody else\n');
  });

  it('that somebody took back is found so', async () => {
    await mark();
    rmSync(target);
    const { result } = await undoActions(context, undefined, { all: true, yes: true });
    expect(result.reports).toMatchObject([{ state: 'undone', reason: 'found taken back already' }]);
  });

  it('runs out, is named as overdue, and is ended', async () => {
    const said: string[] = [];
    const { sayOverdue } = await import('../../src/commands/overdue.ts');
    const hear = (): string[] => {
      said.length = 0;
      sayOverdue({ ...context, say: (text) => said.push(text), now: context.now });
      return [...said];
    };
    await mark({ yes: true, for: '30m' });
    expect(hear()).toEqual([]);
    expect((await listActions(context, { expire: true })).result.reports).toEqual([]);
    context.tick(31 * 60_000);
    expect(hear()).toEqual([expect.stringContaining('A-001 of INC-2026-0001 (mark-file on')]);
    expect((await inPlace())[0]?.isOverdue).toBe(true);
    const { result } = await listActions(context, { expire: true });
    expect(result.reports).toMatchObject([{ no: 'A-001', state: 'expired' }]);
    expect(existsSync(target)).toBe(false);
    expect(hear()).toEqual([]);
  });

  it('is kept', async () => {
    await mark();
    await listActions(context, { keep: 'A-001' });
    expect(await inPlace()).toMatchObject([{ state: 'kept', until: undefined }]);
  });
});

describe('bad input', () => {
  it.each<[string, () => Promise<unknown>, number, string]>([
    [
      'an unknown action',
      () => act(context, 'mark-fil', [], {}),
      2,
      'there is no action "mark-fil"',
    ],
    ['no confirmation', () => mark({}), 6, 'needs a confirmation'],
    ['a wrong name', () => mark({ yes: true, confirm: 'x' }), 6, 'is not what mark-file hits'],
    ['a value too many', () => mark({}, 'a', 'b'), 2, 'takes path mark, not "b" as well'],
    ['no value', () => act(context, 'mark-file', [], {}), 6, 'needs a value for path'],
    ['a bad time', () => mark({ for: 'tomorrow' }), 2, '--for "tomorrow"'],
    ['too long a time', () => mark({ for: '9999d' }), 2, '--for "9999d"'],
    ['nothing to do', () => mark().then(() => mark()), 6, 'there is no such line yet'],
    [
      'an unknown number',
      () => undoActions(context, 'A-007', { yes: true }),
      6,
      'there is no action "A-007"',
    ],
    [
      'an undo unconfirmed',
      () => mark().then(() => undoActions(context, 'A-001', {})),
      6,
      'needs a confirmation',
    ],
    [
      'an undo twice',
      async () => {
        await mark();
        await undoActions(context, 'A-001', { yes: true });
        await undoActions(context, 'A-001', { yes: true });
      },
      6,
      'A-001 is undone already',
    ],
    [
      'a host that cannot be',
      () => mark({ yes: true, host: '-oProxyCommand=x' }),
      6,
      'is no name for ssh',
    ],
    [
      'a host that is not there',
      () => mark({ yes: true, host: 'nobody@host.invalid' }),
      5,
      'cannot be reached',
    ],
  ])('%s', async (_what, attempt, exit, message) => {
    await expect(attempt()).rejects.toMatchObject({
      exit,
      message: expect.stringContaining(message),
    });
  });

  it('a program that is not there, with no other way', async () => {
    put('mark-file', ACTION('needs: [no-such-program]\n'));
    await expect(mark()).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('needs no-such-program'),
    });
  });

  it('a mistake in the configuration, which could have spared more', async () => {
    writeFileSync(join(folder, 'config/ir/config.yml'), 'never_blok: {}\n');
    await expect(mark()).rejects.toMatchObject({ exit: 3 });
    expect(existsSync(target)).toBe(false);
  });

  it('a target that is gone', async () => {
    await mark({ yes: true });
    target = join(folder, 'gone/target');
    expect(await mark()).toMatchObject({ exit: 8, result: { report: { state: 'failed' } } });
  });

  it('a closed incident', async () => {
    await mark();
    const { closeIncident } = await import('../../src/commands/close-incident.ts');
    await expect(
      closeIncident(context, { reason: 'x', determination: 'confirmed' }),
    ).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('still in place: A-001 (mark-file on'),
    });
    const { status } = await import('../../src/commands/status.ts');
    expect((await status(context)).actions).toMatchObject([{ no: 'A-001', target }]);
    await closeIncident(context, { reason: 'x', yes: true, determination: 'confirmed' });
    target = join(folder, 'other');
    await expect(mark()).rejects.toMatchObject({ exit: 6 });
    // What is in place can be taken back at any time.
    await undoActions(context, 'A-001', { yes: true });
  });

  it('what was there before is gone', async () => {
    writeFileSync(target, 'before\n');
    await mark();
    rmSync(join(folder, '.ir/evidence/output'), { recursive: true });
    await expect(undoActions(context, 'A-001', { yes: true })).rejects.toMatchObject({ exit: 7 });
  });
});

describe('hostile values', () => {
  const HOSTILE = [
    ...[
      '$(touch x)',
      '`id`',
      '; rm -rf /',
      'a\'b"c',
      '* ? [a]',
      '--',
      '-n',
      '\\',
      '%s%n',
      '!!',
      '#',
      '~root',
      '&& x',
    ],
  ];
  it.each(HOSTILE)('%j is one argument', async (value) => {
    const { exit } = await act(context, 'mark-file', [], {
      yes: true,
      var: [`path=${target}`, `mark=${value}`],
    });
    expect(exit).toBeUndefined();
    expect(readFileSync(target, 'utf8')).toBe(`${value}\n`);
    await undoActions(context, 'A-001', { yes: true });
    expect(existsSync(target)).toBe(false);
  });

  it.each([
    ['a newline', 'a\nb'],
    ['an escape', '\u001b[2J'],
    ['a change of direction', 'a\u202eb'],
    ['nothing', ''],
    ['100 kB', 'x'.repeat(100_000)],
    ['our own placeholder', '{{ snapshot }}'],
    ['NUL', 'a\0b'],
  ])('%s is refused with a reason', async (_what, value) => {
    const attempt = act(context, 'mark-file', [], {
      yes: true,
      var: [`path=${target}`, `mark=${value}`],
    });
    await expect(attempt).rejects.toMatchObject({
      exit: 2,
      message: expect.stringContaining('mark'),
    });
    expect(existsSync(target)).toBe(false);
  });
});

describe('a step that names an action', () => {
  const playbook = (step: string): void => {
    mkdirSync(join(folder, 'config/ir/playbooks'), { recursive: true });
    const variables = '{ name: file, type: path, description: "File" }';
    writeFileSync(
      join(folder, 'config/ir/playbooks/sample.yml'),
      playbookText(stepText('mark', step), variables),
    );
  };

  it('runs, verifies and undoes through the same code', async () => {
    playbook(
      'action: { name: mark-file, with: { path: "{{ file }}", mark: "by a step" }, for: PT5M }',
    );
    await openIncident(context, { title: 'Second', type: 'sample', severity: 'SEV2' });
    await runChecklist(context, { phase: 'containment', advance: true, reason: 'now' });
    const run = {
      phase: 'containment',
      run: ['mark'],
      yes: true,
      var: [`file=${target}`],
    } as const;
    const { result } = await runChecklist(context, run);
    expect(result.applied[0]?.runs?.map(({ role, isOk, no }) => [role, isOk, no])).toEqual([
      ['run', true, 'A-001'],
      ['verify', true, 'A-001'],
    ]);
    expect(readFileSync(target, 'utf8')).toBe('by a step\n');
    expect(await inPlace()).toMatchObject([
      { name: 'mark-file', stepId: 'mark', until: '2026-03-01T12:05:00.000Z' },
    ]);
    await undoActions(context, 'A-001', { yes: true });
    expect(existsSync(target)).toBe(false);
  });

  it.each([
    ['action: { name: no-such-action }', 'there is no action "no-such-action"'],
    ['action: { name: mark-file, with: { paht: /x } }', 'has no variable "paht"'],
    ['action: { name: mark-file, with: {} }', 'needs a value for "path"'],
    ['action: { name: mark-file, with: { path: "{{ fiel }}" } }', '"fiel" is not declared'],
  ])('is checked: %s', async (step, message) => {
    playbook(step);
    const { checkPlaybooks } = await import('../../src/commands/playbook.ts');
    const { result, exit } = await checkPlaybooks(context, [
      join(folder, 'config/ir/playbooks/sample.yml'),
    ]);
    expect(exit).toBe(3);
    expect(result.files[0]?.problems.map((one) => one.message).join()).toContain(message);
  });
});

/** The program itself, killed while a pipe of the action is held open. */
describe('killed between two stages', () => {
  const STAGES = ['collect', 'run', 'verify', 'undo', 'undo_verify'] as const;

  it.each(STAGES)(
    'in %s: the next command says how it is found, and goes on or takes it back',
    async (stage) => {
      ensureBuilt();
      const pipe = join(folder, 'pipe');
      const { status } = spawnSync('mkfifo', [pipe]);
      expect(status).toBe(0);
      // Whoever opens the pipe waits for a writer, once.
      const wait = `if [ -p "${pipe}" ] && [ ! -e "${pipe}.seen" ]; then : > "${pipe}.seen"; cat "${pipe}"; fi`;
      put('mark-file', withWait(stage, wait));
      const env = cleanEnv({
        XDG_CONFIG_HOME: join(folder, 'config'),
        XDG_DATA_HOME: join(folder, 'data'),
      });
      const ir = (...args: string[]) => {
        const child = spawn(process.execPath, [BIN, ...args], {
          cwd: folder,
          env,
          stdio: 'ignore',
        });
        return child;
      };
      const isUndo = stage.startsWith('undo');
      if (isUndo) await mark();
      const child = isUndo ? ir('undo', 'A-001', '--yes') : ir('act', 'mark-file', target, '--yes');
      while (!existsSync(`${pipe}.seen`)) {
        expect(child.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      child.kill('SIGKILL');
      await once(child, 'exit');
      // What was started goes on in its own group; it is let go.
      writeFileSync(pipe, '');
      rmSync(pipe);
      const [found] = await inPlace();
      expect(found).toMatchObject({
        no: 'A-001',
        isUnsettled: stage !== 'undo_verify' || found?.isUnsettled,
      });
      expect(found?.found ?? found?.state).toMatch(/never run|in place|verified/);
      const before = found?.state;
      if (before === 'planned' || before === 'started' || before === 'applied') {
        const { result } = await listActions(context, { finish: 'A-001' });
        expect(result.reports).toMatchObject([{ state: 'verified' }]);
      }
      await undoActions(context, 'A-001', { yes: true, confirm: target });
      expect(existsSync(target)).toBe(false);
      expect(await inPlace()).toEqual([]);
    },
  );
});

/** The action with a wait at the beginning of a stage. */
function withWait(stage: string, wait: string): string {
  const text = ACTION();
  const script = `  script: |\n    ${wait}\n`;
  switch (stage) {
    case 'collect':
      return `${text}collect_first:\n  - script: |\n      ${wait}\n`;
    case 'run':
      return text.replace('run:\n  script: |\n', `run:\n${script}`);
    case 'undo':
      return text.replace('undo:\n  script: |\n', `undo:\n${script}`);
    case 'verify':
      return text.replace(
        'verify: { run: *state,',
        `verify: { run: { script: ${JSON.stringify(`${wait}; cat -- "$1"`)}, args: ["{{ path }}"] },`,
      );
    default:
      return text.replace(
        'undo_verify: { run: *state,',
        `undo_verify: { run: { script: ${JSON.stringify(`${wait}; if [ -e "$1" ]; then cat -- "$1"; fi`)}, args: ["{{ path }}"] },`,
      );
  }
}
