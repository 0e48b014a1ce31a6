/** What an application's line means by its message, and the stack trace under it. */
import type { EcsField, Event } from '../../events/event.ts';
import { summariseStack } from './stack-lines.ts';
import { readWebMessage } from './web-message.ts';

const ERROR_LEVELS = new Set(['error', 'severe', 'critical', 'fatal']);
const INFO = Object.freeze(['info']);
const ERROR = Object.freeze(['error']);

/** What `refineText` can fill. */
export const TEXT_FIELDS: readonly EcsField[] = [
  ...(['event.category', 'event.type', 'event.action', 'event.outcome', 'event.reason'] as const),
  ...(['source.ip', 'source.address', 'source.port', 'user.name', 'log.logger'] as const),
  ...(['http.request.method', 'http.version', 'http.response.status_code'] as const),
  ...(['http.response.body.bytes', 'url.original', 'url.domain', 'url.path'] as const),
  ...(['url.query', 'url.extension'] as const),
];

const DOTTED_LOGGER = /^([A-Za-z_]\w{0,60}(?:\.\w{1,60}){1,12}): /;

/** Fills the event from its message: requests, refusals and logins in the words of frameworks, and the name of a logger. */
export function refineText(event: Event): void {
  if (event['log.logger'] === undefined) {
    const dotted = DOTTED_LOGGER.exec((event.message ?? '').slice(0, 400));
    if (dotted !== null) {
      event['log.logger'] = dotted[1];
      event.message = event.message?.slice(dotted[0].length);
    }
  }
  const web = readWebMessage(event.message ?? '');
  event['event.category'] = web.category;
  event['event.type'] = web.type ?? (ERROR_LEVELS.has(event['log.level'] ?? '') ? ERROR : INFO);
  event['event.action'] = web.action;
  event['event.outcome'] = web.outcome;
  event['event.reason'] = web.reason;
  event['source.ip'] = web.client?.ip;
  event['source.address'] = web.client?.address;
  event['source.port'] = web.client?.port;
  event['user.name'] = web.user;
  event['http.request.method'] = web.method;
  event['http.version'] = web.version;
  event['http.response.status_code'] = web.status;
  event['http.response.body.bytes'] = web.bytes;
  event['url.original'] = web.original;
  event['url.domain'] = web.target.domain ?? web.domain;
  event['url.path'] = web.target.path;
  event['url.query'] = web.target.query;
  event['url.extension'] = web.target.extension;
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
