import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

const EXIT_CODES = '\nExit codes:\n  ';

/** `ir formats`: which logs are read, and how a format of one's own is made. */
export const declareFormats: Declare = (program, run) => {
  const group = program
    .command('formats')
    .description('list, show, try, check and make log formats')
    .addHelpText(
      'after',
      `
Your own formats are read from $XDG_CONFIG_HOME/ir/formats (~/.config/ir/formats); docs/format-language.md has the language.

Examples:
  ir formats list                          what can be read
  ir formats detect app.log                which format reads a file, and why not another
  ir formats new --from app.log > ~/.config/ir/formats/app.yml
                                           a proposal of a format, from lines
  ir formats check ~/.config/ir/formats/app.yml

Exit codes:
  0 done   2 usage   3 a format is invalid   4 file not readable
`,
    );
  declareList(group, run);
  declareShow(group, run);
  declareDetect(group, run);
  declareCheck(group, run);
  declareTest(group, run);
  declareNew(group, run);
};

const declareList: Declare = (group, run) => {
  group
    .command('list')
    .description('all log formats, your own included')
    .addHelpText(
      'after',
      `\nExamples:\n  ir formats list\n  ir formats list --json\n${EXIT_CODES}0 done\n`,
    )
    .action(async (_options: unknown, self: Command) => {
      await run(self, 'formats-list', async (context) => {
        const { listFormats } = await import('../commands/formats.ts');
        return { result: listFormats(context) };
      });
    });
};

const declareShow: Declare = (group, run) => {
  group
    .command('show')
    .argument('<log-format>', 'name of the format')
    .description('one format with its patterns, and samples with their events')
    .addHelpText(
      'after',
      `\nExamples:\n  ir formats show redis\n  ir formats show redis --json\n${EXIT_CODES}0 done   2 no such format\n`,
    )
    .action(async (name: string, _options: unknown, self: Command) => {
      await run(self, 'formats-show', async (context) => {
        const { showFormat } = await import('../commands/formats.ts');
        return { result: showFormat(context, name) };
      });
    });
};

const declareDetect: Declare = (group, run) => {
  group
    .command('detect')
    .argument('<paths...>', 'files, folders, globs, or - for standard input')
    .option('--why <log-format>', 'say why this format does not read it (repeatable)', collect)
    .description('which format reads a file: what each claims of its first lines')
    .addHelpText(
      'after',
      `\nExamples:\n  ir formats detect app.log\n  ir formats detect app.log --why my-format\n${EXIT_CODES}0 done   2 no such format   4 a file could not be read\n`,
    )
    .action(async (paths: string[], { why = [] }: { why?: string[] }, self: Command) => {
      await run(self, 'formats-detect', async (context) => {
        const { detectFormats } = await import('../commands/formats.ts');
        return await detectFormats(context, paths, why);
      });
    });
};

const declareCheck: Declare = (group, run) => {
  group
    .command('check')
    .argument('<files...>', 'format files')
    .description('report every mistake in format files, with line and column')
    .addHelpText(
      'after',
      `\nExamples:\n  ir formats check my-format.yml\n  ir formats check ~/.config/ir/formats/*.yml --json\n${EXIT_CODES}0 all are valid   3 a format is invalid   4 file not readable\n`,
    )
    .action(async (files: string[], _options: unknown, self: Command) => {
      await run(self, 'formats-check', async (context) => {
        const { checkFormats } = await import('../commands/formats.ts');
        return checkFormats(context, files);
      });
    });
};

const declareTest: Declare = (group, run) => {
  group
    .command('test')
    .argument('[log-format...]', 'names of formats (default: all)')
    .description('read the samples of formats, and say which are not read as they should be')
    .addHelpText(
      'after',
      `\nExamples:\n  ir formats test\n  ir formats test redis squid\n${EXIT_CODES}0 all are read   2 no such format   3 a sample is not read as it says\n`,
    )
    .action(async (names: string[], _options: unknown, self: Command) => {
      await run(self, 'formats-test', async (context) => {
        const { testFormats } = await import('../commands/formats.ts');
        return testFormats(context, names);
      });
    });
};

const declareNew: Declare = (group, run) => {
  group
    .command('new')
    .option('--from <file>', 'propose a format from the lines of a file, or - for standard input')
    .option(
      '--from-config <text>',
      "make one of nginx's log_format, Apache's LogFormat, PostgreSQL's log_line_prefix, or a grok pattern",
    )
    .option('--name <name>', 'the name of the format')
    .description(
      'a format file from lines or from the setting of a server, to be read and corrected',
    )
    .addHelpText(
      'after',
      `
Examples:
  ir formats new --from app.log --name app > app.yml
  ir formats new --from-config "log_format main '$remote_addr [$time_local] \\"$request\\" $status'"
  ir formats new --from-config "log_line_prefix = '%m [%p] %u@%d '" --name our-postgresql

Exit codes:
  0 done   2 usage   3 it holds something that cannot be made a pattern   4 file not readable
`,
    )
    .action(
      async (options: { from?: string; fromConfig?: string; name?: string }, self: Command) => {
        await run(self, 'formats-new', async (context) => {
          const { newFormat } = await import('../commands/new-format.ts');
          return await newFormat(context, options);
        });
      },
    );
};
