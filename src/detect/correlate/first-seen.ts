/**
 * What was never seen before: a value (an address, a program) that a group (an account, a host) did not have while
 * the rule learnt what is normal. A correlation is one where it counts values and says `ir.first_seen: true`.
 */
import type { SigmaCorrelation } from '../../sigma/rule.ts';
import type { Geo } from '../geo/geo.ts';
import type { WindowKind } from './window.ts';

/** What a group had. */
interface LearntGroup {
  hits: number;
  values: Set<string>;
}

/** What a correlation learnt, by the text of the group. */
export type Learnt = Map<string, LearntGroup>;

/** What is normal for the correlations of a run. */
export interface Normal {
  /** Hits before this time (microseconds) are learnt from and never told. */
  untilUs: number;
  /** What other logs told already, by the key of the correlation. */
  learnt: ReadonlyMap<string, Learnt>;
  /** Is what is learnt further written into `learnt`, for a run that goes on? Absent: it is left as it is. */
  isKept?: boolean;
}

/** Does the rule ask for what is new? */
export const isFirstSeen = ({ type, custom }: SigmaCorrelation): boolean =>
  type === 'value_count' &&
  (custom['ir'] as { first_seen?: unknown } | undefined)?.first_seen === true;

/** The value that the rule counts: with `ir.place: country` the country of an address; undefined where it is not known. */
export function countedText(
  { custom }: SigmaCorrelation,
  geo: Geo | undefined,
  text: string,
): string | undefined {
  const isCountry = (custom['ir'] as { place?: unknown } | undefined)?.place === 'country';
  return isCountry ? geo?.(text)?.country : text;
}

/** Under which what a correlation learnt is kept: a user's may have no id. */
export const keyOf = ({ id, title }: SigmaCorrelation): string => (id === '' ? title : id);

/** A group of fewer hits has no habits. */
const LEAST_HITS = 3;
/** All values of a correlation together; what comes after is neither learnt nor told. */
const MOST_VALUES = 200_000;

/** Takes hits in for a correlation, within what it may hold. */
export function createLearner(learnt: Learnt): (group: string, value: string) => void {
  let held = 0;
  for (const { values } of learnt.values()) held += values.size;
  return (group, value) => {
    let known = learnt.get(group);
    if (known === undefined) {
      if (held >= MOST_VALUES) return;
      learnt.set(group, (known = { hits: 0, values: new Set() }));
    }
    known.hits += 1;
    if (held >= MOST_VALUES || known.values.has(value)) return;
    known.values.add(value);
    held += 1;
  };
}

/** A group whose values hardly ever came twice is always new: nothing is normal there. */
const hasHabits = ({ hits, values }: LearntGroup): boolean =>
  hits >= LEAST_HITS && values.size * 2 <= hits;

const copyOf = (learnt: Learnt = new Map()): Learnt =>
  new Map(
    [...learnt].map(([group, { hits, values }]) => [group, { hits, values: new Set(values) }]),
  );

function keptOf(all: Map<string, Learnt>, key: string): Learnt {
  let learnt = all.get(key);
  if (learnt === undefined) all.set(key, (learnt = new Map()));
  return learnt;
}

/** Windows that count 1 for a value that is new to a group with habits; each value once. */
export function firstSeenWindow(
  correlation: SigmaCorrelation,
  { untilUs, learnt: all, isKept = false }: Normal,
  textOf: (value: number) => string,
  geo?: Geo,
): WindowKind<undefined> {
  const learnt = isKept
    ? keptOf(all as Map<string, Learnt>, keyOf(correlation))
    : copyOf(all.get(keyOf(correlation)));
  const take = createLearner(learnt);
  /** Groups that had habits when the learning ended; they stay judged by these. */
  const judged = new Map<string, boolean>();
  return {
    create: () => undefined,
    add(_window, { timeUs, group, value }) {
      const owner = textOf(group);
      const text = countedText(correlation, geo, textOf(value));
      if (text === undefined) return Number.NaN;
      if (timeUs < untilUs) {
        take(owner, text);
        return Number.NaN;
      }
      const known = learnt.get(owner);
      let isJudged = judged.get(owner);
      if (isJudged === undefined)
        judged.set(owner, (isJudged = known !== undefined && hasHabits(known)));
      if (!isJudged || known!.values.has(text)) return Number.NaN;
      const before = known!.values.size;
      take(owner, text);
      return known!.values.size > before ? 1 : Number.NaN;
    },
    opening: (_window, { timeUs, ref }) => ({ firstUs: timeUs, count: 1, refs: [ref] }),
    save: () => [],
    load: () => undefined,
  };
}
