/** What a store remembers beside its journal. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { isOnPostgres } from './postgres/is-postgres.ts';
import type { Database, TransactionOf } from './schema.ts';

/** Id of the incident that commands mean which name none. */
export const CURRENT_INCIDENT = 'current_incident';
/** Id of this store, which stands in every entry that it writes: 128 random bits, hex. */
export const STORE_ID = 'store_id';
/** What the record of migrations is compared with (`migration-seal.ts`). */
export const MIGRATIONS_SEAL = 'migrations_seal';

/** 128 random bits, hex. */
export const randomId = (): string => randomBytes(16).toString('hex');

/** The value under a name; undefined when there is none. */
export async function readSetting(
  reader: Database | TransactionOf,
  name: string,
): Promise<string | undefined> {
  const query = reader.selectFrom('setting').select('value').where('name', '=', name);
  return (await query.executeTakeFirst())?.value;
}

/** Sets the value under a name, in place of an earlier one. */
export async function writeSetting(
  writer: Database | TransactionOf,
  name: string,
  value: string,
): Promise<void> {
  await writer
    .insertInto('setting')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** The name of the setting: on a server each user has a current incident of their own. */
async function currentName(reader: Database | TransactionOf): Promise<string> {
  if (!isOnPostgres(reader)) return CURRENT_INCIDENT;
  const { rows } = await sql<{ name: string }>`select current_user as name`.execute(reader);
  return `${CURRENT_INCIDENT} of ${rows[0]?.name}`;
}

/** Id of the current incident. */
export const readCurrent = async (reader: Database | TransactionOf): Promise<string | undefined> =>
  readSetting(reader, await currentName(reader));

/** Makes it the current one. */
export const writeCurrent = async (
  writer: Database | TransactionOf,
  incident: string,
): Promise<void> => writeSetting(writer, await currentName(writer), incident);

/** The id of this store; where somebody took it away, what is written from now on is another writer's. */
export async function readStoreId(transaction: TransactionOf): Promise<string> {
  const known = await readSetting(transaction, STORE_ID);
  if (known !== undefined) return known;
  const id = randomId();
  await writeSetting(transaction, STORE_ID, id);
  return id;
}

/** Where none of the incidents is the current one, the one that came last becomes it again. */
export async function mendSettings(transaction: TransactionOf): Promise<void> {
  await readStoreId(transaction);
  const opened = await transaction
    .selectFrom('journal')
    .select('incident')
    .where('type', '=', 'incident_opened')
    .orderBy('number', 'desc')
    .execute();
  const current = await readCurrent(transaction);
  const [newest] = opened;
  if (newest === undefined || opened.some(({ incident }) => incident === current)) return;
  await writeCurrent(transaction, newest.incident);
}
