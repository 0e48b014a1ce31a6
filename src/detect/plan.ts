/** What a set of rules asks of the readers: which rules report, which feed correlations, and how. */
import type { Event } from '../events/event.ts';
import type {
  CompiledCorrelation,
  CompiledRule,
  CorrelationInput,
  FieldReader,
  RuleSet,
} from '../sigma/compiled-rule.ts';
import { requiredCount } from './correlate/correlator.ts';
import { thresholdOfValues } from './sketch.ts';

/** One input of one correlation: events of a base rule, grouped and counted its way. */
export interface Feed {
  index: number;
  correlation: number;
  /** Index into the correlation's `inputs`. */
  input: number;
  rule: number;
  groupBy: readonly FieldReader[];
  counted: readonly FieldReader[];
  /** Set when the correlation has a threshold that can be checked beforehand by pre-counting. */
  dense: Dense | undefined;
}

/** How the threshold of a correlation is checked beforehand, with counts in a sketch. */
export interface Dense {
  /** A window of `windowUs` with fewer hits than this cannot fire any correlation of the sketch. */
  count: number;
  windowUs: number;
  sketch: number;
  /** Correlations over the same groups of one rule share a sketch; one of their feeds counts for all. */
  counts: boolean;
  /** Are values asked for? A value that came already in the same stretch of time need not be counted again. */
  isOfValues: boolean;
}

/** Feeds of one rule that group and count alike: a hit is one row for all of them. */
export interface RowKind {
  index: number;
  groupBy: readonly FieldReader[];
  counted: readonly FieldReader[];
  feeds: readonly Feed[];
}

/** What readers do with the hits of each rule; lists named `...OfRule` are by the rule's index in `ruleSet`. */
export interface Plan {
  ruleSet: RuleSet;
  feeds: readonly Feed[];
  feedsOfRule: readonly (readonly Feed[])[];
  rowKinds: readonly RowKind[];
  rowKindsOfRule: readonly (readonly RowKind[])[];
  /** Does the rule report on its own? */
  reports: readonly boolean[];
  /** ECS fields whose values group the hits of a rule and are shown. */
  entityFields: readonly (readonly string[])[];
  correlationEntityFields: readonly (readonly string[])[];
  /** Number of sketches. */
  sketchCount: number;
}

/** Fields shown when a rule names none. */
const DEFAULT_ENTITIES = ['source.ip', 'user.name', 'host.hostname'];

const isWeb = (compiled: CompiledRule | undefined): boolean =>
  ['webserver', 'proxy', 'any'].includes(compiled?.rule.logsource.category ?? '');

/** From this threshold on, hits of any rule are counted before they are kept. */
const WORTH_COUNTING = 50;

/** Works out the plan. */
export function createPlan(ruleSet: RuleSet): Plan {
  const feeds: Feed[] = [];
  const sketches = createSharing();
  ruleSet.correlations.forEach((correlation, correlationIndex) => {
    const needed = requiredCount(correlation.rule);
    const isDirect = correlation.members.every((member) => member.kind === 'rule');
    // Only access logs are read by the lane that counts first; rare hits are cheaper kept than counted.
    const isOfWeb = correlation.inputs.some(({ rule }) => isWeb(ruleSet.rules[rule]));
    const isFrequent = (): boolean =>
      correlation.inputs.some(({ rule }) => ruleSet.rules[rule]?.literals === undefined);
    const dense =
      isDirect &&
      needed !== undefined &&
      isOfWeb &&
      (needed.count >= WORTH_COUNTING || isFrequent())
        ? sketches.share(correlation, needed)
        : undefined;
    correlation.inputs.forEach((input: CorrelationInput, inputIndex) => {
      feeds.push({
        index: feeds.length,
        correlation: correlationIndex,
        input: inputIndex,
        rule: input.rule,
        groupBy: input.groupBy,
        counted: input.counted,
        dense,
      });
    });
  });
  const feedsOfRule: Feed[][] = ruleSet.rules.map(() => []);
  for (const feed of feeds) feedsOfRule[feed.rule]?.push(feed);
  const { rowKinds, rowKindsOfRule } = shareRows(ruleSet, feedsOfRule);
  return {
    ruleSet,
    feeds,
    feedsOfRule,
    rowKinds,
    rowKindsOfRule,
    reports: ruleSet.rules.map((_, index) => !ruleSet.silent.has(index)),
    entityFields: ruleSet.rules.map(({ rule }) => entityFieldsOf(rule.custom)),
    correlationEntityFields: ruleSet.correlations.map(({ rule }) => entityFieldsOf(rule.custom)),
    sketchCount: sketches.count(),
  };
}

/** Puts the feeds together that need the same rows. */
function shareRows(
  ruleSet: RuleSet,
  feedsOfRule: readonly (readonly Feed[])[],
): Pick<Plan, 'rowKinds' | 'rowKindsOfRule'> {
  const rowKinds: RowKind[] = [];
  const rowKindsOfRule = feedsOfRule.map((feeds) => {
    const kinds = new Map<string, Feed[]>();
    for (const feed of feeds) {
      const key = groupingOf(ruleSet.correlations[feed.correlation], feed);
      kinds.set(key, [...(kinds.get(key) ?? []), feed]);
    }
    return [...kinds.values()].map((alike) => {
      const { groupBy, counted } = alike[0] as Feed;
      const kind: RowKind = { index: rowKinds.length, groupBy, counted, feeds: alike };
      rowKinds.push(kind);
      return kind;
    });
  });
  return { rowKinds, rowKindsOfRule };
}

/** The same text for feeds of a rule that group and count by the same fields. */
function groupingOf(correlation: CompiledCorrelation | undefined, { index }: Feed): string {
  if (correlation === undefined || correlation.rule.aliases.size > 0) return `alone ${index}`;
  const { groupBy, countedFields } = correlation.rule;
  return JSON.stringify([groupBy, countedFields]);
}

/** Gives correlations that count the same groups of the same single rule one sketch: the widest and lowest. */
function createSharing(): {
  share(correlation: CompiledCorrelation, needed: { count: number; windowUs: number }): Dense;
  count(): number;
} {
  const shared = new Map<string, Dense[]>();
  let sketch = 0;
  return {
    count: () => sketch,
    share({ rule, inputs }, needed) {
      // Stretches of time are numbered in 32 bits.
      const isLong = needed.windowUs >= 1_000_000;
      const isOfValues = isLong && rule.type === 'value_count' && inputs.length === 1;
      const counted = isOfValues ? ` of ${rule.countedFields.join(' ')}` : '';
      const key =
        inputs.length === 1
          ? `${inputs[0]?.rule} ${rule.groupBy.join(' ')}${counted}`
          : `alone ${sketch} ${rule.groupBy.join(' ')}`;
      const others = shared.get(key) ?? [];
      const dense: Dense = {
        windowUs: needed.windowUs,
        count: isOfValues ? thresholdOfValues(needed.count) : needed.count,
        sketch: others[0]?.sketch ?? sketch++,
        counts: others.length === 0,
        isOfValues,
      };
      others.push(dense);
      shared.set(key, others);
      const count = Math.min(...others.map((other) => other.count));
      const windowUs = Math.max(...others.map((other) => other.windowUs));
      for (const other of others) Object.assign(other, { count, windowUs });
      return dense;
    },
  };
}

function entityFieldsOf(custom: Readonly<Record<string, unknown>>): readonly string[] {
  const ours = custom['ir'];
  const listed = (ours as { entities?: unknown } | undefined)?.entities;
  if (!Array.isArray(listed)) return DEFAULT_ENTITIES;
  return listed.filter((field): field is string => typeof field === 'string');
}

/** What an innocent explanation of the rule's hits is, where the rule gives one (`ir.doubt`). */
export function doubtOf({
  custom,
}: {
  custom: Readonly<Record<string, unknown>>;
}): string | undefined {
  const doubt = (custom['ir'] as { doubt?: unknown } | undefined)?.doubt;
  return typeof doubt === 'string' ? doubt : undefined;
}

const SEPARATOR = '\u001f';

/** The values of a feed's group-by fields as one key; undefined when the event lacks one. */
export function groupKey(readers: readonly FieldReader[], event: Event): string | undefined {
  let key = '';
  for (let index = 0; index < readers.length; index += 1) {
    const value = (readers[index] as FieldReader)(event);
    const text = scalarText(value);
    if (text === undefined) return undefined;
    key = index === 0 ? text : `${key}${SEPARATOR}${text}`;
  }
  return key;
}

/** The key of values. */
export const joinGroupKey = (values: readonly string[]): string => values.join(SEPARATOR);

/** The values that `groupKey` joined. */
export const splitGroupKey = (key: string): readonly string[] => key.split(SEPARATOR);

function scalarText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (Array.isArray(value)) return scalarText(value[0]);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The entities of an event, as field and value. */
export function entitiesOf(
  fields: readonly string[],
  event: Event,
): readonly (readonly [string, string])[] {
  const entities: (readonly [string, string])[] = [];
  for (const field of fields) {
    const text = scalarText((event as unknown as Record<string, unknown>)[field]);
    if (text !== undefined) entities.push([field, text.length > 300 ? text.slice(0, 300) : text]);
  }
  return entities;
}
