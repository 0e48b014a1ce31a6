/** What the kinds of correlation have in common: hits, results and the window that each kind keeps. */

/**
 * A hit of a member, compact because there may be millions. Whoever pushes it uses the object again:
 * nothing may keep it. Groups and values are numbers that stand for texts.
 */
export interface CorrelationHit {
  /** Position among the correlation's members. */
  rule: number;
  /** Microseconds since the epoch. */
  timeUs: number;
  /** The values of the group-by fields together; a small whole number. */
  group: number;
  /** For the value types: the counted value, or `NO_VALUE`. */
  value: number;
  /** How often it happened: what an `event_count` counts. Absent: once. */
  weight?: number;
  /** Where the event is; means nothing here. Equal references are one event. */
  ref: number;
}

/** The value of hits that are not counted by value. */
export const NO_VALUE = -1;

/** One burst: the hits of one group from the moment the condition held until it no longer did. */
export interface CorrelationResult {
  group: number;
  /** Time of the oldest hit in the window when the condition first held. */
  firstUs: number;
  lastUs: number;
  /** Hits in the window when the condition first held, and every further one while it did. */
  count: number;
  /** The first three hits (of a temporal result in a chain the first `KEPT_BEFORE`) and the last one, without repeats. */
  refs: readonly number[];
  /**
   * Of a temporal result: the hits that complete it, such as the logins after the failures, first one first, at
   * most `KEPT_DECIDING`. Empty where the number of hits decides.
   */
  deciding: readonly number[];
  /** What the correlations that it waited for had seen when it opened, and what they saw anew before a later hit completed it again. */
  before: readonly Before[];
}

/** What an inner correlation had seen. */
export interface Before {
  firstUs: number;
  lastUs: number;
  /** When the result opened. */
  count: number;
  /** How many there were when a later hit completed it again. */
  total?: number;
  /** The first hits, at most `KEPT_BEFORE`, and the last one. */
  refs: readonly number[];
}

/** More than anyone reads: a finding may need those of one host among many. */
export const KEPT_DECIDING = 64;
/** How many of the first hits of a result are kept where those of one host among several may be asked for. */
export const KEPT_BEFORE = 256;

/** What opens a result: the hits of the window that make the condition true. */
export interface Opening {
  firstUs: number;
  count: number;
  /** The oldest ones, at most `KEPT_BEFORE`. */
  refs: number[];
}

/** How many of the first hits a result keeps. */
export const KEPT_REFS = 3;

/** The window of one kind of correlation over the hits of one group. */
export interface WindowKind<W> {
  create(): W;
  /**
   * Forgets hits that are too old, adds the hit and returns the count or amount that the condition looks at; NaN: the hit has
   * no part in it.
   */
  add(window: W, hit: CorrelationHit): number;
  opening(window: W, hit: CorrelationHit): Opening;
  /** The window as JSON can carry it, with texts in the place of numbers. */
  save(window: W, names: Names): Saved;
  /** The window that `save` gave. */
  load(saved: Saved, names: Names): W;
}

/** Texts behind the numbers of groups and values: what is kept over a restart holds texts. */
export interface Names {
  textOf(number: number): string;
  numberOf(text: string): number;
}

/** A window at rest: rows of numbers and texts; `null` where a slot was never filled. */
export type Saved = readonly (readonly (number | string | null)[])[];

/** Numbers as JSON has them: what is no number is `null`. */
export const toJson = (numbers: ArrayLike<number>): (number | null)[] =>
  Array.from(numbers, (number) => (Number.isNaN(number) ? null : number));

/** The numbers that `toJson` gave. */
export const fromJson = (saved: Saved[number] = []): Float64Array<ArrayBuffer> =>
  Float64Array.from(saved, (number) => (typeof number === 'number' ? number : Number.NaN));

/** The opening that hits make, given as times and references side by side, oldest first; one event is one. */
export function openingOf(seen: readonly number[] | Float64Array): Opening {
  const refs = [...new Set(seen.filter((_, index) => index % 2 === 1))];
  return { firstUs: seen[0]!, count: refs.length, refs: refs.slice(0, KEPT_BEFORE) };
}
