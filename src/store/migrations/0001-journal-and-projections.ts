/** The journal, which is the truth, and the tables that show what it says now. */
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

// The triggers stop accidents; whoever can drop them is found out by the hash chain.
const STATEMENTS = [
  `create table schema_migration (
     number integer primary key, name text not null, applied_at text not null) strict`,
  `create table journal (
     seq integer primary key, incident text not null, at text not null, actor text not null,
     type text not null, payload text, payload_hash text not null, prev_hash text not null,
     hash text not null unique) strict`,
  'create index journal_by_incident on journal (incident, seq)',
  `create trigger journal_keeps_entries before delete on journal
     begin select raise(abort, 'the journal is append-only'); end`,
  `create trigger journal_keeps_content before update on journal
     when new.payload is not null or old.payload is null or new.seq is not old.seq
       or new.incident is not old.incident or new.at is not old.at or new.actor is not old.actor
       or new.type is not old.type or new.payload_hash is not old.payload_hash
       or new.prev_hash is not old.prev_hash or new.hash is not old.hash
     begin select raise(abort, 'the journal is append-only'); end`,
  `create table incident (
     id text primary key, key text not null unique collate nocase, title text not null,
     description text not null, severity text not null, impact text not null, urgency text not null,
     type text not null, phase text not null, status text not null, determination text not null,
     occurred text, detected text, acknowledged text, declared text, contained text, eradicated text,
     recovered text, closed text, opened_by text not null, is_drill integer not null) strict`,
  `create table step (
     incident text not null references incident (id), step_id text not null, phase text not null,
     status text not null, reason text not null, at text, actor text not null,
     primary key (incident, step_id)) strict`,
  `create table note (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     at text not null, actor text not null, kind text not null, text text not null, step_id text) strict`,
  'create index note_by_incident on note (incident, seq)',
  `create table command_run (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     step_id text not null, at text not null, actor text not null, host text not null,
     argv text not null, exit_code integer, duration_ms real not null, stdout_sha256 text not null,
     stderr_sha256 text not null, stdout_head text not null, stderr_head text not null) strict`,
  'create index command_run_by_incident on command_run (incident, seq)',
  `create table finding (
     incident text not null references incident (id), id text not null, level text not null,
     first_us integer, document text not null, primary key (incident, id)) strict`,
  `create table source_file (
     incident text not null references incident (id), sha256 text not null, path text not null,
     evidence_no text not null, document text not null, primary key (incident, sha256, path)) strict`,
  `create table report (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     at text not null, actor text not null, path text not null, sha256 text not null,
     template text not null) strict`,
  'create table setting (name text primary key, value text not null) strict',
];

/** Version 1: the journal in one chain, and a table for each kind of row. */
export const migration: Migration = {
  number: 1,
  name: 'journal-and-projections',
  async up(transaction) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
  },
};
