/** `ir prepare`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect } from './usage.ts';

const CODES =
  'Exit codes: 0 done, 1 something is lacking (check), 2 usage, 4 a file could not be read, 6 refused';
const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${CODES}\n`;

/** `ir prepare list|show|write|check`. */
export const declarePrepare: Declare = (program, run) => {
  const prepare = program
    .command('prepare')
    .description('configurations to start from: what programs should log, ship and tell of')
    .addHelpText(
      'after',
      help('ir prepare list', 'ir prepare show nginx', 'ir prepare check /etc/ssh/sshd_config'),
    );
  declareList(prepare, run);
  declareShow(prepare, run);
  declareWrite(prepare, run);
  declareCheck(prepare, run);
};

const declareList: Declare = (prepare, run) => {
  prepare
    .command('list')
    .description('list the topics')
    .addHelpText('after', help('ir prepare list', 'ir prepare list --json'))
    .action(async (_: object, command: Command) =>
      run(command, 'table', async () => {
        const { listTopics } = await import('../commands/prepare.ts');
        return { result: listTopics() };
      }),
    );
};

const declareShow: Declare = (prepare, run) => {
  prepare
    .command('show')
    .description('print the files of a topic, what they are for and how to try them')
    .argument('<topic>', 'one of: ir prepare list')
    .option('--set <name=value>', 'a value for a variable of the topic (repeatable)', collect)
    .addHelpText(
      'after',
      help('ir prepare show nginx', 'ir prepare show filebeat --set server=logs.example.com'),
    )
    .action(async (topic: string, options: object, command: Command) =>
      run(command, 'plain-text', async () => {
        const { showTopic } = await import('../commands/prepare.ts');
        return { result: { lines: showTopic(topic, options) } };
      }),
    );
};

const declareWrite: Declare = (prepare, run) => {
  prepare
    .command('write')
    .description('write the files of a topic')
    .argument('<topic>', 'one of: ir prepare list')
    .option('--set <name=value>', 'a value for a variable of the topic (repeatable)', collect)
    .option('--into <folder>', 'where to (default: this folder)')
    .option('--force', 'replace files that are there')
    .addHelpText(
      'after',
      help(
        'ir prepare write pino',
        'ir prepare write rsyslog --into /tmp/try --set server=logs.example.com',
      ),
    )
    .action(async (topic: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { writeTopic } = await import('../commands/prepare.ts');
        return { result: await writeTopic(context, topic, options) };
      }),
    );
};

const declareCheck: Declare = (prepare, run) => {
  prepare
    .command('check')
    .description('say what a configuration lacks')
    .argument('<file>', 'a configuration; its kind is recognised')
    .option('--topic <topic>', 'its kind, where it is not recognised')
    .addHelpText(
      'after',
      help('ir prepare check /etc/ssh/sshd_config', 'ir prepare check site.conf --topic nginx'),
    )
    .action(async (file: string, options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { checkConfiguration } = await import('../commands/prepare.ts');
        return checkConfiguration(context, file, options);
      }),
    );
};
