import type { Declare } from './declare.ts';
import { PATHS, withInputOptions } from './input-options.ts';
import { withMaskOption } from './mask-option.ts';
import { collect } from './usage.ts';

const EXAMPLES = `
Examples:
  ir stats /var/log                                    rates, logins, requests, bytes and times of each kind of log
  ir stats access.log --by source.ip --top 20          who asks most
  ir stats logs/ --by user.name --where 'event.outcome = failure' --over 5m
                                                       failures by account, in stretches of five minutes
  ir stats logs/ --by source.ip,url.path --since 2h --format csv
  ir stats logs/ --sql "select user_name, count(distinct source_ip) from events where event_outcome = 'failure' group by 1"
                                                       in SQLite's SQL; file, line and time (UTC) are columns, too

Without paths standard input is read where something is piped in, else the current folder. Fields and --where are those
of docs/where.md. All counts of values are exact. Beyond 250,000 different values those that may be large are counted in a
second reading, how many there are is said to within 2 % ("about"), and where not enough of them stand out, above which count none can be.

Exit codes: 0 done, 2 usage, 4 an input could not be read (the rest was counted), or with --strict not be parsed in full
`;

/** `ir stats`. */
export const declareStats: Declare = (program, run) => {
  const command = program
    .command('stats')
    .description(
      'count events: rates, logins, requests, bytes, times, and the top values of any field',
    )
    .argument('[paths...]', PATHS)
    .option(
      '--by <field>',
      'count the values of this field; several with commas (repeatable)',
      collect,
    )
    .option('--over <duration>', 'with --by: also in stretches of this length, such as 5m or 1h')
    .option(
      '--sql <query>',
      'one SELECT over the table events; columns are fields, with _ for the dots',
    )
    .option('--top <number>', 'how many of the largest values (default: 10)')
    .option('--where <expression>', 'only events whose fields are so, such as "user.name = root"')
    .option('--since <time>', 'only events from then on, such as yesterday 14:00, last night or 2h')
    .option('--until <time>', 'only events up to then')
    .option(
      '--entity <value>',
      'only events that name this ip, network, user, host, and those of the sessions that ip or user opened (repeatable)',
      collect,
    )
    .option('--grep <expression>', 'only events whose text matches (RE2)')
    .option('--strict', 'end with exit 4 when a line was not parsed');
  withMaskOption(withInputOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: Record<string, unknown>, command) => {
      const { sql } = options;
      if (typeof sql === 'string') {
        await run(command, 'stats-sql', async (context) => {
          const { statsSql } = await import('../commands/stats-sql.ts');
          return await statsSql(context, paths, { ...options, sql });
        });
        return;
      }
      await run(command, 'stats', async (context) => {
        const { stats } = await import('../commands/stats.ts');
        return await stats(context, paths, options);
      });
    });
};
