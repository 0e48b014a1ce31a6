/** Brings the schema of a store to the newest version, one transaction per migration. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { sql } from 'kysely';
import { EXIT, IrError } from '../errors.ts';
import { extendSeal } from './migration-seal.ts';
import type { Migration } from './migrations/migration.ts';
import type { Database, TransactionOf } from './schema.ts';

/** "IRDB": tells a store from any other SQLite file. */
const APPLICATION_ID = 0x49524442;

/** What migrations are run with. */
export interface MigrateOptions {
  /** Path of the database file, for messages and the backup. */
  path: string;
  migrations: readonly Migration[];
  now(): Date;
}

/**
 * Runs what is missing. A store that already holds data is copied to `<path>.v<version>.bak` first.
 * @returns the path of that copy; undefined where none was made
 * @throws IrError (exit 7) when the store was written by a newer version or is not ours
 */
export async function migrate(
  database: Database,
  options: MigrateOptions,
): Promise<string | undefined> {
  const { path, migrations } = options;
  const latest = migrations.length;
  const version = await readVersion(database, path, latest);
  if (version === latest) return undefined;
  if ((await readPragma(database, 'query_only')) === 1) throw onlyReadable(path, version);
  const backup = version > 0 ? freeName(`${path}.v${version}`) : undefined;
  if (backup !== undefined) await backUp(database, backup);
  try {
    for (const migration of migrations.slice(version)) await run(database, migration, options);
  } catch (error) {
    // A store that did not change needs no copy.
    if (backup !== undefined && (await readPragma(database, 'user_version')) === version) {
      rmSync(backup, { force: true });
    }
    throw error;
  }
  return backup;
}

const onlyReadable = (path: string, version: number): IrError =>
  new IrError(`the store ${path} is of version ${version} and may only be read`, {
    exit: EXIT.integrity,
    hint: 'Copy its whole folder to a place where you can write, and name that with --store.',
  });

async function run(
  database: Database,
  migration: Migration,
  { path, migrations, now }: MigrateOptions,
): Promise<void> {
  const latest = migrations.length;
  await database.transaction().execute(async (transaction) => {
    // Another process may have been faster between the first look and the lock.
    if ((await readVersion(transaction, path, latest)) >= migration.number) return;
    await migration.up(transaction);
    const { number, name } = migration;
    const row = { number, name, applied_at: now().toISOString() };
    await transaction.insertInto('schema_migration').values(row).execute();
    await extendSeal(transaction, row);
    await sql.raw(`pragma user_version = ${number}`).execute(transaction);
    await sql.raw(`pragma application_id = ${APPLICATION_ID}`).execute(transaction);
  });
}

async function readVersion(
  database: Database | TransactionOf,
  path: string,
  latest: number,
): Promise<number> {
  const version = await readPragma(database, 'user_version');
  const application = await readPragma(database, 'application_id');
  const { rows } = await sql<{ tables: number }>`
    select count(*) as tables from sqlite_schema`.execute(database);
  const isEmpty = (rows[0]?.tables ?? 0) === 0;
  if (isEmpty && version === 0) return 0;
  if (application !== APPLICATION_ID) {
    throw new IrError(`the file ${path} is a database, but not a store of ir`, {
      exit: EXIT.integrity,
      hint: 'Name another folder with --store, or move that file away.',
    });
  }
  if (version > latest) {
    throw new IrError(
      `the store ${path} has schema version ${version}; this ir knows versions up to ${latest}`,
      { exit: EXIT.integrity, hint: 'Install a newer ir. Nothing was changed.' },
    );
  }
  if (version < latest) await checkRecord(database, path, version);
  return version;
}

/** A version number that was set back would have migrations run twice. */
async function checkRecord(
  database: Database | TransactionOf,
  path: string,
  version: number,
): Promise<void> {
  const { rows } = await sql<{ recorded: number | null }>`
    select max(number) as recorded from schema_migration`.execute(database);
  const recorded = rows[0]?.recorded ?? 0;
  if (recorded === version && version > 0) return;
  throw new IrError(
    `the store ${path} says that it has schema version ${version}, but its record of migrations ends with ${recorded}`,
    {
      exit: EXIT.integrity,
      hint: 'Somebody changed the file. Keep it as it is and restore the store from a copy.',
    },
  );
}

async function readPragma(database: Database | TransactionOf, name: string): Promise<number> {
  const { rows } = await sql<Record<string, number>>`pragma ${sql.raw(name)}`.execute(database);
  return rows[0]?.[name] ?? 0;
}

/** A copy that an interrupted run left is neither replaced nor in the way. */
function freeName(start: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${start}.bak` : `${start}-${number}.bak`;
    if (!existsSync(name)) return name;
  }
}

async function backUp(database: Database, target: string): Promise<void> {
  try {
    await sql`vacuum into ${target}`.execute(database);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  }
  chmodSync(target, 0o600);
}
