/** Which database is behind a store, for the few that must know. */
import { PostgresAdapter } from 'kysely';
import type { Database, TransactionOf } from '../schema.ts';

/** Is it PostgreSQL? */
export const isOnPostgres = (reader: Database | TransactionOf): boolean =>
  reader.getExecutor().adapter instanceof PostgresAdapter;
