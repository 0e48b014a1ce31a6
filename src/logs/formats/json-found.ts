/** Reads typed values out of the fields that were found in a JSON record. */
import type { JsonField } from './json-aliases.ts';
import type { FoundFields } from './json-fields.ts';
import { textOf } from './json-values.ts';

/** The text of a found field; `-` counts as absent. */
export function textField(found: FoundFields, field: JsonField): string | undefined {
  const text = textOf(found.get(field)?.value);
  return text === undefined || text === '' || text === '-' || text === '--' ? undefined : text;
}

/** A whole number in the given range, also when written as text. */
export function integerField(
  found: FoundFields,
  field: JsonField,
  min: number,
  max: number,
): number | undefined {
  const value = found.get(field)?.value;
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined;
  return number >= min && number <= max ? number : undefined;
}

/** A list of strings, for ECS fields that are lists. */
export function listField(found: FoundFields, field: JsonField): readonly string[] | undefined {
  const value = found.get(field)?.value;
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => typeof item === 'string').slice(0, 16);
  return texts.length === 0 ? undefined : texts;
}
