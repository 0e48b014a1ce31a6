/** What the domain asks of a store. `src/store/` implements it; the domain never sees a database handle. */
import type { FileAccount, Finding } from '../detect/finding.ts';
import type { ClockDoubt, CommandRun, Incident, JournalEntry, StepState } from './incident.ts';
import type { NewEntry } from './journal-entry.ts';
import type { KindNote } from './projection.ts';

/** A report that was written for the incident. */
export interface RenderedReport {
  seq: number;
  at: string;
  actor: string;
  path: string;
  sha256: string;
  template: string;
}

/** An evidence source: a log file that findings cite, as first saved. */
export interface SourceFile extends FileAccount {
  /** E-001, E-002, ... within the incident, in order of first saving. */
  evidenceNo: string;
  savedAt: string;
  savedBy: string;
}

/** The incident as it stands. Its notes and its journal can be long and are read on their own. */
export interface IncidentDetail {
  incident: Incident;
  steps: readonly StepState[];
  commandRuns: readonly CommandRun[];
  findings: readonly Finding[];
  sources: readonly SourceFile[];
  /** Reports that were written, oldest first. */
  reports?: readonly RenderedReport[];
  /** Values of playbook variables that notes settled, by name. */
  variables: Readonly<Record<string, string>>;
  /** Entries whose time does not go with that of the one before, oldest first. */
  clockDoubts: readonly ClockDoubt[];
  /** Hash of the latest journal entry of the whole store, hex: the chain head. */
  head: string;
}

/** With what is read on its own. */
export interface WholeIncident extends IncidentDetail {
  notes: readonly KindNote[];
  journal: readonly JournalEntry[];
}

/** Reads the incident with all its notes and its journal. */
export async function loadWhole(store: IncidentStore, id: string): Promise<WholeIncident> {
  const detail = await store.load(id);
  return { ...detail, notes: await store.notes(id), journal: await store.journal(id) };
}

export interface VerifyResult {
  isIntact: boolean;
  entries: number;
  erasedPayloads: number;
  head: string;
  /** The first broken entry and what is wrong with it. */
  problem: { seq: number; reason: string } | undefined;
  /** Projections that differ from what the journal says; one sentence part each. `rebuild` mends them. */
  staleProjections: readonly string[];
  /** What is wrong with the store around the journal: file, tables, triggers, migrations, settings. */
  storeProblems: readonly string[];
  /** Entries whose time does not go with that of the one before, of all incidents. */
  clockDoubts: readonly ClockDoubt[];
}

export interface IncidentStore {
  /** The workspace folder. */
  readonly folder: string;
  /**
   * Appends entries and updates the projections in one transaction (durable when the promise resolves).
   * Entries that depend on the state are given as a function: it is called inside the transaction with the
   * state before and may throw to refuse. `guard` is called there as well, first. A `payload_erased` entry
   * takes the payload that it names away in the same transaction.
   */
  append(
    incidentId: string,
    entries: readonly NewEntry[] | ((before: IncidentDetail | undefined) => readonly NewEntry[]),
    guard?: (before: IncidentDetail | undefined) => void,
  ): Promise<readonly JournalEntry[]>;
  /** The journal entry whose hash starts with this hex text, if exactly one does. */
  entryByHash(start: string): Promise<JournalEntry | undefined>;
  /** By key (INC-2026-0001, any case) or id. */
  find(keyOrId: string): Promise<Incident | undefined>;
  list(): Promise<readonly Incident[]>;
  /** Throws when there is no such incident. */
  load(incidentId: string): Promise<IncidentDetail>;
  /** The notes of an incident, oldest first; with `latest` only so many of the newest. */
  notes(incidentId: string, latest?: number): Promise<readonly KindNote[]>;
  /** The note of that journal entry, if it is one of the incident's. */
  note(incidentId: string, seq: number): Promise<KindNote | undefined>;
  /** How many notes an incident has. */
  countNotes(incidentId: string): Promise<number>;
  /** The journal entries of an incident, oldest first. */
  journal(incidentId: string): Promise<readonly JournalEntry[]>;
  /** The key that the next incident of that year gets. */
  nextKey(year: number): Promise<string>;
  currentIncidentId(): Promise<string | undefined>;
  setCurrentIncidentId(incidentId: string): Promise<void>;
  verify(): Promise<VerifyResult>;
  /**
   * Makes every projection anew from the journal, in one transaction.
   * @throws IrError (exit 7) when the journal itself does not hold
   */
  rebuild(): Promise<void>;
  close(): Promise<void>;
}

/** Is a table of ours missing or of another shape? Its rows can neither be compared nor made anew. */
export const isTableBroken = (problem: string): boolean =>
  /^the table \S+ (?:is missing|was changed)$/.test(problem);
