/** What the kinds of correlation have in common: hits, results and the window that each kind keeps. */

/** A hit of a member, compact because there may be millions. */
export interface CorrelationHit {
  /** Position among the correlation's members. */
  rule: number;
  /** Microseconds since the epoch. */
  timeUs: number;
  /** The values of the group-by fields as one text. */
  groupKey: string;
  /** For value_count: the counted value. */
  value?: string | undefined;
  /** Where the event is; means nothing here. Equal references are one event. */
  ref: number;
}

/** One burst: the hits of one group from the moment the condition held until it no longer did. */
export interface CorrelationResult {
  groupKey: string;
  /** Time of the oldest hit in the window when the condition first held. */
  firstUs: number;
  lastUs: number;
  /** Hits in the window when the condition first held, and every further one while it did. */
  count: number;
  /** The first three hits and the last one, without repeats. */
  refs: readonly number[];
}

/** What opens a result: the hits of the window that make the condition true. */
export interface Opening {
  firstUs: number;
  count: number;
  /** The oldest ones, at most `KEPT_REFS`. */
  refs: number[];
}

/** How many of the first hits a result keeps. */
export const KEPT_REFS = 3;

/** The window of one kind of correlation over the hits of one group. */
export interface WindowKind<W> {
  create(): W;
  /** Forgets hits before `sinceUs`, adds the hit and returns the count that the condition looks at. */
  add(window: W, hit: CorrelationHit, sinceUs: number): number;
  opening(window: W, hit: CorrelationHit, sinceUs: number): Opening;
}

/** A hit as a window remembers it. */
export interface SeenHit {
  timeUs: number;
  ref: number;
}

/** The opening that hits, oldest first, make; hits of one event are one. */
export function openingOf(hits: readonly SeenHit[]): Opening {
  const refs = [...new Set(hits.map((hit) => hit.ref))];
  return { firstUs: hits[0]!.timeUs, count: refs.length, refs: refs.slice(0, KEPT_REFS) };
}
