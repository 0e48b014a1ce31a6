/** One block of a watch: the catalogue's action with its looks before and after, in the journal; longer for who comes again. */
import { refusedError } from '../errors.ts';
import type { ActionState } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { isInPlace } from '../incidents/kinds/action-kinds.ts';
import type { Action } from '../respond/action.ts';
import { type ActionPlan, fillProbe, planAction } from '../respond/plan-action.ts';
import { type BlockPolicy, type Candidate, lengthOf, networkOf } from '../watch/block-decisions.ts';
import { doAction, lookFirst } from './act.ts';
import { type ActionCase, reachPlace, readProbe } from './action-place.ts';
import {
  type ActionReport,
  applyAction,
  lateValues,
  planOf,
  verifyAction,
} from './action-stages.ts';
import { undoAction } from './action-undo.ts';
import { assertHarmless, type Standing } from './assert-harmless.ts';
import type { CommandContext } from './context.ts';

/** The two actions that a watch uses. */
export interface BlockActions {
  address: Action;
  network: Action;
}

/** What blocks: by which rules, by what, on whose behalf. */
export interface Blocking {
  context: CommandContext;
  /** Name of the watch. */
  watch: string;
  policy: BlockPolicy;
  actions: BlockActions;
  sudo: boolean;
  /** Ids of rules of which each event counts by itself. */
  singleRules: ReadonlySet<string>;
}

/** What became of a candidate; `left` needs no word. */
export type Blocked =
  | { kind: 'blocked'; report: ActionReport; target: string; lengthMs: number }
  | { kind: 'left' };

/** An action of the kind that a watch uses, on whatever target. */
export const isBlock = ({ name }: Pick<ActionState, 'name'>, { address, network }: BlockActions) =>
  name === address.id || name === network.id;

/** What stood between an address and this host, at any time. */
export const earlierBlocks = (
  actions: readonly ActionState[],
  target: string,
  known: BlockActions,
): ActionState[] => actions.filter((one) => one.target === target && isBlock(one, known));

/**
 * The plan of a block that hits nobody who is spared: of the network around the address where that is asked for and may be, else
 * of the address. @throws IrError (exit 6) where neither may be
 */
export async function planBlock(
  { policy, actions }: Pick<Blocking, 'policy' | 'actions'>,
  standing: Standing,
  address: string,
  lengthFor: (target: string) => number,
): Promise<ActionPlan> {
  const planFor = async (action: Action, value: string): Promise<ActionPlan> => {
    const [variable = ''] = action.arguments;
    const plan = await planAction({
      ...{ name: action.id, command: action.command, variables: action.variables },
      ...{ values: { [variable]: value }, ttlMs: lengthFor(value), ssh: undefined },
    });
    assertHarmless(standing, plan, action.variables);
    return plan;
  };
  const alone = await planFor(actions.address, address);
  const network = networkOf(address, policy.prefix);
  if (network === undefined) return alone;
  // A network that holds somebody who is spared: the address of the attacker is none of them.
  return planFor(actions.network, network).catch(() => alone);
}

/** Blocks an address unless it is blocked. @throws IrError (exit 6) where it must not be, other errors where it could not be tried */
export async function blockAddress(
  blocking: Blocking,
  store: IncidentStore,
  incidentId: string,
  candidate: Candidate,
): Promise<Blocked> {
  const { context, watch, actions, policy, sudo } = blocking;
  const known = (await store.load(incidentId)).actions ?? [];
  const needs = actions.address.needs;
  const actionCase = await reachPlace({ context, store, incidentId, sudo }, undefined, needs);
  const earlier = (target: string) => earlierBlocks(known, target, actions);
  const plan = await planBlock(blocking, actionCase, candidate.address, (target) =>
    lengthOf(policy, earlier(target).filter(tookEffect).length),
  );
  const before = earlier(plan.target);
  // It was killed after the journal had it and before it knew of that.
  const noted = before.find(({ at }) => Date.parse(at) >= candidate.notedMs);
  const lengthMs = plan.ttlMs ?? policy.firstMs;
  if (noted !== undefined) {
    const report = await finish(actionCase, noted);
    return report === undefined
      ? { kind: 'left' }
      : { kind: 'blocked', report, target: plan.target, lengthMs };
  }
  assertNotTakenBack(before);
  if (await isBlocked(actionCase, plan, before)) return { kind: 'left' };
  const reason = `ir watch --name ${watch}: ${candidate.why}`;
  const report = await doAction(actionCase, plan, {
    reason,
    before: await lookFirst(actionCase, plan),
  });
  return { kind: 'blocked', report, target: plan.target, lengthMs };
}

const tookEffect = ({ state }: ActionState): boolean =>
  ['verified', 'kept', 'applied', 'expired'].includes(state);

/** What a person took back stays so. */
function assertNotTakenBack(earlier: readonly ActionState[]): void {
  const last = earlier.at(-1);
  if (last?.state !== 'undone' || last.after === undefined) return;
  throw refusedError(
    `${last.target} was blocked and ${last.changedBy} took that back (${last.no})`,
    `It stays so. To block it all the same: ir act ${last.name} ${last.target}`,
  );
}

/** Is it in place? What the kernel ended is settled in the journal first, so that a new one may follow. */
async function isBlocked(
  actionCase: ActionCase,
  plan: ActionPlan,
  earlier: readonly ActionState[],
): Promise<boolean> {
  const last = earlier.findLast(isInPlace);
  if (last === undefined) return false;
  const probe = plan.check && fillProbe(plan.check, lateValues(actionCase, last));
  const free = probe && (await readProbe(actionCase, plan, probe)).state;
  if (free === 'fails' && !isOver(last, actionCase)) return true;
  await settle(actionCase, last);
  return false;
}

const isOver = ({ until }: ActionState, { context }: Pick<ActionCase, 'context'>): boolean =>
  until !== undefined && Date.parse(until) <= context.now().getTime();

const settle = (actionCase: ActionCase, action: ActionState): Promise<ActionReport> =>
  undoAction(actionCase, action, {
    ...{ reason: 'its time was up', as: 'expired', confirmChanged: async () => false },
  });

/** Goes on with what was begun; undefined where it is settled. */
async function finish(
  actionCase: ActionCase,
  action: ActionState,
): Promise<ActionReport | undefined> {
  if (action.state === 'planned' || action.state === 'started')
    return applyAction(actionCase, action, planOf(action));
  if (action.state === 'applied') return verifyAction(actionCase, action, planOf(action));
  return undefined;
}

/** Says in the journal that blocks are over whose time is up. @returns when the next one will be, ms; undefined: none is in place */
export async function settleOver(
  { context, actions, sudo }: Blocking,
  store: IncidentStore,
  incidentId: string,
): Promise<number | undefined> {
  const blocks = ((await store.load(incidentId)).actions ?? []).filter(
    (one) => isBlock(one, actions) && isInPlace(one) && one.until !== undefined,
  );
  const over = blocks.filter((one) => isOver(one, { context }));
  if (over.length > 0) {
    const actionCase = await reachPlace({ context, store, incidentId, sudo }, undefined, []);
    for (const one of over) await settle(actionCase, one);
  }
  const next = blocks.filter((one) => !over.includes(one)).map(({ until = '' }) => until);
  return next.length === 0 ? undefined : Math.min(...next.map((until) => Date.parse(until)));
}
