/**
 * What stands in a message whose program and time an envelope has taken off: a line of a web server, a record of an
 * application or of CloudTrail. For envelopes that read their payload line by line, as syslog and the journal do.
 */
import { type Event, isSkip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { format as access } from '../formats/access.ts';
import { format as accessTimeFirst } from '../formats/access-time-first.ts';
import { format as apacheError, readUntimedApache } from '../formats/apache-error.ts';
import { format as auditd } from '../formats/auditd.ts';
import { format as cloudtrail } from '../formats/cloudtrail.ts';
import { format as jsonLines, ownsRecord } from '../formats/json-lines.ts';
import type { LogFormat } from '../formats/log-format.ts';
import { format as nginxError } from '../formats/nginx-error.ts';
import { format as windowsEvent } from '../formats/windows-event.ts';
import { format as windowsJson } from '../formats/windows-json.ts';
import { type OwnFields, withEnvelope } from './wrapped.ts';

const LINES: readonly LogFormat[] = [access, accessTimeFirst, nginxError, apacheError];
const RECORDS: readonly LogFormat[] = [
  cloudtrail,
  windowsJson,
  { ...jsonLines, detect: ownsRecord },
  windowsEvent,
];

/** The format that a line with nothing around it is surely in; undefined when none claims it. */
export const payloadFormat = (text: string): LogFormat | undefined =>
  [...(isRecord(text) ? RECORDS : LINES), auditd].find((format) => format.detect(text));

/** No program begins its own words so. */
const isRecord = (text: string): boolean => text.startsWith('{') || text.startsWith('<Event>');

/** Programs whose error lines need no time of their own to be known. */
const WEB_PROGRAM =
  /^(?:nginx|apache2?|httpd|caddy|traefik|lighttpd|openresty|litespeed|haproxy)(?:[/@_-]|$)/;

/** How a line of the formats above begins; a cheap look. */
const BEGINS = /^(?:\[|[\da-fA-F:."-]{1,45}[ ,]|[\w.-]{1,255}(?::\d{1,5})? \S)/;

/**
 * The event of a message, with what the envelope knows; undefined when it is the program's own words.
 * @param event what the envelope says: its program, host and time
 */
export function readPayload(event: Event, message: string, clock: Clock): Event | undefined {
  const program = event['process.name'];
  const isWeb = program !== undefined && WEB_PROGRAM.test(program);
  const isOwnWords =
    !isRecord(message) && (event['event.action'] !== undefined || !BEGINS.test(message));
  if (!isWeb && isOwnWords) return undefined;
  const { confidence } = clock;
  const inner = readInner(message, clock, isWeb);
  clock.confidence = confidence;
  if (inner === undefined) return undefined;
  const { timeUs, timeConfidence } = event;
  const own: OwnFields = {};
  // Of an event of Windows the process is that which it tells of, not who sent it.
  for (const field of inner.winlog === undefined ? OWN : OF_LOGGER)
    if (event[field] !== undefined) Object.assign(own, { [field]: event[field] });
  const wrapped = { payload: message, stream: undefined, own, timeUs, timeConfidence };
  return withEnvelope(inner, { ...wrapped, plain: () => undefined });
}

/** What only the logger knows of a message. */
const OF_LOGGER = [
  'host.hostname',
  'log.syslog.priority',
  'log.syslog.facility.code',
  'log.syslog.severity.code',
  'log.syslog.msgid',
] as const;
const OWN = [...OF_LOGGER, 'process.name', 'process.pid'] as const;

function readInner(message: string, clock: Clock, isWeb: boolean): Event | undefined {
  for (const reader of isRecord(message) ? RECORDS : LINES) {
    if (!reader.detect(message)) continue;
    const event = reader.parse(message, clock);
    return isSkip(event) ? undefined : event;
  }
  return isWeb ? readUntimedApache(message) : undefined;
}
