/** Tables for clocks, roles, decisions, tasks, assets and indicators, facts of an incident, and words of everything. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const TABLES = ['clock', 'role', 'decision', 'task', 'asset', 'indicator', 'sighting'];

const STATEMENTS = [
  "alter table incident add column facts text not null default '{}'",
  ...TABLES.map(
    (name) => `create table ${name} (
     incident text not null references incident (id), id text not null, seq integer not null,
     document text not null, primary key (incident, id)) strict`,
  ),
  `create virtual table search using fts5(
     text, incident unindexed, entry unindexed, tokenize = "unicode61 remove_diacritics 2 tokenchars '_'")`,
  // What is deleted leaves the index at once, not when its pages are merged some day.
  "insert into search (search, rank) values ('secure-delete', 1)",
];

/** Version 7: what people do in a case, and a search over all cases. */
export const migration: Migration = {
  number: 7,
  name: 'items-facts-and-words',
  async up(transaction) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
  },
};
