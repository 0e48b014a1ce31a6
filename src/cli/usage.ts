/** Wrong usage: what commander found, in the words and with the hints that all of the program has. */
import { type Command, type CommanderError, Option } from 'commander';
import { TOPICS } from '../commands/topics.ts';
import { suggestion, usageError } from '../errors.ts';

/** An option whose value is one of a list. */
export const oneOf = (option: Option, words: readonly string[]): Option =>
  option.choices(words).argParser((text: string) => {
    if (words.includes(text)) return text;
    throw usageError(`${option.long}: "${text}" is not one of its words`, suggestion(text, words));
  });

/** An option whose words are shown and completed; the command itself reads them, in any case. @param usual what holds without it */
export function offering(
  flags: string,
  description: string,
  words: readonly string[],
  usual?: string,
): Option {
  const option = new Option(flags, description);
  option.argChoices = [...words];
  return option.default(undefined, usual);
}

/** An earlier spelling of an option, which is taken still and shown nowhere. */
export function alsoSpelled(command: Command, flags: string, name: string): void {
  const earlier = new Option(flags).hideHelp();
  command.addOption(earlier);
  command.on(`option:${earlier.name()}`, (value: unknown) => command.setOptionValue(name, value));
}

/** What commander throws, as a usage error with a hint; help and version, which end a run too, as they are. */
export function usageErrorOf(command: Command, error: CommanderError): Error {
  if (error.exitCode === 0 || error.code === 'commander.help') return error;
  const word = /^error: unknown \w+ '([\s\S]*)'$/.exec(error.message)?.[1] ?? '';
  // The program alone is a command, too, and takes no words: one that is there was meant for a command.
  const [first = '-'] = command.args;
  if (command.parent === null && !first.startsWith('-')) return unknownCommand(command, first);
  if (error.code === 'commander.unknownCommand') return unknownCommand(command, word);
  if (error.code === 'commander.unknownOption') return unknownOption(command, word);
  if (error.code === 'commander.invalidArgument') return unknownChoice(command, error);
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

/** A name that is neither a command nor a topic. */
export const unknownTopic = (group: Command, name: string): Error =>
  group.parent !== null
    ? unknownCommand(group, name)
    : usageError(
        `there is no command and no topic "${name}"`,
        suggestion(
          name,
          [
            ...group.commands.map((command) => command.name()),
            ...TOPICS.map((topic) => topic.name),
          ],
          'See: ir help --help',
        ),
      );

/** A word that is none of those that an argument may be. */
function unknownChoice(command: Command, error: CommanderError): Error {
  const [, value = '', name] =
    /argument value '([\s\S]*)' is invalid for argument '([\w-]+)'/.exec(error.message) ?? [];
  const choices = command.registeredArguments.find((one) => one.name() === name)?.argChoices ?? [];
  if (choices.length === 0)
    return usageError(error.message.replace(/^error: /, ''), seeHelp(command));
  return usageError(`${name}: "${value}" is not one of its words`, suggestion(value, choices));
}

function unknownOption(command: Command, written: string): Error {
  const [flag = ''] = written.split('=', 1);
  const known = withParents(command).flatMap(({ options }) =>
    options.flatMap(({ long, hidden }) => (hidden || !long ? [] : [long])),
  );
  // One letter is near to every other one.
  const near = flag.length < 3 ? [] : [...known, '--help'];
  return usageError(`unknown option "${flag}"`, suggestion(flag, near, seeHelp(command)));
}

/** Takes an option that may be repeated. */
export const collect = (value: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  value,
];

/** What stands in the brackets of an option or argument that takes a path. */
const PATH = /(?:^|\|)(?:folder|file|path)s?$/;

/** An empty path, as an unset variable of a script leaves it, would mean the current folder. @throws IrError (exit 2) */
export function refuseEmptyPaths(command: Command): void {
  const options = withParents(command).flatMap((each) =>
    each.options.map((option) => ({
      name: option.long ?? option.flags,
      takes: /[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(option.flags)?.[1] ?? '',
      value: each.getOptionValue(option.attributeName()) as unknown,
    })),
  );
  const taken = command.registeredArguments.map((argument, index) => {
    const name = argument.name();
    return { name, takes: name, value: command.processedArgs[index] as unknown };
  });
  for (const { name, takes, value } of [...options, ...taken]) {
    if (PATH.test(takes) && [value].flat().includes('')) {
      throw usageError(`${name}: the path is empty: name one, or leave it out`);
    }
  }
}

const withParents = (command: Command): Command[] =>
  command.parent === null ? [command] : [...withParents(command.parent), command];

const seeHelp = (command: Command): string =>
  `See: ${withParents(command)
    .map((each) => each.name())
    .join(' ')} --help`;
