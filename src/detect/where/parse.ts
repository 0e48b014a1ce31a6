/** Reads the text of `--where` into a tree: one function per level of precedence. */
import { IrError, suggestion } from '../../errors.ts';
import { compileRegex } from '../../sigma/match-regex.ts';
import { PLACE_FIELDS } from '../geo/here.ts';
import { FIELD_NAMES, isField, kindOf } from './fields.ts';
import { type Token, tokenise, whereError } from './tokens.ts';
import { type ReadTime, readValue } from './values.ts';
import type { Operator, Value, Where } from './where.ts';

/** What reading needs from outside. */
export interface WhereOptions {
  /** The option that holds the expression, for errors. */
  option: string;
  readTime: ReadTime;
  /** Is there a file of places? */
  hasPlaces?: boolean;
}

const MAX_DEPTH = 100;
const SIGNS: readonly string[] = ['=', '==', '!=', '<', '<=', '>', '>=', '~'];
const WORDS: readonly string[] = ['in', 'contains', 'startswith', 'endswith', 'exists'];
const NO_PLACES = 'Name one with --geoip FILE.mmdb (ir timeline).';
const HOW = 'Write =, !=, <, <=, >, >=, ~, in, not in, contains, startswith, endswith or exists.';

interface Cursor extends WhereOptions {
  text: string;
  tokens: readonly Token[];
  at: number;
  depth: number;
}

/**
 * Reads an expression such as `source.ip in 203.0.113.0/24 and not user.name = root`.
 * @throws IrError (exit 2) with a caret where it is none, and with a suggestion for a field that does not exist
 */
export function parseWhere(text: string, options: WhereOptions): Where {
  const cursor: Cursor = {
    ...options,
    text,
    tokens: tokenise(text, options.option),
    ...{ at: 0, depth: 0 },
  };
  if (peek(cursor).kind === 'end') {
    throw whereError('the expression is empty', text, 0, options.option, 'Write: user.name = root');
  }
  const where = parseOr(cursor);
  const rest = peek(cursor);
  if (rest.kind !== 'end')
    throw mistake(cursor, `expected "and", "or" or the end, not ${shown(rest)}`, rest);
  return where;
}

const peek = ({ tokens, at }: Cursor): Token => tokens[at] as Token;
/** The end is taken again and again. */
const take = (cursor: Cursor): Token =>
  cursor.tokens[Math.min(cursor.at++, cursor.tokens.length - 1)] as Token;
const shown = ({ kind, text }: Token): string => (kind === 'end' ? 'the end' : `"${text}"`);

const mistake = (cursor: Cursor, message: string, { offset }: Token, hint?: string): Error =>
  whereError(message, cursor.text, offset, cursor.option, hint);

function takes(cursor: Cursor, ...words: readonly string[]): boolean {
  const { kind, text } = peek(cursor);
  const isNext = (kind === 'word' || kind === 'sign') && words.includes(text.toLowerCase());
  if (isNext) cursor.at += 1;
  return isNext;
}

function parseOr(cursor: Cursor): Where {
  const of = [parseAnd(cursor)];
  while (takes(cursor, 'or', '||')) of.push(parseAnd(cursor));
  return of.length === 1 ? (of[0] as Where) : { kind: 'or', of };
}

function parseAnd(cursor: Cursor): Where {
  const of = [parseNot(cursor)];
  while (takes(cursor, 'and', '&&')) of.push(parseNot(cursor));
  return of.length === 1 ? (of[0] as Where) : { kind: 'and', of };
}

function parseNot(cursor: Cursor): Where {
  const token = peek(cursor);
  if (++cursor.depth > MAX_DEPTH) throw mistake(cursor, 'it is nested too deep', token);
  try {
    if (takes(cursor, 'not', '!')) return { kind: 'not', of: parseNot(cursor) };
    if (!takes(cursor, '(')) return parseComparison(cursor);
    const inner = parseOr(cursor);
    const close = peek(cursor);
    if (!takes(cursor, ')')) {
      const open = ` for the one at character ${token.offset + 1}`;
      throw mistake(cursor, `expected ")"${open}, not ${shown(close)}`, close);
    }
    return inner;
  } finally {
    cursor.depth -= 1;
  }
}

function parseComparison(cursor: Cursor): Where {
  const token = take(cursor);
  const field = fieldOf(cursor, token);
  const isNegated = takes(cursor, 'not');
  const sign = take(cursor);
  const word = sign.text.toLowerCase();
  const isWord = sign.kind === 'word' && WORDS.includes(word);
  if (!isWord && (isNegated || sign.kind !== 'sign' || !SIGNS.includes(word)))
    throw mistake(cursor, `expected a comparison after "${field}", not ${shown(sign)}`, sign, HOW);
  const isNot = isNegated || word === '!=';
  const operator = (word === '!=' || word === '==' ? '=' : word) as Operator;
  const values = operator === 'exists' ? [] : valuesOf(cursor, field, operator);
  const compare: Where = { kind: 'compare', field, operator, values };
  return isNot ? { kind: 'not', of: compare } : compare;
}

function fieldOf(cursor: Cursor, token: Token): string {
  if (token.kind !== 'word') throw mistake(cursor, `expected a field, not ${shown(token)}`, token);
  const { text } = token;
  const lower = text.toLowerCase();
  const known = [text, lower].find(isField);
  if (known !== undefined) {
    if (PLACE_FIELDS.has(known) && cursor.hasPlaces !== true)
      throw mistake(cursor, `"${known}" needs a file of places`, token, NO_PLACES);
    return known;
  }
  // Of a name without its first part many are meant.
  const ends = FIELD_NAMES.filter((name) => name.endsWith(`.${lower}`));
  const all = 'docs/where.md lists them; names of the source itself are written record.NAME.';
  const hint =
    ends.length > 0 && ends.length < 6
      ? `Did you mean ${ends.map((name) => `"${name}"`).join(', ')}?`
      : suggestion(text, FIELD_NAMES, all);
  throw mistake(cursor, `there is no field "${text}"`, token, hint);
}

/** One value, or several in parentheses or brackets after `in`. */
function valuesOf(cursor: Cursor, field: string, operator: Operator): Value[] {
  const open = operator === 'in' ? ['(', '['].find((sign) => takes(cursor, sign)) : undefined;
  if (open === undefined) return [readOne(cursor, field, operator)];
  const close = open === '(' ? ')' : ']';
  const values = [readOne(cursor, field, operator)];
  while (takes(cursor, ',')) values.push(readOne(cursor, field, operator));
  const token = peek(cursor);
  if (!takes(cursor, close))
    throw mistake(cursor, `expected "," or "${close}" in the list, not ${shown(token)}`, token);
  return values;
}

function readOne(cursor: Cursor, field: string, operator: Operator): Value {
  const token = take(cursor);
  if (token.kind !== 'word' && token.kind !== 'quoted')
    throw mistake(
      cursor,
      `expected a value, not ${shown(token)}`,
      token,
      'Quote a value that holds signs.',
    );
  const kind = kindOf(field);
  const isWordWanted = ['contains', 'startswith', 'endswith', '~'].includes(operator);
  if (kind === 'time' && isWordWanted)
    throw mistake(cursor, `${field} is a time: compare it with =, <, <=, > or >=`, token);
  const isOrdered = operator.startsWith('<') || operator.startsWith('>');
  if (kind === 'address' && isOrdered)
    throw mistake(cursor, `${field} is an address, which has no order`, token, 'Write: in NETWORK');
  const value = asMistake(cursor, token, () =>
    readValue(token.text, kind, isWordWanted, cursor.readTime),
  );
  if (typeof value === 'string') throw mistake(cursor, `${field}: ${value}`, token);
  if (operator === '~') checkExpression(cursor, token);
  return value;
}

function checkExpression(cursor: Cursor, token: Token): void {
  const compiled = compileRegex(token.text, PLAIN, false);
  if (typeof compiled !== 'string') return;
  const hint = 'The syntax is RE2: no look-around and no back-references.';
  throw mistake(cursor, `no valid expression: ${compiled}`, token, hint);
}

const PLAIN = { ignoreCase: false, multiLine: false, dotAll: false };

/** What is no time gets its caret as well. */
function asMistake<T>(cursor: Cursor, token: Token, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    throw mistake(cursor, error.message.replace(/^--?[\w-]+: /, ''), token, error.hint);
  }
}
