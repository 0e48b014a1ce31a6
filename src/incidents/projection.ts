/**
 * From journal to current state. `changeOf` is the one place that says what an entry does to an incident;
 * the store writes its result to tables, `replay` folds it into memory, and `ir verify` compares both.
 */
import type { Stamp } from './entry-kind.ts';
import type { Incident, JournalEntry } from './incident.ts';
import { parseEntry, type StoredEntry } from './journal-chain.ts';
import { clockDoubt } from './journal-clock.ts';
import { kindOf } from './journal-entry.ts';
import { absorb, type Change, emptyState, type IncidentState, type Known } from './projections.ts';

/** What an entry does. Entries without payload (erased) and of unknown kind say no more than when they were made. */
export function changeOf(entry: JournalEntry, known: Known): Change {
  const change = changeByPayload(entry, known);
  const doubt = clockDoubt(known.last, entry, known.incident?.status);
  return doubt === undefined ? change : { ...change, clockDoubts: [doubt] };
}

function changeByPayload(entry: JournalEntry, known: Known): Change {
  const kind = kindOf(entry.type);
  if (entry.payload === undefined || kind === undefined) return {};
  if (known.incident === undefined && kind.comesFirst !== true) return {};
  const { hash, incident, seq, at, actor } = entry;
  const stamp: Stamp = { id: hash, incident, seq, at, actor };
  return kind.apply(entry.payload, stamp, known as Known & { incident: Incident });
}

/** Folds one stored entry into `state`, in place. */
export function applyEntry(state: IncidentState, stored: StoredEntry): Change {
  const entry = parseEntry(stored, state.actors);
  const change = changeOf(entry, state);
  absorb(state, entry, change);
  return change;
}

/** The state after all `entries` of one incident, which come in the order of their numbers. */
export function replay(entries: Iterable<StoredEntry>): IncidentState {
  const state = emptyState();
  for (const entry of entries) applyEntry(state, entry);
  return state;
}
