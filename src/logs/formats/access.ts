/**
 * Access logs of web servers in the Common Log Format and what grew from it: combined, with a virtual
 * host in front, with response time, forwarded addresses or upstream behind. nginx, Apache, Traefik,
 * Caddy, LiteSpeed, WebLogic. Big files go through `scanAccess` directly; `parse` builds on it.
 */
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { accessEvent, createAccessLine, moveLine } from './access-fields.ts';
import { ACCESS_SAMPLES } from './access-samples.ts';
import { scanAccess } from './access-scan.ts';
import { createAccessSpans } from './access-spans.ts';
import { accessTime } from './access-time.ts';
import type { LogFormat } from './log-format.ts';

const spans = createAccessSpans();
const scanned = createAccessLine(spans);

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
  moveLine(scanned, line, timeUs, clock);
  return accessEvent(scanned);
}

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

/** Access logs that begin with the client or the virtual host. */
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
