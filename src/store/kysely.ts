/**
 * The parts of kysely that the store uses. Loaded as CommonJS: the same code starts in 100 ms there against
 * 175 ms through the ESM build, which is some 300 files to resolve one by one.
 */
import { createRequire } from 'node:module';

const kysely = createRequire(import.meta.url)('kysely') as typeof import('kysely');

/** Under other names where ours would clash. */
export const {
  CompiledQuery,
  Kysely: KyselyDatabase,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} = kysely;
