import { type Command, Option } from 'commander';
import type { Declare } from './declare.ts';
import { withFileOptions } from './input-options.ts';
import { collect, oneOf } from './usage.ts';

const EXAMPLES = `
Examples:
  ir watch /var/log                                  findings as they come, until Ctrl-C
  ir watch /var/log/auth.log --level high --format jsonl | program    one ECS document a step of a finding
  ir watch /srv/logs --baseline last-month/          what is new against last month, too
  ir watch --journal /var/log/nginx                  the journal and a folder
  ir watch syslog+tcp://127.0.0.1:5514 forward://127.0.0.1:24224 hec+http://127.0.0.1:8088   what others send
  ir watch /var/log/auth.log --block --dry-run       whom it would block, and why
  ir watch /var/log/auth.log --block --block-for 1h  block them; ir actions shows, ir undo takes back, the kernel ends it
  ir watch /var/log --alerts --check                 does it all work? A try goes over each channel that alerts go to
  ir watch logs/ --once                              what is there and was not told yet, then end

Files are read from their beginning the first time, and from where the last run ended after that, also through rotations. What it
knows lies in the workspace, under watch/NAME. A finding is told when it opens, when it has doubled, and when it is over.

It listens on syslog+udp, syslog+tcp, syslog+tls, gelf+udp, gelf+tcp, forward, and for HTTP (hec+http, bulk+http, gelf+http, http, each
also https): every path is taken there, /services/collector, /_bulk, /gelf, else lines. Another address than loopback needs a token for HTTP.

SIGHUP reads rules, formats and configuration anew; what was seen is kept.

Exit codes: 0 done, 2 usage, 7 another watch of this name is at work, 130 and 143 interrupted.
`;

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

/** What is looked for, and in which events. @returns the command */
const withRuleOptions = (command: Command): Command =>
  command
    .option('--since <time>', 'only events from then on, such as 2h or yesterday 14:00')
    .option('--where <expression>', 'only events whose fields are so: "user.name = root"')
    .option(
      '--rule <rule>',
      'only this rule: id, name, title or file, with * (repeatable)',
      collect,
    )
    .option('--rules <folder>', 'a further folder of Sigma rules (repeatable)', collect)
    .option('--no-user-rules', 'leave out your own rules (~/.config/ir/rules)')
    .option('--profile <name>', 'only the rules that fit this profile of config.yml')
    .option(
      '--ioc <file>',
      'look for these indicators: text, CSV, STIX 2.1 or MISP JSON; the word incident: its own (repeatable)',
      collect,
    )
    .option('--no-incident-ioc', 'do not look for the indicators of the open incident')
    .addOption(
      oneOf(new Option('--level <level>', 'lowest level to report'), LEVELS).default('medium'),
    )
    .option('--baseline <path>', 'logs of a time in which all was well (repeatable)', collect)
    .option('--learn <duration>', 'without --baseline: learn so long what is normal (default: 7d)')
    .option('--delay <duration>', 'so much later than others may an event come (default: 200ms)')
    .option('--name <name>', 'a watch beside others of this workspace (default: main)')
    .option(
      '--for <incident>',
      'look for what is known of this incident (indicators, accounts, traces): a sighting says how to reopen it',
    );

/** What is done about what is found. @returns the command */
const withAnswerOptions = (command: Command): Command =>
  command
    .option('--alerts', 'raise alerts: ir alerts lists them, ir notify has the channels')
    .option('--open', 'open or update the incident for each alert that is told (with alerts)')
    .option('--alert-replayed', 'also for what stood in the logs before the watch began')
    .option('--block', 'block for a while whom findings name (nftables; into the current incident)')
    .option('--dry-run', 'with --block: say whom it would block, and block nobody')
    .addOption(
      oneOf(
        new Option('--block-level <level>', 'lowest level that blocks (default: medium)'),
        LEVELS,
      ),
    )
    .option(
      '--block-for <duration>',
      'how long at first; twice as long each further time (default: 10m)',
    )
    .option('--block-up-to <duration>', 'how long at most (default: 7d)')
    .option('--block-most <number>', 'blocks a minute at most; others wait (default: 10)')
    .option(
      '--block-network <bits>',
      'the network around the address: 24, or 24,64 with IPv6, or ,64 for IPv6 alone',
    )
    .option('--sudo', 'with --block: run what needs root through sudo -n');

/** Where else events come from, and what a run does. @returns the command */
const withListeningOptions = (command: Command): Command =>
  command
    .option(
      '--geoip <file>',
      'a file of places: logins from new countries and impossible travel are found, ir serve shows countries',
    )
    .option('--journal', 'follow the journal of systemd, too')
    .option('--token-file <file>', 'what senders over HTTP must know (IR_WATCH_TOKEN)')
    .option('--tls-cert <file>', 'certificate for syslog+tls:// and https://, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--max-body <MiB>', 'the largest request, unpacked (default: 8)')
    .option('--print-unit', 'print a unit for systemd that runs this watch, and end')
    .option('--check', 'try paths, rules, triggers and channels (each gets a message), and end')
    .option('--once', 'read what is there, tell what was not told yet, close it, and end');

/** `ir watch`. */
export const declareWatch: Declare = (program, run) => {
  const command = program
    .command('watch')
    .description('follow logs as they grow and tell what the rules find')
    .argument(
      '[paths...]',
      'files, folders (new files in them as well), - for standard input, and URLs to listen on',
    );
  withListeningOptions(withAnswerOptions(withRuleOptions(command)));
  withFileOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: Record<string, unknown>, command) => {
      if (options['printUnit'] === true) {
        await run(command, 'plain-text', async (context) => {
          const { watchUnit } = await import('../commands/watch-unit.ts');
          const { argv } = process;
          const typed = argv.slice(argv.indexOf('watch') + 1);
          return watchUnit(
            context,
            typed.filter((word) => word !== '--print-unit'),
            paths,
          );
        });
        return;
      }
      if (options['check'] === true) {
        await run(command, 'table', async (context) => {
          const { checkWatch } = await import('../commands/watch-check.ts');
          return await checkWatch(context, paths, options);
        });
        return;
      }
      await run(command, 'watch', async (context) => {
        const { watch } = await import('../commands/watch.ts');
        return await watch(context, paths, options);
      });
    });
};
