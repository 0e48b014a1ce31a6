/**
 * Web server lines inside another log's envelope: nginx and Apache writing to syslog, the journal or a
 * container's output.
 */
import type { Event } from '../../events/event.ts';
import { isSkip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { format as access } from './access.ts';
import { format as apacheError, readUntimedApache } from './apache-error.ts';
import type { LogFormat } from './log-format.ts';
import { format as nginxError } from './nginx-error.ts';

const READERS: readonly LogFormat[] = [access, nginxError, apacheError];

/** What the envelope knows better than the line in it. */
const ENVELOPE = new Set([
  'timeUs',
  'timeConfidence',
  'format',
  'process.pid',
  'event.kind',
  'message',
]);

/** Programs whose messages are worth a look; paths, instances and `-` suffixes count as the program. */
const WEB_PROGRAM =
  /^(?:nginx|apache2?|httpd|caddy|traefik|lighttpd|openresty|litespeed|haproxy)(?:[/@_-]|$)/;

/** True for the tag of a web server. */
export const isWebProgram = (program: string | undefined): boolean =>
  program !== undefined && WEB_PROGRAM.test(program);

/**
 * Adds to `event`, which holds the envelope, what `message` says as an access or error line. Gives the event
 * back unchanged when it is neither.
 */
export function withWebLine(event: Event, message: string, clock: Clock): Event {
  const inner = readWebLine(message, clock);
  if (inner === undefined) return event;
  const merged: Record<string, unknown> = { ...event };
  for (const [field, value] of Object.entries(inner)) {
    if (value !== undefined && !ENVELOPE.has(field)) merged[field] = value;
  }
  return merged as unknown as Event;
}

function readWebLine(message: string, clock: Clock): Event | undefined {
  const { confidence } = clock;
  for (const reader of READERS) {
    if (!reader.detect(message)) continue;
    const event = reader.parse(message, clock);
    clock.confidence = confidence;
    return isSkip(event) ? undefined : event;
  }
  return readUntimedApache(message);
}
