/**
 * The `when` of a step: a small expression over incident fields, variables and earlier answers.
 * Parsed into a tree and walked; never compiled, never evaluated as code.
 *
 *     severity in [SEV1, SEV2] and not done(notify-provider) or var.logged_in == yes
 */
import { DEGREES, DETERMINATIONS, PHASES, SEVERITIES, STATUSES } from '../incidents/incident.ts';

export type Condition =
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; inner: Condition }
  | {
      kind: 'compare';
      operand: Operand;
      operator: '==' | '!=' | 'in' | 'not in';
      values: readonly string[];
    }
  | { kind: 'truth'; operand: Operand };

export type Operand =
  | { kind: 'field'; name: ConditionField }
  | { kind: 'variable'; name: string }
  | { kind: 'call'; name: 'done' | 'waived' | 'technique'; argument: string };

const FIELDS = {
  severity: SEVERITIES,
  impact: DEGREES,
  urgency: DEGREES,
  determination: DETERMINATIONS,
  status: STATUSES,
  phase: PHASES,
  is_drill: ['true', 'false'],
} as const;

export type ConditionField = keyof typeof FIELDS;

const CALLS = ['done', 'waived', 'technique'] as const;

/** What a condition is asked about. */
export interface ConditionFacts {
  fields: Readonly<Record<ConditionField, string>>;
  variables: Readonly<Record<string, string>>;
  done: ReadonlySet<string>;
  waived: ReadonlySet<string>;
  /** ATT&CK ids of the incident's findings, such as T1110.001. */
  techniques: ReadonlySet<string>;
}

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
  if (!Object.hasOwn(FIELDS, token.text)) {
    const known = Object.keys(FIELDS).join(', ');
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
    const allowed: readonly string[] = FIELDS[operand.name];
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

/** Tells whether a condition holds. A variable without a value reads as the empty text, which is false. */
export function holds(condition: Condition, facts: ConditionFacts): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, facts) && holds(condition.right, facts);
    case 'or':
      return holds(condition.left, facts) || holds(condition.right, facts);
    case 'not':
      return !holds(condition.inner, facts);
    case 'truth': {
      const value = readOperand(condition.operand, facts);
      return value !== '' && value !== 'false' && value !== 'no';
    }
    case 'compare': {
      const isListed = condition.values.includes(readOperand(condition.operand, facts));
      return condition.operator === '==' || condition.operator === 'in' ? isListed : !isListed;
    }
  }
}

function readOperand(operand: Operand, facts: ConditionFacts): string {
  if (operand.kind === 'field') return facts.fields[operand.name];
  if (operand.kind === 'variable') {
    return Object.hasOwn(facts.variables, operand.name)
      ? (facts.variables[operand.name] ?? '')
      : '';
  }
  const argument = operand.argument;
  if (operand.name === 'technique') return String(hasTechnique(facts.techniques, argument));
  return String((operand.name === 'done' ? facts.done : facts.waived).has(argument));
}

/** A technique counts as seen when one of its sub-techniques was. */
const hasTechnique = (seen: ReadonlySet<string>, wanted: string): boolean =>
  [...seen].some((id) => id === wanted || id.startsWith(`${wanted}.`));

/** The steps and variables that a condition names, for the checks of a playbook. */
export function namesIn(condition: Condition): { steps: string[]; variables: string[] } {
  if ('left' in condition) {
    const left = namesIn(condition.left);
    const right = namesIn(condition.right);
    return {
      steps: [...left.steps, ...right.steps],
      variables: [...left.variables, ...right.variables],
    };
  }
  if ('inner' in condition) return namesIn(condition.inner);
  const { operand } = condition;
  return {
    steps: operand.kind === 'call' && operand.name !== 'technique' ? [operand.argument] : [],
    variables: operand.kind === 'variable' ? [operand.name] : [],
  };
}
