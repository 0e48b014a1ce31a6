/** `ir assign`, `handover`, `escalate`, `decide`, `task`, `asset`, `search`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect, offering } from './usage.ts';

const ROLES =
  'incident_commander responder analyst system_owner communications legal scribe executive'.split(
    ' ',
  );
const PHASES = ['triage', 'containment', 'eradication', 'recovery', 'post_incident'];
const ASSET_TYPES = ['host', 'account', 'data_set', 'service', 'network', 'other'];
const ASSET_STATES = ['to_be_determined', 'compromised', 'not_compromised', 'unknown'];
const TASK_STATES = ['open', 'done', 'dropped'];

const EXIT_CODES = 'Exit codes: 0 done, 2 usage, 6 refused, 7 store locked or damaged';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

/** `ir assign`, `handover`, `escalate`. */
export const declarePeople: Declare = (program, run) => {
  declareAssign(program, run);
  declareHandover(program, run);
  declareEscalate(program, run);
};

const declareAssign: Declare = (program, run) => {
  program
    .command('assign')
    .description('say who has which role; without a role, list who has')
    .addArgument(choices(program, '[role]', 'the role', ROLES))
    .argument('[name...]', 'who has it')
    .option('--contact <text>', 'how to reach them outside the usual channels')
    .option('--from <time>', 'since when (default: now)')
    .option('--withdraw <number>', 'take one back, such as R-012; needs --reason')
    .option('--reason <text>', 'why')
    .addHelpText(
      'after',
      help(
        'ir assign',
        'ir assign incident_commander Kim',
        'ir assign legal "Jo Doe" --contact "+49 30 555 0100"',
        'ir assign --withdraw R-012 --reason "never was on duty"',
      ),
    )
    .action(
      async (
        role: string | undefined,
        name: string[],
        options: { withdraw?: string },
        command: Command,
      ) => {
        const { assignRole, listRoles } = await import('../commands/people.ts');
        if (role === undefined && options.withdraw === undefined) {
          await run(command, 'table', async (context) => ({ result: await listRoles(context) }));
          return;
        }
        await run(command, 'receipt', async (context) => ({
          result: await assignRole(context, role, name.join(' '), options),
        }));
      },
    );
};

const declareHandover: Declare = (program, run) => {
  program
    .command('handover')
    .description('what the next shift must know; with a name, it is recorded that they were told')
    .argument('[name...]', 'who takes over')
    .addOption(offering('--role <role>', 'the role that they take over', ROLES))
    .addHelpText(
      'after',
      help(
        'ir handover',
        'ir handover Kim --role incident_commander',
        'ir handover --format md > handover.md',
      ),
    )
    .action(async (name: string[], options: object, command: Command) =>
      run(command, 'handover', async (context) => {
        const { handover } = await import('../commands/handover.ts');
        return {
          result: await handover(context, name.length === 0 ? undefined : name.join(' '), options),
        };
      }),
    );
};

const declareEscalate: Declare = (program, run) => {
  program
    .command('escalate')
    .description('record that somebody was brought in; without a name, whom the plan asks for')
    .argument('[whom...]', 'a role or a name, such as legal, executive or the hoster')
    .option('--contact <text>', 'how they were reached')
    .option('--reason <text>', 'why (needed where no rule of the plan asks for them)')
    .addHelpText(
      'after',
      help(
        'ir escalate',
        'ir escalate legal --reason "personal data were read"',
        'ir escalate the hoster --contact "ticket 4711" --reason "the hypervisor is theirs"',
      ),
    )
    .action(async (whom: string[], options: object, command: Command) => {
      const { escalate, listEscalations } = await import('../commands/escalate.ts');
      if (whom.length === 0 && Object.keys(options).length === 0) {
        await run(command, 'table', async (context) => ({
          result: await listEscalations(context),
        }));
        return;
      }
      await run(command, 'receipt', async (context) => ({
        result: await escalate(context, whom.join(' '), options),
      }));
    });
};

/** `ir decide`, `ir search`. */
export const declareDecide: Declare = (program, run) => {
  program
    .command('decide')
    .description('note a decision and its reason, for the report; without a text, list them')
    .argument('[text...]', 'what was decided')
    .option('--why <text>', 'the reason (needed)')
    .option('--by <name>', 'who decided, where that is not you')
    .option('--instead <text>', 'what was not chosen (repeatable)', collect)
    .option('--withdraw <number>', 'take one back, such as D-012; needs --reason')
    .option('--reason <text>', 'why it is taken back')
    .addHelpText(
      'after',
      help(
        'ir decide "keep web01 running until the memory is taken" --why "the implant lives in memory alone"',
        'ir decide "pay nothing" --why "backups are whole" --by "the board" --instead "negotiate"',
        'ir decide --format md',
      ),
    )
    .action(async (text: string[], options: { withdraw?: string }, command: Command) => {
      const { decide, listDecisions } = await import('../commands/people.ts');
      if (text.length === 0 && options.withdraw === undefined) {
        await run(command, 'table', async (context) => ({ result: await listDecisions(context) }));
        return;
      }
      await run(command, 'receipt', async (context) => ({
        result: await decide(context, text.join(' '), options),
      }));
    });
  program
    .command('search')
    .description('find words in what was entered, over all incidents')
    .argument('<words...>', 'all of them; "..." as it stands, sess* for a beginning')
    .option('--current', 'in the current incident alone; --incident names another')
    .option('--limit <count>', 'most places shown (default: 50)')
    .addHelpText(
      'after',
      help(
        'ir search bastion 198.51.100.7',
        'ir search "scheduled task" --current',
        'ir search ransom* --format jsonl',
      ),
    )
    .action(async (words: string[], options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { search } = await import('../commands/search.ts');
        return { result: await search(context, words.map(phrase).join(' '), options) };
      }),
    );
};

/** A word with blanks was quoted in the shell, and is looked for as it stands. */
const phrase = (word: string): string => (/\s/.test(word) ? `"${word}"` : word);

const choices = (program: Command, name: string, about: string, words: readonly string[]) => {
  const argument = program.createArgument(name, about);
  argument.argChoices = [...words];
  return argument;
};

/** `ir task`. */
export const declareTask: Declare = (program, run) => {
  const task = program
    .command('task')
    .description('what is to be done and is in no playbook')
    .addHelpText(
      'after',
      help(
        'ir task add "ask the hoster for its logs" --owner Kim --due 4h',
        'ir task list',
        'ir task done T-012',
      ),
    );
  declareTaskAdd(task, run);
  declareTaskList(task, run);
  declareTaskDone(task, run);
  declareTaskWithdraw(task, run);
};

const declareTaskAdd: Declare = (task, run) => {
  task
    .command('add')
    .description('add a task')
    .argument('<title...>', 'what is to be done')
    .option('--owner <name>', 'who does it')
    .option('--due <time>', 'until when: 4h, 2d, or a time to come')
    .addOption(offering('--phase <phase>', 'the phase that it belongs to', PHASES))
    .addHelpText('after', help('ir task add "ask the hoster for its logs" --owner Kim --due 4h'))
    .action(async (title: string[], options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { addTask } = await import('../commands/tasks.ts');
        return { result: await addTask(context, title.join(' '), options) };
      }),
    );
};

const declareTaskList: Declare = (task, run) => {
  task
    .command('list')
    .description('list the tasks, what is due first in front')
    .addOption(offering('--state <word>', 'only those', TASK_STATES))
    .option('--all-incidents', 'those of every incident of the store, closed ones as well')
    .addHelpText(
      'after',
      help(
        'ir task list',
        'ir task list --all-incidents --state open',
        'ir task list --state open --format csv',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listTasks } = await import('../commands/tasks.ts');
        return { result: await listTasks(context, options) };
      }),
    );
};

const declareTaskDone: Declare = (task, run) => {
  task
    .command('done')
    .description('say that a task is done, dropped or open again')
    .argument('<task>', 'its number, such as T-012')
    .option('--note <text>', 'what came of it')
    .option('--drop', 'it is not done and will not be; needs --note')
    .option('--reopen', 'it is not done after all; needs --note')
    .addHelpText(
      'after',
      help(
        'ir task done T-012 --note "three days of logs"',
        'ir task done T-012 --drop --note "the hoster keeps none"',
      ),
    )
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { changeTask } = await import('../commands/tasks.ts');
        return { result: await changeTask(context, wanted, options) };
      }),
    );
};

const declareTaskWithdraw: Declare = (task, run) => {
  task
    .command('withdraw')
    .description('take a task back that should not be there')
    .argument('<task>', 'its number, such as T-012')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', help('ir task withdraw T-012 --reason "twice the same"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { withdrawTask } = await import('../commands/tasks.ts');
        return { result: await withdrawTask(context, wanted, options) };
      }),
    );
};

/** The options that say something of an asset. */
const assetOptions = (command: Command): Command =>
  command
    .addOption(offering('--type <type>', 'what it is', ASSET_TYPES))
    .addOption(offering('--state <state>', 'whether it was taken over', ASSET_STATES))
    .option('--owner <name>', 'who answers for it')
    .option('--address <address>', 'where it is reached')
    .option('--holds <text>', 'what data it holds')
    .option('--comment <text>', 'what else there is to say');

/** `ir asset`. */
export const declareAsset: Declare = (program, run) => {
  const asset = program
    .command('asset')
    .description('hosts, accounts and data sets that are or may be affected')
    .addHelpText(
      'after',
      help(
        'ir asset add web01 --state compromised',
        'ir asset list',
        'ir asset update web01 --state not_compromised',
      ),
    );
  declareAssetAdd(asset, run);
  declareAssetList(asset, run);
  declareAssetUpdate(asset, run);
  declareAssetWithdraw(asset, run);
};

const declareAssetAdd: Declare = (asset, run) => {
  assetOptions(asset.command('add').description('add an asset').argument('<name>', 'its name'))
    .addHelpText(
      'after',
      help(
        'ir asset add web01 --state compromised --owner "the shop team"',
        'ir asset add orders --type data_set --holds "addresses of customers"',
      ),
    )
    .action(async (name: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { addAsset } = await import('../commands/assets.ts');
        return { result: await addAsset(context, name, options) };
      }),
    );
};

const declareAssetList: Declare = (asset, run) => {
  asset
    .command('list')
    .description('list the assets, compromised ones first')
    .addHelpText('after', help('ir asset list', 'ir asset list --format csv'))
    .action(async (_options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listAssets } = await import('../commands/assets.ts');
        return { result: await listAssets(context) };
      }),
    );
};

const declareAssetUpdate: Declare = (asset, run) => {
  assetOptions(
    asset
      .command('update')
      .description('change what is known of an asset')
      .argument('<asset>', 'its name, or its number, such as S-012'),
  )
    .option('--name <name>', 'another name')
    .option('--reason <text>', 'why')
    .addHelpText(
      'after',
      help('ir asset update web01 --state compromised --reason "web shell in uploads"'),
    )
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { updateAsset } = await import('../commands/assets.ts');
        return { result: await updateAsset(context, wanted, options) };
      }),
    );
};

const declareAssetWithdraw: Declare = (asset, run) => {
  asset
    .command('withdraw')
    .description('take an asset back that is none of the case')
    .argument('<asset>', 'its name, or its number, such as S-012')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', help('ir asset withdraw web09 --reason "mixed up with web01"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { withdrawAsset } = await import('../commands/assets.ts');
        return { result: await withdrawAsset(context, wanted, options) };
      }),
    );
};
