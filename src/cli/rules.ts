import { type Command, Option } from 'commander';
import type { Declare } from './declare.ts';
import { collect, oneOf } from './usage.ts';

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

/** Help below a command: examples, then exit codes. */
const help = (examples: readonly string[], codes: string): string =>
  `\nExamples:\n${examples.map((one) => `  ${one}`).join('\n')}\n\nExit codes:\n  ${codes}\n`;

/** Which rules are meant. */
const withChoice = (command: Command): Command =>
  command
    .option('--rules <folder>', 'a further folder of Sigma rules (repeatable)', collect)
    .option('--no-user-rules', 'leave out your own rules (~/.config/ir/rules)')
    .option('--profile <name>', 'only the rules that fit this profile of config.yml');

/** The same, narrowed by what rules say of themselves. */
const withNarrowing = (command: Command): Command =>
  withChoice(command)
    .addOption(oneOf(new Option('--level <level>', 'this level and above'), LEVELS))
    .option('--status <status>', 'stable, test or experimental (repeatable)', collect)
    .option('--tag <tag>', 'with this tag, * for anything: attack.t1110* (repeatable)', collect)
    .option('--logsource <source>', 'for these logs: linux/sshd, webserver (repeatable)', collect);

/** `ir rules`: the rules that `ir timeline` runs, and one's own. */
export const declareRules: Declare = (program, run) => {
  const group = program
    .command('rules')
    .description('list, show, check, try, explain, add, tune and withdraw detection rules')
    .addHelpText(
      'after',
      `
Rules are Sigma files; docs/sigma.md says what is read of Sigma, docs/rules.md what comes with the program. Your own are read from
$XDG_CONFIG_HOME/ir/rules (~/.config/ir/rules).
${help(
  [
    "ir rules add sigma/rules                 SigmaHQ's rules, for every run from then on",
    'ir rules list --level high --logsource linux',
    'ir rules doctor /var/log                 which rules have no chance in these logs, and why',
    'ir rules explain ssh-root-password-login auth.log   why a rule hits an event, or does not',
    'ir rules tune ssh_brute_force --ignore source.ip=192.0.2.7',
  ],
  '0 done   2 usage   3 a rule is invalid, or a test fails   4 file not readable',
)}`,
    );
  for (const declare of [
    declareList,
    declareShow,
    declareFields,
    declareCoverage,
    declareCheck,
    declareTest,
    declareExplain,
    declareConvert,
    declareDoctor,
    declareAdd,
    declareTune,
    declareWithdraw,
  ]) {
    declare(group, run);
  }
};

const declareList: Declare = (group, run) => {
  withNarrowing(group.command('list'))
    .description('all rules that are loaded, your own included')
    .addHelpText(
      'after',
      help(['ir rules list', 'ir rules list --tag attack.t1110* --json'], '0 done   2 usage'),
    )
    .action(async (options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-list', async (context) => {
        const { listRules } = await import('../commands/rules.ts');
        return { result: await listRules(context, options) };
      });
    });
};

const declareConvert: Declare = (group, run) => {
  withChoice(group.command('convert'))
    .argument('[rules...]', 'ids, names, titles or files, with * (default: all)')
    .description('rules in the languages of search clusters and of Splunk')
    .addOption(
      oneOf(new Option('--to <language>', 'the language'), [
        'dsl',
        'lucene',
        'esql',
        'ppl',
        'splunk',
      ]),
    )
    .option('--index <index>', 'where it is asked (default: logs-*)')
    .addHelpText(
      'after',
      help(
        ['ir rules convert ssh_root_login --to lucene', 'ir rules convert --to esql --json'],
        '0 done   2 usage',
      ),
    )
    .action(async (names: string[], options: Record<string, unknown>, self: Command) => {
      await run(self, 'table', async (context) => {
        const { convert } = await import('../commands/rules-convert.ts');
        return { result: await convert(context, names, options) };
      });
    });
};

const declareShow: Declare = (group, run) => {
  withChoice(group.command('show'))
    .argument('<rule>', 'id, name, title or file')
    .description('one rule, with its text')
    .addHelpText('after', help(['ir rules show ssh_brute_force'], '0 done   2 no such rule'))
    .action(async (name: string, options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-show', async (context) => {
        const { showRule } = await import('../commands/rules.ts');
        return { result: await showRule(context, name, options) };
      });
    });
};

const declareFields: Declare = (group, run) => {
  group
    .command('fields')
    .argument('<logsource>', 'product, category, service: linux/sshd, webserver, aws/cloudtrail')
    .description('the fields that rules of a log source may use, and what they read')
    .addHelpText(
      'after',
      help(
        ['ir rules fields linux/process_creation', 'ir rules fields webserver --json'],
        '0 done   2 no such log source',
      ),
    )
    .action(async (logsource: string, _options: unknown, self: Command) => {
      await run(self, 'rules-fields', async (context) => {
        const { ruleFields } = await import('../commands/rules.ts');
        return { result: await ruleFields(context, logsource) };
      });
    });
};

const declareCoverage: Declare = (group, run) => {
  withNarrowing(group.command('coverage'))
    .description(
      'the ATT&CK techniques that rules name; --json is a layer for the ATT&CK Navigator',
    )
    .addHelpText(
      'after',
      help(['ir rules coverage', 'ir rules coverage --json > layer.json'], '0 done   2 usage'),
    )
    .action(async (options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-coverage', async (context) => {
        const { coverage } = await import('../commands/rules.ts');
        return { result: await coverage(context, options) };
      });
    });
};

const declareCheck: Declare = (group, run) => {
  group
    .command('check')
    .argument('<paths...>', 'rule files and folders')
    .description('report every mistake in rule files, with line and column')
    .addHelpText(
      'after',
      help(
        ['ir rules check my-rule.yml', 'ir rules check ~/.config/ir/rules --json'],
        '0 all are valid   3 a rule is invalid   4 file not readable',
      ),
    )
    .action(async (paths: string[], _options: unknown, self: Command) => {
      await run(self, 'rules-check', async (context) => {
        const { checkRules } = await import('../commands/rules-check.ts');
        return await checkRules(context, paths);
      });
    });
};

const declareTest: Declare = (group, run) => {
  withChoice(group.command('test'))
    .argument(
      '[targets...]',
      "rules, or folders like SigmaHQ's regression_data (default: all rules with tests)",
    )
    .description('run the tests of rules: events that must hit, and events that must not')
    .addHelpText(
      'after',
      help(
        [
          'ir rules test',
          'ir rules test my_rule',
          'ir rules test sigma/regression_data --rules sigma/rules',
        ],
        '0 all pass   2 no such rule   3 a test fails',
      ),
    )
    .action(async (targets: string[], options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-test', async (context) => {
        const { testRules } = await import('../commands/rules-check.ts');
        return await testRules(context, targets, options);
      });
    });
};

const declareExplain: Declare = (group, run) => {
  withChoice(group.command('explain'))
    .argument('<rule>', 'id, name, title or file')
    .argument('<event>', 'a file that holds the event, or - for standard input')
    .option('--limit <number>', 'explain so many events of the file, at most 100 (default: 1)')
    .description('which part of a rule fits an event, and which does not')
    .addHelpText(
      'after',
      help(
        [
          'ir rules explain ssh-root-password-login auth.log',
          'grep 203.0.113.7 access.log | ir rules explain sql-injection-union - --limit 5',
        ],
        '0 done   2 no such rule   4 no event could be read',
      ),
    )
    .action(async (name: string, path: string, options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-explain', async (context) => {
        const { explain } = await import('../commands/rules-check.ts');
        return { result: await explain(context, name, path, options) };
      });
    });
};

const declareDoctor: Declare = (group, run) => {
  withChoice(group.command('doctor'))
    .argument('<paths...>', 'logs: files, folders, globs, or - for standard input')
    .description('every rule that is not loaded or can never hit in these logs, with the reason')
    .addHelpText(
      'after',
      help(
        ['ir rules doctor /var/log', 'ir rules doctor logs/ --json'],
        '0 done   4 no event could be read',
      ),
    )
    .action(async (paths: string[], options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-doctor', async (context) => {
        const { doctor } = await import('../commands/rules-check.ts');
        return { result: await doctor(context, paths, options) };
      });
    });
};

const declareAdd: Declare = (group, run) => {
  group
    .command('add')
    .argument('<path>', "a rule file, or a folder such as SigmaHQ's repository")
    .description(
      'copy rules, and mappings of field names, into your own folders: every run uses them',
    )
    .addHelpText(
      'after',
      help(
        ['ir rules add my-rule.yml', 'ir rules add sigma/rules'],
        '0 done   3 nothing in it can be used   4 file not readable',
      ),
    )
    .action(async (path: string, _options: unknown, self: Command) => {
      await run(self, 'rules-add', async (context) => {
        const { addRules } = await import('../commands/rules-change.ts');
        return await addRules(context, path);
      });
    });
};

const declareTune: Declare = (group, run) => {
  group
    .command('tune')
    .argument('<rule>', 'id, name or title')
    .option(
      '--ignore <field=value>',
      'leave out events with this value, all of them where several are named (repeatable)',
      collect,
    )
    .option('--dry-run', 'show the filter and write nothing')
    .description('write an exception for a rule, as a Sigma filter in your own folder')
    .addHelpText(
      'after',
      help(
        [
          'ir rules tune ssh_brute_force --ignore source.ip=192.0.2.7',
          "ir rules tune scanner-agent --ignore source.ip=192.0.2.0/24 --ignore 'user_agent.original=Nessus*'",
        ],
        '0 done   2 no such rule',
      ),
    )
    .action(async (name: string, options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-tune', async (context) => {
        const { tuneRule } = await import('../commands/rules-change.ts');
        return { result: await tuneRule(context, name, options) };
      });
    });
};

const declareWithdraw: Declare = (group, run) => {
  group
    .command('withdraw')
    .argument('<rule>', 'id, name, title or file of a rule or exception of your own')
    .option('--reason <text>', 'why (needed); it is kept with the rule')
    .option('--dry-run', 'show what would be out of use and change nothing')
    .description('take a file of your own rules or exceptions out of use, and keep it')
    .addHelpText(
      'after',
      help(
        [
          'ir rules withdraw my-rule --reason "the backup does that every night"',
          'ir rules withdraw tuned/ssh-brute-force.yml --reason "the scanner is gone"',
        ],
        '0 done   2 no such rule   6 it comes with the program',
      ),
    )
    .action(async (name: string, options: Record<string, unknown>, self: Command) => {
      await run(self, 'rules-withdraw', async (context) => {
        const { withdrawRule } = await import('../commands/rules-withdraw.ts');
        return { result: await withdrawRule(context, name, options) };
      });
    });
};
