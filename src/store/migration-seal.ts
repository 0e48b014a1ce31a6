/**
 * The seal on the record of migrations: a hash over each one's number, name and time and over the seal before it.
 * Nothing makes it anew, neither a rebuild nor a later migration: over a record that was rewritten, it would hide that.
 */
import { createHash } from 'node:crypto';
import type { MigrationTable, TransactionOf } from './schema.ts';
import { MIGRATIONS_SEAL, readSetting, writeSetting } from './settings.ts';

const NOTHING_RAN = '0'.repeat(64);

function sealAfter(seal: string, { number, name, applied_at }: MigrationTable): string {
  const covered = seal + JSON.stringify([number, name, applied_at]);
  return createHash('sha256').update(covered, 'utf8').digest('hex');
}

/** Adds a migration that has just run. Stores before version 4 have no seal, and get it with that version. */
export async function extendSeal(transaction: TransactionOf, row: MigrationTable): Promise<void> {
  const seal = await readSetting(transaction, MIGRATIONS_SEAL);
  if (seal !== undefined) await writeSetting(transaction, MIGRATIONS_SEAL, sealAfter(seal, row));
}

/** The seal that a record has which nobody rewrote, hex. @param record in the order of the numbers */
export const sealOf = (record: readonly MigrationTable[]): string =>
  record.reduce(sealAfter, NOTHING_RAN);
