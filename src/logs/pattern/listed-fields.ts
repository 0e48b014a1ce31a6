/** Texts that hold many values: `key=value` lists, columns, JSON. A table of the format says which goes where. */
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { readEpoch, readTimeText } from '../formats/time-text.ts';
import { setterOf } from './fields.ts';
import { KINDS } from './kinds.ts';

/** Calls `take` with each key and value; columns have their numbers for keys, from 0. */
type Splitter = (text: string, take: (key: string, value: string) => void) => void;

const MAX_VALUES = 500;

// Every part ends where the next cannot begin: linear.
const PAIR = /([\w.:@/-]{1,80})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,;|]*))/g;
const EXTENSION_KEY = /(?:^|[ \t|])([\w.-]{1,80})=/g;
const CELL = /"((?:[^"]|"")*)"(?=,|$)|([^,]*)/y;

const unescaped = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text;

function splitPairs(text: string, take: (key: string, value: string) => void): void {
  let count = 0;
  for (const [, key = '', quoted, single, bare] of text.matchAll(PAIR)) {
    if ((count += 1) > MAX_VALUES) return;
    take(key, quoted !== undefined ? unescaped(quoted) : (single ?? bare ?? ''));
  }
}

/** CEF: a value goes on to the next key. */
function splitExtension(text: string, take: (key: string, value: string) => void): void {
  let [key, start, count] = ['', 0, 0];
  for (const found of text.matchAll(EXTENSION_KEY)) {
    if (key !== '') take(key, unescaped(text.slice(start, found.index).trimEnd()));
    if ((count += 1) > MAX_VALUES) return;
    key = found[1] ?? '';
    start = found.index + found[0].length;
  }
  if (key !== '') take(key, unescaped(text.slice(start).trimEnd()));
}

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
  pairs: splitPairs,
  extension: splitExtension,
  csv: splitCommas,
  tabs: splitAt('\t'),
  pipes: splitAt('|'),
  blanks: splitAt(' '),
  json: splitJson,
};

/** Which key or column goes into which field. */
export type KeyTable = Readonly<Record<string, string>>;

/** Puts the values of a text into an event; false when its time is none. `kept` gets those under names such as `$verb`. */
export type ListSetter = (
  event: Event,
  text: string,
  kept: Map<string, string>,
  clock?: Clock,
) => boolean;

/** A day and a time of the day that stand apart. */
interface Halves {
  date: string;
  time: string;
}

/** Puts one value where the table says; false when it is a time that cannot be read. */
export type ValueSetter = (
  event: Event,
  value: string,
  kept: Map<string, string>,
  context: { clock: Clock | undefined; stamp: Halves },
) => boolean;

/** The setters of a table's values: a field, `field:kind`, a name such as `$verb`, `@date` and `@time` of one stamp. */
export const valueSetters = (table: KeyTable): ReadonlyMap<string, ValueSetter> =>
  new Map(Object.entries(table).map(([key, target]) => [key, valueSetter(target)]));

function valueSetter(target: string): ValueSetter {
  const [field = '', kindName = 'text'] = target.split(':');
  if (field.startsWith('$'))
    return (_event, value, kept) => {
      kept.set(field, value);
      return true;
    };
  if (field === '@timestamp')
    return (event, value, _kept, { clock }) => setTime(event, value, clock);
  if (field === '@date' || field === '@time') {
    const half = field === '@date' ? 'date' : 'time';
    const zone = kindName === 'utc' ? 'Z' : '';
    return (event, value, _kept, { clock, stamp }) => {
      stamp[half] = value;
      const isWhole = stamp.date !== '' && stamp.time !== '';
      return !isWhole || setTime(event, `${stamp.date} ${stamp.time}${zone}`, clock);
    };
  }
  const set = setterOf(field, kindName);
  const decode = KINDS[kindName]?.decode;
  return (event, value) => {
    set(event, decode === undefined ? value : decode(value));
    return true;
  };
}

/** The setter for texts of a kind with many values; of a key that comes twice, the first counts. */
export function listSetter(kindName: string, table: KeyTable): ListSetter {
  const split = SPLITTERS[kindName] as Splitter;
  const setters = valueSetters(table);
  return (event, text, kept, clock) => {
    let isTimed = true;
    const seen = new Set<string>();
    const context = { clock, stamp: { date: '', time: '' } };
    split(text, (key, value) => {
      const set = setters.get(key);
      if (set === undefined || value === '' || value === '-' || seen.has(key)) return;
      seen.add(key);
      isTimed = set(event, value, kept, context) && isTimed;
    });
    return isTimed;
  };
}

/** Reads a time that stands alone; false when the text is none. */
export function setTime(event: Event, text: string, clock: Clock | undefined): boolean {
  if (clock === undefined) return true;
  event.timeUs = readTimeText(text, clock) ?? readEpoch(Number(text), clock);
  if (event.timeUs === undefined) return false;
  event.timeConfidence = clock.confidence;
  return true;
}
