/** Texts that hold many values: `key=value` lists, columns, JSON. A table of the format says which goes where. */
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { readEpoch, readTimeText } from '../formats/time-text.ts';
import { setterOf, TIME_PARTS } from './fields.ts';
import { KINDS } from './kinds.ts';

/** Calls `take` with each key and value; columns have their numbers for keys, from 0. */
type Splitter = (text: string, take: (key: string, value: string) => void) => void;

const MAX_VALUES = 500;

// Every part ends where the next cannot begin: linear.
const PAIR = /([\w.:@/-]{1,80})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,;|]*))/g;
// `action:"Drop"; ifname:"eth0"` of Check Point.
const COLON_PAIR = /([\w.-]{1,80}):{1,2}"((?:[^"\\]|\\.)*)"/g;
// `[id "942100"] [msg "SQL Injection"]` of ModSecurity.
const BRACKETED_PAIR = /\[([\w.-]{1,80}) "((?:[^"\\]|\\.)*)"\]/g;
// `<USER>bob</USER>` of an element that holds such ones.
const TAG_PAIR = /<([\w.-]{1,80})>(?:(?!)()()|([^<]*))<\//g;
const EXTENSION_KEY = /(?:^|[ \t|])([\w.-]{1,80})=/g;
// `SrcIP: 192.0.2.7, Message: a, b, User: bob` of Cisco Firepower.
const LABEL = /(?:^|, )([A-Za-z][\w-]{0,79}): /g;
const CELL = /"((?:[^"]|"")*)"(?=,|$)|([^,]*)/y;

const unescaped = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text;

const splitBy =
  (pair: RegExp): Splitter =>
  (text, take) => {
    let count = 0;
    for (const [, key = '', quoted, single, bare] of text.matchAll(pair)) {
      if ((count += 1) > MAX_VALUES) return;
      take(key, quoted !== undefined ? unescaped(quoted) : (single ?? bare ?? ''));
    }
  };

/** CEF and lists such as `SrcIP: 192.0.2.7, User: bob`: a value goes on to the next key. */
const splitByKeys =
  (keys: RegExp): Splitter =>
  (text, take) => {
    let [key, start, count] = ['', 0, 0];
    for (const found of text.matchAll(keys)) {
      if (key !== '') take(key, unescaped(text.slice(start, found.index).trimEnd()));
      if ((count += 1) > MAX_VALUES) return;
      key = found[1] ?? '';
      start = found.index + found[0].length;
    }
    if (key !== '') take(key, unescaped(text.slice(start).trimEnd()));
  };

function splitCommas(text: string, take: (key: string, value: string) => void): void {
  CELL.lastIndex = 0;
  for (let index = 0; index < MAX_VALUES; index += 1) {
    const found = CELL.exec(text);
    if (found === null) return;
    take(String(index), found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (text[CELL.lastIndex] !== ',') return;
    CELL.lastIndex += 1;
  }
}

/** LEEF: `key=value` between tabs, or between the carets that its second version may name. */
function splitTabbed(text: string, take: (key: string, value: string) => void): void {
  for (const pair of text.split(text.includes('\t') ? '\t' : '^', MAX_VALUES)) {
    const equals = pair.indexOf('=');
    if (equals > 0) take(pair.slice(0, equals).trim(), pair.slice(equals + 1));
  }
}

const splitAt =
  (separator: string): Splitter =>
  (text, take) => {
    for (const [index, value] of text.split(separator, MAX_VALUES).entries())
      take(String(index), value);
  };

function splitJson(text: string, take: (key: string, value: string) => void): void {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return;
  }
  const visit = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'object' && value !== null && depth < 8) {
      for (const [key, item] of Object.entries(value))
        visit(item, path === '' ? key : `${path}.${key}`, depth + 1);
    } else if (value !== null) take(path, String(value));
  };
  visit(root, '', 0);
}

const SPLITTERS: Readonly<Record<string, Splitter>> = {
  pairs: splitBy(PAIR),
  colons: splitBy(COLON_PAIR),
  brackets: splitBy(BRACKETED_PAIR),
  tags: splitBy(TAG_PAIR),
  extension: splitByKeys(EXTENSION_KEY),
  labels: splitByKeys(LABEL),
  csv: splitCommas,
  tabbed: splitTabbed,
  tabs: splitAt('\t'),
  pipes: splitAt('|'),
  blanks: splitAt(' '),
  json: splitJson,
};

/** Which key or column goes into which field. */
export type KeyTable = Readonly<Record<string, string>>;

/** Puts the values of a text into an event; one that is damaged fills nothing. `kept` gets those under names such as `$verb`. */
export type ListSetter = (
  event: Event,
  text: string,
  kept: Map<string, string>,
  clock?: Clock,
) => void;

/** Puts one value where the table says; false when it is a time that cannot be read. */
export type ValueSetter = (
  event: Event,
  value: string,
  kept: Map<string, string>,
  clock: Clock | undefined,
) => boolean;

/** Makes a reader of a pattern's text. */
export type Compile = (pattern: string) => {
  match(text: string): boolean;
  apply(event: Event): void;
};

/** The setters of a table's values, by its keys. */
export const valueSetters = (table: KeyTable, compile: Compile): ReadonlyMap<string, ValueSetter> =>
  new Map(Object.entries(table).map(([key, target]) => [key, valueSetter(target, compile)]));

/**
 * How a value is put where a table says: into a field, `field:kind`, under a name such as `$verb` or a part of a time, or
 * taken apart by a pattern.
 */
export function valueSetter(target: string, compile: Compile): ValueSetter {
  if (target.includes('{')) {
    const pattern = compile(target);
    return (event, value) => {
      if (pattern.match(value)) pattern.apply(event);
      return true;
    };
  }
  const [field = '', kindName = 'text'] = target.split(':');
  if (isKept(field))
    return (_event, value, kept) => {
      kept.set(field, value);
      if (kindName === 'utc') kept.set('@zone', 'Z');
      return true;
    };
  if (field === '@timestamp') return (event, value, _kept, clock) => setTime(event, value, clock);
  const set = setterOf(field, kindName);
  const decode = KINDS[kindName]?.decode;
  return (event, value) => {
    set(event, decode === undefined ? value : decode(value));
    return true;
  };
}

/**
 * The setter for texts of a kind with many values. Of a key that comes twice the first counts, of keys that mean one
 * field the one that the table names first.
 */
export function listSetter(kindName: string, table: KeyTable, compile: Compile): ListSetter {
  const split = SPLITTERS[kindName] as Splitter;
  const setters = new Map<string, readonly [field: string, set: ValueSetter, rank: number]>(
    Object.entries(table).map(([key, field], rank) => [
      key,
      [field, valueSetter(field, compile), rank],
    ]),
  );
  return (event, text, kept, clock) => {
    const best = new Map<string, number>();
    split(text, (key, value) => {
      const entry = setters.get(key);
      if (entry === undefined || value === '' || value === '-' || value === 'N/A') return;
      const [field, set, rank] = entry;
      if ((best.get(field) ?? Number.POSITIVE_INFINITY) <= rank) return;
      if (set(event, value, kept, clock)) best.set(field, rank);
    });
  };
}

/** Names whose text is kept: `$verb`, and the parts of a time. */
export const isKept = (field: string): boolean =>
  field.startsWith('$') || TIME_PARTS.includes(field);

/** Reads the time of which the parts are kept, if they are one. */
export function setPartedTime(
  event: Event,
  kept: ReadonlyMap<string, string>,
  clock: Clock | undefined,
): void {
  const parts = TIME_PARTS.map((part) => kept.get(part));
  if (parts[1] !== undefined) setTime(event, parts.filter(Boolean).join(' '), clock);
}

/** Reads a time that stands alone; false when the text is none. */
export function setTime(event: Event, text: string, clock: Clock | undefined): boolean {
  if (clock === undefined) return true;
  const timeUs = readTimeText(text, clock) ?? readEpoch(Number(text), clock);
  if (timeUs === undefined) return false;
  event.timeUs = timeUs;
  event.timeConfidence = clock.confidence;
  return true;
}
