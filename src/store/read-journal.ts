/** Reads the journal: the entries of an incident page by page, and where it ends. */
import type { Ends, LoggedEntry } from '../incidents/append-entries.ts';
import { GENESIS_HASH } from '../incidents/journal-chain.ts';
import { kindOf } from '../incidents/journal-entry.ts';
import { entryFromRow } from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';

type Reader = Database | TransactionOf;

/** Journal rows held in memory at a time. */
const PAGE = 500;

/** The entries of one incident, in the order of their numbers. */
export async function* entriesOf(reader: Reader, incident: string): AsyncIterable<LoggedEntry> {
  for (let after = { seq: Number.MIN_SAFE_INTEGER, writer: '' }; ; ) {
    const page = await reader
      .selectFrom('journal')
      .selectAll()
      .where('incident', '=', incident)
      .where((where) =>
        where(where.refTuple('seq', 'writer'), '>', where.tuple(after.seq, after.writer)),
      )
      .orderBy('seq')
      .orderBy('writer')
      .limit(PAGE)
      .execute();
    yield* page.map(entryFromRow);
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

/** The log of the store: each entry's hash in the order in which they came. */
export async function* logOf(
  reader: Reader,
): AsyncIterable<Pick<LoggedEntry, 'number' | 'hash' | 'storeHead'>> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const page = await reader
      .selectFrom('journal')
      .select(['number', 'hash', 'store_head as storeHead'])
      .where('number', '>', after)
      .orderBy('number')
      .limit(PAGE)
      .execute();
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.number;
  }
}

/** Where the next entry of that incident and writer goes. */
export async function readEnds(reader: Reader, incident: string, writer: string): Promise<Ends> {
  const own = await reader
    .selectFrom('journal')
    .select('hash')
    .where('incident', '=', incident)
    .where('writer', '=', writer)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const newest = await reader
    .selectFrom('journal')
    .select(['number', 'store_head as storeHead'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    writer,
    hash: own?.hash ?? GENESIS_HASH,
    ...(newest ?? { number: 0, storeHead: GENESIS_HASH }),
  };
}

/** Hash of the newest entry of an incident. */
export async function readHead(reader: Reader, incident: string): Promise<string> {
  const query = reader.selectFrom('journal').select('hash').where('incident', '=', incident);
  const newest = await query
    .orderBy('seq', 'desc')
    .orderBy('writer', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.hash ?? GENESIS_HASH;
}

/** How many entries of an incident are of kinds that this version does not know, by kind. */
export async function countUnknownKinds(
  reader: Reader,
  incident: string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const ofIncident = () => reader.selectFrom('journal').where('incident', '=', incident);
  // From kind to kind, of which there are few: their entries are many.
  for (let type = ''; ; ) {
    const next = await ofIncident()
      .select('type')
      .where('type', '>', type)
      .orderBy('type')
      .limit(1)
      .executeTakeFirst();
    if (next === undefined) return counts;
    ({ type } = next);
    if (kindOf(type) !== undefined) continue;
    const { count } = await ofIncident()
      .select((columns) => columns.fn.countAll<number>().as('count'))
      .where('type', '=', type)
      .executeTakeFirstOrThrow();
    counts[type] = Number(count);
  }
}
