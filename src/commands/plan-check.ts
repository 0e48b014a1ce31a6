/** `ir plan check`: how ready this organisation is, measured. */
import { readFileSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { EXIT, usageError } from '../errors.ts';
import { localMachine } from '../host/machine.ts';
import { isTimeSynchronised } from '../host/time-sync.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { Plan } from '../plan/read-plan.ts';
import { type Measured, readinessOf } from '../plan/readiness.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import { planNamed } from './plan-facts.ts';
import type { TableResult } from './table-result.ts';

/** Options of `ir plan check`, as typed. */
export interface PlanCheckOptions {
  failUnder?: string | undefined;
}

/** Measures everything that the plan in force, or that of the file, rests on. Exit 1 below `--fail-under`. @throws IrError (exit 3) for a mistake in the plan */
export async function checkPlan(
  context: CommandContext,
  file: string | undefined,
  { failUnder }: PlanCheckOptions,
): Promise<CommandOutcome<TableResult>> {
  const least = readLeast(failUnder);
  const plan = await planNamed(context, file);
  const { items, score } = readinessOf(plan, await measure(context, plan));
  const open = items.filter(({ next }) => next !== '');
  const counts = (['there', 'stale', 'missing'] as const).map(
    (state) => `${items.filter((item) => item.state === state).length} ${state}`,
  );
  const result: TableResult = {
    title: `Readiness: ${score} of 100 (${counts.join(', ')})`,
    heads: ['State', 'From', 'What', 'Seen'],
    rows: items.map(({ state, from, what, seen }) => [state, from, what, seen]),
    notes:
      open.length === 0
        ? []
        : ['To do next:', ...open.map(({ what, next }) => `  ${what}: ${next}`)],
    next: [],
    documents: items,
    about: { plan: plan.path, score },
  };
  if (least === undefined || score >= least) return { result };
  const reason = `--fail-under: readiness is ${score}, below ${least}`;
  return { result, exit: EXIT.findings, reasons: () => [reason] };
}

function readLeast(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw usageError(`--fail-under: "${text}" is no number from 0 to 100`, 'Write --fail-under 80.');
}

async function measure(context: CommandContext, plan: Plan): Promise<Measured> {
  const { settings, signal } = context;
  const { exists } = findWorkspace(settings);
  const journal = exists
    ? await withStore(context, ({ store }) => readJournal(store, plan))
    : { drills: [], backups: [], named: {} };
  const logs: Record<string, number | undefined> = Object.create(null);
  for (const { path } of plan.logs) logs[path] = await newestWrite(resolve(settings.cwd, path));
  return {
    ...journal,
    now: context.now(),
    planWrittenMs: plan.path === undefined ? undefined : statSync(plan.path).mtimeMs,
    isTimeSynchronised: await isTimeSynchronised(localMachine({ env: settings.env, signal })),
    logs,
  };
}

type FromJournal = Pick<Measured, 'drills' | 'backups' | 'named'>;

async function readJournal(store: IncidentStore, plan: Plan): Promise<FromJournal> {
  const named: Record<string, number> = Object.create(null);
  const backups: Measured['backups'][number][] = [];
  const all = await store.list();
  const asName = (text: string): string => text.trim().toLowerCase();
  const wanted = new Set(plan.contacts.flatMap(({ id, name }) => [id, asName(name)]));
  for (const { id } of all) {
    const { evidence } = await store.load(id);
    for (const item of evidence) {
      const path = VERIFIED.exec(item.title)?.[1];
      if (path === undefined || item.withdrawn !== undefined) continue;
      const isWhole = isWholeBackup(store.folder, item.path);
      if (isWhole !== undefined)
        backups.push({ path, atMs: Date.parse(item.collectedAt), isWhole });
    }
    if (wanted.size === 0) continue;
    for (const entry of await store.journal(id)) {
      const who = REACHED[entry.type]?.(entry.payload as Record<string, string>);
      if (who === undefined || !wanted.has(asName(who))) continue;
      const at = Date.parse(entry.at);
      named[asName(who)] = Math.max(named[asName(who)] ?? 0, at);
    }
  }
  const drills = all
    .filter(({ isDrill }) => isDrill)
    .map(({ status, times }) =>
      status === 'closed' && times.closed !== undefined ? Date.parse(times.closed) : undefined,
    );
  return { drills, backups, named };
}

/** What `ir check backup verify` calls its result. */
const VERIFIED = /^ir check backup verify (.+)$/s;

/** Entries that say that somebody was reached. */
const REACHED: Readonly<
  Record<string, (payload: Record<string, string> | undefined) => string | undefined>
> = {
  incident_escalated: (payload) => payload?.['to'],
  shift_handed_over: (payload) => payload?.['to'],
};

/** What the kept report says; undefined where it cannot be read: then nothing is known. */
function isWholeBackup(folder: string, path: string): boolean | undefined {
  try {
    const text = readFileSync(isAbsolute(path) ? path : join(folder, path), 'utf8');
    const { observations, unseen } = JSON.parse(text) as {
      observations: { kind: string }[];
      unseen: unknown[];
    };
    return unseen.length === 0 && observations.every(({ kind }) => !BROKEN.has(kind));
  } catch {
    return undefined;
  }
}

const BROKEN: ReadonlySet<string> = new Set([
  'backup-changed',
  'backup-missing',
  'backup-added',
  'backup-damaged',
]);

/** When a file, or the newest file of a folder, was last written, ms; undefined where there is none. */
async function newestWrite(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.mtimeMs;
    const files = (await readdir(path, { withFileTypes: true })).filter((one) => one.isFile());
    const times = await Promise.all(
      files.map(async ({ name }) => (await stat(join(path, name))).mtimeMs),
    );
    return times.length === 0 ? undefined : Math.max(...times);
  } catch {
    return undefined;
  }
}
