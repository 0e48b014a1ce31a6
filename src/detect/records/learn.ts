/**
 * What follows from the lines of a template, worked out once: the event is read three times, with other values in the
 * slots, and a template is used only where a view of the line is the event in all that anybody reads.
 */
import { ECS_FIELD_NAMES } from '../../events/ecs-field-names.ts';
import { type Event, isSkip } from '../../events/event.ts';
import type { Clock } from '../../logs/clock.ts';
import type { LineSlot, LogFormat } from '../../logs/formats/log-format.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';
import { type RuleRead, readsOf } from '../../sigma/rule-reads.ts';
import { leastBytes } from '../access/bounds.ts';
import type { Matcher } from '../matcher.ts';
import { entitiesOf, groupKey, type Plan } from '../plan.ts';
import { sourceEffect } from '../totals.ts';
import type { HitRow, HitRows } from './hit-rows.ts';
import type { LineAtHand } from './line-view.ts';
import { createLineView, movingFields, UNSEEN } from './line-view.ts';
import { mayHit } from './may-hit.ts';
import { createTemplate, type Template } from './template.ts';

/** A template and what its lines do. */
export interface Known {
  template: Template;
  /** The event of the line at hand. */
  event: Event;
  /** Rows that every line adds. */
  rows: readonly HitRow[];
  /** Further rules that hit every line. */
  hits: readonly number[];
  /** Rules to be tried on every line. */
  tried: readonly Tried[];
  /** Rules to be tried where one of their literals stands in a slot. */
  searched: readonly number[];
  /** Of those, the ones that can be tried on the view, by number. */
  seen: ReadonlySet<number>;
  /** What a line adds to the counts of its source, but for the bytes; undefined when nothing. */
  effect: Effect | undefined;
}

/** A rule that hits some lines of a template. */
export interface Tried {
  rule: number;
  /** It cannot hit where the answer has fewer bytes. */
  leastBytes: number;
  /** What a line that it hits does; undefined when the careful way is to find that out. */
  does: Pick<Known, 'rows' | 'hits'> | undefined;
}

/** What each line of a template adds to the counts of its source. */
export interface Effect {
  requests: number;
  failedLogins: number;
  isEchoing: boolean;
}

/** Reads a line into the line at hand by a template; false when it is none of its lines. */
export type Reads = (template: Template, text: string) => boolean;

interface Sample {
  event: Event;
  text: string;
}

const OTHERS: Readonly<Record<LineSlot['kind'], readonly [string, string]>> = {
  time: ['', ''],
  address: ['10.203.0.7', '203.0.113.77'],
  target: ['/', '/Ab9/x.php?q=1&r=zz'],
  size: ['0', '7340033'],
  referrer: ['', 'https://other.example/x?y=1'],
  agent: ['', 'agent/7 (x; y) z'],
  number: ['1', '20571'],
};

/** The same line with something else in its slots. */
function variant(line: string, slots: readonly LineSlot[], which: 0 | 1): string {
  let text = '';
  let from = 0;
  for (const { kind, start, end } of slots) {
    const value = line.slice(start, end);
    const other = kind === 'time' ? otherTime(value, which) : OTHERS[kind][which];
    text += line.slice(from, start) + other;
    from = end;
  }
  return text + line.slice(from);
}

/** Another time of the same day, written alike. */
const otherTime = (value: string, which: 0 | 1): string =>
  value.length <= 13
    ? value.slice(0, -6) + (which === 0 ? '204817' : '713905')
    : value.replace(
        /:\d\d:\d\d(?:([.,])(\d+))?/,
        (_, mark: string | undefined, digits: string | undefined) =>
          `:${which === 0 ? '17:42' : '42:05'}${mark ?? ''}${(digits ?? '').replace(/\d/g, (digit) => String((Number(digit) + 3 + which) % 10))}`,
      );

/** Are all values alike? */
function isSame([first, ...others]: readonly unknown[]): boolean {
  if (others.every((other) => other === first)) return true;
  if (typeof first !== 'object' || first === null) return false;
  const text = JSON.stringify(first);
  return others.every((other) => JSON.stringify(other) === text);
}

/** Makes the function that learns a template from a line; undefined when its lines are to be read one by one. */
export function createTemplateLearner(
  plan: Plan,
  matcher: Matcher,
  format: LogFormat,
  line: LineAtHand,
  reads: Reads,
  hitRows: HitRows,
): (text: string, slots: readonly LineSlot[], clock: Clock) => Known | undefined {
  const { rules, resolve } = plan.ruleSet;
  const known = new Map<number, readonly RuleRead[]>();
  const readsOfRule = (rule: number): readonly RuleRead[] => {
    let all = known.get(rule);
    if (all === undefined) known.set(rule, (all = readsOf(rules[rule]!.rule, resolve)));
    return all;
  };

  const samplesOf = (
    text: string,
    slots: readonly LineSlot[],
    clock: Clock,
  ): Sample[] | undefined => {
    const samples: Sample[] = [];
    for (const each of [text, variant(text, slots, 0), variant(text, slots, 1)]) {
      if (format.unwrap?.(each, clock) !== undefined) return undefined;
      const event = format.parse(each, clock);
      if (isSkip(event) || event.format !== format.name || event.repeats !== undefined)
        return undefined;
      samples.push({ event, text: each });
    }
    return samples;
  };

  /** Is the view of each sample its event, in all fields that views have? */
  const isTrue = (template: Template, view: Event, samples: readonly Sample[]): boolean =>
    samples.every(({ event, text }) => {
      if (!reads(template, text) || view.timeUs !== event.timeUs) return false;
      if (view.timeConfidence !== event.timeConfidence) return false;
      return ECS_FIELD_NAMES.every(
        (field) => UNSEEN.has(field) || isSame([event[field], view[field]]),
      );
    });

  /** What is kept of a hit. */
  const keptOf = (rule: number, event: Event): string =>
    JSON.stringify([
      plan.reports[rule] === true ? entitiesOf(plan.entityFields[rule] ?? [], event) : [],
      (plan.rowKindsOfRule[rule] ?? []).map(({ groupBy, counted }) => [
        groupKey(groupBy, event),
        groupKey(counted, event),
      ]),
    ]);

  /** What the lines add to the counts of their source; null when that differs in more than the source and its bytes. */
  const effectOf = (template: Template, events: readonly Event[]): Effect | undefined | null => {
    const effects = events.map((event) => sourceEffect(event, format));
    const [first] = effects;
    if (first === undefined) return effects.every((effect) => effect === undefined) ? first : null;
    const { requests, failedLogins, isEchoing } = first;
    const isAlike = effects.every((effect, index) => {
      const event = events[index] as Event;
      const bytes = requests > 0 ? (event['http.response.body.bytes'] ?? 0) : 0;
      return (
        effect?.source === event['source.ip'] &&
        effect?.requests === requests &&
        effect.bytes === bytes &&
        effect.failedLogins === failedLogins
      );
    });
    return isAlike && template.slotOf.address >= 0 ? { requests, failedLogins, isEchoing } : null;
  };

  /** Does a value not differ? */
  const isSteadyValue = (
    reader: FieldReader | undefined,
    events: readonly Event[],
    moving: ReadonlySet<string>,
  ): boolean =>
    reader !== undefined &&
    (reader.paths ?? []).length > 0 &&
    !reader.paths?.some((path) => moving.has(path)) &&
    isSame(events.map((event) => reader(event)));

  /** Does the rule read nothing that may differ? */
  const isSteady = (rule: number, events: readonly Event[], moving: ReadonlySet<string>): boolean =>
    !rules[rule]!.readsLine &&
    readsOfRule(rule).every(({ reader }) => isSteadyValue(reader, events, moving));

  /** Is a literal of the rule there whatever stands in the slots? @param least an event with next to nothing in them */
  const hasLiteral = (rule: number, least: Event): boolean => {
    const given = readsOfRule(rule)
      .flatMap(({ reader }) => [reader?.(least), reader?.untransformed?.(least)])
      .map(textOf)
      .join('\n');
    return rules[rule]!.literals?.some((literal) => given.includes(literal)) !== false;
  };

  const leastBytesOf = (rule: number): number => {
    const { rule: written } = rules[rule]!;
    return leastBytes(
      written,
      (field) =>
        resolve(field, written.logsource).paths?.every(
          (path) => path === 'http.response.body.bytes',
        ) === true,
    );
  };

  const work = (text: string, slots: readonly LineSlot[], clock: Clock): Known | undefined => {
    const template = createTemplate(text, slots);
    const samples = template.slotOf.time < 0 ? undefined : samplesOf(text, slots, clock);
    if (samples === undefined) return undefined;
    const events = samples.map(({ event }) => event);
    const [first, least] = events as [Event, Event];
    const view = createLineView(first, template, line);
    const effect = effectOf(template, events);
    if (effect === null || !isTrue(template, view, samples)) return undefined;
    const moving = movingFields(template);
    const each = (visit: (event: Event) => void): void => {
      for (const sample of samples) if (reads(template, sample.text)) visit(sample.event);
    };
    /** Does the view give what the event gives, in each of the samples? */
    const isSeenAlike = (read: (event: Event) => unknown): boolean => {
      let isAlike = true;
      each((event) => {
        isAlike &&= isSame([read(event), read(view)]);
      });
      return isAlike;
    };
    /** What a line does that the rule hits. */
    const doesOf = (rule: number): Tried['does'] => {
      if (!isSeenAlike((event) => keptOf(rule, event))) return undefined;
      const rows = hitRows.rowsOf(rule, (visit) => each(() => visit(view)), moving);
      return rows === undefined ? { rows: [], hits: [rule] } : { rows, hits: [] };
    };
    const known = { rows: [], hits: [], tried: [], searched: [], seen: new Set<number>() } as {
      -readonly [Key in 'rows' | 'hits' | 'tried' | 'searched']: Known[Key][number][];
    } & { seen: Set<number> };
    for (const rule of matcher.bucketOf(first).all) {
      const { rule: written } = rules[rule]!;
      if (isSteady(rule, events, moving)) {
        if (rules[rule]?.test(first, text) !== true) continue;
        const does = doesOf(rule);
        if (does === undefined) return undefined;
        known.rows.push(...does.rows);
        known.hits.push(...does.hits);
        continue;
      }
      const isKnown = (field: string): boolean =>
        isSteadyValue(resolve(field, written.logsource), events, moving);
      if (!mayHit(written, resolve, first, isKnown)) continue;
      const isSeen =
        !rules[rule]!.readsLine &&
        readsOfRule(rule).every(({ reader }) => reader !== undefined && isSeenAlike(reader));
      if (isSeen) known.seen.add(rule);
      if (!hasLiteral(rule, least)) known.searched.push(rule);
      else if (isSeen)
        known.tried.push({ rule, leastBytes: leastBytesOf(rule), does: doesOf(rule) });
      else return undefined;
    }
    return { template, event: view, effect, ...known };
  };
  return (text, slots, clock) => {
    try {
      return work(text, slots, clock);
    } catch {
      // The careful way says what failed, on each of the lines.
      return undefined;
    }
  };
}

/** All texts in a value, lower case. */
const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(textOf).join('\n')
    : (typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value)).toLowerCase();
