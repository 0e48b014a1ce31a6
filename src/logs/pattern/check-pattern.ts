/** What a pattern must not be: open to two readings, or to what somebody writes into a field that he chooses. */
import { messageOf } from '../../errors.ts';
import { FIELD_TYPES } from '../../events/ecs-field-names.ts';
import type { EcsField } from '../../events/event.ts';
import { canHold, overlap } from './char-class.ts';
import { type Kind, TEXT } from './kinds.ts';
import { type FieldNode, PatternError, type Sequence } from './pattern-node.ts';
import { assertLinear } from './raw-expression.ts';

const MAX_WAYS = 4096;

/**
 * Throws a `PatternError` where two elements could take the same text, a field stands twice, or a field of
 * `forgeable` does not end where only the writer of the line can end it.
 */
export function checkPattern(sequence: Sequence, forgeable: ReadonlySet<string>): void {
  for (const way of waysOf(sequence)) {
    const seen = new Set<string>();
    for (const [index, node] of way.entries()) {
      if (node.is !== 'field') continue;
      if (node.field !== '-' && seen.has(node.field) && !isList(node.field))
        throw new PatternError(`"${node.field}" is filled twice`, node.at);
      seen.add(node.field);
      if (node.kindName === 'expression') checkExpression(node);
      const tail = way.slice(index + 1);
      checkEnd(node, tail);
      if (forgeable.has(node.field)) checkForgeable(node, tail, forgeable);
    }
  }
}

function checkExpression({ written, at }: FieldNode): void {
  const start = written.indexOf(':/') + 2;
  try {
    assertLinear(written.slice(start, written.lastIndexOf('/')));
  } catch (error) {
    throw new PatternError(
      `the expression is not linear: ${messageOf(error)}`,
      at + start,
      'Only the syntax of RE2 is taken: no look-around and no references back.',
    );
  }
}

const isList = (field: string): boolean => FIELD_TYPES[field as EcsField] === 'list';

/** Every way through the choices, without them. */
function waysOf(sequence: Sequence): Sequence[] {
  let ways: Sequence[] = [[]];
  for (const node of sequence) {
    const further = node.is === 'choice' ? node.branches.flatMap(waysOf) : [[node]];
    ways = ways.flatMap((way) => further.map((more) => [...way, ...more]));
    if (ways.length > MAX_WAYS)
      throw new PatternError(
        'the pattern has too many ways to go',
        node.at,
        'Write several patterns.',
      );
  }
  return ways;
}

function checkEnd({ kind: { chars }, kindName, at, field }: FieldNode, tail: Sequence): void {
  const [next] = tail;
  if (next?.is !== 'field' || kindName === 'stamp' || chars === undefined) return;
  const { opening } = next.kind;
  const { words = opening === undefined ? undefined : [opening] } = next.kind;
  const isClear =
    words !== undefined
      ? !words.some((word) => canHold(chars, word.slice(0, 1)))
      : next.kind.chars !== undefined && !overlap(chars, next.kind.chars);
  if (isClear) return;
  throw new PatternError(
    `{${field}} and {${next.field}} can both take the same text`,
    at,
    'Put what stands between them into the pattern, or give the first a kind that the second cannot begin with.',
  );
}

/** The literal that a way begins with, over its literals up to the first field. */
function leading(way: Sequence): { literal: string; rest: Sequence } {
  const count = way.findIndex(({ is }) => is !== 'literal');
  const literals = count < 0 ? way : way.slice(0, count);
  return {
    literal: literals.map((each) => (each.is === 'literal' ? each.text : '')).join(''),
    rest: way.slice(literals.length),
  };
}

/** Words that stand in the pattern hold nothing that a stranger wrote. */
const isClosed = ({ chars, words }: Kind, delimiter: string): boolean =>
  words !== undefined
    ? !words.some((word) => word.includes(delimiter))
    : chars !== undefined && !canHold(chars, delimiter);

function checkForgeable(node: FieldNode, tail: Sequence, forgeable: ReadonlySet<string>): void {
  const { literal: delimiter, rest } = leading(tail);
  // At the end of the line, ended by an escape of the writer's, or one of the pattern's words.
  if (delimiter === '' || node.kindName === 'quoted' || node.kind.words !== undefined) return;
  const { kind, isFromRight, at, field } = node;
  if (isFromRight) {
    mustBeClosed(node, rest, delimiter);
    return;
  }
  if (!isClosed(kind, delimiter))
    throw new PatternError(
      `whoever chooses {${field}} can write "${delimiter}" into it`,
      at,
      `End it at the last one: {${field}:${kind === TEXT ? 'text' : node.kindName}>}.`,
    );
  // A text that ends at its last delimiter holds whatever was forged; what stands behind it is the writer's again.
  const barrier = rest.findIndex((each) => each.is === 'field' && each.isFromRight);
  const open = barrier < 0 ? rest : rest.slice(0, barrier);
  const names = open.some(
    (each) => each.is === 'field' && each.field !== '-' && !forgeable.has(each.field),
  );
  if (names) mustBeClosed(node, open, delimiter);
  if (barrier >= 0) checkForgeable(rest[barrier] as FieldNode, rest.slice(barrier + 1), forgeable);
}

/** Nothing behind a forgeable field may hold what ends it. */
function mustBeClosed({ field, isFromRight }: FieldNode, rest: Sequence, delimiter: string): void {
  for (const each of rest) {
    const isOpen =
      each.is === 'field'
        ? !isClosed(each.kind, delimiter)
        : isFromRight && each.is === 'literal' && each.text.includes(delimiter);
    if (!isOpen) continue;
    throw new PatternError(
      `where {${field}} ends cannot be known: "${delimiter}" may come again behind it`,
      each.at,
      'Give what follows a kind that cannot hold it, such as {-:[^\\)]*}, or leave the later fields out.',
    );
  }
}
