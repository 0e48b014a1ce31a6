import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { alsoSpelled } from './usage.ts';

interface LogsFlags {
  output: string;
  seed?: string;
  scale?: string;
  start?: string;
}

const EXAMPLES = `
Examples:
  ir drill list                                    which breaches there are
  ir drill logs webshop --output practice          two days of a small shop, and a breach in them
  ir drill logs webshop --output other --seed 7    the same story on another day, with other visitors
  ir timeline practice                             what happened? practice/truth.jsonl has the answer
`;

/** `ir drill`: practice. */
export const declareDrill: Declare = (program, run) => {
  const group = program.command('drill').description('practise on a breach that never happened');
  group
    .command('list')
    .description('name the breaches there are to practise on')
    .action(async (_: unknown, command) => {
      const { listDrills } = await import('../commands/list-drills.ts');
      await run(command, 'list-drills', async () => ({ result: listDrills() }));
    });
  const command = group
    .command('logs')
    .description('write the logs of a practice breach, with the answers beside them')
    .argument('<scenario>', 'a bundled scenario (ir drill list) or the path of a scenario file')
    .requiredOption('--output <folder>', 'where to write; a new folder or that of an earlier drill')
    .option('--seed <n>', 'another number, other visitors and moments (default: 1)')
    .option('--scale <n>', 'multiplies the visitors; the attack stays the same (default: 1)')
    .option('--start <time>', 'when the story begins, RFC 3339 (default: as the scenario says)')
    .addHelpText('after', EXAMPLES)
    .action(async (scenario: string, { output: out, ...flags }: LogsFlags, self: Command) => {
      const { drillLogs } = await import('../commands/drill-logs.ts');
      await run(self, 'drill-logs', async (context) => ({
        result: await drillLogs(context, scenario, { ...flags, out }),
      }));
    });
  alsoSpelled(command, '--out <folder>', 'output');
};
