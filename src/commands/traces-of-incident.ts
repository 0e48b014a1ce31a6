/** What is looked for on a machine: the incident's indicators and what its findings are about, and what the user names. */
import { resolve } from 'node:path';
import { usageError } from '../errors.ts';
import { levelRank } from '../events/level.ts';
import {
  distinctTraces,
  TRACE_KINDS,
  type Trace,
  type TraceKind,
  traceKindOf,
  traceValue,
} from '../host/trace.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withStore } from './incident-access.ts';

/** Options that name what is looked for, as typed. */
export interface TraceOptions {
  /** Files of indicators. */
  ioc?: readonly string[] | undefined;
  /** `account=eve`. */
  trace?: readonly string[] | undefined;
  /** False for `--no-incident-traces`: what the incident knows is left out. */
  incidentTraces?: boolean | undefined;
}

/** What is looked for, and where it is written down. */
export interface WantedTraces {
  traces: readonly Trace[];
  /** Absolute paths that hold it: they would be found first. */
  own: readonly string[];
}

/** Gathers it. @throws IrError (exit 2, 3, 4) for what cannot be used */
export async function wantedTraces(
  context: CommandContext,
  options: TraceOptions,
): Promise<WantedTraces> {
  const named = (options.trace ?? []).map(readTrace);
  const listed = await listedTraces(context, options.ioc ?? []);
  const { traces, folder } =
    options.incidentTraces === false
      ? { traces: [], folder: undefined }
      : await incidentTraces(context);
  const files = (options.ioc ?? []).map((path) => resolve(context.settings.cwd, path));
  return {
    traces: distinctTraces([...named, ...listed, ...traces]),
    own: [...files, ...(folder === undefined ? [] : [folder])],
  };
}

function readTrace(text: string): Trace {
  const at = text.indexOf('=');
  const kind = TRACE_KINDS.find((one) => one === text.slice(0, at));
  if (kind === undefined) {
    throw usageError(
      `--trace: "${text}" does not begin with a kind`,
      `Write KIND=VALUE; kinds are ${TRACE_KINDS.join(', ')}.`,
    );
  }
  const value = traceValue(kind, text.slice(at + 1));
  if (value !== undefined) return { kind, value, from: '--trace' };
  throw usageError(`--trace: "${text.slice(at + 1)}" is no ${kind}`, 'Check how it is written.');
}

async function listedTraces(context: CommandContext, paths: readonly string[]): Promise<Trace[]> {
  if (paths.length === 0) return [];
  const { readIndicators } = await import('../detect/indicators/read-indicators.ts');
  return paths.flatMap((path) => {
    const list = readIndicators(resolve(context.settings.cwd, path));
    for (const problem of list.problems) context.say(`left out: ${path}: ${problem.message}`);
    return [...list.indicators].flatMap(({ kind, value, line }): Trace[] => {
      const known = traceKindOf(kind);
      if (known !== undefined) return [{ kind: known, value, from: `${path}, line ${line}` }];
      context.say(`left out: ${path}, line ${line}: a machine is not searched for a ${kind}`);
      return [];
    });
  });
}

/** Of the current incident; nothing where there is none. */
async function incidentTraces(
  context: CommandContext,
): Promise<{ traces: Trace[]; folder: string | undefined }> {
  const { findWorkspace } = await import('../store/workspace.ts');
  if (!findWorkspace(context.settings).exists) return { traces: [], folder: undefined };
  return withStore(context, async ({ store }) => {
    const isMeant = context.settings.incident ?? (await store.currentIncidentId());
    if (isMeant === undefined) return { traces: [], folder: store.folder };
    const { id } = await findIncident(context, store);
    const traces = [...(await indicatorsOf(store, id)), ...findingTraces(await store.load(id))];
    return { traces, folder: store.folder };
  });
}

/** Accounts of everybody's work: that they are used says nothing. */
const COMMON_ACCOUNTS = /^(?:root|system|nt authority\\system|nobody|www-data|daemon|-)$/i;
/** Addresses of inside belong to somebody who goes on working. */
const INSIDE = /^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.|^(?:::1$|f[cd]|fe80)/i;

/** What a watch looks for beside the incident's indicators: what its findings of some weight are about, accounts that were taken over, and indicators of kinds that only traces have. */
export async function tracesSeenAgain(store: IncidentStore, id: string): Promise<Trace[]> {
  const detail = await store.load(id);
  const taken = (await store.items(id, 'assets')).filter(
    ({ type, state, withdrawn }) =>
      type === 'account' && state === 'compromised' && withdrawn === undefined,
  );
  return distinctTraces([
    ...(await indicatorsOf(store, id)),
    ...taken.flatMap(({ name }) => traceOf('account', name, 'an account that was taken over')),
    ...findingTraces(detail).filter(({ kind, value }) => kind !== 'address' || !INSIDE.test(value)),
    ...accountTraces(detail),
  ]);
}

/** Of grave findings the accounts; who tries many names says nothing of those that have them. */
const accountTraces = ({ findings }: IncidentDetail): Trace[] =>
  findings
    .filter(({ level }) => levelRank(level) >= levelRank('high'))
    .flatMap(({ entities, rule }) =>
      ['user.name', 'user.target.name']
        .flatMap((field) => entities[field] ?? [])
        .filter((name) => !COMMON_ACCOUNTS.test(name))
        .flatMap((name) => traceOf('account', name, `finding "${rule.title}"`)),
    );

/** Indicators of the incident that were not withdrawn. */
async function indicatorsOf(store: IncidentStore, id: string): Promise<Trace[]> {
  const journal = await store.journal(id);
  const withdrawn = new Set(
    journal.flatMap(({ type, payload }) =>
      type === 'item_withdrawn' ? [String((payload as { item?: unknown } | null)?.item)] : [],
    ),
  );
  return journal.flatMap(({ type, payload }): Trace[] => {
    if (type !== 'indicator_added' || payload === null || payload === undefined) return [];
    const indicator = payload as { id: string; type: string; value: string };
    const kind = traceKindOf(indicator.type);
    if (kind === undefined || withdrawn.has(indicator.id)) return [];
    return traceOf(kind, indicator.value, 'an indicator of the incident');
  });
}

/** What findings of some weight are about: where they came from, and what they brought. */
const FIELDS: readonly (readonly [string, TraceKind])[] = [
  ['source.ip', 'address'],
  ['file.path', 'path'],
  ['file.hash.sha256', 'hash'],
  ['file.hash.md5', 'hash'],
  ['process.hash.sha256', 'hash'],
  ['dns.question.name', 'domain'],
];

const findingTraces = ({ findings }: IncidentDetail): Trace[] =>
  findings
    .filter(({ level }) => levelRank(level) >= levelRank('medium'))
    .flatMap(({ entities, rule }) =>
      FIELDS.flatMap(([field, kind]) =>
        (entities[field] ?? []).flatMap((value) => traceOf(kind, value, `finding "${rule.title}"`)),
      ),
    );

function traceOf(kind: TraceKind, written: string, from: string): Trace[] {
  const value = traceValue(kind, written);
  return value === undefined ? [] : [{ kind, value, from }];
}
