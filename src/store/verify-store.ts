/** Checks a store against its own journal: the chain, the payloads, and the tables made from them. */
import { canonicalJson } from '../incidents/canonical-json.ts';
import { type IncidentState, replay } from '../incidents/incident-state.ts';
import type { VerifyResult } from '../incidents/incident-store.ts';
import { entryProblem, GENESIS_HASH, parseEntry } from '../incidents/journal-chain.ts';
import { fileProblem } from './open-database.ts';
import { readState } from './projection-tables.ts';
import { entryFromRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';

/** Journal rows held in memory at a time. */
const PAGE = 500;

/** Walks the whole journal, then compares every incident's tables with a replay of its entries. */
export async function verifyStore(database: Database): Promise<VerifyResult> {
  const transaction = database.transaction().setAccessMode('read only');
  return transaction.execute(async (reader) => {
    const damage = await fileProblem(reader);
    const chain = await walkChain(reader);
    // Tables made from a journal that does not hold have nothing to be compared with.
    const staleProjections = chain.problem === undefined ? await findStale(reader) : [];
    if (damage !== undefined) staleProjections.unshift(`the database file is damaged: ${damage}`);
    const isIntact = chain.problem === undefined && staleProjections.length === 0;
    return { isIntact, ...chain, staleProjections };
  });
}

/** The chain alone, from the first entry to the first that does not hold. */
export async function walkChain(
  reader: TransactionOf,
): Promise<Omit<VerifyResult, 'isIntact' | 'staleProjections'>> {
  let before = { seq: 0, hash: GENESIS_HASH };
  let entries = 0;
  let erasedPayloads = 0;
  for (;;) {
    const page = await reader
      .selectFrom('journal')
      .selectAll()
      .where('seq', '>', before.seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of page) {
      const entry = entryFromRow(row);
      const reason = entryProblem(entry, before);
      if (reason !== undefined) {
        const problem = { seq: entry.seq, reason };
        return { entries, erasedPayloads, head: before.hash, problem };
      }
      entries += 1;
      if (entry.payloadText === undefined) erasedPayloads += 1;
      before = entry;
    }
    if (page.length < PAGE)
      return { entries, erasedPayloads, head: before.hash, problem: undefined };
  }
}

async function findStale(reader: TransactionOf): Promise<string[]> {
  const journaled = await reader.selectFrom('journal').select('incident').distinct().execute();
  const shown = await reader.selectFrom('incident').select('id').execute();
  const ids = new Set([...journaled.map((row) => row.incident), ...shown.map((row) => row.id)]);
  const stale: string[] = [];
  for (const id of [...ids].sort()) {
    const journalRows = await reader
      .selectFrom('journal')
      .selectAll()
      .where('incident', '=', id)
      .orderBy('seq')
      .execute();
    const expected = replay(journalRows.map((row) => parseEntry(entryFromRow(row))));
    const actual = await readStateSafely(reader, id);
    if (actual === undefined) stale.push(`${id}: a table holds a row that cannot be read`);
    else stale.push(...differences(id, expected, actual));
  }
  return stale;
}

/** Undefined when a document in a table is no JSON. */
async function readStateSafely(
  reader: TransactionOf,
  id: string,
): Promise<IncidentState | undefined> {
  try {
    return await readState(reader, id);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const MAPS = ['steps', 'notes', 'commandRuns', 'findings', 'sources', 'reports'] as const;

/** One line per row that is missing, unexpected or different. */
function differences(id: string, expected: IncidentState, actual: IncidentState): string[] {
  const name = expected.incident?.key ?? actual.incident?.key ?? id;
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, stored: unknown): void => {
    if (wanted === undefined && stored === undefined) return;
    if (stored === undefined) found.push(`${name}: ${what} is missing`);
    else if (wanted === undefined) found.push(`${name}: ${what} is not in the journal`);
    else if (canonicalJson(wanted) !== canonicalJson(stored)) {
      found.push(`${name}: ${what} differs from the journal`);
    }
  };
  compare('incident', expected.incident, actual.incident);
  for (const map of MAPS) {
    const wanted: ReadonlyMap<unknown, unknown> = expected[map];
    const stored: ReadonlyMap<unknown, unknown> = actual[map];
    for (const key of new Set([...wanted.keys(), ...stored.keys()])) {
      compare(`${map} ${key}`, wanted.get(key), stored.get(key));
    }
  }
  return found;
}
