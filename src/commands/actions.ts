/** `ir actions`: what is changed on production now; ends, keeps and settles it. `ir undo`: takes it back. */
import { EXIT, type ExitCode, IrError, messageOf, refusedError, suggestion } from '../errors.ts';
import type { ActionState } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { isInPlace, isUnsettled } from '../incidents/kinds/action-kinds.ts';
import { fillArgv, fillProbe } from '../respond/plan-action.ts';
import { assertRoot, reachPlace, readProbe } from './action-place.ts';
import {
  type ActionReport,
  actionNow,
  applyAction,
  lateValues,
  planOf,
  recordAction,
  runStage,
  verifyAction,
} from './action-stages.ts';
import { undoAction } from './action-undo.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withStore } from './incident-access.ts';
import { drillKeys, writeDue } from './write-due.ts';

/** An action in place as it is shown. */
export interface ActionView extends ActionState {
  incident: string;
  isOverdue: boolean;
  isUnsettled: boolean;
  /** Of one that did not report back: how it was found. */
  found: string | undefined;
}

/** What is in place, and what was done about it in this run. */
export interface ActionsResult {
  actions: readonly ActionView[];
  reports: readonly (ActionReport & { incident: string })[];
  problems: readonly { no: string; message: string; hint: string | undefined; exit: number }[];
}

/** Options of `ir actions` and `ir undo`. */
export interface ActionsOptions {
  expire?: boolean | undefined;
  keep?: string | undefined;
  finish?: string | undefined;
  all?: boolean | undefined;
  yes?: boolean | undefined;
  confirm?: string | undefined;
  reason?: string | undefined;
  sudo?: boolean | undefined;
}

type Outcome = { result: ActionsResult; exit?: ExitCode };

/** Shows what is in place; with an option, ends, keeps or settles some of it first. */
export const listActions = (context: CommandContext, options: ActionsOptions): Promise<Outcome> =>
  withStore(context, async ({ store }) => {
    const results = new Results();
    const sudo = options.sudo === true;
    if (options.expire === true) await expireAll(context, store, sudo, results);
    if (options.keep !== undefined)
      await onOne(context, store, options.keep, sudo, results, keepAction);
    if (options.finish !== undefined)
      await onOne(context, store, options.finish, sudo, results, finishAction);
    await writeDue(store);
    return results.outcome(await viewsOf(context, store, sudo));
  });

/** Takes actions back: one by its number, or all of the incident, the newest first. */
export const undoActions = (
  context: CommandContext,
  no: string | undefined,
  options: ActionsOptions,
): Promise<Outcome> =>
  withStore(context, async ({ store }) => {
    const { id: incidentId, key } = await findIncident(context, store);
    const { actions = [] } = await store.load(incidentId);
    const all = actions.filter((action) => isInPlace(action) && action.irreversible === undefined);
    if (no === undefined && options.all !== true)
      throw refusedError(
        'which action?',
        `Name it, or take back all with --all: ${all.map((one) => one.no).join(', ') || 'none is in place'}`,
      );
    const chosen = no === undefined ? all.reverse() : [pick(actions, no)];
    if (options.yes !== true) await confirmUndo(context, chosen);
    const results = new Results();
    for (const action of chosen) {
      await results.add(key, action, async () => {
        const actionCase = await reach(context, store, incidentId, action, options.sudo === true);
        return undoAction(actionCase, action, {
          reason: options.reason ?? '',
          as: 'undone',
          confirmChanged: async (difference) => {
            if (options.confirm === action.target) return true;
            if (!context.ask.isPossible) return false;
            context.say(`${action.no}: somebody changed the same since: ${difference}`);
            const typed = await context.ask.text({
              message: `Type ${action.target} to take back all the same what ${action.no} did, or nothing to leave it`,
              flag: `--yes --confirm ${action.target}`,
            });
            return typed === action.target;
          },
        });
      });
    }
    await writeDue(store);
    return results.outcome(await viewsOf(context, store, options.sudo === true));
  });

/** Collects reports and failures, so that one action that fails keeps no other back. */
class Results {
  readonly reports: (ActionReport & { incident: string })[] = [];
  readonly problems: ActionsResult['problems'][number][] = [];
  private error: IrError | undefined;

  async add(
    incident: string,
    { no }: ActionState,
    body: () => Promise<ActionReport>,
  ): Promise<void> {
    try {
      this.reports.push({ incident, ...(await body()) });
    } catch (error) {
      if (!(error instanceof IrError)) throw error;
      this.error ??= error;
      this.problems.push({ no, message: error.message, hint: error.hint, exit: error.exit });
    }
  }

  /** One failure alone is the command's own; among others it stands beside what was done. */
  outcome(actions: readonly ActionView[]): Outcome {
    if (this.error !== undefined && this.reports.length === 0 && this.problems.length === 1)
      throw this.error;
    const result = { actions, reports: this.reports, problems: this.problems };
    const failed = this.reports.some(({ state }) => state === 'failed');
    const exit = failed ? EXIT.actionFailed : (this.problems[0]?.exit as ExitCode | undefined);
    return exit === undefined ? { result } : { result, exit };
  }
}

async function confirmUndo(context: CommandContext, chosen: readonly ActionState[]): Promise<void> {
  const what = chosen.map(({ no, name, target, host }) => `${no} (${name} on ${target}, ${host})`);
  if (chosen.length === 0) throw refusedError('nothing is in place that could be taken back');
  const asked = { message: `Take back ${what.join(', ')}?`, flag: '--yes', initial: false };
  if (context.ask.isPossible) {
    if (await context.ask.confirm(asked)) return;
    throw refusedError('left as it is: nothing was taken back');
  }
  throw refusedError(`taking back ${what.join(', ')} needs a confirmation`, 'Add --yes.');
}

/** `A-003`, `a3` or `3`. @throws IrError (exit 6) that names those that are there */
export function pick(actions: readonly ActionState[], no: string): ActionState {
  const number = /^(?:a-?)?0*(\d{1,6})$/i.exec(no.trim())?.[1];
  const found = actions.find((action) => Number(action.no.slice(2)) === Number(number));
  if (number !== undefined && found !== undefined) return found;
  const known = actions.map((action) => action.no);
  throw refusedError(
    `there is no action "${no.slice(0, 40)}" in this incident`,
    known.length === 0 ? 'None was run yet: ir act lists the catalogue.' : suggestion(no, known),
  );
}

async function reach(
  context: CommandContext,
  store: IncidentStore,
  incidentId: string,
  action: ActionState,
  sudo: boolean,
) {
  const base = { context, store, incidentId, sudo };
  if (action.state === 'planned') return { ...base, place: { ssh: undefined }, ground: NOWHERE };
  const plan = planOf(action);
  const actionCase = await reachPlace(base, plan.ssh, []);
  assertRoot(actionCase, plan);
  return actionCase;
}

const NOWHERE = { isRoot: false, user: '', missing: [], gateways: [], resolvers: [], sshPeers: [] };

/** Ends what has run out. What somebody changed since is left, and told. */
async function expireAll(
  context: CommandContext,
  store: IncidentStore,
  sudo: boolean,
  results: Results,
): Promise<void> {
  const now = context.now().toISOString();
  const byKey = new Map((await store.list()).map(({ key, id }) => [key, id]));
  for (const { incident, action } of await store.actionsInPlace()) {
    const incidentId = byKey.get(incident);
    if (incidentId === undefined || action.until === undefined || action.until > now) continue;
    await results.add(incident, action, async () => {
      const actionCase = await reach(context, store, incidentId, action, sudo);
      const confirmChanged = async (): Promise<boolean> => false;
      return undoAction(actionCase, action, {
        reason: 'its time was up',
        as: 'expired',
        confirmChanged,
      });
    });
  }
}

type OnAction = (
  actionCase: Awaited<ReturnType<typeof reach>>,
  action: ActionState,
) => Promise<ActionReport>;

async function onOne(
  context: CommandContext,
  store: IncidentStore,
  no: string,
  sudo: boolean,
  results: Results,
  body: OnAction,
): Promise<void> {
  const { id, key } = await findIncident(context, store);
  const action = pick((await store.load(id)).actions ?? [], no);
  await results.add(key, action, async () =>
    body(await reach(context, store, id, action, sudo), action),
  );
}

/** Makes what would end by itself stay. */
const keepAction: OnAction = async (actionCase, action) => {
  const { id, no, until } = action;
  if (!isInPlace(action) || until === undefined)
    throw refusedError(
      `${no} is ${action.state}: there is nothing to keep`,
      'See what is in place with: ir actions',
    );
  const plan = planOf(action);
  const about = { id, plan, stepId: action.stepId };
  const stages = [];
  if (plan.keep !== undefined) {
    await recordAction(actionCase, 'action_begun', { action: id, stage: 'keep' });
    const kept = await runStage(
      actionCase,
      about,
      'keep',
      fillArgv(plan.keep, lateValues(actionCase, action)),
    );
    stages.push(kept);
    if (!kept.isOk)
      return { no, state: 'failed', reason: `it is not kept: ${kept.reason}`, stages };
  } else if (plan.expiry === 'kernel') {
    throw refusedError(
      `${no} is ended by the kernel at ${until}, and cannot be kept`,
      `Run it again with a longer --for.`,
    );
  }
  let after = {};
  if (plan.snapshot !== undefined) {
    const now = await runStage(
      actionCase,
      about,
      'snapshot',
      fillArgv(plan.snapshot, lateValues(actionCase, action)),
    );
    stages.push(now);
    if (now.isOk) after = { after: now.result.stdout.sha256 };
  }
  await recordAction(actionCase, 'action_changed', {
    action: id,
    state: 'kept',
    reason: '',
    ...after,
  });
  return { no, state: 'kept', reason: '', stages };
};

/** Goes on with an action that did not report back, from what its state is now. */
const finishAction: OnAction = async (actionCase, action) => {
  const { no, state } = action;
  if (!isUnsettled(action) && state !== 'failed')
    throw refusedError(
      `${no} is ${state}: there is nothing to finish`,
      'See what is in place with: ir actions',
    );
  const plan = planOf(action);
  if (state === 'undoing')
    return undoAction(actionCase, action, {
      reason: 'finished',
      as: 'undone',
      confirmChanged: async () => true,
    });
  const place = state === 'planned' ? await reachPlace(actionCase, plan.ssh, []) : actionCase;
  assertRoot(place, plan);
  if (state !== 'planned' && plan.verify !== undefined) {
    const verified = await readProbe(
      place,
      plan,
      fillProbe(plan.verify, lateValues(place, action)),
    );
    if (verified.state === 'holds') return verifyAction(place, action, plan);
    if (verified.state === 'unknown')
      throw new IrError(`${no}: the state could not be read: ${verified.reason}`, {
        exit: EXIT.actionFailed,
        hint: 'Nothing was done.',
      });
  }
  if (plan.check !== undefined && plan.check.conditions.length > 0) {
    const needed = await readProbe(place, plan, fillProbe(plan.check, lateValues(place, action)));
    if (needed.state !== 'holds')
      throw refusedError(
        `${no} is neither in place nor as before: ${needed.reason}`,
        `Take back what there is of it with: ir undo ${no} --yes`,
      );
  }
  return applyAction(place, await actionNow(place, action.id), plan);
};

async function viewsOf(
  context: CommandContext,
  store: IncidentStore,
  sudo: boolean,
): Promise<ActionView[]> {
  const now = context.now().toISOString();
  const views: ActionView[] = [];
  const drills = await drillKeys(store);
  const current = await store.currentIncidentId();
  const named = context.settings.incident ?? current;
  const own = named === undefined ? undefined : (await store.find(named))?.key;
  for (const { incident, action } of await store.actionsInPlace()) {
    // Those of exercises are on no machine: only who is in one sees them.
    if (drills.has(incident) && incident !== own) continue;
    const unsettled = isUnsettled(action);
    const found =
      unsettled && !drills.has(incident)
        ? await foundState(context, store, action, sudo)
        : undefined;
    views.push({
      ...action,
      incident,
      isOverdue: action.until !== undefined && action.until < now,
      isUnsettled: unsettled,
      found,
    });
  }
  return views;
}

/** How an action that did not report back is found: by reading its state, where that can be done from here. */
async function foundState(
  context: CommandContext,
  store: IncidentStore,
  action: ActionState,
  sudo: boolean,
): Promise<string> {
  if (action.state === 'planned') return 'it was planned and never run: nothing was changed';
  try {
    const plan = planOf(action);
    const actionCase = await reach(context, store, '', action, sudo);
    if (plan.verify === undefined) return 'nothing reads it back: look at the machine';
    const probe = fillProbe(plan.verify, lateValues({ store }, action));
    const { state, reason } = await readProbe(actionCase, plan, probe);
    if (state === 'holds') return 'it is in place';
    if (state === 'unknown') return `its state could not be read: ${reason}`;
    const undone =
      plan.undoVerify &&
      (await readProbe(
        actionCase,
        plan,
        fillProbe(plan.undoVerify, lateValues({ store }, action)),
      ));
    return undone?.state === 'holds'
      ? 'nothing of it is in place'
      : `it is in place in part: ${reason}`;
  } catch (error) {
    return `its state could not be read: ${messageOf(error)}`;
  }
}
