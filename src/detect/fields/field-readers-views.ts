/** Readers of the views of a request: `ir.request.sql` of its target, `ir.header.sql` of what its headers say. */
import type { Event } from '../../events/event.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';
import { formsOf, questionsIn, VIEWS } from '../views/list.ts';
import type { TextKind } from '../views/plain.ts';
import { searched } from './field-reader.ts';

/** The texts of an event that views are made of. */
export function viewTexts(event: Event, kind: TextKind): readonly string[] {
  if (kind === 'target') {
    const target = event['url.original'] ?? event['url.path'];
    return typeof target === 'string' ? [target] : [];
  }
  const texts = [
    event['user_agent.original'],
    event['http.request.referrer'],
    event['user.name'],
    ...headersOf(event),
  ];
  return texts.filter((text): text is string => typeof text === 'string');
}

/** Names that servers and frameworks give to further headers in structured logs. */
const HEADER =
  /^(?:(?:http_|request_?)?(?:cookies?|origin|host|accept(?:[_-]\w{1,20})?|authorization|true[_-]client[_-]ip)|(?:http_)?x[_-][\w-]{1,40}|(?:http_)?forwarded)$/i;
const HEADERS = /^(?:request_?)?headers$/i;
const MOST_HEADERS = 40;

function headersOf({ raw }: Event): unknown[] {
  if (raw === undefined) return [];
  const request = Object.hasOwn(raw, 'request') ? raw['request'] : undefined;
  return [raw, request].flatMap((record) => (isRecord(record) ? headersIn(record) : []));
}

function headersIn(record: Readonly<Record<string, unknown>>): unknown[] {
  const found: unknown[] = [];
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (HEADER.test(key)) found.push(value);
    else if (HEADERS.test(key) && isRecord(value)) {
      found.push(...Object.values(value).slice(0, MOST_HEADERS).flat());
    }
  }
  return found;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KINDS: readonly (readonly [group: string, kind: TextKind])[] = [
  ['request', 'target'],
  ['header', 'header'],
];

type TextsOf = (kind: TextKind, text: string) => readonly string[];
const FIELDS: readonly (readonly [name: string, textsOf: TextsOf])[] = [
  ...VIEWS.map((view): [string, TextsOf] => [view.name, (kind, text) => formsOf(view, kind, text)]),
  ['question', questionsIn],
];

/** By lower-case name. */
export const VIEW_READERS: ReadonlyMap<string, FieldReader> = new Map(
  KINDS.flatMap(([group, kind]) =>
    FIELDS.map(([name, textsOf]) => {
      const reader = searched((event) => {
        const texts = viewTexts(event, kind).flatMap((text) => textsOf(kind, text));
        return texts.length === 0 ? undefined : texts;
      });
      return [`ir.${group}.${name}`, reader] as const;
    }),
  ),
);
