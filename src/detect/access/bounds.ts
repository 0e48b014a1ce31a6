/** The size of the answer below which a rule cannot hit, so that most lines need not be shown to it. */
import type { Condition, Search, SigmaRule } from '../../sigma/rule.ts';

/** Does a field say the size of the answer? */
type IsSize = (field: string) => boolean;

/** Bytes that an answer must have for `rule` to hit; -Infinity when the rule sets no such limit. */
export function leastBytes(rule: SigmaRule, isSize: IsSize): number {
  return ofCondition(rule.condition, rule.searches, isSize);
}

function ofCondition(
  condition: Condition,
  searches: ReadonlyMap<string, Search>,
  isSize: IsSize,
): number {
  switch (condition.kind) {
    case 'search':
      return ofSearch(searches.get(condition.name), isSize);
    case 'and':
      return Math.max(...condition.of.map((part) => ofCondition(part, searches, isSize)));
    case 'or':
      return Math.min(...condition.of.map((part) => ofCondition(part, searches, isSize)));
    case 'of': {
      const parts = condition.names.map((name) => ofSearch(searches.get(name), isSize));
      return condition.quantity === 'all' ? Math.max(...parts) : Math.min(...parts);
    }
    case 'not':
      return Number.NEGATIVE_INFINITY;
  }
}

function ofSearch(search: Search | undefined, isSize: IsSize): number {
  switch (search?.kind) {
    case 'all':
      return Math.max(...search.of.map((part) => ofSearch(part, isSize)));
    case 'any':
      return Math.min(...search.of.map((part) => ofSearch(part, isSize)));
    case 'field': {
      const { modifiers, values } = search.match;
      const [modifier, ...others] = modifiers;
      const isLimit = (modifier === 'gte' || modifier === 'gt') && others.length === 0;
      if (!isSize(search.field) || !isLimit) return Number.NEGATIVE_INFINITY;
      const limits = values.map(Number);
      return limits.some(Number.isNaN) ? Number.NEGATIVE_INFINITY : Math.min(...limits);
    }
    default:
      return Number.NEGATIVE_INFINITY;
  }
}
