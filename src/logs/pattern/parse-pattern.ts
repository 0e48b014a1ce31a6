/**
 * Reads the text of a pattern: `Failed (password|publickey) for {user.name:text>} from {source}( port {source.port})?`.
 * `docs/format-language.md` has the language.
 */

import { messageOf, suggestion } from '../../errors.ts';
import { ECS_FIELD_NAMES } from '../../events/ecs-field-names.ts';
import { charClass } from './char-class.ts';
import { defaultKind, GROUPS, isListed, TIME_PARTS } from './fields.ts';
import { GROK_NAMES, KINDS, type Kind, TEXT } from './kinds.ts';
import { type FieldNode, type Node, PatternError, type Sequence } from './pattern-node.ts';
import { rawKind } from './raw-expression.ts';
import { stampLayout } from './stamp-layout.ts';

type ParsedField = Omit<FieldNode, 'written'>;

interface Cursor {
  text: string;
  at: number;
}

const MAX_PATTERN = 2000;

/** Throws a `PatternError`. */
export function parsePattern(text: string): Sequence {
  if (text.length > MAX_PATTERN) throw new PatternError('the pattern is too long', 0);
  const cursor = { text, at: 0 };
  const sequence = parseSequence(cursor, 0);
  if (cursor.at < text.length)
    throw new PatternError(
      `"${text[cursor.at]}" closes nothing`,
      cursor.at,
      'Write a backslash before it if it stands in the line.',
    );
  return sequence;
}

/** Up to the end, a `|` or a `)`. */
function parseSequence(cursor: Cursor, depth: number): Sequence {
  const { text } = cursor;
  const nodes: Node[] = [];
  let literal = '';
  let literalAt = cursor.at;
  const flush = (): void => {
    if (literal !== '') nodes.push({ is: 'literal', text: literal, at: literalAt });
    literal = '';
  };
  while (cursor.at < text.length) {
    const sign = text[cursor.at] as string;
    if (sign === ')' || (sign === '|' && depth > 0)) break;
    if (sign === '{' || (sign === '%' && text[cursor.at + 1] === '{')) {
      flush();
      const from = cursor.at;
      const field = sign === '{' ? parseField(cursor) : parseGrok(cursor);
      nodes.push({ ...field, written: text.slice(from, cursor.at) });
      continue;
    }
    if (sign === '(') {
      flush();
      nodes.push(parseChoice(cursor, depth + 1));
      continue;
    }
    if (literal === '') literalAt = cursor.at;
    if (sign === '\\') cursor.at += 1;
    const written = text[cursor.at];
    if (written === undefined)
      throw new PatternError('a backslash ends the pattern', cursor.at - 1);
    literal += written;
    cursor.at += 1;
  }
  flush();
  return nodes;
}

function parseChoice(cursor: Cursor, depth: number): Node {
  const at = cursor.at;
  const branches: Sequence[] = [];
  do {
    cursor.at += 1;
    branches.push(parseSequence(cursor, depth));
  } while (cursor.text[cursor.at] === '|');
  if (cursor.text[cursor.at] !== ')')
    throw new PatternError(
      'this "(" is never closed',
      at,
      'Write \\( for a bracket that stands in the line.',
    );
  cursor.at += 1;
  if (cursor.text[cursor.at] === '?') {
    cursor.at += 1;
    branches.push([]);
  } else if (branches.length === 1) {
    throw new PatternError(
      'brackets hold alternatives (a|b) or what may be missing (a)?',
      at,
      'Write \\( for a bracket that stands in the line.',
    );
  }
  return { is: 'choice', branches, at };
}

const FIELD = /\{([^:{}\s]+)(?::|(?=\}))/y;
const KIND = /([a-z]+)([>?]{0,2})\}/y;
const CLASS = /(\[\^?(?:\\.|[^\]\\])+\])([*+>]{0,2})\}/y;
const LAYOUT = /(%[^{}]+)()\}/y;
const WORDS = /\(([^(){}]+)()\)\}/y;
const RAW = /\/((?:\\.|[^/\\])+)\/()\}/y;

const take = (expression: RegExp, cursor: Cursor): RegExpExecArray | null => {
  expression.lastIndex = cursor.at;
  const found = expression.exec(cursor.text);
  if (found !== null) cursor.at = expression.lastIndex;
  return found;
};

/** `{field}`, `{field:kind}`, `{field:[a-z]}`, `{field:/expression/}`. */
function parseField(cursor: Cursor): ParsedField {
  const at = cursor.at;
  const field = take(FIELD, cursor)?.[1];
  if (field === undefined)
    throw new PatternError(
      'a field is {name} or {name:kind}',
      at,
      'Write \\{ for a brace that stands in the line.',
    );
  checkField(field, at + 1);
  const kindAt = cursor.at;
  if (cursor.text[kindAt] === '}') {
    cursor.at += 1;
    return { is: 'field', field, ...kindOf(defaultKind(field), at), isFromRight: false, at };
  }
  const classed = take(CLASS, cursor);
  if (classed !== null) return classField(field, classed[1] ?? '', classed[2] ?? '', at, kindAt);
  const words = take(WORDS, cursor)?.[1];
  if (words !== undefined)
    return {
      ...{ is: 'field', field, kindName: 'words', kind: wordsKind(words.split('|')) },
      ...{ isFromRight: false, at },
    };
  const layout = take(LAYOUT, cursor)?.[1];
  if (layout !== undefined)
    return {
      ...{ is: 'field', field, kindName: 'stamp', kind: layoutAt(layout, kindAt) },
      ...{ isFromRight: false, at },
    };
  const raw = take(RAW, cursor)?.[1];
  if (raw !== undefined)
    return {
      is: 'field',
      field,
      kindName: 'expression',
      kind: rawAt(raw, kindAt + 1),
      isFromRight: false,
      at,
    };
  const found = take(KIND, cursor);
  if (found === null)
    throw new PatternError(
      'this is no kind of a field',
      kindAt,
      `Kinds are ${Object.keys(KINDS).join(', ')}.`,
    );
  const [, name = '', marks = ''] = found;
  const { kind, kindName } = kindOf(name, kindAt);
  return {
    is: 'field',
    field,
    kindName,
    kind: marks.includes('?') ? { ...kind, isOptional: true } : kind,
    isFromRight: marks.includes('>'),
    at,
  };
}

function classField(
  field: string,
  source: string,
  marks: string,
  at: number,
  kindAt: number,
): ParsedField {
  try {
    const kind: Kind = { chars: charClass(source), isOptional: marks.includes('*') };
    return { is: 'field', field, kindName: 'class', kind, isFromRight: marks.includes('>'), at };
  } catch {
    throw new PatternError(`${source} is no class of characters`, kindAt);
  }
}

function layoutAt(layout: string, at: number): Kind {
  try {
    return { ...TEXT, stamp: stampLayout(layout) };
  } catch (error) {
    throw new PatternError((error as Error).message, at, 'The letters are those of strftime.');
  }
}

/** One of the words; of two that both fit, the longer. */
function wordsKind(words: readonly string[]): Kind {
  const longest = [...words].sort((left, right) => right.length - left.length);
  return {
    words,
    end: (text, at) => {
      const found = longest.find((word) => text.startsWith(word, at));
      return found === undefined ? -1 : at + found.length;
    },
  };
}

function rawAt(source: string, at: number): Kind {
  try {
    return rawKind(source);
  } catch (error) {
    throw new PatternError(messageOf(error), at);
  }
}

const GROK = /%\{([A-Z0-9_]+)(?::([^:{}\s]+))?(?::(?:int|float))?\}/y;

/** `%{NAME:field}` of grok. */
function parseGrok(cursor: Cursor): ParsedField {
  const at = cursor.at;
  const found = take(GROK, cursor);
  const name = found?.[1] ?? '';
  const kindName = Object.hasOwn(GROK_NAMES, name) ? GROK_NAMES[name] : undefined;
  if (kindName === undefined)
    throw new PatternError(
      `grok's ${name || 'name'} is not known here`,
      at,
      suggestion(name, Object.keys(GROK_NAMES)),
    );
  const field = found?.[2] ?? '-';
  checkField(field, at + name.length + 3);
  return { is: 'field', field, ...kindOf(kindName, at), isFromRight: name === 'GREEDYDATA', at };
}

function kindOf(name: string, at: number): { kind: Kind; kindName: string } {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined)
    throw new PatternError(`there is no kind "${name}"`, at, suggestion(name, Object.keys(KINDS)));
  return { kind, kindName: kind.stamp === undefined ? name : 'stamp' };
}

const KNOWN: ReadonlySet<string> = new Set<string>(ECS_FIELD_NAMES);

/** Throws when `field` is nothing that a pattern or a setting can fill. */
export function checkField(field: string, at: number): void {
  if (
    KNOWN.has(field) ||
    Object.hasOwn(GROUPS, field) ||
    isListed(field) ||
    TIME_PARTS.includes(field) ||
    /^\$[a-z]\w{0,30}$/.test(field)
  )
    return;
  throw new PatternError(
    `there is no field "${field}"`,
    at,
    suggestion(
      field,
      [...KNOWN, ...Object.keys(GROUPS)],
      'Fields have the names of ECS; {-} passes over a text, {$name} keeps it for a condition.',
    ),
  );
}
