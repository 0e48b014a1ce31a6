/** The walk on a terminal, with the real program: answers, notes, back, Ctrl-C, resume, kill -9. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ShowResult } from '../../src/commands/show-incident.ts';
import { BIN, ensureBuilt } from '../program.ts';
import { playbookText, stepText } from './sample-playbook.ts';
import { CONTROL_C, ENTER, hasTerminal, openTerminal, type Terminal } from './terminal.ts';

let folder: string;
let environment: Record<string, string>;

beforeAll(ensureBuilt, 180_000);

const ir = (...argv: readonly string[]): string =>
  execFileSync(process.execPath, [BIN, ...argv], {
    env: environment,
    encoding: 'utf8',
    cwd: folder,
  });
const show = (): ShowResult => JSON.parse(ir('show', '--json')) as ShowResult;
const walk = (columns = 80): Terminal => openTerminal([BIN, 'respond'], environment, columns);

function prepare(steps: string, variables = ''): void {
  folder = mkdtempSync(join(tmpdir(), 'ir-walk-'));
  mkdirSync(join(folder, 'config/ir/playbooks'), { recursive: true });
  writeFileSync(join(folder, 'config/ir/playbooks/sample.yml'), playbookText(steps, variables));
  environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TERM: 'xterm',
    XDG_CONFIG_HOME: join(folder, 'config'),
    IR_STORE: join(folder, 'store'),
    IR_ACTOR: 'alex',
  };
  ir('open', 'Sample', '--type', 'sample', '--no-input');
}

describe.skipIf(!hasTerminal)('a walk', () => {
  beforeEach(() => {
    prepare(
      [
        stepText('print', 'command: { risk: read, run: [printf, "%s", "{{ who }} was here"] }'),
        stepText('second'),
        stepText('last'),
      ].join('\n'),
      '{ name: who, type: user, description: Somebody }',
    );
    return () => rmSync(folder, { recursive: true, force: true });
  });

  it('asks, runs, notes, goes back, stops at Ctrl-C and resumes at the same step', async () => {
    const first = walk();
    // done / skip / note / help / quit
    await first.sees(/Triage 1\/1 \[-\] Look[\s\S]*\(q\) quit/);
    first.choose(1);
    await first.sees(/all steps are answered[\s\S]*Enter containment now\?/);
    first.type(`y${ENTER}`);
    await first.sees(/Containment 1\/3[\s\S]*printf %s '<who> was here'[\s\S]*\(q\) quit/);
    first.choose(1);
    await first.sees(/Somebody/);
    first.type(`Bob!${ENTER}`);
    await first.sees(/must be a Linux user name[\s\S]*Somebody/);
    first.type(`bob${ENTER}`);
    await first.sees(
      /Would run as[\s\S]*printf %s 'bob was here'[\s\S]*Run it now\?[\s\S]*use other values/,
    );
    first.choose(2);
    await first.sees(/\| bob was here[\s\S]*exit code 0[\s\S]*\(q\) quit/);
    // "done" is marked now.
    first.type(ENTER);
    await first.sees(/Containment 2\/3[\s\S]*\(q\) quit/);
    first.choose(3);
    await first.sees(/Note/);
    first.type(`half way${ENTER}`);
    await first.sees(/second[\s\S]*\(q\) quit/);
    // Chosen by mistake: no reason given, nothing skipped.
    first.choose(2);
    await first.sees(/Why is it skipped\? \(nothing: leave it\)/);
    first.type(ENTER);
    await first.sees(/second[\s\S]*\(q\) quit/);
    first.choose(4);
    await first.sees(/Why is print opened again/);
    first.type(`wrong host${ENTER}`);
    await first.sees(/Containment 1\/3[\s\S]*opened again: wrong host[\s\S]*\(q\) quit/);
    first.type(CONTROL_C);
    expect(await first.ended).toMatchObject({ exitCode: 130 });
    expect(first.screen()).toContain('Stopped; every answer is kept. Go on with: ir contain');

    const { steps, notes, commandRuns, incident } = show();
    expect(incident.phase).toBe('containment');
    expect(steps.map(({ stepId, status }) => `${stepId} ${status}`)).toEqual([
      'look done',
      'print pending',
    ]);
    expect(notes.map(({ text, stepId }) => `${stepId}: ${text}`)).toContain('second: half way');
    expect(commandRuns).toMatchObject([
      { stepId: 'print', exitCode: 0, stdoutHead: 'bob was here' },
    ]);

    const second = walk();
    await second.sees(
      /Containment 1\/3[\s\S]*printf %s 'bob was here'[\s\S]*Ran [\s\S]*\(q\) quit/,
    );
    second.type('q');
    expect(await second.ended).toMatchObject({ exitCode: 0 });
    expect(second.screen()).toContain('Go on with: ir contain');
    expect(ir('verify')).toBeTruthy();
  }, 120_000);

  it('stays readable in 40 columns', async () => {
    environment['XDG_CONFIG_HOME'] = join(folder, 'no-config');
    ir('open', 'Narrow', '--type', 'ssh-brute-force', '--no-input');
    const terminal = walk(40);
    await terminal.sees(/check-host-clock[\s\S]*\(q\) quit/);
    terminal.type(CONTROL_C);
    await terminal.ended;
    const prose = terminal
      .screen()
      .split(/\r?\n/)
      .filter((line) => !line.includes('date --utc'));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(40);
    const list = execFileSync(process.execPath, [BIN, 'respond', '--list'], {
      env: environment,
      encoding: 'utf8',
    });
    expect(list).toContain('[>] check-host-clock');
  }, 60_000);
});

const KILLS = 15;

it.skipIf(!hasTerminal)(
  `loses no acknowledged answer over ${KILLS} kills`,
  async () => {
    prepare(Array.from({ length: 200 }, (_, index) => stepText(`step-${index + 1}`)).join('\n'));
    ir('respond', '--done', 'look');
    ir('contain', '--advance');
    let acknowledged = 0;
    for (let round = 0; round < KILLS; round++) {
      const terminal = walk();
      // The next run begins where the answers end: an answer that was kept unseen may put it one further.
      await terminal.sees(/Containment \d+\/200[\s\S]*\(q\) quit/);
      const position = (): number =>
        Number([...terminal.screen().matchAll(/Containment (\d+)\/200/g)].at(-1)?.[1]);
      expect(position() - 1).toBeGreaterThanOrEqual(acknowledged);
      expect(position() - 1).toBeLessThanOrEqual(acknowledged + 1);
      // Some answers are waited for, so that every kill hits a checklist at work; the moment after is random.
      const wanted = position() + 1 + Math.floor(Math.random() * 3);
      const typing = setInterval(() => {
        terminal.type(ENTER);
        if (position() >= wanted) setTimeout(() => terminal.kill(), Math.random() * 120);
      }, 40);
      await terminal.ended;
      clearInterval(typing);
      acknowledged = position() - 1;
      const { steps } = show();
      const done = steps
        .filter(({ stepId, status }) => stepId.startsWith('step-') && status === 'done')
        .map(({ stepId }) => Number(stepId.slice(5)))
        .sort((a, b) => a - b);
      expect(done.length).toBeGreaterThanOrEqual(acknowledged);
      expect(done).toEqual(done.map((_, index) => index + 1));
      expect(JSON.parse(ir('verify', '--json'))).toMatchObject({ isIntact: true });
    }
    expect(acknowledged).toBeGreaterThan(KILLS);
    rmSync(folder, { recursive: true, force: true });
  },
  400_000,
);

describe.skipIf(!hasTerminal)('two responders on one store', () => {
  beforeEach(() => {
    prepare([stepText('first'), stepText('second'), stepText('third')].join('\n'));
    ir('respond', '--done', 'look');
    ir('contain', '--advance');
    return () => rmSync(folder, { recursive: true, force: true });
  });
  const by = (actor: string): Terminal =>
    openTerminal([BIN, 'contain'], { ...environment, IR_ACTOR: actor }, 80);

  it('see what the other one answered, and answer no step twice', async () => {
    const [alex, kim] = [by('alex'), by('kim')];
    await Promise.all([
      alex.sees(/Containment 1\/3[\s\S]*first[\s\S]*\(q\) quit/),
      kim.sees(/Containment 1\/3[\s\S]*first[\s\S]*\(q\) quit/),
    ]);
    alex.type('d');
    await alex.sees(/Containment 2\/3[\s\S]*second[\s\S]*\(q\) quit/);
    // The same step, answered from the screen of before.
    kim.type('d');
    await kim.sees(
      /answered by somebody else[\s\S]*\* alex: first done[\s\S]*Containment 2\/3[\s\S]*\(q\) quit/,
    );
    kim.type('s');
    await kim.sees(/Why is it skipped/);
    kim.type(`not here${ENTER}`);
    await kim.sees(/Containment 3\/3[\s\S]*\(q\) quit/);
    // A note lets the other one look again.
    alex.type('n');
    await alex.sees(/Note/);
    alex.type(`seen${ENTER}`);
    await alex.sees(/\* kim: second skipped: not here[\s\S]*Containment 3\/3[\s\S]*\(q\) quit/);
    // Corrected later, by an entry of its own.
    alex.type('b');
    await alex.sees(/Which answer is corrected\?/);
    alex.choose(2);
    await alex.sees(/Why is first opened again/);
    alex.type(`wrong host${ENTER}`);
    await alex.sees(/Containment 1\/3[\s\S]*opened again: wrong host[\s\S]*\(q\) quit/);
    alex.type('?');
    await alex.sees(/correct an answer of this phase[\s\S]*\(q\) quit/);
    alex.type('q');
    kim.type('q');
    await Promise.all([alex.ended, kim.ended]);
    const { steps } = show();
    expect(steps.map(({ stepId, status, actor }) => `${stepId} ${status} ${actor}`)).toEqual([
      'first pending alex',
      'look done alex',
      'second waived kim',
    ]);
    expect(JSON.parse(ir('verify', '--json'))).toMatchObject({ isIntact: true });
  }, 120_000);
});
