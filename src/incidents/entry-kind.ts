/**
 * What one kind of journal entry is: the shape of its payload, what it says in words, what it does to the
 * incident. Each kind is declared once, in `kinds/`, and everything that goes by kind asks the declaration.
 */
import type { z as Zod } from 'zod';
import type { Incident, Instant } from './incident.ts';
import type { ItemRows } from './items.ts';
import type { Change, Known } from './projections.ts';

/** zod, which is loaded by who checks a payload: most runs check none. */
export type Z = typeof Zod;

/** An entry as far as its projection needs it. */
export interface Stamp {
  /** Hash of the entry: its name in the whole world. */
  id: string;
  incident: string;
  seq: number;
  at: Instant;
  /** Name of who made it. */
  actor: string;
}

/** Rows that an entry changes or completes; a store reads only these before it adds the entry. */
export interface Needs {
  /** Id of a note. */
  note?: string;
  /** Id of a run. */
  run?: string;
  /** Items, by collection and id. */
  items?: readonly (readonly [rows: ItemRows, id: string])[];
  /** Id of an action, or all of them: new ones are numbered after them. */
  action?: string;
  actions?: true;
  /** All log files and evidence items: new ones are numbered after them. */
  sources?: true;
  /** Id of an evidence item. */
  evidence?: string;
}

/** Names for what an entry mentions by id. */
export interface Names {
  step(id: string): string;
  /** `Entry 12` */
  entry(hash: string): string;
  /** What was started under that id; undefined when that was erased. */
  run(id: string): StartedRun | undefined;
}

/** A command that was started, as far as a summary line tells of it. */
export interface StartedRun {
  argv: readonly string[];
  host: string;
  isFinished: boolean;
}

/** A summary line, with the argv of a command where it is about one. */
export interface Told {
  text: string;
  argv?: readonly string[];
}

/** @typeParam P the payload: plain JSON, without the salt that the journal adds */
export interface EntryKind<P> {
  /** Shape of the payload. Members are never taken away or given another meaning; optional ones may be added. */
  schema(z: Z): Zod.ZodType<P>;
  /** May the payload be erased? Not where the way the incident stands rests on it. */
  isErasable: boolean;
  /** It may stand before the incident is opened. */
  comesFirst?: true;
  needs?(payload: P): Needs;
  /** The summary line; undefined for what is no news. */
  tell(payload: P, names: Names): Told | undefined;
  /** The rows it adds or replaces. */
  apply(payload: P, entry: Stamp, known: Known & { incident: Incident }): Change;
}

/** Declares a kind; the payload's type is that of its schema. */
export const kind = <S extends Zod.ZodType>(
  declared: Omit<EntryKind<Zod.output<S>>, 'schema'> & { schema: (z: Z) => S },
): typeof declared => declared;

/** For `apply`, where no table shows such entries yet: the journal holds them, and the report tells them. */
export const showsNothing = (): Change => ({});

/** The end of a sentence, with the reason where there is one. */
export const because = (reason: string | undefined): string =>
  reason === undefined || reason === '' ? '.' : `, because: ${reason}`;
