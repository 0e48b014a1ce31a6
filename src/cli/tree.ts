/** The command tree as plain data, for what is made from it: completions, manual pages, `docs/cli.md`. */
import type { Argument, Command, Option } from 'commander';

/** A command that does something, or a group above such. */
export interface TreeCommand {
  /** The names below `ir`. */
  path: readonly string[];
  /** With `ir` in front. */
  name: string;
  description: string;
  /** The heading under which `ir --help` shows it, without its colon; empty below a group. */
  group: string;
  args: readonly Argument[];
  /** Without hidden ones. */
  options: readonly Option[];
  /** Names of the commands of a group. */
  children: readonly string[];
  /** Examples and exit codes: what the help says below the options. */
  more(): string;
}

/** All commands, each group before its own. */
export const commandsOf = (program: Command, path: readonly string[] = []): TreeCommand[] =>
  program.commands.flatMap((command) => {
    const own = [...path, command.name()];
    return [
      {
        path: own,
        name: ['ir', ...own].join(' '),
        description: command.description(),
        group: (command.helpGroup() ?? '').replace(/:$/, ''),
        args: command.registeredArguments,
        options: command.options.filter(({ hidden }) => !hidden),
        children: command.commands.map((child) => child.name()),
        more: () => moreHelp(command),
      },
      ...commandsOf(command, own),
    ];
  });

/** `<paths...>`, `[key]`. */
export function placeholder(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What an option or argument does, with its words and its default. */
export function describe(option: Option | Argument): string {
  const { description, argChoices, defaultValue, defaultValueDescription } = option;
  const notes: string[] = [];
  if (argChoices !== undefined) notes.push(argChoices.join(', '));
  const usual = defaultValueDescription ?? defaultValue;
  if (typeof usual === 'string') notes.push(`default: ${usual}`);
  if ('mandatory' in option && option.mandatory) notes.push('needed');
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

/** A description as a sentence. */
export const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** What the help says below the options. */
export function moreHelp(command: Command): string {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(before);
  return text.slice(command.helpInformation().length).trim();
}
