/**
 * Access logs of web servers in the Common Log Format and what grew from it: combined, with a virtual
 * host in front, with response time, forwarded addresses or upstream behind. nginx, Apache, Traefik,
 * Caddy, LiteSpeed, WebLogic. Big files go through `scanAccess` directly; `parse` builds on it.
 */
import { readIpList, readPeer } from '../../events/address.ts';
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { readAccessExtras } from './access-extras.ts';
import { ACCESS_SAMPLES } from './access-samples.ts';
import { scanAccess } from './access-scan.ts';
import { type AccessSpans, createAccessSpans } from './access-spans.ts';
import { accessTime } from './access-time.ts';
import type { LogFormat } from './log-format.ts';
import { NO_TARGET, splitTarget } from './request-target.ts';

const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);
const ACCESS_ERROR = Object.freeze(['access', 'error']);
const spans = createAccessSpans();

let scratch = Buffer.alloc(1 << 13);

/** One byte per character; valid until the next call. What is beyond latin1 becomes a byte that means nothing. */
function bytesOf(line: string): Buffer {
  if (line.length > scratch.length) scratch = Buffer.alloc(line.length * 2);
  scratch.write(WIDE.test(line) ? line.replace(WIDE_EACH, '\u0080') : line, 'latin1');
  return scratch;
}

const WIDE = /[^\0-\xff]/;
const WIDE_EACH = /[^\0-\xff]/g;

function parse(line: string, clock: Clock): Event | Skip {
  const bytes = bytesOf(line);
  if (!scanAccess(bytes, 0, line.length, spans)) return skip('not an access log line');
  const timeUs = accessTime(bytes, spans, clock);
  if (Number.isNaN(timeUs)) return skip('unreadable time');
  return accessEvent(line, spans, timeUs, clock);
}

/** The event of a scanned line: the reader of whoever calls `scanAccess` and `accessTime` himself. */
export function accessEvent(text: string, at: AccessSpans, timeUs: number, clock: Clock): Event {
  const client = readPeer(text.slice(at.clientStart, at.clientEnd));
  const original = slice(text, at.targetStart, at.targetEnd);
  const target = original === undefined ? NO_TARGET : splitTarget(original);
  const hasExtras = at.extrasEnd - at.extrasStart > 1;
  const extras = hasExtras ? readAccessExtras(text.slice(at.extrasStart, at.extrasEnd)) : undefined;
  const status = at.status < 0 ? undefined : at.status;
  const isFailure = at.status >= 400;
  return {
    timeUs,
    timeConfidence: clock.confidence,
    format: 'access',
    'event.kind': 'event',
    'event.category': WEB,
    'event.type': at.status >= 500 ? ACCESS_ERROR : ACCESS,
    'event.outcome': status === undefined ? 'unknown' : isFailure ? 'failure' : 'success',
    'event.dataset': 'nginx.access',
    'event.reason': original === undefined ? 'malformed request' : undefined,
    'event.duration': extras?.durationNs,
    'source.ip': client?.ip,
    'source.address': client?.address,
    'user.name': slice(text, at.userStart, at.userEnd),
    'http.request.method': slice(text, at.methodStart, at.methodEnd),
    'http.request.referrer': slice(text, at.referrerStart, at.referrerEnd),
    'http.response.status_code': status,
    'http.response.body.bytes': at.bytes < 0 ? undefined : at.bytes,
    'http.version': slice(text, at.versionStart, at.versionEnd),
    'url.original': original,
    'url.scheme': target.scheme,
    'url.domain': target.domain ?? slice(text, at.vhostStart, at.vhostEnd),
    'url.path': target.path,
    'url.query': target.query,
    'url.extension': target.extension,
    'destination.port': target.port,
    'user_agent.original': slice(text, at.agentStart, at.agentEnd),
    'related.ip': relatedAddresses(
      slice(text, at.forwardedStart, at.forwardedEnd),
      extras?.forwarded,
    ),
  };
}

/** The addresses of the lists in front of the time and behind the user agent; undefined when there are none. */
function relatedAddresses(
  list: string | undefined,
  forwarded: readonly string[] = [],
): readonly string[] | undefined {
  if (list === undefined) return forwarded.length === 0 ? undefined : forwarded;
  const all = [...readIpList(list.replace(/[\s"]+/g, ',')), ...forwarded];
  return all.length === 0 ? undefined : [...new Set(all)];
}

const slice = (text: string, start: number, end: number): string | undefined =>
  start < 0 || end <= start ? undefined : text.slice(start, end);

const detectSpans = createAccessSpans();
const STAMP_START =
  /^\d{1,2}\/(?:[A-Za-z]{3}|\d\d)\/\d{4}[: ]|^[A-Z][a-z]{2}\/\d\d\/\d{4}:|^\d{4}-\d\d-\d\d[T ]/;
const MAX_DETECT = 1 << 20;

/** A client in front, a stamp in brackets, then a quoted request with a status behind it. */
function detect(line: string): boolean {
  if (line.length > MAX_DETECT || line.startsWith('{')) return false;
  if (!scanAccess(bytesOf(line), 0, line.length, detectSpans)) return false;
  const { timeStart, timeEnd, requestEnd, status, bytes } = detectSpans;
  if (!STAMP_START.test(line.slice(timeStart, timeEnd))) return false;
  return requestEnd >= 0 && (status >= 100 || bytes >= 0) && status <= 999;
}

export const format: LogFormat = {
  name: 'access',
  title: 'Web server access log (common, combined and extended)',
  url: 'https://httpd.apache.org/docs/2.4/logs.html#accesslog',
  sources: [
    // The line does not say which server wrote it.
    {
      products: ['nginx', 'apache'],
      categories: ['webserver'],
      services: ['nginx', 'apache', 'access'],
    },
  ],
  lane: 'positions',
  pieceBytes: 8 * 1024 * 1024,
  forgeable: {
    'user.name': 'quoted',
    'url.original': 'uri',
    'http.request.referrer': 'quoted',
    'user_agent.original': 'quoted',
  },
  detect,
  parse,
  splittable: true,
  samples: ACCESS_SAMPLES,
};
