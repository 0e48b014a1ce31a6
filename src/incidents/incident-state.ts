/** The state of one incident in memory, made by replaying its journal entries in order. */
import type { Finding } from '../detect/finding.ts';
import type {
  ClockDoubt,
  CommandRun,
  Incident,
  Instant,
  JournalEntry,
  StepState,
} from './incident.ts';
import type { RenderedReport, SourceFile } from './incident-store.ts';
import { type Change, changeOf, isOpenRun, type KindNote, sourceKey } from './projection.ts';

/** Every projection of one incident. Maps keep the order in which keys first appeared. */
export interface IncidentState {
  incident: Incident | undefined;
  steps: Map<string, StepState>;
  notes: Map<number, KindNote>;
  commandRuns: Map<number, CommandRun>;
  findings: Map<string, Finding>;
  sources: Map<string, SourceFile>;
  reports: Map<number, RenderedReport>;
  clockDoubts: Map<number, ClockDoubt>;
  /** Latest unfinished command of each step. */
  openRuns: Map<string, CommandRun>;
  /** The newest entry. */
  last: { seq: number; at: Instant } | undefined;
}

/** The state before the first entry. */
export const emptyState = (): IncidentState => ({
  incident: undefined,
  steps: new Map(),
  notes: new Map(),
  commandRuns: new Map(),
  findings: new Map(),
  sources: new Map(),
  reports: new Map(),
  clockDoubts: new Map(),
  openRuns: new Map(),
  last: undefined,
});

/** Folds one entry into `state`, in place. */
export function applyEntry(state: IncidentState, entry: JournalEntry): void {
  absorb(state, entry, changeOf(entry, state));
}

/** Puts the rows of an entry's change into `state`, in place. */
export function absorb(state: IncidentState, { seq, at }: JournalEntry, change: Change): void {
  state.last = { seq, at };
  if (change.incident !== undefined) state.incident = change.incident;
  for (const step of change.steps) state.steps.set(step.stepId, step);
  for (const note of change.notes) state.notes.set(note.seq, note);
  for (const run of change.commandRuns) {
    state.commandRuns.set(run.seq, run);
    if (isOpenRun(run)) state.openRuns.set(run.stepId, run);
    else state.openRuns.delete(run.stepId);
  }
  for (const id of change.supersededFindings) state.findings.delete(id);
  for (const finding of change.findings) state.findings.set(finding.id, finding);
  for (const source of change.sources) state.sources.set(sourceKey(source), source);
  for (const report of change.reports) state.reports.set(report.seq, report);
  for (const doubt of change.clockDoubts) state.clockDoubts.set(doubt.seq, doubt);
}

/** The state after all `entries` of one incident. */
export function replay(entries: Iterable<JournalEntry>): IncidentState {
  const state = emptyState();
  for (const entry of entries) applyEntry(state, entry);
  return state;
}
