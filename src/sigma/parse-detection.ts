/** The `detection` section: search identifiers and the condition over them. */
import { type Document, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { nearestWord } from '../errors.ts';
import { ECS_FIELD_NAMES } from '../events/ecs-field-names.ts';
import { compileMatch, isMatchFault } from './compile-match.ts';
import { namesIn, parseCondition } from './parse-condition.ts';
import { PLACEHOLDER } from './placeholders.ts';
import type { Condition, Match, Placeholders, Search, SigmaValue } from './rule.ts';
import {
  type Entry,
  entriesOf,
  followed,
  offsetOf,
  placeAt,
  type RuleSource,
  report,
  scalarOf,
  textOffset,
  warn,
} from './rule-source.ts';

/** The detection of a rule: its searches and the condition over them. */
export interface Detection {
  searches: ReadonlyMap<string, Search>;
  condition: Condition;
}

interface Context {
  source: RuleSource;
  document: Document;
  placeholders: Placeholders;
}

/**
 * Reads a detection map; undefined when it has no usable condition. Problems are collected in the source.
 * @param others keys that are no search identifiers
 */
export function parseDetection(
  context: Context,
  map: YAMLMap,
  others: readonly string[] = [],
): Detection | undefined {
  const { source } = context;
  const searches = new Map<string, Search>();
  const nameNodes = new Map<string, Node>();
  let conditionEntry: Entry | undefined;
  for (const entry of entriesOf(source, context.document, map)) {
    if (entry.key === 'condition') conditionEntry = entry;
    else if (others.includes(entry.key)) continue;
    else if (entry.key === 'timeframe') reportTimeframe(source, entry);
    else {
      nameNodes.set(entry.key, entry.keyNode);
      searches.set(entry.key, parseSearch(context, entry));
    }
  }
  if (searches.size === 0) report(source, offsetOf(map), 'the detection has no search identifier');
  if (conditionEntry === undefined) {
    report(source, offsetOf(map), 'the detection has no condition', 'Add a line "condition: ...".');
    return undefined;
  }
  const condition = parseConditions(context, conditionEntry, [...searches.keys()]);
  if (condition === undefined) return undefined;
  const used = new Set(namesIn(condition));
  for (const [name, node] of nameNodes) {
    if (!used.has(name)) {
      warn(source, offsetOf(node), `the condition does not use the search identifier "${name}"`);
    }
  }
  return { searches, condition };
}

const reportTimeframe = (source: RuleSource, entry: Entry): void =>
  report(
    source,
    offsetOf(entry.keyNode),
    '"timeframe" belongs to aggregations behind a pipe, which are no longer part of Sigma',
    'Write a correlation rule with a timespan that refers to this rule.',
  );

/** One condition, or a list of them linked by OR. */
function parseConditions(
  context: Context,
  entry: Entry,
  identifiers: readonly string[],
): Condition | undefined {
  const nodes = isSeq(entry.value) ? entry.value.items.map((item) => item as Node) : [entry.value];
  const conditions: Condition[] = [];
  for (const node of nodes) {
    const text = isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
    if (text === undefined) {
      report(context.source, offsetOf(node ?? entry.keyNode), 'a condition must be text');
      continue;
    }
    const parsed = parseCondition(text, identifiers);
    if ('fault' in parsed) {
      const { offset, message, hint } = parsed.fault;
      report(context.source, conditionOffset(node as Scalar, offset), message, hint);
    } else conditions.push(parsed.condition);
  }
  if (conditions.length < nodes.length || conditions.length === 0) return undefined;
  return conditions.length === 1 ? conditions[0] : { kind: 'or', of: conditions };
}

/** Inside a folded or block text the offset would be a guess: point to where the text begins. */
function conditionOffset(node: Scalar, offset: number): number {
  const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
  return isBlock ? offsetOf(node) : textOffset(node) + offset;
}

function parseSearch(context: Context, entry: Entry): Search {
  const { source } = context;
  if (!/^[A-Za-z0-9_-]+$/.test(entry.key)) {
    warn(
      source,
      offsetOf(entry.keyNode),
      `"${entry.key}" is an odd name for a search identifier: only patterns can refer to it`,
      'Use letters, digits, "_" and "-".',
    );
  }
  const { value } = entry;
  if (isMap(value)) return parseFields(context, value);
  if (isSeq(value)) return parseAlternatives(context, entry, value.items as Node[]);
  const keyword = scalarOf(value);
  if (keyword === undefined || keyword === null) {
    report(source, offsetOf(entry.keyNode), `the search identifier "${entry.key}" is empty`);
    return { kind: 'any', of: [] };
  }
  return keywordSearch(context, [], [keyword], value ?? entry.keyNode);
}

/** A list: maps and keywords, linked by OR. */
function parseAlternatives(context: Context, entry: Entry, items: readonly Node[]): Search {
  const alternatives: Search[] = [];
  const keywords: SigmaValue[] = [];
  for (const item of items.map((node) => followed(context.document, node))) {
    if (isMap(item)) {
      alternatives.push(parseFields(context, item));
      continue;
    }
    const value = scalarOf(item);
    if (value === undefined || value === null) {
      report(context.source, offsetOf(item ?? entry.keyNode), 'a keyword must be text or a number');
    } else keywords.push(value);
  }
  if (keywords.length > 0) {
    alternatives.push(keywordSearch(context, [], keywords, entry.value ?? entry.keyNode));
  }
  if (alternatives.length === 0) {
    report(
      context.source,
      offsetOf(entry.keyNode),
      `the search identifier "${entry.key}" is empty`,
    );
  }
  return alternatives.length === 1 ? alternatives[0]! : { kind: 'any', of: alternatives };
}

/** A map: fields linked by AND. */
function parseFields(context: Context, map: YAMLMap): Search {
  const entries = entriesOf(context.source, context.document, map);
  if (entries.length === 0) report(context.source, offsetOf(map), 'the map of fields is empty');
  const fields = entries.map((entry) => parseField(context, entry));
  return fields.length === 1 ? fields[0]! : { kind: 'all', of: fields };
}

function parseField(context: Context, entry: Entry): Search {
  const [field = '', ...modifiers] = entry.key.split('|');
  const values = parseValues(context, entry);
  if (field === '') return keywordSearch(context, modifiers, values, entry.keyNode);
  warnOfMistypedField(context.source, field, entry.keyNode);
  const match = matchOf(context, modifiers, values, entry.keyNode);
  checkMatch(context, match, false, entry.keyNode);
  return { kind: 'field', field, match };
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set(ECS_FIELD_NAMES);
/** What the program works out itself. */
const OWN = 'ir.';
/** In shorter names two edits may make another word. */
const MIN_FIELD_LENGTH = 8;

/** Any name may be a field of the source's own record, so only a near miss of an ECS name is worth a word. */
function warnOfMistypedField(source: RuleSource, field: string, node: Node): void {
  const isCandidate = field.includes('.') && field.length >= MIN_FIELD_LENGTH;
  if (!isCandidate || KNOWN_FIELDS.has(field) || field.startsWith(OWN)) return;
  const near = nearestWord(field, ECS_FIELD_NAMES);
  if (near === undefined || near.split('.').length !== field.split('.').length) return;
  warn(source, offsetOf(node), `"${field}" is not an ECS field`, `Did you mean "${near}"?`);
}

function parseValues(context: Context, entry: Entry): SigmaValue[] {
  const nodes = isSeq(entry.value) ? (entry.value.items as Node[]) : [entry.value];
  if (nodes.length === 0) {
    report(
      context.source,
      offsetOf(entry.keyNode),
      `the list of values of "${entry.key}" is empty`,
    );
  }
  const values: SigmaValue[] = [];
  for (const node of nodes.map((item) => followed(context.document, item))) {
    const value = scalarOf(node);
    if (value === undefined) {
      report(
        context.source,
        offsetOf(node ?? entry.keyNode),
        `a value of "${entry.key}" must be text, a number, true, false or null`,
      );
      continue;
    }
    if (value === null && nodes.length > 1) {
      warn(
        context.source,
        offsetOf(node ?? entry.keyNode),
        `null in the list of values of "${entry.key}" is not portable`,
        'Give null a search identifier of its own.',
      );
    }
    values.push(value);
  }
  return values;
}

function keywordSearch(
  context: Context,
  modifiers: readonly string[],
  values: readonly SigmaValue[],
  node: Node,
): Search {
  const match = matchOf(context, modifiers, values, node);
  checkMatch(context, match, true, node);
  return { kind: 'keyword', match };
}

const matchOf = (
  { source, placeholders }: Context,
  modifiers: readonly string[],
  values: readonly SigmaValue[],
  node: Node,
): Match => ({
  modifiers,
  values,
  place: placeAt(source, offsetOf(node)),
  ...(modifiers.includes('expand') && { placeholders: used(placeholders, values) }),
});

/** Those of the placeholders that the values name: rules are handed to readers, with what they need. */
function used(placeholders: Placeholders, values: readonly SigmaValue[]): Placeholders {
  const names = values.flatMap((value) => [...String(value).matchAll(PLACEHOLDER)]);
  return Object.fromEntries(
    names.flatMap(([, name = '']) =>
      Object.hasOwn(placeholders, name) ? [[name, placeholders[name]!]] : [],
    ),
  );
}

function checkMatch(context: Context, match: Match, isKeyword: boolean, node: Node): void {
  const compiled = compileMatch(match, isKeyword);
  if (isMatchFault(compiled)) {
    report(context.source, offsetOf(node), compiled.message, compiled.hint);
  }
}
