/** The words of all entries on PostgreSQL: texts as their words alone, so that the same is found as in SQLite. */

import { sql } from 'kysely';
import type { FoundTexts, SearchOptions } from '../../incidents/incident-store.ts';
import type { Database, TransactionOf } from '../schema.ts';

/** One text of an entry. */
export interface SearchRow {
  text: string;
  incident: string;
  entry: string;
}

/** A word or phrase, and whether more may follow its last word. */
export interface Term {
  text: string;
  isStart: boolean;
}

/** Letters without their accents, digits and `_`, as FTS5 takes texts apart. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{Co}_]+/gu) ?? [];

/** Adds a text. */
export async function insertText(transaction: TransactionOf, row: SearchRow): Promise<void> {
  const words = ` ${wordsOf(row.text).join(' ')} `;
  await transaction
    .insertInto('search')
    .values({ ...row, words } as SearchRow)
    .execute();
}

/** Finds what holds all the terms, the newest first. */
export async function searchPostgres(
  database: Database,
  terms: readonly Term[],
  { incident, limit }: SearchOptions,
): Promise<FoundTexts> {
  const patterns = terms.map(({ text, isStart }) => {
    const phrase = wordsOf(text).join(' ').replaceAll('_', '\\_');
    return `% ${phrase}${isStart ? '' : ' '}%`;
  });
  const matches = sql.join(
    patterns.map((pattern) => sql`words like ${pattern}`),
    sql` and `,
  );
  const within = incident === undefined ? sql`` : sql`and incident = ${incident}`;
  const { rows: counted } = await sql<{ total: number }>`
    select count(*) as total from search where ${matches} ${within}`.execute(database);
  const { rows } = await sql<FoundTexts['places'][number]>`
    select incident.key as incident, journal.seq as seq, journal.at as at, journal.type as type, hit.text as text
    from (select incident, entry, rowid as place, text from search where ${matches} ${within}
          order by rowid desc limit ${limit}) as hit
    join journal on journal.hash = hit.entry join incident on incident.id = hit.incident
    order by hit.place desc`.execute(database);
  const first = terms[0]?.text ?? '';
  return {
    places: rows.map((row) => ({ ...row, text: around(row.text, first) })),
    total: counted[0]?.total ?? 0,
  };
}

/** Words of a long text that are shown. */
const AROUND = 24;

/** The text around the first word that was looked for. */
function around(text: string, wanted: string): string {
  const words = text.split(/(?<=\s)/);
  if (words.length <= AROUND) return text;
  const [first = ''] = wordsOf(wanted);
  const at = Math.max(
    0,
    words.findIndex((word) => wordsOf(word).some((one) => one.startsWith(first))),
  );
  const start = Math.max(0, Math.min(at - AROUND / 3, words.length - AROUND));
  const shown = words
    .slice(start, start + AROUND)
    .join('')
    .trimEnd();
  return `${start > 0 ? '...' : ''}${shown}${start + AROUND < words.length ? '...' : ''}`;
}
