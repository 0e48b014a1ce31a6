/** Makes the tables anew from the journal: after tampering, and for later migrations that add tables. */

import { EXIT, IrError } from '../errors.ts';
import { applyEntry } from '../incidents/projection.ts';
import { emptyState } from '../incidents/projections.ts';
import { TABLES, writeState } from './projection-tables.ts';
import { entriesOf } from './read-journal.ts';
import type { Database, TransactionOf } from './schema.ts';
import { indexAll } from './search-words.ts';
import { mendSettings } from './settings.ts';
import { checkJournal } from './verify-store.ts';

/**
 * Empties the tables and replays the journal into them, in one transaction.
 * @throws IrError (exit 7) when a chain is broken
 */
export async function rebuildProjections(database: Database): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    for (const table of TABLES) await transaction.deleteFrom(table).execute();
    await indexAll(transaction);
    await transaction.deleteFrom('incident').execute();
    const { problems } = await checkJournal(transaction, (id, state) =>
      writeState(transaction, id, state),
    );
    const [problem] = problems;
    if (problem === undefined) return mendSettings(transaction);
    const { incident, seq, reason } = problem;
    throw new IrError(`entry ${seq} of ${incident} does not hold: ${reason}`, {
      exit: EXIT.integrity,
      hint: 'Restore the store from a copy; tables made from a broken journal would hide the damage.',
    });
  });
}

/** The same for one incident, inside a transaction that has changed its journal. */
export async function rebuildIncident(transaction: TransactionOf, id: string): Promise<void> {
  for (const table of TABLES) {
    await transaction.deleteFrom(table).where('incident', '=', id).execute();
  }
  const state = emptyState();
  for await (const entry of entriesOf(transaction, id)) applyEntry(state, entry);
  await writeState(transaction, id, state);
}
