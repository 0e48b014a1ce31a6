/** `ir completion` and `ir help`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { TOPICS, topic } from '../commands/topics.ts';
import { SHELLS, type Shell, scriptFor } from './completion/shells.ts';
import type { Declare } from './declare.ts';
import { unknownTopic } from './usage.ts';

const COMPLETION_EXAMPLES = `
Examples:
  source <(ir completion bash)                       in ~/.bashrc
  source <(ir completion zsh)                        in ~/.zshrc, after compinit
  ir completion fish > ~/.config/fish/completions/ir.fish
  ir completion powershell | Out-String | Invoke-Expression
                                                     in $PROFILE

Exit codes: 0 done, 2 usage
`;

/** `ir completion SHELL`. */
export const declareCompletion: Declare = (program, run) => {
  program
    .command('completion')
    .description('print the completion of commands, options and values for a shell')
    .addArgument(program.createArgument('[shell]', 'the shell').choices(SHELLS))
    .addOption(new Option('--values <kind>', 'what a completion asks for').hideHelp())
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: Shell | undefined, { values }: { values?: string }, self: Command) => {
      await run(self, 'plain-text', async (context) => {
        if (values !== undefined) {
          const { askedValues } = await import('../commands/asked-values.ts');
          return { result: { lines: await askedValues(context, values) } };
        }
        return { result: { lines: [scriptFor(shell, program).trimEnd()] } };
      });
    });
};

const HELP_EXAMPLES = `
Topics:
${TOPICS.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}

Examples:
  ir help timeline
  ir help formats detect
  ir help exit-codes

Exit codes: 0 done, 2 no such command or topic
`;

/** `ir help COMMAND` and `ir help TOPIC`. */
export const declareHelp: Declare = (program, run) => {
  program
    .command('help')
    .description('show help for a command or a topic')
    .argument('[topic...]', 'the command or the topic')
    .addHelpText('after', HELP_EXAMPLES)
    .action(async (names: string[], _options: object, self: Command) => {
      const found = topic(names);
      if (found !== undefined) {
        await run(self, 'topic', async () => ({ result: found }));
        return;
      }
      let command = program;
      for (const name of names) {
        const child = command.commands.find((known) => known.name() === name);
        if (child === undefined) throw unknownTopic(command, name);
        command = child;
      }
      command.help();
    });
};
