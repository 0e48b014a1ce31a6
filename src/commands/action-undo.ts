/** Takes an action back: only what it did, and only after somebody looked where others changed the same since. */
import { refusedError } from '../errors.ts';
import type { ActionState } from '../incidents/incident.ts';
import type { Judgement } from '../respond/expectation.ts';
import { type ActionPlan, fillArgv, fillProbe } from '../respond/plan-action.ts';
import type { ActionCase } from './action-place.ts';
import {
  type ActionReport,
  keptOutput,
  lateValues,
  planOf,
  probeStage,
  recordAction,
  runStage,
  type StageReport,
} from './action-stages.ts';

/** How it is decided that what others changed since does not matter. */
export type ConfirmChanged = (difference: string) => Promise<boolean>;

const TAKEABLE: readonly ActionState['state'][] = [
  'planned',
  'started',
  'applied',
  'verified',
  'failed',
  'kept',
  'undoing',
];

/**
 * Undoes an action and reads back that it is undone.
 * @param as how it ends: `expired` where its time is up
 * @throws IrError (exit 6) when it cannot be undone, or somebody changed the same and nobody confirmed
 */
export async function undoAction(
  actionCase: ActionCase,
  action: ActionState,
  options: { reason: string; as: 'undone' | 'expired'; confirmChanged: ConfirmChanged },
): Promise<ActionReport> {
  const { id, no, stepId } = action;
  assertTakeable(action);
  const stages: StageReport[] = [];
  const settle = async (state: 'undone' | 'expired' | 'failed', reason: string) => {
    await recordAction(
      actionCase,
      'action_changed',
      { action: id, state, reason },
      { id, allowed: TAKEABLE },
    );
    return { no, state, reason, stages };
  };
  // Nothing of it ran: there is nothing to take back.
  if (action.state === 'planned') return settle('undone', 'it was never run');
  const plan = planOf(action);
  const about = { id, plan, stepId };
  const values = lateValues(actionCase, action);
  if (plan.undo === undefined)
    throw refusedError(`${no} has no undo`, 'Take it back by hand, and say so with: ir note');
  const gone = plan.undoVerify === undefined ? undefined : fillProbe(plan.undoVerify, values);
  const isGone = async (): Promise<Judgement | undefined> => {
    // Of a step's command whose undo only a person can judge, the exit code is all there is.
    if (gone === undefined || gone.conditions.length === 0) return undefined;
    const { report, judgement } = await probeStage(actionCase, about, 'undo_verify', gone);
    stages.push(report);
    return judgement;
  };
  // In an exercise every condition holds, so there is nothing to find.
  const isSimulated = actionCase.place.isSimulated === true;
  if (!isSimulated && (await isGone())?.state === 'holds') {
    const isExpired = options.as === 'expired';
    // The kernel ended it; what held it, such as an empty table of ours, goes as well where it can.
    if (isExpired)
      stages.push(await runStage(actionCase, about, 'undo', fillArgv(plan.undo, values)));
    return settle(options.as, isExpired ? 'its time was up' : 'found taken back already');
  }
  await assertUnchanged(actionCase, action, plan, stages, options.confirmChanged);
  await recordAction(
    actionCase,
    'action_begun',
    { action: id, stage: 'undo' },
    { id, allowed: TAKEABLE },
  );
  const ran = await runStage(actionCase, about, 'undo', fillArgv(plan.undo, values));
  stages.push(ran);
  const judgement = await isGone();
  if (judgement === undefined ? ran.isOk : judgement.state === 'holds')
    return settle(options.as, options.reason);
  const reasons = [ran.reason, judgement?.reason ?? ''].filter((one) => one !== '');
  return settle('failed', `the undo did not work: ${reasons.join('; ')}`);
}

/** What the action changed must be as it left it, or somebody must have looked at what differs. */
async function assertUnchanged(
  actionCase: ActionCase,
  action: ActionState,
  plan: ActionPlan,
  stages: StageReport[],
  confirmChanged: ConfirmChanged,
): Promise<void> {
  const { no, after, target, state, stepId, id } = action;
  if (plan.snapshot === undefined || after === undefined || state === 'undoing') return;
  const argv = fillArgv(plan.snapshot, lateValues(actionCase, action));
  const now = await runStage(actionCase, { id, plan, stepId }, 'snapshot', argv);
  stages.push(now);
  if (now.isOk && now.result.stdout.sha256 === after) return;
  const difference = now.isOk
    ? differenceOf(keptOutput(actionCase.store.folder, after), now.result.stdout.text)
    : `it cannot be read now: ${now.reason}`;
  if (await confirmChanged(difference)) return;
  throw refusedError(
    `${no}: somebody changed the same since, so nothing was taken back: ${difference}`,
    `Look at it; to take back what ${no} did all the same: ir undo ${no} --yes --confirm ${target}`,
  );
}

function assertTakeable({ no, state, changedBy, changedAt, irreversible }: ActionState): void {
  if (state === 'undone' || state === 'expired') {
    throw refusedError(
      `${no} is ${state} already, by ${changedBy} at ${changedAt}`,
      'See what is in place with: ir actions',
    );
  }
  if (irreversible !== undefined) {
    throw refusedError(
      `${no} cannot be undone: ${irreversible}`,
      'Say with ir note what was done about it.',
    );
  }
}

/** The lines that came and went, the first few. */
function differenceOf(before: string, now: string): string {
  const [old, current] = [before, now].map((text) => text.trim().split('\n')) as [
    string[],
    string[],
  ];
  const came = current.filter((line) => !old.includes(line)).map((line) => `+ ${line}`);
  const went = old.filter((line) => !current.includes(line)).map((line) => `- ${line}`);
  const all = [...went, ...came];
  if (all.length === 0) return 'the order of its lines differs';
  return `${all
    .slice(0, 6)
    .map((line) => line.slice(0, 200))
    .join(', ')}${all.length > 6 ? ', ...' : ''}`;
}
