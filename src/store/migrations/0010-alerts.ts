/** Tables for alerts and silences; notices about them belong to the store's own journal, which has no row in `incident`. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const columns = `incident text not null, id text not null, seq integer not null,
     document text not null, primary key (incident, id)`;

const STATEMENTS = [
  `create table alert (${columns}) strict`,
  `create table silence (${columns}) strict`,
  `create table notice_of_any (${columns}) strict`,
  'insert into notice_of_any (incident, id, seq, document) select incident, id, seq, document from notice',
  'drop table notice',
  'alter table notice_of_any rename to notice',
];

/** Version 10: alerts. */
export const migration: Migration = {
  number: 10,
  name: 'alerts',
  async up(transaction) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
  },
};
