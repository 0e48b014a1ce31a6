/** The words of all entries, in SQLite's FTS5 (on PostgreSQL: `postgres/search-postgres.ts`). It is made from the journal, like every table but the journal. */

import { sql } from 'kysely';
import { usageError } from '../errors.ts';
import type { FoundTexts, SearchOptions } from '../incidents/incident-store.ts';
import type { StoredEntry } from '../incidents/journal-chain.ts';
import { searchTexts as textsOf } from '../incidents/search-texts.ts';
import { isOnPostgres } from './postgres/is-postgres.ts';
import { insertText, searchPostgres, type Term } from './postgres/search-postgres.ts';
import { entriesOf } from './read-journal.ts';
import type { Database, TransactionOf } from './schema.ts';

/** Adds the words of an entry. */
export async function indexEntry(
  transaction: TransactionOf,
  { type, incident, hash, payloadText, insteadText }: StoredEntry,
): Promise<void> {
  for (const text of textsOfEntry({ type, payloadText, insteadText })) {
    const row = { text, incident, entry: hash };
    if (isOnPostgres(transaction)) await insertText(transaction, row);
    else await transaction.insertInto('search').values(row).execute();
  }
}

/** What of an entry is searched, as long as it is there. */
export function textsOfEntry({
  type,
  payloadText,
  insteadText,
}: Pick<StoredEntry, 'type' | 'payloadText' | 'insteadText'>): string[] {
  const said = payloadText ?? insteadText;
  return said === undefined ? [] : textsOf(type, parsed(said));
}

/** Another program can seal a payload that is no JSON; `ir verify` says so. */
function parsed(payloadText: string): unknown {
  try {
    const { salt: _, ...payload } = JSON.parse(payloadText) as Record<string, unknown>;
    return payload;
  } catch {
    return undefined;
  }
}

/** Takes the words of an entry away whose payload was erased. */
async function forgetEntry(transaction: TransactionOf, hash: string): Promise<void> {
  await transaction.deleteFrom('search').where('entry', '=', hash).execute();
}

/** Makes the index anew. */
export async function indexAll(transaction: TransactionOf): Promise<void> {
  await transaction.deleteFrom('search').execute();
  const ids = await transaction.selectFrom('journal').select('incident').distinct().execute();
  for (const { incident } of ids) {
    for await (const entry of entriesOf(transaction, incident)) {
      await indexEntry(transaction, entry);
    }
  }
}

/** How much of a text is shown around the words, in tokens. */
const AROUND = 24;

/** Finds the words. @throws IrError (exit 2) where there is no word to look for */
export async function searchTexts(
  database: Database,
  words: string,
  { incident, limit }: SearchOptions,
): Promise<FoundTexts> {
  const terms = termsOf(words);
  const found = isOnPostgres(database)
    ? await searchPostgres(database, terms, { incident, limit })
    : await searchFts(database, terms, { incident, limit });
  const [{ text = '' } = {}, ...more] = terms;
  if (more.length > 0 || !WHOLE_HASH.test(text)) return found;
  return together(found, await entriesWithHash(database, text.toLowerCase(), incident), limit);
}

async function searchFts(
  database: Database,
  terms: readonly Term[],
  { incident, limit }: SearchOptions,
): Promise<FoundTexts> {
  const query = terms.map(({ text, isStart }) => `"${text}"${isStart ? '*' : ''}`).join(' ');
  const within = incident === undefined ? sql`` : sql`and incident = ${incident}`;
  const { rows: counted } = await sql<{ total: number }>`
    select count(*) as total from search where search match ${query} ${within}`.execute(database);
  const { rows } = await sql<FoundTexts['places'][number]>`
    select incident.key as incident, journal.seq as seq, journal.at as at, journal.type as type, hit.text as text
    from (select incident, entry, rowid as place, snippet(search, 0, '', '', '...', ${AROUND}) as text
          from search where search match ${query} ${within} order by rowid desc limit ${limit}) as hit
    join journal on journal.hash = hit.entry join incident on incident.id = hit.incident
    order by hit.place desc`.execute(database);
  return { places: rows, total: counted[0]?.total ?? 0 };
}

/** As long as an MD5 or a SHA-256: such values look like ids, which are not among the words. */
const WHOLE_HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i;
/** Characters of such an entry that are shown. */
const MOST_SHOWN = 160;

/** Entries that hold a hash as a value of its own: indicators, evidence, findings. The words of notes are in the index. */
async function entriesWithHash(
  database: Database,
  hash: string,
  incident: string | undefined,
): Promise<FoundTexts['places']> {
  const within = incident === undefined ? sql`` : sql`and journal.incident = ${incident}`;
  const holds = sql.raw(isOnPostgres(database) ? 'strpos' : 'instr');
  const { rows } = await sql<FoundTexts['places'][number] & { payload: string }>`
    select incident.key as incident, journal.seq as seq, journal.at as at, journal.type as type, journal.payload as payload
    from journal join incident on incident.id = journal.incident
    where journal.type <> 'note_added' and ${holds}(journal.payload, ${`"${hash}"`}) > 0 ${within}
    order by journal.at desc`.execute(database);
  return rows.map(({ payload, ...place }) => {
    const [text = ''] = textsOfEntry({ type: place.type, payloadText: payload });
    return { ...place, text: `${text} ${hash}`.slice(-MOST_SHOWN).trim() };
  });
}

/** What both ways found, once each. */
function together(
  { places, total }: FoundTexts,
  more: FoundTexts['places'],
  limit: number,
): FoundTexts {
  const known = new Set(places.map(({ incident, seq }) => `${incident} ${seq}`));
  const added = more.filter(({ incident, seq }) => !known.has(`${incident} ${seq}`));
  const all = [...places, ...added].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return { places: all.slice(0, limit), total: total + added.length };
}

/** Before the host of a URL, defanged or not: indicators are kept without it. */
const SCHEME = /^h(?:tt|xx)ps?(?::|\[:\])\/\//i;

/** Nothing in a word is an operator; what stands in quotes is looked for as it stands. */
function termsOf(words: string): Term[] {
  const terms = [...words.matchAll(/"([^"]+)"|(\S+)/g)].flatMap(([, phrase, word]) => {
    const text = (phrase ?? word?.replace(SCHEME, '') ?? '').replaceAll('"', ' ').trim();
    if (!/[\p{L}\p{N}_]/u.test(text)) return [];
    const isStart = phrase === undefined && text.endsWith('*');
    return [{ text: isStart ? text.slice(0, -1) : text, isStart }];
  });
  if (terms.length > 0) return terms;
  throw usageError(
    `there is no word to look for in "${words}"`,
    'Give words of letters or digits, such as: ir search bastion 198.51.100.7',
  );
}

/** Takes the payload of an entry out of the journal, and its words out of what is searched. */
export async function forgetPayload(transaction: TransactionOf, hash: string): Promise<void> {
  await transaction
    .updateTable('journal')
    .set({ payload: null })
    .where('hash', '=', hash)
    .where('payload', 'is not', null)
    .execute();
  await forgetEntry(transaction, hash);
}
