/**
 * Rules that could not match in this run, whatever the lines say: none of the files is of their log source, or
 * they need a field that no format of it fills. Always on the safe side: what may match is not named.
 */
import type { Event } from '../events/event.ts';
import { isSkip } from '../events/event.ts';
import { createClock } from '../logs/clock.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { CompiledRule, RuleSet } from '../sigma/compiled-rule.ts';
import type { Condition, Search, SigmaLogSource, SigmaRule } from '../sigma/rule.ts';
import { resolveField } from './fields/field-mapping.ts';
import { kindsOf, ruleFits } from './fields/log-sources.ts';

/** Why: no file of its log source; a field that no format fills; the rules that it refers to. */
export type UnmatchableReason = 'log-source' | 'field' | 'rules';

export interface UnmatchableRule {
  id: string;
  title: string;
  reason: UnmatchableReason;
  /** The log source, the field, or the rules, as the rule has them. */
  what: string;
}

/** @param formats names of the formats that lines of this run had */
export function unmatchableRules(
  { rules, correlations }: RuleSet,
  formats: ReadonlySet<string>,
): UnmatchableRule[] {
  // Where nothing was read, that is what there is to say.
  if (formats.size === 0) return [];
  const fits = createFits();
  const found: UnmatchableRule[] = [];
  const isOut = rules.map((compiled) => {
    const { rule } = compiled;
    const { id, title, logsource } = rule;
    const fitting = fits(logsource);
    if (![...formats].some((format) => fitting.includes(format))) {
      found.push({ id, title, reason: 'log-source', what: sourceText(logsource) });
      return true;
    }
    const field = missingField(compiled, fitting);
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

/** Names of the formats of which an event may fit a log source; worked out once per log source. */
function createFits(): (logsource: SigmaLogSource) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (logsource) => {
    const key = sourceText(logsource);
    let names = known.get(key);
    if (names === undefined) {
      names = FORMATS.map(({ name }) => name).filter((name) =>
        kindsOf(name).some((kind) => ruleFits(logsource, kind)),
      );
      known.set(key, names);
    }
    return names;
  };
}

/** A field without which the rule cannot match and that none of the formats fills; undefined when there is none. */
function missingField(
  { rule, fields }: CompiledRule,
  formats: readonly string[],
): string | undefined {
  const missing = new Set(fields.filter((field) => !isFilled(field, rule.logsource, formats)));
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

/** Formats whose records have any names at all. */
const OPEN_FORMATS: ReadonlySet<string> = new Set(['json-lines', 'cloudtrail', 'journald']);
/** What the audit log calls its values: `a0`, `exe`, `AUID`; names in camel case belong to other systems. */
const AUDIT_NAME = /^(?:[a-z][a-z0-9_-]*|[A-Z]+)$/;

function isFilled(field: string, logsource: SigmaLogSource, formats: readonly string[]): boolean {
  if (field.startsWith('ir.')) return true;
  const reader = resolveField(field, logsource);
  return formats.some((format) => {
    if (OPEN_FORMATS.has(format)) return true;
    return reader(fullEvent(format, field)) !== undefined;
  });
}

const keysOf = new Map<string, readonly string[]>();

/** An event of the format in which every field has a value. */
function fullEvent(format: string, field: string): Event {
  let keys = keysOf.get(format);
  if (keys === undefined) keysOf.set(format, (keys = fieldsOf(format)));
  const event: Record<string, unknown> = Object.fromEntries(keys.map((key) => [key, '0']));
  const isAudit = format === 'auditd';
  const raw = isAudit && AUDIT_NAME.test(field) ? { [field]: '0' } : {};
  return {
    ...event,
    timeUs: 0,
    format,
    'event.action': 'executed',
    raw: isAudit ? { auid: '0', type: '0', types: '0', name: '0', ...raw } : undefined,
  } as unknown as Event;
}

/** The fields of a format: each of its events has all of them, filled or not. */
function fieldsOf(name: string): readonly string[] {
  const format = FORMATS.find((each) => each.name === name);
  const clock = createClock({ zone: 'UTC', firstYear: 2026 });
  const fields = new Set<string>();
  for (const { lines } of format?.samples.slice(0, 4) ?? []) {
    const parsed = format?.group?.parse(lines, clock) ?? format?.parse(lines[0] ?? '', clock);
    if (parsed !== undefined && !isSkip(parsed))
      for (const key of Object.keys(parsed)) fields.add(key);
  }
  if (name === 'auditd')
    for (const part of ['name', 'executable', 'command_line']) fields.add(`process.parent.${part}`);
  return [...fields];
}
