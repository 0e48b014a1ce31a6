/** Runs the command of a step: what will run, what must be confirmed, and the record before and after. */
import { userInfo } from 'node:os';
import { refusedError } from '../errors.ts';
import type { RunRole } from '../incidents/incident.ts';
import { type RunResult, runCommand } from '../processes/run-command.ts';
import type { ChecklistStep } from '../respond/checklist.ts';
import type { Argv, Risk, StepCommand } from '../respond/playbook.ts';
import { quoteArgv, renderArgv, renderText, variablesOf } from '../respond/render-argv.ts';
import { readOwnGround, selfHarm } from '../respond/self-harm.ts';
import { assertUnblocked } from './checklist-answer.ts';
import { record, rememberGiven, type Session } from './checklist-session.ts';

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
  /** What must be typed before a disruptive or destructive command; empty for the others. */
  target: string;
  /** True when root is needed, we are not root and sudo was not chosen. */
  lacksRoot: boolean;
}

/** How the command of a step ended. */
export interface RunReport {
  stepId: string;
  argv: Argv;
  text: string;
  role: PlannedRun['role'];
  isOk: boolean;
  result: RunResult;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** Renders the plan. Refuses without a command, a value, or when the command would cut off the responder. */
export function planRun(session: Session, item: ChecklistStep, sudo: boolean): RunPlan {
  const { step } = item;
  if (step.command === undefined) {
    throw refusedError(
      `step "${step.id}" has no command`,
      `Do it by hand, then: --done ${step.id} --note "..."`,
    );
  }
  const { command } = step;
  assertHarmless(session, command);
  const needsSudo = command.needsRoot && !isRoot();
  const prefix = needsSudo ? ['sudo', '--non-interactive', '--'] : [];
  const render = (argv: Argv): Argv => [...prefix, ...renderArgv(argv, session.values)];
  const show = (argv: Argv | undefined): string =>
    argv === undefined ? '' : quoteArgv(render(argv));
  return {
    stepId: step.id,
    risk: command.risk,
    host: session.host,
    user: userInfo().username,
    runs: [
      ...command.collectFirst.map((argv) => planned('collect', render(argv))),
      planned('run', render(command.run)),
    ],
    verify: show(command.verify?.run),
    expect: renderText(command.verify?.expect ?? '', session.values),
    undo: show(command.undo),
    blastRadius: renderText(command.blastRadius, session.values),
    target: isGrave(command) ? targetOf(session, command) : '',
    lacksRoot: needsSudo && !sudo,
  };
}

/** Does a command need its target typed? */
export const isGrave = ({ risk }: StepCommand): boolean =>
  risk === 'disruptive' || risk === 'destructive';

/** What a command hits, by name; the machine itself where the playbook says no more. */
export const targetOf = (
  { values, host }: Pick<Session, 'values' | 'host'>,
  command: StepCommand,
): string => renderText(command.target, values) || host;

const planned = (role: PlannedRun['role'], argv: Argv): PlannedRun => ({
  role,
  argv,
  text: quoteArgv(argv),
});

/** Variables that the command needs and that have no value yet. */
export const missingValues = (session: Session, command: StepCommand): string[] =>
  variablesOf(command).filter((name) => !Object.hasOwn(session.values, name));

function assertHarmless(session: Session, command: StepCommand): void {
  const { env } = session.context.settings;
  const ground = readOwnGround(env, userInfo().username);
  for (const name of variablesOf(command)) {
    const variable = session.playbook.variables.find((candidate) => candidate.name === name);
    const value = session.values[name];
    if (variable === undefined || value === undefined) continue;
    const harm = selfHarm(command.risk, variable, value, ground);
    if (harm === undefined) continue;
    throw refusedError(
      `the command is not run: ${harm}`,
      `Give another value with --var ${name}=VALUE, or run it by hand if you are sure.`,
    );
  }
}

/** Refuses a plan that is not confirmed by flag. */
export function assertConfirmed(
  plan: RunPlan,
  isConfirmed: boolean,
  typed: string | undefined,
): void {
  if (plan.lacksRoot) {
    throw refusedError(
      `the command of "${plan.stepId}" needs root: ${quoteArgv(plan.runs.at(-1)?.argv ?? [])}`,
      'Add --sudo to run it that way, or run it by hand and answer with --done.',
    );
  }
  if (!isConfirmed) {
    throw refusedError(
      `running "${plan.stepId}" needs a confirmation`,
      'Add --yes after reading --dry-run.',
    );
  }
  if (plan.target !== '' && typed !== plan.target) {
    throw refusedError(
      `"${plan.stepId}" is ${plan.risk}: confirm it with the name of its target, ${plan.target}`,
      `Add --confirm ${plan.target}`,
    );
  }
}

/**
 * Runs the plan's argvs in order, each recorded before and after. Stops at the first that fails, so that
 * nothing is destroyed whose collection did not work.
 */
export async function executePlan(
  session: Session,
  item: ChecklistStep,
  plan: RunPlan,
): Promise<RunReport[]> {
  assertUnblocked(item);
  await rememberGiven(session, plan.stepId);
  const reports: RunReport[] = [];
  for (const { argv, role } of plan.runs) {
    const report = await executeOne(session, item, plan, argv, role);
    reports.push(report);
    if (!report.isOk) break;
  }
  return reports;
}

async function executeOne(
  session: Session,
  { step }: ChecklistStep,
  { host, user }: RunPlan,
  argv: Argv,
  role: PlannedRun['role'],
): Promise<RunReport> {
  const { context } = session;
  const run = context.randomId();
  await record(session, 'command_started', { run, role, stepId: step.id, argv, host, user });
  const result = await runCommand({
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
  return { stepId: step.id, argv, text: quoteArgv(argv), role, isOk, result };
}
