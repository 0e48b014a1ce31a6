/** A scenario that tells its lines itself: records as the programs write them, who writes them when, and the attack. */
import type { ScenarioBase } from '../scenario.ts';
import type { Names, Value } from './values.ts';

/** How a program writes one thing. `text` is a line or several, `json` one record. */
export interface TellRecord {
  /** Key of `files`; absent in what others are `like`. */
  file?: string | undefined;
  /** Another record, of which this one has all that it does not say itself. */
  like?: string | undefined;
  text?: readonly string[] | undefined;
  json?: Readonly<Record<string, unknown>> | undefined;
  /** Names with their usual values. */
  with: Names;
}

/** Records written one after the other. */
export interface Telling {
  write: readonly string[];
  with: Names;
  /** Laid over the record's JSON. */
  json?: Readonly<Record<string, unknown>> | undefined;
  /** Seconds from one record to the next. */
  gap: number;
}

/** Ordinary traffic: so many a day with the rhythm of the hours, or every so many minutes. */
export interface Routine extends Telling {
  perDay?: number | undefined;
  everyMinutes?: number | undefined;
  /** Minutes after midnight of the first, with `everyMinutes`. */
  at: number;
}

/** A move of the intruder, `times` over, `pause` seconds after each. */
export interface ToldStep extends Telling {
  technique?: string | undefined;
  times: number;
  pause: number;
}

/** One stage of the attack. */
export interface ToldChapter {
  id: string;
  title: string;
  technique: string;
  day: number;
  /** Minutes after midnight; up to `within` minutes later, as the seed says. */
  at: number;
  within: number;
  entities: Readonly<Record<string, readonly string[]>>;
  with: Names;
  steps: readonly ToldStep[];
}

/** The whole. */
export interface ToldScenario extends ScenarioBase {
  /** Relative traffic of each hour of the day. */
  rhythm: readonly number[];
  /** What values are picked from: a list of texts, of address pools, or of objects. */
  lists: Readonly<Record<string, readonly Value[]>>;
  /** Who plays this time: bound once, in order, by the seed. */
  names: Names;
  records: Readonly<Record<string, TellRecord>>;
  routines: readonly Routine[];
  chapters: readonly ToldChapter[];
}
