/**
 * What the messages of Django, Flask, uvicorn and their extensions mean: requests, refusals, logins.
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django-request
 */
import { type Peer, readPeer } from '../../events/address.ts';
import type { Event } from '../../events/event.ts';
import { readLogin } from './login-text.ts';
import { splitRequestLine } from './request-line.ts';
import { NO_TARGET, type RequestTarget, splitTarget } from './request-target.ts';

/** What a message says of a request, with its ECS words; undefined where it says nothing. */
export interface WebMessage {
  category: readonly string[] | undefined;
  type: readonly string[] | undefined;
  action: string | undefined;
  outcome: Event['event.outcome'];
  reason: string | undefined;
  client: Peer | undefined;
  user: string | undefined;
  method: string | undefined;
  original: string | undefined;
  target: RequestTarget;
  version: string | undefined;
  status: number | undefined;
  bytes: number | undefined;
  domain: string | undefined;
}

const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);
const ACCESS_ERROR = Object.freeze(['access', 'error']);
const DENIED = Object.freeze(['access', 'denied']);
const LOGIN = Object.freeze(['authentication']);
const INFO = Object.freeze(['info']);

const NOTHING: WebMessage = Object.freeze({
  category: undefined,
  type: undefined,
  action: undefined,
  outcome: undefined,
  reason: undefined,
  client: undefined,
  user: undefined,
  method: undefined,
  original: undefined,
  target: NO_TARGET,
  version: undefined,
  status: undefined,
  bytes: undefined,
  domain: undefined,
});

/** Reads a message; a message that says nothing of the web or a login gives an empty answer. */
export function readWebMessage(message: string): WebMessage {
  return (
    requestMessage(message) ??
    statusMessage(message) ??
    refusalMessage(message) ??
    loginMessage(message) ??
    NOTHING
  );
}

/** The client in front is uvicorn's; Django's runserver writes none. The target may hold quotes. */
const REQUEST =
  /^(?:(\S{1,64}) - )?"(.{0,8192})" (\d{3})(?: (?:(\d{1,15})|-|[A-Z][A-Za-z '-]{1,40}))?$/s;

function requestMessage(message: string): WebMessage | undefined {
  const found = REQUEST.exec(message);
  if (found === null) return undefined;
  const request = splitRequestLine(found[2] ?? '');
  const status = Number(found[3]);
  const client = readPeer(found[1] ?? '');
  return {
    ...NOTHING,
    category: WEB,
    type: status >= 500 ? ACCESS_ERROR : ACCESS,
    outcome: status >= 400 ? 'failure' : 'success',
    reason: request === undefined ? 'malformed request' : undefined,
    client: client?.ip === undefined ? undefined : client,
    method: request?.method,
    original: request?.target,
    target: request ?? NO_TARGET,
    version: request?.version,
    status,
    bytes: found[4] === undefined ? undefined : Number(found[4]),
  };
}

const STATUS_WORDS: Readonly<Record<string, number>> = {
  'Bad Request': 400,
  Unauthorized: 401,
  Forbidden: 403,
  'Not Found': 404,
  'Method Not Allowed': 405,
  Gone: 410,
  'Too Many Requests': 429,
  'Internal Server Error': 500,
  'Service Unavailable': 503,
};
const STATUS_MESSAGE =
  /^(Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Gone|Too Many Requests|Internal Server Error|Service Unavailable)(?: \(([^)]{1,400})\))?: (\/.*)$/s;

function statusMessage(message: string): WebMessage | undefined {
  const found = STATUS_MESSAGE.exec(message);
  if (found === null) return undefined;
  const status = STATUS_WORDS[found[1] ?? ''] ?? 0;
  const detail = found[2];
  const original = found[3] ?? '';
  const isCsrf = status === 403 && detail !== undefined && /CSRF|Referer|Origin/i.test(detail);
  const isDenied = status === 401 || status === 403;
  return {
    ...NOTHING,
    category: WEB,
    type: isDenied ? DENIED : status >= 500 ? ACCESS_ERROR : ACCESS,
    action: isCsrf ? 'csrf_rejected' : undefined,
    outcome: 'failure',
    reason: status === 405 ? undefined : detail,
    method: status === 405 ? detail : undefined,
    original,
    target: splitTarget(original),
    status,
  };
}

const HOST_HEADER = /^Invalid HTTP_HOST header: (?:'([^']{0,255})'|"([^"]{0,255})")/;
const SUSPICIOUS =
  /^(?:Session data corrupted|Attempted access to|The request's session was deleted|Invalid session|Suspicious|Directory indexes are not allowed|Detected path traversal)/;

function refusalMessage(message: string): WebMessage | undefined {
  const host = HOST_HEADER.exec(message);
  if (host === null && !SUSPICIOUS.test(message)) return undefined;
  return {
    ...NOTHING,
    category: WEB,
    type: DENIED,
    action: host === null ? 'suspicious_operation' : 'invalid_host_header',
    outcome: 'failure',
    reason: message.slice(0, 400),
    status: 400,
    domain: host?.[1] ?? host?.[2],
  };
}

function loginMessage(message: string): WebMessage | undefined {
  const login = readLogin(message);
  if (login === undefined) return undefined;
  return {
    ...NOTHING,
    category: LOGIN,
    type: INFO,
    action: 'application_login',
    outcome: login.outcome,
    client: login.address === undefined ? undefined : readPeer(login.address),
    user: login.user,
  };
}
