/** `ir report`. */
import { type Command, Option } from 'commander';
import type { Declare } from './declare.ts';
import { withMaskOption } from './mask-option.ts';
import { offering, oneOf } from './usage.ts';

interface ReportFlags {
  template?: string;
  output?: string;
  force?: boolean;
  author?: string;
  record?: boolean;
  list?: boolean;
  check?: boolean;
  failOn?: string;
  approve?: string | boolean;
  sign?: string;
  edit?: boolean;
  diff?: boolean;
  month?: string;
}

const EXAMPLES = `
Examples:
  ir report                                  on a terminal: into the workspace, and says where
  ir report > postmortem.md                  the Markdown itself
  ir report --output postmortem.md --no-record
  ir report executive --output summary.pdf   one page for those who decide; .html and .pdf say the form
  ir report --format html --output postmortem.html   with pictures to look around in, offline
  ir report monthly --month 2026-03 --output march.md   over all incidents, with a picture beside it
  ir report ./customer-letter.md --output -
  ir report --json                           the data that templates get
  ir report --check --fail-on error          what is wrong with it, for scripts
  ir report --edit                           what only people can say, section by section
  ir report --approve in_review --output postmortem.md
  ir report --output postmortem.md --force --sign ~/.ssh/id_ed25519
  ir report --list                           the templates there are

Exit codes: 0 done, 1 --check found what --fail-on names, 2 usage, 3 the template is broken, 6 refused, 7 store locked or damaged
`;

/** What is done beside writing it. @returns the command */
const withWaysOfReport = (command: Command): Command =>
  command
    .option('--check', 'say what is wrong with the report, and write none')
    .addOption(
      oneOf(new Option('--fail-on <degree>', 'with --check: exit 1 when a problem is as grave'), [
        'warning',
        'error',
      ]),
    )
    .option(
      '--edit',
      'write your parts of it in the editor of VISUAL or EDITOR; they stay in the incident',
    )
    .addOption(
      offering(
        '--approve [state]',
        'write it, and note in the journal how far it is (default: approved)',
        ['draft', 'in_review', 'approved'],
      ),
    )
    .option(
      '--sign <key>',
      'with your SSH key: sign what is approved; the signature goes beside it',
    )
    .option('--diff', 'say what changed in it since it was written last, and write none')
    .option(
      '--month <month>',
      'of the variant monthly: which one, such as 2026-03 (default: this one)',
    )
    .option('--list', 'list the templates');

/** `ir report`. */
export const declareReport: Declare = (program, run) => {
  const command = withMaskOption(program.command('report'))
    .description(
      'write the post-mortem or another report; what is missing is asked, not left blank',
    )
    .argument('[template|file]', 'variant by name, or a file of your own (default: postmortem)')
    .option('--template <template|file>', 'the same as the argument')
    .option('--output <file>', 'where to write it; - for standard output')
    .option('--force', 'replace the file of --output without asking')
    .option('--author <name>', 'who it says wrote it (default: you)')
    .option('--no-record', 'do not note in the journal that a report was written');
  withWaysOfReport(command)
    .addHelpText('after', EXAMPLES)
    .action(async (variant: string | undefined, given: ReportFlags, command: Command) => {
      const template = variant ?? given.template;
      const flags = { ...given, ...(template === undefined ? {} : { template }) };
      if (template === 'monthly' && flags.list !== true) {
        await run(command, 'report', async (context) => {
          const { monthlyReport } = await import('../commands/report-monthly.ts');
          return { result: await monthlyReport(context, flags) };
        });
        return;
      }
      if (flags.check === true) {
        await run(command, 'table', async (context) => {
          const { checkIncidentReport } = await import('../commands/check-report.ts');
          return checkIncidentReport(context, flags);
        });
        return;
      }
      if (flags.edit === true) {
        await run(command, 'receipt', async (context) => {
          const { editReport } = await import('../commands/report-edit.ts');
          return { result: await editReport(context) };
        });
        return;
      }
      if (flags.diff === true) {
        await run(command, 'receipt', async (context) => {
          const { reportDiff } = await import('../commands/report-diff.ts');
          return { result: await reportDiff(context, template) };
        });
        return;
      }
      const view = flags.list === true ? 'report-templates' : 'report';
      await run<unknown>(command, view, async (context) => {
        const { report, reportTemplates } = await import('../commands/report.ts');
        if (flags.list === true) return { result: await reportTemplates(context) };
        const isStdoutTerminal = process.stdout.isTTY === true;
        return { result: await report(context, { ...flags, isStdoutTerminal }) };
      });
    });
};
