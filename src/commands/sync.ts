/** `ir sync`: brings two stores together that were apart. */
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, IrError, refusedError } from '../errors.ts';
import type { Incident } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { likeness } from '../incidents/same-case.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import type { Workspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';
import { counted } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { type CopiedContents, copyContents } from './sync-contents.ts';
import { compareJournals, type JournalGap, takeEntries } from './sync-journals.ts';
import type { ReceiptResult } from './table-result.ts';

/** The options of `ir sync`. */
export interface SyncOptions {
  /** Take in what is there, and write nothing there. */
  oneWay?: boolean | undefined;
  /** Say what would be done. */
  dryRun?: boolean | undefined;
  reason?: string | undefined;
  /** Incidents (keys or ids) that are another case than the one here that they look like. */
  apart?: readonly string[] | undefined;
}

/** An incident that one of the two has, and one of the other that looks like the same case. */
interface Alike {
  incident: Incident;
  like: Incident;
  both: readonly string[];
}

/** What is said of one incident. */
export interface SyncedIncident extends JournalGap {
  id: string;
  key: string;
  files: CopiedContents;
}

/**
 * Each store has what the other has afterwards; chains stay what they are, so that what was proved before is proved after. May be
 * run again at any time: it takes only what is missing.
 * @throws IrError (exit 7) where a chain of either does not hold: nothing is taken then
 */
export async function sync(
  context: CommandContext,
  address: string,
  options: SyncOptions,
): Promise<CommandOutcome<ReceiptResult>> {
  // Before a store is made here.
  await placeOf(context, address);
  return withStore(
    context,
    async ({ store }) => {
      const other = await openOther(context, address, options);
      try {
        return await bringTogether(context, store, other, options);
      } finally {
        await other.close();
      }
    },
    { create: options.dryRun !== true },
  );
}

/** Where the other store is, and where its files are. */
async function placeOf(
  { settings }: CommandContext,
  address: string,
): Promise<Pick<Workspace, 'place' | 'folder' | 'shown'>> {
  const { findStoreIn, findWorkspace } = await import('../store/workspace.ts');
  const { isPostgres } = await import('../store/postgres/address.ts');
  if (isPostgres(address)) return findWorkspace({ ...settings, store: address });
  const folder = findStoreIn(resolve(settings.cwd, address));
  return { place: folder, folder, shown: folder };
}

async function openOther(
  context: CommandContext,
  address: string,
  { oneWay, dryRun }: SyncOptions,
): Promise<IncidentStore> {
  const { canWrite, findWorkspace } = await import('../store/workspace.ts');
  const { openStore } = await import('../store/open-store.ts');
  const { place, folder, shown } = await placeOf(context, address);
  const own = findWorkspace(context.settings);
  if (own.place === own.folder && existsSync(own.folder) && realpathSync(own.folder) === place)
    throw refusedError(`${address} is the store of this run itself`, 'Name the other one.');
  const isTaking = oneWay === true || dryRun === true;
  if (place === folder && !isTaking && !canWrite(folder)) {
    throw refusedError(
      `nothing can be written to ${folder}`,
      'Take in what it has, and give it nothing: --one-way',
    );
  }
  return openStore(place, {
    // What is on a server is made with the first incident that comes to it.
    ...{ create: place !== folder && !isTaking, folder },
    onUpgrade: (backup) =>
      context.say(`The store ${shown} now has the form of this version; as it was: ${backup}`),
  });
}

async function bringTogether(
  context: CommandContext,
  own: IncidentStore,
  other: IncidentStore,
  options: SyncOptions,
): Promise<CommandOutcome<ReceiptResult>> {
  for (const store of [own, other]) await assertHolds(context, store);
  const incidents = await incidentsOf(own, other);
  const alike = await findAlike(own, other, incidents, options.apart ?? []);
  const left = new Set(alike.map(({ incident }) => incident.id));
  const synced: SyncedIncident[] = [];
  for (const { id, key } of incidents.values()) {
    if (left.has(id)) continue;
    context.progress(`${key}: ${synced.length + 1} of ${incidents.size}`);
    const none: CopiedContents = { taken: 0, given: 0, missing: [], changed: [] };
    const isPreview = options.dryRun === true;
    const gap = await (isPreview ? compareJournals : takeEntries)(context, own, other, id, options);
    const files = isPreview ? none : await copyContents(context, own, other, id, options);
    synced.push({ id, key, files, ...gap });
  }
  context.progress('');
  const ownJournal = await bringStoreJournal(context, own, other, options);
  const document = {
    ...{ store: own.name, other: other.name, is_dry_run: options.dryRun === true },
    incidents: synced,
    alike: alike.map(({ incident, like, both }) => ({
      ...{ key: incident.key, id: incident.id, like: { key: like.key, id: like.id }, both },
    })),
    same_key: sameKeys(synced),
    store_journal: ownJournal,
  };
  const isChanged = synced.some(({ files }) => files.changed.length > 0);
  return {
    result: { lines: linesOf(document, alike, options), next: nextOf(), document },
    ...(isChanged && {
      exit: EXIT.integrity,
      reasons: () => ['files of the evidence are not what the journal says that they are'],
    }),
  };
}

const nextOf = () => [{ command: 'ir verify', shows: 'that chains, tables and evidence hold' }];

async function assertHolds(context: CommandContext, store: IncidentStore): Promise<void> {
  context.progress(`Checking the chains of ${store.name}`);
  const [problem] = (await store.verify()).problems;
  if (problem === undefined) return;
  const { incident, seq, reason } = problem;
  throw new IrError(`the store ${store.name} does not hold: ${incident}, entry ${seq}: ${reason}`, {
    exit: EXIT.integrity,
    hint: 'Nothing was taken from or given to it. See all with: ir verify, and restore it from a copy.',
  });
}

/** Of both stores, by id; those here first. */
async function incidentsOf(...stores: IncidentStore[]): Promise<Map<string, Incident>> {
  const all = new Map<string, Incident>();
  for (const store of stores)
    for (const incident of await store.list())
      if (!all.has(incident.id)) all.set(incident.id, incident);
  return all;
}

/** The same case, opened on both: a person says whether it is one. */
async function findAlike(
  own: IncidentStore,
  other: IncidentStore,
  incidents: ReadonlyMap<string, Incident>,
  apart: readonly string[],
): Promise<Alike[]> {
  const idsOf = async (store: IncidentStore) => new Set((await store.list()).map(({ id }) => id));
  const [here, there] = [await idsOf(own), await idsOf(other)];
  const wanted = new Set(apart.map((word) => word.toUpperCase()));
  const all = [...incidents.values()];
  const found: Alike[] = [];
  for (const incident of all) {
    if (here.has(incident.id)) continue;
    if ([incident.id, incident.key].some((name) => wanted.has(name.toUpperCase()))) continue;
    const theirs = await other.load(incident.id);
    for (const like of all) {
      if (there.has(like.id) || !here.has(like.id)) continue;
      const both = likeness(await own.load(like.id), theirs);
      if (both.length === 0) continue;
      // Neither goes over to the other side.
      found.push({ incident, like, both }, { incident: like, like: incident, both });
      break;
    }
  }
  return found;
}

/** What belongs to no incident goes where nothing of the kind is: alerts and holds of two machines are two things. */
async function bringStoreJournal(
  context: CommandContext,
  own: IncidentStore,
  other: IncidentStore,
  options: SyncOptions,
): Promise<'none' | 'taken' | 'given' | 'left'> {
  const [here, there] = [await own.entries(STORE_JOURNAL), await other.entries(STORE_JOURNAL)];
  const hashes = new Set(here.map(({ hash }) => hash));
  const isSame = here.length === there.length && there.every(({ hash }) => hashes.has(hash));
  if (isSame) return 'none';
  if (here.length > 0 && (there.length > 0 || options.oneWay === true)) return 'left';
  if (options.dryRun !== true) await takeEntries(context, own, other, STORE_JOURNAL, options);
  return here.length === 0 ? 'taken' : 'given';
}

function sameKeys(synced: readonly SyncedIncident[]): { key: string; ids: string[] }[] {
  const ids = new Map<string, string[]>();
  for (const { key, id } of synced) ids.set(key, [...(ids.get(key) ?? []), id]);
  return [...ids].flatMap(([key, of]) => (of.length > 1 ? [{ key, ids: of }] : []));
}

interface SyncDocument {
  store: string;
  other: string;
  incidents: readonly SyncedIncident[];
  same_key: readonly { key: string; ids: readonly string[] }[];
  store_journal: string;
}

function linesOf(
  { other, incidents, same_key: keys, store_journal: journal }: SyncDocument,
  alike: readonly Alike[],
  { dryRun, oneWay }: SyncOptions,
): string[][] {
  const would = dryRun === true ? 'would be ' : '';
  const news = incidents.filter(
    ({ taken, given, files }) =>
      taken + given + files.taken + files.given + files.missing.length + files.changed.length > 0,
  );
  const lines = news.flatMap((one) => incidentLines(one, would, oneWay === true));
  return [
    [
      `${counted(incidents.length, 'incident')} compared with ${other}${news.length === 0 ? ': both have the same' : ''}`,
    ],
    ...lines,
    // Each pair stands there from both sides.
    ...alike.flatMap(({ incident, like, both }, index) =>
      index % 2 === 1
        ? []
        : [
            `${incident.key} there (${incident.id.slice(0, 8)}) and ${like.key} here (${like.id.slice(0, 8)}) look like one case: both have ${both.join(', ')}. Neither was brought over; if they are two: --apart ${incident.id}`,
          ],
    ),
    ...keys.map(
      ({ key, ids }) => `${key} is the key of ${ids.length}: name them by id, ${ids.join(' or ')}`,
    ),
    ...(journal === 'left'
      ? [
          'What belongs to no incident (alerts, holds on logs, retention) stays where it was written',
        ]
      : []),
    ...(journal === 'taken' || journal === 'given'
      ? [
          `What belongs to no incident (alerts, holds on logs, retention) ${would}${journal} as well`,
        ]
      : []),
  ].map((line) => (Array.isArray(line) ? line : [line]));
}

function incidentLines(one: SyncedIncident, would: string, isOneWay: boolean): string[] {
  const { key, taken, given, joined, moved, both, files } = one;
  const gone =
    isOneWay && given > 0 ? ` (${counted(given, 'entry')} that is not there stays here)` : '';
  const parts = [
    ...(taken > 0 ? [`${entries(taken)} ${would}taken in`] : []),
    ...(given > 0 && !isOneWay ? [`${entries(given)} ${would}given`] : []),
    ...(files.taken > 0 ? [`${counted(files.taken, 'file')} taken in`] : []),
    ...(files.given > 0 ? [`${counted(files.given, 'file')} given`] : []),
  ];
  return [
    ...(parts.length > 0
      ? [`${key}: ${parts.join(', ')}${joined ? '; both had gone on apart' : ''}`]
      : []),
    ...(gone === '' || taken > 0 ? [] : [`${key}:${gone}`]),
    ...moved.map(({ was, number }) => `  ${was} of one of them is ${number} from now on`),
    ...(both.length > 0 ? [`  said on both, the later counts: ${both.join(', ')}`] : []),
    ...files.missing.map((sha256) => `  neither has the content ${sha256}`),
    ...files.changed.map((path) => `  not what the journal says, left there: ${path}`),
  ];
}

const entries = (count: number): string => (count === 1 ? '1 entry' : `${count} entries`);
