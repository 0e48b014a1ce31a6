/** `ir demo`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { alsoSpelled } from './usage.ts';

const EXAMPLES = `
Examples:
  ir demo                          into ./ir-demo
  ir demo --output /tmp/practice   somewhere else
  ir demo --json                   what it made, for scripts

A second run replaces what the first one made. Exit codes: 0 done, 2 usage, 6 refused (the folder holds something else)
`;

/** `ir demo`. */
export const declareDemo: Declare = (program, run) => {
  const command = program
    .command('demo')
    .description('show the whole job on a practice breach: logs, timeline, incident, post-mortem')
    .option('--output <folder>', 'where to write it (default: ir-demo)')
    .addHelpText('after', EXAMPLES)
    .action(async ({ output: out }: { output?: string }, command: Command) =>
      run(command, 'demo', async (context) => {
        const { demo } = await import('../commands/demo.ts');
        const [, script] = process.argv;
        return { result: await demo(context, { out, script }) };
      }),
    );
  alsoSpelled(command, '--out <folder>', 'output');
};
