/** `ir metrics`. */
import type { Command } from 'commander';
import type { MetricsOptions } from '../commands/metrics.ts';
import type { Declare } from './declare.ts';

const EXAMPLES = `
Examples:
  ir metrics                       all incidents, by severity, type and month
  ir metrics --since 2026-01-01    those detected since then
  ir metrics --format html --output metrics.html    with charts over the months; svg: the charts alone
  ir metrics --json                for other programs

Exit codes: 0 done, 2 usage, 7 store locked or damaged
`;

/** `ir metrics`. */
export const declareMetrics: Declare = (program, run) => {
  program
    .command('metrics')
    .description(
      'how fast incidents were detected, taken on, contained and recovered from; drills and false positives left out',
    )
    .option('--since <time>', 'only incidents detected from then on')
    .option('--until <time>', 'only incidents detected up to then')
    .option('--output <file>', 'write the result there')
    .option('--force', 'replace the file of --output without asking')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: MetricsOptions, command: Command) => {
      await run(command, 'metrics', async (context) => {
        const { metrics } = await import('../commands/metrics.ts');
        return await metrics(context, flags);
      });
    });
};
