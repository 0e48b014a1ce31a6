/** The tables as kysely sees them. The migrations create them. */
import type { Kysely, Transaction } from 'kysely';

export interface JournalTable {
  /** Order in which entries came into this store. */
  number: number;
  incident: string;
  /** Id of the store that wrote it. */
  writer: string;
  seq: number;
  at: string;
  /** Id; its name is in `actor`. */
  actor: string;
  type: string;
  /** Canonical JSON; null when erased. */
  payload: string | null;
  payload_hash: string;
  prev_hash: string;
  hash: string;
  /** Head of the store's log after this entry. */
  store_head: string;
}

export interface IncidentTable {
  id: string;
  key: string;
  title: string;
  description: string;
  severity: string;
  impact: string;
  urgency: string;
  type: string;
  phase: string;
  status: string;
  determination: string;
  occurred: string | null;
  detected: string | null;
  acknowledged: string | null;
  declared: string | null;
  contained: string | null;
  eradicated: string | null;
  recovered: string | null;
  closed: string | null;
  opened_by: string;
  is_drill: number;
  /** JSON: phase to the time it was last entered. */
  phase_entered: string;
}

export interface ActorTable {
  incident: string;
  id: string;
  name: string;
}

export interface StepTable {
  incident: string;
  step_id: string;
  phase: string;
  status: string;
  reason: string;
  at: string | null;
  actor: string;
}

export interface NoteTable {
  incident: string;
  /** Hash of the entry. */
  id: string;
  seq: number;
  at: string;
  actor: string;
  kind: string;
  text: string;
  step_id: string | null;
  happened_at: string | null;
  /** JSON array. */
  corrections: string;
  /** JSON object; null while the note counts. */
  withdrawn: string | null;
  /** JSON object; null where the note settles no playbook variable. */
  variables: string | null;
}

export interface CommandRunTable {
  incident: string;
  id: string;
  role: string;
  seq: number;
  step_id: string;
  at: string;
  actor: string;
  host: string;
  /** JSON array of strings. */
  argv: string;
  exit_code: number | null;
  duration_ms: number;
  stdout_sha256: string;
  stderr_sha256: string;
  stdout_head: string;
  stderr_head: string;
}

export interface FindingTable {
  incident: string;
  id: string;
  level: string;
  first_us: number | null;
  /** The finding as canonical JSON. */
  document: string;
}

export interface SourceFileTable {
  incident: string;
  sha256: string;
  path: string;
  evidence_no: string;
  /** The account of the file as canonical JSON. */
  document: string;
}

export interface ReportTable {
  incident: string;
  /** Hash of the entry. */
  id: string;
  seq: number;
  at: string;
  actor: string;
  path: string;
  sha256: string;
  template: string;
}

export interface ClockDoubtTable {
  incident: string;
  /** Hash of the entry. */
  id: string;
  seq: number;
  at: string;
  before_seq: number;
  before_at: string;
  kind: string;
}

/** What belongs to the workspace and is no part of a case: which incident is the current one, the id of this store. */
export interface SettingTable {
  name: string;
  value: string;
}

export interface MigrationTable {
  number: number;
  name: string;
  applied_at: string;
}

export interface Tables {
  journal: JournalTable;
  incident: IncidentTable;
  actor: ActorTable;
  step: StepTable;
  note: NoteTable;
  command_run: CommandRunTable;
  finding: FindingTable;
  source_file: SourceFileTable;
  report: ReportTable;
  clock_doubt: ClockDoubtTable;
  setting: SettingTable;
  schema_migration: MigrationTable;
}

export type Database = Kysely<Tables>;
export type TransactionOf = Transaction<Tables>;
