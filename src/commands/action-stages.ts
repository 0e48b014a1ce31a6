/**
 * The stages of an action, each in the journal before it begins and after it ended: collect, run, read back, undo,
 * read back. Wherever the program is killed, the journal says how far it came.
 */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EXIT, IrError, refusedError } from '../errors.ts';
import type { ActionState, RunRole } from '../incidents/incident.ts';
import type { EntryPayloads, EntryType, NewEntry } from '../incidents/journal-entry.ts';
import { quoteArgv } from '../processes/quote.ts';
import { EMPTY_SHA256 } from '../processes/run-at.ts';
import type { RunResult } from '../processes/run-command.ts';
import type { Judgement } from '../respond/expectation.ts';
import {
  type ActionPlan,
  fillArgv,
  fillProbe,
  type LateValues,
  type PlannedProbe,
} from '../respond/plan-action.ts';
import type { Argv } from '../respond/playbook.ts';
import {
  type ActionCase,
  argvAt,
  execute,
  hostOf,
  judged,
  outputFolderOf,
} from './action-place.ts';
import { assertFound, authorOf } from './incident-access.ts';

/** One argv that ran, and what came of it. */
export interface StageReport {
  stage: RunRole | 'snapshot' | 'undo_verify' | 'keep';
  argv: Argv;
  text: string;
  isOk: boolean;
  /** What is not as it must be; empty where all is. */
  reason: string;
  result: RunResult;
}

/** What became of an action. */
export interface ActionReport {
  no: string;
  state: ActionState['state'];
  reason: string;
  stages: readonly StageReport[];
}

/** Appends an entry; `allowed` names the states in which the action must be. */
export async function recordAction<T extends EntryType>(
  { context, store, incidentId }: ActionCase,
  type: T,
  payload: EntryPayloads[T],
  guard?: { id: string; allowed: readonly ActionState['state'][] },
): Promise<void> {
  const { actor, now } = authorOf(context);
  const entry = { type, payload, at: now.toISOString(), actor } as NewEntry;
  await store.append(incidentId, (before) => {
    const { incident, actions = [] } = assertFound(before);
    if (type === 'action_proposed' && incident.status === 'closed')
      throw refusedError(
        `${incident.key} is closed`,
        'Open it again with: ir reopen --reason "..."',
      );
    const action = actions.find(({ id }) => id === guard?.id);
    if (guard !== undefined && action !== undefined && !guard.allowed.includes(action.state)) {
      throw refusedError(
        `${action.no} is ${action.state} by now, by ${action.changedBy}`,
        'See it with: ir actions',
      );
    }
    return [entry];
  });
}

/** The action as the journal has it now. */
export async function actionNow(
  { store, incidentId }: Pick<ActionCase, 'store' | 'incidentId'>,
  id: string,
): Promise<ActionState> {
  const { actions = [] } = await store.load(incidentId);
  const action = actions.find((one) => one.id === id);
  if (action === undefined) throw new Error(`action ${id} is not in the journal`);
  return action;
}

/** What is known of an action once it has a number. @throws IrError (exit 7) when its snapshot is gone or changed */
export function lateValues(
  { store }: Pick<ActionCase, 'store'>,
  { no, before }: Pick<ActionState, 'no' | 'before'>,
): LateValues {
  return {
    action_no: no,
    snapshot: before === undefined ? '' : keptOutput(store.folder, before).trim(),
  };
}

/** The whole output with that hash. */
export function keptOutput(folder: string, sha256: string): string {
  if (sha256 === EMPTY_SHA256) return '';
  const path = join(outputFolderOf({ folder }), sha256);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new IrError(`what was there before is gone: ${path}`, {
      exit: EXIT.integrity,
      hint: 'Bring that file back from a copy of the workspace, or undo it by hand.',
      cause,
    });
  }
}

/** Runs an argv of a stage with an entry before and one after. */
export async function runStage(
  actionCase: ActionCase,
  action: { id: string; plan: ActionPlan; stepId: string | undefined },
  stage: StageReport['stage'],
  argv: Argv,
  needsRoot = action.plan.needsRoot,
): Promise<StageReport> {
  const { context, place } = actionCase;
  const run = context.randomId();
  const rendered = argvAt(actionCase, argv, needsRoot);
  await recordAction(actionCase, 'command_started', {
    run,
    role: ROLE[stage],
    stepId: action.stepId ?? '',
    action: action.id,
    argv: rendered,
    host: hostOf(place),
    user: userInfo().username,
  });
  const result = await execute(actionCase, rendered, action.plan.timeoutMs);
  const { stdout, stderr, failure } = result;
  await recordAction(actionCase, 'command_finished', {
    run,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    stdoutSha256: stdout.sha256,
    stderrSha256: stderr.sha256,
    // What is there before a change may be a secret, such as the hash of a password: it stays in the file.
    stdoutHead: stage === 'snapshot' && stdout.bytes > 0 ? '(kept aside)' : stdout.head,
    stderrHead: failure === undefined ? stderr.head : `(${failure}) ${stderr.head}`,
  });
  const codes = stage === 'run' || stage === 'keep' ? action.plan.okExitCodes : [0];
  const isOk = result.exitCode !== undefined && codes.includes(result.exitCode);
  return {
    stage,
    argv: rendered,
    text: quoteArgv(rendered),
    isOk,
    reason: isOk ? '' : endOf(result),
    result,
  };
}

const ROLE: Readonly<Record<StageReport['stage'], RunRole>> = {
  collect: 'collect',
  check: 'check',
  snapshot: 'check',
  run: 'run',
  keep: 'run',
  verify: 'verify',
  undo: 'undo',
  undo_verify: 'verify',
};

/** How it ended, with the first line it said. */
function endOf({ failure, exitCode, stderr }: RunResult): string {
  const said = stderr.head.trim().split('\n')[0] ?? '';
  return `${failure ?? `exit code ${exitCode}`}${said === '' || failure?.includes(said) ? '' : `: ${said}`}`;
}

/** Runs a probe as a stage, and judges it. */
export async function probeStage(
  actionCase: ActionCase,
  action: { id: string; plan: ActionPlan; stepId: string | undefined },
  stage: 'check' | 'verify' | 'undo_verify',
  probe: PlannedProbe,
): Promise<{ report: StageReport; judgement: Judgement }> {
  const ran = await runStage(actionCase, action, stage, probe.run, probe.needsRoot);
  const judgement = judged(actionCase, probe, ran.result);
  const { state, reason } = judgement;
  return { report: { ...ran, isOk: state === 'holds', reason }, judgement };
}

/** A new action, in the journal before anything of it runs. */
export async function proposeAction(
  actionCase: ActionCase,
  plan: ActionPlan,
  more: { stepId?: string; reason?: string; second?: string; before?: string },
): Promise<ActionState> {
  const { context, place } = actionCase;
  const id = context.randomId();
  const until =
    plan.ttlMs === undefined || plan.expiry === undefined
      ? {}
      : { until: new Date(context.now().getTime() + plan.ttlMs).toISOString() };
  await recordAction(actionCase, 'action_proposed', {
    id,
    name: plan.name,
    risk: plan.risk,
    host: hostOf(place),
    target: plan.target,
    values: plan.values,
    plan: JSON.stringify(plan),
    ...(plan.irreversible === '' ? {} : { irreversible: plan.irreversible }),
    ...until,
    ...more,
  });
  return actionNow(actionCase, id);
}

/** Collects, runs and reads back. What failed before `run` leaves the action planned: nothing was changed. */
export async function applyAction(
  actionCase: ActionCase,
  action: ActionState,
  plan: ActionPlan,
): Promise<ActionReport> {
  const { id, no, stepId } = action;
  const about = { id, plan, stepId };
  const values = lateValues(actionCase, action);
  const stages: StageReport[] = [];
  for (const argv of plan.collectFirst) {
    const report = await runStage(actionCase, about, 'collect', fillArgv(argv, values));
    stages.push(report);
    if (report.isOk) continue;
    const reason = `the collection failed, so nothing was changed: ${report.reason}`;
    await recordAction(actionCase, 'action_changed', { action: id, state: 'undone', reason });
    return { no, state: 'undone', reason, stages };
  }
  await recordAction(
    actionCase,
    'action_begun',
    { action: id, stage: 'run' },
    { id, allowed: ['planned', 'started', 'failed'] },
  );
  const ran = await runStage(actionCase, about, 'run', fillArgv(plan.run, values));
  stages.push(ran);
  await recordAction(actionCase, 'action_changed', {
    action: id,
    state: 'applied',
    reason: ran.reason,
  });
  return verifyAction(actionCase, await actionNow(actionCase, id), plan, stages);
}

/** Reads an action back that was applied: exit codes lie. */
export async function verifyAction(
  actionCase: ActionCase,
  action: ActionState,
  plan: ActionPlan,
  stages: StageReport[] = [],
): Promise<ActionReport> {
  const { id, no, stepId } = action;
  const about = { id, plan, stepId };
  const values = lateValues(actionCase, action);
  const settle = async (state: 'verified' | 'failed', reason: string, after?: string) => {
    await recordAction(actionCase, 'action_changed', {
      ...{ action: id, state, reason },
      ...(after === undefined ? {} : { after }),
    });
    return { no, state, reason, stages };
  };
  if (plan.risk === 'read' || plan.verify === undefined) {
    const failed = stages.find(({ isOk }) => !isOk);
    return settle(failed === undefined ? 'verified' : 'failed', failed?.reason ?? '');
  }
  const { report, judgement } = await probeStage(
    actionCase,
    about,
    'verify',
    fillProbe(plan.verify, values),
  );
  stages.push(report);
  if (plan.verify.conditions.length === 0) {
    // Only a person can tell; what the exit code says is all that the program knows.
    const seen = `by its exit code alone; look for: ${plan.verify.expect}`;
    return report.result.exitCode === 0
      ? settle('verified', seen)
      : settle('failed', `it could not be read back: ${endOf(report.result)}`);
  }
  if (judgement.state !== 'holds') {
    const what =
      judgement.state === 'unknown' ? 'the state could not be read' : 'it is not in place';
    return settle('failed', `${what}: ${judgement.reason}`);
  }
  if (plan.snapshot === undefined) return settle('verified', '');
  const after = await runStage(actionCase, about, 'snapshot', fillArgv(plan.snapshot, values));
  stages.push(after);
  return settle('verified', '', after.isOk ? after.result.stdout.sha256 : undefined);
}

/** The plan that an action was made from. @throws IrError (exit 6) where the journal has none */
export function planOf(action: ActionState): ActionPlan {
  if (action.plan !== undefined) return JSON.parse(action.plan) as ActionPlan;
  throw refusedError(
    `${action.no} was recorded without what it ran`,
    'Take it back by hand, and say so with: ir note',
  );
}
