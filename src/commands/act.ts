/** `ir act`: the catalogue, and one action of it: planned, confirmed, run, read back. */
import { EXIT, type ExitCode, IrError, refusedError, usageError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { quoteArgv } from '../processes/quote.ts';
import type { Action } from '../respond/action.ts';
import { loadAction, loadActions } from '../respond/load-actions.ts';
import { type ActionPlan, fillProbe, planAction } from '../respond/plan-action.ts';
import { readVariableFlags } from '../respond/variables.ts';
import type { Problem } from '../yaml.ts';
import { type ConfirmFlags, confirmAction } from './action-confirm.ts';
import { readDuration } from './action-duration.ts';
import {
  type ActionCase,
  argvAt,
  assertRoot,
  execute,
  hostOf,
  reachPlace,
  readProbe,
} from './action-place.ts';
import {
  type ActionReport,
  applyAction,
  proposeAction,
  type StageReport,
} from './action-stages.ts';
import { assertHarmless } from './assert-harmless.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';
import { writeDue } from './write-due.ts';

/** Options of `ir act`. */
export interface ActOptions extends ConfirmFlags {
  var?: readonly string[] | undefined;
  for?: string | undefined;
  host?: string | undefined;
  sudo?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** The catalogue as a list. */
export interface CatalogueResult {
  actions: readonly (Pick<Action, 'id' | 'title' | 'arguments' | 'origin'> & {
    risk: string;
    ttlMs: number | undefined;
    expiry: string | undefined;
  })[];
  problems: readonly Problem[];
}

/** The whole catalogue; exit 3 where a file of it has a mistake. */
export async function listCatalogue(
  context: CommandContext,
): Promise<{ result: CatalogueResult; exit?: ExitCode }> {
  const { actions, problems } = await loadActions(context.settings.env);
  const result = {
    actions: actions.map(({ id, title, arguments: names, origin, command }) => ({
      ...{ id, title, arguments: names, origin },
      ...{ risk: command.risk, ttlMs: command.ttlMs, expiry: command.expiry },
    })),
    problems,
  };
  return problems.length > 0 ? { result, exit: EXIT.invalidTemplate } : { result };
}

/** What an action does, as a person reads it. */
export interface PlanView {
  name: string;
  risk: string;
  host: string;
  user: string;
  target: string;
  blastRadius: string;
  irreversible: string;
  /** Quoted for reading, in their order. */
  argvs: readonly { stage: StageReport['stage']; text: string; expect: string }[];
  until: string | undefined;
  expiry: string | undefined;
}

/** What `ir act` did, or would do. */
export interface ActResult {
  plan: PlanView;
  isDryRun: boolean;
  report: ActionReport | undefined;
  /** What calls `ir actions --expire`, where the end is not the kernel's. */
  cron: string | undefined;
}

/** Plans an action and, unless it is a dry run, does it. Exit 8 when it did not take effect. */
export const act = (
  context: CommandContext,
  name: string,
  words: readonly string[],
  options: ActOptions,
): Promise<{ result: ActResult; exit?: ExitCode }> =>
  withIncident(context, async (store, { id: incidentId }) => {
    const base = { context, store, incidentId, sudo: options.sudo === true };
    const { action, actionCase } = await chooseWay(base, name, options.host);
    const plan = await planAction({
      name: action.id,
      command: action.command,
      variables: action.variables,
      values: await readValues(context, action, words, options.var ?? []),
      ttlMs: readDuration(options.for, action),
      ssh: actionCase.place.ssh,
    });
    assertHarmless(actionCase, plan, action.variables);
    const view = planView(actionCase, plan);
    const cron = plan.expiry === 'ir' ? cronLine(context, store) : undefined;
    const isDryRun = options.dryRun === true;
    if (isDryRun) return { result: { plan: view, isDryRun, report: undefined, cron } };
    const before = await lookFirst(actionCase, plan);
    if (context.ask.isPossible && options.yes !== true) context.say(planText(view));
    await confirmAction(context, plan, options);
    const report = await doAction(actionCase, plan, { ...options, before });
    const result = { plan: view, isDryRun, report, cron };
    return report.state === 'verified' ? { result } : { result, exit: EXIT.actionFailed };
  });

/** Proposes and applies a plan that is confirmed, and notes what will be due. */
export async function doAction(
  actionCase: ActionCase,
  plan: ActionPlan,
  more: {
    reason?: string | undefined;
    second?: string | undefined;
    before?: string | undefined;
    stepId?: string | undefined;
  },
): Promise<ActionReport> {
  const known = Object.fromEntries(
    (['reason', 'second', 'before', 'stepId'] as const).flatMap((key) =>
      more[key] === undefined ? [] : [[key, more[key]]],
    ),
  );
  try {
    const action = await proposeAction(actionCase, plan, known);
    // From here on a note of what is open stands in the workspace, also when we are killed.
    await writeDue(actionCase.store);
    return await applyAction(actionCase, action, plan);
  } finally {
    await writeDue(actionCase.store);
  }
}

/** The action, or the one that does it where its programs are not there. */
async function chooseWay(
  base: Pick<ActionCase, 'context' | 'store' | 'incidentId' | 'sudo'>,
  name: string,
  host: string | undefined,
): Promise<{ action: Action; actionCase: ActionCase }> {
  const action = await loadAction(base.context.settings.env, name);
  if (host !== undefined && action.place === 'service')
    throw usageError(`${name} acts on a service, not on a machine`, 'Leave --host out.');
  const actionCase = await reachPlace(base, host, action.needs);
  const [missing] = actionCase.ground.missing;
  if (missing === undefined) return { action, actionCase };
  if (action.otherwise !== undefined) {
    base.context.say(
      `${missing} is not on ${hostOf(actionCase.place)}: ${action.otherwise} does it instead.`,
    );
    return chooseWay(base, action.otherwise, host);
  }
  throw refusedError(
    `${name} needs ${missing}, which is not on ${hostOf(actionCase.place)}`,
    'Install it there, or choose another action: ir act lists them.',
  );
}

async function readValues(
  context: CommandContext,
  action: Action,
  words: readonly string[],
  flags: readonly string[],
): Promise<Record<string, string>> {
  if (words.length > action.arguments.length) {
    throw usageError(
      `${action.id} takes ${action.arguments.length === 0 ? 'no arguments' : action.arguments.join(' ')}, not "${words.at(-1)?.slice(0, 60)}" as well`,
      'Other values are given with --var NAME=VALUE.',
    );
  }
  const named = words.map((word, index) => `${action.arguments[index]}=${word}`);
  const values = { ...(await readVariableFlags([...named, ...flags], action.variables)) };
  for (const { name, description, default: usual } of action.variables) {
    if (values[name] !== undefined || usual !== undefined || !context.ask.isPossible) continue;
    const flag = `--var ${name}=VALUE`;
    values[name] = await context.ask.text({ message: description, flag, required: true });
  }
  return values;
}

/** Whether it is needed, and what is there before. @throws IrError when there is nothing to do, or it cannot be read */
export async function lookFirst(
  actionCase: ActionCase,
  plan: ActionPlan,
): Promise<string | undefined> {
  assertRoot(actionCase, plan);
  const unread = (reason: string): IrError =>
    new IrError(`${plan.name} on ${plan.target}: the state could not be read: ${reason}`, {
      exit: EXIT.actionFailed,
      hint: 'Nothing was done.',
    });
  // The number is not known yet, and nothing that is looked at depends on it.
  const late = { snapshot: '', action_no: 'A-000' };
  if (plan.check !== undefined && plan.check.conditions.length > 0) {
    const { state, reason } = await readProbe(actionCase, plan, fillProbe(plan.check, late));
    if (state === 'unknown') throw unread(reason);
    if (state === 'fails') {
      throw refusedError(
        `${plan.name} on ${plan.target} is not run, as this does not hold: ${plan.check.expect} (${reason})`,
        'See what is in place with: ir actions',
      );
    }
  }
  if (plan.snapshot === undefined) return undefined;
  const argv = argvAt(actionCase, plan.snapshot, plan.needsRoot);
  const result = await execute(actionCase, argv, plan.timeoutMs);
  if (result.exitCode === 0) return result.stdout.sha256;
  throw unread(
    result.failure ?? `exit code ${result.exitCode}: ${result.stderr.head.trim().split('\n')[0]}`,
  );
}

/** The plan for reading. */
export function planView(actionCase: ActionCase, plan: ActionPlan): PlanView {
  const { place, ground, context } = actionCase;
  const line = (
    stage: StageReport['stage'],
    argv: readonly string[] | undefined,
    { expect = '', needsRoot = plan.needsRoot } = {},
  ) =>
    argv === undefined
      ? []
      : [{ stage, text: quoteArgv(argvAt(actionCase, argv, needsRoot)), expect }];
  const { name, risk, target, blastRadius, irreversible, check, verify, undoVerify } = plan;
  return {
    ...{ name, risk, target, blastRadius, irreversible },
    host: hostOf(place),
    user: ground.user,
    argvs: [
      ...line('check', check?.run, check),
      ...line('snapshot', plan.snapshot),
      ...plan.collectFirst.flatMap((argv) => line('collect', argv)),
      ...line('run', plan.run),
      ...line('verify', verify?.run, verify),
      ...line('undo', plan.undo),
      ...line('undo_verify', undoVerify?.run, undoVerify),
    ],
    until:
      plan.ttlMs === undefined || plan.expiry === undefined
        ? undefined
        : new Date(context.now().getTime() + plan.ttlMs).toISOString(),
    expiry: plan.expiry,
  };
}

/** The plan before its confirmation: what runs, what it hits, how it ends. */
export function planText({
  name,
  risk,
  host,
  user,
  target,
  argvs,
  blastRadius,
  irreversible,
  until,
}: PlanView): string {
  const shown = argvs.filter(({ stage }) => ['collect', 'run', 'undo'].includes(stage));
  return [
    `${name} on ${target}: ${risk}, as ${user} on ${host}`,
    ...shown.map(({ stage, text }) => `  ${stage}: ${text}`),
    ...(blastRadius === '' ? [] : [`Hits: ${blastRadius}`]),
    ...(irreversible === '' ? [] : [`It cannot be undone: ${irreversible}`]),
    ...(until === undefined ? [] : [`It lasts until ${until}.`]),
  ].join('\n');
}

const cronLine = (
  { settings }: CommandContext,
  { folder }: Pick<IncidentStore, 'folder'>,
): string =>
  `*/5 * * * * cd ${quoteArgv([settings.cwd])} && ir --store ${quoteArgv([folder])} actions --expire --no-input`;
