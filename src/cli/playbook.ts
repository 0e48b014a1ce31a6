import type { Command } from 'commander';
import type { NewPlaybookOptions } from '../commands/playbook-new.ts';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

/** `ir playbook`: what to do in each kind of incident. */
export const declarePlaybook: Declare = (program, run) => {
  const group = program
    .command('playbook')
    .description('list, show, check, try, make and exchange playbooks')
    .addHelpText(
      'after',
      `
Your own playbooks are read from $XDG_CONFIG_HOME/ir/playbooks (~/.config/ir/playbooks).

Examples:
  ir playbook list
  ir playbook show ssh-brute-force
  ir playbook check my-playbook.yml
  ir playbook test my-playbook.yml
  ir playbook new disk-full --title "Disk filled on purpose"

Exit codes:
  0 done   2 usage   3 a playbook is invalid   4 file not readable
`,
    );
  for (const declare of [
    declareList,
    declareShow,
    declareCheck,
    declareTest,
    declareNew,
    declareImport,
    declareExport,
  ])
    declare(group, run);
};

const declareList: Declare = (group, run) => {
  group
    .command('list')
    .description('all playbooks with what they are for')
    .addHelpText(
      'after',
      '\nExamples:\n  ir playbook list\n  ir playbook list --json\n\nExit codes:\n  0 done\n',
    )
    .action(async (_options: unknown, self: Command) => {
      await run(self, 'playbook-list', async (context) => {
        const { listPlaybooks } = await import('../commands/playbook.ts');
        return { result: await listPlaybooks(context) };
      });
    });
};

const declareShow: Declare = (group, run) => {
  group
    .command('show')
    .argument('<playbook>', 'id of the playbook')
    .description('one playbook with all steps and commands')
    .addHelpText(
      'after',
      '\nExamples:\n  ir playbook show ddos\n  ir playbook show ddos --json\n\nExit codes:\n  0 done   2 no such playbook   3 the playbook is invalid\n',
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      await run(self, 'playbook-show', async (context) => {
        const { showPlaybook } = await import('../commands/playbook.ts');
        return { result: await showPlaybook(context, id) };
      });
    });
};

const declareCheck: Declare = (group, run) => {
  group
    .command('check')
    .argument('<files...>', 'playbook files')
    .description('report every mistake in playbook files, with line and column')
    .addHelpText(
      'after',
      '\nExamples:\n  ir playbook check my-playbook.yml\n  ir playbook check ~/.config/ir/playbooks/*.yml --json\n\nExit codes:\n  0 all are valid   3 a playbook is invalid   4 file not readable\n',
    )
    .action(async (files: string[], _options: unknown, self: Command) => {
      await run(self, 'playbook-check', async (context) => {
        const { checkPlaybooks } = await import('../commands/playbook.ts');
        return await checkPlaybooks(context, files);
      });
    });
};

const EXIT_CODES = '\nExit codes:\n  ';

const declareTest: Declare = (group, run) => {
  group
    .command('test')
    .argument('<playbook>', 'id of a playbook, or a file')
    .option('--var <name=value>', 'an answer that stands (repeatable)', collect)
    .description('walk a playbook dry with made-up answers, every branch; nothing is run')
    .addHelpText(
      'after',
      `\nExamples:\n  ir playbook test ransomware\n  ir playbook test my-playbook.yml --var still_active=no\n${EXIT_CODES}0 every walk reaches its end   2 no such playbook   3 a walk cannot be finished   4 file not readable\n`,
    )
    .action(async (name: string, { var: flags = [] }: { var?: string[] }, self: Command) => {
      await run(self, 'playbook-test', async (context) => {
        const { testPlaybook } = await import('../commands/playbook-try.ts');
        return await testPlaybook(context, name, flags);
      });
    });
};

const declareNew: Declare = (group, run) => {
  group
    .command('new')
    .argument('<id>', 'id of the new playbook, which names its file')
    .option('--title <text>', 'its title')
    .option('--from <playbook>', 'begin with a copy of this one')
    .option('-o, --output <file>', 'write it there instead of among your own; - prints it')
    .option('--force', 'replace a file that is there')
    .description('a commented playbook to go on from')
    .addHelpText(
      'after',
      `\nExamples:\n  ir playbook new disk-full --title "Disk filled on purpose"\n  ir playbook new our-ddos --from ddos --output our-ddos.yml\n${EXIT_CODES}0 done   2 usage   6 a file is there already\n`,
    )
    .action(async (id: string, options: NewPlaybookOptions, self: Command) => {
      await run(self, 'playbook-written', async (context) => {
        const { newPlaybook } = await import('../commands/playbook-new.ts');
        return { result: await newPlaybook(context, id, options) };
      });
    });
};

const declareImport: Declare = (group, run) => {
  group
    .command('import')
    .argument('<file>', 'a CACAO 2.0 playbook, - for standard input')
    .option('-o, --output <file>', 'write it there instead of among your own; - prints it')
    .option('--force', 'replace a file that is there')
    .description('take in a playbook in CACAO 2.0 JSON, and name what cannot be expressed')
    .addHelpText(
      'after',
      `\nCommands of other programs become instructions: their risk and their undo are not known.\n\nExamples:\n  ir playbook import cacao.json\n  ir playbook import cacao.json --output - | less\n${EXIT_CODES}0 done   3 no CACAO 2.0 playbook   4 file not readable   6 a file is there already\n`,
    )
    .action(async (file: string, options: { output?: string; force?: boolean }, self: Command) => {
      await run(self, 'playbook-written', async (context) => {
        const { importPlaybook } = await import('../commands/playbook-exchange.ts');
        return { result: await importPlaybook(context, file, options) };
      });
    });
};

const declareExport: Declare = (group, run) => {
  group
    .command('export')
    .argument('<playbook>', 'id of a playbook, or a file')
    .option('-o, --output <file>', 'write it to a file')
    .option('--force', 'replace a file that is there')
    .description('a playbook as CACAO 2.0 JSON for other programs')
    .addHelpText(
      'after',
      `\nExamples:\n  ir playbook export ransomware --output ransomware.json\n${EXIT_CODES}0 done   2 no such playbook   3 the playbook is invalid   6 a file is there already   9 output could not be written\n`,
    )
    .action(async (name: string, options: { output?: string; force?: boolean }, self: Command) => {
      await run(self, 'playbook-export', async (context) => {
        const { exportPlaybook } = await import('../commands/playbook-exchange.ts');
        return await exportPlaybook(context, name, options);
      });
    });
};
