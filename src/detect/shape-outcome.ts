/**
 * What follows from a line of a shape, worked out once: the event is read three times, with other numbers
 * and another time, and only what stays the same is believed.
 */
import { type Event, isSkip } from '../events/event.ts';
import type { Clock } from '../logs/clock.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import { emptyStamp, readStamp } from '../logs/formats/syslog-stamp.ts';
import { type RuleRead, readsOf } from '../sigma/rule-reads.ts';
import { resolveField } from './field-mapping.ts';
import type { Matcher } from './matcher.ts';
import { entitiesOf, groupKey, type Plan } from './plan.ts';
import type { RuleBucket } from './rule-bucket.ts';
import { mayTouchNumbers, type Pieces, type Texts, textsOf } from './shape-numbers.ts';
import { type SourceEffect, sourceEffect } from './totals.ts';

/** What every event of a shape does, but for its time and place. */
export interface Outcome {
  /** What it adds to the counts of its source. */
  effect: SourceEffect | undefined;
  /** Rules that hit and report, with the entities they show. */
  reports: readonly { rule: number; entities: readonly (readonly [string, string])[] }[];
  /** Rows for correlations. */
  rows: readonly { kind: number; group: string; value: string }[];
}

/** A line to learn from. */
export interface SampleLine {
  text: string;
  /** Where the stamp ends. */
  stampEnd: number;
  /** Where the numbers are, as pairs of start and end, after the stamp. */
  numbers: readonly (readonly [number, number])[];
}

interface Sample {
  event: Event;
  raw: string;
}

/** A value that a rule reads. */
interface Read {
  reader: RuleRead['reader'];
  /** What the rule compares it with; undefined when more than texts count. */
  texts: Texts | undefined;
}

/** A rule that needs texts of which a number or a stamp might hold one. */
interface Doubt {
  rule: number;
  texts: Texts;
}

/**
 * Makes the function that works out what follows from a line; undefined when lines of its shape may differ
 * in what follows.
 */
export function createLearner(
  plan: Plan,
  matcher: Matcher,
  format: LogFormat,
): (line: SampleLine, clock: Clock) => Outcome | undefined {
  const { rules } = plan.ruleSet;
  const reads = new Map<number, readonly Read[]>();
  const doubts = new Map<RuleBucket, readonly Doubt[]>();

  const readsOfRule = (rule: number): readonly Read[] => {
    let known = reads.get(rule);
    if (known === undefined) {
      known = readsOf(rules[rule]!.rule, resolveField).map(({ reader, texts }) => ({
        reader,
        texts: texts === undefined ? undefined : textsOf(texts),
      }));
      reads.set(rule, known);
    }
    return known;
  };
  const doubtsOf = (bucket: RuleBucket): readonly Doubt[] => {
    let known = doubts.get(bucket);
    if (known === undefined) {
      known = bucket.all
        .map((rule) => ({ rule, texts: textsOf(rules[rule]?.literals ?? []) }))
        .filter(({ texts }) => texts.mayTouchStamp || texts.digits.length > 0);
      doubts.set(bucket, known);
    }
    return known;
  };

  /** Does the rule say the same of every line of the shape? */
  const isSteady = (rule: number, samples: readonly Sample[], pieces: Pieces): boolean =>
    readsOfRule(rule).every(({ reader, texts }) => {
      if (reader !== undefined && isSame(samples.map(({ event }) => reader(event)))) return true;
      return texts !== undefined && !texts.mayTouchStamp && !mayTouchNumbers(texts, pieces);
    });

  return (line, clock) => {
    const samples = samplesOf(line, clock, format);
    if (samples === undefined) return undefined;
    const { event, raw } = samples[0] as Sample;
    const pieces = piecesOf(line);
    const possible = new Set(matcher.candidatesOf(event, raw));
    for (const { rule, texts } of doubtsOf(matcher.bucketOf(event))) {
      if (texts.mayTouchStamp || mayTouchNumbers(texts, pieces)) possible.add(rule);
    }
    for (const rule of possible) if (!isSteady(rule, samples, pieces)) return undefined;
    const hits = [...possible].filter((rule) => rules[rule]!.test(event, raw));
    const outcomes = samples.map((sample) => outcomeOf(sample.event, hits, plan));
    return isSame(outcomes) ? outcomes[0] : undefined;
  };
}

/** What the rules `hits` make of an event; undefined when it must be counted first. */
function outcomeOf(event: Event, hits: readonly number[], plan: Plan): Outcome | undefined {
  const rows: { kind: number; group: string; value: string }[] = [];
  for (const rule of hits) {
    for (const { index, groupBy, counted, feeds } of plan.rowKindsOfRule[rule] ?? []) {
      if (feeds.some(({ dense }) => dense?.counts === true)) return undefined;
      const group = groupKey(groupBy, event);
      const value = counted.length === 0 ? '' : groupKey(counted, event);
      if (group !== undefined && value !== undefined) rows.push({ kind: index, group, value });
    }
  }
  return {
    effect: sourceEffect(event),
    reports: hits
      .filter((rule) => plan.reports[rule] === true)
      .map((rule) => ({ rule, entities: entitiesOf(plan.entityFields[rule] ?? [], event) })),
    rows,
  };
}

/** The event as it is and with other numbers and times; undefined when it changes in more than these. */
function samplesOf(line: SampleLine, clock: Clock, format: LogFormat): Sample[] | undefined {
  const samples: Sample[] = [];
  for (const raw of [line.text, variant(line, 3, '17'), variant(line, 7, '42')]) {
    const event = format.parse(raw, clock);
    if (isSkip(event) || event.format !== format.name) return undefined;
    if (event.timeUs !== timeOf(raw, clock)) return undefined;
    samples.push({ event, raw });
  }
  const [first, ...others] = samples as [Sample, ...Sample[]];
  return others.every((other) => differsInNumbersOnly(first, other)) ? samples : undefined;
}

const stamp = emptyStamp();

function timeOf(raw: string, clock: Clock): number | undefined {
  if (!readStamp(raw, 0, stamp)) return undefined;
  if (stamp.epochUs !== 0) return stamp.epochUs;
  const { year, month, day, hour, minute, second, micros, offsetMinutes } = stamp;
  return clock.at(year, month, day, hour, minute, second, micros, offsetMinutes);
}

/** The line with each digit of its numbers moved on, and another minute. The first digit stays small, as in ports. */
function variant({ text, stampEnd, numbers }: SampleLine, step: number, minute: string): string {
  let changed = text.slice(0, stampEnd).replace(/:\d\d:/, `:${minute}:`);
  let from = stampEnd;
  for (const [start, end] of numbers) {
    changed += text.slice(from, start);
    for (let index = start; index < end; index += 1) {
      const digit = text.charCodeAt(index) - 48;
      changed += String(index === start ? ((digit + step) % 3) + 1 : (digit + step) % 10);
    }
    from = end;
  }
  return changed + text.slice(from);
}

/** Every field is the same, or stands in both lines at the same place. */
function differsInNumbersOnly(first: Sample, other: Sample): boolean {
  const fields = first.event as unknown as Record<string, unknown>;
  const others = other.event as unknown as Record<string, unknown>;
  for (const field in fields) {
    const value = fields[field];
    const changed = others[field];
    if (value === changed || field === 'timeUs' || isSame([value, changed])) continue;
    const text = writtenAs(value);
    const at = text === undefined ? -1 : first.raw.indexOf(text);
    if (text === undefined || at < 0) return false;
    if (writtenAs(changed) !== other.raw.slice(at, at + text.length)) return false;
  }
  return true;
}

const writtenAs = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/** Are all values alike, as far as they can be written down? */
function isSame([first, ...others]: readonly unknown[]): boolean {
  if (others.every((other) => other === first)) return true;
  if (typeof first !== 'object' || first === null) return false;
  const text = JSON.stringify(first);
  return others.every((other) => JSON.stringify(other) === text);
}

function piecesOf({ text, stampEnd, numbers }: SampleLine): string[] {
  const lower = text.toLowerCase();
  const borders = [stampEnd, ...numbers.flat(), lower.length];
  const pieces: string[] = [];
  for (let index = 0; index < borders.length; index += 2) {
    pieces.push(lower.slice(borders[index], borders[index + 1]));
  }
  return pieces;
}
