import { type Command, Option } from 'commander';
import type { ChecklistOptions } from '../commands/checklist-flags.ts';
import type { Phase } from '../incidents/incident.ts';
import type { Declare, Run } from './declare.ts';
import { declarePlaybook } from './playbook.ts';
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
  new Option('--host <host>', 'run commands on user@host over ssh, and read them back there'),
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
