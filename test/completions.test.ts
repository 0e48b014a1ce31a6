/** Completion as the shells give it, from what the program prints: where the cursor stands, and what is offered. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELLS, type Shell, scriptFor } from '../src/cli/completion/shells.ts';
import { createProgram } from '../src/cli/program.ts';
import { askedValues } from '../src/commands/asked-values.ts';
import { openIncident } from '../src/commands/open-incident.ts';
import { testContext } from './commands/test-context.ts';
import { isThere } from './needs.ts';

const program = createProgram('', async () => undefined);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-completion-'));
  for (const shell of SHELLS) writeFileSync(join(folder, shell), scriptFor(shell, program));
  // What is offered where the program itself is asked.
  writeFileSync(
    join(folder, 'ir'),
    '#!/bin/sh\nprintf "%s\\n" "asked-$3" \'$(touch ran)\' other\n',
  );
  chmodSync(join(folder, 'ir'), 0o755);
  mkdirSync(join(folder, 'place', 'logs'), { recursive: true });
  writeFileSync(join(folder, 'place', 'my file.log'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCRIPTS: Readonly<Record<Exclude<Shell, 'powershell'>, readonly [string, string]>> = {
  bash: [
    'bash',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a parameter of the shell
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ir; printf "%s\\n" "${COMPREPLY[@]}"',
  ],
  // The parts of zsh's own that write to the line, in plain.
  zsh: [
    'zsh',
    `compdef() { : }; _files() { [[ $1 == -/ ]] && print -l *(N/) || print -l *(N) }
_describe() { local of=\${@[-1]}; for one in \${(P)of}; do print -r -- \${\${one//\\\\:/:}%%:*}; done }
compadd() { shift; print -rl -- "$@" }
source "$1"; shift; words=("$@"); CURRENT=$#; PREFIX=\${words[-1]}
_ir | while IFS= read -r one; do [[ $one == "$PREFIX"* ]] && print -r -- "$one"; done; true`,
  ],
  fish: [
    'fish',
    'source $argv[1]; complete -C (string join " " -- $argv[2..-1]) | string replace -r "\\t.*" ""',
  ],
};

/** What is offered for the last word, which may be empty. */
function offered(shell: keyof typeof SCRIPTS, words: readonly string[]): string[] {
  const [name, script] = SCRIPTS[shell];
  const argv = shell === 'fish' ? ['-N', '-c', script] : ['-c', script];
  const first = shell === 'fish' ? [] : [name];
  const { stdout, stderr } = spawnSync(name, [...argv, ...first, join(folder, shell), ...words], {
    encoding: 'utf8',
    cwd: join(folder, 'place'),
    env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, LC_ALL: 'C.UTF-8' },
  });
  expect(stderr).toBe('');
  return stdout
    .split('\n')
    .filter((word) => word !== '')
    .sort();
}

const PLACES: readonly [string, string[], string[]][] = [
  ['a command', ['ir', 'time'], ['timeline']],
  [
    'a command below a group',
    ['ir', 'playbook', ''],
    ['check', 'export', 'import', 'list', 'new', 'show', 'test'],
  ],
  ['an option of the command', ['ir', 'timeline', '--lev'], ['--level']],
  ['an option of all commands', ['ir', 'timeline', '--disp'], ['--display-tz']],
  ['an option before the command', ['ir', '--displ'], ['--display-tz']],
  ['the words of an option', ['ir', 'timeline', 'logs', '--level', 'h'], ['high']],
  ['words that depend on the command', ['ir', 'update', '--status', ''], ['on_hold', 'open']],
  ['the same option elsewhere', ['ir', 'list', '--status', 'c'], ['closed']],
  ['a command behind an option with a value', ['ir', '--tz', 'UTC', 'timel'], ['timeline']],
  ['a topic', ['ir', 'help', 'exit'], ['exit-codes']],
  ['a shell', ['ir', 'completion', 'po'], ['powershell']],
  ['a file', ['ir', 'timeline', 'my'], ['my file.log']],
  ['a folder', ['ir', 'timeline', '--rules', ''], ['logs']],
  ['what only the program knows', ['ir', 'respond', '--done', 'asked'], ['asked-steps']],
  ['an argument of that kind', ['ir', 'use', 'asked'], ['asked-incidents']],
  ['a text', ['ir', 'note', '--at', ''], []],
];

describe.each(
  (Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[]).filter((shell) =>
    isThere(`completions of ${shell}`, spawnSync(SCRIPTS[shell][0], ['--version']).status === 0),
  ),
)('completion by %s', (shell) => {
  it.each(PLACES)('of %s', (_, words, expected) => {
    const found = offered(shell, words).map((word) => word.replace(/\/$|\\/g, ''));
    expect(found).toEqual(expected);
  });

  it('runs nothing of what the program prints', () => {
    expect(offered(shell, ['ir', 'use', ''])).toContain('other');
    expect(spawnSync('ls', [join(folder, 'place')], { encoding: 'utf8' }).stdout).not.toContain(
      'ran',
    );
  });
});

describe('bash', () => {
  it.each([
    [['ir', 'timeline', '--level', '=', 'cr'], ['critical']],
    [
      ['ir', 'timeline', '--fold', '='],
      ['act', 'none'],
    ],
    [['ir', 'timeline', 'a b', '--level', 'crit'], ['critical']],
  ])('%s', (words, expected) => {
    expect(offered('bash', words)).toEqual(expected);
  });
});

it('gives PowerShell every place of the tree, in literals', () => {
  const script = scriptFor('powershell', program);
  expect(script).toContain("' timeline' = @('--all', ");
  expect(script).toContain("'* --fold' = @('act', 'none')");
  expect(script).toContain("' respond' = @()");
  expect(script.match(/[{(]/g)).toHaveLength(script.match(/[})]/g)?.length ?? 0);
});

describe('what only the program knows', () => {
  it.each([
    ['incidents', 'INC-2026-0001'],
    ['steps', 'check-host-clock'],
    ['playbooks', 'ddos'],
    ['formats', 'syslog'],
    ['templates', 'postmortem'],
    ['zones', 'Europe/Berlin'],
    ['fields', 'source.ip'],
    ['rules', 'app_rate_limited'],
  ])('%s', async (kind, expected) => {
    const cwd = mkdtempSync(join(folder, 'case-'));
    const context = testContext({ cwd });
    expect(await askedValues(context, 'incidents')).toEqual([]);
    await openIncident(context, { title: 'Odd logins', type: 'ssh-brute-force' });
    expect(await askedValues(context, kind)).toContain(expected);
  });

  it('is nothing for a kind that there is not', async () => {
    expect(await askedValues(testContext({ cwd: folder }), 'constructor')).toEqual([]);
  });
});
