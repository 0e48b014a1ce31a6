/** What a match asks of a value, part by part, for those who put it into another language. */
import { compileNetwork } from './match-network.ts';
import { numberOf } from './match-value.ts';
import { isFault, readModifiers } from './modifiers.ts';
import type { Pattern } from './pattern.ts';
import type { Match } from './rule.ts';
import { patternsOf } from './value-patterns.ts';

/** One thing that is asked of a value. */
export type Leaf =
  | { kind: 'pattern'; pattern: Pattern; isCased: boolean }
  | { kind: 'number'; order: 'lt' | 'lte' | 'gt' | 'gte' | 'equal'; number: number }
  | { kind: 'word'; word: string }
  | { kind: 'null' }
  | { kind: 'exists'; isThere: boolean }
  | { kind: 'network'; network: string }
  | { kind: 'regex'; expression: string; flags: ReadonlySet<string> }
  | { kind: 'fields'; others: readonly string[] }
  /** A part of a time: no other language has it. */
  | { kind: 'untold' };

/** The leaves of a match: one of them must hold, or all; and then perhaps none. */
export interface Leaves {
  isAll: boolean;
  isNegated: boolean;
  of: readonly (readonly Leaf[])[];
}

/** Takes a match apart. Each value is a list of leaves of which one must hold. A match that does not compile is untold. */
export function leavesOf(match: Match, isKeyword: boolean): Leaves {
  const read = readModifiers(match.modifiers);
  if (isFault(read)) return { isAll: false, isNegated: false, of: [[{ kind: 'untold' }]] };
  const place = isKeyword && read.comparison === 'equal' ? 'contains' : read.place;
  const plan = { ...read, place, placeholders: match.placeholders };
  const of = match.values.map((value): readonly Leaf[] => {
    if (plan.timePart !== undefined) return [{ kind: 'untold' }];
    switch (plan.comparison) {
      case 'fieldref':
        return [{ kind: 'fields', others: [String(value)] }];
      case 're': {
        const text = String(value);
        const expression =
          place === 'startswith' ? `^(?:${text})` : place === 'endswith' ? `(?:${text})$` : text;
        return [{ kind: 'regex', expression, flags: plan.regexFlags }];
      }
      case 'cidr':
        return typeof value === 'string' && compileNetwork(value) !== undefined
          ? [{ kind: 'network', network: value }]
          : [{ kind: 'untold' }];
      case 'exists':
        return [{ kind: 'exists', isThere: value === true }];
      case 'equal':
        break;
      default:
        return [{ kind: 'number', order: plan.comparison, number: numberOf(value) }];
    }
    if (typeof value !== 'string' && place === undefined && plan.transforms.length === 0) {
      if (value === null) return [{ kind: 'null' }];
      if (typeof value === 'number') return [{ kind: 'number', order: 'equal', number: value }];
      return [{ kind: 'word', word: String(value) }];
    }
    const patterns = patternsOf(plan, isKeyword && value !== null ? String(value) : value);
    if ('message' in patterns) return [{ kind: 'untold' }];
    return patterns.map((pattern) => ({ kind: 'pattern', pattern, isCased: plan.isCased }));
  });
  return { isAll: plan.isAll, isNegated: plan.isNegated, of };
}
