/** Makes the tables anew from the journal: after tampering, and for later migrations that add tables. */

import { EXIT, IrError } from '../errors.ts';
import { absorb, emptyState, type IncidentState } from '../incidents/incident-state.ts';
import { parseEntry } from '../incidents/journal-chain.ts';
import { changeOf } from '../incidents/projection.ts';
import { mendCurrent } from './current-incident.ts';
import { TABLES, writeChange } from './projection-tables.ts';
import { entryFromRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';
import { walkChain } from './verify-store.ts';

/** Journal rows held in memory at a time. */
const PAGE = 500;

/**
 * Empties the tables and replays the journal into them, in one transaction.
 * @throws IrError (exit 7) when the chain is broken
 */
export async function rebuildProjections(database: Database): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const { problem } = await walkChain(transaction);
    if (problem !== undefined) {
      throw new IrError(`entry ${problem.seq} of the journal does not hold: ${problem.reason}`, {
        exit: EXIT.integrity,
        hint: 'Restore the store from a copy; tables made from a broken journal would hide the damage.',
      });
    }
    for (const table of TABLES) await transaction.deleteFrom(table).execute();
    await transaction.deleteFrom('incident').execute();
    await replayInto(transaction, undefined);
    await mendCurrent(transaction);
  });
}

/** The same for one incident, inside a transaction that has changed its journal. */
export async function rebuildIncident(transaction: TransactionOf, id: string): Promise<void> {
  for (const table of TABLES) {
    await transaction.deleteFrom(table).where('incident', '=', id).execute();
  }
  await replayInto(transaction, id);
}

async function replayInto(transaction: TransactionOf, incident: string | undefined): Promise<void> {
  const states = new Map<string, IncidentState>();
  for (let last = 0; ; ) {
    const after = transaction.selectFrom('journal').selectAll().where('seq', '>', last);
    const wanted = incident === undefined ? after : after.where('incident', '=', incident);
    const page = await wanted.orderBy('seq').limit(PAGE).execute();
    for (const row of page) {
      const entry = parseEntry(entryFromRow(row));
      const state = states.get(entry.incident) ?? emptyState();
      states.set(entry.incident, state);
      const change = changeOf(entry, state);
      await writeChange(transaction, entry.incident, change);
      absorb(state, entry, change);
      last = entry.seq;
    }
    if (page.length < PAGE) return;
  }
}
