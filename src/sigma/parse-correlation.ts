/**
 * The `correlation` section.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md
 */
import { type Document, isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { suggestion } from '../errors.ts';
import { textOf, textsOf } from './parse-header.ts';
import type { CorrelationCondition, CorrelationType, SigmaCorrelation } from './rule.ts';
import {
  type Entry,
  entriesOf,
  offsetOf,
  type RuleSource,
  report,
  scalarOf,
} from './rule-source.ts';

const TYPES: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
];
const isAmount = (type: CorrelationType): boolean =>
  type.startsWith('value_') && type !== 'value_count';
const KEYS = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'];
const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const MAX_TIMESPAN = 3650 * 86_400;

type CorrelationParts = Omit<SigmaCorrelation, keyof import('./rule.ts').SigmaDocument | 'kind'>;

interface Context {
  source: RuleSource;
  document: Document;
}

/** Reads a correlation map. Problems are collected in the source; the answer is only good without any. */
export function parseCorrelation(
  context: Context,
  map: YAMLMap,
  outer: Entry | undefined,
): CorrelationParts {
  const { source } = context;
  const entries = new Map(
    entriesOf(source, context.document, map).map((entry) => [entry.key, entry] as const),
  );
  for (const [key, entry] of entries) {
    if (!KEYS.includes(key)) {
      report(
        source,
        offsetOf(entry.keyNode),
        `unknown correlation attribute "${key}"`,
        suggestion(key, KEYS),
      );
    }
  }
  const start = offsetOf(map);
  const type = parseType(source, entries.get('type'), start);
  const references_to = textsOf(source, entries.get('rules'));
  checkReferences(source, entries.get('rules'), references_to, start);
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  const conditionEntry = entries.get('condition');
  const { condition, countedFields, percentile } = parseCondition(context, conditionEntry, type);
  if (!isTemporal && Object.keys(condition).length === 0 && conditionEntry === undefined) {
    report(
      source,
      start,
      'the correlation has no condition',
      'Add "condition:" with "gte: 10", for example.',
    );
  }
  const conditionOffset = offsetOf(conditionEntry?.keyNode) || start;
  if (type.startsWith('value_') && countedFields.length === 0)
    report(source, conditionOffset, `${type} needs a field in its condition`);
  if (isAmount(type) && countedFields.length > 1) {
    report(
      source,
      conditionOffset,
      `${type} takes one field, not ${countedFields.length}`,
      'Only value_count counts several fields together.',
    );
  }
  return {
    type,
    references_to,
    groupBy: textsOf(source, entries.get('group-by')),
    timespanSeconds: parseTimespan(source, entries.get('timespan'), start),
    condition,
    countedFields,
    percentile,
    aliases: parseAliases(context, entries.get('aliases')),
    generate: parseGenerate(source, entries.get('generate') ?? outer),
  };
}

function parseType(source: RuleSource, entry: Entry | undefined, start: number): CorrelationType {
  const type = textOf(source, entry);
  const known = TYPES.find((name) => name === type);
  if (known !== undefined) return known;
  const offset = offsetOf(entry?.value) || start;
  if (entry === undefined)
    report(source, start, 'the correlation has no type', suggestion('', TYPES));
  else report(source, offset, `unknown correlation type "${type}"`, suggestion(type, TYPES));
  return 'event_count';
}

function checkReferences(
  source: RuleSource,
  entry: Entry | undefined,
  references: readonly string[],
  start: number,
): void {
  const offset = offsetOf(entry?.value) || start;
  if (references.length === 0) report(source, offset, 'the correlation refers to no rules');
  const repeated = references.find((name, index) => references.indexOf(name) !== index);
  if (repeated !== undefined)
    report(source, offset, `the correlation refers to "${repeated}" twice`);
}

/** `90m` in seconds. */
function parseTimespan(source: RuleSource, entry: Entry | undefined, start: number): number {
  const text = textOf(source, entry);
  const found = /^(\d{1,9})([smhdw])$/.exec(text);
  const seconds = found === null ? 0 : Number(found[1]) * SECONDS[found[2]!]!;
  if (seconds > 0 && seconds <= MAX_TIMESPAN) return seconds;
  report(
    source,
    offsetOf(entry?.value) || start,
    entry === undefined
      ? 'the correlation has no timespan'
      : `the timespan "${text}" cannot be used`,
    'Write a whole number and s, m, h, d or w, such as 90m; at most ten years.',
  );
  return 1;
}

interface ConditionParts {
  condition: CorrelationCondition;
  countedFields: string[];
  percentile: number | undefined;
}

function parseCondition(
  context: Context,
  entry: Entry | undefined,
  type: CorrelationType,
): ConditionParts {
  const condition: CorrelationCondition = {};
  const parts: ConditionParts = { condition, countedFields: [], percentile: undefined };
  if (entry === undefined) return parts;
  const { source } = context;
  if (!isMap(entry.value)) {
    report(
      source,
      offsetOf(entry.value ?? entry.keyNode),
      'the condition of a correlation must be a map',
      'Write "gte: 10" on a line of its own, for example.',
    );
    return parts;
  }
  const problemsBefore = source.problems.length;
  for (const part of entriesOf(source, context.document, entry.value)) {
    if (part.key === 'field') parts.countedFields = textsOf(source, part);
    else if (part.key === 'percentile' && type === 'value_percentile')
      parts.percentile = parsePercentile(source, part);
    else parseOperator(source, part, condition, type);
  }
  if (source.problems.length > problemsBefore) return parts;
  if (Object.keys(condition).length === 0) {
    report(
      source,
      offsetOf(entry.keyNode),
      'the condition compares with no number',
      suggestion('', OPERATORS),
    );
  }
  if (!isAmount(type)) reportImpossible(source, entry, condition);
  return parts;
}

function parsePercentile(source: RuleSource, part: Entry): number | undefined {
  const value = scalarOf(part.value);
  if (typeof value === 'number' && value >= 0 && value <= 100) return value;
  report(source, offsetOf(part.value ?? part.keyNode), '"percentile" takes a number from 0 to 100');
  return undefined;
}

function parseOperator(
  source: RuleSource,
  part: Entry,
  condition: CorrelationCondition,
  type: CorrelationType,
): void {
  const operator = OPERATORS.find((name) => name === part.key);
  if (operator === undefined) {
    const hint = suggestion(part.key, [...OPERATORS, 'field']);
    report(source, offsetOf(part.keyNode), `unknown operator "${part.key}"`, hint);
    return;
  }
  const limit = scalarOf(part.value);
  const isUsable = typeof limit === 'number' && Number.isFinite(limit);
  if (!isUsable || (limit < 0 && !isAmount(type))) {
    const least = isAmount(type) ? '' : ', 0 or more';
    report(source, offsetOf(part.value ?? part.keyNode), `"${operator}" takes a number${least}`);
    return;
  }
  condition[operator] = limit;
}

/** A count is a whole number from 1 on: says so when none fits. */
function reportImpossible(source: RuleSource, entry: Entry, condition: CorrelationCondition): void {
  const { gt, gte, lt, lte, eq } = condition;
  const least = Math.max(
    1,
    gt === undefined ? 1 : Math.floor(gt) + 1,
    Math.ceil(gte ?? 1),
    eq ?? 1,
  );
  const most = Math.min(
    lt === undefined ? Number.POSITIVE_INFINITY : Math.ceil(lt) - 1,
    Math.floor(lte ?? Number.POSITIVE_INFINITY),
    eq ?? Number.POSITIVE_INFINITY,
  );
  if (least > most || (eq !== undefined && !Number.isInteger(eq))) {
    report(source, offsetOf(entry.keyNode), 'no number of events can meet this condition');
  }
}

function parseAliases(
  context: Context,
  entry: Entry | undefined,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  if (entry === undefined) return aliases;
  const { source, document } = context;
  const mapOf = (node: Node | null, owner: Entry): Entry[] => {
    if (isMap(node)) return entriesOf(source, document, node);
    report(source, offsetOf(node ?? owner.keyNode), `"${owner.key}" must be a map`);
    return [];
  };
  for (const alias of mapOf(entry.value, entry)) {
    const fields = mapOf(alias.value, alias).map(
      (part) => [part.key, textOf(source, part)] as const,
    );
    aliases.set(alias.key, new Map(fields));
  }
  return aliases;
}

function parseGenerate(source: RuleSource, entry: Entry | undefined): boolean {
  if (entry === undefined) return false;
  const value = isScalar(entry.value) ? entry.value.value : undefined;
  if (typeof value === 'boolean') return value;
  report(source, offsetOf(entry.value ?? entry.keyNode), '"generate" must be true or false');
  return false;
}
