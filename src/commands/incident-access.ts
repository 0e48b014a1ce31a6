/** What commands on incidents share: the store of this run, the incident meant, who acts and when. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ownFolder } from '../config.ts';
import { refusedError, suggestion, usageError } from '../errors.ts';
import type { Incident, Instant } from '../incidents/incident.ts';
import type { Author } from '../incidents/incident-rules.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import { parseInstant } from '../incidents/instant.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { isPartOfDay } from '../incidents/time-phrases.ts';
import { zoneTimeAt } from '../logs/time-zone.ts';
import type { CommandContext } from './context.ts';

/** The store that a command works with, and whether this run made it. */
export interface OpenedStore {
  store: IncidentStore;
  isNew: boolean;
}

/**
 * Opens the store of this run for as long as `body` runs.
 * @param create make one when there is none
 * @throws IrError (exit 6) when there is none
 */
export async function withStore<T>(
  context: CommandContext,
  body: (opened: OpenedStore) => Promise<T>,
  { create = false }: { create?: boolean } = {},
): Promise<T> {
  const { findWorkspace } = await import('../store/workspace.ts');
  const { openStore } = await import('../store/open-store.ts');
  const { folder, place, shown, exists, owner } = findWorkspace(context.settings);
  if (!exists && !create) {
    throw refusedError(
      context.settings.store === undefined
        ? `no store found: no .ir folder with a store in ${context.settings.cwd} or above, none of your own`
        : `there is no store in ${folder}`,
      'ir open makes one; --store or IR_STORE names one elsewhere.',
    );
  }
  if (owner !== undefined && exists) {
    context.say(`The store ${folder} belongs to another user (id ${owner}).`);
  }
  const { clockDoubtText } = await import('../incidents/journal-clock.ts');
  const store = await openStore(place, {
    ...{ create, folder },
    onClockDoubt: (doubt) => context.say(clockDoubtText(doubt)),
    onUpgrade: (backup) =>
      context.say(`The store ${folder} now has the form of this version; as it was: ${backup}`),
  });
  const { telling } = hasChannels(context)
    ? await import('./notify-auto.ts')
    : { telling: undefined };
  const told = telling?.(context, store);
  let isWritten = false;
  const noting =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const result = await write(...args);
      isWritten = true;
      return result;
    };
  try {
    return await body({
      store: {
        ...store,
        append: noting(maskingEntries(context, told?.append ?? store.append)),
        adopt: noting(store.adopt),
        merge: noting(store.merge),
        setCurrentIncidentId: noting(store.setCurrentIncidentId),
        rebuild: noting(store.rebuild),
      },
      isNew: !exists,
    });
  } finally {
    await told?.finish();
    // Of a new one the command itself speaks.
    if (isWritten && exists && isWorthSaying(context.settings, folder)) {
      context.say(`Written to the store ${shown}`);
    }
    await store.close();
  }
}

/** With `--mask` nothing else comes into the journal either. */
function maskingEntries(
  { masked }: CommandContext,
  append: IncidentStore['append'],
): IncidentStore['append'] {
  if (masked === undefined) return append;
  const all = (entries: readonly NewEntry[]): NewEntry[] =>
    entries.map((entry) => ({ ...entry, payload: masked(entry.payload) }) as NewEntry);
  return (id, entries, turn) =>
    append(
      id,
      typeof entries === 'function' ? (before) => all(entries(before)) : all(entries),
      turn,
    );
}

/** A look at the bytes: reading the configuration costs what most commands need not pay. */
function hasChannels({ settings }: CommandContext): boolean {
  try {
    return readFileSync(ownFolder(settings.env, 'config.yml'), 'utf8').includes('channels');
  } catch {
    return false;
  }
}

/** People are told always; programs where the store was found elsewhere than they work, and not named. */
const isWorthSaying = ({ format, store, cwd }: CommandContext['settings'], folder: string) =>
  format === 'text' || (store === undefined && dirname(folder) !== resolve(cwd));

/**
 * Opens the store and finds the incident: `key` when given, else --incident or IR_INCIDENT, else the current one.
 * @throws IrError (exit 6) when there is no such incident or none is current
 */
export async function withIncident<T>(
  context: CommandContext,
  body: (store: IncidentStore, incident: Incident) => Promise<T>,
  key?: string,
): Promise<T> {
  return withStore(context, async ({ store }) =>
    body(store, await findIncident(context, store, key)),
  );
}

/** The incident that a command is about; see `withIncident`. */
export async function findIncident(
  context: CommandContext,
  store: IncidentStore,
  key: string | undefined = context.settings.incident,
): Promise<Incident> {
  const wanted = key ?? (await store.currentIncidentId());
  if (wanted === undefined) {
    throw refusedError(
      'no incident is current',
      'Choose one with: ir use KEY (ir list shows them).',
    );
  }
  const incident = (await store.find(wanted)) ?? (await findByNumber(store, wanted));
  if (incident !== undefined) return incident;
  throw refusedError(
    `there is no incident "${wanted}" in ${store.name}`,
    suggestion(
      wanted,
      (await store.list()).map(({ key }) => key),
      'See them with: ir list',
    ),
  );
}

/** `1` or `2026-1` for INC-2026-0001; a number alone is that of the newest year that has it. */
async function findByNumber(store: IncidentStore, wanted: string): Promise<Incident | undefined> {
  const found = /^(?:inc-)?(?:(\d{4})-)?0*(\d{1,9})$/i.exec(wanted.trim());
  if (found === null) return undefined;
  const [, year, number] = found;
  const fitting = (await store.list()).filter(({ key }) => {
    const parts = /^INC-(\d{4})-0*(\d+)$/.exec(key);
    return parts?.[2] === number && (year === undefined || parts?.[1] === year);
  });
  return fitting.sort((a, b) => (a.key < b.key ? 1 : -1))[0];
}

/** The state that an entry builds on, inside `append`. */
export function assertFound(before: IncidentDetail | undefined): IncidentDetail {
  if (before !== undefined) return before;
  throw refusedError('the incident is gone from the store', 'Check it with: ir verify');
}

/** Who acts in this run, and the time now. */
export const authorOf = (context: CommandContext): Author => ({
  actor: context.settings.actor,
  now: context.now(),
});

/** Reads a time from an option or an answer; without a zone it is in --display-tz. */
export function readInstant(
  context: CommandContext,
  text: string | undefined,
  flag: string,
): Instant | undefined {
  if (text === undefined) return undefined;
  const offsetMinutesAt = (localMs: number): number =>
    zoneTimeAt(context.settings.displayZone, localMs).offsetMinutes;
  const instant = parseInstant(text, { now: context.now(), offsetMinutesAt, flag });
  // A part of a day has no exact time: which one was taken must not be a guess.
  if (isPartOfDay(text)) context.say(`${flag}: "${text.trim()}" is read as ${instant}`);
  return instant;
}

/**
 * One of a list's words, in any case and with - for _.
 * @throws IrError (exit 2) that lists them
 */
export function readWord<T extends string>(
  text: string | undefined,
  words: readonly T[],
  flag: string,
): T | undefined {
  if (text === undefined) return undefined;
  const wanted = text.trim().toLowerCase().replaceAll('-', '_');
  const found = words.find((word) => word.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw usageError(`${flag}: "${text}" is not one of its words`, suggestion(wanted, words));
}
