/** A parsed rule to a fast predicate over events, with the literals that its raw line cannot be without. */
import { templateError } from '../errors.ts';
import type { Event } from '../events/event.ts';
import { type CompiledMatch, compileMatch, isMatchFault } from './compile-match.ts';
import type { CompiledRule, FieldReader, FieldResolver } from './compiled-rule.ts';
import { anyLiterals, bestLiterals, type LiteralSet, someLiterals } from './literal-set.ts';
import { allOf, anyOf } from './match-value.ts';
import type { Condition, Match, Search, SigmaRule } from './rule.ts';

type EventTest = (event: Event, raw: string) => boolean;

interface Compiled {
  test: EventTest;
  literals: LiteralSet;
}

interface Context {
  rule: SigmaRule;
  readerOf(field: string): FieldReader;
  fields: Set<string>;
  readsLine: boolean;
}

/** Compiles a rule. Throws a located IrError when a match cannot be compiled (the parser reports these first). */
export function compileRule(rule: SigmaRule, resolve: FieldResolver): CompiledRule {
  const { compiled } = rule;
  return compiled === undefined ? compileNow(rule, resolve) : compileLater(rule, compiled, resolve);
}

/** A rule that compiled before: most runs need few of the rules, so each is compiled when first asked. */
function compileLater(
  rule: SigmaRule,
  kept: NonNullable<SigmaRule['compiled']>,
  resolve: FieldResolver,
): CompiledRule {
  let compiled: CompiledRule | undefined;
  return {
    rule,
    ...kept,
    test(event, raw) {
      compiled ??= compileNow(rule, resolve);
      return compiled.test(event, raw);
    },
  };
}

function compileNow(rule: SigmaRule, resolve: FieldResolver): CompiledRule {
  const fields = new Set<string>();
  const readers = new Map<string, FieldReader>();
  const readerOf = (field: string): FieldReader => {
    let reader = readers.get(field);
    if (reader === undefined) {
      reader = resolve(field, rule.logsource);
      readers.set(field, reader);
      fields.add(field);
    }
    return reader;
  };
  const context: Context = { rule, readerOf, fields, readsLine: false };
  const searches = new Map<string, Compiled>();
  for (const [name, search] of rule.searches) searches.set(name, compileSearch(context, search));
  const { test, literals } = compileCondition(rule.condition, searches);
  return {
    rule,
    test,
    literals,
    fields: [...fields],
    readsLine: context.readsLine,
  };
}

function compileCondition(condition: Condition, searches: ReadonlyMap<string, Compiled>): Compiled {
  switch (condition.kind) {
    case 'search':
      return searches.get(condition.name)!;
    case 'not': {
      const { test } = compileCondition(condition.of, searches);
      return { test: (event, raw) => !test(event, raw), literals: undefined };
    }
    case 'and':
      return joinAll(condition.of.map((part) => compileCondition(part, searches)));
    case 'or':
      return joinAny(condition.of.map((part) => compileCondition(part, searches)));
    case 'of': {
      const parts = condition.names.map((name) => searches.get(name)!);
      if (condition.quantity === 'all') return joinAll(parts);
      return condition.quantity === 1 ? joinAny(parts) : joinSome(parts, condition.quantity);
    }
  }
}

const joinAll = (parts: readonly Compiled[]): Compiled => ({
  test: allOf(parts.map((part) => part.test)),
  literals: bestLiterals(parts.map((part) => part.literals)),
});

const joinAny = (parts: readonly Compiled[]): Compiled => ({
  test: anyOf(parts.map((part) => part.test)),
  literals: anyLiterals(parts.map((part) => part.literals)),
});

function joinSome(parts: readonly Compiled[], quantity: number): Compiled {
  const test: EventTest = (event, raw) => {
    let count = 0;
    for (const part of parts) if (part.test(event, raw) && (count += 1) >= quantity) return true;
    return false;
  };
  return {
    test,
    literals: someLiterals(
      parts.map((part) => part.literals),
      quantity,
    ),
  };
}

function compileSearch(context: Context, search: Search): Compiled {
  switch (search.kind) {
    case 'all':
      return joinAll(search.of.map((part) => compileSearch(context, part)));
    case 'any':
      return joinAny(search.of.map((part) => compileSearch(context, part)));
    case 'keyword': {
      context.readsLine = true;
      const { test, literals } = matchOf(context, search.match, true);
      return { test: (_event, raw) => test(raw), literals };
    }
    case 'field':
      return compileField(context, search.field, search.match);
  }
}

function compileField(context: Context, field: string, match: Match): Compiled {
  const read = context.readerOf(field);
  const compiled = matchOf(context, match, false);
  const { test, references } = compiled;
  if (references !== undefined) {
    const { compare, isAll } = references;
    const tests = references.fields.map((name): EventTest => {
      const readOther = context.readerOf(name);
      return (event) => compare(read(event), readOther(event));
    });
    return { test: isAll ? allOf(tests) : anyOf(tests), literals: undefined };
  }
  return {
    test: (event) => test(read(event)),
    literals: read.isComputed === true ? undefined : compiled.literals,
  };
}

function matchOf(context: Context, match: Match, isKeyword: boolean): CompiledMatch {
  const compiled = compileMatch(match, isKeyword);
  if (!isMatchFault(compiled)) return compiled;
  throw templateError(compiled.message, match.place ?? context.rule.place, compiled.hint);
}
