/** Rows as arrays: of a million of them, objects with a name for each value take three times as long to make. */
import { CompiledQuery } from 'kysely';
import type { Database, TransactionOf } from './schema.ts';

/** Queries whose rows are wanted as arrays. */
const RAW = new WeakSet<object>();

/** Is the query one of `rawRows`? The driver asks. */
export const isRaw = (query: object): boolean => RAW.has(query);

/** Runs a query and gives the values of each row in the order of its columns. */
export async function rawRows<Row extends readonly unknown[]>(
  reader: Database | TransactionOf,
  text: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  const query = CompiledQuery.raw(text, [...parameters]);
  RAW.add(query);
  const { rows } = await reader.executeQuery(query);
  return rows as unknown as readonly Row[];
}
