/**
 * Sigma conditions: `or` binds weakest, then `and`, `not`, `of`, parentheses.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md#condition
 */

import { nearestWord } from '../errors.ts';
import type { Condition } from './rule.ts';

/** A mistake in a condition and its offset in the text. */
export interface ConditionFault {
  offset: number;
  message: string;
  hint?: string;
}

interface Token {
  text: string;
  /** Keywords in lower case, else the text. */
  word: string;
  offset: number;
}

interface Reader {
  tokens: readonly Token[];
  next: number;
  end: number;
  depth: number;
  identifiers: readonly string[];
}

class Fault extends Error {
  readonly fault: ConditionFault;
  constructor(fault: ConditionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

const MAX_DEPTH = 100;
const KEYWORDS = new Set(['and', 'or', 'not', 'of', 'them', 'all', 'any']);

/** Parses a condition over the search identifiers of its rule. */
export function parseCondition(
  text: string,
  identifiers: readonly string[],
): { condition: Condition } | { fault: ConditionFault } {
  try {
    const reader: Reader = {
      tokens: tokensOf(text),
      next: 0,
      end: text.length,
      depth: 0,
      identifiers,
    };
    const condition = readOr(reader);
    const rest = reader.tokens[reader.next];
    if (rest !== undefined) throw unexpected(rest);
    return { condition };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

/** The search identifiers that a condition reads. */
export function namesIn(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'search':
      return [condition.name];
    case 'of':
      return condition.names;
    case 'not':
      return namesIn(condition.of);
    default:
      return condition.of.flatMap(namesIn);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(/[A-Za-z0-9_*?-]+|\S/g)) {
    const lower = found[0].toLowerCase();
    const word = KEYWORDS.has(lower) ? lower : found[0];
    tokens.push({ text: found[0], word, offset: found.index });
  }
  return tokens;
}

function readOr(reader: Reader): Condition {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) throw fault(reader, 'the condition is nested too deeply');
  const parts = [readAnd(reader)];
  while (takeWord(reader, 'or')) parts.push(readAnd(reader));
  reader.depth -= 1;
  return parts.length === 1 ? parts[0]! : { kind: 'or', of: parts };
}

function readAnd(reader: Reader): Condition {
  const parts = [readNot(reader)];
  while (takeWord(reader, 'and')) parts.push(readNot(reader));
  return parts.length === 1 ? parts[0]! : { kind: 'and', of: parts };
}

function readNot(reader: Reader): Condition {
  let isNegated = false;
  while (takeWord(reader, 'not')) isNegated = !isNegated;
  const operand = readOperand(reader);
  return isNegated ? { kind: 'not', of: operand } : operand;
}

function readOperand(reader: Reader): Condition {
  const token = reader.tokens[reader.next];
  if (token === undefined) throw fault(reader, 'the condition ends too early');
  if (takeWord(reader, '(')) {
    const inner = readOr(reader);
    if (!takeWord(reader, ')')) throw fault(reader, 'a closing parenthesis is missing');
    return inner;
  }
  if (reader.tokens[reader.next + 1]?.word === 'of') return readOf(reader);
  if (!/^[A-Za-z0-9_-]+$/.test(token.text) || ['and', 'or', 'of', 'them'].includes(token.word)) {
    throw unexpected(token);
  }
  if (!reader.identifiers.includes(token.text)) throw undefinedIdentifier(reader, token);
  reader.next += 1;
  return { kind: 'search', name: token.text };
}

/** `1 of them`, `any of x*`, `all of x*`, `3 of x*`. */
function readOf(reader: Reader): Condition {
  const quantityToken = reader.tokens[reader.next]!;
  const quantity = quantityOf(quantityToken);
  reader.next += 2;
  const pattern = reader.tokens[reader.next];
  if (pattern === undefined) {
    throw fault(
      reader,
      `"${quantityToken.text} of" needs "them" or a pattern such as "selection_*"`,
    );
  }
  if (!/^[A-Za-z0-9_*?-]+$/.test(pattern.text)) throw unexpected(pattern);
  reader.next += 1;
  const names = namesLike(pattern, reader.identifiers);
  if (names.length === 0) throw undefinedIdentifier(reader, pattern);
  if (quantity !== 'all' && quantity > names.length) {
    throw new Fault({
      offset: quantityToken.offset,
      message: `"${quantity} of ${pattern.text}" can never hold: only ${names.length} search identifiers fit`,
    });
  }
  return { kind: 'of', quantity, names };
}

function quantityOf(token: Token): 'all' | number {
  if (token.word === 'all') return 'all';
  if (token.word === 'any') return 1;
  if (/^[1-9]\d{0,4}$/.test(token.text)) return Number(token.text);
  throw new Fault({
    offset: token.offset,
    message: `"${token.text}" is not a quantity`,
    hint: 'Write "1 of", "any of", "all of" or a number.',
  });
}

/** Identifiers that begin with an underscore are left out unless the pattern begins with one too. */
function namesLike(pattern: Token, identifiers: readonly string[]): string[] {
  const isThem = pattern.word === 'them';
  const wanted = isThem ? '*' : pattern.text;
  const fits = wildcardTest(wanted);
  return identifiers.filter(
    (name) => fits(name) && (!name.startsWith('_') || (!isThem && wanted.startsWith('_'))),
  );
}

/** `*` and `?` as in file names, without a regular expression made of rule text. */
function wildcardTest(pattern: string): (name: string) => boolean {
  return (name) => {
    let at = 0;
    let place = 0;
    let star = -1;
    let resume = 0;
    while (at < name.length) {
      if (pattern[place] === '*') {
        star = place;
        resume = at;
        place += 1;
      } else if (pattern[place] === '?' || pattern[place] === name[at]) {
        at += 1;
        place += 1;
      } else if (star >= 0) {
        place = star + 1;
        resume += 1;
        at = resume;
      } else return false;
    }
    while (pattern[place] === '*') place += 1;
    return place === pattern.length;
  };
}

function takeWord(reader: Reader, word: string): boolean {
  if (reader.tokens[reader.next]?.word !== word) return false;
  reader.next += 1;
  return true;
}

const fault = (reader: Reader, message: string): Fault =>
  new Fault({ offset: reader.tokens[reader.next]?.offset ?? reader.end, message });

function unexpected(token: Token): Fault {
  if (token.text === '|') {
    return new Fault({
      offset: token.offset,
      message: 'aggregations behind a pipe (such as "| count() > 5") are no longer part of Sigma',
      hint: 'Write a correlation rule (type event_count or value_count) that refers to this rule.',
    });
  }
  return new Fault({
    offset: token.offset,
    message: `unexpected "${token.text}" in the condition`,
  });
}

function undefinedIdentifier(reader: Reader, token: Token): Fault {
  const near = nearestWord(token.text, reader.identifiers);
  const isPattern = /[*?]/.test(token.text) || token.word === 'them';
  return new Fault({
    offset: token.offset,
    message: isPattern
      ? `no search identifier fits "${token.text}"`
      : `the search identifier "${token.text}" is not defined`,
    hint:
      near === undefined
        ? `Defined here: ${reader.identifiers.join(', ') || 'none'}.`
        : `Did you mean "${near}"?`,
  });
}
