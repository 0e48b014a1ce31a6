/**
 * What can be wrong with a store around its journal: the file, its tables, triggers and indexes, the record of
 * migrations, the settings. A trigger put in by somebody changes what later entries do.
 */

import { sql } from 'kysely';
import type { VerifyResult } from '../incidents/incident-store.ts';
import { sealOf } from './migration-seal.ts';
import { MIGRATIONS } from './migrations/list.ts';
import { fileProblem, withMemoryDatabase } from './open-database.ts';
import { isOnPostgres } from './postgres/is-postgres.ts';
import { POSTGRES_MIGRATIONS } from './postgres/migrate-postgres.ts';
import { postgresSchemaProblems } from './postgres/problems-postgres.ts';
import type { Database, TransactionOf } from './schema.ts';
import { CURRENT_INCIDENT, MIGRATIONS_SEAL, readSetting, STORE_ID } from './settings.ts';

/** What is wrong around the journal, and what can be read in spite of it. */
export interface StoreProblems {
  /** One sentence part per problem; none when all is as this version makes it. */
  problems: VerifyResult['storeProblems'];
  /** Can the table be asked, or is it missing or of another shape? */
  isReadable(table: string): boolean;
}

/** Looks at the shape of the tables first: what is missing cannot be asked for its rows. */
export async function findStoreProblems(reader: TransactionOf): Promise<StoreProblems> {
  const isRemote = isOnPostgres(reader);
  const damage = isRemote ? undefined : await fileProblem(reader);
  const schema = await (isRemote ? postgresSchemaProblems : schemaProblems)(reader);
  const isReadable = (table: string): boolean =>
    !['is missing', 'was changed'].some((what) => schema.includes(`the table ${table} ${what}`));
  const problems = [
    ...(damage === undefined ? [] : [`the database file is damaged: ${damage}`]),
    ...schema,
    ...(isReadable('schema_migration')
      ? await migrationProblems(reader, isReadable('setting'))
      : []),
    ...(isReadable('setting') && isReadable('incident') ? await settingProblems(reader) : []),
  ];
  return { problems, isReadable };
}

/** Everything that a fresh store has must be there, alike, and nothing else. */
async function schemaProblems(reader: TransactionOf): Promise<string[]> {
  const actual = await readSchema(reader);
  const expected = await withMemoryDatabase(async (fresh) => {
    await fresh.transaction().execute(async (transaction) => {
      for (const migration of MIGRATIONS) await migration.up(transaction);
    });
    return readSchema(fresh);
  });
  const found: string[] = [];
  for (const [name, sqlText] of expected) {
    const there = actual.get(name);
    if (there === undefined) found.push(`the ${name} is missing`);
    else if (there !== sqlText) found.push(`the ${name} was changed`);
  }
  for (const name of actual.keys()) {
    if (!expected.has(name)) found.push(`the ${name} is none of ours`);
  }
  return found;
}

/** `trigger journal_keeps_entries` to its statement; what the database makes for itself is left out. */
async function readSchema(reader: Database | TransactionOf): Promise<Map<string, string>> {
  const { rows } = await sql<{ type: string; name: string; sql: string | null }>`
    select type, name, sql from sqlite_schema order by type, name`.execute(reader);
  return new Map(
    rows
      .filter(({ name }) => !/^sqlite_(?:autoindex|stat|sequence)/.test(name))
      .map(({ type, name, sql: text }) => [`${type} ${name}`, text ?? '']),
  );
}

async function migrationProblems(
  reader: TransactionOf,
  canReadSettings: boolean,
): Promise<string[]> {
  const rows = await reader.selectFrom('schema_migration').selectAll().orderBy('number').execute();
  const text = (list: readonly { number: number; name: string }[]): string =>
    list.map(({ number, name }) => `${number} ${name}`).join(', ');
  const [recorded, known] = [
    text(rows),
    text(isOnPostgres(reader) ? POSTGRES_MIGRATIONS : MIGRATIONS),
  ];
  if (recorded !== known) return [`the migrations recorded are ${recorded}, not ${known}`];
  if (!canReadSettings) return [];
  const seal = await readSetting(reader, MIGRATIONS_SEAL);
  if (seal === undefined) return ['the seal on the record of migrations is gone'];
  return seal === sealOf(rows) ? [] : ['the record of migrations or its seal was rewritten'];
}

async function settingProblems(reader: TransactionOf): Promise<string[]> {
  const rows = await reader.selectFrom('setting').selectAll().orderBy('name').execute();
  const incidents = await reader.selectFrom('incident').select('id').execute();
  const ids = new Set(incidents.map(({ id }) => id));
  const settingOf = (wanted: string): string | undefined =>
    rows.find(({ name }) => name === wanted)?.value;
  // Whoever opens an incident makes it the current one, and nothing takes that away.
  const isEmptied =
    !isOnPostgres(reader) && incidents.length > 0 && settingOf(CURRENT_INCIDENT) === undefined;
  return [
    ...(isEmptied ? ['the setting current_incident is gone (ir use KEY sets it)'] : []),
    ...(/^[0-9a-f]{32}$/.test(settingOf(STORE_ID) ?? '') ? [] : ['the id of the store is missing']),
    ...rows.flatMap(({ name, value }) => {
      if (name === STORE_ID || name === MIGRATIONS_SEAL) return [];
      if (name !== CURRENT_INCIDENT && !name.startsWith(`${CURRENT_INCIDENT} of `))
        return [`the setting ${name} is none of ours`];
      return ids.has(value) ? [] : [`the current incident ${value} is not in the journal`];
    }),
  ];
}
