/** One field with its modifiers and values, compiled to a test on the field's value. */
import { anyLiterals, bestLiterals, type LiteralSet, patternLiteral } from './literal-set.ts';
import { compareFields } from './match-fields.ts';
import { compileNetwork, compileNetworks } from './match-network.ts';
import { compileRegex } from './match-regex.ts';
import { compilePatterns, compileWordLists, compileWords } from './match-text.ts';
import { timePartOf } from './match-time.ts';
import {
  allOf,
  anyOf,
  isNullValue,
  numberOf,
  numberValueTest,
  textValueTest,
  type ValueTest,
} from './match-value.ts';
import { isFault, type MatchFault, type MatchPlan, readModifiers } from './modifiers.ts';
import type { Pattern } from './pattern.ts';
import type { Match, SigmaValue } from './rule.ts';
import { patternsOf } from './value-patterns.ts';
import type { WordList } from './word-list.ts';

/** A compiled match: a test on one value, or, with `fieldref`, on the values of two fields. */
export interface CompiledMatch {
  test: ValueTest;
  literals: LiteralSet;
  /** With `fieldref`: the fields to compare with, and how. */
  references?: { fields: readonly string[]; isAll: boolean; compare: FieldComparison };
}

/** Compares the value of the match's field with that of the referenced field. */
export type FieldComparison = (value: unknown, other: unknown) => boolean;

/** A value's test, or what is wrong with the value. */
type ValueResult = { test: ValueTest; literals: LiteralSet } | MatchFault;

const cache = new WeakMap<Match, CompiledMatch | MatchFault>();

/**
 * Compiles a match, or says what is wrong with its modifiers or values. `keyword` matches search anywhere
 * in a text unless a modifier says otherwise. Remembers the answer, so that the parser can check every
 * match and the compiler need not do it again.
 */
export function compileMatch(match: Match, isKeyword = false): CompiledMatch | MatchFault {
  let compiled = cache.get(match);
  if (compiled === undefined) {
    compiled = compileNew(match, isKeyword);
    cache.set(match, compiled);
  }
  return compiled;
}

/** Tells a fault from a compiled match. */
export const isMatchFault = (result: CompiledMatch | MatchFault): result is MatchFault =>
  'message' in result;

function compileNew(match: Match, isKeyword: boolean): CompiledMatch | MatchFault {
  const read = readModifiers(match.modifiers);
  if (isFault(read)) return read;
  const { placeholders } = match;
  const plan: MatchPlan = { ...read, isChecked: match.isChecked === true, placeholders };
  if (match.words !== undefined) return compileWithWords(plan, match, match.words, isKeyword);
  if (isKeyword) return compileKeyword(plan, match.values);
  if (plan.comparison === 'fieldref') return compileFieldReference(plan, match.values);
  return negatedWhenAsked(plan, compileValues(plan, match.values));
}

/** Values beside word lists: what the program makes itself, with no modifier. */
function compileWithWords(
  plan: MatchPlan,
  { values }: Match,
  words: readonly WordList[],
  isKeyword: boolean,
): CompiledMatch | MatchFault {
  const others = isKeyword ? compileKeyword(plan, values) : compileValues(plan, values);
  if ('message' in others) return others;
  const tests = [textValueTest(compileWordLists(words, isKeyword)), others.test];
  return { test: anyOf<unknown>(tests), literals: undefined };
}

function compileKeyword(
  plan: MatchPlan,
  values: readonly SigmaValue[],
): CompiledMatch | MatchFault {
  if (plan.comparison !== 'equal' && plan.comparison !== 're') {
    return { message: `modifier "${plan.comparison}" needs a field, keywords have none` };
  }
  const place = plan.comparison === 'equal' ? 'contains' : plan.place;
  return negatedWhenAsked(plan, compileValues({ ...plan, place }, values.map(keywordText)));
}

const keywordText = (value: SigmaValue): SigmaValue =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;

function negatedWhenAsked(plan: MatchPlan, result: ValueResult): ValueResult {
  if ('message' in result || !plan.isNegated) return result;
  return { test: (value) => !result.test(value), literals: undefined };
}

function compileValues(plan: MatchPlan, values: readonly SigmaValue[]): ValueResult {
  if (plan.comparison === 'equal' && !plan.isAll && plan.timePart === undefined) {
    return compileAlternatives(plan, values);
  }
  if (plan.comparison === 'cidr' && !plan.isAll && values.length > 1) {
    const test = compileNetworks(values);
    if (test !== undefined) return { test: textValueTest(test), literals: undefined };
  }
  const results: { test: ValueTest; literals: LiteralSet }[] = [];
  for (const value of values) {
    const result = compileValue(plan, value);
    if ('message' in result) return result;
    results.push(result);
  }
  const tests = results.map((result) => result.test);
  const literals = results.map((result) => result.literals);
  return plan.isAll
    ? { test: allOf<unknown>(tests), literals: bestLiterals(literals) }
    : { test: anyOf<unknown>(tests), literals: anyLiterals(literals) };
}

/** Texts linked by OR go into one matcher; numbers and null beside it. */
function compileAlternatives(plan: MatchPlan, values: readonly SigmaValue[]): ValueResult {
  const patterns: Pattern[] = [];
  const tests: ValueTest[] = [];
  const words: string[] = [];
  const isLong = values.length > MANY_VALUES && plan.transforms.length === 0;
  for (const value of values) {
    if (isLong && typeof value === 'string' && isPlainText(value)) words.push(unescaped(value));
    else if (typeof value === 'string' || plan.place !== undefined || plan.transforms.length > 0) {
      const found = patternsOf(plan, value);
      if ('message' in found) return found;
      for (const pattern of found) patterns.push(pattern);
    } else tests.push(plainValueTest(value));
  }
  const literals =
    tests.length > 0 || words.length > 0 || plan.isChecked === true
      ? undefined
      : anyLiterals(patterns.map((pattern) => patternLiteral(pattern)));
  if (patterns.length > 0) tests.push(textValueTest(compilePatterns(patterns, plan.isCased)));
  if (words.length > 0) tests.push(textValueTest(compileWords(words, plan.place, plan.isCased)));
  return { test: anyOf<unknown>(tests), literals };
}

/** Longer lists are indicators: their values become sets without being taken apart. */
const MANY_VALUES = 1000;

/** Has the value no wildcards? An address with colons may be spelt in several ways. */
const isPlainText = (value: string): boolean => !/(?<!\\)(?:\\\\)*[*?]|:/.test(value);
const unescaped = (value: string): string =>
  value.includes('\\') ? value.replace(/\\([\\*?])/g, '$1') : value;

/** Equality with a number, a boolean or null. */
function plainValueTest(value: Exclude<SigmaValue, string>): ValueTest {
  if (value === null) return isNullValue;
  if (typeof value === 'number') return numberValueTest((number) => number === value);
  const word = String(value);
  return textValueTest((text) => text.toLowerCase() === word);
}

function compileValue(plan: MatchPlan, value: SigmaValue): ValueResult {
  if (plan.timePart !== undefined) return compileTimePart(plan, value);
  switch (plan.comparison) {
    case 'equal':
      return compileAlternatives(plan, [value]);
    case 're':
      return compileExpression(plan, value, plan.isChecked === true);
    case 'cidr':
      return compileNetworkValue(value);
    case 'exists':
      if (typeof value !== 'boolean') return typeFault('exists', 'true or false', value);
      return { test: (found) => (found !== undefined) === value, literals: undefined };
    default:
      return compileOrder(plan, value);
  }
}

function compileExpression(plan: MatchPlan, value: SigmaValue, isChecked: boolean): ValueResult {
  if (typeof value === 'boolean' || value === null) return typeFault('re', 'text', value);
  let expression = String(value);
  if (plan.place === 'startswith') expression = `^(?:${expression})`;
  if (plan.place === 'endswith') expression = `(?:${expression})$`;
  const flags = {
    ignoreCase: plan.regexFlags.has('i'),
    multiLine: plan.regexFlags.has('m'),
    dotAll: plan.regexFlags.has('s'),
  };
  const compiled = compileRegex(expression, flags, isChecked);
  if (typeof compiled === 'string') {
    return {
      message: `the regular expression "${value}" cannot be used: ${compiled}`,
      hint: 'Expressions run in linear time (RE2): no look-around, no back-references.',
    };
  }
  return { test: textValueTest(compiled.test), literals: compiled.literals };
}

function compileNetworkValue(value: SigmaValue): ValueResult {
  const test = typeof value === 'string' ? compileNetwork(value) : undefined;
  if (test === undefined) {
    return typeFault('cidr', 'a network such as 192.0.2.0/24 or 2001:db8::/32', value);
  }
  return { test: textValueTest(test), literals: undefined };
}

const ORDERS = {
  lt: (number: number, limit: number) => number < limit,
  lte: (number: number, limit: number) => number <= limit,
  gt: (number: number, limit: number) => number > limit,
  gte: (number: number, limit: number) => number >= limit,
  equal: (number: number, limit: number) => number === limit,
};

function compileOrder(plan: MatchPlan, value: SigmaValue): ValueResult {
  const limit = numberOf(value);
  const { comparison } = plan;
  if (Number.isNaN(limit)) return typeFault(comparison, 'a number', value);
  const compare = ORDERS[comparison as keyof typeof ORDERS];
  return { test: numberValueTest((number) => compare(number, limit)), literals: undefined };
}

function compileTimePart(plan: MatchPlan, value: SigmaValue): ValueResult {
  const part = plan.timePart!;
  if (!(plan.comparison in ORDERS)) {
    return { message: `modifiers "${part}" and "${plan.comparison}" exclude each other` };
  }
  const ordered = compileOrder(plan, value);
  if ('message' in ordered) return typeFault(part, 'a number', value);
  return {
    test: (found) => {
      const number = timePartOf(found, part);
      return number !== undefined && ordered.test(number);
    },
    literals: undefined,
  };
}

function compileFieldReference(
  plan: MatchPlan,
  values: readonly SigmaValue[],
): CompiledMatch | MatchFault {
  const fields: string[] = [];
  for (const value of values) {
    if (typeof value !== 'string' || value === '')
      return typeFault('fieldref', 'a field name', value);
    fields.push(value);
  }
  const compare = compareFields(plan.place, plan.isCased);
  const { isAll } = plan;
  return {
    test: () => false,
    literals: undefined,
    references: {
      fields,
      isAll: plan.isNegated ? !isAll : isAll,
      compare: plan.isNegated ? (value, other) => !compare(value, other) : compare,
    },
  };
}

function typeFault(modifier: string, wanted: string, value: SigmaValue): MatchFault {
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  return { message: `modifier "${modifier}" takes ${wanted}, not ${shown}` };
}
