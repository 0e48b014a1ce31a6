/** Adds entries to the journal and what they change to the tables, in one transaction. */
import { refusedError } from '../errors.ts';
import { assertErasable, type Plan, planAppend } from '../incidents/append-entries.ts';
import { canonicalJson } from '../incidents/canonical-json.ts';
import { type Decision, detailOf, type IncidentDetail } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { STORE_INCIDENT, STORE_JOURNAL } from '../incidents/store-journal.ts';
import type { Turn } from '../logs/turns.ts';
import { tellListeners } from './postgres/tell-listeners.ts';
import { readKnown, readOverview, writeChange } from './projection-tables.ts';
import { countUnknownKinds, readEnds, readHead } from './read-journal.ts';
import { rebuildIncident } from './rebuild-projections.ts';
import { entryFromRow, entryToRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';
import { forgetPayload, indexEntry } from './search-words.ts';
import { randomId, readStoreId, writeCurrent } from './settings.ts';

/**
 * Adds entries to an incident and what they change, all or nothing. Throws an `IrError` (exit 6) when they do not fit
 * or the key of a new incident is taken.
 * @param turn awaited between steps; what it throws stops it, and nothing is added
 */
export const append = (
  database: Database,
  incident: string,
  decision: Decision,
  turn?: Turn,
): Promise<Plan> =>
  database.transaction().execute(async (transaction) => {
    const entries =
      typeof decision === 'function'
        ? decision(await loadOptional(transaction, incident))
        : decision;
    return appendIn(transaction, incident, entries, turn);
  });

/** The same inside a transaction that does more than that. */
export async function appendIn(
  transaction: TransactionOf,
  incident: string,
  entries: readonly NewEntry[],
  turn?: Turn,
): Promise<Plan> {
  const state = await readKnown(transaction, incident, entries);
  const ends = await readEnds(transaction, incident, await readStoreId(transaction));
  await turn?.();
  const plan = planAppend(incident, entries, state, ends, randomId);
  for (const { entry, change } of plan.steps) {
    const isOpening = entry.type === 'incident_opened';
    if (isOpening) await assertFree(transaction, change.incident!.key);
    await transaction.insertInto('journal').values(entryToRow(entry)).execute();
    await writeChange(transaction, incident, change, turn);
    await indexEntry(transaction, entry);
    if (isOpening) await writeCurrent(transaction, incident);
  }
  for (const erasure of plan.erasures) await erase(transaction, incident, erasure, plan.erasures);
  if (plan.erasures.length > 0) await rebuildIncident(transaction, incident);
  await tellListeners(transaction, incident);
  return plan;
}

/** Two stores may have given the same key; one store does not. */
async function assertFree(transaction: TransactionOf, key: string): Promise<void> {
  const taken = transaction
    .selectFrom('incident')
    .select('id')
    .where((where) => where(where.fn('upper', ['key']), '=', key.toUpperCase()));
  if ((await taken.executeTakeFirst()) === undefined) return;
  throw refusedError(`the key ${key} was taken in the meantime`, 'Run the command again.');
}

async function erase(
  transaction: TransactionOf,
  incident: string,
  erasure: Plan['erasures'][number],
  erasures: Plan['erasures'],
): Promise<void> {
  const { entry: hash, instead } = erasure;
  const query = transaction.selectFrom('journal').selectAll().where('hash', '=', hash);
  const row = await query.executeTakeFirst();
  const entry = row === undefined ? undefined : entryFromRow(row);
  assertErasable(entry, incident, erasure, erasures);
  await forgetPayload(transaction, hash);
  if (instead !== undefined)
    await indexEntry(transaction, { ...entry!, payloadText: canonicalJson(instead) });
}

/** The incident as its tables have it. */
export async function loadOptional(
  reader: TransactionOf,
  id: string,
): Promise<IncidentDetail | undefined> {
  const state = await readOverview(reader, id);
  const incident = state.incident ?? (id === STORE_JOURNAL ? STORE_INCIDENT : undefined);
  if (incident === undefined) return undefined;
  const unknownKinds = await countUnknownKinds(reader, id);
  return detailOf({ ...state, incident }, unknownKinds, await readHead(reader, id));
}
