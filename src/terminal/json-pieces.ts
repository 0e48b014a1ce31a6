/** A result as JSON in pieces, as `JSON.stringify` with two blanks writes it: large ones fit in no text. */
import { safeJson } from './neutralise.ts';

/** How deep lists are written one by one; what lies deeper is small. */
const MOST_LEVELS = 2;

/** The document, an element of a list at a time. Anything that can be iterated is a list. */
export function* jsonPieces(value: unknown, indent = ''): Iterable<string> {
  const isPlain =
    value === null ||
    typeof value !== 'object' ||
    typeof Reflect.get(value, 'toJSON') === 'function';
  if (isPlain || indent.length >= 2 * MOST_LEVELS) {
    yield whole(value, indent);
    return;
  }
  const inner = `${indent}  `;
  const isList = isIterable(value);
  let lead = isList ? '[' : '{';
  for (const [key, member] of isList ? unnamed(value) : Object.entries(value)) {
    if (!isList && !hasJson(member)) continue;
    yield `${lead}\n${inner}${isList ? '' : `${safeJson(JSON.stringify(key))}: `}`;
    yield* jsonPieces(hasJson(member) ? member : null, inner);
    lead = ',';
  }
  const [open, close] = isList ? '[]' : '{}';
  yield lead === ',' ? `\n${indent}${close}` : `${open}${close}`;
}

/** JSON leaves such members out, and writes null in lists. */
const hasJson = (value: unknown): boolean =>
  value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';

function* unnamed(list: Iterable<unknown>): Iterable<[string, unknown]> {
  for (const member of list) yield ['', member];
}

/** No newline stands within a JSON string: each begins a line of the text. */
const whole = (value: unknown, indent: string): string =>
  safeJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`);

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;
