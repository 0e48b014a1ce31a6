/** All migrations, in order. */
import { migration as initial } from './0001-journal-and-projections.ts';
import { migration as notesAndClock } from './0002-notes-corrected-and-clock-doubts.ts';
import { migration as chains } from './0003-a-chain-for-each-incident.ts';
import { migration as seal } from './0004-a-seal-on-the-record-of-migrations.ts';
import { migration as actions } from './0005-actions.ts';
import { migration as evidence } from './0006-evidence-custody-and-bags.ts';
import { migration as items } from './0007-items-facts-and-words.ts';
import { migration as notices } from './0008-notices.ts';
import { migration as holds } from './0009-holds.ts';
import { migration as alerts } from './0010-alerts.ts';
import type { Migration } from './migration.ts';

/** The version of the schema is the number of the last one that ran. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  notesAndClock,
  chains,
  seal,
  actions,
  evidence,
  items,
  notices,
  holds,
  alerts,
];
