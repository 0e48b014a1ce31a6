/** The store of a workspace: journal and tables in one SQLite file, or in a schema on PostgreSQL. */
import { join } from 'node:path';
import { sql } from 'kysely';
import { refusedError } from '../errors.ts';
import type { ClockDoubt, Incident, JournalEntry } from '../incidents/incident.ts';
import type { IncidentDetail, IncidentStore, OpenAction } from '../incidents/incident-store.ts';
import { parseEntry } from '../incidents/journal-chain.ts';
import { adopt } from './adopt.ts';
import { append, loadOptional } from './append.ts';
import { findHead } from './find-head.ts';
import { merge } from './merge.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/list.ts';
import { openDatabase, scrubDatabase } from './open-database.ts';
import { isPostgres, parsePostgres } from './postgres/address.ts';
import { isOnPostgres } from './postgres/is-postgres.ts';
import { migratePostgres } from './postgres/migrate-postgres.ts';
import { explainPostgresError } from './postgres/postgres-error.ts';
import { scrubPostgres } from './postgres/scrub-postgres.ts';
import { readItems, readNote, readNotes } from './projection-tables.ts';
import { allEntries, entriesOf } from './read-journal.ts';
import { rebuildProjections } from './rebuild-projections.ts';
import { actionFromRow, incidentFromRow } from './rows.ts';
import type { Database } from './schema.ts';
import { searchTexts } from './search-words.ts';
import { readCurrent, writeCurrent } from './settings.ts';
import { explainStoreError } from './store-error.ts';
import { DATABASE_FILE } from './store-names.ts';
import { verifyStore } from './verify-store.ts';

/** How a store is opened, and whom it tells what. */
export interface OpenStoreOptions {
  /** Make folder and file when they are not there. */
  create: boolean;
  /** Where files lie beside a database that has no folder of its own. */
  folder?: string | undefined;
  /** How long to wait for another process's lock; 5 s when absent. */
  lockWaitMs?: number;
  /** Called after an append for each entry whose time does not go with that of the one before. */
  onClockDoubt?: (doubt: ClockDoubt) => void;
  /** Called when the store was of an older version, with the path of the copy that was made of it. */
  onUpgrade?: (backup: string) => void;
}

/**
 * Opens a store and brings its schema up to date.
 * @param place its folder, or the address of a store on PostgreSQL
 * @throws IrError (exit 7) when it is locked, damaged, read-only, on a full disk, out of reach or from a newer version
 */
export async function openStore(place: string, options: OpenStoreOptions): Promise<IncidentStore> {
  return isPostgres(place) ? openRemote(place, options) : openFile(place, options);
}

async function openRemote(place: string, options: OpenStoreOptions): Promise<IncidentStore> {
  const address = parsePostgres(place);
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  const explained = explaining((error) => explainPostgresError(error, address.shown));
  const database = await openPostgres(address, options.lockWaitMs);
  try {
    const now = (): Date => new Date();
    await explained(() => migratePostgres(database, address, { create: options.create, now }));
  } catch (error) {
    await database.destroy();
    throw error;
  }
  const { listenFor } = await import('./postgres/listen.ts');
  return {
    ...storeOver(
      database,
      { folder: options.folder ?? address.folder ?? '.', name: address.shown },
      explained,
      options,
    ),
    scrub: () => explained(() => scrubPostgres(database)),
    listen: (id, onNews) => explained(() => listenFor(address, id, onNews)),
  };
}

async function openFile(folder: string, options: OpenStoreOptions): Promise<IncidentStore> {
  const path = join(folder, DATABASE_FILE);
  const explained = explaining((error) => explainStoreError(error, path));
  const database = await explained(() => openDatabase(path, options));
  try {
    const backup = await explained(() =>
      migrate(database, { path, migrations: MIGRATIONS, now: () => new Date() }),
    );
    if (backup !== undefined) {
      // What a newer version shows of the journal, an older one did not write down.
      await explained(() => rebuildProjections(database));
      options.onUpgrade?.(backup);
    }
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return storeOver(database, { folder, name: folder }, explained, options);
}

type Explained = <T>(body: () => T | Promise<T>) => Promise<T>;

const explaining =
  (explain: (error: unknown) => unknown): Explained =>
  async (body) => {
    try {
      return await body();
    } catch (error) {
      throw explain(error);
    }
  };

function storeOver(
  database: Database,
  where: Pick<IncidentStore, 'folder' | 'name'>,
  explained: Explained,
  options: OpenStoreOptions,
): IncidentStore {
  return {
    ...where,
    append: (id, decision, turn) =>
      explained(async () => {
        const { appended, doubts } = await append(database, id, decision, turn);
        for (const doubt of doubts) options.onClockDoubt?.(doubt);
        return appended;
      }),
    adopt: (id, entries) => explained(() => adopt(database, id, entries)),
    merge: (id, entries, by) => explained(() => merge(database, id, entries, by)),
    entries: (id) => explained(() => allEntries(database, id)),
    findHead: (start) => explained(() => findHead(database, start.toLowerCase())),
    find: (keyOrId) => explained(() => find(database, keyOrId)),
    list: () => explained(() => list(database)),
    version: () => explained(() => version(database)),
    load: (id) => explained(() => load(database, id)),
    notes: (id, latest) => explained(() => readNotes(database, id, latest)),
    note: (id, seq) => explained(() => readNote(database, id, seq)),
    items: (id, name) => explained(() => readItems(database, id, name)),
    search: (words, options) => explained(() => searchTexts(database, words, options)),
    countNotes: (id) => explained(() => countNotes(database, id)),
    actionsInPlace: () => explained(() => actionsInPlace(database)),
    journal: (id, type) => explained(() => journal(database, id, type)),
    nextKey: (year) => explained(() => nextKey(database, year)),
    currentIncidentId: () => explained(() => readCurrent(database)),
    setCurrentIncidentId: (id) => explained(() => writeCurrent(database, id)),
    verify: () => explained(() => verifyStore(database)),
    rebuild: () => explained(() => rebuildProjections(database)),
    scrub: () => explained(() => scrubDatabase(database)),
    close: () => database.destroy(),
  };
}

/** @throws IrError (exit 6) for a key that two incidents have, of which one was opened in another store */
async function find(database: Database, keyOrId: string): Promise<Incident | undefined> {
  const rows = await database
    .selectFrom('incident')
    .selectAll()
    .where((where) =>
      where.or([
        where('id', '=', keyOrId),
        where(where.fn('upper', ['key']), '=', keyOrId.toUpperCase()),
      ]),
    )
    .execute();
  if (rows.length > 1) {
    const ids = rows.map(({ id }) => id).join(' or ');
    throw refusedError(`${rows.length} incidents have the key ${keyOrId}`, `Name it by id: ${ids}`);
  }
  return rows[0] === undefined ? undefined : incidentFromRow(rows[0]);
}

/** @see https://www.sqlite.org/pragma.html#pragma_data_version */
async function version(database: Database): Promise<number> {
  if (isOnPostgres(database)) {
    const { rows } = await sql<{ number: number | null }>`
      select max(number) as number from journal`.execute(database);
    return rows[0]?.number ?? 0;
  }
  const { rows } = await sql<{ data_version: number }>`PRAGMA data_version`.execute(database);
  return rows[0]?.data_version ?? 0;
}

async function list(database: Database): Promise<readonly Incident[]> {
  const query = database.selectFrom('incident').selectAll().orderBy('key').orderBy('id');
  return (await query.execute()).map(incidentFromRow);
}

async function load(database: Database, id: string): Promise<IncidentDetail> {
  const transaction = database.transaction().setAccessMode('read only');
  const detail = await transaction.execute((reader) => loadOptional(reader, id));
  if (detail === undefined) {
    throw refusedError(`there is no incident ${id} in this store`, 'See them with: ir list');
  }
  return detail;
}

async function journal(
  database: Database,
  id: string,
  type: string | undefined,
): Promise<readonly JournalEntry[]> {
  const rows = await database.selectFrom('actor').selectAll().where('incident', '=', id).execute();
  const actors = new Map(rows.map((row) => [row.id, row]));
  const entries: JournalEntry[] = [];
  for await (const entry of entriesOf(database, id, type)) entries.push(parseEntry(entry, actors));
  return entries;
}

async function actionsInPlace(database: Database): Promise<readonly OpenAction[]> {
  const rows = await database
    .selectFrom('action')
    .innerJoin('incident', 'incident.id', 'action.incident')
    .select(['incident.key as incidentKey'])
    .selectAll('action')
    .where('state', 'not in', ['undone', 'expired'])
    .orderBy('incident.key')
    .orderBy('action.seq')
    .execute();
  return rows
    .map(({ incidentKey, ...row }) => ({ incident: incidentKey, action: actionFromRow(row) }))
    .filter(({ action }) => action.risk !== 'read');
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
