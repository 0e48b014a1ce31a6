/** Leaves nothing of erased rows in the files of the tables. */
import { sql } from 'kysely';
import type { Database } from '../schema.ts';
import { POSTGRES_TABLES } from './tables.ts';

/**
 * Writes the tables anew, which only their owner may; without that, the server takes the old rows away in time. Its write-ahead log
 * and its backups are kept as whoever runs it decided.
 */
export async function scrubPostgres(database: Database): Promise<void> {
  const { rows } = await sql<{ isOwn: boolean }>`
    select pg_has_role(current_user, relowner, 'member') as "isOwn" from pg_class
    where oid = 'journal'::regclass`.execute(database);
  if (rows[0]?.isOwn !== true) return;
  for (const name of Object.keys(POSTGRES_TABLES))
    await sql.raw(`vacuum full ${name}`).execute(database);
}
