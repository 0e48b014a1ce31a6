/** The store of a workspace: journal and projections in one SQLite file. */
import { join } from 'node:path';
import { refusedError } from '../errors.ts';
import type { ClockDoubt, Incident, JournalEntry } from '../incidents/incident.ts';
import { absorb, type IncidentState } from '../incidents/incident-state.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import { GENESIS_HASH, parseEntry, sealEntry } from '../incidents/journal-chain.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { changeOf, settledVariables } from '../incidents/projection.ts';
import { readCurrent, writeCurrent } from './current-incident.ts';
import { erasePayload } from './erase-payload.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/list.ts';
import { openDatabase } from './open-database.ts';
import {
  readIncident,
  readKnown,
  readNote,
  readNotes,
  readOverview,
  readSettlingNotes,
  writeChange,
} from './projection-tables.ts';
import { rebuildProjections } from './rebuild-projections.ts';
import { entryFromRow, entryToRow, incidentFromRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';
import { explainStoreError, isUniqueViolation } from './store-error.ts';
import { DATABASE_FILE } from './store-names.ts';
import { verifyStore } from './verify-store.ts';

export interface OpenStoreOptions {
  /** Make folder and file when they are not there. */
  create: boolean;
  /** How long to wait for another process's lock; 5 s when absent. */
  lockWaitMs?: number;
  /** Called after an append for each entry whose time does not go with that of the one before. */
  onClockDoubt?: (doubt: ClockDoubt) => void;
}

type Guard = (before: IncidentDetail | undefined) => void;
type Decide = (before: IncidentDetail | undefined) => readonly NewEntry[];

/**
 * Opens the store in `folder` and brings its schema up to date.
 * @throws IrError (exit 7) when it is locked, damaged, read-only, on a full disk or from a newer version
 */
export async function openStore(folder: string, options: OpenStoreOptions): Promise<IncidentStore> {
  const path = join(folder, DATABASE_FILE);
  const explained = async <T>(body: () => T | Promise<T>): Promise<T> => {
    try {
      return await body();
    } catch (error) {
      throw explainStoreError(error, path);
    }
  };
  const database = await explained(() => openDatabase(path, options));
  try {
    const version = await explained(() =>
      migrate(database, { path, migrations: MIGRATIONS, now: () => new Date() }),
    );
    // What a newer version shows of the journal, an older one did not write down.
    const isOlder = version > 0 && version < MIGRATIONS.length;
    if (isOlder) await explained(() => rebuildProjections(database));
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return {
    folder,
    append: (id, entries, guard) =>
      explained(async () => {
        const { appended, doubts } = await append(database, id, entries, guard);
        for (const doubt of doubts) options.onClockDoubt?.(doubt);
        return appended;
      }),
    entryByHash: (start) => explained(() => entryByHash(database, start)),
    find: (keyOrId) => explained(() => find(database, keyOrId)),
    list: () => explained(() => list(database)),
    load: (id) => explained(() => load(database, id)),
    notes: (id, latest) => explained(() => readNotes(database, id, latest)),
    note: (id, seq) => explained(() => readNote(database, id, seq)),
    countNotes: (id) => explained(() => countNotes(database, id)),
    journal: (id) => explained(() => journal(database, id)),
    nextKey: (year) => explained(() => nextKey(database, year)),
    currentIncidentId: () => explained(() => readCurrent(database)),
    setCurrentIncidentId: (id) => explained(() => writeCurrent(database, id)),
    verify: () => explained(() => verifyStore(database)),
    rebuild: () => explained(() => rebuildProjections(database)),
    close: () => database.destroy(),
  };
}

async function append(
  database: Database,
  id: string,
  entries: readonly NewEntry[] | Decide,
  guard: Guard | undefined,
): Promise<{ appended: readonly JournalEntry[]; doubts: readonly ClockDoubt[] }> {
  return database.transaction().execute(async (transaction) => {
    const needsState = guard !== undefined || typeof entries === 'function';
    const before = needsState ? await loadOptional(transaction, id) : undefined;
    guard?.(before);
    const added = typeof entries === 'function' ? entries(before) : entries;
    const state = await readKnown(transaction, id, added);
    const appended: JournalEntry[] = [];
    let { seq, hash } = await readHead(transaction);
    for (const entry of added) {
      const stored = sealEntry(hash, seq + 1, id, entry);
      await transaction.insertInto('journal').values(entryToRow(stored)).execute();
      ({ seq, hash } = stored);
      const parsed = parseEntry(stored);
      await project(transaction, state, parsed);
      appended.push(parsed);
    }
    return { appended, doubts: [...state.clockDoubts.values()] };
  });
}

async function project(
  transaction: TransactionOf,
  state: IncidentState,
  entry: JournalEntry,
): Promise<void> {
  const isOpening = entry.type === 'incident_opened';
  if (state.incident === undefined && !isOpening) {
    throw refusedError(`there is no incident ${entry.incident}`, 'Open one with: ir open');
  }
  if (state.incident !== undefined && isOpening) {
    throw refusedError(`the incident ${entry.incident} was opened before`);
  }
  const change = changeOf(entry, state);
  try {
    await writeChange(transaction, entry.incident, change);
  } catch (error) {
    if (!isOpening || !isUniqueViolation(error)) throw error;
    throw refusedError(
      `the key ${change.incident?.key} was taken in the meantime`,
      'Run the command again.',
    );
  }
  absorb(state, entry, change);
  if (isOpening) await writeCurrent(transaction, entry.incident);
  if (entry.type === 'payload_erased') await erasePayload(transaction, entry);
}

async function readHead(reader: Database | TransactionOf): Promise<{ seq: number; hash: string }> {
  const last = await reader
    .selectFrom('journal')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ?? { seq: 0, hash: GENESIS_HASH };
}

async function entryByHash(database: Database, start: string): Promise<JournalEntry | undefined> {
  const rows = await database
    .selectFrom('journal')
    .selectAll()
    .where('hash', '>=', start.toLowerCase())
    .where('hash', '<', `${start.toLowerCase()}g`)
    .limit(2)
    .execute();
  const [row] = rows;
  return row === undefined || rows.length > 1 ? undefined : parseEntry(entryFromRow(row));
}

async function find(database: Database, keyOrId: string): Promise<Incident | undefined> {
  const row = await database
    .selectFrom('incident')
    .selectAll()
    .where((where) =>
      where.or([where('id', '=', keyOrId), where('key', '=', keyOrId.toUpperCase())]),
    )
    .executeTakeFirst();
  return row === undefined ? undefined : incidentFromRow(row);
}

async function list(database: Database): Promise<readonly Incident[]> {
  const rows = await database.selectFrom('incident').selectAll().orderBy('key').execute();
  return rows.map(incidentFromRow);
}

async function load(database: Database, id: string): Promise<IncidentDetail> {
  const transaction = database.transaction().setAccessMode('read only');
  const detail = await transaction.execute((reader) => loadOptional(reader, id));
  if (detail === undefined) {
    throw refusedError(`there is no incident ${id} in this store`, 'See them with: ir list');
  }
  return detail;
}

async function loadOptional(
  reader: TransactionOf,
  id: string,
): Promise<IncidentDetail | undefined> {
  if ((await readIncident(reader, id)) === undefined) return undefined;
  const { incident, steps, commandRuns, findings, sources, reports, clockDoubts } =
    await readOverview(reader, id);
  const { hash: head } = await readHead(reader);
  return {
    incident: incident!,
    steps: [...steps.values()],
    commandRuns: [...commandRuns.values()],
    findings: [...findings.values()],
    sources: [...sources.values()],
    reports: [...reports.values()],
    variables: settledVariables(await readSettlingNotes(reader, id)),
    clockDoubts: [...clockDoubts.values()],
    head,
  };
}

async function journal(database: Database, id: string): Promise<readonly JournalEntry[]> {
  const rows = await database
    .selectFrom('journal')
    .selectAll()
    .where('incident', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map((row) => parseEntry(entryFromRow(row)));
}

async function countNotes(database: Database, id: string): Promise<number> {
  const { count } = await database
    .selectFrom('note')
    .select((columns) => columns.fn.countAll<number>().as('count'))
    .where('incident', '=', id)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function nextKey(database: Database, year: number): Promise<string> {
  const prefix = `INC-${year}-`;
  const keys = await database
    .selectFrom('incident')
    .select('key')
    .where('key', 'like', `${prefix}%`)
    .execute();
  const numbers = keys.map(({ key }) => Number(key.slice(prefix.length))).filter(Number.isInteger);
  return `${prefix}${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`;
}
