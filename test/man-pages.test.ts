/** The manual pages that the build makes: one of the program and one of each command, valid as man and mandoc judge. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { TOPICS } from '../src/commands/topics.ts';
import { isThere } from './needs.ts';
import { ensureBuilt, ROOT } from './program.ts';

const FOLDER = join(ROOT, 'share', 'man', 'man1');
const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: string[] };
const program = createProgram('', async () => undefined);
const NAMES = ['ir.1', ...program.commands.map((command) => `ir-${command.name()}.1`)].sort();
const has = (name: string): boolean =>
  isThere(
    `manual pages as ${name} judges them`,
    spawnSync(name, ['--version']).error === undefined,
  );

beforeAll(ensureBuilt);

const text = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

describe('the manual pages', () => {
  it('are one of each command, all of which npm puts into place', () => {
    expect(NAMES.length).toBeGreaterThan(15);
    expect(readdirSync(FOLDER).sort()).toEqual(NAMES);
    expect(man.map((path) => path.replace('share/man/man1/', '')).sort()).toEqual(NAMES);
  });

  it('say all options, examples and exit codes', () => {
    for (const command of program.commands) {
      const page = text(`ir-${command.name()}.1`).replaceAll('\\-', '-');
      for (const one of [command, ...command.commands]) {
        for (const { flags, hidden } of one.options) {
          if (!hidden) expect(page).toContain(`.B ${flags}`);
          else expect(page).not.toContain(`.B ${flags}`);
        }
      }
      expect(page).toMatch(/^\.SH "EXAMPLES"$|Examples:/m);
      if (command.commands.length === 0) expect(page).toMatch(/^\.SH "EXIT CODES"$|Exit codes:/m);
    }
    for (const { name } of TOPICS)
      expect(text('ir.1').replaceAll('\\-', '-')).toContain(`.B ${name}`);
  });

  it.runIf(has('mandoc'))('are valid for mandoc', () => {
    for (const name of NAMES) {
      const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning', join(FOLDER, name)], {
        encoding: 'utf8',
      });
      // A date would be another one with every build.
      const said = stdout.split('\n').filter((line) => !/missing date|^$/.test(line));
      expect(said).toEqual([]);
    }
  });

  it.runIf(has('man'))('are valid for man, and read well at 60 columns', () => {
    for (const name of NAMES) {
      const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', join(FOLDER, name)], {
        encoding: 'utf8',
        env: { ...process.env, MANWIDTH: '60', LC_ALL: 'C.UTF-8', MANPAGER: 'cat' },
      });
      // An example is not broken.
      expect(
        stderr.split('\n').filter((line) => !/cannot (?:break|adjust) line|^$/.test(line)),
      ).toEqual([]);
      expect(stdout).toContain('NAME');
    }
  });
});
