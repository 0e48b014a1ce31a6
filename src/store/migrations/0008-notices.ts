/** A table for what is told to people: the outbox, and what became of each notice. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Version 8: notices. */
export const migration: Migration = {
  number: 8,
  name: 'notices',
  async up(transaction) {
    await sql
      .raw(
        `create table notice (
         incident text not null references incident (id), id text not null, seq integer not null,
         document text not null, primary key (incident, id)) strict`,
      )
      .execute(transaction);
  },
};
