/** The command tree of the built program as plain data, for the documents that are made from it. */

/**
 * Commands that do something, and the groups above them.
 * @returns `path` are the names below `ir`; a group has `children`
 */
export function commandsOf(program, path = []) {
  return program.commands.flatMap((command) => {
    const own = [...path, command.name()];
    return [
      {
        path: own,
        name: ['ir', ...own].join(' '),
        description: command.description(),
        args: command.registeredArguments,
        options: command.options.filter(({ hidden }) => !hidden),
        children: command.commands.map((child) => child.name()),
        more: () => moreHelp(command),
      },
      ...commandsOf(command, own),
    ];
  });
}

export function placeholder(argument) {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What an option does, with its words and its default. */
export function describe({ description, argChoices, defaultValue, mandatory }) {
  const notes = [];
  if (argChoices !== undefined) notes.push(argChoices.join(', '));
  if (typeof defaultValue === 'string') notes.push(`default: ${defaultValue}`);
  if (mandatory) notes.push('needed');
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

export const sentence = (text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** Examples and exit codes: what the help says below the options. */
export function moreHelp(command) {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(before);
  return text.slice(command.helpInformation().length).trim();
}
