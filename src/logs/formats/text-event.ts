/** The event of a line of application text, its meaning and the stack trace under it. */
import type { Event } from '../../events/event.ts';
import { summariseStack } from './stack-lines.ts';
import type { TextLine } from './text-line.ts';
import { readWebMessage } from './web-message.ts';

const ERROR_LEVELS = new Set(['error', 'severe', 'critical', 'fatal']);
const INFO = Object.freeze(['info']);
const ERROR = Object.freeze(['error']);

/** Builds the event; `timeUs` undefined for lines without a time. */
export function textEvent(
  format: string,
  line: TextLine,
  timeUs: number | undefined,
  timeConfidence: Event['timeConfidence'],
): Event {
  const web = readWebMessage(line.message);
  return {
    timeUs,
    timeConfidence: timeUs === undefined ? 'none' : timeConfidence,
    format,
    message: line.message,
    'event.kind': 'event',
    'event.category': web.category,
    'event.type': web.type ?? (ERROR_LEVELS.has(line.level) ? ERROR : INFO),
    'event.action': web.action,
    'event.outcome': web.outcome,
    'event.dataset': `${format}.log`,
    'event.reason': web.reason,
    'source.ip': web.client?.ip,
    'source.address': web.client?.address,
    'source.port': web.client?.port,
    'user.name': web.user,
    'http.request.method': web.method,
    'http.version': web.version,
    'http.response.status_code': web.status,
    'http.response.body.bytes': web.bytes,
    'url.original': web.original,
    'url.domain': web.target.domain ?? web.domain,
    'url.path': web.target.path,
    'url.query': web.target.query,
    'url.extension': web.target.extension,
    'log.level': line.level === '' ? undefined : line.level,
    'log.logger': line.logger,
    'log.origin.function': line.function,
    'log.origin.file.line': line.line === undefined ? undefined : Number(line.line),
    'process.pid': line.pid === undefined ? undefined : Number(line.pid),
    'process.thread.name': line.thread,
    'error.type': undefined,
    'error.message': undefined,
    'error.stack_trace': undefined,
  };
}

/** Adds the stack trace in `lines` (the event's own line first) and the error it ends in. */
export function withStack(event: Event, lines: readonly string[]): Event {
  const stack = lines.slice(1);
  const summary = summariseStack(stack);
  return {
    ...event,
    'error.type': summary.type,
    'error.message': summary.message,
    'error.stack_trace': stack.join('\n'),
  };
}
