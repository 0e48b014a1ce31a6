/** A seal on the record of migrations, so that what is rewritten in it is seen. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Version 4: the setting `migrations_seal`, over what ran before; what runs from now on is added to it (`migration-seal.ts`). */
export const migration: Migration = {
  number: 4,
  name: 'a-seal-on-the-record-of-migrations',
  async up(transaction) {
    const { rows } = await sql<{ number: number; name: string; applied_at: string }>`
      select number, name, applied_at from schema_migration order by number`.execute(transaction);
    const seal = rows.reduce(
      (before, { number, name, applied_at }) =>
        createHash('sha256')
          .update(before + JSON.stringify([number, name, applied_at]))
          .digest('hex'),
      '0'.repeat(64),
    );
    await sql`insert into setting values ('migrations_seal', ${seal})`.execute(transaction);
  },
};
