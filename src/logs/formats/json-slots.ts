/**
 * What may differ between JSON records that a program writes alike: time, client, target of a request, sizes, numbers.
 * All else, the keys above all, belongs to the template of such records. What a name may mean is the table of
 * `json-aliases.ts`; a value is a slot only where that leaves no doubt.
 */
import { type JsonField, meaningsOf, plainName } from './json-aliases.ts';
import { hasProductKey } from './json-products.ts';
import type { LineSlot, SlotKind } from './log-format.ts';

/** What the value of a field is for those who read many records alike. */
const KINDS: Readonly<Partial<Record<JsonField, SlotKind>>> = {
  time: 'time',
  ip: 'address',
  url: 'target',
  bytes: 'size',
  referrer: 'referrer',
  agent: 'agent',
  duration: 'number',
  port: 'number',
  pid: 'number',
  requestId: 'number',
  traceId: 'number',
  session: 'number',
};

/** Keys whose presence makes other values mean something else. */
const REFUSED_KEYS = /"(?:@mt|@m|instant|__proto__)"/;
/** Numbers, durations, addresses, and ids in hexadecimal digits. */
const NUMBER = /^(?=.{0,63}\d)[\da-fA-F.:-]{1,64}$/;
const PLAIN_NUMBER = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;
/** Printable ASCII without escapes. */
const REFUSED = /[^ -~]|\\/;
const MOST_SLOTS = 48;
const MOST_KEYS = 64;
const LONGEST = 4096;
const MAX_DEPTH = 4;

/** A value that is no object. */
interface Leaf {
  path: string;
  start: number;
  end: number;
  isText: boolean;
}

/** The slots of a line in their order; undefined when its record has no template. */
export function jsonSlots(line: string): readonly LineSlot[] | undefined {
  if (line.length > LONGEST || REFUSED.test(line) || REFUSED_KEYS.test(line)) return undefined;
  const leaves = leavesOf(line);
  if (leaves === undefined || hasProductKey(leaves.map(({ top }) => top))) return undefined;
  const fields = leaves.map(({ path }) => [
    ...new Set(meaningsOf(path).map((meaning) => meaning.field)),
  ]);
  const counts = new Map<JsonField, number>();
  for (const field of fields.flat()) counts.set(field, (counts.get(field) ?? 0) + 1);
  const slots: LineSlot[] = [];
  for (const [index, { start, end, isText }] of leaves.entries()) {
    const kind = kindOf(fields[index] as JsonField[], counts);
    const text = line.slice(start, end);
    if (kind === undefined || !FITS[kind](text, isText)) continue;
    slots.push({ kind, start, end, isText });
  }
  return slots.length > MOST_SLOTS ? undefined : slots;
}

/** Undefined for a value that others may be read by. */
function kindOf(
  fields: readonly JsonField[],
  counts: ReadonlyMap<JsonField, number>,
): SlotKind | undefined {
  const [field] = fields;
  if (field === undefined) return 'number';
  const kind = KINDS[field];
  if (fields.length > 1 && fields.some((other) => KINDS[other] !== 'number')) return undefined;
  return kind === 'number' || counts.get(field) === 1 ? kind : undefined;
}

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

const FITS: Readonly<Record<SlotKind, (text: string, isText: boolean) => boolean>> = {
  time: (text, isText) => (isText && ISO.test(text)) || /^[1-9](?:\d{9}|\d{12})$/.test(text),
  address: (text, isText) => isText && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text),
  target: (text, isText) => isText && text.startsWith('/'),
  size: (text) => /^(?:0|[1-9]\d{0,14})$/.test(text),
  referrer: (_, isText) => isText,
  agent: (_, isText) => isText,
  number: (text, isText) => (isText ? NUMBER : PLAIN_NUMBER).test(text),
};

/** The values of a record of nested objects; undefined when there is a list in it, or a key that comes twice. */
function leavesOf(line: string): (Leaf & { top: string })[] | undefined {
  const leaves: (Leaf & { top: string })[] = [];
  let keys = 0;
  const textEnd = (start: number): number => line.indexOf('"', start);
  const pastBlanks = (from: number): number => {
    let at = from;
    while (line.charCodeAt(at) === SPACE) at += 1;
    return at;
  };
  /** Where the object that begins at `from` ends; -1 when it is not read. */
  const object = (from: number, outer: string, top: string, depth: number): number => {
    const seen = new Set<string>();
    let at = pastBlanks(from + 1);
    if (line[at] === '}') return at + 1;
    for (;;) {
      const keyEnd = line[at] === '"' ? textEnd(at + 1) : -1;
      if (keyEnd < 0 || ++keys > MOST_KEYS) return -1;
      const key = line.slice(at + 1, keyEnd);
      if (seen.has(key)) return -1;
      seen.add(key);
      const colon = pastBlanks(keyEnd + 1);
      if (line[colon] !== ':') return -1;
      const path = outer === '' ? plainName(key) : `${outer}.${plainName(key)}`;
      at = value(pastBlanks(colon + 1), path, top === '' ? key : top, depth);
      if (at < 0) return -1;
      at = pastBlanks(at);
      if (line[at] === '}') return at + 1;
      if (line[at] !== ',') return -1;
      at = pastBlanks(at + 1);
    }
  };
  const value = (at: number, path: string, top: string, depth: number): number => {
    if (line[at] === '{') return depth < MAX_DEPTH ? object(at, path, top, depth + 1) : -1;
    const isText = line[at] === '"';
    let end = isText ? textEnd(at + 1) : at;
    if (!isText) while (/[\w.+-]/.test(line[end] ?? '')) end += 1;
    if (end < 0 || (!isText && end === at)) return -1;
    leaves.push({ path, top, start: isText ? at + 1 : at, end, isText });
    return isText ? end + 1 : end;
  };
  if (!line.startsWith('{"')) return undefined;
  return object(0, '', '', 0) === line.length ? leaves : undefined;
}

const SPACE = 32;
