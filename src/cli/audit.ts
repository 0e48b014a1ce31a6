/** `ir audit`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { PATHS, withInputOptions } from './input-options.ts';

const EXAMPLES = `
Examples:
  ir audit /var/log/app                   a score for each log, with the evidence and who asks for it
  ir audit app.log --format md            for a ticket
  ir audit app.log --fail-under 80        in CI: exit 1 where a log has less

Checks are the files of templates/audit: OWASP Logging Cheat Sheet and Vocabulary, ASVS 5.0 V16, NIST SP 800-92, PCI DSS 4.0.1.
What is found of passwords and people is shown masked.

Exit codes: 0 done, 1 a score is under --fail-under, 2 usage, 4 an input could not be read
`;

/** `ir audit`. */
export const declareAudit: Declare = (program, run) => {
  withInputOptions(
    program
      .command('audit')
      .description('judge what is logged: what never should be, and what is missing')
      .argument('[paths...]', PATHS)
      .option('--fail-under <score>', 'end with exit 1 when a log scores less, 0 to 100'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: object, command: Command) => {
      await run(command, 'table', async (context) => {
        const { auditLogs } = await import('../commands/audit.ts');
        return await auditLogs(context, paths, options);
      });
    });
};
