/**
 * From journal to current state. `changeOf` is the one place that says what an entry does to an incident;
 * the store writes its result to tables, `applyEntry` folds it into memory, and `ir verify` compares both.
 */
import type { FileAccount, Finding } from '../detect/finding.ts';
import type {
  ClockDoubt,
  CommandRun,
  Incident,
  Instant,
  JournalEntry,
  KeyTimes,
  Note,
  Phase,
  StepState,
} from './incident.ts';
import { PHASES } from './incident.ts';
import type { RenderedReport, SourceFile } from './incident-store.ts';
import { clockDoubt } from './journal-clock.ts';
import type { EntryPayloads, EntryType, NoteKind } from './journal-entry.ts';

/** A note with what it is about, and the playbook variables it settles. */
export type KindNote = Note & {
  kind: NoteKind;
  variables: Readonly<Record<string, string>> | undefined;
};

/** Rows that an entry adds or replaces, each found by its key. */
export interface Change {
  incident: Incident | undefined;
  steps: readonly StepState[];
  notes: readonly KindNote[];
  commandRuns: readonly CommandRun[];
  /** Ids of findings that are no longer told on their own; they go before `findings` come. */
  supersededFindings: readonly string[];
  findings: readonly Finding[];
  sources: readonly SourceFile[];
  reports: readonly RenderedReport[];
  clockDoubts: readonly ClockDoubt[];
}

/** What `changeOf` must know of the state before an entry. */
export interface Known {
  incident: Incident | undefined;
  /** Sources saved so far, by `sourceKey`. */
  sources: ReadonlyMap<string, SourceFile>;
  /** Commands that were started and not finished, by step; the latest of each. */
  openRuns: ReadonlyMap<string, CommandRun>;
  /** Notes by sequence number; those that the entry names are enough. */
  notes: ReadonlyMap<number, KindNote>;
  /** The entry before this one in the incident. */
  last: { seq: number; at: Instant } | undefined;
}

type Typed<T extends EntryType> = Omit<JournalEntry, 'type' | 'payload'> & {
  type: T;
  payload: EntryPayloads[T];
};
type TypedEntry = { [T in EntryType]: Typed<T> }[EntryType];

const NOTHING: Change = {
  incident: undefined,
  steps: [],
  notes: [],
  commandRuns: [],
  supersededFindings: [],
  findings: [],
  sources: [],
  reports: [],
  clockDoubts: [],
};

/** What an entry does. Entries without payload (erased) and of unknown type say no more than when they were made. */
export function changeOf(entry: JournalEntry, known: Known): Change {
  const change = changeByPayload(entry, known);
  const doubt = clockDoubt(known.last, entry, known.incident?.status);
  return doubt === undefined ? change : { ...change, clockDoubts: [doubt] };
}

function changeByPayload(entry: JournalEntry, known: Known): Change {
  if (entry.payload === undefined) return NOTHING;
  const typed = entry as TypedEntry;
  if (typed.type === 'incident_opened') return { ...NOTHING, incident: openedIncident(typed) };
  if (known.incident === undefined) return NOTHING;
  return changeOfOpen(typed, known.incident, known);
}

function changeOfOpen(entry: TypedEntry, incident: Incident, known: Known): Change {
  const { seq, at, actor } = entry;
  switch (entry.type) {
    case 'incident_updated':
      return { ...NOTHING, incident: updatedIncident(incident, entry.payload.changes) };
    case 'note_added': {
      const { text, stepId, kind = 'note', happenedAt, variables } = entry.payload;
      const note = { seq, at, actor, text, stepId, kind, happenedAt, variables };
      return { ...NOTHING, notes: [{ ...note, corrections: [], withdrawn: undefined }] };
    }
    case 'note_corrected':
    case 'note_withdrawn': {
      const note = known.notes.get(entry.payload.note);
      return note === undefined ? NOTHING : { ...NOTHING, notes: [noteAfter(note, entry)] };
    }
    case 'step_done':
    case 'step_waived':
    case 'step_reopened':
      return { ...NOTHING, incident: acknowledged(incident, at), steps: [stepAfter(entry)] };
    case 'command_started':
    case 'command_finished':
      return {
        ...NOTHING,
        incident: acknowledged(incident, at),
        commandRuns: [commandRunAfter(entry, known.openRuns)],
      };
    case 'phase_changed':
      return {
        ...NOTHING,
        incident: incidentInPhase(incident, entry.payload, at),
        steps: entry.payload.waivedSteps.map((stepId) => ({
          stepId,
          phase: entry.payload.from,
          status: 'waived',
          reason: entry.payload.reason,
          at,
          actor,
        })),
      };
    case 'incident_closed':
      return { ...NOTHING, incident: withTimes({ ...incident, status: 'closed' }, { closed: at }) };
    case 'incident_reopened':
      return {
        ...NOTHING,
        incident: withTimes({ ...incident, status: 'open' }, { closed: undefined }),
      };
    case 'timeline_saved': {
      const { findings, files, superseded = [] } = entry.payload;
      const sources = newSources(files, known.sources, at, actor);
      return { ...NOTHING, supersededFindings: superseded, findings, sources };
    }
    case 'report_rendered':
      return { ...NOTHING, reports: [{ seq, at, actor, ...entry.payload }] };
    default:
      return NOTHING;
  }
}

function noteAfter(
  note: KindNote,
  entry: Typed<'note_corrected'> | Typed<'note_withdrawn'>,
): KindNote {
  const { seq, at, actor } = entry;
  if (entry.type === 'note_withdrawn') {
    return {
      ...note,
      withdrawn: note.withdrawn ?? { seq, at, actor, reason: entry.payload.reason },
    };
  }
  const { text, reason, kind = note.kind, happenedAt = note.happenedAt } = entry.payload;
  const corrections = [...note.corrections, { seq, at, actor, text, reason }];
  return { ...note, kind, happenedAt, corrections };
}

/** Values of playbook variables that notes settled; the latest of each name counts, withdrawn ones do not. */
export function settledVariables(
  notes: Iterable<Pick<KindNote, 'variables' | 'withdrawn'>>,
): Record<string, string> {
  const settled = new Map<string, string>();
  for (const { variables, withdrawn } of notes) {
    if (withdrawn !== undefined || typeof variables !== 'object' || variables === null) continue;
    for (const [name, value] of Object.entries(variables)) {
      if (typeof value === 'string') settled.set(name, value);
    }
  }
  return Object.fromEntries(settled);
}

const NO_TIMES: KeyTimes = {
  occurred: undefined,
  detected: undefined,
  acknowledged: undefined,
  declared: undefined,
  contained: undefined,
  eradicated: undefined,
  recovered: undefined,
  closed: undefined,
};

function openedIncident(entry: Typed<'incident_opened'>): Incident {
  const {
    times,
    key,
    title,
    description,
    severity,
    impact,
    urgency,
    type,
    determination,
    isDrill,
  } = entry.payload;
  return {
    id: entry.incident,
    key,
    title,
    description,
    severity,
    impact,
    urgency,
    type,
    phase: 'triage',
    status: 'open',
    determination,
    times: { ...NO_TIMES, declared: entry.at, ...times },
    openedBy: entry.actor,
    isDrill,
    phaseEntered: { triage: entry.at },
  };
}

function updatedIncident(
  incident: Incident,
  changes: EntryPayloads['incident_updated']['changes'],
): Incident {
  const { times, clearedTimes = [], ...fields } = changes;
  const cleared = Object.fromEntries(clearedTimes.map((name) => [name, undefined]));
  return withTimes({ ...incident, ...fields }, { ...cleared, ...times });
}

const withTimes = (incident: Incident, times: Partial<KeyTimes>): Incident => ({
  ...incident,
  times: { ...incident.times, ...times },
});

/** The first work on a checklist is the acknowledgement, unless a time was given before. */
const acknowledged = (incident: Incident, at: string): Incident | undefined =>
  incident.times.acknowledged === undefined ? withTimes(incident, { acknowledged: at }) : undefined;

/** The time that ends each phase. */
const TIME_OF_PHASE: Partial<Record<Phase, keyof KeyTimes>> = {
  containment: 'contained',
  eradication: 'eradicated',
  recovery: 'recovered',
};

/** Leaving a phase forward sets its time where none is set; going back to a phase takes it away again. */
function incidentInPhase(
  incident: Incident,
  { from, to }: EntryPayloads['phase_changed'],
  at: string,
): Incident {
  const times: Partial<KeyTimes> = {};
  if (incident.times.acknowledged === undefined) times.acknowledged = at;
  const [left, reached] = [PHASES.indexOf(from), PHASES.indexOf(to)];
  PHASES.forEach((phase, index) => {
    const name = TIME_OF_PHASE[phase];
    if (name === undefined) return;
    if (index >= left && index < reached) times[name] = incident.times[name] ?? at;
    if (index >= reached && index < left) times[name] = undefined;
    if (index === left && reached < left) times[name] = undefined;
  });
  const phaseEntered = { ...incident.phaseEntered, [to]: at };
  return withTimes({ ...incident, phase: to, phaseEntered }, times);
}

function stepAfter(
  entry: Typed<'step_done'> | Typed<'step_waived'> | Typed<'step_reopened'>,
): StepState {
  const { at, actor } = entry;
  const { stepId, phase } = entry.payload;
  switch (entry.type) {
    case 'step_done':
      return { stepId, phase, status: 'done', reason: '', at, actor };
    case 'step_waived':
      return { stepId, phase, status: 'waived', reason: entry.payload.reason, at, actor };
    case 'step_reopened':
      return { stepId, phase, status: 'pending', reason: entry.payload.reason, at, actor };
  }
}

/** A run keeps the sequence number and time of its start; one that never finished has no output hash. */
function commandRunAfter(
  entry: Typed<'command_started'> | Typed<'command_finished'>,
  openRuns: Known['openRuns'],
): CommandRun {
  const { stepId, argv, host } = entry.payload;
  const { seq, at, actor } = entry;
  const started = { seq, stepId, at, actor, host, argv };
  if (entry.type === 'command_started') {
    const output = { stdoutSha256: '', stderrSha256: '', stdoutHead: '', stderrHead: '' };
    return { ...started, exitCode: undefined, durationMs: 0, ...output };
  }
  const { exitCode, durationMs, stdoutSha256, stderrSha256, stdoutHead, stderrHead } =
    entry.payload;
  const output = { stdoutSha256, stderrSha256, stdoutHead, stderrHead };
  return { ...started, ...openRuns.get(stepId), exitCode, durationMs, ...output };
}

/** True for a command that was started and whose end was never recorded. */
export const isOpenRun = (run: CommandRun): boolean =>
  run.stdoutSha256 === '' && run.exitCode === undefined;

/** Files are told apart by content and path. */
export const sourceKey = (file: Pick<FileAccount, 'sha256' | 'path'>): string =>
  `${file.sha256}:${file.path}`;

/** The same content under two paths is one piece of evidence and has one number. */
function newSources(
  files: readonly FileAccount[],
  saved: Known['sources'],
  savedAt: string,
  savedBy: string,
): SourceFile[] {
  const numberOf = new Map<string, string>();
  for (const { sha256, evidenceNo } of saved.values()) numberOf.set(sha256, evidenceNo);
  const added = new Map<string, SourceFile>();
  for (const file of files) {
    // What was not read is accounted for in the saved timeline, but is no evidence.
    if (file.sha256 === '') continue;
    if (saved.has(sourceKey(file)) || added.has(sourceKey(file))) continue;
    const evidenceNo =
      numberOf.get(file.sha256) ??
      `E-${String(new Set(numberOf.values()).size + 1).padStart(3, '0')}`;
    numberOf.set(file.sha256, evidenceNo);
    added.set(sourceKey(file), { ...file, evidenceNo, savedAt, savedBy });
  }
  return [...added.values()];
}
