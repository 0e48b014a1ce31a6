/**
 * What the fields of an access event are, once for all: the parser asks for all of them, the fast way through large
 * logs for those that a rule reads.
 */
import { type Peer, readIpList, readPeer } from '../../events/address.ts';
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { type AccessExtras, readAccessExtras } from './access-extras.ts';
import type { AccessSpans } from './access-spans.ts';
import { dottedQuad } from './ipv4-number.ts';
import { NO_TARGET, type RequestTarget, splitTarget } from './request-target.ts';

/** A line that `scanAccess` has put into `spans`, and what of it was worked out. One serves all lines. */
export interface AccessLine {
  spans: AccessSpans;
  timeUs: number;
  confidence: Clock['confidence'];
  /** The line's text; undefined when its bytes are at hand. */
  text: string | undefined;
  bytes: Buffer;
  target: RequestTarget | undefined;
  client: Peer | undefined;
  extras: AccessExtras | undefined;
}

const NO_BYTES = Buffer.alloc(0);

/** Makes a line over `spans`; move it before it is read. */
export const createAccessLine = (spans: AccessSpans): AccessLine => ({
  spans,
  timeUs: 0,
  confidence: 'exact',
  text: undefined,
  bytes: NO_BYTES,
  target: undefined,
  client: undefined,
  extras: undefined,
});

/** Points at the line that was scanned last, in a text or in bytes. @param clock as it was after the stamp */
export function moveLine(
  line: AccessLine,
  source: string | Buffer,
  timeUs: number,
  { confidence }: Clock,
): void {
  line.timeUs = timeUs;
  line.confidence = confidence;
  line.text = typeof source === 'string' ? source : undefined;
  line.bytes = typeof source === 'string' ? NO_BYTES : source;
  line.target = line.client = line.extras = undefined;
}

const cut = ({ text, bytes }: AccessLine, start: number, end: number): string | undefined => {
  if (start < 0 || end <= start) return undefined;
  return text === undefined ? bytes.toString('utf8', start, end) : text.slice(start, end);
};

const original = (line: AccessLine): string | undefined =>
  cut(line, line.spans.targetStart, line.spans.targetEnd);

const targetOf = (line: AccessLine): RequestTarget => {
  if (line.target !== undefined) return line.target;
  const written = original(line);
  line.target = written === undefined ? NO_TARGET : splitTarget(written);
  return line.target;
};

const clientOf = (line: AccessLine): Peer | undefined => {
  if (line.client !== undefined) return line.client;
  const { clientStart, clientEnd, clientAddress } = line.spans;
  const quad = clientAddress < 0 ? '' : dottedQuad(clientAddress);
  line.client =
    quad.length === clientEnd - clientStart
      ? { ip: quad, address: quad, port: undefined }
      : readPeer(cut(line, clientStart, clientEnd) ?? '');
  return line.client;
};

const NO_EXTRAS: AccessExtras = { durationNs: undefined, forwarded: [] };

const extrasOf = (line: AccessLine): AccessExtras => {
  const { extrasStart, extrasEnd } = line.spans;
  line.extras ??=
    extrasEnd - extrasStart > 1
      ? readAccessExtras(cut(line, extrasStart, extrasEnd) ?? '')
      : NO_EXTRAS;
  return line.extras;
};

/** The addresses of the lists in front of the time and behind the user agent; undefined when there are none. */
function relatedAddresses(line: AccessLine): readonly string[] | undefined {
  const list = cut(line, line.spans.forwardedStart, line.spans.forwardedEnd);
  const { forwarded } = extrasOf(line);
  if (list === undefined) return forwarded.length === 0 ? undefined : forwarded;
  const all = [...readIpList(list.replace(/[\s"]+/g, ',')), ...forwarded];
  return all.length === 0 ? undefined : [...new Set(all)];
}

const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);
const ACCESS_ERROR = Object.freeze(['access', 'error']);

type Readers = { readonly [Field in keyof Event]?: (line: AccessLine) => Event[Field] };

const READERS: Readers = {
  timeUs: ({ timeUs }) => timeUs,
  timeConfidence: ({ confidence }) => confidence,
  format: () => 'access',
  'event.kind': () => 'event',
  'event.category': () => WEB,
  'event.type': ({ spans }) => (spans.status >= 500 ? ACCESS_ERROR : ACCESS),
  'event.outcome': ({ spans: { status } }) =>
    status < 0 ? 'unknown' : status >= 400 ? 'failure' : 'success',
  'event.dataset': () => 'nginx.access',
  'event.reason': ({ spans }) =>
    spans.targetStart < 0 || spans.targetEnd <= spans.targetStart ? 'malformed request' : undefined,
  'event.duration': (line) => extrasOf(line).durationNs,
  'source.ip': (line) => clientOf(line)?.ip,
  'source.address': (line) => clientOf(line)?.address,
  'source.port': (line) => clientOf(line)?.port,
  'user.name': (line) => cut(line, line.spans.userStart, line.spans.userEnd),
  'http.request.method': (line) => cut(line, line.spans.methodStart, line.spans.methodEnd),
  'http.request.referrer': (line) => cut(line, line.spans.referrerStart, line.spans.referrerEnd),
  'http.response.status_code': ({ spans: { status } }) => (status < 0 ? undefined : status),
  'http.response.body.bytes': ({ spans: { bytes } }) => (bytes < 0 ? undefined : bytes),
  'http.version': (line) => cut(line, line.spans.versionStart, line.spans.versionEnd),
  'url.original': original,
  'url.scheme': (line) => targetOf(line).scheme,
  'url.domain': (line) =>
    targetOf(line).domain ?? cut(line, line.spans.vhostStart, line.spans.vhostEnd),
  'url.path': (line) => targetOf(line).path,
  'url.query': (line) => targetOf(line).query,
  'url.extension': (line) => targetOf(line).extension,
  'destination.port': (line) => targetOf(line).port,
  'user_agent.original': (line) => cut(line, line.spans.agentStart, line.spans.agentEnd),
  'related.ip': relatedAddresses,
};

const FIELDS = Object.keys(READERS) as (keyof Event)[];
const EACH = Object.values(READERS) as ((line: AccessLine) => unknown)[];

/**
 * The event of a line. A function made of the table's names, which writes all of them as one literal: set one by one
 * they took four times as long.
 */
export const accessEvent = new Function(
  'readers',
  `const [${EACH.map((_, index) => `read${index}`)}] = readers;
  return (line) => ({ ${FIELDS.map((field, index) => `'${field}': read${index}(line)`)} });`,
)(EACH) as (line: AccessLine) => Event;

/** An event that is read out of a line field by field, the same object for all lines. */
export interface AccessView {
  /** Its fields are read when they are asked for: those of the line as it then is. */
  readonly event: Event;
  /** Points at the line that was scanned last in `bytes`. @param clock as it was after the stamp */
  move(bytes: Buffer, timeUs: number, clock: Clock): void;
}

/** Makes the view of the lines that are scanned into `spans`: rules that read few fields cost no strings for others. */
export function createAccessView(spans: AccessSpans): AccessView {
  const line = createAccessLine(spans);
  const event = {} as Event;
  for (const [index, field] of FIELDS.entries()) {
    const read = EACH[index] as (typeof EACH)[number];
    Object.defineProperty(event, field, { get: () => read(line), enumerable: true });
  }
  return { event, move: (bytes, timeUs, clock) => moveLine(line, bytes, timeUs, clock) };
}
