/** Which incident commands mean that name none: the one setting of a store, kept apart from the journal. */
import type { Database, TransactionOf } from './schema.ts';

/** Its name in the table of settings; the value is an id. */
export const CURRENT_INCIDENT = 'current_incident';

export async function readCurrent(reader: Database | TransactionOf): Promise<string | undefined> {
  const settings = reader.selectFrom('setting').select('value');
  return (await settings.where('name', '=', CURRENT_INCIDENT).executeTakeFirst())?.value;
}

export async function writeCurrent(writer: Database | TransactionOf, id: string): Promise<void> {
  await writer
    .insertInto('setting')
    .values({ name: CURRENT_INCIDENT, value: id })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: id }))
    .execute();
}

/** Where none of the incidents is the current one, the one that was opened last becomes it again. */
export async function mendCurrent(transaction: TransactionOf): Promise<void> {
  const opened = await transaction
    .selectFrom('journal')
    .select('incident')
    .where('type', '=', 'incident_opened')
    .orderBy('seq', 'desc')
    .execute();
  const current = await readCurrent(transaction);
  const [newest] = opened;
  if (newest === undefined || opened.some(({ incident }) => incident === current)) return;
  await writeCurrent(transaction, newest.incident);
}
