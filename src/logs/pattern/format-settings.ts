/** Reads the settings of a format file: fields and their values, cases, and tables of values. */
import { suggestion } from '../../errors.ts';
import { FIELD_TYPES } from '../../events/ecs-field-names.ts';
import type { EcsField } from '../../events/event.ts';
import type { YamlPath } from '../../yaml.ts';
import { checkPattern } from './check-pattern.ts';
import type { Case, Setting, Test } from './format-document.ts';
import { complain, isMap, listOf, type Reading } from './format-reading.ts';
import { KINDS } from './kinds.ts';
import { SHORT_NAMES } from './meanings.ts';
import { checkField, parsePattern } from './parse-pattern.ts';
import type { PatternError } from './pattern-node.ts';

/** A map of fields and values, short names written out. Mistakes are noted in `reading`. */
export function readSettings(value: unknown, path: YamlPath, reading: Reading): Setting[] {
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

/** One case or a list of them: tests (`if`) and the settings for where all hold. Mistakes are noted in `reading`. */
export function readCases(value: unknown, path: YamlPath, reading: Reading): Case[] {
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

/** Notes it where the value at a path (`field` or `field:kind`) names a field or kind that there is not. */
export function checkNamed(target: string, path: YamlPath, reading: Reading): void {
  const isPattern = target.includes('{');
  const [field = '', kind = 'text'] = isPattern ? [target] : target.split(':');
  if (!Object.hasOwn(KINDS, kind))
    complain(reading, path, `there is no kind "${kind}"`, suggestion(kind, Object.keys(KINDS)));
  try {
    if (isPattern) checkPattern(parsePattern(field), reading.forgeable);
    else checkField(field, 0);
  } catch (error) {
    const { message, hint } = error as PatternError;
    complain(reading, path, message, hint);
  }
}

/** A row is a map of settings, or the action alone. */
export function readTable(
  rows: unknown,
  path: YamlPath,
  reading: Reading,
): Record<string, Setting[]> {
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
