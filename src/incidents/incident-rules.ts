/** What may happen to an incident: each function checks and gives the journal entries, or refuses. */
import { refusedError, usageError } from '../errors.ts';
import type { Incident, Instant, KeyTimes, Note, NoteKind, Status } from './incident.ts';
import type { IncidentDetail } from './incident-store.ts';
import { instantUs } from './instant.ts';
import type { EntryPayloads, NewEntry } from './journal-entry.ts';
import { assertTimesInOrder, SKEW_MS } from './key-times.ts';
import { checkPhaseChange, type RequiredStep } from './phase-gate.ts';

/** Who acts, and when. */
export interface Author {
  actor: string;
  now: Date;
}

type Opening = EntryPayloads['incident_opened'];
type Changes = EntryPayloads['incident_updated']['changes'];
type Detail = Pick<IncidentDetail, 'incident' | 'steps'>;

const MAX_TITLE = 200;
const MAX_TEXT = 100_000;

const stamp = ({ actor, now }: Author): { at: string; actor: string } => ({
  at: now.toISOString(),
  actor,
});

/** Opens an incident. When it was detected stays unknown unless told: all metrics are measured from there. */
export function openIncident(opening: Opening, author: Author): NewEntry {
  const title = checkTitle(opening.title);
  checkText(opening.description, 'description');
  const at = author.now.toISOString();
  const times = definedOnly(opening.times);
  const all = { ...times, declared: times.declared ?? at } as KeyTimes;
  assertTimesInOrder(all, Object.keys(times) as (keyof KeyTimes)[], author.now);
  return { type: 'incident_opened', payload: { ...opening, title, times }, ...stamp(author) };
}

/** Changes fields. A closed incident takes corrections only with a reason; its status has its own commands. */
export function updateIncident(
  incident: Incident,
  changes: Changes,
  reason: string,
  author: Author,
): NewEntry {
  if (Object.keys(changes).length === 0) {
    throw usageError('nothing to change', 'Name at least one field; see: ir update --help');
  }
  if (incident.status === 'closed')
    assertReason(reason, `changing ${incident.key}, which is closed,`);
  if (changes.status !== undefined) assertStatus(incident, changes.status);
  if (changes.title !== undefined) changes = { ...changes, title: checkTitle(changes.title) };
  if (changes.description !== undefined) checkText(changes.description, 'description');
  if (changes.clearedTimes?.includes('declared'))
    throw usageError(`${incident.key} must keep the time it was declared`);
  const cleared = Object.fromEntries((changes.clearedTimes ?? []).map((name) => [name, undefined]));
  const times = { ...incident.times, ...cleared, ...changes.times };
  assertTimesInOrder(times, Object.keys(changes.times ?? {}) as (keyof KeyTimes)[], author.now);
  return {
    type: 'incident_updated',
    payload: { changes, reason: reason.trim() },
    ...stamp(author),
  };
}

/** Moves an incident to another phase; see `checkPhaseChange`. */
export const changePhase = (
  detail: Detail,
  to: Incident['phase'],
  requiredSteps: readonly RequiredStep[],
  reason: string,
  author: Author,
): NewEntry => ({
  type: 'phase_changed',
  payload: checkPhaseChange(detail, to, requiredSteps, reason),
  ...stamp(author),
});

/** Adds a note. Closed incidents take notes as well: the post-mortem is written then. */
export function addNote(
  text: string,
  { kind = 'note', happenedAt }: NoteFacts,
  author: Author,
): Extract<NewEntry, { type: 'note_added' }> {
  const payload = {
    text: checkNote(text, author, happenedAt),
    kind,
    ...(happenedAt === undefined ? {} : { happenedAt }),
  };
  return { type: 'note_added', payload, ...stamp(author) };
}

/** What a note may carry beside its text. */
export interface NoteFacts {
  kind?: NoteKind | undefined;
  happenedAt?: Instant | undefined;
}

/**
 * Says what an earlier note should have said. Its old text stays in the journal, struck out.
 * @throws IrError (exit 2, 6) when the text is empty, or the note was withdrawn
 */
export function correctNote(
  note: Pick<Note, 'id' | 'seq' | 'withdrawn'>,
  text: string,
  { kind, happenedAt }: NoteFacts,
  reason: string,
  author: Author,
): Extract<NewEntry, { type: 'item_corrected' }> {
  assertStanding(note);
  const changes = {
    text: checkNote(text, author, happenedAt),
    ...(kind === undefined ? {} : { kind }),
    ...(happenedAt === undefined ? {} : { happenedAt }),
  };
  const payload = { of: 'note' as const, id: note.id, changes, reason: reason.trim() };
  return { type: 'item_corrected', payload, ...stamp(author) };
}

/**
 * Takes a note back. It stays in the journal, struck out.
 * @throws IrError (exit 6) without a reason, or when it was withdrawn before
 */
export function withdrawNote(
  note: Pick<Note, 'id' | 'seq' | 'withdrawn'>,
  reason: string,
  author: Author,
): Extract<NewEntry, { type: 'item_withdrawn' }> {
  assertStanding(note);
  assertReason(reason, `withdrawing note ${note.seq}`);
  const payload = { of: 'note' as const, id: note.id, reason: reason.trim() };
  return { type: 'item_withdrawn', payload, ...stamp(author) };
}

function assertStanding({ seq, withdrawn }: Pick<Note, 'seq' | 'withdrawn'>): void {
  if (withdrawn === undefined) return;
  throw refusedError(
    `note ${seq} was withdrawn at ${withdrawn.at} by ${withdrawn.actor}`,
    'Write a new one with: ir note "..."',
  );
}

function checkNote(text: string, { now }: Author, happenedAt: Instant | undefined): string {
  const trimmed = text.trim();
  if (trimmed === '')
    throw usageError('the note is empty', 'Give its text, or - to read it from stdin.');
  checkText(trimmed, 'note');
  if (happenedAt !== undefined && instantUs(happenedAt) > (now.getTime() + SKEW_MS) * 1_000) {
    throw refusedError(
      `--at (${happenedAt}) lies in the future: it is ${now.toISOString()} now`,
      'A note tells what has happened; correct the time, or the clock of this machine.',
    );
  }
  return trimmed;
}

/** Closes an incident that has reached its last phase, or any with a reason; what it was must be decided. */
export function closeIncident({ incident }: Detail, reason: string, author: Author): NewEntry {
  const { key, status, phase, determination } = incident;
  if (status === 'closed') throw refusedError(`${key} is closed already`);
  if (determination === 'suspected') {
    throw refusedError(
      `${key} is still only suspected`,
      'Say what it was: --determination confirmed, blocked, failed_attempt or false_positive.',
    );
  }
  if (phase !== 'post_incident') {
    assertReason(reason, `closing ${key} in phase ${phase}, before post_incident,`);
  }
  const closed = author.now.toISOString();
  assertTimesInOrder({ ...incident.times, closed }, ['closed'], author.now);
  return { type: 'incident_closed', payload: { reason: reason.trim() }, ...stamp(author) };
}

/** Opens a closed incident again; phase, times and history stay. */
export function reopenIncident(incident: Incident, reason: string, author: Author): NewEntry {
  if (incident.status !== 'closed') {
    throw refusedError(`${incident.key} is not closed: its status is ${incident.status}`);
  }
  assertReason(reason, `reopening ${incident.key}`);
  return { type: 'incident_reopened', payload: { reason: reason.trim() }, ...stamp(author) };
}

function assertReason(reason: string, what: string): void {
  if (reason.trim() !== '') return;
  throw refusedError(`${what} needs a reason`, 'Give it with --reason "...".');
}

function assertStatus(incident: Incident, status: Status): void {
  if (status === 'closed')
    throw usageError('an incident is not closed by an update', 'Use: ir close');
  if (incident.status === 'closed') {
    throw usageError(`${incident.key} is closed`, 'Use: ir reopen --reason "..."');
  }
}

/**
 * The title as it is kept.
 * @throws IrError (exit 2) when it is empty or too long
 */
export function checkTitle(title: string): string {
  const trimmed = title.replace(/\s+/g, ' ').trim();
  if (trimmed === '')
    throw usageError('the title is empty', 'Give one: ir open "what was seen, and where"');
  if (trimmed.length > MAX_TITLE) {
    throw usageError(
      `the title has ${trimmed.length} characters; ${MAX_TITLE} is the most`,
      'Put the details into --description.',
    );
  }
  return trimmed;
}

function checkText(text: string, what: string): void {
  if (text.length <= MAX_TEXT) return;
  throw usageError(
    `the ${what} has ${text.length} characters; ${MAX_TEXT} is the most`,
    'Keep the long text as a file and cite it.',
  );
}

const definedOnly = (times: Partial<KeyTimes>): Partial<KeyTimes> =>
  Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
