/** Notes that are corrected or withdrawn, when phases were entered, and times that do not go together. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const STATEMENTS = [
  'alter table note add column happened_at text',
  "alter table note add column corrections text not null default '[]'",
  'alter table note add column withdrawn text',
  'alter table note add column variables text',
  'create index note_that_settles on note (incident, seq) where variables is not null',
  "alter table incident add column phase_entered text not null default '{}'",
  `create table clock_doubt (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     at text not null, before_seq integer not null, before_at text not null, kind text not null) strict`,
  'create index clock_doubt_by_incident on clock_doubt (incident, seq)',
];

/** Version 2: what notes and incidents have besides, and a table of times in doubt. */
export const migration: Migration = {
  number: 2,
  name: 'notes-corrected-and-clock-doubts',
  async up(transaction) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
  },
};
