/**
 * Everything that can happen to an incident: the table of all kinds of entries. Kinds may be added, and members that
 * may be absent; nothing else changes.
 */
import type { z as Zod } from 'zod';
import type { EntryKind } from './entry-kind.ts';
import type { Instant } from './incident.ts';
import { ALERT_KINDS } from './kinds/alert-kinds.ts';
import { CHECKLIST_KINDS } from './kinds/checklist-kinds.ts';
import { DRILL_KINDS } from './kinds/drill-kinds.ts';
import { EVIDENCE_KINDS } from './kinds/evidence-kinds.ts';
import { INCIDENT_KINDS } from './kinds/incident-kinds.ts';
import { JOURNAL_KINDS } from './kinds/journal-kinds.ts';
import { NOTE_ENTRY_KINDS } from './kinds/note-kinds.ts';
import { PEOPLE_KINDS } from './kinds/people-kinds.ts';
import { REPORT_KINDS } from './kinds/report-kinds.ts';
import { RESPONSE_KINDS } from './kinds/response-kinds.ts';
import { RETENTION_KINDS } from './kinds/retention-kinds.ts';

/** Every kind by the name that entries have it under. */
export const ENTRY_KINDS = {
  ...INCIDENT_KINDS,
  ...NOTE_ENTRY_KINDS,
  ...CHECKLIST_KINDS,
  ...EVIDENCE_KINDS,
  ...REPORT_KINDS,
  ...RESPONSE_KINDS,
  ...PEOPLE_KINDS,
  ...DRILL_KINDS,
  ...RETENTION_KINDS,
  ...ALERT_KINDS,
  ...JOURNAL_KINDS,
};

/** The name of a kind that this version knows. */
export type EntryType = keyof typeof ENTRY_KINDS;

/** Payloads by kind, as the schemas have them. */
export type EntryPayloads = {
  [T in EntryType]: Zod.output<ReturnType<(typeof ENTRY_KINDS)[T]['schema']>>;
};

/** An entry to be appended; numbers, hashes, salt and incident are the store's. */
export type NewEntry = {
  [T in EntryType]: { type: T; payload: EntryPayloads[T]; at: Instant; actor: string };
}[EntryType];

/** The declaration of a kind; undefined for one that this version does not know. */
export const kindOf = (type: string): EntryKind<unknown> | undefined =>
  Object.hasOwn(ENTRY_KINDS, type)
    ? (ENTRY_KINDS[type as EntryType] as unknown as EntryKind<unknown>)
    : undefined;
