/** The HTTP request and response inside a JSON record. */
import type { Event } from '../../events/event.ts';
import type { FoundFields } from './json-fields.ts';
import { integerField, textField } from './json-found.ts';
import { splitRequestLine } from './request-line.ts';
import { NO_TARGET, type RequestTarget, splitHost, splitTarget } from './request-target.ts';

/** What a record says of a request; `bytes` are those of the response's body. */
export interface JsonHttp {
  method: string | undefined;
  original: string | undefined;
  target: RequestTarget;
  query: string | undefined;
  scheme: string | undefined;
  domain: string | undefined;
  version: string | undefined;
  status: number | undefined;
  bytes: number | undefined;
  category: readonly string[] | undefined;
  type: readonly string[] | undefined;
  outcome: Event['event.outcome'];
}

const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);
const ACCESS_ERROR = Object.freeze(['access', 'error']);
/** Names that mean a URL wherever they stand; `path` and `target` do so only beside a method or status. */
const SURE_URL = /^(?:url|http|request)/;

/** Undefined when the record speaks of no request. */
export function httpOf(found: FoundFields): JsonHttp | undefined {
  const request = textField(found, 'request') ?? '';
  const line = splitRequestLine(request);
  const method = textField(found, 'method') ?? line?.method;
  const status = integerField(found, 'status', 100, 599);
  const url = found.get('url');
  const isUrl =
    url !== undefined && (method !== undefined || status !== undefined || SURE_URL.test(url.name));
  // Logstash writes the target alone under `request`.
  const target = method !== undefined && request.startsWith('/') ? request : line?.target;
  const original = isUrl ? textField(found, 'url') : target;
  if (method === undefined && original === undefined && status === undefined) return undefined;
  const isRequest = method !== undefined && (original !== undefined || status !== undefined);
  const domain = textField(found, 'domain') ?? (isRequest ? hostHeader(found) : undefined);
  return {
    method,
    original,
    target: original === undefined ? NO_TARGET : splitTarget(original),
    query: textField(found, 'query')?.replace(/^\?/, ''),
    scheme: textField(found, 'scheme')?.toLowerCase(),
    domain: domain === undefined ? undefined : splitHost(domain).domain,
    version: textField(found, 'protocol')?.replace(/^HTTP\//, '') ?? line?.version,
    status,
    bytes: isRequest || status !== undefined ? integerField(found, 'bytes', 0, 2 ** 50) : undefined,
    category: isRequest ? WEB : undefined,
    type: isRequest ? ((status ?? 0) >= 500 ? ACCESS_ERROR : ACCESS) : undefined,
    outcome:
      isRequest && status !== undefined ? (status >= 400 ? 'failure' : 'success') : undefined,
  };
}

/** A plain `host` beside a request is the `Host` header, not the machine that logs. */
export const hostHeader = (found: FoundFields): string | undefined =>
  found.get('host')?.name === 'host' ? textField(found, 'host') : undefined;
