/** `ir clock`. */
import type { Command } from 'commander';
import { addFactOptions } from './case-facts.ts';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

const EXIT_CODES =
  'Clocks of contracts: plan.yml in the store or in ~/.config/ir, with zone, country, days_off and clocks.\n\nExit codes: 0 done, 2 usage, 3 a regulation with a mistake, 6 refused, 7 store locked or damaged';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

const PLACE = [
  [
    '--zone <zone>',
    'IANA zone in which days are counted (default: that of the rule, of the plan, yours)',
  ],
  [
    '--country <code>',
    'whose holidays count, such as DE, DE-BY or US (default: that of the rule, of the plan)',
  ],
] as const;
const RELIEF = [
  '--relief',
  'take the relief for weekends and holidays that the rule gives to some',
] as const;

/** `ir clock list|start|show|submit|waive|withdraw`. */
export const declareClock: Declare = (program, run) => {
  const clock = program
    .command('clock')
    .description('deadlines of laws and contracts: start, count down, draft, submit')
    .addHelpText(
      'after',
      help(
        'ir clock list',
        'ir clock start gdpr-33 --at "2026-03-01 08:45+01:00"',
        'ir clock show gdpr-33 --draft',
      ),
    );
  declareList(clock, run);
  declareStart(clock, run);
  declareShow(clock, run);
  declareSubmit(clock, run);
  declareEnds(clock, run);
};

const declareList: Declare = (clock, run) => {
  clock
    .command('list')
    .description('list the clocks of the incident, what is due first in front')
    .option('--rules', 'the rules that can be started instead, with citations in --json')
    .addHelpText(
      'after',
      help('ir clock list', 'ir clock list --rules', 'ir clock list --format csv'),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listClocks } = await import('../commands/clock-list.ts');
        return { result: await listClocks(context, options) };
      }),
    );
};

const declareStart: Declare = (clock, run) => {
  const command = clock
    .command('start')
    .description('start a clock; asks for the time it is counted from, and for facts of the case')
    .argument('<regulation>', 'a regulation, or one of its duties; see: ir clock list --rules')
    .option('--at <time>', 'when the event happened that it is counted from')
    .option('--stamp <name=time>', 'when another event of the rule happened (repeatable)', collect)
    .option(...PLACE[0])
    .option(...PLACE[1])
    .option(...RELIEF)
    .option('--reason <text>', 'why it applies')
    .option('-y, --yes', 'also a rule that is not known to be in force');
  addFactOptions(command, 'clock');
  command
    .addHelpText(
      'after',
      help(
        'ir clock start gdpr-33 --at "2026-03-01 08:45+01:00" --data personal --countries DE',
        'ir clock start nis2-23 --at 2h --country BE',
        'ir clock start dora-19 --at 30m --stamp aware=3h',
        'ir clock start sec-8k-1.05 --at yesterday',
      ),
    )
    .action(async (rule: string, options: object, self: Command) =>
      run(self, 'receipt', async (context) => {
        const { startClock } = await import('../commands/clock-start.ts');
        return { result: await startClock(context, rule, options) };
      }),
    );
};

const declareShow: Declare = (clock, run) => {
  clock
    .command('show')
    .description('show a clock or a rule, with its citation; a draft of what must be sent')
    .argument('<clock>', 'its number, such as C-012, or its rule')
    .option('--draft', 'what the notification must hold, with what is known')
    .addHelpText(
      'after',
      help('ir clock show C-012', 'ir clock show gdpr-33 --draft --format md > draft.md'),
    )
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'clock-show', async (context) => {
        const { showClock } = await import('../commands/clock-show.ts');
        return { result: await showClock(context, wanted, options) };
      }),
    );
};

const declareSubmit: Declare = (clock, run) => {
  clock
    .command('submit')
    .description('say what was sent; starts the clock that comes after it')
    .argument('<clock>', 'its number, such as C-012, or its rule')
    .option('--at <time>', 'when it was sent (default: now)')
    .option('--to <whom>', 'who got it')
    .option('--reference <text>', 'the reference that the recipient gave')
    .option('--file <path>', 'what was sent; it is kept as evidence')
    .option('--update', 'a newer version of what was sent before')
    .option(...PLACE[0])
    .option(...PLACE[1])
    .option(...RELIEF)
    .option('--reason <text>', 'why it is late, where it is')
    .addHelpText(
      'after',
      help(
        'ir clock submit gdpr-33 --to "the authority" --reference 2026-1187 --file notice.pdf',
        'ir clock submit C-012 --at 20m --reason "the portal was down"',
      ),
    )
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { submitClock } = await import('../commands/clock-settle.ts');
        return { result: await submitClock(context, wanted, options) };
      }),
    );
};

const declareEnds: Declare = (clock, run) => {
  clock
    .command('waive')
    .description('say that nothing has to be sent, and why')
    .argument('<clock>', 'its number, such as C-012, or its rule')
    .option('--reason <text>', 'why (needed)')
    .addHelpText(
      'after',
      help('ir clock waive gdpr-33 --reason "the disk was encrypted, the key is safe"'),
    )
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { waiveClock } = await import('../commands/clock-settle.ts');
        return { result: await waiveClock(context, wanted, options) };
      }),
    );
  clock
    .command('withdraw')
    .description('take a clock back that should not run, or not from that time')
    .argument('<clock>', 'its number, such as C-012, or its rule')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', help('ir clock withdraw C-012 --reason "we were aware an hour later"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { withdrawClock } = await import('../commands/clock-settle.ts');
        return { result: await withdrawClock(context, wanted, options) };
      }),
    );
};
