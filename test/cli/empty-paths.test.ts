/** An empty path, as an unset variable of a script leaves it, is refused by every option and argument that takes a path. */
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const build = (): Command => createProgram('0', async () => undefined);

/** Words that call a command with what it needs, one time for each path that it takes, which is empty. */
function* callsOf(command: Command, names: readonly string[] = []): Iterable<string[]> {
  for (const child of command.commands) yield* callsOf(child, [...names, child.name()]);
  if (command.commands.length > 0 || names[0] === 'help') return;
  const needed = command.registeredArguments
    .filter(({ required }) => required)
    .map(({ argChoices }) => argChoices?.[0] ?? 'x');
  const mandatory = command.options.filter((option) => option.mandatory);
  const options = mandatory.map(({ long }) => `${long}=x`);
  for (const { flags, long } of command.options) {
    if (/<(?:[^>]*\W)?(?:file|folder|path)/.test(flags)) {
      const others = options.filter((option) => !option.startsWith(`${long}=`));
      yield [...names, ...needed, ...others, `${long}=`];
    }
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    if (!/file|folder|path/.test(argument.name())) continue;
    const count = Math.max(needed.length, index + 1);
    const words = Array.from({ length: count }, (_, at) => (at === index ? '' : 'x'));
    yield [...names, ...words, ...options];
  }
}

const calls = [
  ...callsOf(build()),
  ['list', '--store='],
  ['timeline', '.', '--rules', 'rules', '--rules', ''],
  ['timeline', 'a.log', ''],
];

it('there are such options and arguments', () => {
  expect(calls.length).toBeGreaterThan(12);
});

it.each(calls.map((words) => ({ words })))('$words', async ({ words }) => {
  await expect(build().parseAsync(words, { from: 'user' })).rejects.toMatchObject({
    exit: 2,
    message: expect.stringContaining('the path is empty') as string,
  });
});
