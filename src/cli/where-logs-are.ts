/** `ir pull`, `ir push`, `ir hunt`: logs that are in other places; `ir sync`: a store that is. */
import { type Command, Option } from 'commander';
import type { Declare } from './declare.ts';
import { PATHS, withInputOptions } from './input-options.ts';
import { collect, oneOf } from './usage.ts';

const PLACE = 'a URL such as opensearch://host:9200/logs-*, or a name of config.yml (places)';

const help = (codes: string, ...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\nWhich places there are, and how each is written: ir help connectors\n\nExit codes: ${codes}\n`;

/** How a place is opened; everywhere the same. @returns the command */
export const withPlaceOptions = (command: Command): Command =>
  command
    .option('--ca-file <file>', 'an authority whose certificates count, PEM')
    .option('--token-file <file>', 'a file that holds the token, key or password alone')
    .option('--timeout <seconds>', 'for one answer of the place (default: 30)');

/** Declares both. */
export const declareWhereLogsAre: Declare = (program, run) => {
  declarePull(program, run);
  declarePush(program, run);
  declareHunt(program, run);
  declareSync(program, run);
};

const declarePull: Declare = (program, run) => {
  withPlaceOptions(
    program
      .command('pull')
      .description(
        'read logs out of another place, and keep them as evidence with query, time and hash',
      )
      .argument('<place>', PLACE)
      .option('--since <time>', 'only events from then on')
      .option('--until <time>', 'only events up to then')
      .option('--query <text>', 'what is asked for, in the language of the place')
      .option('--output <file>', 'into this file of JSON lines, and not into the incident')
      .option('--force', 'replace the file of --output'),
  )
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 3 configuration, 5 the place failed (run it again: it goes on), 6 refused',
        'ir pull opensearch://cluster.example:9200/filebeat-* --since 2h',
        "ir pull prod --query 'host.name:web01 AND NOT agent.type:metricbeat' --output web01.jsonl",
        'ir pull cloudwatch://eu-central-1//aws/lambda/shop --since yesterday',
      ),
    )
    .action(async (place: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { pull } = await import('../commands/pull.ts');
        return { result: await pull(context, place, options) };
      }),
    );
};

const declarePush: Declare = (program, run) => {
  const command = program
    .command('push')
    .description('send events, findings or the incident to where others look for them')
    .argument('<place>', PLACE)
    .argument('[paths...]', PATHS)
    .addOption(
      oneOf(new Option('--what <kind>', 'what is sent'), [
        'events',
        'findings',
        'incident',
      ]).default('events'),
    )
    .option('--since <time>', 'only events from then on')
    .option('--until <time>', 'only events up to then')
    .option('--where <expression>', 'only events whose fields are so')
    .option('--dry-run', 'say how many and show the first; send nothing');
  withInputOptions(withPlaceOptions(command))
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 3 configuration, 4 an input could not be read, 5 the place failed or refused some',
        'ir push opensearch+http://127.0.0.1:9200/ir-logs logs/',
        'ir push gelf+udp://graylog.example:12201 auth.log',
        'ir push grafana://grafana.example:3000 --what findings logs/',
        'ir push prod --what incident',
      ),
    )
    .action(async (place: string, paths: string[], options: object, self: Command) =>
      run(self, 'receipt', async (context) => {
        const { push } = await import('../commands/push.ts');
        return push(context, place, paths, options);
      }),
    );
};

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

/** What is looked for, what of it counts, and how it is shown. @returns the command */
const withHuntOptions = (command: Command): Command =>
  command
    .option(
      '--rule <rule>',
      'only this rule: id, name, title or file, with * (repeatable)',
      collect,
    )
    .option('--rules <folder>', 'a further folder of Sigma rules (repeatable)', collect)
    .option('--no-user-rules', 'leave out your own rules (~/.config/ir/rules)')
    .option('--profile <name>', 'only the rules that fit this profile of config.yml')
    .addOption(
      oneOf(new Option('--level <level>', 'lowest level to report'), LEVELS).default('medium'),
    )
    .addOption(
      oneOf(new Option('--fold <how>', 'one finding an act (the strongest leads), or every hit'), [
        'act',
        'none',
      ]).default('act'),
    )
    .addOption(
      oneOf(
        new Option('--fail-on <level>', 'end with exit 1 when a finding reaches this level'),
        LEVELS,
      ),
    )
    .option('--explain', 'show how each rule is asked, and ask nothing')
    .option('--max-hits <number>', 'documents that may be brought (default: 200000)')
    .option('--max-time <seconds>', 'that the cluster may take for one search (default: 60)')
    .option('--columns <fields>', 'these fields of each row, separated by commas')
    .option('--output <file>', 'write the result there')
    .option('--force', 'replace the file of --output without asking');

const declareHunt: Declare = (program, run) => {
  const command = program
    .command('hunt')
    .description('ask a search cluster for what the rules look for, and let the rules decide here')
    .argument(
      '<place>',
      'an index, alias or pattern: opensearch://host:9200/logs-*, or a name of config.yml',
    )
    .option('--since <time>', 'only events from then on')
    .option('--until <time>', 'only events up to then')
    .option('--query <text>', 'only of these, in the language of the cluster');
  withPlaceOptions(withHuntOptions(command))
    .addHelpText(
      'after',
      help(
        '0 done, 1 a finding at or above --fail-on, 2 usage, 3 configuration, 5 the cluster failed, or too much would be brought',
        'ir hunt opensearch://cluster.example:9200/ir-logs --since 24h',
        'ir hunt prod --rules sigma/rules --level high',
        'ir hunt prod --rule ssh_brute_force --explain --json',
      ),
    )
    .action(async (place: string, options: { explain?: true }, self: Command) => {
      const commands = () => import('../commands/hunt.ts');
      if (options.explain === true)
        await run(self, 'table', async (context) => ({
          result: await (await commands()).explainHunt(context, options),
        }));
      else
        await run(self, 'timeline', async (context) =>
          (await commands()).hunt(context, place, options),
        );
    });
};

const declareSync: Declare = (program, run) => {
  program
    .command('sync')
    .description('bring two stores together that were apart: each gets what the other has')
    .argument('<store>', 'the other store: its folder, or postgres://user@host/database')
    .option('--one-way', 'take in what it has, and write nothing there')
    .option('--apart <incident>', 'this one of it is no case that is here (repeatable)', collect)
    .option('--reason <text>', 'why, for the journal')
    .option('--dry-run', 'say what would be taken and given; write nothing')
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 6 refused, 7 a chain or a file of either does not hold (nothing of it is taken)',
        'ir sync /media/usb/.ir --reason "end of the night shift"',
        'ir sync ../colleague --one-way',
        'ir sync ../colleague --apart INC-2026-0002',
      ),
    )
    .action(async (store: string, options: object, self: Command) =>
      run(self, 'receipt', async (context) => {
        const { sync } = await import('../commands/sync.ts');
        return sync(context, store, options);
      }),
    );
};
