import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { alsoSpelled, collect } from './usage.ts';

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
      await run(command, 'list-drills', async (context) => ({ result: listDrills(context) }));
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
  declareNew(group, run);
  declareStart(group, run);
  declareInject(group, run);
  declareScore(group, run);
};

const CODES =
  'Exit codes: 0 done, 2 usage, 3 a mistake in the scenario, 6 refused, 7 store locked or damaged';
const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${CODES}\n`;

const declareNew: Declare = (group, run) => {
  group
    .command('new')
    .description('write a drill of your own, or make one from an incident that is closed')
    .argument('<name>', 'its name: lower case letters, digits and hyphens')
    .option(
      '--from <incident>',
      'a closed incident: its order, times and kinds of act, with other names',
    )
    .option('--output <file>', 'where to (default: drills/NAME.yml of your configuration)')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      help('ir drill new our-own-drill', 'ir drill new spring --from INC-2026-0004'),
    )
    .action(async (name: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { newDrill } = await import('../commands/drill-new.ts');
        return { result: await newDrill(context, name, options) };
      }),
    );
};

const declareStart: Declare = (group, run) => {
  group
    .command('start')
    .description('begin an exercise: an incident of its own, in which commands are simulated')
    .argument('<scenario>', 'a drill with an exercise (ir drill list), or the path of its file')
    .option('--speed <n>', 'how many times faster than real time its clock runs (default: 1)')
    .option('--logs <folder>', 'write its logs there, ending last midnight')
    .option('--seed <n>', 'another number, other names and moments in the logs (default: 1)')
    .option('--tabletop', 'for a group: questions in place of acts')
    .addHelpText(
      'after',
      help(
        'ir drill start ssh-brute-force --speed 4 --logs practice',
        'ir drill start file-server-ransomware --tabletop',
      ),
    )
    .action(async (scenario: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { startDrill } = await import('../commands/drill-start.ts');
        return { result: await startDrill(context, scenario, options) };
      }),
    );
};

const declareInject: Declare = (group, run) => {
  group
    .command('inject')
    .description('tell what the exercise has for now; at a table, ask and keep the answers')
    .argument('[inject]', 'tell this one, whatever the clock says')
    .option('--wait', 'stay, and tell each when its minute comes')
    .option('--answer <question=text>', 'the answer of the group (repeatable)', collect)
    .option(
      '--points <question=numbers>',
      'which points it named, such as 1,3 (repeatable)',
      collect,
    )
    .addHelpText(
      'after',
      help(
        'ir drill inject',
        'ir drill inject --wait',
        'ir drill inject dump-left',
        'ir drill inject --answer first-move="Kim leads, logs first" --points first-move=1,2',
      ),
    )
    .action(async (inject: string | undefined, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { injectDrill } = await import('../commands/drill-inject.ts');
        return { result: await injectDrill(context, inject, options) };
      }),
    );
};

const declareScore: Declare = (group, run) => {
  group
    .command('score')
    .description('what was done in time, late or not at all, dangerous choices, clocks missed')
    .option('--fail-under <score>', 'exit 1 where the score is below, of 100')
    .addHelpText('after', help('ir drill score', 'ir drill score --fail-under 60 --json'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { scoreDrillOf } = await import('../commands/drill-score.ts');
        return scoreDrillOf(context, options);
      }),
    );
  group
    .command('report')
    .description('the after-action report, with how earlier drills went')
    .option('--output <file>', 'write it there (default: printed)')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', help('ir drill report', 'ir drill report --output after-action.md'))
    .action(async (options: { output?: string; force?: boolean }, command: Command) =>
      run(command, 'drill-report', async (context) => {
        const { reportDrill } = await import('../commands/drill-score.ts');
        const { outputTo } = await import('../commands/write-file.ts');
        const to = await outputTo(context, options);
        return { result: await reportDrill(context), ...to };
      }),
    );
};
