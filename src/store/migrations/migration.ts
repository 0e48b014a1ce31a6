/**
 * A numbered change of the schema. To add one: a file `NNNN-what.ts` here and a line in `list.ts`. A
 * migration that was released never changes; it is plain SQL so that later code cannot alter what it does.
 */
import type { Transaction } from 'kysely';
import type { Tables } from '../schema.ts';

/** A step from one version of the schema to the next. */
export interface Migration {
  /** 1, 2, 3, ... without gaps. */
  number: number;
  name: string;
  /** Runs inside the transaction that also records it. */
  up(transaction: Transaction<Tables>): Promise<void>;
}
