/** Reads the JSON records of a product that a format file describes: known by their keys, their fields by paths. */
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { compilePattern } from './compile-pattern.ts';
import { filledFields } from './fields.ts';
import type { FormatDocument, RecordTest } from './format-document.ts';
import { isKept, valueSetter } from './listed-fields.ts';
import { parsePattern } from './parse-pattern.ts';
import { applyCases, applySettings, phraseReader, tablesOf } from './read-phrases.ts';
import { isOneOf } from './words.ts';

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What a format file says of the records of a product. */
export interface RecordReader {
  /** Is the record one of the product's? */
  matches(record: JsonRecord): boolean;
  /** Fills what the file says into an event that has what the names in general say. */
  fill(record: JsonRecord, event: Event, clock: Clock): void;
}

/** Makes the reader of a document with `records`; what fills is made with the first of its records, as a log has those of few products. */
export function recordReader(document: FormatDocument): RecordReader {
  let tests: readonly (readonly Holding[])[] | undefined;
  let filler: RecordReader['fill'] | undefined;
  return {
    matches: (record) => {
      tests ??= document.records.map((test) =>
        test.map(([path, words]) => ({ steps: path.split('.'), words })),
      );
      return tests.some((test) => test.every((each) => holds(each, record)));
    },
    fill: (record, event, clock) => {
      filler ??= recordFiller(document);
      filler(record, event, clock);
    },
  };
}

function recordFiller(document: FormatDocument): RecordReader['fill'] {
  const rows = Object.entries(document.keys['keys'] ?? {}).map(([path, field]) => ({
    steps: path.split('.'),
    field,
    set: valueSetter(field, (text) => compilePattern(parsePattern(text))),
    filled: field.includes('{') ? [] : filledFields(field),
  }));
  const tables = tablesOf(document.by, document.values);
  const phrases = phraseReader(document.phrases, document);
  return (record, event, clock) => {
    event.format = document.name;
    event['event.dataset'] = document.name;
    const kept = new Map<string, string>();
    const done = new Set<string>();
    for (const { steps, field, set, filled } of rows) {
      if (done.has(field)) continue;
      const text = textOf(valueAt(record, steps, 0));
      if (text === undefined) continue;
      if (!isKept(field)) for (const each of filled) event[each as 'message'] = undefined;
      if (set(event, text, kept, clock)) done.add(field);
    }
    const namedValue = (name: string): string | undefined =>
      name.charCodeAt(0) === DOLLAR ? kept.get(name) : textOf(event[name as 'message']);
    applySettings(document.set, event, namedValue);
    if (document.phrases.length > 0) phrases.read(event.message ?? '', event, clock);
    for (const [name, rowOf] of tables) applySettings(rowOf(namedValue(name)), event, namedValue);
    applyCases(document.cases, event, namedValue);
  };
}

const DOLLAR = 36;
const MAX_LISTED = 64;

interface Holding {
  steps: readonly string[];
  words: RecordTest[number][1];
}

function holds({ steps, words }: Holding, record: JsonRecord): boolean {
  const value = valueAt(record, steps, 0);
  const isThere = value !== undefined && value !== null;
  if (words.includes('!')) return !isThere;
  if (!isThere) return false;
  return words.includes('*') || isOneOf(textOf(value) ?? '', words);
}

/**
 * The value at a path. A list stands for the first of its objects that has the rest of the path, or, where it is one of
 * names and values (`[{"name": "IP", "value": "..."}]`), for an object of these.
 */
function valueAt(from: unknown, steps: readonly string[], index: number): unknown {
  const step = steps[index];
  if (step === undefined) return from;
  if (Array.isArray(from)) {
    for (const item of from.slice(0, MAX_LISTED)) {
      const value = isNamed(item, step) ? valueOfPair(item) : valueAt(item, steps, index);
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  }
  if (typeof from !== 'object' || from === null) return undefined;
  if (Object.hasOwn(from, step)) return valueAt((from as JsonRecord)[step], steps, index + 1);
  // Names that hold dots themselves.
  const rest = steps.slice(index).join('.');
  return index + 1 < steps.length && Object.hasOwn(from, rest)
    ? (from as JsonRecord)[rest]
    : undefined;
}

const isNamed = (item: unknown, name: string): item is JsonRecord =>
  typeof item === 'object' &&
  item !== null &&
  ['name', 'Name', 'key', 'Key', 'displayName'].some((key) => (item as JsonRecord)[key] === name);

const valueOfPair = (pair: JsonRecord): unknown =>
  pair['value'] ?? pair['Value'] ?? pair['ValueString'] ?? pair['newValue'] ?? pair['NewValue'];

/** A text, number or flag as text, of a list the first; undefined for what is empty or no single value. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' || value === '-' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) && typeof value[0] !== 'object' ? textOf(value[0]) : undefined;
}
