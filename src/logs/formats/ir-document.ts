/**
 * Events as this program writes them, one document of ECS a line: what `ir push` put into a search cluster and `ir pull` brought
 * back, and `--all --format jsonl`. They are the events that were read then, whatever of their file is missing now.
 */
import { FIELD_TYPES } from '../../events/ecs-field-names.ts';
import type { Event, Skip, TimeConfidence } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import type { Wrapped } from '../envelopes/wrapped.ts';
import { isRecord } from './json-fields.ts';
import { readRecord } from './json-record.ts';
import type { LogFormat } from './log-format.ts';
import { readTimeText } from './time-text.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** Quotes within a text have a backslash, so that no text can hold this. */
const MARK = '"ir":{';

/** The document of a line, or of a hit as search clusters export it. */
function documentOf(line: string): JsonRecord | undefined {
  if (!line.startsWith('{"') || !line.includes(MARK)) return undefined;
  const outer = readRecord(line);
  const { _source: hit } = outer ?? {};
  const document = isRecord(hit) ? hit : outer;
  const ir = document?.['ir'];
  if (document === undefined || !isRecord(ir) || typeof ir['format'] !== 'string') return undefined;
  // A finding has the event that it is about, and is none.
  if (ir['level'] !== undefined) return undefined;
  return typeof valueAt(document, 'event.original') === 'string' ? document : undefined;
}

function valueAt(record: JsonRecord, path: string): unknown {
  let value: unknown = record;
  for (const part of path.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

const CONFIDENCES: ReadonlySet<unknown> = new Set<TimeConfidence>([
  ...(['exact', 'zone-assumed', 'zone-ambiguous', 'year-inferred', 'after-file-date'] as const),
  ...(['dst-gap', 'dst-overlap', 'none'] as const),
]);

const FIELDS = Object.entries(FIELD_TYPES);

function eventOf(document: JsonRecord, ir: JsonRecord, clock: Clock): Event {
  const time = document['@timestamp'];
  const timeUs = typeof time === 'string' ? readTimeText(time, clock) : undefined;
  const confidence = ir['time_confidence'];
  const event: Event = {
    timeUs,
    timeConfidence:
      timeUs === undefined
        ? 'none'
        : CONFIDENCES.has(confidence)
          ? (confidence as TimeConfidence)
          : 'exact',
    format: ir['format'] as string,
  };
  const fields = event as unknown as Record<string, unknown>;
  for (const [field, type] of FIELDS) {
    const value = valueAt(document, field);
    if (value !== undefined && isOf(type, value)) fields[field] = value;
  }
  const winlog = document['winlog'];
  if (isRecord(winlog)) {
    const { channel: _, record_id: __, logon, ...rest } = winlog;
    const { type: ___, ...logonRest } = isRecord(logon) ? logon : {};
    const left = Object.keys(logonRest).length === 0 ? rest : { ...rest, logon: logonRest };
    if (Object.keys(left).length > 0) event.winlog = left;
  }
  if (isRecord(ir['record'])) event.raw = ir['record'];
  if (typeof ir['repeats'] === 'number') event.repeats = ir['repeats'];
  if (ir['repeats_cut'] === true) event.areRepeatsCut = true;
  if (ir['is_announcing'] === true) event.isAnnouncing = true;
  const basis = ir['host_basis'];
  if (basis === 'option' || basis === 'hostname-file' || basis === 'folder')
    event.hostBasis = basis;
  return event;
}

function isOf(type: 'text' | 'number' | 'list', value: unknown): boolean {
  if (type === 'text') return typeof value === 'string';
  if (type === 'number') return typeof value === 'number';
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function unwrap(line: string, clock: Clock): Wrapped | undefined {
  const document = documentOf(line);
  if (document === undefined) return undefined;
  const ir = document['ir'] as JsonRecord;
  const payload = valueAt(document, 'event.original') as string;
  const event = eventOf(document, ir, clock);
  const { timeUs, timeConfidence } = event;
  return {
    ...{ payload, stream: undefined, own: {}, timeUs, timeConfidence, plain: () => event },
    known: { event, isRecord: ir['record'] === true },
  };
}

function parse(line: string, clock: Clock): Event | Skip {
  const document = documentOf(line);
  if (document === undefined) return skip('no document of an event');
  return eventOf(document, document['ir'] as JsonRecord, clock);
}

/** The format. */
export const format: LogFormat = {
  name: 'ir-document',
  title: 'Events as `ir push` and `--all --format jsonl` write them',
  url: 'https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html',
  order: 1,
  sources: [],
  detect: (line) => documentOf(line) !== undefined,
  parse,
  unwrap,
  holdsEvents: true,
  splittable: true,
  samples: [
    {
      lines: [
        '{"@timestamp":"2026-11-24T10:00:01.779000Z","event":{"kind":"event","category":["authentication"],"action":"ssh_login","outcome":"failure","original":"Nov 24 10:00:01 web01 sshd[311]: Failed password for root from 203.0.113.9 port 4711 ssh2"},"source":{"ip":"203.0.113.9","port":4711},"user":{"name":"root"},"host":{"hostname":"web01"},"log":{"file":{"path":"auth.log"},"offset":0},"ir":{"line":1,"format":"syslog","time_confidence":"exact"}}',
      ],
      expect: {
        time: '2026-11-24T10:00:01.779000Z',
        'event.action': 'ssh_login',
        'event.outcome': 'failure',
        'source.ip': '203.0.113.9',
        'source.port': 4711,
        'user.name': 'root',
        'host.hostname': 'web01',
      },
    },
    {
      lines: [
        '{"event":{"kind":"event","original":"{\\"msg\\":\\"cache flushed\\"}"},"message":"cache flushed","ir":{"format":"json-lines","time_confidence":"none","record":true}}',
      ],
      expect: { message: 'cache flushed' },
    },
  ],
};
