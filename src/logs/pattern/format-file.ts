/** Reads a format file (`docs/format-language.md`) into checked data; every mistake has its line and column. */
import { messageOf, suggestion } from '../../errors.ts';
import { ECS_FIELD_NAMES, FIELD_TYPES } from '../../events/ecs-field-names.ts';
import type { EcsField } from '../../events/event.ts';
import { type Problem, parseYaml, type YamlDocument, type YamlPath } from '../../yaml.ts';
import { applicationSources } from '../formats/application.ts';
import type { LogSource, Sample, Writing } from '../formats/log-format.ts';
import { checkPattern } from './check-pattern.ts';
import { compilePattern } from './compile-pattern.ts';
import type { Case, FormatDocument, Phrase, Setting, Test } from './format-document.ts';
import { MEANINGS, SHORT_NAMES } from './meanings.ts';
import { checkField, parsePattern } from './parse-pattern.ts';
import { PatternError } from './pattern-node.ts';

const KEYS = [
  'name', 'title', 'url', 'order', 'isEcho', 'isEncoded', 'sources', 'programs', 'ignoreCase', 'set', 'meanings', 'lines', 'phrases', 'then', 'values',
  'continues', 'forgeable', 'samples',
]; // biome-ignore format: a list
const PHRASE_KEYS = ['match', 'by', 'then'];

/** A file while it is read. */
interface Reading {
  yaml: YamlDocument;
  problems: Problem[];
  meanings: Readonly<Record<string, readonly Setting[]>>;
  forgeable: ReadonlySet<string>;
  ignoresCase: boolean;
  tables: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

function complain(reading: Reading, path: YamlPath, message: string, hint?: string): void {
  reading.problems.push({ message, source: reading.yaml.placeOf(path), hint });
}

/** The document, unless there is a problem. */
export function readFormatFile(
  text: string,
  path: string,
): { document?: FormatDocument; problems: readonly Problem[] } {
  const yaml = parseYaml(text, path);
  const reading: Reading = {
    yaml,
    problems: [...yaml.problems],
    meanings: MEANINGS,
    forgeable: new Set(),
    ignoresCase: false,
    tables: [],
  };
  const { value } = yaml;
  if (reading.problems.length > 0) return { problems: reading.problems };
  if (!isMap(value)) {
    complain(reading, [], 'a format file is a map of name, title, url, lines or programs, ...');
    return { problems: reading.problems };
  }
  const document = readDocument(value, reading);
  return reading.problems.length > 0 ? { problems: reading.problems } : { document, problems: [] };
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
  const tables = isMap(value['values']) ? value['values'] : {};
  reading.tables = Object.keys(tables);
  const programs = listOf(value['programs']).flatMap((each) => String(each).split(' '));
  const lines = readPhrases(value['lines'], 'lines', reading);
  const phrases = readPhrases(value['phrases'], 'phrases', reading);
  if (programs.length === 0 && lines.length === 0)
    complain(
      reading,
      [],
      'a format has "lines" (patterns of whole lines) or "programs" (of syslog) with "phrases"',
    );
  if (programs.length > 0 && lines.length > 0)
    complain(
      reading,
      ['lines'],
      'a format has either "lines" or "programs"',
      'Syslog has read the line already: write the messages under phrases.',
    );
  return {
    name,
    title: textAt(value, 'title', reading),
    url: textAt(value, 'url', reading, /^https:\/\//),
    order: typeof value['order'] === 'number' ? value['order'] : 5,
    isEcho: value['isEcho'] === true,
    isEncoded: value['isEncoded'] === true,
    sources: readSources(value['sources'], reading),
    programs,
    ignoresCase: reading.ignoresCase,
    set: readSettings(value['set'] ?? {}, ['set'], reading),
    lines,
    phrases,
    cases: readCases(value['then'], ['then'], reading),
    values: Object.fromEntries(
      Object.entries(tables).map(([table, rows]) => [
        table,
        readTable(rows, ['values', table], reading),
      ]),
    ),
    continues: readContinues(value['continues'], reading),
    forgeable,
    samples: readSamples(value['samples'], reading),
  };
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

/** Later settings take the place of earlier ones of the same field. */
const merged = (...lists: readonly (readonly Setting[] | undefined)[]): Setting[] => [
  ...new Map(lists.flatMap((list) => list ?? []).map((setting) => [setting[0], setting])).values(),
];

function readPhrases(value: unknown, key: string, reading: Reading): Phrase[] {
  return listOf(value).map((item, index) =>
    readPhrase(item, [key, ...(Array.isArray(value) ? [index] : [])], reading),
  );
}

/** A phrase is a pattern alone, or a map with `match` or a meaning's name over patterns, and settings. */
function readPhrase(item: unknown, path: YamlPath, reading: Reading): Phrase {
  if (!isMap(item))
    return { patterns: readPatterns(item, path, reading), set: [], by: [], cases: [] };
  const names = Object.keys(item).filter(
    (key) => key === 'match' || Object.hasOwn(reading.meanings, key),
  );
  const [name] = names;
  if (name === undefined || names.length > 1) {
    complain(
      reading,
      path,
      'a phrase has one of "match" and the names of meanings, with its pattern or patterns',
      `Meanings are ${Object.keys(reading.meanings).join(', ')}; "meanings:" adds others.`,
    );
    return { patterns: [], set: [], by: [], cases: [] };
  }
  const own = Object.fromEntries(
    Object.entries(item).filter(([key]) => key !== name && !PHRASE_KEYS.includes(key)),
  );
  return {
    patterns: readPatterns(item[name], [...path, name], reading),
    set: merged(reading.meanings[name], readSettings(own, path, reading)),
    by: readBy(item['by'], [...path, 'by'], reading),
    cases: readCases(item['then'], [...path, 'then'], reading),
  };
}

function readPatterns(value: unknown, path: YamlPath, reading: Reading): string[] {
  return listOf(value).map((pattern, index) => {
    const text = String(pattern);
    const at = Array.isArray(value) ? [...path, index] : path;
    try {
      const sequence = parsePattern(text);
      checkPattern(sequence, reading.forgeable);
      compilePattern(sequence, reading.ignoresCase);
    } catch (error) {
      const { at: offset, hint } =
        error instanceof PatternError ? error : { at: 0, hint: undefined };
      reading.problems.push({
        message: messageOf(error),
        source: reading.yaml.placeInText(at, offset),
        hint,
      });
    }
    return text;
  });
}

function readBy(value: unknown, path: YamlPath, reading: Reading): [string, string][] {
  if (value === undefined) return [];
  return Object.entries(isMap(value) ? value : {}).map(([variable, table]) => {
    if (!reading.tables.includes(String(table)))
      complain(
        reading,
        [...path, variable],
        `there is no table "${String(table)}" under values`,
        suggestion(String(table), reading.tables),
      );
    return [variable, String(table)];
  });
}

function readSettings(value: unknown, path: YamlPath, reading: Reading): Setting[] {
  if (!isMap(value)) {
    complain(reading, path, 'a map of fields and values is wanted');
    return [];
  }
  return Object.entries(value).map(([key, item]): Setting => {
    const field = Object.hasOwn(SHORT_NAMES, key) ? (SHORT_NAMES[key] as string) : key;
    try {
      checkField(field, 0);
    } catch (error) {
      const { message, hint } = error as PatternError;
      reading.problems.push({ message, source: reading.yaml.placeOfKey(path, key), hint });
    }
    return [field, settingOf(field, item, [...path, key], reading)];
  });
}

function settingOf(field: string, item: unknown, path: YamlPath, reading: Reading): Setting[1] {
  const type = FIELD_TYPES[field as EcsField];
  if (item === null) return null;
  if (type === 'list') return listOf(item).map(String);
  if (typeof item === 'object') complain(reading, path, `"${field}" takes one value`);
  if (
    field === 'event.outcome' &&
    !['success', 'failure', 'unknown'].includes(String(item)) &&
    !String(item).startsWith('$')
  )
    complain(reading, path, 'an outcome is success, failure or unknown');
  return type === 'number' && typeof item === 'number' ? item : String(item);
}

function readCases(value: unknown, path: YamlPath, reading: Reading): Case[] {
  return listOf(value).map((item, index) => {
    const at = Array.isArray(value) ? [...path, index] : path;
    if (!isMap(item)) {
      complain(reading, at, 'a case is a map: if, and what it sets');
      return { if: [], set: [] };
    }
    const { if: tests = {}, ...settings } = item;
    return {
      if: Object.entries(isMap(tests) ? tests : {}).map(([field, test]) => [
        Object.hasOwn(SHORT_NAMES, field) ? (SHORT_NAMES[field] as string) : field,
        readTest(test),
      ]),
      set: readSettings(settings, at, reading),
    };
  });
}

function readTest(value: unknown): Test {
  const range = typeof value === 'string' ? /^(-?\d+)?\.\.(-?\d+)?$/.exec(value) : null;
  if (range === null) return { in: listOf(value).map(String) };
  return {
    from: range[1] === undefined ? -1e15 : Number(range[1]),
    to: range[2] === undefined ? 1e15 : Number(range[2]),
  };
}

/** A row is a map of settings, or the action alone. */
function readTable(rows: unknown, path: YamlPath, reading: Reading): Record<string, Setting[]> {
  if (!isMap(rows)) {
    complain(reading, path, 'a table is a map of values and what they mean');
    return {};
  }
  return Object.fromEntries(
    Object.entries(rows).map(([key, row]) => [
      key,
      isMap(row)
        ? readSettings(row, [...path, key], reading)
        : [['event.action', String(row)] satisfies Setting],
    ]),
  );
}

const WRITINGS: readonly string[] = ['quoted', 'hex', 'visible', 'uri', 'json'] satisfies Writing[];

/** A list of fields, or a map that says how the program writes each; nothing said: as it comes. */
function readForgeable(value: unknown, reading: Reading): Record<string, Writing> {
  const entries: readonly (readonly [string, unknown])[] = isMap(value)
    ? Object.entries(value)
    : listOf(value).map((field) => [String(field), 'visible']);
  return Object.fromEntries(
    entries.map(([field, writing]) => {
      if (!ECS_FIELD_NAMES.includes(field as EcsField))
        complain(
          reading,
          ['forgeable', field],
          `there is no field "${field}"`,
          suggestion(field, ECS_FIELD_NAMES),
        );
      if (!WRITINGS.includes(String(writing)))
        complain(
          reading,
          ['forgeable', field],
          `there is no way of writing "${String(writing)}"`,
          suggestion(String(writing), WRITINGS),
        );
      return [field, writing as Writing];
    }),
  );
}

const SOURCE_KEYS = ['when', 'unless', 'products', 'categories', 'services', 'serviceCategories'];

/** `application`, `application: [frameworks]`, or log sources in the words of Sigma. */
function readSources(value: unknown, reading: Reading): readonly LogSource[] {
  if (value === 'application') return applicationSources();
  if (isMap(value) && 'application' in value)
    return applicationSources(listOf(value['application']).map(String));
  return listOf(value).map((item) => {
    const entries = Object.entries(isMap(item) ? item : {});
    for (const [key] of entries)
      if (!SOURCE_KEYS.includes(key))
        complain(
          reading,
          ['sources'],
          `a log source has no "${key}"`,
          suggestion(key, SOURCE_KEYS),
        );
    const listed = entries.map(([key, words]) => [
      key,
      isMap(words)
        ? Object.fromEntries(
            Object.entries(words).map(([field, each]) => [field, listOf(each).map(String)]),
          )
        : listOf(words).map(String),
    ]);
    return Object.fromEntries(listed) as LogSource;
  });
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
