/**
 * An access-log line as an event whose fields are cut out of the chunk only when a rule asks: the rules
 * that look at every request cost no strings for the fields they do not read. One view serves all lines.
 * What is not simply cut out is read by the format itself, so that both ways say the same.
 */
import { type Event, isSkip } from '../../events/event.ts';
import { type Clock, createClock } from '../../logs/clock.ts';
import type { AccessSpans } from '../../logs/formats/access-spans.ts';
import { dottedQuad } from '../../logs/formats/ipv4-number.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import { decodeUtf8 } from '../../logs/read-events.ts';

export interface AccessView {
  /** Reads as an event; valid until the next `move`. */
  readonly event: Event;
  /** Points the view at the scanned line `bytes[start, end)`. @param clock of its file, as it was after the stamp */
  move(bytes: Buffer, start: number, end: number, timeUs: number, clock: Clock): void;
}

/** What the format makes of a request that is answered like this. */
const answered = (format: LogFormat, status: number): Event =>
  format.parse(
    `192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" ${status} 1`,
    createClock({ zone: 'UTC', firstYear: 2026 }),
  ) as Event;

/** Makes the view over `spans`; the getters read what `scanAccess` put there. */
export function createAccessView(spans: AccessSpans, format: LogFormat): AccessView {
  const plain = answered(format, 200);
  const broken = answered(format, 500);
  let bytes: Buffer = Buffer.alloc(0);
  let lineStart = 0;
  let lineEnd = 0;
  let timeUs = 0;
  let clock: Clock | undefined;
  let whole: Event | undefined;
  /** The event as the format reads it; made once per line, and only when somebody asks. */
  const read = (): Partial<Event> => {
    if (whole !== undefined || clock === undefined) return whole ?? {};
    const parsed = format.parse(decodeUtf8(bytes.toString('latin1', lineStart, lineEnd)), clock);
    if (!isSkip(parsed)) whole = parsed;
    return whole ?? {};
  };
  const cut = (start: number, end: number): string | undefined =>
    start < 0 || end <= start ? undefined : bytes.toString('utf8', start, end);
  const original = (): string | undefined => cut(spans.targetStart, spans.targetEnd);
  const isPlainTarget = (): boolean => bytes[spans.targetStart] === 47;
  const quad = (): string | undefined =>
    spans.clientAddress < 0 ? undefined : dottedQuad(spans.clientAddress);

  const getters: { [K in keyof Event]?: () => Event[K] } = {
    timeUs: () => timeUs,
    format: () => format.name,
    'event.kind': () => plain['event.kind'],
    'event.category': () => plain['event.category'],
    'event.type': () => (spans.status >= 500 ? broken : plain)['event.type'],
    'event.outcome': () =>
      spans.status < 0 ? 'unknown' : spans.status >= 400 ? 'failure' : 'success',
    'event.dataset': () => plain['event.dataset'],
    'source.ip': () => quad() ?? read()['source.ip'],
    'source.address': () => quad() ?? read()['source.address'],
    'user.name': () => (spans.userStart < 0 ? undefined : read()['user.name']),
    'http.request.method': () => cut(spans.methodStart, spans.methodEnd),
    'http.request.referrer': () => cut(spans.referrerStart, spans.referrerEnd),
    'http.response.status_code': () => (spans.status < 0 ? undefined : spans.status),
    'http.response.body.bytes': () => (spans.bytes < 0 ? undefined : spans.bytes),
    'url.original': original,
    'url.path': () =>
      isPlainTarget()
        ? cut(spans.targetStart, spans.queryStart < 0 ? spans.targetEnd : spans.queryStart - 1)
        : read()['url.path'],
    'url.query': () =>
      isPlainTarget()
        ? spans.queryStart < 0
          ? undefined
          : cut(spans.queryStart, spans.targetEnd)
        : read()['url.query'],
    'user_agent.original': () => cut(spans.agentStart, spans.agentEnd),
  };
  const event = {} as Event;
  for (const field of Object.keys(plain)) {
    const get = getters[field as keyof Event] ?? (() => read()[field as keyof Event]);
    Object.defineProperty(event, field, { get, enumerable: true });
  }
  return {
    event,
    move(nextBytes, start, end, nextTimeUs, nextClock) {
      bytes = nextBytes;
      lineStart = start;
      lineEnd = end;
      timeUs = nextTimeUs;
      clock = nextClock;
      whole = undefined;
    },
  };
}
