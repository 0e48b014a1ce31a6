import { type Command, Option } from 'commander';
import type { ChecklistOptions } from '../commands/checklist-flags.ts';
import type { Phase } from '../incidents/incident.ts';
import type { Declare, Run } from './declare.ts';
import { collect } from './usage.ts';

/** `ir respond`, `contain`, `eradicate`, `recover` and `ir playbook`. */
export const declareRespond: Declare = (program, run) => {
  for (const checklist of CHECKLISTS) declareChecklist(program, run, checklist);
  declarePlaybook(program, run);
};

interface ChecklistCommand {
  name: string;
  phase: Phase | undefined;
  description: string;
  example: string;
}

const CHECKLISTS: readonly ChecklistCommand[] = [
  {
    name: 'respond',
    phase: undefined,
    description: 'walk the checklist of the phase in which the incident stands, triage included',
    example: 'check-host-clock',
  },
  {
    name: 'contain',
    phase: 'containment',
    description: 'walk the containment checklist, one step at a time',
    example: 'block-source',
  },
  {
    name: 'eradicate',
    phase: 'eradication',
    description: 'walk the eradication checklist, one step at a time',
    example: 'find-new-keys',
  },
  {
    name: 'recover',
    phase: 'recovery',
    description: 'walk the recovery checklist, one step at a time',
    example: 'confirm-quiet',
  },
];

const OPTIONS: readonly Option[] = [
  new Option('--list', 'show the steps and how they stand'),
  new Option('--done <step>', 'mark a step as done (repeatable)').argParser(collect),
  new Option('--skip <step>', 'skip a step; needs --reason (repeatable)').argParser(collect),
  new Option('--run <step>', "run a step's command; needs --yes (repeatable)").argParser(collect),
  new Option('--back <step>', 'open an answered step again; needs --reason'),
  new Option('--note <text>', 'a note for the step of --done, else for the next step'),
  new Option(
    '--reason <text>',
    'why a step is skipped or opened again, a phase left early, or something done for good',
  ),
  new Option('--second <name>', 'the second person who agreed to what cannot be taken back'),
  new Option(
    '--answers <file>',
    'answers as YAML: a list of {step, answer: done|skip|run, note, reason}',
  ),
  new Option('--var <name=value>', 'the value of a playbook variable (repeatable)').argParser(
    collect,
  ),
  new Option('-y, --yes', 'confirm --run'),
  new Option(
    '--confirm <name>',
    'confirm a disruptive or destructive command with the name of its target',
  ),
  new Option('--sudo', 'run commands that need root through sudo'),
  new Option('--dry-run', 'show what would be done, and change nothing'),
  new Option('--advance', 'enter the phase; with --reason its open steps are skipped'),
  new Option('--playbook <playbook>', 'the playbook to follow, when the incident has none yet'),
];

function declareChecklist(
  program: Command,
  run: Run,
  { name, phase, description, example }: ChecklistCommand,
): void {
  const command = program.command(name).description(description);
  for (const option of OPTIONS) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
Without options it asks, one step at a time; every answer is kept before the next question.

Examples:
${exampleLines(name, example)}

Exit codes:
  0 done, or the phase is complete   2 usage   3 invalid playbook or answers file   4 answers file not readable
  6 refused, or an answer is needed   7 store locked or damaged   8 a command failed
`,
    )
    .action(async (options: ChecklistOptions, self: Command) => {
      await run(self, 'checklist', async (context) => {
        const { runChecklist } = await import('../commands/checklist.ts');
        return await runChecklist(context, {
          ...options,
          ...(phase === undefined ? {} : { phase }),
        });
      });
    });
}

function exampleLines(name: string, step: string): string {
  const examples: readonly [string, string][] = [
    [`ir ${name}`, 'go on where you stopped'],
    [`ir ${name} --list`, 'the steps and how they stand'],
    [`ir ${name} --run ${step} --dry-run`, 'what its command would do'],
    [`ir ${name} --done ${step} --note "seen"`, 'answer without a prompt'],
    [`ir ${name} --answers answers.yml --yes`, 'answer many steps from a file'],
  ];
  const width = Math.max(...examples.map(([line]) => line.length)) + 3;
  return examples.map(([line, what]) => `  ${line.padEnd(width)}${what}`).join('\n');
}

function declarePlaybook(program: Command, run: Run): void {
  const group = program
    .command('playbook')
    .description('list, show and check playbooks')
    .addHelpText(
      'after',
      `
Your own playbooks are read from $XDG_CONFIG_HOME/ir/playbooks (~/.config/ir/playbooks).

Examples:
  ir playbook list
  ir playbook show ssh-brute-force
  ir playbook check my-playbook.yml

Exit codes:
  0 done   2 usage   3 a playbook is invalid   4 file not readable
`,
    );
  declareList(group, run);
  declareShow(group, run);
  declareCheck(group, run);
}

const declareList: Declare = (group, run) => {
  group
    .command('list')
    .description('all playbooks with what they are for')
    .addHelpText(
      'after',
      '\nExamples:\n  ir playbook list\n  ir playbook list --json\n\nExit codes:\n  0 done\n',
    )
    .action(async (_options: unknown, self: Command) => {
      await run(self, 'playbook-list', async (context) => {
        const { listPlaybooks } = await import('../commands/playbook.ts');
        return { result: await listPlaybooks(context) };
      });
    });
};

const declareShow: Declare = (group, run) => {
  group
    .command('show')
    .argument('<playbook>', 'id of the playbook')
    .description('one playbook with all steps and commands')
    .addHelpText(
      'after',
      '\nExamples:\n  ir playbook show ddos\n  ir playbook show ddos --json\n\nExit codes:\n  0 done   2 no such playbook   3 the playbook is invalid\n',
    )
    .action(async (id: string, _options: unknown, self: Command) => {
      await run(self, 'playbook-show', async (context) => {
        const { showPlaybook } = await import('../commands/playbook.ts');
        return { result: await showPlaybook(context, id) };
      });
    });
};

const declareCheck: Declare = (group, run) => {
  group
    .command('check')
    .argument('<files...>', 'playbook files')
    .description('report every mistake in playbook files, with line and column')
    .addHelpText(
      'after',
      '\nExamples:\n  ir playbook check my-playbook.yml\n  ir playbook check ~/.config/ir/playbooks/*.yml --json\n\nExit codes:\n  0 all are valid   3 a playbook is invalid   4 file not readable\n',
    )
    .action(async (files: string[], _options: unknown, self: Command) => {
      await run(self, 'playbook-check', async () => {
        const { checkPlaybooks } = await import('../commands/playbook.ts');
        return await checkPlaybooks(files);
      });
    });
};
