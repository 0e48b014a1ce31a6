import type { Command } from 'commander';
import type { Declare } from './declare.ts';

/** `ir config`: the settings of this machine and of the workspace. */
export const declareConfig: Declare = (program, run) => {
  const group = program
    .command('config')
    .description('check and show the configuration')
    .addHelpText(
      'after',
      `
Settings are read from $XDG_CONFIG_HOME/ir/config.yml (~/.config/ir/config.yml), then from .ir/config.yml of the workspace, which counts more;
docs/configuration.md has what may stand there.

Examples:
  ir config check                          every mistake, with line and column
  ir config show --origin                  what is in force, and where it comes from

Exit codes:
  0 done   3 a mistake in the configuration
`,
    );
  group
    .command('check')
    .description('report every mistake in the configuration, with line and column')
    .addHelpText(
      'after',
      '\nExamples:\n  ir config check\n  ir config check --json\n\nExit codes:\n  0 all is valid   3 a mistake in the configuration\n',
    )
    .action(async (_options: unknown, self: Command) => {
      await run(self, 'config-check', async (context) => {
        const { showConfig } = await import('../commands/config.ts');
        return showConfig(context, {});
      });
    });
  group
    .command('show')
    .option('--origin', 'the file and line of each setting')
    .description('the settings in force')
    .addHelpText(
      'after',
      '\nExamples:\n  ir config show --origin\n  ir config show --json\n\nExit codes:\n  0 done   3 a mistake in the configuration\n',
    )
    .action(async (options: { origin?: boolean }, self: Command) => {
      await run(self, 'config-show', async (context) => {
        const { showConfig } = await import('../commands/config.ts');
        return showConfig(context, options);
      });
    });
};
