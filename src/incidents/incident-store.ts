/** What the domain asks of a store. `src/store/` implements it; the domain never sees a database handle. */
import type { FileAccount, Finding } from '../detect/finding.ts';
import type { CommandRun, Incident, JournalEntry, Note, StepState } from './incident.ts';
import type { NewEntry, NoteKind } from './journal-entry.ts';

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

/** The whole incident, as `ir show --json` prints it. */
export interface IncidentDetail {
  incident: Incident;
  steps: readonly StepState[];
  notes: readonly (Note & { kind: NoteKind })[];
  commandRuns: readonly CommandRun[];
  findings: readonly Finding[];
  sources: readonly SourceFile[];
  /** Reports that were written, oldest first. */
  reports?: readonly RenderedReport[];
  journal: readonly JournalEntry[];
  /** Hash of the latest journal entry of the whole store, hex: the chain head. */
  head: string;
}

export interface VerifyResult {
  isIntact: boolean;
  entries: number;
  erasedPayloads: number;
  head: string;
  /** The first broken entry and what is wrong with it. */
  problem: { seq: number; reason: string } | undefined;
  /** Projections that differ from what the journal says, and damage of the file; one sentence part each. */
  staleProjections: readonly string[];
}

export interface IncidentStore {
  /** The workspace folder. */
  readonly folder: string;
  /**
   * Appends entries and updates the projections in one transaction (durable when the promise resolves).
   * Entries that depend on the state are given as a function: it is called inside the transaction with the
   * state before and may throw to refuse. `guard` is called there as well, first.
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
