/** `ir alerts`, `ir silence`. */
import { type Command, Option } from 'commander';
import type { Declare } from './declare.ts';
import { oneOf } from './usage.ts';

const EXIT_CODES = 'Exit codes: 0 done, 2 usage, 6 refused, 7 store locked or damaged';
const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;
const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

/** `ir alerts list|show|ack`. */
export const declareAlerts: Declare = (program, run) => {
  const alerts = program
    .command('alerts')
    .description('what a watch raised: who is to know of it, why, and who has taken it on')
    .addHelpText(
      'after',
      help('ir watch /var/log --alerts', 'ir alerts list', 'ir alerts ack L-012'),
    );
  alerts
    .command('list')
    .description('list the alerts that are not over')
    .addOption(
      oneOf(new Option('--state <state>', 'only these'), ['pending', 'firing', 'resolved']),
    )
    .addOption(oneOf(new Option('--level <level>', 'this level and above'), LEVELS))
    .option('--all', 'those that are over as well')
    .addHelpText('after', help('ir alerts list', 'ir alerts list --level high --json'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listAlerts } = await import('../commands/alerts.ts');
        return { result: await listAlerts(context, options) };
      }),
    );
  alerts
    .command('show')
    .description('show one: why, the lines, who was told, what to do')
    .argument('<number>', 'such as L-012')
    .addHelpText('after', help('ir alerts show L-012'))
    .action(async (wanted: string, _options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { showAlert } = await import('../commands/alerts.ts');
        return { result: await showAlert(context, wanted) };
      }),
    );
  alerts
    .command('ack')
    .description('take alerts on: they are not told again, and their incident is acknowledged')
    .argument('<number...>', 'such as L-012')
    .option('--by <name>', 'who has taken it on, where that is not you')
    .option('--reason <text>', 'what was seen so far')
    .addHelpText(
      'after',
      help('ir alerts ack L-012', 'ir alerts ack L-012 L-015 --reason "looking at web01"'),
    )
    .action(async (wanted: string[], options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { acknowledgeAlerts } = await import('../commands/alerts.ts');
        return { result: await acknowledgeAlerts(context, wanted, options) };
      }),
    );
};

/** `ir silence add|list|withdraw`. */
export const declareSilence: Declare = (program, run) => {
  const silence = program
    .command('silence')
    .description('alerts of which nobody is told for a time; they are listed all the same')
    .addHelpText(
      'after',
      help(
        'ir silence add --entity 198.51.100.7 --for 2h --reason "our own scanner"',
        'ir silence list',
      ),
    );
  silence
    .command('add')
    .description('be silent about a rule, an entity or a level, for a time')
    .option('--rule <rule>', 'title of a rule, with *')
    .option('--entity <value>', 'an address, a network, an account, a host')
    .addOption(oneOf(new Option('--level <level>', 'this level and below'), LEVELS))
    .option('--for <duration>', 'so long, such as 2h')
    .option('--until <time>', 'or until then')
    .option('--reason <text>', 'why (needed)')
    .addHelpText(
      'after',
      help(
        'ir silence add --entity 198.51.100.0/24 --for 2h --reason "our own scanner"',
        'ir silence add --rule "*word list*" --until tomorrow --reason "test of the site"',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { addSilence } = await import('../commands/alerts.ts');
        return { result: await addSilence(context, options) };
      }),
    );
  silence
    .command('list')
    .description('list the silences that hold')
    .option('--all', 'those that are over as well')
    .addHelpText('after', help('ir silence list --all'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listSilences } = await import('../commands/alerts.ts');
        return { result: await listSilences(context, options) };
      }),
    );
  silence
    .command('withdraw')
    .description('end a silence before its time')
    .argument('<number>', 'such as S-012')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', help('ir silence withdraw S-012 --reason "the test is over"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { withdrawSilence } = await import('../commands/alerts.ts');
        return { result: await withdrawSilence(context, wanted, options) };
      }),
    );
};
