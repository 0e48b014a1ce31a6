/** Finds what a head that was noted elsewhere stands for. */
import type { KnownHead } from '../incidents/incident-store.ts';
import type { EntryPayloads } from '../incidents/journal-entry.ts';
import type { Database } from './schema.ts';

/** @param start the first hex digits, lower-case */
export async function findHead(database: Database, start: string): Promise<KnownHead | undefined> {
  const found = [
    ...(await inJournal(database, 'hash', start, 'entry')),
    ...(await inJournal(database, 'store_head', start, 'store')),
    ...(await beforeConversion(database, start)),
  ];
  const [only] = found;
  if (only === undefined || found.length > 1) return undefined;
  const query = database.selectFrom('incident').select('key').where('id', '=', only.incident);
  const row = await query.executeTakeFirst();
  return { ...only, incident: row?.key ?? only.incident };
}

async function inJournal(
  database: Database,
  column: 'hash' | 'store_head',
  start: string,
  of: KnownHead['of'],
): Promise<KnownHead[]> {
  const rows = await database
    .selectFrom('journal')
    .select(['incident', 'seq'])
    .where(column, '>=', start)
    .where(column, '<', `${start}g`)
    .limit(2)
    .execute();
  return rows.map((row) => ({ ...row, of }));
}

/** In the old journal each of these was the head once, whatever the incident. */
async function beforeConversion(database: Database, start: string): Promise<KnownHead[]> {
  const rows = await database
    .selectFrom('journal')
    .select(['incident', 'payload'])
    .where('type', '=', 'journal_converted')
    .where('payload', 'is not', null)
    .execute();
  return rows.flatMap(({ incident, payload }) => {
    const { entries } = JSON.parse(payload!) as EntryPayloads['journal_converted'];
    return entries
      .filter(({ hash }) => hash.startsWith(start))
      .map(({ seq }) => ({ incident, seq, of: 'converted' as const }));
  });
}
