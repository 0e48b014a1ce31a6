/** `ir notify`, `ir notify list`, `ir notify withdraw`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { withMaskOption } from './mask-option.ts';
import { collect } from './usage.ts';

const EXIT_CODES =
  'Exit codes: 0 done, 2 usage, 3 configuration, 5 something was not sent, 6 refused, 7 store locked or damaged';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

interface Options {
  flush?: true;
  due?: true;
  again?: string;
  dryRun?: true;
  channel?: string[];
  yes?: true;
}

/** `ir notify`: `list` and `withdraw` are commands of their own, any other words are what is told. */
export const declareNotify: Declare = (program, run) => {
  const notify = program
    .command('notify')
    .description('tell people over the channels of the configuration; what did not arrive is kept')
    .argument('[text...]', 'what is told (default: how the case stands)')
    .option('--channel <name>', 'over this one alone (repeatable; default: all)', collect)
    .option('--flush', 'send what waits in the outbox, of all incidents')
    .option('--again <number>', 'with --flush: send one again that may have arrived, such as N-012')
    .option('--due', 'send what time causes, and what waits; see: ir notify --due --dry-run')
    .option('-y, --yes', 'send it although the plan lets others say it')
    .option('--dry-run', 'show exactly what would go where, and send nothing');
  withMaskOption(notify)
    .addHelpText(
      'after',
      help(
        'ir notify "web01 is off the network; next update at 15:00"',
        'ir notify --channel oncall',
        'ir notify --dry-run --format json',
        'ir notify --flush',
        'ir notify --due',
        'ir notify list',
      ),
    )
    .action(async (text: string[], options: Options, command: Command) =>
      run(command, 'receipt', async (context) => {
        const words = text.join(' ').trim();
        const commands = await import('../commands/notify.ts');
        const { flush = false, due = false, again } = options;
        commands.assertOneWay(words, [flush && '--flush', due && '--due']);
        if (due) return (await import('../commands/notify-due.ts')).notifyDue(context, options);
        if (flush || again !== undefined) return commands.flush(context, options);
        return commands.notify(context, words, options);
      }),
    );
  notify
    .command('list')
    .description('what was told to whom, when, and what came back')
    .addHelpText('after', help('ir notify list', 'ir notify list --format csv'))
    .action(async (_options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listNotices } = await import('../commands/notify.ts');
        return { result: await listNotices(context) };
      }),
    );
  notify
    .command('withdraw')
    .description('take a notice back that was not sent yet')
    .argument('<number>', 'its number, such as N-012')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', help('ir notify withdraw N-012 --reason "said by telephone"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { withdrawNotice } = await import('../commands/notify.ts');
        return { result: await withdrawNotice(context, wanted, options) };
      }),
    );
};
