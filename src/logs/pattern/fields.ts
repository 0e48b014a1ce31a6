/** What a pattern can fill: ECS fields by their names, and groups that one text fills together. */
import { readIp, readPeer, readPort } from '../../events/address.ts';
import { FIELD_TYPES } from '../../events/ecs-field-names.ts';
import type { EcsField, Event } from '../../events/event.ts';
import { splitRequestLine } from '../formats/request-line.ts';
import { type RequestTarget, splitTarget } from '../formats/request-target.ts';

/** Puts a text into an event. */
export type Setter = (event: Event, text: string) => void;

interface Group {
  /** The kind of its text when none is named. */
  kind: string;
  /** The fields that it fills. */
  fields: readonly EcsField[];
  set: Setter;
}

const setSource =
  (hasPort: boolean): Setter =>
  (event, text) => {
    const peer = readPeer(text, hasPort);
    if (peer === undefined) return;
    event['source.address'] = peer.address;
    event['source.ip'] = peer.ip;
    if (peer.port !== undefined) event['source.port'] = peer.port;
  };

const setDestination =
  (hasPort: boolean): Setter =>
  (event, text) => {
    const peer = readPeer(text, hasPort);
    if (peer === undefined) return;
    if (peer.ip === undefined) event['destination.address'] = peer.address;
    else event['destination.ip'] = peer.ip;
    if (peer.port !== undefined) event['destination.port'] = peer.port;
  };

function setTarget(event: Event, target: string, parts: RequestTarget): void {
  event['url.original'] = target;
  event['url.path'] = parts.path;
  event['url.query'] = parts.query;
  event['url.extension'] = parts.extension;
  if (parts.domain !== undefined) event['url.domain'] = parts.domain;
  if (parts.scheme !== undefined) event['url.scheme'] = parts.scheme;
}

const URL_FIELDS = [
  'url.original',
  'url.path',
  'url.query',
  'url.extension',
  'url.domain',
  'url.scheme',
] as const;

/**
 * The names that fill several fields, or none, each with the kind of text that it takes where the pattern names none.
 */
export const GROUPS: Readonly<Record<string, Group>> = {
  '-': { kind: 'text', fields: [], set: () => {} },
  '@timestamp': { kind: 'stamp', fields: [], set: () => {} },
  '@date': { kind: 'word', fields: [], set: () => {} },
  '@time': { kind: 'word', fields: [], set: () => {} },
  source: {
    kind: 'peer',
    fields: ['source.ip', 'source.address', 'source.port'],
    set: setSource(false),
  },
  destination: {
    kind: 'peer',
    fields: ['destination.ip', 'destination.address', 'destination.port'],
    set: setDestination(false),
  },
  request: {
    kind: 'request',
    fields: ['http.request.method', 'http.version', ...URL_FIELDS],
    set: (event, text) => {
      const line = splitRequestLine(text);
      if (line === undefined) return;
      event['http.request.method'] = line.method;
      event['http.version'] = line.version;
      setTarget(event, line.target, line);
    },
  },
  account: {
    kind: 'text',
    fields: ['user.name', 'user.domain'],
    set: (event, text) => {
      const slash = text.lastIndexOf('\\');
      event['user.name'] = text.slice(slash + 1) || undefined;
      if (slash > 0) event['user.domain'] = text.slice(0, slash);
    },
  },
  site: {
    kind: 'url',
    fields: URL_FIELDS,
    set: (event, text) => {
      const isWhole = /^(?:[a-z][\w+.-]{0,20}:)?\//i.test(text);
      const { scheme, ...parts } = splitTarget(isWhole ? text : `http://${text}`);
      setTarget(event, text, isWhole ? { scheme, ...parts } : { ...parts, scheme: undefined });
    },
  },
  url: {
    kind: 'url',
    fields: URL_FIELDS,
    set: (event, text) => setTarget(event, text, splitTarget(text)),
  },
};

/** A time that a line writes in parts: its day, its clock and its zone. */
export const TIME_PARTS: readonly string[] = ['@date', '@time', '@zone'];

/** A text with many values, and the table of the format that says where they go: `keys`, `keys.traffic`. */
export const isListed = (field: string): boolean => field === 'keys' || field.startsWith('keys.');

/** The kind of a field's text when the pattern names none. */
export function defaultKind(field: string): string {
  if (isListed(field)) return 'pairs';
  if (Object.hasOwn(GROUPS, field)) return GROUPS[field]?.kind ?? 'text';
  if (field.endsWith('.ip')) return 'ip';
  if (field === 'log.level') return 'level';
  return FIELD_TYPES[field as EcsField] === 'number' ? 'int' : 'text';
}

/** The event fields that `field` fills. */
export const filledFields = (target: string): readonly EcsField[] =>
  fieldsOf(target.split(':')[0] ?? '');

const fieldsOf = (field: string): readonly EcsField[] =>
  Object.hasOwn(GROUPS, field)
    ? (GROUPS[field]?.fields ?? [])
    : /^[$@]/.test(field) || isListed(field)
      ? []
      : [field as EcsField];

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  sec: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** Nanoseconds of `1.5ms`, `2h3m`; a bare number is in seconds. */
function readDuration(text: string): number | undefined {
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d{1,15}(?:\.\d{1,9})?)([a-zµ]{0,3})/g)) {
    const scale = NANOSECONDS[unit === '' ? 's' : unit];
    if (scale === undefined) return undefined;
    total += Number(amount) * scale;
  }
  return text === '' ? undefined : Math.round(total);
}

/** How a text of that kind is put into `field`. */
export function setterOf(field: string, kindName: string): Setter {
  if (field === 'source') return setSource(kindName === 'endpoint');
  if (field === 'destination') return setDestination(kindName === 'endpoint');
  if (Object.hasOwn(GROUPS, field)) return GROUPS[field]?.set as Setter;
  if (field.startsWith('$')) return () => {};
  return setterOfName(field as EcsField, kindName) as Setter;
}

/** Kinds whose text is no plain number, for fields that are. */
const NUMBERS: Readonly<Record<string, (text: string) => number | undefined>> = {
  duration: readDuration,
  ms: (text) => Number(text) * 1e6,
};

function setterOfName(field: EcsField, kindName: string): unknown {
  const name = field as 'message';
  if (field.endsWith('.port'))
    return (event: Event, text: string) => {
      const port = readPort(text);
      if (port !== undefined) event[name] = port as unknown as string;
    };
  if (FIELD_TYPES[field] === 'number') {
    const read = NUMBERS[kindName] ?? Number;
    return (event: Event, text: string) => {
      const value = text === '' ? Number.NaN : read(text);
      if (value !== undefined && Number.isFinite(value)) event[name] = value as unknown as string;
    };
  }
  if (FIELD_TYPES[field] === 'list')
    return (event: Event, text: string) => {
      const list = event[field as 'related.ip'] ?? [];
      const value = field.endsWith('.ip') ? readIp(text) : text;
      if (value !== undefined && value !== '' && !list.includes(value))
        event[field as 'related.ip'] = [...list, value];
    };
  if (field.endsWith('.ip')) {
    return (event: Event, text: string) => {
      event[name] = readIp(text);
    };
  }
  if (field === 'log.level' || field === 'network.transport')
    return (event: Event, text: string) => {
      event[name] = text.toLowerCase() || undefined;
    };
  // A dash alone says that there is none.
  return (event: Event, text: string) => {
    event[name] = text === '' || text === '-' ? undefined : text;
  };
}
