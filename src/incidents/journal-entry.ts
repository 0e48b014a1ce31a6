/**
 * The kinds of journal entries and their payloads: everything that can happen to an incident.
 * A payload is plain JSON. New kinds may be added; the shape of an existing one never changes.
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
    /** Values of playbook variables that the note settles, by name; the latest one counts. */
    variables?: Readonly<Record<string, string>>;
  };
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
  };
  report_rendered: { path: string; sha256: string; template: string };
}

export const NOTE_KINDS = [
  'note',
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

/** An entry to be appended; sequence, hashes and incident are the store's. */
export type NewEntry = {
  [T in EntryType]: { type: T; payload: EntryPayloads[T]; at: Instant; actor: string };
}[EntryType];
