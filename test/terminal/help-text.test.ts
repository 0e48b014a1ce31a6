/** The help of every command, at the widths that people have. */
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { wrapHelp } from '../../src/terminal/help-text.ts';

/** Each command with its help, not broken into lines. */
function helps(): [string, string][] {
  let text = '';
  const program = createProgram(
    '',
    async () => undefined,
    (part) => {
      text += part;
    },
  );
  const all: [string, string][] = [];
  const visit = (command: Command, names: readonly string[]): void => {
    text = '';
    command.outputHelp();
    all.push([[...names, command.name()].join(' '), text]);
    for (const child of command.commands) visit(child, [...names, command.name()]);
  };
  visit(program, []);
  return all;
}

const wordsOf = (text: string): string[] => text.split(/\s+/);

describe.each([40, 60, 80, 132])('help on %i columns', (width) => {
  it.each(helps())('%s: every word whole, no line too long', (_name, help) => {
    const broken = wrapHelp(help, width);
    expect(wordsOf(broken)).toEqual(wordsOf(help));
    const long = broken.split('\n').filter((line) => line.length > width);
    // One word that is longer than a line is left to the terminal.
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([]);
  });
});

it('is asked of every command', () => {
  expect(helps().length).toBeGreaterThan(20);
});

it('keeps two columns where there is room, and puts the description below the option where not', () => {
  const help = '  --a-long-option <value>   what it is good for and what is to be heeded';
  expect(wrapHelp(help, 60)).toBe(
    '  --a-long-option <value>   what it is good for and what is\n' +
      '                            to be heeded',
  );
  expect(wrapHelp(help, 40)).toBe(
    '  --a-long-option <value>\n      what it is good for and what is to\n      be heeded',
  );
});
