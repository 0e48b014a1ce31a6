/** The tables as kysely sees them. The migrations create them. */
import type { Kysely, Transaction } from 'kysely';

/** Entries. Triggers let nothing change but a payload to null. */
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

/** Incidents as they stand. Times are RFC 3339 in UTC here and in all tables, unless a column is named `_us`. */
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
  /** JSON object. */
  facts: string;
}

/** Names behind the ids of the journal, per incident. */
export interface ActorTable {
  incident: string;
  id: string;
  name: string;
}

/** Steps that were answered, waived or taken up again; others have no row. */
export interface StepTable {
  incident: string;
  step_id: string;
  phase: string;
  status: string;
  reason: string;
  at: string | null;
  actor: string;
}

/** Notes as first written, with what was changed of them. */
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

/** Commands that steps ran. The heads are what the programs wrote first; the hashes are of all of it. */
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

/** Changes to systems and how they stand. */
export interface ActionTable {
  incident: string;
  id: string;
  no: string;
  seq: number;
  state: string;
  until: string | null;
  /** The action as canonical JSON. */
  document: string;
}

/** Saved findings. `first_us` is microseconds since the epoch; null where no event has a time. */
export interface FindingTable {
  incident: string;
  id: string;
  level: string;
  first_us: number | null;
  /** The finding as canonical JSON. */
  document: string;
}

/** Log files that saved timelines were made from, one for each content and path. */
export interface SourceFileTable {
  incident: string;
  sha256: string;
  path: string;
  evidence_no: string;
  /** The account of the file as canonical JSON. */
  document: string;
}

/** Evidence items. */
export interface EvidenceTable {
  incident: string;
  id: string;
  evidence_no: string;
  sha256: string;
  /** The item as canonical JSON. */
  document: string;
}

/** Events of custody. */
export interface CustodyTable {
  incident: string;
  id: string;
  /** Id of the item. */
  evidence: string;
  seq: number;
  /** The event as canonical JSON. */
  document: string;
}

/** Bags that were written. */
export interface BagTable {
  incident: string;
  id: string;
  seq: number;
  /** The bag as canonical JSON. */
  document: string;
}

/** Reports that were written, by the entry that says so. */
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

/** Entries whose time does not go with that of the entry before. */
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

/** An item of a collection: a clock, a role, a decision, a task, an asset, an indicator, a sighting, a notice. */
export interface ItemTable {
  incident: string;
  id: string;
  /** Number of the entry that added it. */
  seq: number;
  /** The item as canonical JSON. */
  document: string;
}

/** The full-text index: one row for each text of an entry. SQLite's FTS5 keeps it. */
export interface SearchTable {
  text: string;
  incident: string;
  /** Hash of the entry. */
  entry: string;
}

/** What belongs to the workspace and is no part of a case: which incident is the current one, the id of this store, the seal on `schema_migration`. */
export interface SettingTable {
  name: string;
  value: string;
}

/** Migrations that ran; the last number must be the version that the file says it has. What was rewritten does not go with the seal (`migration-seal.ts`). */
export interface MigrationTable {
  number: number;
  name: string;
  applied_at: string;
}

/** All tables by name. */
export interface Tables {
  journal: JournalTable;
  incident: IncidentTable;
  actor: ActorTable;
  step: StepTable;
  note: NoteTable;
  command_run: CommandRunTable;
  action: ActionTable;
  finding: FindingTable;
  source_file: SourceFileTable;
  evidence: EvidenceTable;
  custody: CustodyTable;
  bag: BagTable;
  report: ReportTable;
  clock_doubt: ClockDoubtTable;
  clock: ItemTable;
  role: ItemTable;
  decision: ItemTable;
  task: ItemTable;
  asset: ItemTable;
  indicator: ItemTable;
  sighting: ItemTable;
  notice: ItemTable;
  hold: ItemTable;
  alert: ItemTable;
  silence: ItemTable;
  search: SearchTable;
  setting: SettingTable;
  schema_migration: MigrationTable;
}

/** An open store. */
export type Database = Kysely<Tables>;

/** The store within a transaction: what is read is of one moment. */
export type TransactionOf = Transaction<Tables>;
