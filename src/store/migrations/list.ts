/** All migrations, in order. */
import { migration as initial } from './0001-journal-and-projections.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [initial];
