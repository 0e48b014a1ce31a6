/** One rule and one wording for every mistyped word, through the whole command tree. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../src/cli/declare.ts';
import { createProgram } from '../src/cli/program.ts';
import { IrError, suggestion } from '../src/errors.ts';
import { buildSettings, type RawSettings } from '../src/settings.ts';
import { testContext } from './commands/test-context.ts';
import { ensureBuilt, runIr } from './program.ts';

let cwd: string;

/** Runs a command in this process, with the settings of its flags. */
async function ir(...argv: string[]): Promise<void> {
  const context = testContext({ cwd, env: { HOME: cwd, XDG_CONFIG_HOME: join(cwd, 'config') } });
  const run: Run = async (command, _view, body) => {
    buildSettings(command.optsWithGlobals() as RawSettings, {}, cwd);
    await body(context);
  };
  await createProgram('', run, () => undefined).parseAsync(argv, { from: 'user' });
}

const hintOf = async (argv: readonly string[]): Promise<string | undefined> => {
  try {
    await ir(...argv);
  } catch (error) {
    if (error instanceof IrError) return error.hint;
    throw error;
  }
  throw new Error(`nothing was wrong with: ir ${argv.join(' ')}`);
};

beforeAll(async () => {
  ensureBuilt();
  cwd = mkdtempSync(join(tmpdir(), 'ir-suggestions-'));
  writeFileSync(join(cwd, 'auth.log'), '');
  writeFileSync(join(cwd, 'answers.yml'), '- {step: chek-host-clock, answer: done, note: seen}\n');
  await ir('open', 'A case', '--type', 'ssh-brute-force');
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('a mistyped word', () => {
  it.each<[string, string]>([
    ['timelin x', 'timeline'],
    ['TIMELINE x', 'timeline'],
    ['lsit', 'list'],
    ['hlep', 'help'],
    ['help tmeline', 'timeline'],
    ['playbook chek x', 'check'],
    ['drill log webshop', 'logs'],
    ['timeline --al auth.log', '--all'],
    ['timeline --sinse=2h auth.log', '--since'],
    ['timeline -json auth.log', '--json'],
    ['list --stor x', '--store'],
    ['contain --lst', '--list'],
    ['playbook list --hepl', '--help'],
    ['timeline --level hihg auth.log', 'high'],
    ['timeline --level crit auth.log', 'critical'],
    ['timeline --fail-on=medum auth.log', 'medium'],
    ['timeline --fold nome auth.log', 'none'],
    ['timeline --rule ssh-brute-forc auth.log', 'ssh-brute-force'],
    ['list --format jsom', 'json'],
    ['list --color allways', 'always'],
    ['list --tz Europe/Berln', 'Europe/Berlin'],
    ['list --display-tz america/new_yorc', 'America/New_York'],
    ['list --status onhold', 'on_hold'],
    ['open x --impact hgih', 'high'],
    ['open x --urgency mediun', 'medium'],
    ['open x --determination confirmd', 'confirmed'],
    ['open x --type ssh-brut-force', 'ssh-brute-force'],
    ['update --type web-compromize', 'web-compromise'],
    ['update --status opne', 'open'],
    ['update --phase containmnet', 'containment'],
    ['note x --kind went_badyl', 'went_badly'],
    ['close --determination false_positiv', 'false_positive'],
    ['playbook show ddso', 'ddos'],
    ['report --template postmortm', 'postmortem'],
    ['drill logs webshp --output drill', 'webshop'],
    ['respond --done chek-host-clock', 'check-host-clock'],
    ['respond --skip check-host-clok --reason x', 'check-host-clock'],
    ['respond --run check-host-clock2 --yes', 'check-host-clock'],
    ['respond --back chekc-host-clock --reason x', 'check-host-clock'],
    ['respond --var source_iq=192.0.2.1', 'source_ip'],
    ['use ICN-2026-0001', 'INC-2026-0001'],
  ])('ir %s: %s is meant', async (line, meant) => {
    expect(await hintOf(line.split(' '))).toBe(`Did you mean "${meant}"?`);
  });

  it('in an answers file is one, too', async () => {
    const hint = await hintOf(['respond', '--answers', join(cwd, 'answers.yml')]);
    expect(hint).toBe('Did you mean "check-host-clock"?');
  });

  it.each<[string, string]>([
    ['frobnicate', 'See: ir --help'],
    ['playbook frobnicate', 'See: ir playbook --help'],
    ['timeline --frobnicate auth.log', 'See: ir timeline --help'],
    ['timeline -x auth.log', 'See: ir timeline --help'],
    ['use', 'See: ir use --help'],
    ['open x --severity urgent', 'Use one of: SEV1, SEV2, SEV3, SEV4.'],
    // As near to all of them: no guess.
    ['open x --severity SEV9', 'Use one of: SEV1, SEV2, SEV3, SEV4.'],
    ['list --color z', 'Use one of: always, never, auto.'],
  ])('ir %s resembles nothing: %s', async (line, hint) => {
    expect(await hintOf(line.split(' '))).toBe(hint);
  });

  it('that is as near to several is answered with them', () => {
    expect(suggestion('cat', ['bat', 'car', 'dog'])).toBe('Did you mean "bat" or "car"?');
    expect(suggestion('re', ['report', 'reopen', 'respond', 'list'])).toBe(
      'Did you mean "report", "reopen" or "respond"?',
    );
    expect(suggestion('x', ['y', 'z'])).toBe('Use one of: y, z.');
  });

  it('has its hint in JSON errors as well', async () => {
    const { stderr, exit } = await runIr(['timeline', '--levl', 'high', '.', '--json'], { cwd });
    expect(JSON.parse(stderr)).toEqual({
      error: 'unknown option "--levl"',
      hint: 'Did you mean "--level"?',
      exit: 2,
    });
    expect(exit).toBe(2);
  });
});

describe('hostile words', () => {
  const hostile = '\u001b[2J\u202egol.exe\u0007\r\nir: done';
  it.each<[string, string[]]>([
    ['a command', [hostile]],
    ['a command of a group', ['playbook', hostile]],
    ['a command that help is asked for', ['help', hostile]],
    ['an option', [`--${hostile}`]],
    ['a value', ['timeline', '--level', hostile, '.']],
    ['an excess argument', ['use', '1', hostile]],
    ['a format', ['list', '--format', hostile]],
  ])('%s reaches no terminal as it is, in text and in JSON', async (_what, argv) => {
    for (const json of [[], ['--json']]) {
      const { stderr, stdout, exit } = await runIr([...json, ...argv], { cwd });
      expect(exit).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Bidi_Control}/u);
      expect(stderr.split('\n').filter((line) => line.startsWith('ir: done'))).toEqual([]);
      if (json.length > 0) expect(JSON.parse(stderr)).toMatchObject({ exit: 2 });
    }
  });
});
