/**
 * Correlations over a stream of hits in time order, in memory bounded by the hits of two windows.
 *
 * The window ends at each hit and reaches back by the timespan, both ends included. When its condition
 * holds, a result opens; further hits of the group extend it while the condition keeps holding and no pause is
 * longer than the timespan; then it is given out, and the group can fire again.
 */
import type { SigmaCorrelation } from '../sigma/rule.ts';
import { compileCondition, countingLimit, effectiveCondition } from './correlate-condition.ts';
import { countWindow } from './correlate-count.ts';
import { distinctWindow } from './correlate-distinct.ts';
import { orderedWindow } from './correlate-ordered.ts';
import {
  type CorrelationHit,
  type CorrelationResult,
  KEPT_REFS,
  type WindowKind,
} from './correlate-window.ts';

export interface Correlator {
  /** Takes the next hit. Hits come in time order; equal times keep the order of the calls. */
  push(hit: CorrelationHit): void;
  /** Gives out the results that are still open, oldest group first. */
  finish(): void;
}

export interface CorrelatorEvents {
  /** A result is complete. */
  onResult(result: CorrelationResult): void;
  /** The condition holds at this hit; `isFirst` when it opens a result. */
  onHold?(hit: CorrelationHit, isFirst: boolean): void;
}

interface Group<W> {
  window: W;
  lastUs: number;
  burst: Burst | undefined;
}

interface Burst {
  firstUs: number;
  lastUs: number;
  count: number;
  refs: number[];
  lastRef: number;
}

/** Makes the correlator of one rule. */
export function createCorrelator(
  correlation: SigmaCorrelation,
  events: CorrelatorEvents,
): Correlator {
  const condition = effectiveCondition(correlation);
  const limit = countingLimit(condition);
  const members = correlation.references_to.length;
  switch (correlation.type) {
    case 'event_count':
      return correlatorOver(countWindow(limit), correlation, events);
    case 'value_count':
      return correlatorOver(
        distinctWindow(limit, (hit) => hit.value),
        correlation,
        events,
      );
    case 'temporal':
      return correlatorOver(
        distinctWindow(members, (hit) => hit.rule),
        correlation,
        events,
      );
    case 'temporal_ordered':
      return correlatorOver(orderedWindow(members), correlation, events);
  }
}

function correlatorOver<W>(
  kind: WindowKind<W>,
  correlation: SigmaCorrelation,
  { onResult, onHold }: CorrelatorEvents,
): Correlator {
  const holds = compileCondition(effectiveCondition(correlation));
  const timespanUs = correlation.timespanSeconds * 1_000_000;
  const needsValue = correlation.type === 'value_count';
  const close = (groupKey: string, group: Group<W>): void => {
    if (group.burst === undefined) return;
    onResult(resultOf(groupKey, group.burst));
    group.burst = undefined;
  };
  const groups = createGroups(kind, timespanUs, close);
  return {
    push(hit) {
      if (needsValue && hit.value === undefined) return;
      const { timeUs, groupKey } = hit;
      const group = groups.take(groupKey, timeUs);
      const sinceUs = timeUs - timespanUs;
      if (group.burst !== undefined && group.lastUs < sinceUs) close(groupKey, group);
      group.lastUs = timeUs;
      if (!holds(kind.add(group.window, hit, sinceUs))) {
        close(groupKey, group);
        return;
      }
      const isFirst = group.burst === undefined;
      if (group.burst === undefined) {
        const { firstUs, count, refs } = kind.opening(group.window, hit, sinceUs);
        group.burst = { firstUs, lastUs: timeUs, count, refs, lastRef: hit.ref };
      } else extend(group.burst, hit);
      onHold?.(hit, isFirst);
    },
    finish: groups.clear,
  };
}

interface Groups<W> {
  /** The group of a key, made when it is new. Forgets groups that had no hit in the window. */
  take(groupKey: string, nowUs: number): Group<W>;
  clear(): void;
}

/** Keeps the groups that hit lately; `forget` sees each one that goes. */
function createGroups<W>(
  kind: WindowKind<W>,
  timespanUs: number,
  forget: (groupKey: string, group: Group<W>) => void,
): Groups<W> {
  const groups = new Map<string, Group<W>>();
  let nextSweepUs = Number.NEGATIVE_INFINITY;
  /** Once per timespan, so that a hit pays for no more than one or two looks at its group. */
  const sweep = (nowUs: number): void => {
    for (const [groupKey, group] of groups) {
      if (group.lastUs >= nowUs - timespanUs) continue;
      forget(groupKey, group);
      groups.delete(groupKey);
    }
    nextSweepUs = nowUs + timespanUs;
  };
  return {
    take(groupKey, nowUs) {
      if (nowUs >= nextSweepUs) sweep(nowUs);
      let group = groups.get(groupKey);
      if (group === undefined) {
        group = { window: kind.create(), lastUs: Number.NEGATIVE_INFINITY, burst: undefined };
        groups.set(groupKey, group);
      }
      return group;
    },
    clear() {
      for (const [groupKey, group] of groups) forget(groupKey, group);
      groups.clear();
    },
  };
}

function extend(burst: Burst, hit: CorrelationHit): void {
  burst.lastUs = hit.timeUs;
  if (burst.lastRef === hit.ref) return;
  burst.count += 1;
  burst.lastRef = hit.ref;
  if (burst.refs.length < KEPT_REFS) burst.refs.push(hit.ref);
}

function resultOf(groupKey: string, burst: Burst): CorrelationResult {
  const { firstUs, lastUs, count, refs, lastRef } = burst;
  const kept = refs.includes(lastRef) ? refs : [...refs, lastRef];
  return { groupKey, firstUs, lastUs, count, refs: kept };
}

/**
 * The least number of hits one group needs inside a window before the correlation can fire, and the
 * window's length; undefined when a single hit may be enough.
 */
export function requiredCount(
  correlation: SigmaCorrelation,
): { count: number; windowUs: number } | undefined {
  const { gt, gte, eq } = effectiveCondition(correlation);
  const count = Math.max(
    gt === undefined ? 1 : Math.floor(gt) + 1,
    Math.ceil(gte ?? 1),
    Math.ceil(eq ?? 1),
  );
  // One event may hit several members of a temporal correlation, but each of these is a hit.
  return count <= 1 ? undefined : { count, windowUs: correlation.timespanSeconds * 1_000_000 };
}
