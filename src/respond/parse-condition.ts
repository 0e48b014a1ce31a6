/** Reads the text of a step's `when` into a tree: a tokeniser and one function per level of precedence. */
import {
  CONDITION_FIELDS,
  type Condition,
  type ConditionField,
  type Operand,
} from './condition.ts';

const CALLS = ['done', 'waived', 'technique'] as const;

/** A mistake in a condition; `offset` counts characters from its start. */
export class ConditionError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface Token {
  text: string;
  kind: 'word' | 'string' | 'sign' | 'end';
  offset: number;
}

const MAX_LENGTH = 500;
const MAX_DEPTH = 20;
const TOKEN = /\s+|"([^"\\]*)"|'([^'\\]*)'|(==|!=|[()[\],])|([A-Za-z0-9_][A-Za-z0-9_.:-]*)/y;

function tokenise(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new ConditionError(`longer than ${MAX_LENGTH} characters`, 0);
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    if (match === null) throw new ConditionError(`unexpected "${text[offset]}"`, offset);
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) tokens.push({ text: quoted, kind: 'string', offset });
    else if (match[3] !== undefined) tokens.push({ text: match[3], kind: 'sign', offset });
    else if (match[4] !== undefined) tokens.push({ text: match[4], kind: 'word', offset });
    offset += match[0].length;
  }
  tokens.push({ text: '', kind: 'end', offset: text.length });
  return tokens;
}

interface Cursor {
  tokens: readonly Token[];
  at: number;
  depth: number;
}

const peek = (cursor: Cursor): Token => cursor.tokens[cursor.at] as Token;
const take = (cursor: Cursor): Token => cursor.tokens[cursor.at++] as Token;
const isNext = (cursor: Cursor, kind: Token['kind'], text: string): boolean =>
  peek(cursor).kind === kind && peek(cursor).text === text;

function expectSign(cursor: Cursor, text: string): void {
  const token = take(cursor);
  if (token.kind !== 'sign' || token.text !== text) {
    throw new ConditionError(`expected "${text}" but found ${describe(token)}`, token.offset);
  }
}

const describe = (token: Token): string => (token.kind === 'end' ? 'the end' : `"${token.text}"`);

/** Parses a condition. Throws `ConditionError`. */
export function parseCondition(text: string): Condition {
  const cursor: Cursor = { tokens: tokenise(text), at: 0, depth: 0 };
  const condition = parseOr(cursor);
  const rest = peek(cursor);
  if (rest.kind !== 'end') {
    throw new ConditionError(
      `expected "and", "or" or the end but found "${rest.text}"`,
      rest.offset,
    );
  }
  return condition;
}

function parseOr(cursor: Cursor): Condition {
  let left = parseAnd(cursor);
  while (isNext(cursor, 'word', 'or')) {
    take(cursor);
    left = { kind: 'or', left, right: parseAnd(cursor) };
  }
  return left;
}

function parseAnd(cursor: Cursor): Condition {
  let left = parseNot(cursor);
  while (isNext(cursor, 'word', 'and')) {
    take(cursor);
    left = { kind: 'and', left, right: parseNot(cursor) };
  }
  return left;
}

function parseNot(cursor: Cursor): Condition {
  const token = peek(cursor);
  if (++cursor.depth > MAX_DEPTH) throw new ConditionError('nested too deep', token.offset);
  try {
    if (isNext(cursor, 'word', 'not')) {
      take(cursor);
      return { kind: 'not', inner: parseNot(cursor) };
    }
    if (isNext(cursor, 'sign', '(')) {
      take(cursor);
      const inner = parseOr(cursor);
      expectSign(cursor, ')');
      return inner;
    }
    return parseComparison(cursor);
  } finally {
    cursor.depth--;
  }
}

function parseComparison(cursor: Cursor): Condition {
  const operand = parseOperand(cursor);
  const token = peek(cursor);
  if (token.kind === 'sign' && (token.text === '==' || token.text === '!=')) {
    take(cursor);
    return {
      kind: 'compare',
      operand,
      operator: token.text,
      values: [parseValue(cursor, operand)],
    };
  }
  if (isNext(cursor, 'word', 'in')) {
    take(cursor);
    return { kind: 'compare', operand, operator: 'in', values: parseList(cursor, operand) };
  }
  if (isNext(cursor, 'word', 'not')) {
    take(cursor);
    if (!isNext(cursor, 'word', 'in')) {
      throw new ConditionError(`expected "in" after "not"`, peek(cursor).offset);
    }
    take(cursor);
    return { kind: 'compare', operand, operator: 'not in', values: parseList(cursor, operand) };
  }
  return { kind: 'truth', operand };
}

function parseOperand(cursor: Cursor): Operand {
  const token = take(cursor);
  if (token.kind !== 'word') {
    throw new ConditionError(
      `expected a field, var.NAME or a call but found ${describe(token)}`,
      token.offset,
    );
  }
  if (token.text.startsWith('var.')) return { kind: 'variable', name: token.text.slice(4) };
  if (isNext(cursor, 'sign', '(')) {
    const name = CALLS.find((known) => known === token.text);
    if (name === undefined) {
      throw new ConditionError(
        `unknown call "${token.text}"; use ${CALLS.join(', ')}`,
        token.offset,
      );
    }
    take(cursor);
    const argument = take(cursor);
    if (argument.kind !== 'word' && argument.kind !== 'string') {
      throw new ConditionError(`expected a name in ${name}(...)`, argument.offset);
    }
    expectSign(cursor, ')');
    return { kind: 'call', name, argument: argument.text };
  }
  if (!Object.hasOwn(CONDITION_FIELDS, token.text)) {
    const known = Object.keys(CONDITION_FIELDS).join(', ');
    throw new ConditionError(
      `unknown field "${token.text}"; use ${known} or var.NAME`,
      token.offset,
    );
  }
  return { kind: 'field', name: token.text as ConditionField };
}

function parseValue(cursor: Cursor, operand: Operand): string {
  const token = take(cursor);
  if (token.kind !== 'word' && token.kind !== 'string') {
    throw new ConditionError(`expected a value but found ${describe(token)}`, token.offset);
  }
  if (operand.kind === 'field') {
    const allowed: readonly string[] = CONDITION_FIELDS[operand.name];
    if (!allowed.includes(token.text)) {
      throw new ConditionError(
        `${operand.name} is never "${token.text}"; use ${allowed.join(', ')}`,
        token.offset,
      );
    }
  }
  return token.text;
}

function parseList(cursor: Cursor, operand: Operand): string[] {
  expectSign(cursor, '[');
  const values = [parseValue(cursor, operand)];
  while (isNext(cursor, 'sign', ',')) {
    take(cursor);
    values.push(parseValue(cursor, operand));
  }
  expectSign(cursor, ']');
  return values;
}
