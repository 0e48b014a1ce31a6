/** Takes in an incident that another store wrote. */
import { refusedError } from '../errors.ts';
import { headAfter, type StoredEntry } from '../incidents/journal-chain.ts';
import { assertWhole } from '../incidents/verify-journal.ts';
import { entriesOf, readEnds } from './read-journal.ts';
import { rebuildIncident } from './rebuild-projections.ts';
import { entryToRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';
import { indexEntry } from './search-words.ts';
import { readStoreId, writeCurrent } from './settings.ts';

/** Rows per INSERT. */
const BATCH = 500;

/** Puts the entries behind those of the log, all or nothing; the incident becomes the current one. */
export async function adopt(
  database: Database,
  incident: string,
  entries: readonly StoredEntry[],
): Promise<void> {
  assertWhole(incident, entries);
  await database.transaction().execute(async (transaction) => {
    const known = transaction
      .selectFrom('journal')
      .select('number')
      .where('incident', '=', incident);
    if ((await known.limit(1).executeTakeFirst()) !== undefined) {
      throw refusedError(`this store has the incident ${incident} already`);
    }
    await logEntries(transaction, incident, entries);
    await rebuildIncident(transaction, incident);
    for await (const entry of entriesOf(transaction, incident))
      await indexEntry(transaction, entry);
    await writeCurrent(transaction, incident);
  });
}

/** Puts entries behind those of the log, as they are. */
export async function logEntries(
  transaction: TransactionOf,
  incident: string,
  entries: readonly StoredEntry[],
): Promise<void> {
  let { number, storeHead } = await readEnds(transaction, incident, await readStoreId(transaction));
  const rows = entries.map((entry) => {
    number += 1;
    storeHead = headAfter(storeHead, entry.hash);
    return entryToRow({ ...entry, number, storeHead });
  });
  for (let start = 0; start < rows.length; start += BATCH) {
    await transaction
      .insertInto('journal')
      .values(rows.slice(start, start + BATCH))
      .execute();
  }
}
