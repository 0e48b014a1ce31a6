/**
 * Events as documents for a search cluster: with their whole text, with what it takes to have the same event again
 * (`logs/formats/ir-document.ts`), and with `ir.text`, in which everything stands that rules look for anywhere.
 */
import { createHash } from 'node:crypto';
import { ECS_FIELD_NAMES } from '../events/ecs-field-names.ts';
import type { Event } from '../events/event.ts';
import type { FieldResolver } from '../sigma/compiled-rule.ts';
import { put } from './ecs-document.ts';
import type { StreamedEvent } from './event-stream.ts';
import { asList, readings } from './fields/percent-decode.ts';
import { createViewTexts } from './fields/view-texts.ts';
import { compactJson, escapedIn } from './matcher.ts';
import { allForms } from './views/list.ts';
import type { TextKind } from './views/plain.ts';

/** An event, ready to be sent. */
export interface OwnDocument {
  /** The same for the same line of the same file in every run. */
  id: string;
  timeUs: number | undefined;
  fields: Readonly<Record<string, unknown>>;
  /** What it was read from. */
  text: string;
}

/** The most that one term of an index holds is 32,766 bytes. */
const MOST_TEXT_BYTES = 30_000;
const TEXT_KINDS: readonly TextKind[] = ['target', 'header'];

/** Makes the function that makes them. @param resolve that of any rules: where requests stand */
export function createOwnDocuments(
  resolve: FieldResolver,
): (streamed: StreamedEvent) => OwnDocument {
  const viewTexts = createViewTexts(resolve);
  return ({ event, file, offset, raw, text, document }) => {
    const id = createHash('sha256').update(`${file}\0${offset}\0${raw}`).digest('hex').slice(0, 32);
    const fields = structuredClone(document) as Record<string, unknown>;
    put(fields, 'event.original', text);
    for (const name of ECS_FIELD_NAMES) if (event[name] === '') put(fields, name, '');
    put(fields, 'ir.id', id);
    const record = recordOf(event, text);
    if (record !== undefined) {
      put(fields, 'ir.record', record);
      put(fields, 'ir.has_record', true);
    }
    if (event.isAnnouncing === true) put(fields, 'ir.is_announcing', true);
    const texts = searchedTexts(event, text, viewTexts);
    const searched = texts === undefined ? '' : [...texts].join('\n').toLowerCase();
    const isCut = texts === undefined || Buffer.byteLength(searched) > MOST_TEXT_BYTES;
    put(fields, isCut ? 'ir.is_text_cut' : 'ir.text', isCut ? true : searched);
    return { id, timeUs: event.timeUs, fields, text };
  };
}

/** True where the text is the record that rules see, else that; undefined where there is none. */
function recordOf({ raw }: Event, text: string): unknown {
  if (raw === undefined) return undefined;
  try {
    if (text.startsWith('{') && JSON.stringify(JSON.parse(text)) === JSON.stringify(raw))
      return true;
  } catch {
    // It is no JSON then.
  }
  return raw;
}

/** Every text in which a literal of a rule may stand; what stands in an earlier one is left out. Undefined: too deeply nested. */
function searchedTexts(
  event: Event,
  text: string,
  viewTexts: ReturnType<typeof createViewTexts>,
): ReadonlySet<string> | undefined {
  const texts = new Set<string>(asList(readings(text)));
  const add = (one: string): void => {
    if (one !== '' && !text.includes(one))
      for (const form of asList(readings(one))) texts.add(form);
  };
  for (const name of ECS_FIELD_NAMES) {
    const value: unknown = event[name];
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'string' || typeof one === 'number') add(String(one));
  }
  if (event.raw !== undefined) {
    const json = compactJson(event.raw);
    if (json === undefined) return undefined;
    if (json !== text) texts.add(json);
    for (const one of escapedIn(event.raw)) add(one);
  }
  for (const kind of TEXT_KINDS)
    for (const one of viewTexts(event, kind))
      for (const form of allForms(kind, one)) if (!text.includes(form)) texts.add(form);
  return texts;
}
