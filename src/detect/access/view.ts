/**
 * An access-log line as an event whose fields are cut out of the chunk only when a rule asks: the rules
 * that look at every request cost no strings for the fields they do not read. One view serves all lines.
 */
import type { Event } from '../../events/event.ts';
import { readAccessExtras } from '../../logs/formats/access-extras.ts';
import type { AccessSpans } from '../../logs/formats/access-spans.ts';
import { isIpText } from '../../logs/formats/ip-text.ts';
import { type RequestTarget, splitTarget } from '../../logs/formats/request-target.ts';

const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);
const ACCESS_ERROR = Object.freeze(['access', 'error']);

const NO_TARGET: Partial<RequestTarget> = Object.freeze({});

export interface AccessView {
  /** Reads as an event; valid until the next `move`. */
  readonly event: Event;
  /** Points the view at a scanned line. */
  move(bytes: Buffer, timeUs: number): void;
}

/** Makes the view over `spans`; the getters read what `scanAccess` put there. */
export function createAccessView(spans: AccessSpans): AccessView {
  let bytes: Buffer = Buffer.alloc(0);
  let timeUs = 0;
  const cut = (start: number, end: number): string | undefined =>
    start < 0 || end <= start ? undefined : bytes.toString('utf8', start, end);
  const client = (): string => bytes.toString('utf8', spans.clientStart, spans.clientEnd);
  const original = (): string | undefined => cut(spans.targetStart, spans.targetEnd);
  const isPlainTarget = (): boolean => bytes[spans.targetStart] === 47;
  const target = (): Partial<RequestTarget> => {
    const written = original();
    return written === undefined ? NO_TARGET : splitTarget(written);
  };

  const extras = () =>
    spans.extrasEnd - spans.extrasStart > 1
      ? readAccessExtras(bytes.toString('utf8', spans.extrasStart, spans.extrasEnd))
      : undefined;

  const getters: { [K in keyof Event]?: () => Event[K] } = {
    timeUs: () => timeUs,
    timeConfidence: () => 'exact',
    format: () => 'access',
    'event.kind': () => 'event',
    'event.category': () => WEB,
    'event.type': () => (spans.status >= 500 ? ACCESS_ERROR : ACCESS),
    'event.outcome': () =>
      spans.status < 0 ? 'unknown' : spans.status >= 400 ? 'failure' : 'success',
    'event.dataset': () => 'nginx.access',
    'source.ip': () => (isIpText(client()) ? client() : undefined),
    'source.address': client,
    'user.name': () => cut(spans.userStart, spans.userEnd),
    'http.request.method': () => cut(spans.methodStart, spans.methodEnd),
    'http.request.referrer': () => cut(spans.referrerStart, spans.referrerEnd),
    'http.response.status_code': () => (spans.status < 0 ? undefined : spans.status),
    'http.response.body.bytes': () => (spans.bytes < 0 ? undefined : spans.bytes),
    'http.version': () => cut(spans.versionStart, spans.versionEnd),
    'url.original': original,
    'url.scheme': () => (isPlainTarget() ? undefined : target().scheme),
    'url.domain': () =>
      (isPlainTarget() ? undefined : target().domain) ?? cut(spans.vhostStart, spans.vhostEnd),
    'url.path': () =>
      isPlainTarget()
        ? cut(spans.targetStart, spans.queryStart < 0 ? spans.targetEnd : spans.queryStart - 1)
        : target().path,
    'url.query': () =>
      isPlainTarget()
        ? spans.queryStart < 0
          ? undefined
          : cut(spans.queryStart, spans.targetEnd)
        : target().query,
    'url.extension': () => target().extension,
    'destination.port': () => (isPlainTarget() ? undefined : target().port),
    'event.duration': () => extras()?.durationNs,
    'related.ip': () => {
      const forwarded = extras()?.forwarded;
      return forwarded === undefined || forwarded.length === 0 ? undefined : forwarded;
    },
    'user_agent.original': () => cut(spans.agentStart, spans.agentEnd),
  };
  const event = {} as Event;
  for (const [field, get] of Object.entries(getters)) {
    Object.defineProperty(event, field, { get, enumerable: true });
  }
  return {
    event,
    move(nextBytes, nextTimeUs) {
      bytes = nextBytes;
      timeUs = nextTimeUs;
    },
  };
}
