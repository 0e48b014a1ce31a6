/** Reads the journal: the entries of an incident page by page, and where it ends. */
import type { Ends, LoggedEntry } from '../incidents/append-entries.ts';
import { GENESIS_HASH, insteadOf } from '../incidents/journal-chain.ts';
import { kindOf } from '../incidents/journal-entry.ts';
import { rawRows } from './raw-rows.ts';
import type { Database, TransactionOf } from './schema.ts';

type Reader = Database | TransactionOf;

/** Journal rows held in memory at a time. */
const PAGE = 1000;

type EntryRow = readonly [
  ...[number: number, incident: string, writer: string, seq: number, at: string, actor: string],
  ...[type: string, payload: string | null, payloadHash: string, prevHash: string, hash: string],
  storeHead: string,
];

const COLUMNS =
  'number, incident, writer, seq, at, actor, type, payload, payload_hash, prev_hash, hash, store_head';
const ENTRIES = `select ${COLUMNS}
  from journal where incident = ? and (seq, writer) > (?, ?) order by seq, writer limit ${PAGE}`;

/** The plus keeps SQLite from going through all entries in their order for the few that are wanted. */
const ENTRIES_OF_TYPE = `select ${COLUMNS}
  from journal where incident = ? and (seq, writer) > (?, ?) and type = ? order by +seq, writer limit ${PAGE}`;

const ERASURES = `select payload from journal
  where incident = ? and type = 'payload_erased' and payload is not null order by seq, writer`;

/** The entries of one incident, or those of one kind, in the order of their numbers, page by page. */
export async function* pagesOf(
  reader: Reader,
  incident: string,
  type?: string,
): AsyncIterable<LoggedEntry[]> {
  let instead: Map<string, string> | undefined;
  for (let after = { seq: Number.MIN_SAFE_INTEGER, writer: '' }; ; ) {
    const { seq, writer } = after;
    const rows =
      type === undefined
        ? await rawRows<EntryRow>(reader, ENTRIES, [incident, seq, writer])
        : await rawRows<EntryRow>(reader, ENTRIES_OF_TYPE, [incident, seq, writer, type]);
    const page = rows.map(entryFromValues);
    for (const entry of page) {
      if (entry.payloadText !== undefined) continue;
      instead ??= insteadOf((await rawRows<[string]>(reader, ERASURES, [incident])).flat());
      entry.insteadText = instead.get(entry.hash);
    }
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

/** The same, one by one. */
export async function* entriesOf(
  reader: Reader,
  incident: string,
  type?: string,
): AsyncIterable<LoggedEntry> {
  for await (const page of pagesOf(reader, incident, type)) yield* page;
}

/** The same, all of them. */
export async function allEntries(reader: Reader, incident: string): Promise<LoggedEntry[]> {
  const all: LoggedEntry[] = [];
  for await (const entry of entriesOf(reader, incident)) all.push(entry);
  return all;
}

/** One literal: V8 keeps one shape for all. */
const entryFromValues = (row: EntryRow): LoggedEntry => ({
  number: row[0],
  incident: row[1],
  writer: row[2],
  seq: row[3],
  at: row[4],
  actor: row[5],
  type: row[6],
  payloadText: row[7] ?? undefined,
  payloadHash: row[8],
  prevHash: row[9],
  hash: row[10],
  storeHead: row[11],
});

/** What the store's log is checked by, and what of an entry is searched; an erased payload is null. */
export type LogRow = readonly [
  ...[number: number, hash: string, storeHead: string],
  ...[incident: string, type: string, payload: string | null],
];

const LOG = `select number, hash, store_head, incident, type, payload
  from journal where number > ? order by number limit ${PAGE}`;

/** The log of the store, page by page: the entries in the order in which they came. */
export async function* logOf(reader: Reader): AsyncIterable<readonly LogRow[]> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const page = await rawRows<LogRow>(reader, LOG, [after]);
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)![0];
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
