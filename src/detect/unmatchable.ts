/**
 * Rules that could not match in this run, whatever the lines say: none of the files is of their log source, or
 * they need a field that no format of it fills. Always on the safe side: what may match is not named.
 */
import type { Event } from '../events/event.ts';
import { isSkip } from '../events/event.ts';
import { createClock } from '../logs/clock.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { CompiledRule, FieldReader, FieldResolver, RuleSet } from '../sigma/compiled-rule.ts';
import type { Condition, Search, SigmaLogSource, SigmaRule } from '../sigma/rule.ts';
import { ruleFits } from './fields/log-sources.ts';
import { PARENT_FIELDS } from './processes.ts';

/** Why: no file of its log source; a field that no format fills; the rules that it refers to. */
export type UnmatchableReason = 'log-source' | 'field' | 'rules';

/** A rule or correlation that had no chance in this run. */
export interface UnmatchableRule {
  id: string;
  title: string;
  reason: UnmatchableReason;
  /** The log source, the field, or the rules, as the rule has them. */
  what: string;
}

/**
 * @param all every format there is
 * @param formats names of those that lines of this run had
 */
export function unmatchableRules(
  { rules, correlations, resolve }: RuleSet,
  all: readonly LogFormat[],
  formats: ReadonlySet<string>,
): UnmatchableRule[] {
  // Where nothing was read, that is what there is to say.
  if (formats.size === 0) return [];
  // Those of this run first: they fill most fields, and the others' samples need not be read.
  const isRead = ({ name }: LogFormat): boolean => formats.has(name);
  // A format that takes any name says nothing of which fields there are, unless it was read.
  const others = all.filter((format) => !isRead(format) && format.ownNames?.test('') !== true);
  const fits = createFits([...all.filter(isRead), ...others]);
  const found: UnmatchableRule[] = [];
  const isOut = rules.map((compiled) => {
    const { rule } = compiled;
    const { id, title, logsource } = rule;
    const fitting = fits(logsource);
    if (!fitting.some(isRead)) {
      found.push({ id, title, reason: 'log-source', what: sourceText(logsource) });
      return true;
    }
    const field = missingField(compiled, fitting, resolve);
    if (field !== undefined) found.push({ id, title, reason: 'field', what: field });
    return field !== undefined;
  });
  const isCorrelationOut: boolean[] = [];
  for (const { rule, members } of correlations) {
    const out = members.map(({ kind, index }) =>
      kind === 'rule' ? isOut[index] === true : isCorrelationOut[index] === true,
    );
    const isNever = out.length > 0 && out.every(Boolean);
    isCorrelationOut.push(isNever);
    const { id, title, references_to } = rule;
    if (isNever) found.push({ id, title, reason: 'rules', what: references_to.join(', ') });
  }
  return found;
}

const sourceText = (logsource: SigmaLogSource): string =>
  (['product', 'category', 'service'] as const)
    .filter((key) => logsource[key] !== undefined)
    .map((key) => `${key}: ${logsource[key]}`)
    .join(', ');

/** The formats of which an event may fit a log source; worked out once per log source. */
function createFits(
  all: readonly LogFormat[],
): (logsource: SigmaLogSource) => readonly LogFormat[] {
  const known = new Map<string, readonly LogFormat[]>();
  return (logsource) => {
    const key = sourceText(logsource);
    let fitting = known.get(key);
    if (fitting === undefined) {
      fitting = all.filter(({ sources }) => sources.some((source) => ruleFits(logsource, source)));
      known.set(key, fitting);
    }
    return fitting;
  };
}

/** A field without which the rule cannot match and that none of the formats fills; undefined when there is none. */
function missingField(
  { rule, fields }: CompiledRule,
  formats: readonly LogFormat[],
  resolve: FieldResolver,
): string | undefined {
  const missing = new Set(
    fields.filter((field) => !isFilled(field, resolve(field, rule.logsource), formats)),
  );
  // Most rules name no such field: then the rest of the rule need not be looked at.
  return missing.size === 0 ? undefined : neverIn(rule, missing);
}

function neverIn(
  { condition, searches }: SigmaRule,
  missing: ReadonlySet<string>,
): string | undefined {
  const ofSearch = (search: Search | undefined): string | undefined => {
    switch (search?.kind) {
      case 'all':
        return first(search.of.map(ofSearch));
      case 'any':
        return every(search.of.map(ofSearch));
      case 'field':
        return missing.has(search.field) && needsValue(search) ? search.field : undefined;
      default:
        return undefined;
    }
  };
  const ofCondition = (part: Condition): string | undefined => {
    switch (part.kind) {
      case 'search':
        return ofSearch(searches.get(part.name));
      case 'and':
        return first(part.of.map(ofCondition));
      case 'or':
        return every(part.of.map(ofCondition));
      case 'of': {
        const parts = part.names.map((name) => ofSearch(searches.get(name)));
        return part.quantity === 'all' ? first(parts) : every(parts);
      }
      case 'not':
        return undefined;
    }
  };
  return ofCondition(condition);
}

const first = (fields: readonly (string | undefined)[]): string | undefined =>
  fields.find((field) => field !== undefined);
const every = (fields: readonly (string | undefined)[]): string | undefined =>
  fields.length > 0 && fields.every((field) => field !== undefined) ? fields[0] : undefined;

/** Is the match false for a field that is not there? */
function needsValue({ match: { modifiers, values } }: Extract<Search, { kind: 'field' }>): boolean {
  if (modifiers.some((name) => ['neq', 'exists', 'fieldref'].includes(name))) return false;
  return values.every((value) => value !== null);
}

/** Does any of the formats give the field a value? */
export function isFilled(
  field: string,
  reader: FieldReader,
  formats: readonly LogFormat[],
): boolean {
  if (field.startsWith('ir.')) return true;
  return formats.some((format) => reader(fullEvent(format, field)) !== undefined);
}

const known = new Map<LogFormat, Event>();

/** An event of the format in which every field has a value, and `field` one in the record if it may have one. */
function fullEvent(format: LogFormat, field: string): Event {
  let full = known.get(format);
  if (full === undefined) known.set(format, (full = fillAll(format)));
  return format.ownNames?.test(field) === true
    ? { ...full, raw: { ...full.raw, [field]: '0' } }
    : full;
}

/** Each event of a format has all its fields, filled or not. */
function fillAll(format: LogFormat): Event {
  const clock = createClock({ zone: 'UTC', firstYear: 2026 });
  const fields = new Set<string>(format.hasProcesses === true ? PARENT_FIELDS : []);
  const raw = new Set<string>();
  for (const { lines } of format.samples.slice(0, 4)) {
    const parsed = format.group?.parse(lines, clock) ?? format.parse(lines[0] ?? '', clock);
    if (isSkip(parsed)) continue;
    for (const key of Object.keys(parsed)) fields.add(key);
    for (const key of Object.keys(parsed.raw ?? {})) raw.add(key);
  }
  const filled = (keys: Iterable<string>): Record<string, string> =>
    Object.fromEntries([...keys].map((key) => [key, '0']));
  const event = { ...filled(fields), timeUs: 0, format: format.name, 'event.action': 'executed' };
  return { ...event, raw: raw.size === 0 ? undefined : filled(raw) } as unknown as Event;
}
