/** `ir playbook list`, `show` and `check`. */
import { EXIT, type ExitCode, IrError, usageError } from '../errors.ts';
import { PHASES, type Phase } from '../incidents/incident.ts';
import { quoteArgv } from '../processes/quote.ts';
import { loadPlaybooks, pickPlaybook, readPlaybookFile } from '../respond/load-playbooks.ts';
import { type Argv, type Playbook, type Step, stepsOf } from '../respond/playbook.ts';
import type { Problem } from '../yaml.ts';
import type { CommandContext } from './context.ts';

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
  const { command } = step;
  if (command === undefined) return { ...step, commandText: undefined };
  const text = (argv: Argv | undefined): string | undefined =>
    argv === undefined ? undefined : quoteArgv(argv);
  return {
    ...step,
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
  paths: readonly string[],
): Promise<{ result: PlaybookCheckResult; exit?: ExitCode }> {
  if (paths.length === 0) throw usageError('no file to check', 'Write: ir playbook check FILE...');
  const files = [];
  for (const path of paths) {
    const { playbook, problems } = await readPlaybookFile(path, 'user');
    files.push({ path, id: playbook?.id, steps: playbook?.steps.length ?? 0, problems });
  }
  const unreadable = files.every(({ problems }) =>
    problems.some(({ source }) => source.line === undefined),
  );
  if (unreadable && files.length === 1) {
    throw new IrError(files[0]?.problems[0]?.message ?? 'cannot read the playbook', {
      exit: EXIT.unreadableInput,
      source: { path: files[0]?.path ?? '' },
      hint: 'Check the path and its permissions.',
    });
  }
  const isBroken = files.some(({ problems }) => problems.length > 0);
  return { result: { files }, ...(isBroken ? { exit: EXIT.invalidTemplate } : {}) };
}
