/** Reads what a format file declares for the engine: its log sources, and the fields that a stranger fills. */
import { suggestion } from '../../errors.ts';
import { ECS_FIELD_NAMES } from '../../events/ecs-field-names.ts';
import type { EcsField } from '../../events/event.ts';
import { applicationSources } from '../formats/application.ts';
import type { LogSource, Writing } from '../formats/log-format.ts';
import type { RecordTest } from './format-document.ts';
import { complain, isMap, listOf, type Reading } from './format-reading.ts';

const WRITINGS: readonly string[] = [
  'quoted',
  'doubled',
  'hex',
  'visible',
  'uri',
  'json',
] satisfies Writing[];

/** A list of fields, or a map that says how the program writes each; nothing said: as it comes. */
export function readForgeable(value: unknown, reading: Reading): Record<string, Writing> {
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
export function readSources(value: unknown, reading: Reading): readonly LogSource[] {
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

/** A map of paths and values, or a list of such maps of which one must hold. */
export function readRecords(value: unknown, reading: Reading): readonly RecordTest[] {
  return listOf(value).map((item, index): RecordTest => {
    if (!isMap(item) || Object.keys(item).length === 0) {
      complain(
        reading,
        Array.isArray(value) ? ['records', index] : ['records'],
        'what a record has is a map of keys and values',
        'Write `eventType: "*"` for a key that has any value, `"!"` for one that is not there.',
      );
      return [];
    }
    return Object.entries(item).map(([path, words]) => [path, listOf(words).map(String)]);
  });
}
