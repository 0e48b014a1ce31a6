/** What is written when entries are added to an incident. Pure: every store writes what this gives. */
import { refusedError } from '../errors.ts';
import type { ClockDoubt, JournalEntry } from './incident.ts';
import { headAfter, parseEntry, type StoredEntry, sealEntry } from './journal-chain.ts';
import { type EntryPayloads, kindOf, type NewEntry } from './journal-entry.ts';
import { changeOf } from './projection.ts';
import { absorb, type Change, type IncidentState } from './projections.ts';
import { STORE_JOURNAL } from './store-journal.ts';

/** An entry in the log of its store. */
export interface LoggedEntry extends StoredEntry {
  /** 1, 2, 3, ... over all incidents of the store, in the order in which they came. */
  number: number;
  storeHead: string;
}

/** Where an incident's journal and the store's log end. */
export interface Ends {
  /** Id of the store, which writes. */
  writer: string;
  /** Hash of the newest entry of this incident and writer. */
  hash: string;
  number: number;
  storeHead: string;
}

/** What is to be written for one entry. */
export interface Step {
  entry: LoggedEntry;
  change: Change;
}

/** All that one append writes: the entries in the order of their numbers, and what goes or is doubted with them. */
export interface Plan {
  steps: readonly Step[];
  /** Those that were asked for: names of actors are added in between. */
  appended: readonly JournalEntry[];
  /** Entries whose payload goes when these are written. */
  erasures: readonly EntryPayloads['payload_erased'][];
  doubts: readonly ClockDoubt[];
}

/**
 * Seals the entries one behind the other and says what they change.
 * @param state what they build on; it is changed in place
 * @param randomId gives 128 random bits, hex
 * @throws IrError (exit 6) for an incident that was never opened, or is opened twice
 */
export function planAppend(
  incident: string,
  entries: readonly NewEntry[],
  state: IncidentState,
  ends: Ends,
  randomId: () => string,
): Plan {
  const steps: Step[] = [];
  const appended: JournalEntry[] = [];
  const idOf = new Map([...state.actors.values()].map(({ id, name }) => [name, id]));
  let { number, storeHead, hash: prevHash } = ends;

  const add = (actor: string, { type, at, payload }: Omit<NewEntry, 'actor'>): JournalEntry => {
    const seq = (state.last?.seq ?? 0) + 1;
    const unsealed = { incident, writer: ends.writer, seq, at, actor, type, payload, prevHash };
    const sealed = sealEntry(unsealed, randomId());
    number += 1;
    storeHead = headAfter(storeHead, sealed.hash);
    prevHash = sealed.hash;
    const entry = parseEntry(sealed, state.actors);
    const change = changeOf(entry, state);
    absorb(state, entry, change);
    steps.push({ entry: { ...sealed, number, storeHead }, change });
    return entry;
  };

  for (const entry of entries) {
    assertFits(incident, entry, state);
    let actor = idOf.get(entry.actor);
    if (actor === undefined) {
      actor = randomId();
      idOf.set(entry.actor, actor);
      add(actor, { type: 'actor_named', at: entry.at, payload: { actor, name: entry.actor } });
    }
    appended.push(add(actor, entry));
  }
  const erasures = entries.flatMap(({ type, payload }) =>
    type === 'payload_erased' ? [payload] : [],
  );
  const doubts = steps.flatMap(({ change }) => change.clockDoubts ?? []);
  return { steps, appended, erasures, doubts };
}

function assertFits(incident: string, { type }: NewEntry, state: IncidentState): void {
  if (incident === STORE_JOURNAL && kindOf(type)?.comesFirst === true) return;
  if (type !== 'incident_opened' && state.incident === undefined) {
    throw refusedError(`there is no incident ${incident}`, 'Open one with: ir open');
  }
  if (type === 'incident_opened' && state.incident !== undefined) {
    throw refusedError(`the incident ${incident} was opened before`);
  }
}

/**
 * May the payload of an entry go as `erasure` asks? What says that a payload was erased goes only where another entry of the same
 * append says so anew.
 * @throws IrError (exit 6) when the entry is none of this incident's, is erased already, or must stay
 */
export function assertErasable(
  entry: StoredEntry | undefined,
  incident: string,
  erasure: EntryPayloads['payload_erased'],
  erasures: readonly EntryPayloads['payload_erased'][],
): void {
  const isAgain = erasure.instead !== undefined || erasure.again === true;
  if (
    entry === undefined ||
    entry.incident !== incident ||
    (entry.payloadText === undefined && !isAgain)
  ) {
    throw refusedError('this incident has no entry with that hash whose payload could be erased');
  }
  if (entry.type === 'payload_erased') {
    const { entry: named } = JSON.parse(entry.payloadText ?? '{}') as { entry?: string };
    if (erasures.some((other) => other !== erasure && other.entry === named)) return;
  } else if (kindOf(entry.type)?.isErasable === true || isAgain) return;
  throw refusedError(
    `the payload of entry ${entry.seq} (${entry.type}) cannot be erased: how the incident stands rests on it`,
    'Change what it says with: ir update',
  );
}
