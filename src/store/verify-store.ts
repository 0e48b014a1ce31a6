/** Checks a store against its own journal: the log, the chains, the payloads, and the tables made from them. */
import type { ClockDoubt } from '../incidents/incident.ts';
import type { JournalProblem, VerifyResult } from '../incidents/incident-store.ts';
import { GENESIS_HASH } from '../incidents/journal-chain.ts';
import { applyEntry } from '../incidents/projection.ts';
import { emptyState, type IncidentState } from '../incidents/projections.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import {
  type ChainCheck,
  createChainCheck,
  createLogCheck,
  differences,
  type EntryProblem,
} from '../incidents/verify-journal.ts';
import { createWordMatch, createWordSums } from './check-words.ts';
import { readIncident, readState, TABLES, unlikeTables } from './projection-tables.ts';
import { logOf, pagesOf } from './read-journal.ts';
import type { Database, TransactionOf } from './schema.ts';
import { findStoreProblems } from './store-problems.ts';

type JournalCheck = Pick<
  VerifyResult,
  'entries' | 'incidents' | 'erasedPayloads' | 'head' | 'problems' | 'unknownKinds' | 'clockDoubts'
>;

const NO_JOURNAL: JournalCheck = {
  ...{ entries: 0, incidents: 0, erasedPayloads: 0, head: GENESIS_HASH },
  ...{ problems: [], unknownKinds: {}, clockDoubts: [] },
};

/** Walks the whole journal and compares every incident's tables with a replay of its entries. */
export async function verifyStore(database: Database): Promise<VerifyResult> {
  const transaction = database.transaction().setAccessMode('read only');
  return transaction.execute(async (reader) => {
    const { problems: storeProblems, isReadable } = await findStoreProblems(reader);
    const isComparable = ['journal', 'incident', ...TABLES].every(isReadable);
    const staleProjections: string[] = [];
    const compare = async (id: string, expected: IncidentState): Promise<void> => {
      if (isComparable) staleProjections.push(...(await tableDifferences(reader, id, expected)));
    };
    const words = isReadable('search') ? createWordMatch(reader) : undefined;
    const journal = isReadable('journal') ? await checkJournal(reader, compare, words) : NO_JOURNAL;
    const holds = journal.problems.length === 0;
    if (isComparable && holds) staleProjections.push(...(await strangers(reader)));
    if (isComparable && holds && (await words?.isSame()) === false)
      staleProjections.push(...(await strayWords(reader)));
    return {
      isIntact: holds && staleProjections.length === 0 && storeProblems.length === 0,
      ...journal,
      ...{ staleProjections, storeProblems },
      canRebuild: holds && isComparable,
    };
  });
}

/**
 * Checks the log and every incident's chains.
 * @param visit called with the state of each incident whose chains hold
 * @param words compares what is searched of each entry
 */
export async function checkJournal(
  reader: TransactionOf,
  visit: (id: string, state: IncidentState) => Promise<void>,
  words?: ReturnType<typeof createWordMatch>,
): Promise<JournalCheck> {
  const log = createLogCheck();
  for await (const page of logOf(reader)) {
    for (const [number, hash, storeHead] of page) log.see({ number, hash, storeHead });
    await words?.see(page);
  }
  const { head, broken } = log.result();
  const problems: JournalProblem[] = [];
  const clockDoubts: (ClockDoubt & { incident: string })[] = [];
  const unknownKinds: Record<string, number> = {};
  const sums = { entries: 0, erasedPayloads: 0 };
  const ids = await incidentsIn(reader);
  for (const id of ids) {
    const { check, state, key: incident } = await checkIncident(reader, id);
    sums.entries += check.entries;
    sums.erasedPayloads += check.erasedPayloads;
    for (const [kind, count] of check.unknownKinds) {
      unknownKinds[kind] = (unknownKinds[kind] ?? 0) + count;
    }
    for (const doubt of state.clockDoubts.values()) clockDoubts.push({ ...doubt, incident });
    if (check.problem === undefined) await visit(id, state);
    else problems.push({ incident, ...check.problem });
  }
  // What was taken out of a chain is missing in the log as well: that is said once.
  if (problems.length === 0 && broken !== undefined) {
    problems.push(await logProblem(reader, broken));
  }
  const incidents = ids.filter((id) => id !== STORE_JOURNAL).length;
  return { ...sums, incidents, head, problems, unknownKinds, clockDoubts };
}

async function incidentsIn(reader: TransactionOf): Promise<string[]> {
  const rows = await reader.selectFrom('journal').select('incident').distinct().execute();
  return rows.map(({ incident }) => incident).sort();
}

async function checkIncident(
  reader: TransactionOf,
  id: string,
): Promise<{ check: ChainCheck; state: IncidentState; key: string }> {
  const chains = createChainCheck();
  const state = emptyState();
  let key: string | undefined;
  let unreadable: EntryProblem | undefined;
  for await (const page of pagesOf(reader, id)) {
    for (const entry of page) {
      const holds = chains.see(entry) && unreadable === undefined;
      if (holds) unreadable = problemOf(() => applyEntry(state, entry), entry.seq);
      // People know the incident by its key, also where it does not hold.
      else if (entry.type === 'incident_opened') key = keyIn(entry.payloadText);
    }
  }
  const check = chains.result();
  return {
    check: { ...check, problem: check.problem ?? unreadable },
    state,
    key: state.incident?.key ?? key ?? (id === STORE_JOURNAL ? 'the store itself' : id),
  };
}

/** Another program can seal a payload that is no JSON, or not of the shape of its kind. */
function problemOf(apply: () => void, seq: number): EntryProblem | undefined {
  try {
    apply();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { seq, reason: `its payload is not what entries of its kind hold (${why})` };
  }
  return undefined;
}

function keyIn(payloadText = '{}'): string | undefined {
  try {
    const { key } = JSON.parse(payloadText) as { key?: unknown };
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

async function logProblem(reader: TransactionOf, number: number): Promise<JournalProblem> {
  const { incident, seq } = await reader
    .selectFrom('journal')
    .select(['incident', 'seq'])
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const key = (await readIncident(reader, incident))?.key ?? incident;
  const reason =
    "the store's log breaks off before it: an entry that came into the store earlier was taken out, put in or changed";
  return { incident: key, seq, reason };
}

async function tableDifferences(
  reader: TransactionOf,
  id: string,
  expected: IncidentState,
): Promise<string[]> {
  try {
    const names = await unlikeTables(reader, id, expected);
    return differences(id, expected, await readState(reader, id, names), names);
  } catch (error) {
    // A document in a table is no JSON.
    if (!(error instanceof SyntaxError)) throw error;
    return [`${expected.incident?.key ?? id}: a table holds a row that cannot be read`];
  }
}

/** Words that are searched and are not those of the journal. */
async function strayWords(reader: TransactionOf): Promise<string[]> {
  const words = createWordSums();
  for (const id of await incidentsIn(reader)) {
    for await (const page of pagesOf(reader, id)) for (const entry of page) words.see(entry);
  }
  const ids = await words.differing(reader);
  return Promise.all(
    ids.map(async (id) => {
      const key = (await readIncident(reader, id))?.key ?? id;
      return `${key}: the words that ir search finds differ`;
    }),
  );
}

/** Incidents that the journal does not know. */
async function strangers(reader: TransactionOf): Promise<string[]> {
  const rows = await reader
    .selectFrom('incident')
    .select(['id', 'key'])
    .where('id', 'not in', (query) => query.selectFrom('journal').select('incident'))
    .execute();
  return rows.map(({ key }) => `${key}: incident is not in the journal`);
}
