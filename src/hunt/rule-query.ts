/**
 * A rule as a question to a search cluster. What is asked for is never less than what the rule hits: where the cluster cannot say it
 * exactly, more comes back, and our own engine looks at it.
 */
import { ruleFits } from '../detect/fields/log-sources.ts';
import { FIELD_TYPES } from '../events/ecs-field-names.ts';
import type { EcsField } from '../events/event.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { compileMatch, isMatchFault } from '../sigma/compile-match.ts';
import type { CompiledRule, FieldReader, FieldResolver } from '../sigma/compiled-rule.ts';
import { type Leaf, leavesOf } from '../sigma/leaves.ts';
import { plainText } from '../sigma/pattern.ts';
import type { Condition, Match, Search, SigmaLogSource, SigmaRule } from '../sigma/rule.ts';
import { isDslAddress, wildcardText } from './dsl-text.ts';

/** A query of OpenSearch and Elasticsearch. */
export type Dsl = Readonly<Record<string, unknown>>;

/** Everything, nothing, or a query. */
export type Part = Dsl | 'everything' | 'nothing';

/** How much of a rule is asked of the cluster. */
export type Pushed = 'narrowed' | 'log source only';

/** A rule as a query. */
export interface RuleQuery {
  query: Dsl;
  pushed: Pushed;
}

interface Context {
  rule: SigmaRule;
  readerOf(field: string): FieldReader;
  mostLiteral: number;
}

/** Longer literals are hardly rarer. */
export const MOST_LITERAL = 10;

/** Events of which the text in which literals are looked for was too long to be kept. */
const CUT: Dsl = { term: { 'ir.is_text_cut': true } };
/** Documents of others, of which nothing is known. */
export const FOREIGN: Dsl = { bool: { must_not: [{ exists: { field: 'ir.format' } }] } };

/**
 * The query of a rule.
 * @param mostLiteral so many characters of a literal are asked for: a cluster looks them up by three; 0: nothing but the log source is asked
 * @param foreign documents of others that a rule may hit
 */
export function ruleQuery(
  { rule }: CompiledRule,
  resolve: FieldResolver,
  mostLiteral = MOST_LITERAL,
  foreign: (logsource: SigmaLogSource) => Dsl = () => FOREIGN,
): RuleQuery {
  const readerOf = (field: string): FieldReader => resolve(field, rule.logsource);
  const context: Context = { rule, readerOf, mostLiteral };
  const asked = mostLiteral === 0 ? 'everything' : conditionPart(context, rule.condition, true);
  const formats = FORMATS.filter(({ sources }) =>
    sources.some((source) => ruleFits(rule.logsource, source)),
  ).map(({ name }) => name);
  const own = all([{ terms: { 'ir.format': formats } }, asked]);
  const others = foreign(rule.logsource);
  const query = any([own, others]);
  return {
    query: query === 'everything' ? { match_all: {} } : query === 'nothing' ? others : query,
    pushed: asked === 'everything' ? 'log source only' : 'narrowed',
  };
}

/** All of them. */
export function all(parts: readonly Part[]): Part {
  if (parts.includes('nothing')) return 'nothing';
  const known = parts.filter((part): part is Dsl => part !== 'everything' && part !== 'nothing');
  if (known.length === 0) return 'everything';
  return known.length === 1 ? known[0]! : { bool: { filter: known } };
}

/** At least so many of them; where some are not known, these are taken to hold. */
export function any(parts: readonly Part[], least = 1): Part {
  const given = parts.filter((part) => part === 'everything').length;
  const needed = least - given;
  if (needed <= 0) return 'everything';
  const known = parts.filter((part): part is Dsl => part !== 'everything' && part !== 'nothing');
  if (known.length < needed) return 'nothing';
  if (known.length === 1) return known[0]!;
  return { bool: { should: known, minimum_should_match: needed } };
}

const not = (part: Part): Part => {
  if (part === 'everything') return 'nothing';
  return part === 'nothing' ? 'everything' : { bool: { must_not: [part] } };
};

/** @param isWide true: never less than what holds; false: never more */
function conditionPart(context: Context, condition: Condition, isWide: boolean): Part {
  const searchPart = (name: string): Part =>
    partOf(context, context.rule.searches.get(name)!, isWide);
  switch (condition.kind) {
    case 'search':
      return searchPart(condition.name);
    case 'not':
      return not(conditionPart(context, condition.of, !isWide));
    case 'and':
      return all(condition.of.map((one) => conditionPart(context, one, isWide)));
    case 'or':
      return any(condition.of.map((one) => conditionPart(context, one, isWide)));
    case 'of': {
      const parts = condition.names.map(searchPart);
      return condition.quantity === 'all' ? all(parts) : any(parts, condition.quantity);
    }
  }
}

function partOf(context: Context, search: Search, isWide: boolean): Part {
  switch (search.kind) {
    case 'all':
      return all(search.of.map((one) => partOf(context, one, isWide)));
    case 'any':
      return any(search.of.map((one) => partOf(context, one, isWide)));
    case 'keyword':
      return isWide ? literalPart(context, search.match, true) : 'nothing';
    case 'field':
      return fieldPart(context, search.field, search.match, isWide);
  }
}

function fieldPart(context: Context, field: string, match: Match, isWide: boolean): Part {
  const reader = context.readerOf(field);
  const { isAll, isNegated, of } = leavesOf(match, false);
  const isInner = isNegated ? !isWide : isWide;
  const path = plainPath(reader);
  const parts = of.map((leaves) => any(leaves.map((leaf) => leafPart(path, leaf, isInner))));
  const exact = isAll ? all(parts) : any(parts);
  const inner = isInner
    ? narrower(
        exact,
        reader.isComputed === true ? 'everything' : literalPart(context, match, false),
      )
    : exact;
  return isNegated ? not(inner) : inner;
}

/** The one field of ECS that a reader reads as it is. */
export function plainPath({ isPlain, paths }: FieldReader): EcsField | undefined {
  const [path = '', ...others] = paths ?? [];
  const isOne = isPlain === true && others.length === 0 && Object.hasOwn(FIELD_TYPES, path);
  return isOne ? (path as EcsField) : undefined;
}

/** Of two that are both wide enough, the one that can be looked up, or what both say. */
const narrower = (exact: Part, literal: Part): Part => (exact === 'everything' ? literal : exact);

/** One of the literals stands in the event. */
function literalPart({ mostLiteral }: Context, match: Match, isKeyword: boolean): Part {
  const { isChecked: _, ...fresh } = match;
  const compiled = compileMatch(fresh, isKeyword);
  if (isMatchFault(compiled) || compiled.literals === undefined || compiled.references)
    return 'everything';
  return any([
    ...[...new Set(compiled.literals.map((literal) => literal.slice(0, mostLiteral)))].map(
      (literal): Dsl => ({ wildcard: { 'ir.text': { value: `*${wildcardText(literal)}*` } } }),
    ),
    CUT,
  ]);
}

/** Values longer than a term may be are not indexed. */
const ignored = (field: string): Dsl => ({ term: { _ignored: field } });

/** What is asked of one field of ECS as the documents have it. @param path undefined: of no such field */
function leafPart(path: string | undefined, leaf: Leaf, isWide: boolean): Part {
  const otherwise: Part = isWide ? 'everything' : 'nothing';
  if (path === undefined || path === 'message' || leaf.kind === 'untold') return otherwise;
  const exact = exactPart(path as EcsField, leaf);
  if (exact === undefined) return otherwise;
  if (!isWide) return exact.isSure ? exact.query : 'nothing';
  // A record may have the field where the event has none.
  const inRecord: Dsl = {
    bool: {
      must_not: [{ exists: { field: path } }],
      filter: [{ term: { 'ir.has_record': true } }],
    },
  };
  return any([exact.query, ignored(path), inRecord]);
}

/** @returns `isSure` where everything that the query finds holds, too */
function exactPart(path: EcsField, leaf: Leaf): { query: Dsl; isSure: boolean } | undefined {
  const isNumber = FIELD_TYPES[path] === 'number';
  const isAddress = path.endsWith('.ip');
  switch (leaf.kind) {
    case 'pattern': {
      const text = plainText(leaf.pattern);
      if (isAddress || isNumber) {
        const isValue = isAddress
          ? text !== undefined && isDslAddress(text)
          : /^\d{1,15}$/.test(text ?? '');
        return isValue ? { query: { term: { [path]: text } }, isSure: isAddress } : undefined;
      }
      if (text !== undefined)
        return {
          query: { term: { [path]: { value: text, case_insensitive: !leaf.isCased } } },
          isSure: /^[ -~]*$/.test(text),
        };
      const value = wildcardText(leaf.pattern);
      return {
        query: { wildcard: { [path]: { value, case_insensitive: !leaf.isCased } } },
        isSure: /^[ -~]*$/.test(value) && !leaf.pattern.includes(-3),
      };
    }
    case 'number':
      if (!isNumber) return undefined;
      return {
        query:
          leaf.order === 'equal'
            ? { term: { [path]: leaf.number } }
            : { range: { [path]: { [leaf.order]: leaf.number } } },
        isSure: true,
      };
    case 'network':
      return isAddress ? { query: { term: { [path]: leaf.network } }, isSure: true } : undefined;
    case 'exists':
      return leaf.isThere ? { query: { exists: { field: path } }, isSure: true } : undefined;
    default:
      return undefined;
  }
}
