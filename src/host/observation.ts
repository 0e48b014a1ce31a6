/** What a check found, did not find, and could not look at. */
import type { Level } from '../events/level.ts';

/** Something on a machine that a person should look at. */
export interface Observation {
  /** What it is about, such as `suid` or `listener`. */
  kind: string;
  level: Level;
  /** The path, address, account or unit that it is about. */
  subject: string;
  /** A sentence that says what is seen. */
  text: string;
  /** When it came to be so; undefined where nothing tells. */
  at: string | undefined;
  /** What else is known, by name. */
  detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** What was not looked at, and why: a check that says nothing of it is none. */
export interface Unseen {
  what: string;
  why: string;
}

/** How many things of a kind were looked at. */
export interface Looked {
  what: string;
  count: number;
}

/** What a check came to. */
export interface CheckReport {
  check: 'system' | 'exposure' | 'traces' | 'backup';
  host: string;
  /** The folder that was checked: `/` for the running system. */
  root: string;
  /** The time from which on things count as new; undefined where that plays no part. */
  since: string | undefined;
  startedAt: string;
  endedAt: string;
  looked: readonly Looked[];
  /** The gravest first, then by subject. */
  observations: readonly Observation[];
  /** Observations beyond the most that are kept. */
  further: number;
  unseen: readonly Unseen[];
  /** Places that were not looked at beyond those that are named. */
  furtherUnseen: number;
}
