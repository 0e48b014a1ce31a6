/** `ir demo`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';

const EXAMPLES = `
Examples:
  ir demo                       into ./ir-demo
  ir demo --out /tmp/practice   somewhere else
  ir demo --json                what it made, for scripts

A second run replaces what the first one made. Exit codes: 0 done, 2 usage, 6 refused (the folder holds something else)
`;

/** `ir demo`. */
export const declareDemo: Declare = (program, run) => {
  program
    .command('demo')
    .description('show the whole job on a practice breach: logs, timeline, incident, post-mortem')
    .option('--out <folder>', 'where to write it (default: ir-demo)')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: { out?: string }, command: Command) =>
      run(command, 'demo', async (context) => {
        const { demo } = await import('../commands/demo.ts');
        const [, script] = process.argv;
        return { result: await demo(context, { ...flags, script }) };
      }),
    );
};
