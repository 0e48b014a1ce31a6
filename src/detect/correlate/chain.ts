/**
 * Correlations that refer to each other. The rows of one event wait for each other, so that what an inner
 * correlation makes of the event is known when the outer one sees it.
 *
 * Each hit at which the inner condition holds is a hit of the outer temporal correlation, so that the inner
 * result counts with its latest time. An outer count takes each inner result once, when it opens.
 */
import type { CompiledCorrelation } from '../../sigma/compiled-rule.ts';
import type { Correlator } from './correlator.ts';
import type { Burst } from './groups.ts';
import type { Before, CorrelationHit, Names } from './window.ts';

/** What a correlation did at the event at hand. */
interface Held {
  stamp: number;
  isFirst: boolean;
}

/** A feed of a correlation in a chain. */
export interface ChainFeed {
  correlation: number;
  correlator: Correlator;
  /** Members that a row may be a hit of. */
  members: readonly ChainMember[];
}

interface ChainMember {
  position: number;
  /** What the inner correlation did; undefined when the member is a rule. */
  inner: Held | undefined;
  /** Is it a hit only when the inner result opens? */
  opensOnly: boolean;
}

/** Hands the results of inner correlations to the outer ones, in time order. */
export interface Chain {
  /** The feed of an input of a correlation. */
  feedOf(correlation: number, input: number, correlator: Correlator): ChainFeed;
  /** The condition of a correlation holds at the event at hand, for the group of `burst`. */
  note(correlation: number, isFirst: boolean, group: number, burst: Burst): void;
  push(feed: ChainFeed, hit: CorrelationHit): void;
  /** An event comes next: rows of an earlier one need not wait any longer. */
  settle(timeUs: number, ref: number): void;
  /** Forgets, sooner or later, what no result from `nowUs` on can ask for. */
  forget(nowUs: number): void;
  /** No more rows of the event at hand will come. */
  flush(): void;
  save(names: Names, correlators: readonly Correlator[]): SavedChain;
  load(saved: SavedChain, names: Names, correlators: readonly Correlator[]): void;
}

/** The latest results that others wait for, as correlation, group and result; without the result while it is open. */
export type SavedChain = readonly (readonly [number, string, Burst | null])[];

/** A row that waits for the other rows of its event; the objects are used again. */
interface Waiting {
  feed: ChainFeed;
  group: number;
  value: number;
  weight: number;
}

/** Makes the part of a rule set's pass that has chains. */
export function createChain(correlations: readonly CompiledCorrelation[]): Chain {
  let stamp = 0;
  /** Of each correlation that others wait for: the latest result of each group. */
  const latest = new Map<number, Map<number, Burst>>();
  for (const { members } of correlations) {
    for (const { kind, index } of members) if (kind === 'correlation') latest.set(index, new Map());
  }
  const spanUs = Math.max(0, ...correlations.map(({ rule }) => rule.timespanSeconds * 1_000_000));
  let nextSweepUs = Number.NEGATIVE_INFINITY;
  const held: Held[] = correlations.map(() => ({ stamp: -1, isFirst: false }));
  const waiting: Waiting[] = [];
  let count = 0;
  /** The event that the rows are of. */
  const event: CorrelationHit = {
    rule: 0,
    timeUs: Number.NaN,
    group: 0,
    value: 0,
    weight: 1,
    ref: Number.NaN,
  };

  const flush = (): void => {
    stamp += 1;
    for (let index = 0; index < count; index += 1) {
      const { feed, group, value, weight } = waiting[index]!;
      event.group = group;
      event.value = value;
      for (const { position, inner, opensOnly } of feed.members) {
        if (inner !== undefined && (inner.stamp !== stamp || (opensOnly && !inner.isFirst)))
          continue;
        event.rule = position;
        // An inner result opens once, however many its line stands for.
        event.weight = inner === undefined ? weight : 1;
        feed.correlator.push(event);
      }
    }
    count = 0;
  };

  const settle = (timeUs: number, ref: number): void => {
    if (ref === event.ref && timeUs === event.timeUs) return;
    if (count > 0) flush();
    event.timeUs = timeUs;
    event.ref = ref;
  };

  return {
    feedOf(correlation, input, correlator) {
      const { members, inputs, rule } = correlations[correlation]!;
      const opensOnly = !rule.type.startsWith('temporal');
      return {
        correlation,
        correlator,
        members: members.flatMap(({ kind, index }, position) => {
          const inner = kind === 'correlation' ? held[index]! : undefined;
          const isMember = inner !== undefined || index === inputs[input]?.rule;
          return isMember ? [{ position, inner, opensOnly }] : [];
        }),
      };
    },
    note(correlation, isFirst, group, burst) {
      if (isFirst) {
        latest.get(correlation)?.set(group, burst);
        burst.before = beforeOf(correlations[correlation]!, latest, group, burst.firstUs, event);
      } else if (burst.deciding.at(-1) === event.ref) {
        // What began after the result opened: the hits before its condition held are nowhere else.
        const knownUs = Math.max(burst.firstUs, ...burst.before.map(({ lastUs }) => lastUs));
        const anew = beforeOf(correlations[correlation]!, latest, group, knownUs, event);
        const grown = burst.before.map((known) => {
          const now = anew.find(({ firstUs }) => firstUs === known.firstUs);
          return now === undefined ? known : { ...known, total: now.count };
        });
        burst.before = [...grown, ...anew.filter(({ firstUs }) => firstUs > knownUs)];
      }
      const state = held[correlation]!;
      state.isFirst = isFirst || (state.stamp === stamp && state.isFirst);
      state.stamp = stamp;
    },
    forget(nowUs) {
      if (nowUs < nextSweepUs) return;
      nextSweepUs = nowUs + spanUs;
      for (const bursts of latest.values()) {
        for (const [group, { lastUs }] of bursts) if (lastUs < nowUs - spanUs) bursts.delete(group);
      }
    },
    settle,
    push(feed, { timeUs, ref, group, value, weight = 1 }) {
      settle(timeUs, ref);
      const row = waiting[count] ?? { feed, group, value, weight };
      // Members come before the correlations that refer to them.
      let at = count;
      for (; at > 0 && waiting[at - 1]!.feed.correlation > feed.correlation; at -= 1) {
        waiting[at] = waiting[at - 1]!;
      }
      waiting[at] = row;
      row.feed = feed;
      row.group = group;
      row.value = value;
      row.weight = weight;
      count += 1;
    },
    flush() {
      if (count > 0) flush();
    },
    save: ({ textOf }, correlators) =>
      [...latest].flatMap(([index, bursts]) =>
        [...bursts].map(([group, burst]): SavedChain[number] => [
          index,
          textOf(group),
          correlators[index]?.burstOf(group) === burst ? null : burst,
        ]),
      ),
    load(saved, { numberOf }, correlators) {
      for (const [index, text, closed] of saved) {
        const group = numberOf(text);
        const burst = closed ?? correlators[index]?.burstOf(group);
        if (burst !== undefined) latest.get(index)?.set(group, burst);
      }
    },
  };
}

/** What the inner correlations of one have seen in the same group, since its first hit; nothing but the event at hand is not before it. */
function beforeOf(
  { members }: CompiledCorrelation,
  latest: ReadonlyMap<number, ReadonlyMap<number, Burst>>,
  group: number,
  sinceUs: number,
  event: { ref: number },
): Before[] {
  return members.flatMap(({ kind, index }) => {
    const burst = kind === 'correlation' ? latest.get(index)?.get(group) : undefined;
    if (burst === undefined || burst.lastUs < sinceUs) return [];
    if (burst.count === 1 && burst.lastRef === event.ref) return [];
    const { firstUs, lastUs, count, refs, lastRef } = burst;
    return [
      { firstUs, lastUs, count, refs: refs.includes(lastRef) ? [...refs] : [...refs, lastRef] },
    ];
  });
}

/** For each correlation: does it refer to another one, or is it referred to by one? */
export function chainedCorrelations(correlations: readonly CompiledCorrelation[]): boolean[] {
  const isChained = correlations.map(() => false);
  correlations.forEach(({ members }, index) => {
    for (const member of members) {
      if (member.kind !== 'correlation') continue;
      isChained[index] = true;
      isChained[member.index] = true;
    }
  });
  return isChained;
}
