/** Words on their way to another machine, read by the shells that are there. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteArgv } from '../../src/processes/quote.ts';
import { sshCommand } from '../../src/processes/run-at.ts';

const HOSTILE = [
  ...[
    '',
    ' ',
    '-rf',
    '--',
    '$(id)',
    '`id`',
    '; id',
    '&& id',
    '| id',
    '> x',
    "a'b",
    "''",
    '"',
    '\\',
    "\\'",
  ],
  ...[
    '*',
    '?',
    '[a]',
    '~root',
    '!!',
    '#',
    '%s',
    'a\nb',
    'a\tb',
    '\u202eabc',
    'ä😀',
    '{a,b}',
    '=x',
    '\u0001',
  ],
  'x'.repeat(100_000),
];
const SHELLS = ['sh', 'bash', 'zsh', 'fish'].filter(
  (shell) => spawnSync('which', [shell]).status === 0,
);
const PRINT = [
  process.execPath,
  '-e',
  'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
  '--',
];

describe('hostile words', () => {
  it('are the same words again for sh at the other end', () => {
    const { argv, input } = sshCommand('web01', [...PRINT, ...HOSTILE], 60_000);
    expect(argv.slice(-3)).toEqual(['--', 'web01', 'sh -s']);
    // What the other machine would be told, by whatever login shell it has.
    for (const shell of SHELLS) {
      const { stdout } = spawnSync(shell, ['-c', 'sh -s'], { input, encoding: 'utf8' });
      expect([shell, JSON.parse(stdout)]).toEqual([shell, HOSTILE]);
    }
  });

  it.each(['sh', 'bash'])('are the same words again for %s', (shell) => {
    const { stdout } = spawnSync(shell, ['-s'], {
      input: quoteArgv([...PRINT, ...HOSTILE]),
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual(HOSTILE);
  });

  it('leave the exit code and standard input alone', () => {
    const { input } = sshCommand('web01', ['sh', '-c', 'cat; exit 7'], 60_000);
    const { status, stdout } = spawnSync('sh', ['-s'], {
      input: `${input}echo more`,
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([7, '']);
  });
});
