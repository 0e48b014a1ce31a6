/** Checks a store against its own journal: the chain, the payloads, and the tables made from them. */
import { canonicalJson } from '../incidents/canonical-json.ts';
import type { ClockDoubt } from '../incidents/incident.ts';
import { type IncidentState, replay } from '../incidents/incident-state.ts';
import type { VerifyResult } from '../incidents/incident-store.ts';
import {
  entryProblem,
  GENESIS_HASH,
  parseEntry,
  type StoredEntry,
} from '../incidents/journal-chain.ts';
import type { EntryPayloads } from '../incidents/journal-entry.ts';
import { readState, TABLES } from './projection-tables.ts';
import { entryFromRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';
import { findStoreProblems } from './store-problems.ts';

/** Journal rows held in memory at a time. */
const PAGE = 500;

const NO_CHAIN = { entries: 0, erasedPayloads: 0, head: GENESIS_HASH, problem: undefined };

/** Walks the whole journal, then compares every incident's tables with a replay of its entries. */
export async function verifyStore(database: Database): Promise<VerifyResult> {
  const transaction = database.transaction().setAccessMode('read only');
  return transaction.execute(async (reader) => {
    const { problems: storeProblems, isReadable } = await findStoreProblems(reader);
    const chain = isReadable('journal') ? await walkChain(reader) : NO_CHAIN;
    // Tables made from a journal that does not hold have nothing to be compared with, nor do those that are not there.
    const isComparable =
      chain.problem === undefined && ['journal', 'incident', ...TABLES].every(isReadable);
    const { staleProjections, clockDoubts } = isComparable
      ? await compareTables(reader)
      : { staleProjections: [], clockDoubts: [] };
    const isIntact =
      chain.problem === undefined && staleProjections.length === 0 && storeProblems.length === 0;
    return { isIntact, ...chain, staleProjections, storeProblems, clockDoubts };
  });
}

/** The chain alone, from the first entry to the first that does not hold. */
export async function walkChain(
  reader: TransactionOf,
): Promise<Pick<VerifyResult, 'entries' | 'erasedPayloads' | 'head' | 'problem'>> {
  let before = { seq: 0, hash: GENESIS_HASH };
  let entries = 0;
  const erasures = createErasures();
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
        return { entries, erasedPayloads: erasures.erased(), head: before.hash, problem };
      }
      entries += 1;
      erasures.see(entry);
      before = entry;
    }
    if (page.length < PAGE) {
      const problem = erasures.problem();
      if (problem !== undefined) entries = problem.seq - 1;
      return { entries, erasedPayloads: erasures.erased(), head: before.hash, problem };
    }
  }
}

/** Which payloads are gone, and whether a later entry of the same incident says that they were erased. */
function createErasures(): {
  see(entry: StoredEntry): void;
  erased(): number;
  problem(): VerifyResult['problem'];
} {
  const gone = new Map<number, { incident: string; payloadHash: string }>();
  const authorised = new Set<number>();
  let contradicted: VerifyResult['problem'];
  return {
    see({ seq, incident, type, payloadText, payloadHash }) {
      if (payloadText === undefined) gone.set(seq, { incident, payloadHash });
      if (type !== 'payload_erased' || payloadText === undefined) return;
      const named = JSON.parse(payloadText) as EntryPayloads['payload_erased'];
      const erased = gone.get(named.entry);
      if (erased?.incident === incident && erased.payloadHash === named.payloadHash) {
        authorised.add(named.entry);
      } else {
        const reason = `it says that the payload of entry ${named.entry} was erased, and that is not so`;
        contradicted ??= { seq, reason };
      }
    },
    erased: () => gone.size,
    problem() {
      const seq = [...gone.keys()].find((candidate) => !authorised.has(candidate));
      if (seq === undefined) return contradicted;
      return { seq, reason: 'its payload is gone, and no later entry says that it was erased' };
    },
  };
}

async function compareTables(
  reader: TransactionOf,
): Promise<Pick<VerifyResult, 'staleProjections' | 'clockDoubts'>> {
  const journaled = await reader.selectFrom('journal').select('incident').distinct().execute();
  const shown = await reader.selectFrom('incident').select('id').execute();
  const ids = new Set([...journaled.map((row) => row.incident), ...shown.map((row) => row.id)]);
  const stale: string[] = [];
  const clockDoubts: ClockDoubt[] = [];
  for (const id of [...ids].sort()) {
    const journalRows = await reader
      .selectFrom('journal')
      .selectAll()
      .where('incident', '=', id)
      .orderBy('seq')
      .execute();
    const expected = replay(journalRows.map((row) => parseEntry(entryFromRow(row))));
    clockDoubts.push(...expected.clockDoubts.values());
    const actual = await readStateSafely(reader, id);
    if (actual === undefined) stale.push(`${id}: a table holds a row that cannot be read`);
    else stale.push(...differences(id, expected, actual));
  }
  clockDoubts.sort((a, b) => a.seq - b.seq);
  return { staleProjections: stale, clockDoubts };
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

const MAPS = [
  'steps',
  'notes',
  'commandRuns',
  'findings',
  'sources',
  'reports',
  'clockDoubts',
] as const;

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
