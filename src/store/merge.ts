/** Takes in what another store wrote of an incident that both have. */
import type { Merged, TakenBy } from '../incidents/incident-store.ts';
import { planJoin } from '../incidents/join-journals.ts';
import type { StoredEntry } from '../incidents/journal-chain.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import { logEntries } from './adopt.ts';
import { appendIn } from './append.ts';
import { tellListeners } from './postgres/tell-listeners.ts';
import { allEntries, entriesOf } from './read-journal.ts';
import { rebuildIncident } from './rebuild-projections.ts';
import type { Database, TransactionOf } from './schema.ts';
import { forgetPayload, indexEntry } from './search-words.ts';
import { readCurrent, writeCurrent } from './settings.ts';

/** Both chains stay as they are; where both went on, an entry says so. All or nothing. */
export const merge = (
  database: Database,
  incident: string,
  theirs: readonly StoredEntry[],
  { at, actor, reason }: TakenBy,
): Promise<Merged> =>
  database.transaction().execute(async (transaction) => {
    const own = await allEntries(transaction, incident);
    const { missing, erased, joined } = planJoin(incident, own, theirs);
    if (missing.length > 0) {
      await logEntries(transaction, incident, missing);
      for (const entry of erased) await forgetPayload(transaction, entry.hash);
      await rebuildIncident(transaction, incident);
      await indexMissing(transaction, incident, new Set([...missing, ...erased].map(hashOf)));
      const isFirst = (await readCurrent(transaction)) === undefined;
      if (isFirst && incident !== STORE_JOURNAL) await writeCurrent(transaction, incident);
    }
    if (joined !== undefined) {
      const payload = { ...joined, reason };
      await appendIn(transaction, incident, [{ type: 'chains_joined', payload, at, actor }]);
    }
    if (missing.length > 0) await tellListeners(transaction, incident);
    return {
      ...{ taken: missing.length, erased: erased.length, isJoined: joined !== undefined },
      moved: joined?.numbers?.filter(({ was }) => was !== undefined) ?? [],
    };
  });

const hashOf = ({ hash }: StoredEntry): string => hash;

/** What is left of an erased payload counts from now on, so it is read as the journal has it now. */
async function indexMissing(
  transaction: TransactionOf,
  incident: string,
  wanted: ReadonlySet<string>,
): Promise<void> {
  for await (const entry of entriesOf(transaction, incident)) {
    if (wanted.has(entry.hash)) await indexEntry(transaction, entry);
  }
}
