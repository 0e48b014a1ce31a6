/** `ir watch --block`: blocks for a while the addresses that findings name, through the catalogue's actions and into the journal. */
import { configPaths } from '../config.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import { EXIT, IrError, messageOf, refusedError, usageError } from '../errors.ts';
import { LEVELS, type Level } from '../events/level.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { loadAction } from '../respond/load-actions.ts';
import {
  type Behind,
  type BlockPolicy,
  type Candidate,
  candidatesOf,
  isStale,
  lengthOf,
  roomFor,
} from '../watch/block-decisions.ts';
import { type BlockState, readBlockState, writeBlockState } from '../watch/block-state.ts';
import type { LiveFinding, LiveSink } from '../watch/live-finding.ts';
import { plannedOf, readGround } from './action-place.ts';
import { assertHarmless, type Standing } from './assert-harmless.ts';
import { type Blocking, blockAddress, isBlock, planBlock, settleOver } from './block-address.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withStore } from './incident-access.ts';
import { spanUs } from './said-options.ts';

/** The options of `ir watch` that are about blocks, as commander gives them. */
export interface BlockOptions {
  block?: boolean;
  /** Says what it would block, and blocks nobody. */
  dryRun?: boolean;
  blockLevel?: string;
  blockFor?: string;
  blockUpTo?: string;
  blockMost?: string;
  blockNetwork?: string;
  sudo?: boolean;
  /** An alert opens the incident: there need be none yet. */
  open?: boolean;
}

const DEFAULTS = {
  blockLevel: 'medium',
  blockFor: '10m',
  blockUpTo: '7d',
  blockMost: '10',
} as const;
const LONGEST_MS = 365 * 86_400_000;
/** Blocks in one turn: findings are to be told in between. */
const MOST_AT_ONCE = 3;
/** Beyond that many who wait, the oldest are left out, and told. */
const MOST_WAITING = 1000;

/** The sink; undefined without `--block`. @throws IrError where a block could not be set, before anything is watched */
export async function blockSink(
  context: CommandContext,
  options: BlockOptions,
  {
    folder,
    name,
    singleRules,
  }: { folder: string; name: string; singleRules: Behind['singleRules'] },
): Promise<LiveSink | undefined> {
  if (options.block !== true) {
    assertAlone(options);
    return undefined;
  }
  const policy = readPolicy(options);
  const { env } = context.settings;
  const actions = {
    address: await loadAction(env, 'block-ip'),
    network: await loadAction(env, 'block-network'),
  };
  const sudo = options.sudo === true;
  const blocking: Blocking = { context, watch: name, policy, actions, sudo, singleRules };
  await assertCanBlock(blocking, options.dryRun === true);
  if (options.dryRun === true) return wouldBlock(blocking);
  return reallyBlock(blocking, folder, options.open === true);
}

/** Options that mean nothing without `--block`. @throws IrError (exit 2) */
function assertAlone(options: BlockOptions): void {
  const said = [
    ['--dry-run', options.dryRun],
    ['--block-for', options.blockFor],
    ['--block-up-to', options.blockUpTo],
    ['--block-level', options.blockLevel],
    ['--block-most', options.blockMost],
    ['--block-network', options.blockNetwork],
    ['--sudo', options.sudo],
  ].find(([, value]) => value !== undefined);
  if (said !== undefined)
    throw usageError(`${said[0]} is about blocks, and nothing is blocked`, 'Add --block.');
}

/** @throws IrError (exit 2) for an option that cannot be read */
export function readPolicy(options: BlockOptions): BlockPolicy {
  const { blockLevel, blockFor, blockUpTo, blockMost } = { ...DEFAULTS, ...options };
  if (!(LEVELS as readonly string[]).includes(blockLevel))
    throw usageError(`--block-level: "${blockLevel}" is no level`, `Use ${LEVELS.join(', ')}.`);
  const mostAMinute = /^\d{1,4}$/.test(blockMost) ? Number(blockMost) : 0;
  if (mostAMinute < 1)
    throw usageError(`--block-most: "${blockMost}" is no number of blocks a minute`, 'Write 10.');
  const firstMs = lengthMs('--block-for', blockFor);
  return {
    ...{ level: blockLevel as Level, firstMs, mostAMinute },
    longestMs: Math.max(firstMs, lengthMs('--block-up-to', blockUpTo)),
    prefix: readPrefix(options.blockNetwork),
  };
}

function lengthMs(flag: string, text: string): number {
  const ms = (spanUs(text) ?? 0) / 1000;
  if (ms >= 1000 && ms <= LONGEST_MS) return ms;
  throw usageError(`${flag}: "${text}" is no time from 1s to 365d`, 'Write 10m, 1h or 7d.');
}

/** `24`, `24,64` or `,64`: bits of IPv4 and of IPv6. */
function readPrefix(text: string | undefined): BlockPolicy['prefix'] {
  if (text === undefined) return { ipv4: undefined, ipv6: undefined };
  const [, four, six] = /^(\d{1,2})?(?:,(\d{1,3}))?$/.exec(text) ?? [];
  const ipv4 = four === undefined ? undefined : Number(four);
  const ipv6 = six === undefined ? undefined : Number(six);
  if ((ipv4 ?? 24) < 16 || (ipv4 ?? 24) > 32 || (ipv6 ?? 64) < 48 || (ipv6 ?? 64) > 128 || !text)
    throw usageError(
      `--block-network: "${text}" is not the bits of networks, 16 to 32 for IPv4 and 48 to 128 for IPv6`,
      'Write 24, or 24,64, or ,64 for IPv6 alone.',
    );
  return { ipv4, ipv6 };
}

/** Tried at the start rather than when it is needed. */
async function assertCanBlock(
  { context, actions, sudo }: Blocking,
  isDryRun: boolean,
): Promise<void> {
  const standing = await standingOf(context, sudo, actions.address.needs);
  // Reads what must be spared, and throws for a mistake in it.
  assertHarmless(standing, { risk: 'change', values: {} }, []);
  if (isDryRun) return;
  const [missing] = standing.ground.missing;
  if (missing !== undefined)
    throw refusedError(
      `--block needs ${missing}, which is not here: with it the kernel ends every block`,
      'Install it, or look first with --dry-run.',
    );
  if (actions.address.command.expiry !== 'kernel' || actions.network.command.expiry !== 'kernel')
    throw refusedError(
      'your own action takes the place of block-ip or block-network, and the kernel does not end it',
      'Give it expiry: kernel, or another id.',
    );
  if (!standing.ground.isRoot && !sudo)
    throw refusedError(
      `--block needs root, and you are ${standing.ground.user}`,
      'Add --sudo to run what needs it through sudo -n, or look first with --dry-run.',
    );
}

async function standingOf(
  context: CommandContext,
  sudo: boolean,
  programs: readonly string[],
): Promise<Standing> {
  const place = { ssh: undefined };
  const ground = await readGround({ context, sudo }, place, programs);
  return { context, place, ground, planned: await plannedOf(context) };
}

/** Whom findings ask to block. What the configuration says of proxies is read anew. @throws IrError (exit 3) for a mistake in it */
function whom(
  { context, policy, singleRules }: Blocking,
  findings: readonly LiveFinding[],
  nowMs: number,
  told: Told,
): Candidate[] {
  const { env, cwd, store } = context.settings;
  const { trusted_proxies: proxies, problems } = readConfig(configPaths(env, cwd, store));
  if (problems[0] !== undefined) throw problems[0];
  const { candidates, unknown } = candidatesOf(findings, policy, { proxies, singleRules }, nowMs);
  for (const { proxy, address, why } of unknown)
    told.spared(
      address,
      refusedError(
        `${address} is a proxy (trusted_proxies.${proxy}), and whose requests these were is not known: ${why}`,
      ),
    );
  return candidates;
}

/** Blocks, and keeps how far it came beside who still waits. */
async function reallyBlock(
  blocking: Blocking,
  folder: string,
  isOpened: boolean,
): Promise<LiveSink> {
  const { context, policy } = blocking;
  let state = readBlockState(folder);
  let toSettleMs: number | undefined = 0;
  const told = tellOnce(context);
  const keep = (change: Partial<BlockState>): void => {
    state = { ...state, ...change };
    writeBlockState(folder, state);
  };
  const key = await caseAtStart(context).catch((error: unknown) => {
    if (!isOpened) throw error;
    return 'the incident that --open opens, and nobody is blocked before';
  });
  context.say(`--block: what is blocked goes into ${key}`);
  const noCaseYet = async (): Promise<boolean> =>
    isOpened && (await caseAtStart(context).catch(() => undefined)) === undefined;

  const work = async (nowMs: number): Promise<void> => {
    const waiting = state.waiting.filter((one) => !isStale(one, policy, nowMs));
    const late = state.waiting.length - waiting.length;
    if (late > 0) {
      context.say(`${late} waited too long and are not blocked: their events are old by now`);
      keep({ waiting });
    }
    if (waiting.length === 0 || (await noCaseYet())) return;
    await inCase(context, async (store, { id }) => {
      const blockedMs = ((await store.load(id)).actions ?? [])
        .filter((one) => isBlock(one, blocking.actions))
        .map(({ at }) => Date.parse(at));
      const room = roomFor(policy, blockedMs, nowMs);
      if (room < waiting.length) told.full(waiting.length - room, policy.mostAMinute);
      for (const candidate of waiting.slice(0, Math.min(room, MOST_AT_ONCE))) {
        const untilMs = await blockOne(blocking, store, id, candidate, told);
        if (untilMs !== undefined) toSettleMs = Math.min(toSettleMs ?? untilMs, untilMs);
        keep({ waiting: state.waiting.filter(({ address }) => address !== candidate.address) });
      }
    });
  };

  return {
    name: 'blocks',
    position: () => Promise.resolve(state.position),
    async take(findings, nowMs) {
      const fresh = findings.filter(({ seq }) => seq > state.position);
      const asked = whom(blocking, fresh, nowMs, told);
      const all = new Map([...state.waiting, ...asked].map((one) => [one.address, one]));
      const waiting = [...all.values()].slice(-MOST_WAITING);
      if (waiting.length < all.size)
        context.say(`${all.size - waiting.length} are not blocked: more than ${MOST_WAITING} wait`);
      keep({ position: Math.max(state.position, findings.at(-1)?.seq ?? 0), waiting });
      await work(nowMs);
    },
    async tick(nowMs) {
      await work(nowMs);
      if (toSettleMs === undefined || toSettleMs > nowMs || (await noCaseYet())) return;
      toSettleMs = await inCase(context, (store, { id }) => settleOver(blocking, store, id));
    },
  };
}

/** Blocks one, and says so. @returns when it ends, ms; undefined where nothing was blocked */
async function blockOne(
  blocking: Blocking,
  store: IncidentStore,
  incidentId: string,
  candidate: Candidate,
  told: Told,
): Promise<number | undefined> {
  const { context } = blocking;
  try {
    const done = await blockAddress(blocking, store, incidentId, candidate);
    if (done.kind === 'left') return undefined;
    const { report, target, lengthMs: ms } = done;
    context.say(
      report.state === 'verified'
        ? `blocked ${target} for ${spanText(ms)}: ${candidate.why}. Taken back by: ir undo ${report.no} --yes`
        : `${target} is not blocked (${report.no}): ${report.reason}`,
    );
    return report.state === 'verified' ? context.now().getTime() + ms : undefined;
  } catch (error) {
    // It must not be, and will not be: others need not wait for it.
    if (!(error instanceof IrError) || error.exit !== EXIT.refused) throw error;
    told.spared(candidate.address, error);
    return undefined;
  }
}

/** Says whom it would block, each as often as it would really. */
async function wouldBlock(blocking: Blocking): Promise<LiveSink> {
  const { context, policy, actions, sudo } = blocking;
  const blocked = new Map<string, { untilMs: number; times: number }>();
  let times: number[] = [];
  const told = tellOnce(context);
  context.say('--block --dry-run: nobody is blocked');
  return {
    name: 'blocks (dry run)',
    position: () => Promise.resolve(Number.MAX_SAFE_INTEGER),
    async take(findings, nowMs) {
      const asked = whom(blocking, findings, nowMs, told);
      if (asked.length === 0) return;
      const standing = await standingOf(context, sudo, actions.address.needs);
      for (const { address, why } of asked) {
        times = times.filter((atMs) => nowMs - atMs < 60_000);
        try {
          const { target, ttlMs = policy.firstMs } = await planBlock(
            ...([blocking, standing, address] as const),
            (value) => lengthOf(policy, blocked.get(value)?.times ?? 0),
          );
          const earlier = blocked.get(target);
          if (earlier !== undefined && earlier.untilMs > nowMs) continue;
          if (roomFor(policy, times, nowMs) === 0) told.full(1, policy.mostAMinute);
          else {
            times.push(nowMs);
            blocked.set(target, { untilMs: nowMs + ttlMs, times: (earlier?.times ?? 0) + 1 });
            context.say(`would block ${target} for ${spanText(ttlMs)}: ${why}`);
          }
        } catch (error) {
          if (!(error instanceof IrError) || error.exit !== EXIT.refused) throw error;
          told.spared(address, error);
        }
      }
    },
  };
}

/** What is said once rather than with every line of an attack. */
interface Told {
  spared(address: string, error: IrError): void;
  full(waiting: number, most: number): void;
}

function tellOnce({ say, now }: CommandContext): Told {
  const spared = new Map<string, string>();
  let fullMs = Number.NEGATIVE_INFINITY;
  return {
    spared(address, error) {
      const reason = messageOf(error).replace(/^nothing is done: /, '');
      if (spared.get(address) === reason) return;
      if (spared.size >= MOST_WAITING) spared.clear();
      spared.set(address, reason);
      say(`not blocked: ${reason}${error.hint === undefined ? '' : `. ${error.hint}`}`);
    },
    full(waiting, most) {
      const nowMs = now().getTime();
      if (nowMs - fullMs < 60_000) return;
      fullMs = nowMs;
      say(`${waiting} wait to be blocked: at most ${most} a minute are (--block-most)`);
    },
  };
}

/** Opens the store for one turn; without a word, as nobody typed a command. */
function inCase<T>(
  context: CommandContext,
  body: (store: IncidentStore, incident: { id: string; key: string }) => Promise<T>,
): Promise<T> {
  const quiet = { ...context, settings: { ...context.settings, format: 'json' as const } };
  return withStore(quiet, async ({ store }) => {
    const incident = await findIncident(context, store);
    if (incident.status !== 'closed') return body(store, incident);
    throw refusedError(
      `${incident.key} is closed, and blocks belong into an open incident`,
      'Name another with --incident, or open one: ir open "Attack on web01"',
    );
  });
}

/** The incident that blocks go into. @throws IrError (exit 6) that says how to get one */
const caseAtStart = (context: CommandContext): Promise<string> =>
  inCase(context, async (_, { key }) => key).catch((error: unknown) => {
    if (!(error instanceof IrError) || error.exit !== EXIT.refused) throw error;
    throw refusedError(
      `--block writes what it does into an incident: ${error.message}`,
      'Open one first: ir open "Attack on web01". Or look without one: --block --dry-run.',
    );
  });

/** `10m`, `1h 20m`, `7d`. */
function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join(' ');
}
