/** Reads the phrases of a format file: patterns, and what a text means that has their form. */
import { messageOf, suggestion } from '../../errors.ts';
import type { YamlPath } from '../../yaml.ts';
import { checkPattern } from './check-pattern.ts';
import { compilePattern } from './compile-pattern.ts';
import type { Phrase, Setting } from './format-document.ts';
import { complain, isMap, listOf, type Reading } from './format-reading.ts';
import { readCases, readSettings } from './format-settings.ts';
import { needlesOf } from './needles.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternError } from './pattern-node.ts';

const PHRASE_KEYS = ['match', 'by', 'then'];

/** Later settings take the place of earlier ones of the same field. */
export const merged = (...lists: readonly (readonly Setting[] | undefined)[]): Setting[] => [
  ...new Map(lists.flatMap((list) => list ?? []).map((setting) => [setting[0], setting])).values(),
];

/** One phrase or a list of them. Mistakes are noted in `reading`. */
export function readPhrases(value: unknown, key: string, reading: Reading): Phrase[] {
  return listOf(value).map((item, index) => {
    const before = reading.problems.length;
    const path = [key, ...(Array.isArray(value) ? [index] : [])];
    const phrase = readPhrase(item, path, reading);
    // Patterns with mistakes are said, and cannot be taken apart.
    if (reading.problems.length > before) return phrase;
    const needles = needlesOf({ lines: [phrase], ignoresCase: reading.ignoresCase });
    return needles.texts.length > 0 ? { ...phrase, needles } : phrase;
  });
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

/** The patterns at a path, with their parts filled in. */
export function readPatterns(value: unknown, path: YamlPath, reading: Reading): string[] {
  return listOf(value).map((pattern, index) => {
    const written = String(pattern);
    const at = Array.isArray(value) ? [...path, index] : path;
    let text = written;
    try {
      text = withParts(written, reading.parts);
      const sequence = parsePattern(text);
      checkPattern(sequence, reading.forgeable);
      compilePattern(sequence, { ignoresCase: reading.ignoresCase });
    } catch (error) {
      const { at: offset = 0, hint } = error as PatternError;
      const place = writtenOffset(written, offset, reading.parts);
      reading.problems.push({
        message: messageOf(error),
        source: reading.yaml.placeInText(at, place),
        hint,
      });
    }
    return text;
  });
}

const PART = /\{=([\w-]+)\}/g;

/** The pattern with the text of its `{=name}` parts in their place. */
export const withParts = (text: string, parts: ReadonlyMap<string, string>): string =>
  text.replace(PART, (_, name: string, at: number) => {
    const part = parts.get(name);
    if (part === undefined)
      throw new PatternError(`there is no part "${name}"`, at, suggestion(name, [...parts.keys()]));
    return part;
  });

/** Where an offset of the pattern with its parts lies in the pattern as written; in a part: where that is named. */
function writtenOffset(
  written: string,
  offset: number,
  parts: ReadonlyMap<string, string>,
): number {
  let grown = 0;
  for (const { 0: named, 1: name = '', index } of written.matchAll(PART)) {
    const length = parts.get(name)?.length ?? named.length;
    if (offset < index + grown) break;
    if (offset < index + grown + length) return index;
    grown += length - named.length;
  }
  return offset - grown;
}

/** `$name` or a field, and the table that says what its values mean. Mistakes are noted in `reading`. */
export function readBy(value: unknown, path: YamlPath, reading: Reading): [string, string][] {
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
