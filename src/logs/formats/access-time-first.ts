/**
 * Access logs that begin with the time: Nginx Proxy Manager, NPMplus, Tomcat as Atlassian's products set it up,
 * Apache's ssl_request_log, Envoy and Istio. Each dialect is one pattern that names its parts.
 */

import { type Peer, readIpList, readPeer } from '../../events/address.ts';
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { firstPublic } from './access-head.ts';
import { readStamp } from './access-time.ts';
import { TIME_FIRST_SAMPLES } from './access-time-first-samples.ts';
import { applicationSources } from './application.ts';
import type { LogFormat } from './log-format.ts';
import { splitRequestLine } from './request-line.ts';
import { NO_TARGET, splitHost, splitTarget } from './request-target.ts';

const TIME =
  '^\\[(?<time>\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}|\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,18}Z)\\] ';
// Quoted text whose quotes are escaped, or not at all: the pieces behind it tell where it ends.
const QUOTED = '[^"\\\\]*(?:\\\\.[^"\\\\]*)*';

const DIALECTS: readonly RegExp[] = [
  // [time] [cache] [upstream status] status - GET https host "/path" [Client ip] [Length n] ... "agent" "referrer"
  `${TIME}(?:[A-Z-]{1,12} (?:[\\d, -]{1,40} )?)?(?<status>\\d{3}) - (?<method>[A-Z]{1,16}) (?<scheme>https?) (?<host>\\S{1,255}) "(?<target>${QUOTED})" \\[Client (?<client>[^\\]]{1,64})\\] \\[Length (?<bytes>\\d{1,15}|-)\\][^"]{0,400}"(?<agent>${QUOTED})" "(?<referrer>${QUOTED})"`,
  // [time] host ip seconds "request" status bytes length referrer agent
  `${TIME}(?<host>\\S{1,255}) (?<client>[\\d.a-fA-F:]{2,64}) (?<seconds>\\d{1,6}\\.\\d{3}) "(?<request>${QUOTED})" (?<status>\\d{3}) (?<bytes>\\d{1,15}) \\d{1,15} (?<referrer>\\S{1,4096}) (?<agent>.*)$`,
  // [time] [forwarded] user thread ip GET /path HTTP/1.1 status 12ms bytes referrer agent
  `${TIME}(?:(?<forwarded>[\\d.a-fA-F:,]{2,255}) )?(?<user>\\S{1,128}(?: \\S{1,64}){0,3}?) [\\w.-]{1,80}-exec-\\d{1,6} (?<client>\\S{1,255}) (?<request>[A-Z]{1,16} \\S{1,8192} HTTP/\\d(?:\\.\\d)?) (?<status>\\d{3}) (?<millis>\\d{1,12})ms (?<bytes>\\d{1,15}|-)(?: (?<referrer>\\S{1,4096}) (?<agent>.*))?$`,
  // Apache's ssl_request_log: [time] ip protocol cipher "request" bytes
  `${TIME}(?<client>\\S{1,255}) (?:(?:TLS|SSL)v(?<tls>[\\d.]{1,4})|-) (?:[A-Z0-9_-]{1,64}) "(?<request>${QUOTED})" (?<bytes>\\d{1,15}|-)$`,
  // Istio: [time] "request" status flags details termination "failure" received sent ms upstream-ms "forwarded" "agent" "id" "host" "upstream" cluster local downstream-local downstream-remote
  // Envoy escapes no quotes: the agent ends where what follows it fits up to the end of the line.
  // Envoy's own default lacks the three parts after the flags and all behind the upstream.
  `${TIME}"(?<request>${QUOTED})" (?<status>\\d{1,3}) \\S{1,64} (?:\\S{1,200} \\S{1,400} "[^"]{0,2000}" )?\\d{1,15} (?<bytes>\\d{1,15}) (?<millis>\\d{1,12}) (?:\\d{1,12}|-) "(?<forwarded>[^"]{0,400})" "(?<agent>.*)" "(?<id>[^"]{0,200})" "(?<host>[^"]{0,255})" "(?<upstream>[^"]{0,255})"(?: \\S{1,400} \\S{1,80} \\S{1,80} (?<client>\\S{1,80})(?: \\S{1,300}){0,4})?$`,
  // Common and combined with the time in front, perhaps with a list of forwarded addresses, which then count.
  `${TIME}(?:"(?<list>[^"]{0,400})" )?(?<client>\\S{1,255})(?: -)? (?<user>[^"\\\\]{1,128}(?:\\\\.[^"\\\\]{0,128}){0,32}) "(?<request>${QUOTED})" (?<status>\\d{3}) (?<bytes>\\d{1,15}|-)(?: "(?<referrer>${QUOTED})" "(?<agent>${QUOTED})"(?: .*)?)?$`,
].map((source) => new RegExp(source));

type Parts = Readonly<Record<string, string | undefined>>;

function split(line: string): Parts | undefined {
  if (line.charCodeAt(0) !== 91) return undefined;
  for (const dialect of DIALECTS) {
    const groups = dialect.exec(line)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}

/** A part, or undefined when it is absent, empty or a dash. */
const part = (parts: Parts, name: string): string | undefined => {
  const text = parts[name];
  return text === undefined || text === '' || text === '-' ? undefined : text;
};

const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);
const ACCESS_ERROR = Object.freeze(['access', 'error']);

function parse(line: string, clock: Clock): Event | Skip {
  const parts = split(line);
  if (parts === undefined) return skip('not an access log line');
  const timeUs = readStamp(parts['time'] ?? '', clock);
  if (Number.isNaN(timeUs)) return skip('unreadable time');
  const request = splitRequestLine(part(parts, 'request') ?? '');
  const original = request?.target ?? part(parts, 'target');
  const target = original === undefined ? NO_TARGET : splitTarget(original);
  const forwarded = part(parts, 'forwarded') ?? listOf(parts);
  const client = clientOf(parts);
  const host = part(parts, 'host');
  const upstream = readPeer(part(parts, 'upstream') ?? '');
  const status = Number(parts['status'] ?? 0);
  const bytes = part(parts, 'bytes');
  return {
    timeUs,
    timeConfidence: clock.confidence,
    format: 'access-time-first',
    'event.kind': 'event',
    'event.category': WEB,
    'event.type': status >= 500 ? ACCESS_ERROR : ACCESS,
    'event.outcome': status === 0 ? 'unknown' : status >= 400 ? 'failure' : 'success',
    'event.dataset': 'nginx.access',
    'event.reason': original === undefined ? 'malformed request' : undefined,
    'event.duration': durationOf(parts),
    'source.ip': client?.ip,
    'source.address': client?.address,
    'source.port': client?.port,
    'destination.ip': upstream?.ip,
    'destination.port': upstream?.port,
    'user.name': part(parts, 'user'),
    'http.request.method': request?.method ?? part(parts, 'method'),
    'http.request.referrer': part(parts, 'referrer'),
    'http.request.id': part(parts, 'id'),
    'http.response.status_code': status === 0 ? undefined : status,
    'http.response.body.bytes': bytes === undefined ? undefined : Number(bytes),
    'http.version': request?.version,
    'url.original': original,
    'url.scheme': target.scheme ?? part(parts, 'scheme'),
    'url.domain': target.domain ?? (host === undefined ? undefined : splitHost(host).domain),
    'url.path': target.path,
    'url.query': target.query,
    'url.extension': target.extension,
    'user_agent.original': part(parts, 'agent'),
    'tls.version': parts['tls'],
    'related.ip': forwarded === undefined ? undefined : readIpList(forwarded),
  };
}

/** Who asked: a list that is known to come from the proxy counts more than the proxy's own address. */
function clientOf(parts: Parts): Peer | undefined {
  const listed = readIpList(part(parts, 'list') ?? '');
  if (listed.length > 0) return readPeer(firstPublic(listed) ?? '');
  const client = part(parts, 'client');
  if (client !== undefined) return readPeer(client);
  return readPeer(part(parts, 'forwarded')?.split(',', 1)[0] ?? '');
}

/** All addresses of a line that has a list in front. */
function listOf(parts: Parts): string | undefined {
  const list = part(parts, 'list');
  return list === undefined ? undefined : `${list},${part(parts, 'client') ?? ''}`;
}

function durationOf(parts: Parts): number | undefined {
  if (parts['seconds'] !== undefined) return Math.round(Number(parts['seconds']) * 1e9);
  return parts['millis'] === undefined ? undefined : Number(parts['millis']) * 1e6;
}

/** Access logs that begin with the time; lines that begin with an address are `access`. */
export const format: LogFormat = {
  name: 'access-time-first',
  title: 'Access log of Nginx Proxy Manager, Tomcat (Jira, Confluence), Envoy and Istio',
  url: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
  sources: applicationSources(),
  forgeable: { 'url.original': 'uri', 'user_agent.original': 'quoted' },
  detect: (line) => split(line) !== undefined,
  parse,
  splittable: true,
  samples: TIME_FIRST_SAMPLES,
};
