/** Changes to systems as they stand. The rows are made from the journal. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Version 5: a table of actions. */
export const migration: Migration = {
  number: 5,
  name: 'actions',
  async up(transaction) {
    await sql
      .raw(
        `create table action (
           incident text not null references incident (id), id text not null, no text not null, seq integer not null,
           state text not null, until text, document text not null, primary key (incident, id)) strict`,
      )
      .execute(transaction);
  },
};
