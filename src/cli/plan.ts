/** `ir plan`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

const EXIT_CODES =
  'The plan: plan.yml in the store, else in ~/.config/ir; docs/plan.md has what may stand there.\n\nExit codes: 0 done, 1 below --fail-under, 2 usage, 3 a mistake in the plan, 4 no such file, 6 refused, 7 store locked or damaged';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

/** `ir plan init|show|check`. */
export const declarePlan: Declare = (program, run) => {
  const plan = program
    .command('plan')
    .description('the incident response plan, and how ready you are')
    .addHelpText('after', help('ir plan init', 'ir plan check --fail-under 80'));
  declareInit(plan, run);
  declareShow(plan, run);
  declareCheck(plan, run);
};

const declareInit: Declare = (plan, run) => {
  plan
    .command('init')
    .description('ask ten questions and write a plan with comments')
    .option('--organisation <text>', 'who you are, in one line')
    .option('--zone <zone>', 'IANA zone in which days are counted')
    .option('--country <code>', 'whose holidays count, such as DE, DE-BY or US')
    .option('--commander <name>', 'who leads the response')
    .option('--commander-contact <text>', 'how they are reached when mail and chat are not')
    .option('--deputy <name>', 'who leads when they cannot')
    .option('--deputy-contact <text>', 'how the deputy is reached')
    .option('--legal <name>', 'your counsel')
    .option('--never-block <address>', 'an address or network to spare (repeatable)', collect)
    .option('--logs <path>', 'a log file or folder that must be written to (repeatable)', collect)
    .option('--output <file>', 'where to (default: plan.yml of the store, else your own)')
    .option('--force', 'replace a plan that is there')
    .addHelpText(
      'after',
      help(
        'ir plan init',
        'ir plan init --commander "Kim Doe" --commander-contact "+49 30 555 0100" --logs /var/log/auth.log',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { initPlan } = await import('../commands/plan.ts');
        return { result: await initPlan(context, options) };
      }),
    );
};

const declareShow: Declare = (plan, run) => {
  plan
    .command('show')
    .description('show what the plan says')
    .argument('[file]', 'another plan than the one in force')
    .addHelpText(
      'after',
      help('ir plan show', 'ir plan show --format md > plan.md', 'ir plan show draft/plan.yml'),
    )
    .action(async (file: string | undefined, _options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { showPlan } = await import('../commands/plan.ts');
        return { result: await showPlan(context, file) };
      }),
    );
};

const declareCheck: Declare = (plan, run) => {
  plan
    .command('check')
    .description('measure how ready you are: plan, journal, this machine, log files')
    .argument('[file]', 'another plan than the one in force')
    .option('--fail-under <score>', 'exit 1 where readiness is below, of 100')
    .addHelpText(
      'after',
      help('ir plan check', 'ir plan check --fail-under 80 --json', 'ir plan check draft/plan.yml'),
    )
    .action(async (file: string | undefined, options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { checkPlan } = await import('../commands/plan-check.ts');
        return checkPlan(context, file, options);
      }),
    );
};
