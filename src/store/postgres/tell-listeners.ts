/** Tells who listens that an incident has new entries, once they are there for good. */
import { sql } from 'kysely';
import type { TransactionOf } from '../schema.ts';
import { isOnPostgres } from './is-postgres.ts';

/** A store that is a file has nobody to tell. */
export async function tellListeners(transaction: TransactionOf, incident: string): Promise<void> {
  if (!isOnPostgres(transaction)) return;
  await sql`select pg_notify('ir_' || current_schema(), ${incident})`.execute(transaction);
}
