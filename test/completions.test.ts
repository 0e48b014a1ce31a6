/** Completion as bash gives it, from the file that is shipped: where the cursor stands, and what is offered. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const FILE = 'share/bash-completion/completions/ir';

/** What is offered for the last word, which may be empty. */
function offered(words: readonly string[]): string[] {
  const script = `source ${FILE}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ir; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  it.each([
    ['a command', ['ir', 'time'], ['timeline']],
    ['a command below a group', ['ir', 'playbook', ''], ['list', 'show', 'check']],
    ['an option of the command', ['ir', 'timeline', '--lev'], ['--level']],
    [
      'an option of all commands behind the command',
      ['ir', 'timeline', '--disp'],
      ['--display-tz'],
    ],
    ['an option before the command', ['ir', '--displ'], ['--display-tz']],
    ['the words of an option', ['ir', 'timeline', 'logs', '--level', 'h'], ['high']],
    ['a command behind an option with a value', ['ir', '--tz', 'UTC', 'timel'], ['timeline']],
    // Nothing of ours: the shell offers files.
    ['a file', ['ir', 'timeline', ''], []],
    ['the value of an option', ['ir', 'timeline', '--rules', 'm'], []],
    ['a blank in a word', ['ir', 'timeline', 'a b', '--level', 'crit'], ['critical']],
  ])('of %s', (_, words, expected) => {
    expect(offered(words)).toEqual(expected);
  });
});
