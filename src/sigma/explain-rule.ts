/** Why a rule hits an event, or does not: the answer of each part of its condition. */
import type { Event } from '../events/event.ts';
import { compileRule } from './compile-rule.ts';
import type { FieldResolver } from './compiled-rule.ts';
import type { Condition, Search, SigmaRule, SigmaValue } from './rule.ts';

/** A part of a condition or of a search identifier, with what it came to. */
export interface ExplainedPart {
  /** `selection`, `not`, `1 of`, `CommandLine|contains`, `keywords`. */
  what: string;
  isHit: boolean;
  /** Of a field: what the rule wants. */
  wants?: readonly SigmaValue[];
  /** Of a field: what the event has; absent: nothing. */
  has?: unknown;
  parts: readonly ExplainedPart[];
}

/** Asks every part of a rule. The log source is not looked at. */
export function explainRule(
  rule: SigmaRule,
  resolve: FieldResolver,
  event: Event,
  raw: string,
): ExplainedPart {
  const { compiled: _, ...bare } = rule;
  const ofSearch = (search: Search): ExplainedPart => {
    if (search.kind === 'all' || search.kind === 'any') {
      const parts = search.of.map(ofSearch);
      const isAll = search.kind === 'all';
      const isHit = isAll ? parts.every((part) => part.isHit) : parts.some((part) => part.isHit);
      return { what: isAll ? 'all of' : 'one of', isHit, parts };
    }
    // The part as a rule of its own: it answers as it does within the rule.
    const alone = { ...bare, searches: new Map([['part', search]]) };
    const condition: Condition = { kind: 'search', name: 'part' };
    const isHit = compileRule({ ...alone, condition }, resolve).test(event, raw);
    const { modifiers, values } = search.match;
    const isField = search.kind === 'field';
    const what = [isField ? search.field : 'keywords', ...modifiers].join('|');
    const has = isField ? resolve(search.field, rule.logsource)(event) : undefined;
    return { what, isHit, wants: values, ...(has !== undefined && { has }), parts: [] };
  };
  const named = (name: string): ExplainedPart => {
    const part = ofSearch(rule.searches.get(name)!);
    const isList = part.what === 'all of' || part.what === 'one of';
    return { what: name, isHit: part.isHit, parts: isList ? part.parts : [part] };
  };
  const ofCondition = (condition: Condition): ExplainedPart => {
    switch (condition.kind) {
      case 'search':
        return named(condition.name);
      case 'not': {
        const part = ofCondition(condition.of);
        return { what: 'not', isHit: !part.isHit, parts: [part] };
      }
      case 'of': {
        const parts = condition.names.map(named);
        const hits = parts.filter((part) => part.isHit).length;
        const isAll = condition.quantity === 'all';
        const isHit = hits >= (condition.quantity === 'all' ? parts.length : condition.quantity);
        return { what: `${isAll ? 'all' : condition.quantity} of`, isHit, parts };
      }
      default: {
        const parts = condition.of.map(ofCondition);
        const isHit =
          condition.kind === 'and'
            ? parts.every((part) => part.isHit)
            : parts.some((part) => part.isHit);
        return { what: condition.kind, isHit, parts };
      }
    }
  };
  return ofCondition(rule.condition);
}
