/**
 * The rules over access lines. Rules that look at every line are answered from a table by status or counted
 * into sketches; the others are tried only on lines in which one of their literals occurs.
 */
import { isSkip } from '../../events/event.ts';
import type { ByteChunk } from '../../logs/chunks.ts';
import type { Clock } from '../../logs/clock.ts';
import type { AccessView } from '../../logs/formats/access-fields.ts';
import type { AccessSpans } from '../../logs/formats/access-spans.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import { decodeUtf8 } from '../../logs/read-events.ts';
import type { CompiledRule } from '../../sigma/compiled-rule.ts';
import type { Location } from '../location.ts';
import { isHotFor, type Matcher, onlyFeedsCounts } from '../matcher.ts';
import { groupKey, type Plan, type RowKind } from '../plan.ts';
import type { RowCollector } from '../rows/rows.ts';
import {
  createSketchCounter,
  createValueCounter,
  type SketchCounter,
  type ValueCounter,
} from '../sketch.ts';
import { leastBytes } from './bounds.ts';
import { createAccessCandidates } from './candidates.ts';
import { createGroupHash, type GroupHash } from './group-hash.ts';

/** What stays the same for all lines. */
export interface AccessRulesContext {
  plan: Plan;
  /** Reads the lines that are worth an event. */
  format: LogFormat;
  matcher: Matcher;
  rows: RowCollector;
  /** Cells that this reader counts in, and the sums of all readers, by sketch. */
  sketches: readonly Uint16Array[];
  sums: readonly Uint16Array[];
  /** What counts the values of groups, by sketch, and the seed of the hashes of values. */
  values: readonly Int32Array[];
  seed: number;
}

/** The rules of a run as they are tried on access lines; hits go to the collectors that it was made with. */
export interface AccessRules {
  /** Runs the rules on the line `chunk[start, end)` that was scanned into the spans. */
  run(
    chunk: ByteChunk,
    start: number,
    end: number,
    timeUs: number,
    location: Location,
    clock: Clock,
  ): void;
  /** The second reading: only rows of counted hits whose groups may reach their threshold. */
  runHot(
    chunk: ByteChunk,
    start: number,
    end: number,
    timeUs: number,
    location: Location,
    clock: Clock,
  ): void;
}

/** A rule that is tried on every line with an answer of at least so many bytes. */
interface OtherRule {
  rule: number;
  leastBytes: number;
}

/** How hits of a feed are counted. */
interface Counter {
  groupHash: GroupHash;
  add: SketchCounter;
  /** Where values are counted. */
  values: { hash: GroupHash; add: ValueCounter } | undefined;
}

/** Makes the rules over lines that are scanned into `spans` and shown by `view`. */
export function createAccessRules(
  { plan, format, matcher, rows, sketches, sums, values, seed }: AccessRulesContext,
  spans: AccessSpans,
  view: AccessView,
): AccessRules {
  const { rules, resolve } = plan.ruleSet;
  // One sample decides which rules fit: all lines of the format are of one kind.
  const bucket = matcher.bucketOf(view.event);
  const candidates = createAccessCandidates(plan.ruleSet, bucket, spans);
  // What looks at the whole line is tried on the event that the format makes of it.
  const lineRules = bucket.always.filter((rule) => rules[rule]!.readsLine);
  const viewRules = bucket.always.filter((rule) => !lineRules.includes(rule));
  const isAlways = new Uint8Array(rules.length);
  for (const rule of bucket.always) isAlways[rule] = 1;
  const isCounted = Uint8Array.from(rules, (_, rule) => (onlyFeedsCounts(plan, rule) ? 1 : 0));
  const counters = plan.feedsOfRule.map((feeds) =>
    feeds.flatMap(({ dense, groupBy, counted }): Counter[] => {
      if (dense?.counts !== true) return [];
      const cells = sketches[dense.sketch] as Uint16Array;
      return [
        {
          groupHash: createGroupHash(groupBy, spans, view),
          add: createSketchCounter(cells, dense.windowUs),
          values: dense.isOfValues
            ? {
                hash: createGroupHash(counted, spans, view, seed),
                add: createValueCounter(values[dense.sketch] as Int32Array, cells, dense.windowUs),
              }
            : undefined,
        },
      ];
    }),
  );

  const reads = (field: string, rule: number, path: string): boolean =>
    resolve(field, rules[rule]!.rule.logsource).paths?.every((read) => read === path) === true;
  const readsStatusOnly = (rule: number): boolean =>
    rules[rule]!.fields.every((field) => reads(field, rule, 'http.response.status_code'));
  const statusRules = viewRules.filter(readsStatusOnly);
  const otherRules = viewRules
    .filter((rule) => !readsStatusOnly(rule))
    .map(
      (rule): OtherRule => ({
        rule,
        leastBytes: leastBytes(rules[rule]!.rule, (field) =>
          reads(field, rule, 'http.response.body.bytes'),
        ),
      }),
    );
  const hitsOfStatus: (readonly number[] | undefined)[] = new Array(1001).fill(undefined);

  /** Rules that read nothing but the status answer alike for every line with that status. */
  const byStatus = (): readonly number[] => {
    const index = Math.min(1000, spans.status + 1);
    let hits = hitsOfStatus[index];
    if (hits === undefined) {
      hits = statusRules.filter((rule) => rules[rule]?.test(view.event, '') === true);
      hitsOfStatus[index] = hits;
    }
    return hits;
  };

  const count = (rule: number, chunk: ByteChunk, timeUs: number): void => {
    const feeds = counters[rule] as readonly Counter[];
    for (let index = 0; index < feeds.length; index += 1) {
      const { groupHash, add, values: ofValues } = feeds[index] as Counter;
      const hash = groupHash(chunk);
      if (hash === undefined) continue;
      if (ofValues === undefined) {
        add(hash, timeUs);
        continue;
      }
      const value = ofValues.hash(chunk);
      if (value !== undefined) ofValues.add(hash, value, timeUs);
    }
  };

  const hit = (rule: number, chunk: ByteChunk, timeUs: number, location: Location): void => {
    if (isCounted[rule] === 1) count(rule, chunk, timeUs);
    else matcher.hit(rule, view.event, location);
  };

  const groupHashes = new Map<RowKind, GroupHash>();
  const groupHashOf = (kind: RowKind): GroupHash => {
    let groupHash = groupHashes.get(kind);
    if (groupHash === undefined) {
      const line = { ...spans };
      groupHash = createGroupHash(kind.groupBy, spans, view);
      groupHashes.set(kind, groupHash);
      // It looked at a line of its own.
      Object.assign(spans, line);
    }
    return groupHash;
  };

  const addHot = (
    rule: number,
    chunk: ByteChunk,
    timeUs: number,
    location: Location,
    show: () => void,
  ): void => {
    for (const kind of plan.rowKindsOfRule[rule] ?? []) {
      const groupHash = groupHashOf(kind);
      show();
      const group = groupKey(kind.groupBy, view.event);
      const hash = groupHash(chunk);
      if (group === undefined || hash === undefined) continue;
      if (!isHotFor(kind, sums, hash, timeUs)) continue;
      const value = kind.counted.length === 0 ? '' : groupKey(kind.counted, view.event);
      if (value !== undefined) rows.add(kind.index, timeUs, location, group, value);
    }
  };

  /** The event as `parse` gives it, for the rules that may hit. */
  const readFully = (
    line: string,
    chosen: readonly number[],
    clock: Clock,
    location: Location,
  ): void => {
    const raw = decodeUtf8(line);
    const event = format.parse(raw, clock);
    if (isSkip(event)) return;
    for (const rule of chosen) {
      if (rules[rule]?.test(event, raw) === true) matcher.hit(rule, event, location);
    }
  };

  const tryChosen = (
    chosen: readonly number[],
    chunk: ByteChunk,
    start: number,
    end: number,
    timeUs: number,
    location: Location,
    clock: Clock,
  ): void => {
    let whole: number[] | undefined;
    for (const rule of chosen) {
      if (isAlways[rule] === 1) continue;
      const { test, readsLine } = rules[rule] as CompiledRule;
      // Most that may hit do not: that is cheaper to find out than the whole event.
      if (!readsLine && !test(view.event, '')) continue;
      if (isCounted[rule] === 0) (whole ??= []).push(rule);
      else count(rule, chunk, timeUs);
    }
    if (whole !== undefined) {
      readFully(chunk.bytes.toString('latin1', start, end), whole, clock, location);
    }
  };

  return {
    run(chunk, start, end, timeUs, location, clock) {
      view.move(chunk.bytes, timeUs, clock);
      const always = byStatus();
      for (let index = 0; index < always.length; index += 1) {
        hit(always[index] as number, chunk, timeUs, location);
      }
      for (let index = 0; index < otherRules.length; index += 1) {
        const { rule, leastBytes } = otherRules[index] as OtherRule;
        if (spans.bytes < leastBytes) continue;
        if (rules[rule]?.test(view.event, '') === true) hit(rule, chunk, timeUs, location);
      }
      const chosen = candidates.collect(chunk, start, end);
      if (chosen.length > 0) tryChosen(chosen, chunk, start, end, timeUs, location, clock);
      if (lineRules.length > 0) {
        readFully(chunk.bytes.toString('latin1', start, end), lineRules, clock, location);
      }
    },
    runHot(chunk, start, end, timeUs, location, clock) {
      const show = (): void => view.move(chunk.bytes, timeUs, clock);
      show();
      const chosen = [...viewRules, ...candidates.collect(chunk, start, end)];
      for (const rule of new Set(chosen)) {
        if (isCounted[rule] !== 1) continue;
        if (rules[rule]?.test(view.event, '') === true) addHot(rule, chunk, timeUs, location, show);
      }
    },
  };
}
