/** What is asked on a terminal when a clock starts and a plan is made, with the real program; and where the clock then counts down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BIN, cleanEnv, ensureBuilt } from '../program.ts';
import { ENTER, hasTerminal, openTerminal } from '../respond/terminal.ts';

beforeAll(ensureBuilt, 180_000);

describe.skipIf(!hasTerminal)('on a terminal', () => {
  let folder: string;
  let environment: Record<string, string>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ir-asked-'));
    environment = {
      ...(cleanEnv() as Record<string, string>),
      ...{ HOME: folder, TERM: 'xterm', XDG_CONFIG_HOME: join(folder, 'config') },
      ...{ IR_STORE: join(folder, 'store'), IR_ACTOR: 'alex' },
    };
    delete environment['CI'];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const ir = (...argv: string[]): string =>
    execFileSync(process.execPath, [BIN, ...argv], {
      ...{ env: environment, encoding: 'utf8', cwd: folder },
    });

  it('a clock asks when it began and for the facts of the case, and counts down in the walk and the report', async () => {
    ir('open', 'Shop', '--severity', 'SEV2', '--type', 'web-compromise', '--no-input');
    const terminal = openTerminal([BIN, 'clock', 'start', 'gdpr-33'], environment, 100);
    await terminal.sees(/become aware of the breach/);
    terminal.type(`1 hour ago${ENTER}`);
    await terminal.sees(/Which kinds of data are affected/);
    terminal.type(`nonsense${ENTER}`);
    await terminal.sees(/nonsense[\s\S]*(personal|one of)/);
    terminal.type(`${'\u007f'.repeat(8)}personal${ENTER}`);
    for (const [question, answer] of [
      [/How many people/, '1200'],
      [/How many records/, ''],
      [/In which countries/, 'DE,FR'],
      [/What became of the data/, ''],
    ] as const) {
      await terminal.sees(question);
      terminal.type(`${answer}${ENTER}`);
    }
    await terminal.sees(/is due[\s\S]*left[\s\S]*not legal advice/);
    expect(await terminal.ended).toMatchObject({ exitCode: 0 });
    const { incident } = JSON.parse(ir('show', '--json')) as {
      incident: { facts: Record<string, unknown> };
    };
    expect(incident.facts).toMatchObject({
      ...{ dataKinds: ['personal'], people: 1200, countries: ['DE', 'FR'] },
    });
    const walk = openTerminal([BIN, 'respond'], environment, 100);
    await walk.sees(
      /Clocks:\s+C-\d+ GDPR: Notify the supervisory authority: \S.* left[\s\S]*\(q\) quit/,
    );
    walk.type('q');
    await walk.ended;
    expect(ir('report', '--output', '-')).toMatch(/Notify the supervisory authority .* left \|/);
  }, 120_000);

  it('a plan asks ten questions, each of which may stay open, and writes one that is valid', async () => {
    const path = join(folder, 'plan.yml');
    const terminal = openTerminal([BIN, 'plan', 'init', '--output', path], environment, 100);
    for (const question of [
      ...[/Who are you/, /In which time zone/, /Whose holidays/, /Who leads the response/],
      ...[/How are they reached/, /Who leads when they cannot/, /How is the deputy reached/],
      ...[/Who is your counsel/, /must never be blocked/, /must be written to/],
    ]) {
      await terminal.sees(question);
      terminal.type(ENTER);
    }
    // No eleventh.
    await terminal.sees(/The plan is written/);
    expect(await terminal.ended).toMatchObject({ exitCode: 0 });
    expect(readFileSync(path, 'utf8')).toContain('# organisation: Example Ltd');
  }, 120_000);
});
