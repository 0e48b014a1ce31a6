import { type Command, Option } from 'commander';
import { usageError } from '../errors.ts';
import type { Declare } from './declare.ts';
import { PATHS, withInputOptions } from './input-options.ts';
import { withMaskOption } from './mask-option.ts';
import { collect, oneOf } from './usage.ts';
import { withPlaceOptions } from './where-logs-are.ts';

/** `--rules` and `--no-rules` are one option to commander, of which the later would win without a word. */
const contradiction = (): Error =>
  usageError('--no-rules and --rules contradict each other', 'Leave one of them out.');

function collectRules(value: string, earlier: readonly string[] | false | undefined): string[] {
  if (earlier === false) throw contradiction();
  return collect(value, earlier);
}

function refuseRules(_: unknown, earlier: readonly string[] | false | undefined): false {
  if (Array.isArray(earlier)) throw contradiction();
  return false;
}

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

const EXAMPLES = `
Examples:
  ir timeline /var/log                                 findings in time order, with evidence
  ir timeline access.log.gz auth.log --since 2h        the last two hours of two files
  ir timeline support.zip --password-file passwords    what is in an archive, locked members too
  ir timeline logs/ --entity 203.0.113.7 --all         every event that names an address
  ir timeline logs/ --where 'http.response.status_code >= 500 and url.path startswith /api'
  ir timeline logs/ --tz Europe/Berlin --format jsonl  one ECS document a line, for other programs
  ir timeline logs/ --tz 'web1/**=Asia/Tokyo' --skew 'db.log=-90s'  a zone, a clock that was 90 s fast
  ir timeline logs/ --clock --gap 6h                   what the clocks of the logs are, and how far apart
  ir timeline logs/ --ioc indicators.txt --ioc misp.json   where known bad addresses, names and hashes occur
  ir timeline logs/ --baseline last-month/             what last month did not have: addresses of accounts, programs
  ir timeline opensearch://cluster.example:9200/filebeat-* --since 2h      logs of another place
  zcat old.gz | ir timeline - --fail-on high           exit 1 when something serious was found
  ir timeline logs/ --all --format timesketch --output events.jsonl    for Timesketch; also bulk, ocsf, l2tcsv
  ir timeline logs/ --format html --output timeline.html    one page to look around in, offline
  ir timeline logs/ --interactive                      look around in the terminal; with --all in every event
  ir timeline logs/ --save                             into the current incident

Expressions of --where: FIELD and =, !=, <, <=, >, >=, ~ (RE2), in, contains, startswith, endswith or exists; and, or, not, ( ).
Fields have the names of ECS; docs/where.md lists them and says how values are written.

Exit codes: 0 done, 1 a finding at or above --fail-on, 2 usage, 4 an input could not be read (or, with
--strict, not be parsed in full).
`;

/** Which events are meant. @returns the command */
const withEventOptions = (command: Command): Command =>
  command
    .option(
      '--all',
      'every event in time order instead of the findings; with --rule those that it hits, or counted where it fired',
    )
    .option('--since <time>', 'only events from then on, such as yesterday 14:00, last night or 2h')
    .option('--until <time>', 'only events up to then')
    .option(
      '--entity <value>',
      'only events that name this ip, network (198.51.100.0/24), user, host, ..., and those of the sessions that ip or user opened (repeatable)',
      collect,
    )
    .option('--grep <expression>', 'only events whose text matches (RE2)')
    .option(
      '--where <expression>',
      'only events whose fields are so: "user.name = root and not source.ip in 10.0.0.0/8"',
    );

/** What is looked for in them. @returns the command */
const withRuleOptions = (command: Command): Command =>
  command
    .option(
      '--rule <rule>',
      'only this rule: id, name, title or file, with * (repeatable)',
      collect,
    )
    .option('--rules <folder>', 'a further folder of Sigma rules (repeatable)', collectRules)
    .option(
      '--ioc <file>',
      'look for these indicators: text, CSV, STIX 2.1 or MISP JSON; the word incident: its own (repeatable)',
      collect,
    )
    .option('--no-incident-ioc', 'do not look for the indicators of the open incident')
    .option(
      '--baseline <path>',
      'logs of a time in which all was well: what is new against them is found (default: the first fifth of the span; repeatable)',
      collect,
    )
    .option(
      '--geoip <file>',
      'a file of places: countries are shown, and logins from new countries and impossible travel are found',
    )
    .option(
      '--no-rules',
      'run no rules: only counts and what was read, or with --all every event',
      refuseRules,
    )
    .option('--no-user-rules', 'leave out your own rules (~/.config/ir/rules)')
    .option('--profile <name>', 'only the rules that fit this profile of config.yml')
    .addOption(
      oneOf(new Option('--level <level>', 'lowest level to report'), LEVELS).default('medium'),
    );

/** How the result is shown, and where it goes. @returns the command */
const withResultOptions = (command: Command): Command =>
  command
    .addOption(
      oneOf(new Option('--fold <how>', 'one finding an act (the strongest leads), or every hit'), [
        'act',
        'none',
      ]).default('act'),
    )
    .addOption(
      oneOf(
        new Option(
          '--story <length>',
          'who got in, how, and what they did: on one screen, whole, or not',
        ),
        ['short', 'full', 'none'],
      ).default('short'),
    )
    .option(
      '--interactive',
      'a full-screen browser: move, filter as you type, unfold, look into files, bookmark; ? shows the keys',
    )
    .option('--flat', 'findings by time alone, without story and stages')
    .addOption(
      oneOf(
        new Option('--fail-on <level>', 'end with exit 1 when a finding reaches this level'),
        LEVELS,
      ),
    )
    .option(
      '--clock',
      'what is known of the clock of each log: span, zone, years, gaps, skew between logs',
    )
    .option('--gap <time>', 'with --clock: pauses longer than this are gaps (default: 1h)')
    .option('--query <text>', 'of a place: what is asked for, in its language')
    .option('--columns <fields>', 'these fields of each row, separated by commas')
    .option('--output <file>', 'write the result there')
    .option('--force', 'replace the file of --output without asking')
    .option('--strict', 'end with exit 4 when a line was not parsed, or read by its stamp alone')
    .option('--save', 'put findings, files and accounting into the current incident')
    .option('--copy-evidence', 'with --save: copy the log files into the store as well');

/** `ir timeline`. */
export const declareTimeline: Declare = (program, run) => {
  const command = program
    .command('timeline')
    .description('read log files of any mix into one timeline and report what the rules find')
    .argument('<paths...>', PATHS);
  withResultOptions(withRuleOptions(withEventOptions(command)));
  withMaskOption(withInputOptions(withPlaceOptions(command)))
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: Record<string, unknown>, command) => {
      if (options['clock'] === true) {
        await run(command, 'timeline-clock', async (context) => {
          const { timelineClock } = await import('../commands/timeline-clock.ts');
          return await timelineClock(context, paths, options);
        });
        return;
      }
      if (options['interactive'] === true) {
        await run(command, 'plain-text', async (context) => {
          const { browseTimeline } = await import('../commands/timeline-browse.ts');
          return await browseTimeline(context, paths, options);
        });
        return;
      }
      await run(command, options['all'] === true ? 'events' : 'timeline', async (context) => {
        const { timeline } = await import('../commands/timeline.ts');
        return await timeline(context, paths, options);
      });
    });
};
