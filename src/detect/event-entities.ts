/** What an event names, and what it says, as fields and values in a fixed order. */
import { ECS_FIELD_NAMES } from '../events/ecs-field-names.ts';
import type { Event } from '../events/event.ts';
import { ENTITY_FIELDS } from './event-filter.ts';

type FieldValue = readonly [field: string, value: string];

/** Addresses, users, hosts, programs, files, sessions: what `--entity` looks at. */
export function entitiesOf(event: Event | undefined): FieldValue[] {
  if (event === undefined) return [];
  const related = (event['related.ip'] ?? []).map((ip): FieldValue => ['related.ip', ip]);
  const found = [...ENTITY_FIELDS.flatMap((field) => valuesOf(event, field)), ...related];
  // The same value in two fields leads to the same events.
  const first = new Map<string, FieldValue>();
  for (const one of found) if (!first.has(one[1])) first.set(one[1], one);
  return [...first.values()];
}

/** All fields of ECS that it has. */
export const fieldsOf = (event: Event | undefined): FieldValue[] =>
  event === undefined ? [] : ECS_FIELD_NAMES.flatMap((field) => valuesOf(event, field));

function valuesOf(event: Event, field: keyof Event): FieldValue[] {
  const value = event[field];
  if (value === undefined || value === '') return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map(
    (one): FieldValue => [field, typeof one === 'object' ? JSON.stringify(one) : String(one)],
  );
}
