/** Takes the payload of an entry away, as a `payload_erased` entry says, and makes the incident's tables anew. */
import { refusedError } from '../errors.ts';
import type { JournalEntry } from '../incidents/incident.ts';
import { type EntryPayloads, ERASABLE } from '../incidents/journal-entry.ts';
import { rebuildIncident } from './rebuild-projections.ts';
import type { TransactionOf } from './schema.ts';

/**
 * Runs inside the transaction that appends the entry.
 * @throws IrError (exit 6) when the entry named is none of this incident's, is erased already, or must stay
 */
export async function erasePayload(
  transaction: TransactionOf,
  erasure: JournalEntry,
): Promise<void> {
  const { entry: seq, payloadHash } = erasure.payload as EntryPayloads['payload_erased'];
  const row = await transaction
    .selectFrom('journal')
    .select(['type', 'payload_hash'])
    .where('seq', '=', seq)
    .where('incident', '=', erasure.incident)
    .where('payload', 'is not', null)
    .executeTakeFirst();
  if (row === undefined || row.payload_hash !== payloadHash) {
    throw refusedError(`entry ${seq} of this incident has no payload that could be erased`);
  }
  if (!ERASABLE.has(row.type)) {
    throw refusedError(
      `the payload of entry ${seq} (${row.type}) cannot be erased: how the incident stands rests on it`,
      'Change what it says with: ir update',
    );
  }
  await transaction.updateTable('journal').set({ payload: null }).where('seq', '=', seq).execute();
  await rebuildIncident(transaction, erasure.incident);
}
