import { Option } from 'commander';
import type { Declare } from './declare.ts';
import { PATHS, withInputOptions } from './input-options.ts';
import { withMaskOption } from './mask-option.ts';
import { collect, oneOf } from './usage.ts';

const EXAMPLES = `
Examples:
  ir grep damage-4471 /var/log                       lines with this text, as FILE:LINE:TEXT
  ir grep 203.0.113.7 logs/                          an address in every spelling; -F takes it as text
  ir grep 203.0.113.0/24 logs/ --count --by user.name    who came from a network, and how often
  ir grep -F 'id=1' access.log.gz -C 2               with two lines around each
  ir grep 'Accepted \\w+ for root' logs/ --around 5m   all that happened within five minutes of it
  ir grep -F 'tar -cf' logs/ --around session          the login it was run in, with all that was done there
  ir grep --where 'event.outcome = failure and not user.name = root' logs/ --since 2h
  ir grep -e union -e select -i access.log --format jsonl    as ECS documents
  ir grep -F damage-4471 logs/ --save --note 'the web shell'   into the current incident
  ir grep --where 'http.response.status_code >= 500' access.log --columns @timestamp,source.ip,url.path

PATTERN is an RE2 expression; a plain address or network means itself, however it is written. With -e or --where all arguments
are paths. Without paths standard input is read where something is piped in, else the current folder.
Fields are as in docs/where.md. Text is shown as it stands in the files; on a terminal control characters are made visible.

Exit codes: 0 a line matched, 1 none did, 2 usage, 4 an input could not be read (the rest was searched).
`;

/** `ir grep`. */
export const declareGrep: Declare = (program, run) => {
  const command = program
    .command('grep')
    .description('search lines of logs by text, fields and time')
    .argument('[pattern]', 'what to look for (RE2), or an address or network')
    .argument('[paths...]', PATHS)
    .option('-e, --regexp <pattern>', 'look for this, too (repeatable)', collect)
    .option('-F, --fixed-strings', 'patterns are texts, not expressions or addresses')
    .option('-i, --ignore-case', 'upper and lower case are the same')
    .option('-v, --invert-match', 'lines that hold no pattern')
    .option('--where <expression>', 'only events whose fields are so, such as "user.name = root"')
    .option('--since <time>', 'only events from then on, such as yesterday 14:00, last night or 2h')
    .option('--until <time>', 'only events up to then')
    .option('-A, --after-context <lines>', 'so many lines after each')
    .option('-B, --before-context <lines>', 'so many lines before each')
    .option('-C, --context <lines>', 'so many lines before and after each')
    .option(
      '--around <duration>',
      'all events of all logs within so much time of each: 5m, 30s; session: all of its session',
    )
    .option('-c, --count', 'only how many match, for each file')
    .option('--by <field>', 'only how many match, for each value of a field')
    .option('--columns <fields>', 'these fields instead of lines, separated by commas')
    .option('--output <file>', 'write the result there')
    .option(
      '--save',
      'put the lines into the current incident, with file, SHA-256, offset and line',
    )
    .option('--note <text>', 'with --save: what they are')
    .option('--force', 'replace the file of --output without asking')
    .addOption(
      oneOf(new Option('--sort <order>', 'in the order of the files, or by time'), [
        'file',
        'time',
      ]),
    );
  withMaskOption(withInputOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        pattern: string | undefined,
        paths: string[],
        options: Record<string, unknown>,
        command,
      ) => {
        await run(command, 'grep', async (context) => {
          const { grep } = await import('../commands/grep.ts');
          const given = pattern === undefined ? paths : [pattern, ...paths];
          return await grep(context, given, options);
        });
      },
    );
};
