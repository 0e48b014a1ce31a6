import { type Command, Option } from 'commander';
import type { ActOptions } from '../commands/act.ts';
import type { ActionsOptions } from '../commands/actions.ts';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

const SUDO = (): Option => new Option('--sudo', 'run what needs root through sudo -n');

/** `ir act`, `ir actions`, `ir undo`: changes to systems. */
export const declareAct: Declare = (program, run) => {
  program
    .command('act')
    .argument('[action]', 'id in the catalogue; without it the catalogue is listed')
    .argument('[values...]', 'values of its arguments, in their order')
    .option('--var <name=value>', 'a value by name (repeatable)', collect)
    .option('--for <duration>', 'how long it lasts: 90s, 15m, 24h, 7d')
    .option('--host <host>', 'run it on another machine, through ssh: user@web01')
    .addOption(SUDO())
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('-y, --yes', 'confirm it')
    .option(
      '--confirm <name>',
      'confirm what is disruptive or destructive with the name of its target',
    )
    .option('--reason <text>', 'why; needed for what cannot be taken back')
    .option('--second <name>', 'the second person who agreed')
    .description(
      'do something to a system: looked at first, read back, and taken back with ir undo',
    )
    .addHelpText(
      'after',
      `
Your own actions are read from $XDG_CONFIG_HOME/ir/actions (~/.config/ir/actions); docs/actions.md has what stands in them.

Examples:
  ir act                                            the catalogue
  ir act block-ip 203.0.113.7 --for 24h --dry-run   what would run
  ir act block-ip 203.0.113.7 --for 24h --yes       run it
  ir act lock-account deploy --host root@web01 --yes --confirm deploy

Exit codes:
  0 done and read back   2 usage   3 an action or the configuration is invalid   5 the machine cannot be reached
  6 refused, or a confirmation is needed   7 store locked or damaged   8 it did not take effect
`,
    )
    .action(
      async (name: string | undefined, words: string[], options: ActOptions, self: Command) => {
        await run(self, name === undefined ? 'catalogue' : 'act', async (context) => {
          const { act, listCatalogue } = await import('../commands/act.ts');
          const outcome: { result: unknown } =
            name === undefined
              ? await listCatalogue(context)
              : await act(context, name, words, options);
          return outcome;
        });
      },
    );
  declareActions(program, run);
  declareUndo(program, run);
};

const declareActions: Declare = (program, run) => {
  program
    .command('actions')
    .option('--expire', 'take back what has run out')
    .option('--keep <action>', 'make one stay that would end by itself')
    .option('--finish <action>', 'go on with one that did not report back, from how it is found')
    .addOption(SUDO())
    .description('what is changed on production now: by whom, where, until when')
    .addHelpText(
      'after',
      `
Examples:
  ir actions                     what is in place, and how those are found that did not report back
  ir actions --expire            for cron: ends what the kernel does not
  ir actions --keep A-003        an isolation stays

Exit codes:
  0 done   5 a machine cannot be reached   6 refused   7 store locked or damaged   8 an undo did not work
`,
    )
    .action(async (options: ActionsOptions, self: Command) => {
      await run(self, 'actions', async (context) => {
        const { listActions } = await import('../commands/actions.ts');
        return listActions(context, options);
      });
    });
};

const declareUndo: Declare = (program, run) => {
  program
    .command('undo')
    .argument('[action]', 'number of the action, such as A-003')
    .option('--all', 'all that the incident has in place, the newest first')
    .option('-y, --yes', 'confirm it')
    .option(
      '--confirm <name>',
      'take back what the action did although somebody changed the same since: the name of its target',
    )
    .option('--reason <text>', 'why')
    .addOption(SUDO())
    .description('take an action back, and read back that it is gone')
    .addHelpText(
      'after',
      `
Examples:
  ir undo A-003 --yes
  ir undo --all --yes

Exit codes:
  0 taken back   5 the machine cannot be reached   6 refused, or a confirmation is needed
  7 store locked or damaged, or what was there before is gone   8 it did not work
`,
    )
    .action(async (no: string | undefined, options: ActionsOptions, self: Command) => {
      await run(self, 'actions', async (context) => {
        const { undoActions } = await import('../commands/actions.ts');
        return undoActions(context, no, options);
      });
    });
};
