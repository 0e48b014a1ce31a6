/** An event as one nested ECS document: the machine output that other programs rely on. */
import { ECS_FIELD_NAMES } from '../events/ecs-field-names.ts';
import type { Event } from '../events/event.ts';
import { rfc3339 } from '../events/rfc3339.ts';

/** Where the event was read. */
export interface EventOrigin {
  file: string;
  offset: number;
  line: number;
  raw: string;
}

type Document = Record<string, unknown>;

/**
 * The document of an event, keys in a fixed order: `@timestamp`, `event`, the ECS groups, `log`, `ir`.
 * Absent fields are left out.
 */
export function ecsDocument(event: Event, origin: EventOrigin | undefined): Document {
  const document: Document = {};
  if (event.timeUs !== undefined) document['@timestamp'] = rfc3339(event.timeUs);
  put(document, 'event.kind', 'event');
  for (const field of ECS_FIELD_NAMES) {
    const value = event[field];
    if (value !== undefined && value !== '' && field !== 'event.kind') put(document, field, value);
  }
  for (const [name, value] of Object.entries(event.winlog ?? {}))
    if (value !== undefined) put(document, `winlog.${name}`, value);
  if (origin !== undefined) {
    put(document, 'event.original', origin.raw);
    put(document, 'log.file.path', origin.file);
    put(document, 'log.offset', origin.offset);
    put(document, 'ir.line', origin.line);
  }
  put(document, 'ir.format', event.format);
  put(document, 'ir.time_confidence', event.timeConfidence);
  if (event.hostBasis !== undefined) put(document, 'ir.host_basis', event.hostBasis);
  if (event.repeats !== undefined) put(document, 'ir.repeats', event.repeats);
  if (event.areRepeatsCut === true) put(document, 'ir.repeats_cut', true);
  return document;
}

/** Sets `a.b.c` in nested objects. */
export function put(document: Document, field: string, value: unknown): void {
  const path = field.split('.');
  let target = document;
  for (let index = 0; index < path.length - 1; index += 1) {
    const key = path[index] as string;
    const next = target[key];
    target = (typeof next === 'object' && next !== null ? next : (target[key] = {})) as Document;
  }
  target[path.at(-1) as string] = value;
}
