/** Runs the command of a step: what will run, what must be confirmed, and the record before and after. */
import { userInfo } from 'node:os';
import { refusedError } from '../errors.ts';
import type { RunRole } from '../incidents/incident.ts';
import { quoteArgv } from '../processes/quote.ts';
import { runAt } from '../processes/run-at.ts';
import type { RunResult } from '../processes/run-command.ts';
import type { ChecklistStep } from '../respond/checklist.ts';
import { type ActionPlan, planAction } from '../respond/plan-action.ts';
import type { Argv, Risk, StepCommand } from '../respond/playbook.ts';
import { renderText, variablesOf } from '../respond/render-argv.ts';
import { doAction, lookFirst } from './act.ts';
import { type ConfirmFlags, isGrave, lacksReason } from './action-confirm.ts';
import { type ActionCase, argvAt, hostOf, reachPlace } from './action-place.ts';
import { assertHarmless } from './assert-harmless.ts';
import { assertUnblocked } from './checklist-answer.ts';
import { record, refresh, rememberGiven, type Session } from './checklist-session.ts';

/** One argv of a plan. */
export interface PlannedRun {
  role: Extract<RunRole, 'collect' | 'run'>;
  argv: Argv;
  /** The argv quoted for reading. */
  text: string;
}

/** Everything that running a step's command would do. */
export interface RunPlan {
  stepId: string;
  risk: Risk;
  host: string;
  user: string;
  runs: readonly PlannedRun[];
  /** For reading: how the state is read back and undone; empty when the playbook has none. */
  verify: string;
  expect: string;
  undo: string;
  blastRadius: string;
  irreversible: string;
  /** What must be typed before a disruptive or destructive command; empty for the others. */
  target: string;
  /** True when root is needed, we are not root and sudo was not chosen. */
  lacksRoot: boolean;
}

/** A plan with what carries it out: the same code as `ir act`. */
export interface ReadyPlan extends RunPlan {
  action: ActionPlan;
  actionCase: ActionCase;
}

/** How the command of a step ended. */
export interface RunReport {
  stepId: string;
  argv: Argv;
  text: string;
  role: RunRole;
  isOk: boolean;
  result: RunResult;
  /** What is not as it must be; empty where all is. */
  reason: string;
  /** Number of the action; undefined for what only reads. */
  no: string | undefined;
}

/** Renders the plan. Refuses without a command, a value, or when the command would cut off the responder. */
export async function planRun(
  session: Session,
  { step }: ChecklistStep,
  sudo: boolean,
): Promise<ReadyPlan> {
  const { command } = step;
  if (command === undefined) {
    throw refusedError(
      `step "${step.id}" has no command`,
      `Do it by hand, then: --done ${step.id} --note "..."`,
    );
  }
  const { context, store, detail, playbook, values } = session;
  const base = { context, store, incidentId: detail.incident.id, sudo };
  const actionCase = await reachPlace(base, session.ssh, []);
  const { variables } = playbook;
  const name = step.action?.name ?? step.id;
  const ttlMs = step.action?.ttlMs;
  const planned = await planAction({ name, command, variables, values, ttlMs, ssh: session.ssh });
  const action = { ...planned, target: targetOf(session, command) };
  assertHarmless(actionCase, action, variables);
  const show = (argv: Argv | undefined, needsRoot = action.needsRoot): string =>
    argv === undefined ? '' : quoteArgv(argvAt(actionCase, argv, needsRoot));
  const runOf = (role: PlannedRun['role'], argv: Argv): PlannedRun => {
    const rendered = argvAt(actionCase, argv, action.needsRoot);
    return { role, argv: rendered, text: quoteArgv(rendered) };
  };
  return {
    stepId: step.id,
    risk: command.risk,
    host: actionCase.place.isSimulated === true ? hostOf(actionCase.place) : session.host,
    user: userInfo().username,
    runs: [...action.collectFirst.map((argv) => runOf('collect', argv)), runOf('run', action.run)],
    verify: show(action.verify?.run, action.verify?.needsRoot),
    expect: action.verify?.expect ?? '',
    undo: show(action.undo),
    blastRadius: action.blastRadius,
    irreversible: action.irreversible,
    target: isGrave(command.risk) ? action.target : '',
    lacksRoot: action.needsRoot && !actionCase.ground.isRoot && !sudo,
    action,
    actionCase,
  };
}

/** What a command hits, by name; the machine itself where the playbook says no more. */
export const targetOf = (
  { values, host }: Pick<Session, 'values' | 'host'>,
  command: StepCommand,
): string => renderText(command.target, values) || host;

/** Variables that the command needs and that have no value yet. */
export const missingValues = (session: Session, command: StepCommand): string[] =>
  variablesOf(command).filter((name) => !Object.hasOwn(session.values, name));

/** Refuses a plan that is not confirmed by flag, in the words of `ir act`. */
export function assertConfirmed(plan: RunPlan, flags: ConfirmFlags): void {
  if (plan.lacksRoot) {
    throw refusedError(
      `the command of "${plan.stepId}" needs root: ${plan.runs.at(-1)?.text}`,
      'Add --sudo to run it that way, or run it by hand and answer with --done.',
    );
  }
  if (flags.yes !== true) {
    throw refusedError(
      `running "${plan.stepId}" needs a confirmation`,
      'Add --yes after reading --dry-run.',
    );
  }
  if (plan.target !== '' && flags.confirm !== plan.target) {
    throw refusedError(
      `"${plan.stepId}" is ${plan.risk}: confirm it with the name of its target, ${plan.target}`,
      `Add --confirm ${plan.target}`,
    );
  }
  if (plan.risk === 'destructive' && lacksReason(flags)) {
    throw refusedError(
      `"${plan.stepId}" cannot be taken back: it needs a reason, or a second person`,
      'Add --reason "..." or --second NAME.',
    );
  }
}

/**
 * Runs the plan: what only reads as commands of the step, what changes something as an action. Stops at the first that
 * fails, so that nothing is destroyed whose collection did not work.
 */
export async function executePlan(
  session: Session,
  item: ChecklistStep,
  plan: ReadyPlan,
  flags: Pick<ConfirmFlags, 'reason' | 'second'> = {},
): Promise<RunReport[]> {
  assertUnblocked(item);
  await rememberGiven(session, plan.stepId);
  if (plan.risk !== 'read') return runAction(session, plan, flags);
  const reports: RunReport[] = [];
  for (const { argv, role } of plan.runs) {
    const report = await executeOne(session, item, plan, argv, role);
    reports.push(report);
    if (!report.isOk) break;
  }
  return reports;
}

async function runAction(
  session: Session,
  { stepId, action, actionCase }: ReadyPlan,
  { reason, second }: Pick<ConfirmFlags, 'reason' | 'second'>,
): Promise<RunReport[]> {
  const before = await lookFirst(actionCase, action);
  const { no, state, stages } = await doAction(actionCase, action, {
    ...{ stepId, reason, second, before },
  });
  await refresh(session);
  const shown = stages.filter(({ stage }) => stage !== 'snapshot');
  return shown.map(({ stage, argv, text, isOk, result, reason: why }): RunReport => {
    const role =
      stage === 'undo_verify' || stage === 'keep' || stage === 'snapshot' ? 'verify' : stage;
    // The state that was read back counts, whatever the exit code was.
    const counts = stage === 'run' && state === 'verified';
    return { stepId, argv, text, role, isOk: isOk || counts, result, reason: why, no };
  });
}

async function executeOne(
  session: Session,
  { step }: ChecklistStep,
  { host, user, actionCase }: ReadyPlan,
  argv: Argv,
  role: PlannedRun['role'],
): Promise<RunReport> {
  const { context } = session;
  const run = context.randomId();
  await record(session, 'command_started', { run, role, stepId: step.id, argv, host, user });
  const result = await runAt(actionCase.place, {
    argv,
    timeoutMs: step.command?.timeoutMs ?? 60_000,
    outputFolder: session.outputFolder,
    environment: context.settings.env,
    signal: context.signal,
  });
  await record(session, 'command_finished', {
    run,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    stdoutSha256: result.stdout.sha256,
    stderrSha256: result.stderr.sha256,
    stdoutHead: result.stdout.head,
    stderrHead:
      result.failure === undefined
        ? result.stderr.head
        : `(${result.failure}) ${result.stderr.head}`,
  });
  const okCodes = role === 'run' ? (step.command?.okExitCodes ?? [0]) : [0];
  const isOk = result.exitCode !== undefined && okCodes.includes(result.exitCode);
  const text = quoteArgv(argv);
  return { stepId: step.id, argv, text, role, isOk, result, reason: '', no: undefined };
}
