/** A rule in another language, for those who run it elsewhere; what that language cannot say is named. */
import type { CompiledCorrelation, FieldResolver, RuleSet } from '../sigma/compiled-rule.ts';
import { type Leaf, leavesOf } from '../sigma/leaves.ts';
import type { Condition, Match, Search, SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import type { Dialect } from './dialects.ts';
import { plainPath } from './rule-query.ts';

/** What became of one rule. */
export interface Converted {
  id: string;
  title: string;
  /** Undefined where it cannot be said. */
  query: string | undefined;
  /** What is lost, or why there is none. */
  remark: string | undefined;
}

/** What a language cannot say. */
class Unsayable extends Error {}

/** Puts all rules and correlations of a set into a language. */
export function convertRules(
  { rules, correlations, resolve }: RuleSet,
  dialect: Dialect,
  index: string,
): Converted[] {
  const simple = rules.map(({ rule }) =>
    attempt(rule, () => ({
      query: dialect.whole(conditionText(rule, dialect, resolve), index),
      remark: undefined,
    })),
  );
  const counting = correlations.map((correlation) =>
    attempt(correlation.rule, () =>
      correlated(
        correlation,
        rules.map(({ rule }) => rule),
        dialect,
        resolve,
        index,
      ),
    ),
  );
  return [...simple, ...counting];
}

function attempt(
  { id, title }: SigmaRule | SigmaCorrelation,
  make: () => Pick<Converted, 'query' | 'remark'>,
): Converted {
  try {
    return { id, title, ...make() };
  } catch (error) {
    if (!(error instanceof Unsayable)) throw error;
    return { id, title, query: undefined, remark: error.message };
  }
}

function correlated(
  { rule, inputs }: CompiledCorrelation,
  rules: readonly SigmaRule[],
  dialect: Dialect,
  resolve: FieldResolver,
  index: string,
): Pick<Converted, 'query' | 'remark'> {
  if (dialect.counted === undefined) throw new Unsayable('the language cannot count');
  if (rule.type !== 'event_count' && rule.type !== 'value_count')
    throw new Unsayable(`there is no ${rule.type} in it`);
  const { gte, gt, lte, lt, eq } = rule.condition;
  const [sign, number] =
    gte !== undefined
      ? ['>=', gte]
      : gt !== undefined
        ? ['>', gt]
        : lte !== undefined
          ? ['<=', lte]
          : lt !== undefined
            ? ['<', lt]
            : ['==', eq];
  if (number === undefined) throw new Unsayable('its condition is no single comparison');
  const members = inputs.map(({ rule: at }) => rules[at]!);
  const [first] = members;
  if (first === undefined) throw new Unsayable('it counts no rules');
  const nameOf = (field: string): string => fieldName(field, first, resolve);
  const condition = dialect.or(members.map((one) => conditionText(one, dialect, resolve)));
  const [distinct] = rule.countedFields;
  return {
    query: dialect.counted(condition, index, {
      groupBy: rule.groupBy.map(nameOf),
      seconds: rule.timespanSeconds,
      distinct:
        distinct === undefined || rule.type === 'event_count' ? undefined : nameOf(distinct),
      condition: `${sign} ${number}`,
    }),
    remark: 'counts in fixed stretches of time, not in windows that slide',
  };
}

function fieldName(field: string, { logsource }: SigmaRule, resolve: FieldResolver): string {
  return plainPath(resolve(field, logsource)) ?? field;
}

function conditionText(rule: SigmaRule, dialect: Dialect, resolve: FieldResolver): string {
  const searchText = (search: Search): string => {
    switch (search.kind) {
      case 'all':
        return dialect.and(search.of.map(searchText));
      case 'any':
        return dialect.or(search.of.map(searchText));
      case 'keyword':
        return matchText(undefined, search.match, dialect);
      case 'field':
        return matchText(fieldName(search.field, rule, resolve), search.match, dialect);
    }
  };
  const text = (condition: Condition): string => {
    switch (condition.kind) {
      case 'search':
        return searchText(rule.searches.get(condition.name)!);
      case 'not':
        return dialect.not(text(condition.of));
      case 'and':
        return dialect.and(condition.of.map(text));
      case 'or':
        return dialect.or(condition.of.map(text));
      case 'of': {
        const parts = condition.names.map((name) => searchText(rule.searches.get(name)!));
        if (condition.quantity === 'all') return dialect.and(parts);
        if (condition.quantity === 1) return dialect.or(parts);
        throw new Unsayable(`there is no "${condition.quantity} of" in it`);
      }
    }
  };
  return text(rule.condition);
}

function matchText(field: string | undefined, match: Match, dialect: Dialect): string {
  const { isAll, isNegated, of } = leavesOf(match, field === undefined);
  const values = of.map((leaves) =>
    dialect.or(leaves.map((leaf) => leafText(field, leaf, dialect))),
  );
  const whole = isAll ? dialect.and(values) : dialect.or(values);
  return isNegated ? dialect.not(whole) : whole;
}

function leafText(field: string | undefined, leaf: Leaf, dialect: Dialect): string {
  const sayable = (text: string | undefined): string => {
    if (text !== undefined) return text;
    throw new Unsayable(`it cannot say what is asked of ${field ?? 'the text'}`);
  };
  if (field === undefined) {
    if (leaf.kind === 'pattern') return sayable(dialect.keyword(leaf.pattern));
    throw new Unsayable(`there is no ${leaf.kind} on the whole text`);
  }
  switch (leaf.kind) {
    case 'pattern':
      return sayable(dialect.pattern(field, leaf.pattern, leaf.isCased));
    case 'number':
      return sayable(dialect.number(field, leaf.order, leaf.number));
    case 'word':
      return sayable(
        dialect.pattern(
          field,
          [...leaf.word].map((one) => one.charCodeAt(0)),
          false,
        ),
      );
    case 'null':
      return sayable(dialect.exists(field, false));
    case 'exists':
      return sayable(dialect.exists(field, leaf.isThere));
    case 'network':
      return sayable(dialect.network(field, leaf.network));
    case 'regex':
      throw new Unsayable('its regular expressions are others');
    case 'fields':
      throw new Unsayable('it cannot compare two fields');
    case 'untold':
      throw new Unsayable('it has no parts of times');
  }
}
