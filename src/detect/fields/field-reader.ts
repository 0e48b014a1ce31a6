/** The two kinds of field readers that all log sources share. */
import type { EcsField, Event } from '../../events/event.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';

/** Reads an ECS field as it is. */
export const read =
  (field: EcsField): FieldReader =>
  (event: Event) =>
    event[field];

/** A reader whose value need not occur in the raw line, so that no literal may be taken from it. */
export const computed = (reader: (event: Event) => unknown): FieldReader =>
  Object.assign((event: Event) => reader(event), { isComputed: true });

/**
 * A reader of a view: its value is made by the program, but the search for literals looks into every view, so
 * that they may be taken from it.
 */
export const searched = (reader: (event: Event) => unknown): FieldReader =>
  Object.assign((event: Event) => reader(event), { isComputed: false });
