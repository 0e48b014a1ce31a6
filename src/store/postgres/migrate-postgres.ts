/** Makes the tables of a store on PostgreSQL, and gives the roles their rights. */

import { sql } from 'kysely';
import { EXIT, IrError, refusedError } from '../../errors.ts';
import { sealOf } from '../migration-seal.ts';
import type { Database, TransactionOf } from '../schema.ts';
import { MIGRATIONS_SEAL, readStoreId, writeSetting } from '../settings.ts';
import type { PostgresAddress } from './address.ts';
import { grantRights } from './rights.ts';
import { CREATE_GUARDS, CREATE_TABLES } from './tables.ts';

/** A numbered change of the tables; what was released is never edited. */
interface PostgresMigration {
  number: number;
  name: string;
  statements: readonly string[];
}

/** All of them, in order. */
export const POSTGRES_MIGRATIONS: readonly PostgresMigration[] = [
  { number: 1, name: 'tables', statements: [...CREATE_TABLES, ...CREATE_GUARDS] },
];

/**
 * Brings the tables up to date.
 * @param create make them where there are none
 * @throws IrError (exit 6) where there are none; exit 7 for those of a newer version
 */
export async function migratePostgres(
  database: Database,
  { shown, schema }: PostgresAddress,
  { create, now }: { create: boolean; now(): Date },
): Promise<void> {
  const version = await readVersion(database, schema);
  const latest = POSTGRES_MIGRATIONS.length;
  if (version > latest) {
    throw new IrError(
      `the store ${shown} has schema version ${version}; this ir knows versions up to ${latest}`,
      { exit: EXIT.integrity, hint: 'Install a newer ir. Nothing was changed.' },
    );
  }
  if (version === 0 && !create)
    throw refusedError(`there is no store in ${shown}`, 'Make one with: ir open');
  if (version < latest) {
    await database.transaction().execute(async (transaction) => {
      await sql.raw(`create schema if not exists ${schema}`).execute(transaction);
      // Another process may have been faster.
      const from = await readVersion(transaction, schema);
      for (const migration of POSTGRES_MIGRATIONS.slice(from))
        await run(transaction, migration, now());
    });
  }
  await grantRights(database, schema);
}

async function run(
  transaction: TransactionOf,
  { number, name, statements }: PostgresMigration,
  now: Date,
): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(transaction);
  const row = { number, name, applied_at: now.toISOString() };
  await transaction.insertInto('schema_migration').values(row).execute();
  const record = await transaction
    .selectFrom('schema_migration')
    .selectAll()
    .orderBy('number')
    .execute();
  await writeSetting(transaction, MIGRATIONS_SEAL, sealOf(record));
  await readStoreId(transaction);
}

async function readVersion(reader: Database | TransactionOf, schema: string): Promise<number> {
  const { rows } = await sql<{ found: string | null }>`
    select to_regclass(${`${schema}.schema_migration`})::text as found`.execute(reader);
  if (rows[0]?.found == null) return 0;
  const { rows: versions } = await sql<{ version: number | null }>`
    select max(number) as version from schema_migration`.execute(reader);
  return versions[0]?.version ?? 0;
}
