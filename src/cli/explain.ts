import { Option } from 'commander';
import type { Declare } from './declare.ts';
import { oneOf } from './usage.ts';

const EXAMPLES = `
Examples:
  ir explain F-12                             a finding of the incident, by its number in the report
  ir explain 5a974ecdea9cbad7 /var/log        one that ir timeline printed; the logs are read again
  ir explain 5a974e /var/log --lines all      with every line that it stands on

Exit codes: 0 done, 2 usage or no such finding, 4 an input cannot be read, 6 no incident
`;

/** `ir explain`. */
export const declareExplain: Declare = (program, run) => {
  program
    .command('explain')
    .description('why a finding is one: its rule, its lines, what was around it, what to do next')
    .argument('<finding>', 'its number in the incident (F-12), or the beginning of its id')
    .argument('[paths...]', 'the logs that it was found in; absent: those that it cites')
    .addOption(oneOf(new Option('--lines <which>', 'some of its lines, or all'), ['some', 'all']))
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, paths: string[], options: Record<string, unknown>, command) => {
      await run(command, 'explain', async (context) => {
        const { explainFinding } = await import('../commands/explain.ts');
        return { result: await explainFinding(context, name, paths, options) };
      });
    });
};
