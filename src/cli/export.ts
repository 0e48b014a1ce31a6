/** `ir export`. */
import { Argument, type Command } from 'commander';
import type { Declare } from './declare.ts';
import { withMaskOption } from './mask-option.ts';

const EXAMPLES = `
Examples:
  ir export stix --output case.json       a STIX 2.1 bundle: incident, indicators, techniques
  ir export misp | curl ...               a MISP event
  ir export navigator --output layer.json a layer of the ATT&CK Navigator
  ir export veris                         a VERIS record

Rows of a timeline are ir timeline --format csv|timesketch|..., indicators alone ir ioc export.

Exit codes: 0 done, 2 usage, 6 refused, 7 store locked or damaged
`;

/** `ir export`. */
export const declareExport: Declare = (program, run) => {
  withMaskOption(program.command('export'))
    .description('write the whole incident for other programs')
    .addArgument(
      new Argument('<form>', 'what it is written as').choices([
        'stix',
        'misp',
        'veris',
        'navigator',
      ]),
    )
    .option('--output <file>', 'where to write it')
    .option('--force', 'replace the file of --output without asking')
    .addHelpText('after', EXAMPLES)
    .action(async (form: string, flags: { output?: string; force?: boolean }, command: Command) => {
      await run(command, 'written-document', async (context) => {
        const { exportIncident } = await import('../commands/export.ts');
        return exportIncident(context, form, flags);
      });
    });
};
