/** `ir retention apply`: compresses, moves and deletes files of archives, each recorded before and after. */
import { EXIT, messageOf, refusedError } from '../errors.ts';
import { plural } from '../events/words.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import { dispose, hashOf } from '../retention/dispose.ts';
import { filesOf } from '../retention/log-files.ts';
import { type Disposal, type Spared, schedule } from '../retention/schedule.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { allHolds, holdName, standing } from './holds.ts';
import { authorOf, withStore } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import { assertDecided, loadPolicy, type PolicyOptions } from './retention.ts';
import type { Cell, TableResult } from './table-result.ts';
import { entryBy } from './write-items.ts';

/** Options of `ir retention apply`, as typed. */
export interface ApplyOptions extends PolicyOptions {
  dryRun?: boolean | undefined;
  yes?: boolean | undefined;
}

/** Files of one entry: an interrupted run leaves at most so many of which one has to look. */
const BATCH = 100;

/** Does what the policy asks for, in the archives that it names. */
export async function applyRetention(
  context: CommandContext,
  options: ApplyOptions,
): Promise<CommandOutcome<TableResult>> {
  const policy = await loadPolicy(context, options);
  assertDecided(policy);
  const archives = policy.sources.filter(({ archive }) => archive !== undefined);
  if (archives.length === 0) {
    throw refusedError(
      `${policy.path} names no archive, and files are changed in archives alone`,
      'For what logrotate or journald writes: ir retention check shows the change of their configuration.',
    );
  }
  const look = async (store: IncidentStore | undefined) => {
    const holds = store === undefined ? [] : await holdsOnPaths(store);
    const [disposals, spared]: [Disposal[], Spared[]] = [[], []];
    for (const source of archives) {
      context.progress(`Looking at ${source.name}`);
      const files = await filesOf(source, () => {
        context.signal.throwIfAborted();
        return undefined;
      });
      const plan = schedule(source, files, holds, context.now());
      disposals.push(...plan.disposals);
      spared.push(...plan.spared);
    }
    context.progress('');
    return { disposals, spared };
  };
  if (options.dryRun === true) {
    const { exists } = findWorkspace(context.settings);
    const { disposals, spared } = exists
      ? await withStore(context, ({ store }) => look(store))
      : await look(undefined);
    return { result: tableOf(policy.path, disposals, spared, undefined) };
  }
  return withStore(
    context,
    async ({ store }) => {
      await sayInterrupted(context, store);
      const { disposals, spared } = await look(store);
      if (disposals.length === 0) return { result: tableOf(policy.path, [], spared, []) };
      await confirm(context, disposals, options);
      const folders = archives.flatMap(({ archive, move }) => [
        archive!,
        ...(move ? [move.to] : []),
      ]);
      const failed: Failed[] = [];
      for (let start = 0; start < disposals.length; start += BATCH) {
        const batch = disposals.slice(start, start + BATCH);
        failed.push(...(await doBatch(context, store, policy, batch, folders)));
      }
      const result = tableOf(policy.path, disposals, spared, failed);
      if (failed.length === 0) return { result };
      return {
        result,
        exit: EXIT.actionFailed,
        reasons: () => [`${plural(failed.length, 'file')} could not be handled`],
      };
    },
    { create: true },
  );
}

interface Failed {
  path: string;
  reason: string;
}

/** Holds on logs, and on the files that held incidents cite. */
async function holdsOnPaths(
  store: IncidentStore,
): Promise<{ name: string; logs: readonly string[] }[]> {
  const found: { name: string; logs: readonly string[] }[] = [];
  for (const hold of standing(await allHolds(store))) {
    const cited =
      hold.incident === undefined
        ? []
        : (await store.load(hold.journal)).sources.map(({ path, folder }) =>
            path.startsWith('/') ? path : `${folder ?? ''}/${path}`,
          );
    found.push({ name: holdName(hold), logs: [...hold.logs, ...cited.map(literally)] });
  }
  return found;
}

/** A path as a glob that names it alone. */
const literally = (path: string): string => path.replace(/[*?[]/g, '[$&]');

async function doBatch(
  context: CommandContext,
  store: IncidentStore,
  { path: policy, sha256: policySha256 }: { path: string; sha256: string },
  batch: readonly Disposal[],
  folders: readonly string[],
): Promise<Failed[]> {
  const failed: Failed[] = [];
  const hashed: (Disposal & { sha256: string })[] = [];
  for (const disposal of batch) {
    context.signal.throwIfAborted();
    try {
      hashed.push({ ...disposal, sha256: await hashOf(disposal.path, context.signal) });
    } catch (error) {
      context.signal.throwIfAborted();
      failed.push({ path: disposal.path, reason: messageOf(error) });
    }
  }
  if (hashed.length === 0) return failed;
  const id = context.randomId();
  const files = hashed.map(({ path, sha256, bytes, act, to, why }) => ({
    ...{ path, sha256, bytes, act, why },
    ...(to !== undefined && { to }),
  }));
  await store.append(STORE_JOURNAL, [
    entryBy(authorOf(context), 'disposal_planned', { id, policy, policySha256, files }),
  ]);
  let [done, bytes] = [0, 0];
  const missed: Failed[] = [];
  for (const disposal of hashed) {
    const { path, act } = disposal;
    context.progress(`${act}: ${path}`);
    // The entry that says how it went is written all the same.
    if (context.signal.aborted) missed.push({ path, reason: 'interrupted before it' });
    else
      try {
        await dispose(disposal, disposal.sha256, folders, context.signal);
        done += 1;
        bytes += disposal.bytes;
      } catch (error) {
        missed.push({ path, reason: messageOf(error) });
      }
  }
  context.progress('');
  await store.append(STORE_JOURNAL, [
    entryBy(authorOf(context), 'disposal_done', { disposal: id, done, bytes, failed: missed }),
  ]);
  context.signal.throwIfAborted();
  return [...failed, ...missed];
}

/** A run that was killed left an entry without an end: what it did not do is done now, by the same rule. */
async function sayInterrupted(context: CommandContext, store: IncidentStore): Promise<void> {
  const open = new Map<string, number>();
  for (const { type, payload } of await store.journal(STORE_JOURNAL)) {
    const { id, disposal, files } = (payload ?? {}) as {
      id?: string;
      disposal?: string;
      files?: unknown[];
    };
    if (type === 'disposal_planned' && id !== undefined) open.set(id, files?.length ?? 0);
    if (type === 'disposal_done' && disposal !== undefined) open.delete(disposal);
  }
  for (const [id, count] of open) {
    context.say(
      `An earlier run (${id.slice(0, 8)}) was interrupted within ${plural(count, 'file')}; what it left is looked at again.`,
    );
    const payload = {
      disposal: id,
      done: 0,
      bytes: 0,
      failed: [{ path: '', reason: 'interrupted; taken up by a later run' }],
    };
    await store.append(STORE_JOURNAL, [entryBy(authorOf(context), 'disposal_done', payload)]);
  }
}

async function confirm(
  { ask }: CommandContext,
  disposals: readonly Disposal[],
  { yes = false }: ApplyOptions,
): Promise<void> {
  if (yes) return;
  const what = countsOf(disposals);
  if (!ask.isPossible)
    throw refusedError(
      `${what}: this needs a confirmation`,
      'Look with --dry-run first, then add --yes.',
    );
  if (await ask.confirm({ message: `${what}. Do it now?`, flag: '--yes', initial: false })) return;
  throw refusedError('left as it is: no file was changed');
}

function countsOf(disposals: readonly Disposal[]): string {
  const count = (act: Disposal['act']): string | undefined => {
    const fitting = disposals.filter((one) => one.act === act).length;
    return fitting === 0 ? undefined : `${act} ${plural(fitting, 'file')}`;
  };
  return [count('delete'), count('move'), count('compress')].filter(Boolean).join(', ');
}

/** @param failed undefined for a dry run */
function tableOf(
  policy: string,
  disposals: readonly Disposal[],
  spared: readonly Spared[],
  failed: readonly Failed[] | undefined,
): TableResult {
  const reasonOf = ({ path }: Disposal) => failed?.find((one) => one.path === path)?.reason;
  const state = (one: Disposal): string => {
    if (failed === undefined) return `would ${one.act}`;
    const reason = reasonOf(one);
    return reason === undefined ? DONE[one.act] : `failed: ${reason}`;
  };
  const total = disposals.length === 0 ? 'nothing to do' : countsOf(disposals);
  return {
    title: `Retention by ${policy}: ${total}${failed === undefined && disposals.length > 0 ? ' (dry run, nothing was changed)' : ''}`,
    heads: ['What', 'Source', 'Bytes', 'Why', 'File'],
    rows: disposals.map((one): Cell[] => [
      ...[state(one), one.source, one.bytes, one.why],
      one.to === undefined ? one.path : `${one.path} -> ${one.to}`,
    ]),
    notes:
      spared.length === 0
        ? []
        : ['Kept:', ...spared.map(({ path, reason }) => `  ${path}: ${reason}`)],
    next:
      failed === undefined && disposals.length > 0
        ? [{ command: 'ir retention apply --yes', shows: 'does it, and records it' }]
        : [],
    documents: disposals.map((one) => ({ ...one, state: state(one) })),
    about: { policy, dryRun: failed === undefined, spared, failed: failed ?? [] },
  };
}

const DONE = { compress: 'compressed', move: 'moved', delete: 'deleted' } as const;
