/** `ir contain`, `ir eradicate`, `ir recover` and `ir respond`: the checklist of a phase. */
import { EXIT, type ExitCode, refusedError } from '../errors.ts';
import type { Incident, Phase } from '../incidents/incident.ts';
import { interruptedRun, phaseAfter } from '../respond/checklist.ts';
import { leadsOf } from '../respond/next-playbooks.ts';
import { isTriageOnly, type Risk } from '../respond/playbook.ts';
import { renderText, showArgv } from '../respond/render-argv.ts';
import { wrapText } from '../respond/wrap-text.ts';
import { checklistCommand } from './checklist-command.ts';
import {
  type AppliedAnswer,
  type AppliedAnswers,
  applyAnswers,
  type ChecklistOptions,
  hasAnswers,
} from './checklist-flags.ts';
import { choosePhase } from './checklist-phase.ts';
import { choosePlaybook } from './checklist-playbook.ts';
import { checklistOf, rememberGiven, type Session, startSession } from './checklist-session.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';

/** A step as a list shows it. */
export interface StepSummary {
  id: string;
  title: string;
  required: boolean;
  status: 'pending' | 'done' | 'waived' | 'not_applicable';
  reason: string;
  at: string | undefined;
  actor: string;
  owner: string;
  dueAt: string | undefined;
  isOverdue: boolean;
  blockedBy: readonly string[];
  risk: Risk | undefined;
  /** Quoted for reading, with `<name>` where a value is missing. */
  command: string | undefined;
  runs: number;
  /** A run was started and never reported back. */
  isInterrupted: boolean;
  /** It counts as done, and its command was never started from here. */
  isDoneWithoutRun: boolean;
}

/** Where a checklist stands after the walk, and what was done in it. */
export interface ChecklistResult {
  incident: Pick<Incident, 'id' | 'key' | 'title' | 'severity' | 'phase' | 'status'>;
  playbook: { id: string; title: string };
  phase: Phase;
  isComplete: boolean;
  /** Id of the next step that waits for an answer. */
  next: string | undefined;
  steps: readonly StepSummary[];
  /** Playbooks that go on from here, or are wanted beside this one, as the incident stands. */
  leadsTo: readonly { playbook: string; why: string }[];
  variables: Readonly<Record<string, string>>;
  applied: readonly AppliedAnswer[];
  isDryRun: boolean;
  /** The steps were walked one by one, so the user has seen them. */
  isWalk: boolean;
  stopped: AppliedAnswers['stopped'];
  /** What to type to go on. */
  resume: string;
}

/** A result and, when it is not 0, the exit code. */
export interface ChecklistOutcome {
  result: ChecklistResult;
  exit?: ExitCode;
}

/** Shows, answers by flags, or walks the checklist of a phase. */
export const runChecklist = (
  context: CommandContext,
  options: ChecklistOptions,
): Promise<ChecklistOutcome> =>
  withIncident(context, async (store, { id }) => {
    const detail = await store.load(id);
    assertWorkable(detail.incident, options);
    const playbook = await choosePlaybook(context, store, detail, options, async (chosen) => {
      const { assertNamesTarget } = await import('./checklist-confirm.ts');
      const preview = await startSession(context, store, detail, chosen, options);
      await assertNamesTarget(preview, options);
    });
    const session = await startSession(context, store, await store.load(id), playbook, options);
    const isWalk =
      context.ask.isPossible &&
      !hasAnswers(options) &&
      options.list !== true &&
      options.dryRun !== true;
    const phase = await choosePhase(session, options, isWalk).catch((error) =>
      stop(session, error),
    );
    if (hasAnswers(options)) {
      const answers = await applyAnswers(session, options, phase ?? session.detail.incident.phase);
      return outcomeOf(session, { options, answers, exit: answers.exit });
    }
    if (phase === undefined) return outcomeOf(session, { options, isWalk });
    if (isWalk) {
      const { walk } = await import('./checklist-walk.ts');
      const end = await walk(session, phase).catch((error) => stop(session, error));
      return outcomeOf(session, { options, isWalk, phase: end });
    }
    return await showOrRemember(session, options, phase);
  });

/** After Ctrl-C: what is kept, and how to go on. */
function stop({ context, detail }: Session, error: unknown): never {
  if (context.signal.aborted) {
    const text = `Stopped; every answer is kept. Go on with: ir ${checklistCommand(detail.incident.phase)}`;
    context.say(['', ...wrapText(text, context.columns ?? 80)].join('\n'));
  }
  throw error;
}

/** Nobody can be asked and nothing was answered: values are kept, else the list says what is next. */
async function showOrRemember(
  session: Session,
  options: ChecklistOptions,
  phase: Phase,
): Promise<ChecklistOutcome> {
  const { isComplete, next } = checklistOf(session, phase);
  const isRead = options.list === true || options.dryRun === true;
  const hasValues = Object.keys(session.given).length > 0;
  if (hasValues && !isRead) {
    await rememberGiven(session, next?.step.id ?? session.playbook.steps[0]?.id ?? '');
  }
  const isDone = isRead || hasValues || options.advance === true || isComplete;
  return outcomeOf(session, { options, phase, exit: isDone ? EXIT.done : EXIT.refused });
}

function assertWorkable({ key, status }: Incident, options: ChecklistOptions): void {
  if (status !== 'closed' || options.list === true) return;
  throw refusedError(`${key} is closed`, 'Open it again with: ir reopen --reason "..."');
}

interface OutcomeParts {
  options: ChecklistOptions;
  /** The phase to show; where the incident stands when absent. */
  phase?: Phase;
  answers?: AppliedAnswers;
  exit?: ExitCode;
  isWalk?: boolean;
}

function outcomeOf(session: Session, parts: OutcomeParts): ChecklistOutcome {
  const { options, answers, exit = EXIT.done, isWalk = false } = parts;
  const { id, key, title, severity, phase: current, status } = session.detail.incident;
  const phase = parts.phase ?? current;
  const list = checklistOf(session, phase);
  const result: ChecklistResult = {
    incident: { id, key, title, severity, phase: current, status },
    playbook: { id: session.playbook.id, title: session.playbook.title },
    phase,
    isComplete: list.isComplete,
    next: list.next?.step.id,
    steps: summariesOf(session, phase),
    leadsTo: leadsOf(session.playbook, session.detail, session.values).map(({ playbook, why }) => ({
      playbook,
      why,
    })),
    variables: session.values,
    applied: answers?.applied ?? [],
    isDryRun: options.dryRun === true,
    isWalk,
    stopped: answers?.stopped,
    resume: resumeHint(session, list.next !== undefined, phase),
  };
  return exit === EXIT.done ? { result } : { result, exit };
}

function resumeHint(session: Session, hasNext: boolean, shown: Phase): string {
  const { playbook, detail, values } = session;
  const current = detail.incident.phase;
  const [lead] = leadsOf(playbook, detail, values);
  if (!hasNext && isTriageOnly(playbook))
    return `ir respond --playbook ${lead?.playbook ?? 'PLAYBOOK'}`;
  if (shown !== current) return `ir respond`;
  if (hasNext) return `ir ${checklistCommand(current)}`;
  const next = phaseAfter(current);
  return next === undefined ? 'ir report' : `ir ${checklistCommand(next)} --advance`;
}

function summariesOf(session: Session, phase: Phase): StepSummary[] {
  const now = session.context.now().toISOString();
  return checklistOf(session, phase).steps.map((item): StepSummary => {
    const { step, status, reason, at, actor, dueAt, blockedBy, runs, isDoneWithoutRun } = item;
    return {
      id: step.id,
      title: renderText(step.title, session.values),
      required: step.required,
      status,
      reason,
      at,
      actor,
      owner: step.owner,
      dueAt,
      isOverdue: status === 'pending' && dueAt !== undefined && dueAt < now,
      blockedBy,
      risk: step.command?.risk,
      command: step.command === undefined ? undefined : showArgv(step.command.run, session.values),
      runs: runs.length,
      isInterrupted: interruptedRun(item) !== undefined,
      isDoneWithoutRun,
    };
  });
}
