/** `ir playbook list`, `show` and `check`. */
import { EXIT, type ExitCode, suggestion, usageError } from '../errors.ts';
import { PHASES, type Phase } from '../incidents/incident.ts';
import { quoteArgv } from '../processes/quote.ts';
import { conditionText } from '../respond/condition.ts';
import { loadPlaybooks, pickPlaybook, readPlaybookFile } from '../respond/load-playbooks.ts';
import { type Argv, type Playbook, type Step, stepsOf } from '../respond/playbook.ts';
import type { Problem } from '../yaml.ts';
import type { CommandContext } from './context.ts';
import { throwProblem } from './playbook-problem.ts';

/** A playbook as the list shows it. */
export interface PlaybookSummary {
  id: string;
  title: string;
  summary: string;
  techniques: readonly string[];
  steps: number;
  commands: number;
  origin: Playbook['origin'];
  path: string;
}

/** What `ir playbook list` found. */
export interface PlaybookListResult {
  playbooks: readonly PlaybookSummary[];
  /** Files that could not be loaded. */
  problems: readonly Problem[];
}

/** All playbooks, those of the user included. */
export async function listPlaybooks(context: CommandContext): Promise<PlaybookListResult> {
  const { playbooks, problems } = await loadPlaybooks(context.settings.env);
  return { playbooks: playbooks.map(summaryOf), problems };
}

const summaryOf = (playbook: Playbook): PlaybookSummary => ({
  id: playbook.id,
  title: playbook.title,
  summary: playbook.summary,
  techniques: playbook.appliesTo.techniques,
  steps: playbook.steps.length,
  commands: playbook.steps.filter((step) => step.command !== undefined).length,
  origin: playbook.origin,
  path: playbook.path,
});

/** A playbook with all its steps. */
export interface PlaybookShowResult {
  playbook: Omit<Playbook, 'steps'>;
  phases: readonly { phase: Phase; steps: readonly ShownStep[] }[];
}

/** A step with its command as it would be run. */
export interface ShownStep extends Step {
  /** Its condition as a file writes it; empty where it always applies. */
  whenText: string;
  /** The argvs of the command, quoted for reading. */
  commandText:
    | {
        collectFirst: readonly string[];
        run: string;
        verify: string | undefined;
        undo: string | undefined;
      }
    | undefined;
}

/** One playbook with everything in it. */
export async function showPlaybook(
  context: CommandContext,
  id: string,
): Promise<PlaybookShowResult> {
  const { steps: _steps, ...playbook } = pickPlaybook(
    await loadPlaybooks(context.settings.env),
    id,
  );
  const whole = { ...playbook, steps: _steps };
  return {
    playbook,
    phases: PHASES.map((phase) => ({
      phase,
      steps: stepsOf(whole, phase).map(shownStep),
    })).filter(({ steps }) => steps.length > 0),
  };
}

function shownStep(step: Step): ShownStep {
  const { command, when } = step;
  const whenText = when === undefined ? '' : conditionText(when);
  if (command === undefined) return { ...step, whenText, commandText: undefined };
  const text = (argv: Argv | undefined): string | undefined =>
    argv === undefined ? undefined : quoteArgv(argv);
  return {
    ...step,
    whenText,
    commandText: {
      collectFirst: command.collectFirst.map(quoteArgv),
      run: quoteArgv(command.run),
      verify: text(command.verify?.run),
      undo: text(command.undo),
    },
  };
}

/** What is wrong with a playbook file, if anything. */
export interface PlaybookCheckResult {
  files: readonly {
    path: string;
    /** Undefined when it has problems. */
    id: string | undefined;
    steps: number;
    problems: readonly Problem[];
  }[];
}

/** Checks files and reports every problem of each; exit 3 when there is any. */
export async function checkPlaybooks(
  context: CommandContext,
  paths: readonly string[],
): Promise<{ result: PlaybookCheckResult; exit?: ExitCode }> {
  if (paths.length === 0) throw usageError('no file to check', 'Write: ir playbook check FILE...');
  const read = [];
  for (const path of paths)
    read.push({ path, ...(await readPlaybookFile(path, 'user', context.settings.env)) });
  const names = await knownNames(
    context,
    read.flatMap(({ playbook, unbound }) => playbook ?? unbound ?? []),
  );
  const files = read.map(({ path, playbook, unbound = playbook, problems }) => ({
    path,
    id: playbook?.id,
    steps: playbook?.steps.length ?? 0,
    problems: [...(unbound === undefined ? [] : strangersIn(unbound, path, names)), ...problems],
  }));
  const [only] = files;
  const isUnreadable = only?.problems.some(({ source }) => source.line === undefined) === true;
  if (files.length === 1 && isUnreadable) throwProblem(only?.path ?? '', only?.problems ?? []);
  const isBroken = files.some(({ problems }) => problems.length > 0);
  return { result: { files }, ...(isBroken ? { exit: EXIT.invalidTemplate } : {}) };
}

/** What playbooks may name: other playbooks, and those that are checked with them. */
async function knownNames(
  context: CommandContext,
  checked: readonly Playbook[],
): Promise<readonly string[]> {
  const { playbooks } = await loadPlaybooks(context.settings.env);
  return [...playbooks, ...checked].map(({ id }) => id);
}

/** Playbooks that a playbook names and that are nowhere. */
function strangersIn(playbook: Playbook, path: string, names: readonly string[]): Problem[] {
  return playbook.leadsTo.flatMap(({ playbook: id }) =>
    names.includes(id)
      ? []
      : [
          {
            message: `leads_to names the playbook "${id}", which is not there`,
            source: { path, line: 1, column: 1 },
            hint: suggestion(id, names),
          },
        ],
  );
}
