/** `ir metrics`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';

const EXAMPLES = `
Examples:
  ir metrics                       all incidents, by severity, type and month
  ir metrics --since 2026-01-01    those detected since then
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
    .addHelpText('after', EXAMPLES)
    .action(async (flags: { since?: string; until?: string }, command: Command) => {
      await run(command, 'table', async (context) => {
        const { metrics } = await import('../commands/metrics.ts');
        return { result: await metrics(context, flags) };
      });
    });
};
