/** Between the domain's objects and table rows, both ways. */
import type { Finding } from '../detect/finding.ts';
import type { LoggedEntry } from '../incidents/append-entries.ts';
import { canonicalJson } from '../incidents/canonical-json.ts';
import type { CustodyEvent, EvidenceItem, WrittenBag } from '../incidents/evidence.ts';
import {
  type ActionState,
  type Actor,
  type ClockDoubt,
  type CommandRun,
  type Incident,
  type KeyTimes,
  type Note,
  type StepState,
  TIME_NAMES,
} from '../incidents/incident.ts';
import type { RenderedReport, SourceFile } from '../incidents/incident-store.ts';
import type { Item } from '../incidents/items.ts';
import type * as schema from './schema.ts';

const orUndefined = <T>(value: T | null): T | undefined => (value === null ? undefined : value);
const orNull = <T>(value: T | undefined): T | null => (value === undefined ? null : value);

/** A row of the journal; an erased payload is null. */
export const entryToRow = (entry: LoggedEntry): schema.JournalTable => ({
  number: entry.number,
  incident: entry.incident,
  writer: entry.writer,
  seq: entry.seq,
  at: entry.at,
  actor: entry.actor,
  type: entry.type,
  payload: orNull(entry.payloadText),
  payload_hash: entry.payloadHash,
  prev_hash: entry.prevHash,
  hash: entry.hash,
  store_head: entry.storeHead,
});

/** The entry as it was logged, its payload still text. */
export const entryFromRow = (row: schema.JournalTable): LoggedEntry => ({
  number: row.number,
  incident: row.incident,
  writer: row.writer,
  seq: row.seq,
  at: row.at,
  actor: row.actor,
  type: row.type,
  payloadText: orUndefined(row.payload),
  payloadHash: row.payload_hash,
  prevHash: row.prev_hash,
  hash: row.hash,
  storeHead: row.store_head,
});

/** A row with a column for each time; those that are not known are null. */
export function incidentToRow(incident: Incident): schema.IncidentTable {
  const { times, openedBy, isDrill, phaseEntered, facts, ...same } = incident;
  const columns = Object.fromEntries(TIME_NAMES.map((name) => [name, orNull(times[name])]));
  return {
    ...same,
    ...(columns as Record<keyof KeyTimes, string | null>),
    opened_by: openedBy,
    is_drill: isDrill ? 1 : 0,
    phase_entered: canonicalJson(phaseEntered),
    facts: canonicalJson(facts),
  };
}

/** The incident; words are taken as they stand, `ir verify` compares them with the journal. */
export function incidentFromRow(row: schema.IncidentTable): Incident {
  const times = Object.fromEntries(TIME_NAMES.map((name) => [name, orUndefined(row[name])]));
  return {
    id: row.id,
    key: row.key,
    title: row.title,
    description: row.description,
    severity: row.severity as Incident['severity'],
    impact: row.impact as Incident['impact'],
    urgency: row.urgency as Incident['urgency'],
    type: row.type,
    phase: row.phase as Incident['phase'],
    status: row.status as Incident['status'],
    determination: row.determination as Incident['determination'],
    times: times as KeyTimes,
    openedBy: row.opened_by,
    isDrill: row.is_drill === 1,
    phaseEntered: JSON.parse(row.phase_entered) as Incident['phaseEntered'],
    facts: JSON.parse(row.facts) as Incident['facts'],
  };
}

/** A row of an incident's actor. */
export const actorToRow = (incident: string, { id, name }: Actor): schema.ActorTable => ({
  ...{ incident, id, name },
});

/** The actor, without the incident. */
export const actorFromRow = ({ id, name }: schema.ActorTable): Actor => ({ id, name });

/** A row of a step, with the last answer. */
export const stepToRow = (incident: string, step: StepState): schema.StepTable => ({
  incident,
  step_id: step.stepId,
  phase: step.phase,
  status: step.status,
  reason: step.reason,
  at: orNull(step.at),
  actor: step.actor,
});

/** The step as it stands. */
export const stepFromRow = (row: schema.StepTable): StepState => ({
  stepId: row.step_id,
  phase: row.phase as StepState['phase'],
  status: row.status as StepState['status'],
  reason: row.reason,
  at: orUndefined(row.at),
  actor: row.actor,
});

/** A row of a note; corrections, withdrawal and variables as canonical JSON. */
export const noteToRow = (incident: string, note: Note): schema.NoteTable => ({
  incident,
  id: note.id,
  seq: note.seq,
  at: note.at,
  actor: note.actor,
  kind: note.kind,
  text: note.text,
  step_id: orNull(note.stepId),
  happened_at: orNull(note.happenedAt),
  corrections: canonicalJson(note.corrections),
  withdrawn: note.withdrawn === undefined ? null : canonicalJson(note.withdrawn),
  variables: note.variables === undefined ? null : canonicalJson(note.variables),
});

/** The note with its corrections, the oldest first. */
export const noteFromRow = (row: schema.NoteTable): Note => ({
  id: row.id,
  seq: row.seq,
  at: row.at,
  actor: row.actor,
  text: row.text,
  stepId: orUndefined(row.step_id),
  kind: row.kind as Note['kind'],
  happenedAt: orUndefined(row.happened_at),
  variables: row.variables === null ? undefined : JSON.parse(row.variables),
  corrections: row.corrections === '[]' ? [] : (JSON.parse(row.corrections) as []),
  withdrawn: row.withdrawn === null ? undefined : JSON.parse(row.withdrawn),
});

/** A row of a command; its words as a JSON array. */
export const commandRunToRow = (incident: string, run: CommandRun): schema.CommandRunTable => ({
  incident,
  id: run.id,
  role: run.role,
  seq: run.seq,
  step_id: run.stepId,
  at: run.at,
  actor: run.actor,
  host: run.host,
  argv: canonicalJson(run.argv),
  exit_code: orNull(run.exitCode),
  duration_ms: run.durationMs,
  stdout_sha256: run.stdoutSha256,
  stderr_sha256: run.stderrSha256,
  stdout_head: run.stdoutHead,
  stderr_head: run.stderrHead,
});

/** The command; `exitCode` is undefined where none is recorded. */
export const commandRunFromRow = (row: schema.CommandRunTable): CommandRun => ({
  id: row.id,
  role: row.role as CommandRun['role'],
  seq: row.seq,
  stepId: row.step_id,
  at: row.at,
  actor: row.actor,
  host: row.host,
  argv: JSON.parse(row.argv) as string[],
  exitCode: orUndefined(row.exit_code),
  durationMs: row.duration_ms,
  stdoutSha256: row.stdout_sha256,
  stderrSha256: row.stderr_sha256,
  stdoutHead: row.stdout_head,
  stderrHead: row.stderr_head,
});

/** A row of an action: what is asked for in columns, all of it as canonical JSON. */
export const actionToRow = (incident: string, action: ActionState): schema.ActionTable => ({
  incident,
  id: action.id,
  no: action.no,
  seq: action.seq,
  state: action.state,
  until: orNull(action.until),
  document: canonicalJson(action),
});

/** Columns count over the document, as with findings. */
export const actionFromRow = (row: schema.ActionTable): ActionState => ({
  ...ABSENT_OF_ACTION,
  ...(JSON.parse(row.document) as ActionState),
  id: row.id,
  no: row.no,
  seq: row.seq,
  state: row.state as ActionState['state'],
  until: orUndefined(row.until),
});

/** Members that JSON leaves out where they are undefined. */
const ABSENT_OF_ACTION = {
  stepId: undefined,
  irreversible: undefined,
  plan: undefined,
  before: undefined,
  after: undefined,
};

/** A row of a finding: what it is sorted by in columns, all of it as canonical JSON. */
export const findingToRow = (incident: string, finding: Finding): schema.FindingTable => ({
  incident,
  id: finding.id,
  level: finding.level,
  first_us: orNull(finding.firstUs),
  document: canonicalJson(finding),
});

/** Columns count over the document, so that a changed column shows in a comparison. */
export const findingFromRow = (row: schema.FindingTable): Finding => ({
  ...(JSON.parse(row.document) as Finding),
  id: row.id,
  level: row.level as Finding['level'],
  firstUs: orUndefined(row.first_us),
});

/** A row of a log file: what it is known by in columns, all of it as canonical JSON. */
export const sourceToRow = (incident: string, source: SourceFile): schema.SourceFileTable => ({
  incident,
  sha256: source.sha256,
  path: source.path,
  evidence_no: source.evidenceNo,
  document: canonicalJson(source),
});

/** Columns count over the document, as with findings. */
export const sourceFromRow = (row: schema.SourceFileTable): SourceFile => ({
  ...(JSON.parse(row.document) as SourceFile),
  path: row.path,
  sha256: row.sha256,
  evidenceNo: row.evidence_no,
});

/** A row of a piece of evidence: what it is found by in columns, all of it as canonical JSON. */
export const evidenceToRow = (incident: string, item: EvidenceItem): schema.EvidenceTable => ({
  incident,
  id: item.id,
  evidence_no: item.evidenceNo,
  sha256: item.sha256,
  document: canonicalJson(item),
});

/** Columns count over the document, as with findings. */
export const evidenceFromRow = (row: schema.EvidenceTable): EvidenceItem => ({
  ...(JSON.parse(row.document) as EvidenceItem),
  id: row.id,
  evidenceNo: row.evidence_no,
  sha256: row.sha256,
});

/** A row of an event of custody. */
export const custodyToRow = (incident: string, event: CustodyEvent): schema.CustodyTable => ({
  incident,
  id: event.id,
  evidence: event.evidence,
  seq: event.seq,
  document: canonicalJson(event),
});

/** Columns count over the document, as with findings. */
export const custodyFromRow = (row: schema.CustodyTable): CustodyEvent => ({
  ...(JSON.parse(row.document) as CustodyEvent),
  id: row.id,
  evidence: row.evidence,
  seq: row.seq,
});

/** A row of a bag that was written. */
export const bagToRow = (incident: string, bag: WrittenBag): schema.BagTable => ({
  incident,
  id: bag.id,
  seq: bag.seq,
  document: canonicalJson(bag),
});

/** Columns count over the document, as with findings. */
export const bagFromRow = (row: schema.BagTable): WrittenBag => ({
  ...(JSON.parse(row.document) as WrittenBag),
  id: row.id,
  seq: row.seq,
});

/** A row of a report that was written. */
export const reportToRow = (incident: string, report: RenderedReport): schema.ReportTable => ({
  incident,
  ...report,
});

/** The report, without the incident. */
export const reportFromRow = ({ incident: _, ...report }: schema.ReportTable): RenderedReport =>
  report;

/** A row of an item of any collection. */
export const itemToRow = (incident: string, item: Item): schema.ItemTable => ({
  ...{ incident, id: item.id, seq: item.seq },
  document: canonicalJson(item),
});

/** Columns count over the document, as with findings. */
export const itemFromRow = <I extends Item>(row: schema.ItemTable): I => ({
  ...(JSON.parse(row.document) as I),
  id: row.id,
  seq: row.seq,
});

/** A row of an entry whose time is in doubt; the entry before it in columns of its own. */
export const clockDoubtToRow = (incident: string, doubt: ClockDoubt): schema.ClockDoubtTable => ({
  incident,
  id: doubt.id,
  seq: doubt.seq,
  at: doubt.at,
  before_seq: doubt.before.seq,
  before_at: doubt.before.at,
  kind: doubt.kind,
});

/** The doubt, without the incident. */
export const clockDoubtFromRow = (row: schema.ClockDoubtTable): ClockDoubt => ({
  id: row.id,
  seq: row.seq,
  at: row.at,
  before: { seq: row.before_seq, at: row.before_at },
  kind: row.kind as ClockDoubt['kind'],
});
