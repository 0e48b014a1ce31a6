/** Where an action runs: what that machine says of itself, and how an argv is run there. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EXIT, IrError, refusedError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { type Place, runAt, withSudo } from '../processes/run-at.ts';
import type { RunResult } from '../processes/run-command.ts';
import { type Judgement, judge } from '../respond/expectation.ts';
import { GROUND_SCRIPT, type Ground, parseGround } from '../respond/ground.ts';
import type { ActionPlan, PlannedProbe } from '../respond/plan-action.ts';
import type { Argv } from '../respond/playbook.ts';
import type { OwnGround } from '../respond/self-harm.ts';
import type { CommandContext } from './context.ts';
import { planFacts } from './plan-facts.ts';

/** The case that an action belongs to, and the machine on which it runs. */
export interface ActionCase {
  context: CommandContext;
  store: IncidentStore;
  incidentId: string;
  place: Place;
  ground: Ground;
  /** Use sudo for what needs root. */
  sudo: boolean;
  /** What the plan spares; an error where it has a mistake: nothing new is done then, but what was done is taken back. */
  planned?: OwnGround['plannedNeverBlock'] | IrError;
}

/** Where whole outputs are kept. */
export const outputFolderOf = (store: Pick<IncidentStore, 'folder'>): string =>
  join(store.folder, 'evidence', 'output');

/** The machine by name, as the journal has it. */
export const hostOf = ({ ssh, isSimulated }: Place): string =>
  isSimulated === true ? `${ssh ?? hostname()} (simulated)` : (ssh ?? hostname());

/** Text of an output that is looked at; a longer one is not judged. */
const TEXT_BYTES = 4_000_000;

/** Everything about a place. @throws IrError (exit 5) when it cannot be reached, (exit 8) when it does not answer */
export async function reachPlace(
  base: Pick<ActionCase, 'context' | 'store' | 'incidentId' | 'sudo'>,
  ssh: string | undefined,
  programs: readonly string[],
): Promise<ActionCase> {
  if (ssh !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.@:%[\]-]*$/.test(ssh))
    throw refusedError(
      `--host "${ssh.slice(0, 60)}" is no name for ssh`,
      'Write --host user@web01.',
    );
  const planned = await plannedOf(base.context);
  // In an exercise nothing is run, not even a look.
  if ((await base.store.find(base.incidentId))?.isDrill === true)
    return { ...base, place: { ssh, isSimulated: true }, ground: SIMULATED_GROUND, planned };
  const place: Place = { ssh };
  return { ...base, place, ground: await readGround(base, place, programs), planned };
}

/** What a machine says must be spared there. @throws as `reachPlace` */
export async function readGround(
  { context, sudo }: Pick<ActionCase, 'context' | 'sudo'>,
  place: Place,
  programs: readonly string[],
): Promise<Ground> {
  const argv = ['sh', '-uc', GROUND_SCRIPT, 'ir', ...programs];
  const request = {
    argv,
    timeoutMs: 20_000,
    outputFolder: undefined,
    environment: context.settings.env,
    textBytes: TEXT_BYTES,
    signal: context.signal,
  };
  const first = await runAt(place, request);
  const ground = groundOf(first, hostOf(place));
  if (ground.isRoot || !sudo) return ground;
  // Whose sockets are whose, root alone sees: sshd may listen on any port.
  const result = await runAt(place, { ...request, argv: withSudo(argv) });
  const { sshPeers } = groundOf(result, hostOf(place), 'sudo -n does not work there');
  return { ...ground, sshPeers };
}

const SIMULATED_GROUND: Ground = {
  isRoot: true,
  user: 'nobody',
  missing: [],
  gateways: [],
  resolvers: [],
  sshPeers: [],
};

/** What the plan spares, or the mistake in it. */
export async function plannedOf(
  context: CommandContext,
): Promise<NonNullable<ActionCase['planned']>> {
  try {
    return (await planFacts(context)).never_block;
  } catch (error) {
    if (error instanceof IrError) return error;
    throw error;
  }
}

function groundOf(
  result: Awaited<ReturnType<typeof runAt>>,
  host: string,
  what = 'it does not say what must be spared',
): Ground {
  if (result.isUnreachable) {
    throw new IrError(result.failure ?? `${host} cannot be reached`, {
      exit: EXIT.remoteFailed,
      hint: 'Nothing was done. Try it with: ssh -o BatchMode=yes HOST true',
    });
  }
  const ground = parseGround(result.stdout.text);
  if (ground !== undefined && result.stdout.bytes <= TEXT_BYTES) return ground;
  const said = result.failure ?? result.stderr.head.trim().split('\n')[0] ?? '';
  throw new IrError(`${host}: ${what}${said === '' ? '' : `: ${said}`}`, {
    exit: EXIT.actionFailed,
    hint: 'Nothing was done.',
  });
}

/** Refuses what needs root where there is none and sudo was not chosen. */
export function assertRoot({ ground, sudo, place }: ActionCase, plan: ActionPlan): void {
  if (!plan.needsRoot || ground.isRoot || sudo) return;
  throw refusedError(
    `${plan.name} needs root on ${hostOf(place)}, and you are ${ground.user} there`,
    'Add --sudo to run what needs it through sudo -n.',
  );
}

/** The argv as it will run there. */
export const argvAt = ({ ground }: ActionCase, argv: Argv, needsRoot: boolean): Argv =>
  needsRoot && !ground.isRoot ? withSudo(argv) : argv;

/** Runs an argv there. */
export const execute = (
  { context, store, place }: ActionCase,
  argv: Argv,
  timeoutMs: number,
): Promise<RunResult & { isUnreachable: boolean }> =>
  runAt(place, {
    argv,
    timeoutMs,
    outputFolder: outputFolderOf(store),
    environment: context.settings.env,
    textBytes: TEXT_BYTES,
    signal: context.signal,
  });

/** What a result says about the conditions of a probe. In an exercise they hold. */
export function judged(
  { place }: Pick<ActionCase, 'place'>,
  { conditions }: PlannedProbe,
  result: RunResult,
): Judgement {
  if (place.isSimulated === true) return { state: 'holds', reason: '' };
  const isWhole = result.stdout.bytes <= TEXT_BYTES;
  return judge(conditions, {
    exitCode: isWhole ? result.exitCode : undefined,
    failure: isWhole ? result.failure : 'the output is larger than 4 MB',
    text: result.stdout.text,
    errorText: result.stderr.head,
  });
}

/** Reads a state without a record: what is looked at before anything is planned. */
export async function readProbe(
  actionCase: ActionCase,
  plan: ActionPlan,
  probe: PlannedProbe,
): Promise<Judgement> {
  const argv = argvAt(actionCase, probe.run, probe.needsRoot);
  return judged(actionCase, probe, await execute(actionCase, argv, plan.timeoutMs));
}
