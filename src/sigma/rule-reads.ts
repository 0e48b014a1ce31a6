/** What a rule looks at: each value that it reads, and the texts that it compares it with. */
import type { FieldReader, FieldResolver } from './compiled-rule.ts';
import { isFault, type MatchPlan, readModifiers } from './modifiers.ts';
import { ANY, type Pattern, textOf } from './pattern.ts';
import type { Match, Search, SigmaRule, SigmaValue } from './rule.ts';
import { patternsOf } from './value-patterns.ts';

/** One value that a rule reads. */
export interface RuleRead {
  /** Undefined: the raw line (keywords). */
  reader: FieldReader | undefined;
  /**
   * Lower-case texts: the test says the same of two values in which these occur at the same places.
   * Undefined when more than that counts, as with expressions and numbers.
   */
  texts: readonly string[] | undefined;
}

/** Everything that `rule` reads. */
export function readsOf(rule: SigmaRule, resolve: FieldResolver): RuleRead[] {
  return [...rule.searches.values()].flatMap((search) => searchReads(search, rule, resolve));
}

function searchReads(search: Search, rule: SigmaRule, resolve: FieldResolver): RuleRead[] {
  switch (search.kind) {
    case 'all':
    case 'any':
      return search.of.flatMap((part) => searchReads(part, rule, resolve));
    case 'keyword':
      return [{ reader: undefined, texts: textsOf(search.match, true) }];
    case 'field': {
      const reader = resolve(search.field, rule.logsource);
      const others = search.match.modifiers.includes('fieldref') ? search.match.values : [];
      return [
        { reader, texts: textsOf(search.match, false) },
        ...others.map((other) => ({
          reader: resolve(String(other), rule.logsource),
          texts: undefined,
        })),
      ];
    }
  }
}

const MANY_TEXTS = 1000;

function textsOf(
  { modifiers, values, words, placeholders }: Match,
  isKeyword: boolean,
): string[] | undefined {
  // So many texts occur nearly anywhere.
  if (values.length > MANY_TEXTS || words !== undefined) return undefined;
  const read = readModifiers(modifiers);
  if (isFault(read) || read.comparison !== 'equal' || read.timePart !== undefined) return undefined;
  const plan: MatchPlan = { ...read, placeholders };
  const placed: MatchPlan = isKeyword ? { ...plan, place: 'contains' } : plan;
  const texts: string[] = [];
  for (const value of values) {
    const found = valueTexts(placed, value, isKeyword);
    if (found === undefined) return undefined;
    for (const text of found) texts.push(text);
  }
  return texts;
}

function valueTexts(
  plan: MatchPlan,
  value: SigmaValue,
  isKeyword: boolean,
): readonly string[] | undefined {
  // Numbers and null compare with more than text.
  if (typeof value !== 'string' && !(isKeyword && value !== null)) return undefined;
  const patterns = patternsOf(plan, value);
  if ('message' in patterns || patterns.some((pattern) => pattern.includes(ANY))) return undefined;
  return patterns.flatMap(piecesOf);
}

/** The texts between the marks of a pattern. */
function piecesOf(pattern: Pattern): string[] {
  const pieces: string[] = [];
  let run: number[] = [];
  for (const unit of [...pattern, ANY]) {
    if (unit >= 0) run.push(unit);
    else if (run.length > 0) {
      pieces.push(textOf(run).toLowerCase());
      run = [];
    }
  }
  return pieces;
}
