/** Masks data of any shape: what is recognised in one of its texts is masked in all of them, where its name does not stand beside it as well. */
import type { Masker } from './masker.ts';

/** Shorter values stand for other things elsewhere. */
const LEAST_KNOWN = 5;
const MOST_KNOWN = 5_000;
/** Kinds that are never anything else. */
const SECRETS: ReadonlySet<string> = new Set(
  'password secret token cookie authorization session private-key card'.split(' '),
);
/** Names of fields whose values may be told by the name alone. */
const TELLING =
  /pass|pwd|secret|token|key|cookie|auth|session|pin|ssn|phone|tel|card|mail|iban|^user\.|\.user\.|user\.name|related\.user/i;
const PLAIN = /[.*+?^${}()|[\]\\]/g;

/** A copy with everything masked. Streams are masked as they are read, element by element. */
export function maskItem<T>(item: T, masker: Masker): T {
  const known = new Map<string, string>();
  collect(item, '', masker, known, new Set());
  return change(item, '', { masker, known, expression: expressionOf(known) }) as T;
}

interface Going {
  masker: Masker;
  known: ReadonlyMap<string, string>;
  expression: RegExp | undefined;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
const isStream = (value: object): value is AsyncIterable<unknown> => Symbol.asyncIterator in value;

/** What is recognised anywhere, as it stands there and as it is read by programs. */
function collect(
  item: unknown,
  name: string,
  masker: Masker,
  known: Map<string, string>,
  seen: Set<object>,
): void {
  if (typeof item === 'string') {
    for (const { kind, value } of masker.valuesIn(item))
      if (SECRETS.has(kind)) for (const form of formsOf(value)) remember(known, form, kind);
    const named = byName(item, name, masker);
    if (named !== undefined) remember(known, item, named);
    return;
  }
  if (typeof item !== 'object' || item === null || seen.has(item)) return;
  seen.add(item);
  if (Array.isArray(item)) for (const one of item) collect(one, name, masker, known, seen);
  else if (item instanceof Map)
    for (const one of item.values()) collect(one, name, masker, known, seen);
  else if (isPlain(item) && !isStream(item))
    for (const [key, one] of Object.entries(item)) collect(one, key, masker, known, seen);
}

function remember(known: Map<string, string>, value: string, kind: string): void {
  if (value.length >= LEAST_KNOWN && known.size < MOST_KNOWN) known.set(value, kind);
}

function formsOf(value: string): string[] {
  const forms = [value];
  try {
    if (value.includes('%')) forms.push(decodeURIComponent(value.replaceAll('+', ' ')));
    if (value.includes('\\')) forms.push(JSON.parse(`"${value}"`) as string);
  } catch {
    // It is written otherwise.
  }
  // Of several words each is one: cookies, and the scheme before a token.
  return [
    ...forms,
    ...forms.flatMap((form) => form.split(/[;\s]+/).filter((part) => part.length > 11)),
  ];
}

/** The kind of a value that its field's name tells. */
function byName(value: string, name: string, masker: Masker): string | undefined {
  if (value.length > 4096 || value === '' || !TELLING.test(name)) return undefined;
  if (masker.kinds.has('user') && /(?:^|\.)user\.(?:[a-z]+\.)?name$|^related\.user$/.test(name))
    return 'user';
  const last = name.split('.').at(-1) ?? name;
  const lead = `"${last}":"`;
  return masker.valuesIn(`${lead}${value}"`).find(({ start }) => start === lead.length)?.kind;
}

const expressionOf = (known: ReadonlyMap<string, string>): RegExp | undefined =>
  known.size === 0
    ? undefined
    : new RegExp(
        [...known.keys()]
          .sort((a, b) => b.length - a.length)
          .map((value) => value.replace(PLAIN, '\\$&'))
          .join('|'),
        'g',
      );

function change(item: unknown, name: string, going: Going): unknown {
  if (typeof item === 'string') return changeText(item, name, going);
  if (typeof item === 'function')
    return (...args: unknown[]): unknown =>
      change((item as (...all: unknown[]) => unknown)(...args), name, going);
  if (typeof item !== 'object' || item === null) return item;
  if (item instanceof Uint8Array)
    return going.masker.bytes(Buffer.from(item.buffer, item.byteOffset, item.length));
  if (ArrayBuffer.isView(item) || item instanceof Date || item instanceof RegExp) return item;
  if (Array.isArray(item)) return item.map((one) => change(one, name, going));
  if (item instanceof Map)
    return new Map(
      [...item].map(([key, one]) => [change(key, '', going), change(one, String(key), going)]),
    );
  if (item instanceof Set) return new Set([...item].map((one) => change(one, name, going)));
  if (isStream(item)) return streamed(item, going.masker);
  if (Symbol.iterator in item) return elements(item as Iterable<unknown>, going.masker);
  if (!isPlain(item)) return item;
  return Object.fromEntries(
    Object.entries(item).map(([key, one]) => [key, change(one, key, going)]),
  );
}

function changeText(text: string, name: string, { masker, known, expression }: Going): string {
  const kind = byName(text, name, masker);
  if (kind !== undefined) return masker.name(kind, text);
  const shown = masker.text(text);
  return expression === undefined
    ? shown
    : shown.replace(expression, (found) => masker.name(known.get(found) ?? 'secret', found));
}

async function* streamed(items: AsyncIterable<unknown>, masker: Masker): AsyncGenerator<unknown> {
  for await (const item of items) yield maskItem(item, masker);
}

function* elements(items: Iterable<unknown>, masker: Masker): Generator<unknown> {
  for (const item of items) yield maskItem(item, masker);
}
