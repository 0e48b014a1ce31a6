/** A table for legal holds; the store's own journal, which has no row in `incident`, names who wrote in it. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const STATEMENTS = [
  `create table hold (
     incident text not null, id text not null, seq integer not null,
     document text not null, primary key (incident, id)) strict`,
  'create table actor_of_any (incident text not null, id text not null, name text not null, primary key (incident, id)) strict',
  'insert into actor_of_any (incident, id, name) select incident, id, name from actor',
  'drop table actor',
  'alter table actor_of_any rename to actor',
];

/** Version 9: holds. */
export const migration: Migration = {
  number: 9,
  name: 'holds',
  async up(transaction) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
  },
};
