/** Wrong usage: what commander found, in the words and with the hints that all of the program has. */
import type { Command, CommanderError, Option } from 'commander';
import { suggestion, usageError } from '../errors.ts';

/** An option whose value is one of a list. */
export const oneOf = (option: Option, words: readonly string[]): Option =>
  option.choices(words).argParser((text: string) => {
    if (words.includes(text)) return text;
    throw usageError(`${option.long}: "${text}" is not one of its words`, suggestion(text, words));
  });

/** What commander throws, as a usage error with a hint; help and version, which end a run too, as they are. */
export function usageErrorOf(command: Command, error: CommanderError): Error {
  if (error.exitCode === 0 || error.code === 'commander.help') return error;
  const word = /^error: unknown \w+ '([\s\S]*)'$/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownCommand') return unknownCommand(command, word);
  if (error.code === 'commander.unknownOption') return unknownOption(command, word);
  return usageError(error.message.replace(/^error: /, ''), seeHelp(command));
}

/** A name that is no command of `group`. */
export const unknownCommand = (group: Command, name: string): Error =>
  usageError(
    `unknown command "${name}"`,
    suggestion(
      name,
      group.commands.map((command) => command.name()),
      seeHelp(group),
    ),
  );

function unknownOption(command: Command, written: string): Error {
  const [flag = ''] = written.split('=', 1);
  const known = withParents(command).flatMap(({ options }) =>
    options.flatMap(({ long, hidden }) => (hidden || !long ? [] : [long])),
  );
  // One letter is near to every other one.
  const near = flag.length < 3 ? [] : [...known, '--help'];
  return usageError(`unknown option "${flag}"`, suggestion(flag, near, seeHelp(command)));
}

const withParents = (command: Command): Command[] =>
  command.parent === null ? [command] : [...withParents(command.parent), command];

const seeHelp = (command: Command): string =>
  `See: ${withParents(command)
    .map((each) => each.name())
    .join(' ')} --help`;
