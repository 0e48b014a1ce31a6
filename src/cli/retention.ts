/** `ir retention`, `ir hold`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

const EXIT_CODES =
  'The policy: --policy, else retention.yml of the store, else ~/.config/ir/retention.yml; docs/retention.md has what may stand there.\n\nExit codes: 0 done, 1 decisions left open, or what --fail-on names, 2 usage, 3 a mistake in the policy, 6 refused, 7 store locked or damaged, 8 a file could not be handled';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

const TARGETS =
  'logrotate, journald, rsyslog, cloudwatch, elasticsearch-ilm, opensearch-ism, loki, s3, azure, gcp';

/** `ir retention plan|check|apply|erase`. */
export const declareRetention: Declare = (program, run) => {
  const retention = program
    .command('retention')
    .description('how long logs are kept: policy, check, clearing out, erasing a person')
    .addHelpText(
      'after',
      help('ir retention plan', 'ir retention check', 'ir retention apply --dry-run'),
    );
  declareRetentionPlan(retention, run);
  declareRetentionCheck(retention, run);
  declareRetentionApply(retention, run);
  declareErase(retention, run);
};

const declareRetentionPlan: Declare = (retention, run) => {
  retention
    .command('plan')
    .description(
      'show the policy with the bounds of laws and standards; without one, what there is to choose',
    )
    .option('--policy <file>', 'the policy')
    .option('--regime <id>', 'print a policy to begin with, for this regime (repeatable)', collect)
    .option('--for <name>', `print the same policy for others: ${TARGETS}`)
    .addHelpText(
      'after',
      help(
        'ir retention plan --regime pci-dss --regime gdpr > retention.yml',
        'ir retention plan --policy retention.yml',
        'ir retention plan --for logrotate',
      ),
    )
    .action(async (options: { for?: string; regime?: string[] }, command: Command) => {
      const { retentionText, planRetention } = await import('../commands/retention.ts');
      if (options.for !== undefined || options.regime !== undefined) {
        await run(command, 'plain-text', async (context) => ({
          result: { lines: (await retentionText(context, options)).trimEnd().split('\n') },
        }));
        return;
      }
      await run(command, 'table', (context) => planRetention(context, options));
    });
};

const declareRetentionCheck: Declare = (retention, run) => {
  retention
    .command('check')
    .description('find files that are too old, missing, unprotected, or deleted too early')
    .option('--policy <file>', 'the policy')
    .option(
      '--root <folder>',
      'read the configuration of logrotate and journald below this folder (default: /)',
    )
    .option('--fail-on <degree>', 'exit 1 from this degree on: warning, error')
    .addHelpText('after', help('ir retention check', 'ir retention check --fail-on error --json'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { checkRetention } = await import('../commands/retention-check.ts');
        return checkRetention(context, options);
      }),
    );
};

const declareRetentionApply: Declare = (retention, run) => {
  retention
    .command('apply')
    .description('compress, move and delete in the archives of the policy, and record each file')
    .option('--policy <file>', 'the policy')
    .option('--dry-run', 'show what would be done')
    .option('--yes', 'do not ask')
    .addHelpText('after', help('ir retention apply --dry-run', 'ir retention apply --yes'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { applyRetention } = await import('../commands/retention-apply.ts');
        return applyRetention(context, options);
      }),
    );
};

const declareErase: Declare = (retention, run) => {
  retention
    .command('erase')
    .description('erase a person from the store: journal, words, evidence, outputs, reports')
    .requiredOption('--entity <value>', 'what to erase: a name, an address, a mail address')
    .option('--reason <text>', 'why (needed; it must not name the person)')
    .option('--dry-run', 'show where it stands')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      help(
        'ir retention erase --entity kim.doe@example.org --dry-run',
        'ir retention erase --entity kim.doe@example.org --reason "request of 2026-11-30, Art. 17 GDPR" --yes',
      ),
    )
    .action(async (options: { entity: string }, command: Command) =>
      run(command, 'table', async (context) => {
        const { eraseEntity } = await import('../commands/retention-erase.ts');
        return eraseEntity(context, options);
      }),
    );
};

/** `ir hold add|list|lift`. */
export const declareHold: Declare = (program, run) => {
  const codes = 'Exit codes: 0 done, 2 usage, 6 refused, 7 store locked or damaged';
  const holdHelp = (...examples: string[]): string =>
    `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${codes}\n`;
  const hold = program
    .command('hold')
    .description('legal holds: what is neither deleted nor erased until they are lifted')
    .addHelpText(
      'after',
      holdHelp('ir hold add "Case 7" --reason "asked by counsel"', 'ir hold list'),
    );
  hold
    .command('add')
    .description('set a hold on the incident, or on logs')
    .argument('<title...>', 'what it is for')
    .option('--logs <glob>', 'log files that it covers (repeatable)', collect)
    .option('--reason <text>', 'why (needed)')
    .option('--authority <text>', 'who asked for it')
    .addHelpText(
      'after',
      holdHelp(
        'ir hold add "Case 7" --reason "asked by counsel" --authority "district court"',
        'ir hold add "Case 7" --logs "/srv/log-archive/**" --reason "asked by counsel"',
      ),
    )
    .action(async (title: string[], options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { addHold } = await import('../commands/holds.ts');
        return { result: await addHold(context, title.join(' '), options) };
      }),
    );
  hold
    .command('list')
    .description('list the holds of all incidents and of the store')
    .option('--all', 'lifted ones as well')
    .addHelpText('after', holdHelp('ir hold list', 'ir hold list --all --json'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listHolds } = await import('../commands/holds.ts');
        return { result: await listHolds(context, options) };
      }),
    );
  hold
    .command('lift')
    .description('lift a hold')
    .argument('<number>', 'such as H-012')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', holdHelp('ir hold lift H-012 --reason "the case is settled"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { liftHold } = await import('../commands/holds.ts');
        return { result: await liftHold(context, wanted, options) };
      }),
    );
};
