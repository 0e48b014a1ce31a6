/** Tries the rules on single events and hands the hits to bursts and rows. */
import { messageOf } from '../errors.ts';
import { ECS_FIELD_NAMES, isMadeField } from '../events/ecs-field-names.ts';
import type { EcsField, Event } from '../events/event.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { BurstCollector } from './bursts.ts';
import { asList, readings } from './fields/percent-decode.ts';
import { createViewTexts } from './fields/view-texts.ts';
import type { Location } from './location.ts';
import { entitiesOf, groupKey, type Plan, type RowKind } from './plan.ts';
import { HIT_KIND, NO_TIME, type RowCollector, weightText } from './rows/rows.ts';
import { createBuckets, createCandidateSet, type RuleBucket } from './rule-bucket.ts';
import { countInSketch, hashGroup, isHot } from './sketch.ts';
import { allForms } from './views/list.ts';
import type { TextKind } from './views/plain.ts';

/** The rules as they are tried on whole events. `raw` is the event's text. */
export interface Matcher {
  /**
   * Runs every fitting rule on an event. Throws in the end, when a rule failed on it.
   * @param isCounting hits that only feed counts are counted, and kept by `matchHot` where enough were
   */
  match(event: Event, raw: string, location: Location, isCounting?: boolean): void;
  /** The second reading: rows of hits that were only counted, of groups that may reach their threshold. Throws as `match`. */
  matchHot(event: Event, raw: string, location: Location): void;
  /** Only notes which rules hit an event: a row for each, and one for each correlation it feeds. Throws as `match`. */
  note(event: Event, raw: string, location: Location): void;
  /** Records that a rule hit: a burst when it reports, a row for each correlation it feeds. */
  hit(rule: number, event: Event, location: Location): void;
  /** The same where it is only counted, in the first and in the second reading. */
  count(rule: number, event: Event): void;
  addHot(rule: number, event: Event, location: Location): void;
  bucketOf(event: Event): RuleBucket;
  /** The rules that may fit an event: all others miss a literal that they need. Valid until the next call. */
  candidatesOf(event: Event, raw: string): readonly number[];
}

/**
 * Fields of which literals are taken. Most of their values stand in the line; those that do not (a program that
 * a bare line implies, a message that was put together, an address in another spelling) are searched as well.
 */
const LITERAL_FIELDS = ECS_FIELD_NAMES.filter((field) => !isMadeField(field));

const TEXT_KINDS: readonly TextKind[] = ['target', 'header'];

/** A record as rules see it; undefined when it is nested too deeply. */
export function compactJson(record: object): string | undefined {
  try {
    return JSON.stringify(record);
  } catch {
    return undefined;
  }
}

/** The texts of a record that JSON has only in escaped form. */
export function escapedIn(record: object): string[] {
  const texts: string[] = [];
  const waiting: unknown[] = [record];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value === 'string') {
      if (ESCAPED.test(value)) texts.push(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) if (inner !== undefined) waiting.push(inner);
    }
  }
  return texts;
}

const ESCAPED = /["\\\u0000-\u001f]/;

/** Does the rule only feed correlations whose thresholds are checked beforehand, and read fields alone? */
export const onlyFeedsCounts = (plan: Plan, rule: number): boolean =>
  plan.reports[rule] !== true &&
  (plan.feedsOfRule[rule] ?? []).length > 0 &&
  (plan.feedsOfRule[rule] ?? []).every((feed) => feed.dense !== undefined) &&
  plan.ruleSet.rules[rule]?.readsLine === false;

/** Could an event of the group be part of a window that fires one of the feeds of a kind? @param sums of all readers, by sketch */
export const isHotFor = (
  { feeds }: RowKind,
  sums: readonly Uint16Array[],
  hash: number,
  timeUs: number,
): boolean =>
  feeds.some(
    ({ dense }) =>
      dense !== undefined &&
      isHot(sums[dense.sketch] as Uint16Array, hash, timeUs, dense.windowUs, dense.count),
  );

/**
 * Makes the matcher of one reader.
 * @param sums the sums of all readers' cells, by sketch, for the second reading
 */
export function createMatcher(
  plan: Plan,
  formats: readonly LogFormat[],
  sketches: readonly Uint16Array[],
  bursts: Pick<BurstCollector, 'add'>,
  rows: RowCollector,
  sums: readonly Uint16Array[] = [],
): Matcher {
  const { rules, resolve } = plan.ruleSet;
  const isOnlyCounted = rules.map((_, rule) => onlyFeedsCounts(plan, rule));
  const viewTexts = createViewTexts(resolve);
  const bucketOf = createBuckets(rules, formats);
  /** The second reading asks nothing of the rules whose hits the first one kept. */
  const countedBucketOf = createBuckets(rules, formats, (rule) => isOnlyCounted[rule] === true);
  const candidates = createCandidateSet(rules.length);

  const addRow = (kind: RowKind, event: Event, location: Location, isCounted = true): void => {
    // Without a time there is no window.
    if (event.timeUs === undefined) return;
    const group = groupKey(kind.groupBy, event);
    if (group === undefined) return;
    const value = kind.counted.length === 0 ? weightText(event) : groupKey(kind.counted, event);
    if (value === undefined) return;
    for (const { dense } of kind.feeds) {
      if (!isCounted || dense?.counts !== true) continue;
      const cells = sketches[dense.sketch] as Uint16Array;
      countInSketch(cells, hashGroup(group), event.timeUs, dense.windowUs, event.repeats);
    }
    rows.add(kind.index, event.timeUs, location, group, value);
  };

  const count = (rule: number, event: Event): void => {
    if (event.timeUs === undefined) return;
    for (const { dense, groupBy } of plan.feedsOfRule[rule] ?? []) {
      const group = dense?.counts === true ? groupKey(groupBy, event) : undefined;
      if (dense === undefined || group === undefined) continue;
      const cells = sketches[dense.sketch] as Uint16Array;
      countInSketch(cells, hashGroup(group), event.timeUs, dense.windowUs, event.repeats);
    }
  };

  const addHot = (rule: number, event: Event, location: Location): void => {
    const { timeUs } = event;
    if (timeUs === undefined) return;
    for (const kind of plan.rowKindsOfRule[rule] ?? []) {
      const group = groupKey(kind.groupBy, event);
      if (group !== undefined && isHotFor(kind, sums, hashGroup(group), timeUs))
        addRow(kind, event, location, false);
    }
  };

  const hit = (rule: number, event: Event, location: Location): void => {
    if (plan.reports[rule] === true) {
      const entities = entitiesOf(plan.entityFields[rule] ?? [], event);
      bursts.add(rule, entities[0]?.[1] ?? '', event.timeUs, location, entities, event.repeats);
    }
    for (const kind of plan.rowKindsOfRule[rule] ?? []) addRow(kind, event, location);
  };

  const addFoundInViews = (bucket: RuleBucket, event: Event): void => {
    for (const kind of TEXT_KINDS) {
      if (bucket.views[kind].rulesOfLiteral.length === 0) continue;
      for (const text of viewTexts(event, kind)) {
        for (const form of allForms(kind, text)) candidates.addFoundIn(bucket.views[kind], form);
      }
    }
  };

  /** By field, the last value that no rule of a bucket needs: many fields say the same of one event after another. */
  const idle: unknown[] = [];
  let idleBucket: RuleBucket | undefined;

  const addUnwritten = (bucket: RuleBucket, event: Event, raw: string): void => {
    if (candidates.rules.length === bucket.all.length) return;
    if (bucket !== idleBucket) {
      idle.length = 0;
      idleBucket = bucket;
    }
    for (let index = 0; index < LITERAL_FIELDS.length; index += 1) {
      const value = event[LITERAL_FIELDS[index] as EcsField];
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      if (value === idle[index]) continue;
      const text = String(value);
      if (raw.includes(text)) continue;
      let isIdle = true;
      for (const form of asList(readings(text)))
        if (candidates.addFoundIn(bucket.literals, form)) isIdle = false;
      if (isIdle) idle[index] = value;
    }
    if (event.raw === undefined) return;
    // Rules see objects as compact JSON and numbers in their plain form; the line may be spaced out.
    const record = compactJson(event.raw);
    if (record === undefined) candidates.addAll(bucket.all);
    else if (record !== raw) candidates.addFoundIn(bucket.literals, record);
    if (record?.includes('\\') !== true) return;
    for (const text of escapedIn(event.raw)) candidates.addFoundIn(bucket.literals, text);
  };

  const candidatesIn = (bucket: RuleBucket, event: Event, raw: string): readonly number[] => {
    candidates.begin();
    if (bucket.all.length === 0) return candidates.rules;
    if (bucket.isEncoded || (raw.includes('\\') && event.raw === undefined)) {
      candidates.addAll(bucket.all);
    } else {
      for (const reading of asList(readings(raw))) candidates.addFoundIn(bucket.literals, reading);
      addFoundInViews(bucket, event);
      candidates.addAll(bucket.always);
      addUnwritten(bucket, event, raw);
    }
    return candidates.rules;
  };

  const eachHit = (
    bucket: RuleBucket,
    event: Event,
    raw: string,
    take: (rule: number) => void,
  ): void => {
    let failure: Error | undefined;
    for (const rule of candidatesIn(bucket, event, raw)) {
      try {
        if (rules[rule]?.test(event, raw) === true) take(rule);
      } catch (error) {
        // The others still see the event.
        failure ??= new Error(`the rule "${rules[rule]?.rule.title}" failed: ${messageOf(error)}`);
      }
    }
    if (failure !== undefined) throw failure;
  };

  return {
    bucketOf,
    candidatesOf: (event, raw) => candidatesIn(bucketOf(event), event, raw),
    hit,
    count,
    addHot,
    match: (event, raw, location, isCounting = false) =>
      eachHit(bucketOf(event), event, raw, (rule) => {
        if (isCounting && isOnlyCounted[rule] === true) count(rule, event);
        else hit(rule, event, location);
      }),
    matchHot: (event, raw, location) =>
      eachHit(countedBucketOf(event), event, raw, (rule) => addHot(rule, event, location)),
    note: (event, raw, location) =>
      eachHit(bucketOf(event), event, raw, (rule) => {
        rows.add(HIT_KIND, event.timeUs ?? NO_TIME, location, String(rule), '');
        for (const kind of plan.rowKindsOfRule[rule] ?? []) addRow(kind, event, location, false);
      }),
  };
}
