/** Tables of what was taken into keeping, who had it, and what was handed out. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const STATEMENTS = [
  `create table evidence (
     incident text not null references incident (id), id text not null, evidence_no text not null,
     sha256 text not null, document text not null, primary key (incident, id)) strict`,
  `create table custody (
     incident text not null references incident (id), id text not null, evidence text not null,
     seq integer not null, document text not null, primary key (incident, id)) strict`,
  `create table bag (
     incident text not null references incident (id), id text not null, seq integer not null,
     document text not null, primary key (incident, id)) strict`,
];

/** Version 6. */
export const migration: Migration = {
  number: 6,
  name: 'evidence-custody-and-bags',
  async up(transaction) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
  },
};
