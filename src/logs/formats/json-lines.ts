/**
 * Logs of one JSON object per line, whoever wrote them: winston, pino, bunyan, zap, logrus, zerolog, slog,
 * python-json-logger, structlog, log4j2, Serilog, GELF, ECS, Docker, and JSON access logs. Which name
 * means what is the table in `json-aliases.ts`.
 */

import { readIp, readIpList } from '../../events/address.ts';
import type { Event, Skip } from '../../events/event.ts';
import { isSkip, skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { collectedLine, programOf } from '../envelopes/json-envelope.ts';
import type { Wrapped } from '../envelopes/wrapped.ts';
import { readUntimedApache } from './apache-error.ts';
import { applicationSources } from './application.ts';
import { format as cloudtrail } from './cloudtrail.ts';
import { type FoundFields, findFields, isRecord } from './json-fields.ts';
import { integerField, listField, textField } from './json-found.ts';
import { hostHeader, httpOf } from './json-http.ts';
import { JSON_SAMPLES } from './json-lines-samples.ts';
import { loginOf, outcomeOf, outcomeOfCode } from './json-login.ts';
import { productOf } from './json-products.ts';
import { readRecord } from './json-record.ts';
import { hasLogFields, jsonSplitter, looksLikeDocument } from './json-records.ts';
import { jsonSlots } from './json-slots.ts';
import { addressOf, durationOf, levelOf, textOf } from './json-values.ts';
import { processName, readMessage } from './linux/programs.ts';
import { readBareSshd } from './linux/ssh-bare.ts';
import { createSyslogEvent } from './linux/syslog-event.ts';
import type { LogFormat } from './log-format.ts';
import { readModSecurity } from './modsecurity.ts';
import { isStackLine } from './stack-lines.ts';
import { readEpoch, readTimeText } from './time-text.ts';
import { format as windowsJson } from './windows-json.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

function parse(line: string, clock: Clock): Event | Skip {
  const record = readRecord(line);
  if (record === undefined) return skip(line.includes('{') ? 'broken JSON' : 'not JSON');
  if (isJournal(record)) return skip('a record of the journal');
  const product = productOf(record);
  if (product !== undefined) {
    const event = recordEvent(record, clock);
    product.fill(record, event, clock);
    return event;
  }
  const known = cloudtrail.detect(line) ? cloudtrail.parse(line, clock) : undefined;
  return known === undefined || isSkip(known) ? recordEvent(record, clock) : known;
}

function unwrap(line: string, clock: Clock): Wrapped | undefined {
  const record = readRecord(line);
  if (record === undefined || isOwned(record, line)) return undefined;
  if (productOf(record) !== undefined) return undefined;
  const hasLevel = (): boolean => levelField(record, findFields(record)) !== undefined;
  const collected = collectedLine(record, hasLevel);
  if (collected === undefined) return undefined;
  const { text, own, stream, isPartial } = collected;
  const timeUs =
    typeof record['time'] === 'string' && stream !== undefined
      ? readTimeText(record['time'], clock)
      : timeOf(record, findFields(record), clock);
  const timeConfidence = timeUs === undefined ? 'none' : clock.confidence;
  const plain = (payload: string): Event => {
    const event = plainEvent(record, payload, clock);
    return payload === text ? event : { ...event, message: payload };
  };
  return { payload: text, stream, own, timeUs, timeConfidence, isPartial, plain };
}

/** The event of a collected line that no format claims: a program's words, a record of its own, or the collector's. */
function plainEvent(record: JsonRecord, text: string, clock: Clock): Event {
  const told = readTold(record, text) ?? readUntimedApache(text) ?? readBareSshd(text);
  if (told !== undefined) return told;
  return recordEvent(record, clock);
}

/** What a known program's message says, where the collector has put its name into a field of its own. */
function readTold(record: JsonRecord, message: string): Event | undefined {
  const program = programOf(record);
  if (program === undefined) return undefined;
  const event = createSyslogEvent();
  event.message = message;
  event['process.name'] = processName(program);
  readMessage(program, message, event);
  return event['event.action'] === undefined ? undefined : event;
}

/** The event of an object: what its names mean is the table of `json-aliases.ts`. */
export function recordEvent(record: JsonRecord, clock: Clock): Event {
  const found = findFields(record);
  const timeUs = timeOf(record, found, clock);
  const source = addressOf(found.get('ip')?.value);
  const message = messageOf(record, found);
  const http = httpOf(found);
  const action = textField(found, 'action') ?? typedAction(record, found);
  const login = loginOf(found, message, action);
  // Coraza and ModSecurity v3 write their alerts through the server's JSON logger.
  const alert = message === undefined ? undefined : readModSecurity(message);
  const client = source?.host ?? login?.address ?? alert?.client;
  const peer = peerOf(record, client);
  const isOfPeer = peer !== undefined && found.get('port')?.name.includes('remote') === true;
  const destination = addressOf(found.get('destinationIp')?.value)?.host;
  const level = levelField(record, found);
  const user =
    login?.account ?? (isActedOn(found) ? undefined : textField(found, 'user')) ?? login?.user;
  const isHostHeader = http?.category !== undefined && hostHeader(found) !== undefined;
  return {
    timeUs,
    timeConfidence: timeUs === undefined ? 'none' : clock.confidence,
    format: 'json-lines',
    message,
    'event.kind': alert === undefined ? 'event' : 'alert',
    'event.category':
      listField(found, 'category') ?? login?.category ?? alert?.category ?? http?.category,
    'event.type': listField(found, 'type') ?? login?.type ?? alert?.type ?? http?.type,
    'event.action': action ?? login?.action ?? (alert === undefined ? undefined : 'waf_alert'),
    'event.outcome':
      outcomeOf(found) ??
      login?.outcome ??
      alert?.outcome ??
      http?.outcome ??
      outcomeOfCode(found, action),
    'event.dataset': textField(found, 'dataset') ?? 'json',
    'event.provider': textField(found, 'provider'),
    'event.code': textField(found, 'code') ?? alert?.ruleId,
    'event.id': textField(found, 'eventId'),
    'event.reason': textField(found, 'reason') ?? alert?.summary,
    'rule.name': alert?.ruleMessage,
    'event.duration': durationField(record, found),
    'source.ip': client !== undefined && readIp(client) !== undefined ? client : undefined,
    'source.address': client,
    // The port of who was on the line is none of the client that he speaks for.
    'source.port': source?.port ?? (isOfPeer ? undefined : integerField(found, 'port', 1, 65_535)),
    'related.ip': peer === undefined ? forwardedOf(found) : [...(forwardedOf(found) ?? []), peer],
    'destination.ip': destination,
    'destination.address': destination,
    'destination.port': integerField(found, 'destinationPort', 1, 65_535),
    'network.transport': textField(found, 'transport')?.toLowerCase(),
    'user.name': user,
    'user.id': textField(found, 'userId'),
    'user.target.name': targetOf(found, user),
    'user.domain': textField(found, 'userDomain'),
    'host.name': isHostHeader ? undefined : textField(found, 'host')?.replace(/^[^\\]{1,64}\\/, ''),
    'service.name': textField(found, 'service'),
    'process.pid': integerField(found, 'pid', 0, 2 ** 32),
    'process.thread.name': textField(found, 'thread'),
    'http.request.method': http?.method,
    'http.request.referrer': textField(found, 'referrer'),
    'http.request.id': textField(found, 'requestId'),
    'http.response.status_code': http?.status,
    'http.response.body.bytes': http?.bytes,
    'http.version': http?.version,
    'url.original': http?.original ?? alert?.uri,
    'url.scheme': http?.target.scheme ?? http?.scheme,
    'url.domain': http?.target.domain ?? http?.domain ?? alert?.hostname,
    'url.path': http?.target.path ?? alert?.uri,
    'url.query': http?.target.query ?? http?.query,
    'url.extension': http?.target.extension,
    'user_agent.original': textField(found, 'agent'),
    'log.level': level,
    'log.logger': textField(found, 'logger'),
    'log.origin.file.name': textField(found, 'originFile'),
    'log.origin.file.line': integerField(found, 'originLine', 0, 1e9),
    'log.origin.function': textField(found, 'originFunction'),
    'error.message': textField(found, 'errorMessage'),
    'error.type': textField(found, 'errorType'),
    'error.code': textField(found, 'errorCode'),
    'error.stack_trace': stackOf(found),
    'session.id': textField(found, 'session'),
    'trace.id': textField(found, 'traceId'),
    raw: record,
  };
}

/** Audit logs that call it a type, in words with a mark between: `org_sso_toggled`, `{"event": {"type": "page.exported"}}`. */
function typedAction(record: JsonRecord, found: FoundFields): string | undefined {
  if (!found.has('user') && !found.has('ip') && !isRecord(record['actor'])) return undefined;
  const { event } = record;
  const type = record['type'] ?? (isRecord(event) ? event['type'] : undefined);
  return typeof type === 'string' && TYPED_ACTION.test(type) ? type : undefined;
}

const TYPED_ACTION = /^[a-z0-9]{1,40}(?:[._][a-z0-9]{1,40}){1,8}$/;

/** Every address of a list of proxies, as a header or as an array; undefined for a single one, which is the source. */
function forwardedOf(found: FoundFields): readonly string[] | undefined {
  const value = found.get('forwarded')?.value ?? found.get('ip')?.value;
  const text = Array.isArray(value)
    ? value.filter((item) => typeof item === 'string').join(',')
    : value;
  if (typeof text !== 'string' || text.length > 4096) return undefined;
  const all = readIpList(text);
  return all.length > 1 || (all.length === 1 && found.has('forwarded')) ? all : undefined;
}

const PEER_KEYS = ['remote_ip', 'remote_addr', 'remote_address', 'remoteAddress', 'remoteIp'];

/** Who was on the line, where it is another than the client that the record names: a proxy. */
function peerOf(record: JsonRecord, client: string | undefined): string | undefined {
  if (client === undefined) return undefined;
  const { request = record } = record;
  for (const key of isRecord(request) ? PEER_KEYS : []) {
    const peer = addressOf((request as JsonRecord)[key])?.host;
    if (peer !== undefined && peer !== client && readIp(peer) !== undefined) return peer;
  }
  return undefined;
}

/** Names the record who acted by his number alone? The name of a `user` beside him is that of another. */
const isActedOn = (found: FoundFields): boolean => {
  const [name, number] = [found.get('user'), found.get('userId')];
  return number !== undefined && name !== undefined && number.rank < 0 && name.rank >= 0;
};

/** On whom it was done: named so, or the `user` beside an actor. */
function targetOf(found: FoundFields, user: string | undefined): string | undefined {
  const named = textField(found, 'target') ?? textField(found, 'namedUser');
  return named === user ? undefined : named;
}

const readTime = (value: unknown, clock: Clock): number | undefined =>
  typeof value === 'number'
    ? readEpoch(value, clock)
    : typeof value === 'string'
      ? readTimeText(value.trim(), clock)
      : undefined;

function timeOf(record: JsonRecord, found: FoundFields, clock: Clock): number | undefined {
  const time = found.get('time');
  const timeUs = readTime(time?.value ?? dateAndTime(record), clock);
  const instant = record['instant'];
  if (timeUs === undefined || time?.name !== 'instant.epochsecond' || !isRecord(instant))
    return timeUs;
  const nanos = instant['nanoOfSecond'];
  return typeof nanos === 'number' ? timeUs + Math.floor(nanos / 1000) : timeUs;
}

/** The day under one key, the clock under another. */
function dateAndTime(record: JsonRecord): string | undefined {
  const [date, time] = [record['date'] ?? record['Date'], record['time'] ?? record['Time']];
  if (typeof date !== 'string' || typeof time !== 'string') return undefined;
  return /^\d{1,2}:\d\d/.test(time) && date.length <= 10 ? `${date} ${time}` : undefined;
}

function messageOf(record: JsonRecord, found: FoundFields): string | undefined {
  const template = record['@mt'];
  if (typeof template === 'string' && record['@m'] === undefined) {
    return template
      .slice(0, 4096)
      .replace(/\{@?(\w{1,64})(?:[,:][^{}]{0,32})?\}/g, (hole, name: string) =>
        Object.hasOwn(record, name) ? (textOf(record[name]) ?? hole) : hole,
      );
  }
  return textField(found, 'message')?.replace(/\r?\n$/, '') ?? textField(found, 'action');
}

function levelField(record: JsonRecord, found: FoundFields): string | undefined {
  const isGelf = 'short_message' in record;
  const level = levelOf(found.get('level')?.value, isGelf);
  // Serilog's compact format leaves the level out when it is Information.
  return level ?? ('@t' in record && ('@m' in record || '@mt' in record) ? 'info' : undefined);
}

function durationField(record: JsonRecord, found: FoundFields): number | undefined {
  const duration = found.get('duration');
  if (duration === undefined) return undefined;
  const isTraefik = 'DownstreamStatus' in record;
  // zap writes its durations, like its `ts`, as seconds with a fraction.
  const isZap = typeof record['ts'] === 'number';
  return durationOf(duration.name, duration.value, isTraefik ? 1 : isZap ? 1e9 : undefined);
}

function stackOf(found: FoundFields): string | undefined {
  const value = found.get('stack')?.value;
  if (!Array.isArray(value)) return textField(found, 'stack');
  const lines = value.filter((line): line is string => typeof line === 'string').slice(0, 200);
  return lines.length === 0 ? undefined : lines.join('\n');
}

const MAX_DETECT = 1_000_000;
const RECORD_START = /^\{\s*"/;

/** A JSON object with a time, or with a level and a message, that no other JSON format owns. */
function detect(line: string): boolean {
  if (!RECORD_START.test(line.slice(0, 120)) || !ownsRecord(line)) return false;
  return productOf(readRecord(line) as JsonRecord) === undefined;
}

/** A record that is read here: any with the fields of a log, and those of the products. */
export const ownsRecord = (line: string): boolean => {
  const record = line.length > MAX_DETECT ? undefined : readRecord(line);
  if (record === undefined || isOwned(record, line)) return false;
  return productOf(record) !== undefined || hasLogFields(record) || holdsRecord(record);
};

/** A record that a collector put as text into its own: the time may stand within. */
const holdsRecord = (record: JsonRecord): boolean =>
  collectedLine(record, () => false)?.text.startsWith('{"') === true;

/** Any object: collectors keep the time to themselves. */
const detectsPayload = (payload: string): boolean => {
  const record =
    payload.length <= MAX_DETECT && payload.startsWith('{') ? readRecord(payload) : undefined;
  return record !== undefined && !isOwned(record, payload) && productOf(record) === undefined;
};

/** journald's export, CloudTrail (also wrapped by EventBridge or Lake) and Windows events have readers of their own. */
const isOwned = (record: JsonRecord, line: string): boolean =>
  isJournal(record) ||
  Array.isArray(record['Records']) ||
  (line.includes('"eventVersion"') && line.includes('"eventSource"')) ||
  cloudtrail.detect(line) ||
  windowsJson.detect(line);

const isJournal = (record: JsonRecord): boolean =>
  '__REALTIME_TIMESTAMP' in record || '__CURSOR' in record;

/** JSON of any program; records of the journal and of CloudTrail have formats of their own, which are asked first. */
export const format: LogFormat = {
  name: 'json-lines',
  title: 'JSON lines of applications, loggers and web servers',
  url: 'https://jsonlines.org/',
  order: 9,
  sources: applicationSources(),
  isEcho: true,
  ownNames: /^/,
  lane: 'templates',
  slots: jsonSlots,
  forgeable: {
    'user.name': 'json',
    'url.original': 'json',
    'user_agent.original': 'json',
  },
  detect,
  detectsPayload,
  unwrap,
  parse,
  records: {
    detect: (head) =>
      looksLikeDocument(head, (record, text) => !isOwned(record, text) && hasLogFields(record)),
    splitter: jsonSplitter,
  },
  continues: (line) => !line.includes('{"') && isStackLine(line),
  splittable: true,
  samples: JSON_SAMPLES,
};
