/**
 * The kinds of journal entries and their payloads: everything that can happen to an incident.
 * A payload is plain JSON. New kinds may be added, and members that may be absent; nothing else changes.
 */
import type { FileAccount, Finding } from '../detect/finding.ts';
import type {
  Degree,
  Determination,
  Instant,
  KeyTimes,
  Phase,
  Severity,
  Status,
} from './incident.ts';

export interface EntryPayloads {
  incident_opened: {
    key: string;
    title: string;
    description: string;
    severity: Severity;
    impact: Degree;
    urgency: Degree;
    type: string;
    determination: Determination;
    isDrill: boolean;
    times: Partial<KeyTimes>;
  };
  /** Only the changed fields; `reason` where the rules ask for one. */
  incident_updated: {
    changes: {
      title?: string;
      description?: string;
      severity?: Severity;
      impact?: Degree;
      urgency?: Degree;
      type?: string;
      determination?: Determination;
      status?: Status;
      times?: Partial<KeyTimes>;
      /** Key times that are not known after all. */
      clearedTimes?: readonly (keyof KeyTimes)[];
    };
    reason: string;
  };
  note_added: {
    text: string;
    stepId?: string;
    kind?: NoteKind;
    /** When what the note tells happened, where that is another time than that of the entry. */
    happenedAt?: Instant;
    /** Values of playbook variables that the note settles, by name; the latest one counts. */
    variables?: Readonly<Record<string, string>>;
  };
  /** What a note should have said; `note` is the sequence number of its entry. The old text stays in the journal. */
  note_corrected: {
    note: number;
    text: string;
    kind?: NoteKind;
    happenedAt?: Instant;
    reason: string;
  };
  /** A note that no longer counts. */
  note_withdrawn: { note: number; reason: string };
  step_done: { stepId: string; phase: Phase; note: string };
  step_waived: { stepId: string; phase: Phase; reason: string };
  /** The step is pending again. */
  step_reopened: { stepId: string; phase: Phase; reason: string };
  /** Written before the command starts, so that a kill leaves a trace. */
  command_started: { stepId: string; argv: readonly string[]; host: string; user: string };
  command_finished: {
    stepId: string;
    argv: readonly string[];
    host: string;
    user: string;
    exitCode: number | undefined;
    durationMs: number;
    stdoutSha256: string;
    stderrSha256: string;
    stdoutHead: string;
    stderrHead: string;
  };
  phase_changed: { from: Phase; to: Phase; reason: string; waivedSteps: readonly string[] };
  incident_closed: { reason: string };
  incident_reopened: { reason: string };
  timeline_saved: {
    findings: readonly Finding[];
    files: readonly FileAccount[];
    argv: readonly string[];
    /** Ids of findings saved before that now stand within another one. */
    superseded?: readonly string[];
  };
  /**
   * The payload of an earlier entry of this incident was erased by this one. Without it a payload that is
   * gone was taken away by somebody, and the journal does not hold.
   */
  payload_erased: { entry: number; payloadHash: string; reason: string };
  report_rendered: { path: string; sha256: string; template: string };
}

export const NOTE_KINDS = [
  'note',
  'detection',
  'impact',
  'factor',
  'went_well',
  'went_badly',
  'lucky',
  'action_item',
] as const;
/** What a note is about; the post-mortem sorts by it. */
export type NoteKind = (typeof NOTE_KINDS)[number];

export type EntryType = keyof EntryPayloads;

/** Kinds whose payload may be erased: what they do to the incident is no more than show their own text. */
export const ERASABLE: ReadonlySet<string> = new Set<EntryType>([
  'note_added',
  'note_corrected',
  'note_withdrawn',
  'timeline_saved',
  'command_started',
  'command_finished',
  'report_rendered',
]);

/** An entry to be appended; sequence, hashes and incident are the store's. */
export type NewEntry = {
  [T in EntryType]: { type: T; payload: EntryPayloads[T]; at: Instant; actor: string };
}[EntryType];
