/** May a rule hit lines of which some fields are known? What is known decides most rules once for all of them. */
import type { Event } from '../../events/event.ts';
import { compileMatch, isMatchFault } from '../../sigma/compile-match.ts';
import type { FieldResolver } from '../../sigma/compiled-rule.ts';
import type { Condition, Search, SigmaRule } from '../../sigma/rule.ts';

/** Undefined: it depends on what is not known. */
type Truth = boolean | undefined;

/**
 * False only when the rule cannot hit, whatever the other fields hold.
 * @param isKnown is the value of a field that the rule names the one that it has in `event`?
 */
export function mayHit(
  rule: SigmaRule,
  resolve: FieldResolver,
  event: Event,
  isKnown: (field: string) => boolean,
): boolean {
  const ofSearch = (search: Search | undefined): Truth => {
    switch (search?.kind) {
      case 'all':
        return every(search.of.map(ofSearch));
      case 'any':
        return not(every(search.of.map((part) => not(ofSearch(part)))));
      case 'field': {
        const match = isKnown(search.field) ? compileMatch(search.match) : undefined;
        if (match === undefined || isMatchFault(match) || match.references !== undefined)
          return undefined;
        return match.test(resolve(search.field, rule.logsource)(event));
      }
      default:
        return undefined;
    }
  };
  const ofCondition = (condition: Condition): Truth => {
    switch (condition.kind) {
      case 'search':
        return ofSearch(rule.searches.get(condition.name));
      case 'not':
        return not(ofCondition(condition.of));
      case 'and':
        return every(condition.of.map(ofCondition));
      case 'or':
        return not(every(condition.of.map((part) => not(ofCondition(part)))));
      case 'of': {
        const parts = condition.names.map((name) => ofSearch(rule.searches.get(name)));
        if (condition.quantity === 'all') return every(parts);
        const possible = parts.filter((part) => part !== false).length;
        return possible < condition.quantity ? false : undefined;
      }
    }
  };
  return ofCondition(rule.condition) !== false;
}

const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}
