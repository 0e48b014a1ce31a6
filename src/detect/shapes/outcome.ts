/**
 * What follows from a line of a shape, worked out once: the event is read three times, with other addresses and
 * numbers and another time, and only what stays the same, or moves as an address does, is believed.
 */
import { type Event, isSkip } from '../../events/event.ts';
import type { Clock } from '../../logs/clock.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import { type RuleRead, readsOf } from '../../sigma/rule-reads.ts';
import type { Matcher } from '../matcher.ts';
import { entitiesOf, groupKey, type Plan } from '../plan.ts';
import { weightText } from '../rows/rows.ts';
import type { RuleBucket } from '../rule-bucket.ts';
import { type SourceEffect, sourceEffect } from '../totals.ts';
import type { CompiledWhere } from '../where/compile.ts';
import { type SampleLine, stampTime, variantsOf } from './sample.ts';
import { mayTouchSlots, type Pieces, type Texts, textsOf } from './texts.ts';

/** Stands in the texts of an outcome where the line has its address. */
export const ADDRESS = '\ue000';

/** What every event of a shape does, but for its time and place. */
export interface Outcome {
  /** What it adds to the counts of its source. */
  effect: SourceEffect | undefined;
  /** Rules that hit and report, with the entities they show. */
  reports: readonly { rule: number; entities: readonly (readonly [string, string])[] }[];
  /** Rows for correlations. */
  rows: readonly { kind: number; group: string; value: string }[];
}

/** An outcome, and which slot holds its address: an index into the slots; -1 when it has none. */
export interface Learned {
  outcome: Outcome;
  slot: number;
  /** Do the lines of the shape take part at all? */
  isAccepted: boolean;
}

interface Sample {
  event: Event;
  line: SampleLine;
}

/** A value that a rule reads. */
interface Read {
  reader: RuleRead['reader'];
  /** What the rule compares it with; undefined when more than texts count. */
  texts: Texts | undefined;
}

/** A rule that needs texts of which a slot or a stamp might hold one. */
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
  where: CompiledWhere | undefined,
): (line: SampleLine, clock: Clock) => Learned | undefined {
  const { rules, resolve } = plan.ruleSet;
  const reads = new Map<number, readonly Read[]>();
  const doubts = new Map<RuleBucket, readonly Doubt[]>();

  const readsOfRule = (rule: number): readonly Read[] => {
    let known = reads.get(rule);
    if (known === undefined) {
      known = readsOf(rules[rule]!.rule, resolve).map(({ reader, texts }) => ({
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
        .filter(({ texts }) => texts.mayTouchStamp || texts.runs.length > 0);
      doubts.set(bucket, known);
    }
    return known;
  };

  /** Does the rule say the same of every line of the shape? */
  const isSteady = (rule: number, samples: readonly Sample[], pieces: Pieces): boolean =>
    readsOfRule(rule).every(({ reader, texts }) => {
      if (reader !== undefined && isSame(samples.map(({ event }) => reader(event)))) return true;
      return texts !== undefined && !texts.mayTouchStamp && !mayTouchSlots(texts, pieces);
    });

  const work = (line: SampleLine, clock: Clock): Learned | undefined => {
    const samples = samplesOf(line, clock, format);
    if (samples === undefined || samples.some(hasTwins)) return undefined;
    const { event } = samples[0] as Sample;
    if (where !== undefined) {
      if (!isDecided(where, samples)) return undefined;
      if (!where.test(event, line.text)) return REFUSED;
    }
    const pieces = piecesOf(line);
    const possible = new Set(matcher.candidatesOf(event, line.text));
    for (const { rule, texts } of doubtsOf(matcher.bucketOf(event))) {
      if (texts.mayTouchStamp || mayTouchSlots(texts, pieces)) possible.add(rule);
    }
    for (const rule of possible) if (!isSteady(rule, samples, pieces)) return undefined;
    const hits = [...possible].filter((rule) => rules[rule]!.test(event, line.text));
    return learnedOf(samples, hits, plan, format);
  };
  return (line, clock) => {
    try {
      return work(line, clock);
    } catch {
      // The careful way says what failed, on each of the lines.
      return undefined;
    }
  };
}

/** What follows from lines that do not take part. */
const REFUSED: Learned = {
  outcome: { effect: undefined, reports: [], rows: [] },
  ...{ slot: -1, isAccepted: false },
};

/** Has the condition the same values to look at in every line of the shape? */
const isDecided = ({ readsLine, readsTime, reads }: CompiledWhere, samples: readonly Sample[]) =>
  !readsLine &&
  !readsTime &&
  reads.every((read) => isSame(samples.map(({ event }) => read(event, ''))));

/** Are two of the addresses equal, so that nobody can tell which one an event has? */
function hasTwins({ line: { text, slots } }: Sample): boolean {
  const addresses = slots
    .filter(({ isAddress }) => isAddress)
    .map(({ start, end }) => text.slice(start, end));
  return new Set(addresses).size < addresses.length;
}

/** The outcome that all samples have, with `ADDRESS` where it has the address of one and the same slot. */
function learnedOf(
  samples: readonly Sample[],
  hits: readonly number[],
  plan: Plan,
  format: LogFormat,
): Learned | undefined {
  const texts = samples.map(({ event }) =>
    JSON.stringify(outcomeOf(event, hits, plan, format) ?? null),
  );
  const [text = 'null'] = texts;
  if (text === 'null' || text.includes(ADDRESS)) return undefined;
  if (isSame(texts)) return { outcome: JSON.parse(text) as Outcome, slot: -1, isAccepted: true };
  const { slots } = (samples[0] as Sample).line;
  for (const [slot, { isAddress, start, end }] of slots.entries()) {
    if (!isAddress) continue;
    const templates = texts.map((written, index) =>
      written.replaceAll((samples[index] as Sample).line.text.slice(start, end), ADDRESS),
    );
    if (!isSame(templates)) continue;
    const outcome = JSON.parse(templates[0] as string) as Outcome;
    const { effect } = outcome;
    const isPlain = effect === undefined || !effect.isEchoing;
    const isWhole = effect?.source.includes(ADDRESS) !== true || effect.source === ADDRESS;
    return isPlain && isWhole ? { outcome, slot, isAccepted: true } : undefined;
  }
  return undefined;
}

/** What the rules `hits` make of an event; undefined when it must be counted first. */
function outcomeOf(
  event: Event,
  hits: readonly number[],
  plan: Plan,
  format: LogFormat,
): Outcome | undefined {
  const rows: { kind: number; group: string; value: string }[] = [];
  for (const rule of hits) {
    for (const { index, groupBy, counted, feeds } of plan.rowKindsOfRule[rule] ?? []) {
      if (feeds.some(({ dense }) => dense?.counts === true)) return undefined;
      const group = groupKey(groupBy, event);
      const value = counted.length === 0 ? weightText(event) : groupKey(counted, event);
      if (group !== undefined && value !== undefined) rows.push({ kind: index, group, value });
    }
  }
  return {
    effect: sourceEffect(event, format),
    reports: hits
      .filter((rule) => plan.reports[rule] === true)
      .map((rule) => ({ rule, entities: entitiesOf(plan.entityFields[rule] ?? [], event) })),
    rows,
  };
}

/** The event as it is and with other slots and times; undefined when it changes in more than these. */
function samplesOf(line: SampleLine, clock: Clock, format: LogFormat): Sample[] | undefined {
  const samples: Sample[] = [];
  for (const each of [line, ...variantsOf(line)]) {
    const event = format.parse(each.text, clock);
    if (isSkip(event) || event.format !== format.name) return undefined;
    // A line that stands for several is counted with care.
    if (event.repeats !== undefined) return undefined;
    if (event.timeUs !== stampTime(each.text, clock, format)) return undefined;
    samples.push({ event, line: each });
  }
  const [first, ...others] = samples as [Sample, ...Sample[]];
  return others.every((other) => differsInSlotsOnly(first, other)) ? samples : undefined;
}

/** What the stamp says is not compared. */
const TIME_FIELDS: ReadonlySet<string> = new Set(['timeUs', 'timeConfidence']);

/** Every field is the same, or stands in both lines at the same place. */
function differsInSlotsOnly(first: Sample, other: Sample): boolean {
  const fields = first.event as unknown as Record<string, unknown>;
  const others = other.event as unknown as Record<string, unknown>;
  for (const field in fields) {
    const value = fields[field];
    const changed = others[field];
    if (value === changed || TIME_FIELDS.has(field) || isSame([value, changed])) continue;
    const text = writtenAs(value);
    const wanted = writtenAs(changed);
    if (text === undefined || wanted?.length !== text.length) return false;
    if (!standsAlike(text, first.line.text, wanted, other.line.text)) return false;
  }
  return true;
}

function standsAlike(text: string, line: string, wanted: string, otherLine: string): boolean {
  for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + 1)) {
    if (otherLine.startsWith(wanted, at)) return true;
  }
  return false;
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

function piecesOf({ text, stampEnd, slots }: SampleLine): string[] {
  const lower = text.toLowerCase();
  const borders = [stampEnd, ...slots.flatMap(({ start, end }) => [start, end]), lower.length];
  const pieces: string[] = [];
  for (let index = 0; index < borders.length; index += 2) {
    pieces.push(lower.slice(borders[index], borders[index + 1]));
  }
  return pieces;
}
