/** `ir watch --print-unit`: what was typed, as systemd reads it. */
import { expect, it } from 'vitest';
import { watchUnit } from '../../src/commands/watch-unit.ts';
import { testContext } from './test-context.ts';

const linesOf = (argv: string[], paths: string[], cwd = '/srv/case'): readonly string[] =>
  watchUnit(testContext({ cwd, store: `${cwd}/.ir` }), argv, paths).result.lines;
const commandOf = (...typed: Parameters<typeof linesOf>): string =>
  (linesOf(...typed).find((line) => line.startsWith('ExecStart=')) ?? '').replace(/^.* watch /, '');

it.each([
  [
    'paths from the root',
    ['logs', '--level', 'high'],
    ['logs'],
    '/srv/case/logs --level high --store /srv/case/.ir --no-input',
  ],
  [
    'URLs as they are',
    ['syslog+tcp://127.0.0.1:5514'],
    ['syslog+tcp://127.0.0.1:5514'],
    'syslog+tcp://127.0.0.1:5514 --store /srv/case/.ir --no-input',
  ],
  ['a store that was named', ['/l', '--store', '/s'], ['/l'], '/l --store /s --no-input'],
  [
    'blanks, quotes, % and $',
    ['/a b', '--where', 'user.name = "x" % $HOME'],
    ['/a b'],
    '"/a b" --where "user.name = \\"x\\" %% $$HOME" --store /srv/case/.ir --no-input',
  ],
])('has %s', (_, argv, paths, command) => {
  expect(commandOf(argv, paths)).toBe(command);
});

it('lets a watch that blocks through sudo gain rights, and no other', () => {
  expect(linesOf(['/l', '--block'], ['/l'])).toContain('NoNewPrivileges=yes');
  expect(linesOf(['/l', '--block', '--sudo'], ['/l'])).not.toContain('NoNewPrivileges=yes');
});
