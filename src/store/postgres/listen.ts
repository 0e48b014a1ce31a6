/** Hears of entries that others write. */
import type { PostgresAddress } from './address.ts';
import { configOf } from './open-postgres.ts';

/**
 * Calls back after each addition to the incident, by whomever, until it is ended. What came while a connection was broken is not told:
 * who is told looks at the journal.
 */
export async function listenFor(
  address: PostgresAddress,
  incident: string,
  onNews: () => void,
): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(configOf(address));
  client.on('error', () => {});
  client.on('notification', ({ payload }) => {
    if (payload === incident) onNews();
  });
  await client.connect();
  await client.query(`listen ir_${address.schema}`);
  return () => client.end();
}
