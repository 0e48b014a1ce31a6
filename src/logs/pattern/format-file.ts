/** Reads a format file (`docs/format-language.md`) into checked data; every mistake has its line and column. */
import { type SourcePlace, suggestion } from '../../errors.ts';
import { type Problem, parseYaml } from '../../yaml.ts';
import type { Sample } from '../formats/log-format.ts';
import { readForgeable, readRecords, readSources } from './format-declarations.ts';
import type { FormatDocument, HeaderColumns, Setting } from './format-document.ts';
import { merged, readBy, readPatterns, readPhrases, withParts } from './format-phrases.ts';
import { complain, isMap, listOf, type Reading, type Values } from './format-reading.ts';
import { checkNamed, readCases, readSettings, readTable } from './format-settings.ts';
import type { KeyTable } from './listed-fields.ts';
import { MEANINGS } from './meanings.ts';
import { NO_NEEDLES, needlesOf } from './needles.ts';
import { REFINEMENTS } from './refinements.ts';

const KEYS =
  'name title url order header isUtc isEcho isEncoded sources programs ignoreCase set meanings parts lines records inSyslog phrases by then values keys refine isGeneric joined continues forgeable samples'.split(
    ' ',
  );

/** What a file came to. */
export interface ReadFormat {
  /** Absent when there is a problem. */
  document?: FormatDocument;
  problems: readonly Problem[];
  /** Where a sample stands. */
  placeOf(sample: number): SourcePlace;
}

/** Reads and checks the text of a format file. Never throws. */
export function readFormatFile(text: string, path: string): ReadFormat {
  const yaml = parseYaml(text, path);
  const reading: Reading = {
    yaml,
    problems: [...yaml.problems],
    meanings: MEANINGS,
    forgeable: new Set(),
    ignoresCase: false,
    parts: new Map(),
    tables: [],
  };
  const { value } = yaml;
  const placeOf = (sample: number): SourcePlace => yaml.placeOf(['samples', sample]);
  if (reading.problems.length > 0) return { problems: reading.problems, placeOf };
  if (!isMap(value)) {
    complain(reading, [], 'a format file is a map of name, title, url, lines or programs, ...');
    return { problems: reading.problems, placeOf };
  }
  const document = readDocument(value, reading);
  if (reading.problems.length > 0) return { problems: reading.problems, placeOf };
  return { document, problems: [], placeOf };
}

function readDocument(value: Values, reading: Reading): FormatDocument {
  for (const key of Object.keys(value))
    if (!KEYS.includes(key))
      reading.problems.push({
        message: `unknown key "${key}"`,
        source: reading.yaml.placeOfKey([], key),
        hint: suggestion(key, KEYS),
      });
  const name = textAt(value, 'name', reading, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  const forgeable = readForgeable(value['forgeable'], reading);
  reading.forgeable = new Set(Object.keys(forgeable));
  reading.ignoresCase = value['ignoreCase'] === true;
  reading.meanings = readMeanings(value['meanings'], reading);
  reading.parts = readParts(value['parts'], reading);
  const tables = isMap(value['values']) ? value['values'] : {};
  reading.tables = Object.keys(tables);
  const programs = listOf(value['programs']).flatMap((each) => String(each).split(' '));
  const lines = readPhrases(value['lines'], 'lines', reading);
  const phrases = readPhrases(value['phrases'], 'phrases', reading);
  const records = readRecords(value['records'], reading);
  const header = readHeader(value['header'], reading);
  checkKind({ lines: header === undefined ? lines : [header], programs, records }, reading);
  return {
    name,
    title: textAt(value, 'title', reading),
    url: textAt(value, 'url', reading, /^https:\/\//),
    order: typeof value['order'] === 'number' ? value['order'] : 5,
    isEcho: value['isEcho'] === true,
    isEncoded: value['isEncoded'] === true,
    sources: readSources(value['sources'], reading),
    programs,
    records,
    isBorne: value['inSyslog'] === true,
    by: readBy(value['by'], ['by'], reading),
    ignoresCase: reading.ignoresCase,
    set: readSettings(value['set'] ?? {}, ['set'], reading),
    lines,
    // Patterns with mistakes are said, and cannot be taken apart.
    needles:
      reading.problems.length > 0
        ? NO_NEEDLES
        : needlesOf({ lines, ignoresCase: reading.ignoresCase }),
    header,
    isUtc: value['isUtc'] === true,
    phrases,
    cases: readCases(value['then'], ['then'], reading),
    isGeneric: value['isGeneric'] === true,
    isJoined: value['joined'] === true,
    keys: readKeys(value['keys'], reading),
    values: readTables(tables, reading),
    refine: readRefine(value['refine'], reading),
    continues: readContinues(value['continues'], reading),
    forgeable,
    samples: readSamples(value['samples'], reading),
  };
}

const readTables = (tables: Values, reading: Reading): FormatDocument['values'] =>
  Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => [
      table,
      readTable(rows, ['values', table], reading),
    ]),
  );

/** A format is of one kind: of lines, of messages of programs, or of JSON records. */
function checkKind(kinds: Readonly<Record<string, readonly unknown[]>>, reading: Reading): void {
  const named = Object.entries(kinds).filter(([, each]) => each.length > 0);
  if (named.length === 0)
    complain(
      reading,
      [],
      'a format has "lines" (patterns of whole lines), a "header", "programs" (of syslog) with "phrases", or "records" (of JSON)',
    );
  if (named.length > 1)
    complain(
      reading,
      ['lines'],
      'a format has either "lines" or "programs" or "records"',
      'Syslog has read the line already: write the messages under phrases.',
    );
}

function textAt(value: Values, key: string, reading: Reading, form = /./): string {
  const text = value[key];
  if (typeof text === 'string' && form.test(text)) return text;
  if (text === undefined) complain(reading, [], `missing key "${key}"`);
  else complain(reading, [key], `"${key}" must be a text of the form ${form.source}`);
  return '';
}

function readMeanings(
  value: unknown,
  reading: Reading,
): Readonly<Record<string, readonly Setting[]>> {
  const own = isMap(value) ? value : {};
  return {
    ...MEANINGS,
    ...Object.fromEntries(
      Object.entries(own).map(([name, settings]) => [
        name,
        merged(
          Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : [],
          readSettings(settings, ['meanings', name], reading),
        ),
      ]),
    ),
  };
}

/** Pieces of patterns by name; a later one may hold earlier ones. */
function readParts(value: unknown, reading: Reading): Map<string, string> {
  const parts = new Map<string, string>();
  for (const [name, text] of Object.entries(isMap(value) ? value : {})) {
    const before = reading.problems.length;
    readPatterns(text, ['parts', name], { ...reading, parts, forgeable: new Set() });
    // What is wrong in a part is said once, and not wherever it is used.
    parts.set(name, reading.problems.length > before ? '' : withParts(String(text), parts));
  }
  return parts;
}

/** `true`, or a map of `marker` and `needs`. */
function readHeader(value: unknown, reading: Reading): HeaderColumns | undefined {
  if (value === undefined) return undefined;
  const { marker, needs, ...others } = isMap(value) ? value : {};
  const [other] = Object.keys(others);
  if (other !== undefined)
    complain(
      reading,
      ['header', other],
      `a header has no "${other}"`,
      suggestion(other, ['marker', 'needs']),
    );
  return {
    marker: marker === undefined ? undefined : String(marker),
    needs: listOf(needs).flatMap((each) => String(each).split(' ')),
  };
}

function readRefine(value: unknown, reading: Reading): string | undefined {
  const names = Object.keys(REFINEMENTS);
  if (value === undefined || names.includes(String(value))) return value as string | undefined;
  complain(
    reading,
    ['refine'],
    `nothing is called "${String(value)}"`,
    suggestion(String(value), names),
  );
  return undefined;
}

/** Keys and their fields, a list of columns, or these as words of a text. */
const isTable = (item: unknown): boolean =>
  typeof item === 'object' || (typeof item === 'string' && /^[^{]*\s[^{]*$/.test(item));

/** One table of keys (or list of columns), or several by name. */
function readKeys(value: unknown, reading: Reading): Record<string, KeyTable> {
  const isNamed = isMap(value) && Object.values(value).every(isTable);
  const tables = Object.entries(isNamed ? value : { '': value ?? {} });
  return Object.fromEntries(
    tables.map(([name, table]) => {
      const path = name === '' ? ['keys'] : ['keys', name];
      const columns = typeof table === 'string' ? table.trim().split(/\s+/) : listOf(table);
      const rows = Object.entries(isMap(table) ? table : columns);
      const used = rows
        .filter(([, field]) => field !== '-')
        .map(([key, field]) => {
          checkNamed(String(field), [...path, isMap(table) ? key : Number(key)], reading);
          return [key, String(field)];
        });
      return [name === '' ? 'keys' : `keys.${name}`, Object.fromEntries(used)];
    }),
  );
}

function readContinues(value: unknown, reading: Reading): FormatDocument['continues'] {
  if (value === 'indented' || value === 'stack') return value;
  return readPatterns(value, ['continues'], reading);
}

function readSamples(value: unknown, reading: Reading): Sample[] {
  const samples = listOf(value).map((item, index): Sample => {
    const { lines, expect } = isMap(item) ? item : {};
    if (!isMap(expect)) complain(reading, ['samples', index], 'a sample has lines and expect');
    return {
      lines: listOf(lines).map(String),
      expect: (isMap(expect) ? expect : {}) as Sample['expect'],
    };
  });
  if (samples.length === 0)
    complain(
      reading,
      [],
      'a format shows samples of its lines',
      'Write under samples: a line, and the event that it gives.',
    );
  return samples;
}
