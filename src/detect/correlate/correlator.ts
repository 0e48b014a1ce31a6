/**
 * Correlations over a stream of hits in time order, in memory bounded by the hits of two windows.
 *
 * The window ends at each hit and reaches back by the timespan, both ends included. When its condition
 * holds, a result opens; further hits of the group extend it while the condition keeps holding and no pause is
 * longer than the timespan; then it is given out, and the group can fire again.
 */
import type { SigmaCorrelation } from '../../sigma/rule.ts';
import type { Geo } from '../geo/geo.ts';
import { amountWindow } from './amount.ts';
import { type ColdHits, type ColdRoom, createColdHits, MOST_NEEDED } from './cold.ts';
import {
  compileAmountCondition,
  compileCondition,
  countingLimit,
  effectiveCondition,
  thresholdOf,
} from './condition.ts';
import { countWindow } from './count.ts';
import { distinctWindow } from './distinct.ts';
import { firstSeenWindow, isFirstSeen, type Normal } from './first-seen.ts';
import { type Burst, createGroups, type Group, type SavedGroup } from './groups.ts';
import { orderedWindow } from './ordered.ts';
import { MAX_THRESHOLD, thresholdWindow } from './threshold.ts';
import { travelSpeed, travelWindow } from './travel.ts';
import { unusualTimes, unusualWindow } from './unusual.ts';
import {
  type CorrelationHit,
  type CorrelationResult,
  KEPT_BEFORE,
  KEPT_DECIDING,
  KEPT_REFS,
  type Names,
  NO_VALUE,
  type WindowKind,
} from './window.ts';

/** One correlation at work. Times are microseconds since the epoch. */
export interface Correlator {
  /** Takes the next hit. Those of a group come in time order; equal times keep the order of the calls. */
  push(hit: CorrelationHit): void;
  /**
   * Gives out results that nothing can extend any more and frees their memory. Every hit to come is at
   * `nowUs` or later.
   */
  forget(nowUs: number): void;
  /** Gives out the results that are still open. */
  finish(): void;
  /** The open result of a group, if there is one. */
  burstOf(group: number): Burst | undefined;
  /** All that it has seen and may still need, as JSON can carry it, but for the hits of `cold`. */
  save(names: Names): readonly SavedGroup[];
  /** Goes on where `save` was called. Call on a new one. */
  load(saved: readonly SavedGroup[], names: Names): void;
  /** Hits of groups that have no window yet; absent where each group has one from its first hit. */
  cold?: ColdHits | undefined;
}

/** What a correlator tells of, as it happens. */
export interface CorrelatorEvents {
  /** A result is complete. */
  onResult(result: CorrelationResult): void;
  /** The condition holds at this hit; `isFirst` when it opens the result. */
  onHold?(hit: CorrelationHit, isFirst: boolean, burst: Burst): void;
  /**
   * Room for hits of groups that have too few for a window. Absent: each group has one from its first hit, as in runs over
   * files, which know beforehand which groups have enough.
   */
  room?: ColdRoom;
  /** Do other correlations ask what it has seen? Then more of it is kept. Absent: no. */
  isAsked?: boolean;
  /** The text behind the value of a hit, for correlations over numbers. */
  textOf?(value: number): string;
  /** For correlations over what is new. Absent: nothing is known to be normal, and nothing new. */
  normal?: Normal;
  /** Where addresses are. Absent: correlations over places find nothing. */
  geo?: Geo;
}

/** Makes the correlator of one rule. */
export function createCorrelator(
  correlation: SigmaCorrelation,
  events: CorrelatorEvents,
): Correlator {
  const condition = effectiveCondition(correlation);
  const limit = countingLimit(condition);
  const timespanUs = correlation.timespanSeconds * 1_000_000;
  const members = correlation.references_to.length;
  if (isFirstSeen(correlation)) {
    const { normal = NOTHING_NORMAL, textOf = String, geo } = events;
    return correlatorOver(firstSeenWindow(correlation, normal, textOf, geo), correlation, events);
  }
  const speed = travelSpeed(correlation);
  if (speed !== undefined) {
    const { textOf = String, geo } = events;
    return correlatorOver(travelWindow(speed, geo, textOf), correlation, events);
  }
  const times = unusualTimes(correlation);
  if (times !== undefined) {
    const { textOf = String } = events;
    return correlatorOver(unusualWindow(times, timespanUs, textOf), correlation, events);
  }
  switch (correlation.type) {
    case 'event_count': {
      const threshold = thresholdOf(condition);
      return threshold !== undefined && threshold <= MAX_THRESHOLD
        ? correlatorOver(thresholdWindow(threshold, timespanUs), correlation, events)
        : correlatorOver(countWindow(limit, timespanUs), correlation, events);
    }
    case 'value_count':
      return correlatorOver(distinctWindow(limit, timespanUs, 'value'), correlation, events);
    case 'temporal':
      return correlatorOver(distinctWindow(members, timespanUs, 'rule'), correlation, events);
    case 'temporal_ordered':
      return correlatorOver(orderedWindow(members, timespanUs), correlation, events);
    default:
      return correlatorOver(amountWindow(correlation, events.textOf), correlation, events);
  }
}

const NOTHING_NORMAL: Normal = { untilUs: Number.NEGATIVE_INFINITY, learnt: new Map() };

function correlatorOver<W>(
  kind: WindowKind<W>,
  correlation: SigmaCorrelation,
  { onResult, onHold, isAsked, room }: CorrelatorEvents,
): Correlator {
  const needsValue = correlation.type.startsWith('value_');
  const holds =
    needsValue && correlation.type !== 'value_count'
      ? compileAmountCondition(correlation.condition)
      : compileCondition(effectiveCondition(correlation));
  const timespanUs = correlation.timespanSeconds * 1_000_000;
  const isTemporal = correlation.type === 'temporal' || correlation.type === 'temporal_ordered';
  const last = correlation.type === 'temporal_ordered' ? correlation.references_to.length - 1 : -1;
  const kept = isAsked === true ? KEPT_BEFORE : KEPT_REFS;
  const close = (group: Group<W>): void => {
    if (group.burst === undefined) return;
    onResult(resultOf(group.group, group.burst));
    group.burst = undefined;
  };
  const groups = createGroups(kind.create, timespanUs, close);
  const needed = requiredCount(correlation)?.count ?? 1;
  const isLate = room !== undefined && needed > 1 && needed <= MOST_NEEDED;
  const cold = isLate ? createColdHits(needed, timespanUs, room) : undefined;
  /** The window of a group as it were if the group had had it all along. */
  const warm = (hit: CorrelationHit): Group<W> => {
    const group = groups.take(hit.group);
    cold?.each(hit, (earlier) => void kind.add(group.window, earlier));
    return group;
  };
  return {
    cold,
    push(hit) {
      if (needsValue && hit.value === NO_VALUE) return;
      const { timeUs } = hit;
      let group = groups.find(hit.group);
      if (group === undefined) {
        if (cold?.add(hit) === true) return;
        group = warm(hit);
      }
      const sinceUs = timeUs - timespanUs;
      if (group.burst !== undefined && group.lastUs < sinceUs) close(group);
      group.lastUs = timeUs;
      const counted = kind.add(group.window, hit);
      if (Number.isNaN(counted)) return;
      if (!holds(counted)) {
        close(group);
        return;
      }
      const isFirst = group.burst === undefined;
      if (group.burst === undefined) {
        const { firstUs, count, refs } = kind.opening(group.window, hit);
        const deciding = isTemporal ? [hit.ref] : [];
        group.burst = {
          firstUs,
          lastUs: timeUs,
          count,
          refs: refs.slice(0, kept),
          lastRef: hit.ref,
          deciding,
          before: [],
        };
      } else {
        extend(group.burst, hit, kept);
        if (hit.rule === last) decide(group.burst, hit.ref);
      }
      onHold?.(hit, isFirst, group.burst);
    },
    forget(nowUs) {
      groups.forget(nowUs);
      cold?.forget(nowUs);
    },
    finish: groups.clear,
    burstOf: groups.burstOf,
    save: (names) => groups.save(names, (window) => kind.save(window, names)),
    load: (saved, names) => groups.load(saved, names, (window) => kind.load(window, names)),
  };
}

function decide({ deciding }: Burst, ref: number): void {
  if (deciding.length < KEPT_DECIDING && deciding.at(-1) !== ref) deciding.push(ref);
}

function extend(burst: Burst, hit: CorrelationHit, kept: number): void {
  burst.lastUs = hit.timeUs;
  if (burst.lastRef === hit.ref) return;
  burst.count += hit.weight ?? 1;
  burst.lastRef = hit.ref;
  if (burst.refs.length < kept) burst.refs.push(hit.ref);
}

/** What a burst has come to by now. */
export function resultOf(group: number, burst: Burst): CorrelationResult {
  const { firstUs, lastUs, count, lastRef, deciding, before } = burst;
  const refs = burst.refs.slice(0, deciding.length > 0 ? KEPT_BEFORE : KEPT_REFS);
  if (!refs.includes(lastRef)) refs.push(lastRef);
  return { group, firstUs, lastUs, count, refs, deciding, before };
}

/**
 * The least number of hits one group needs inside a window before the correlation can fire, and the
 * window's length; undefined when a single hit may be enough.
 */
export function requiredCount(
  correlation: SigmaCorrelation,
): { count: number; windowUs: number } | undefined {
  // The numbers of a window may be anything, however few they are.
  if (correlation.type.startsWith('value_') && correlation.type !== 'value_count') return undefined;
  const { gt, gte, eq } = effectiveCondition(correlation);
  const count = Math.max(
    gt === undefined ? 1 : Math.floor(gt) + 1,
    Math.ceil(gte ?? 1),
    Math.ceil(eq ?? 1),
  );
  // One event may hit several members of a temporal correlation, but each of these is a hit.
  return count <= 1 ? undefined : { count, windowUs: correlation.timespanSeconds * 1_000_000 };
}
