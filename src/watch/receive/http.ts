/**
 * HTTP for senders: Splunk's event collector, `_bulk` of Elasticsearch, GELF, JSON lines and text. What is answered with success is
 * written. The token is looked at before the body.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';
import { messageOf } from '../../errors.ts';
import type { Feed } from './feed.ts';
import { type BodyLines, bulkLines, hecLines, textLines } from './http-bodies.ts';

/** What the server goes by. */
export interface HttpOptions {
  feed: Feed;
  /** Senders must give it; undefined: none is asked for. */
  token: string | undefined;
  /** The largest body, unpacked, bytes. */
  mostBytes: number;
  /** The packages or messages that were refused, for people. */
  onRefused(reason: string): void;
}

interface Answer {
  status: number;
  body: object | string;
  headers?: Record<string, string>;
}

/** Makes the handler of requests. */
export function createHttpHandler(
  options: HttpOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void answerOf(request, options)
      .catch(
        (error: unknown): Answer => ({ status: 503, body: { text: messageOf(error), code: 9 } }),
      )
      .then(({ status, body, headers = {} }) => {
        if (status >= 400) options.onRefused(`${status} for ${request.method} ${request.url}`);
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        response.writeHead(status, {
          ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
          ...headers,
          // A body that nobody reads to its end must not be taken for the next request.
          ...(status === 413 || status === 401 ? { connection: 'close' } : {}),
        });
        response.end(text);
      });
  };
}

async function answerOf(request: IncomingMessage, options: HttpOptions): Promise<Answer> {
  const path = (request.url ?? '/').split('?')[0]?.replace(/\/+$/, '') || '/';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && /^\/services\/collector\/health/.test(path))
    return { status: 200, body: { text: 'HEC is healthy', code: 17 } };
  const refusal = refusalOf(request, options.token);
  if (refusal !== undefined) return refusal;
  if (isRead) return { status: 200, body: VERSION };
  if (request.method !== 'POST' && request.method !== 'PUT')
    return { status: 405, body: { text: 'only POST is taken', code: 404 } };
  if (options.feed.isFull())
    return {
      status: 429,
      body: { text: 'Server is busy', code: 9 },
      headers: { 'retry-after': '2' },
    };
  const body = await bodyOf(request, options.mostBytes);
  if (typeof body !== 'string') return body;
  return taken(path, body, options.feed);
}

/** Clients of Elasticsearch ask for it first. */
const VERSION = {
  name: 'ir',
  cluster_name: 'ir',
  version: { number: '8.0.0', build_flavor: 'default' },
  tagline: 'You Know, for Search',
};

function refusalOf({ headers }: IncomingMessage, token: string | undefined): Answer | undefined {
  if (token === undefined) return undefined;
  const given = headers.authorization;
  if (given === undefined || given === '')
    return { status: 401, body: { text: 'Token is required', code: 2 } };
  const basic = /^Basic (.+)$/i.exec(given)?.[1];
  const words = [
    /^(?:Splunk|Bearer|ApiKey) (.+)$/i.exec(given)?.[1] ?? '',
    basic === undefined
      ? ''
      : Buffer.from(basic, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, ''),
  ];
  if (words.some((word) => isSame(word, token))) return undefined;
  return { status: 403, body: { text: 'Invalid token', code: 4 } };
}

/** In a time that says nothing of where they differ. */
function isSame(word: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(word), digest(token));
}

async function bodyOf(request: IncomingMessage, mostBytes: number): Promise<string | Answer> {
  const tooLarge: Answer = {
    status: 413,
    body: { text: `more than ${mostBytes} bytes`, code: 27 },
  };
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostBytes) return tooLarge;
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  try {
    if (encoding === 'gzip') return gunzipSync(bytes, { maxOutputLength: mostBytes }).toString();
    if (encoding === 'deflate')
      return inflateSync(bytes, { maxOutputLength: mostBytes }).toString();
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isLarge
      ? tooLarge
      : { status: 400, body: { text: 'the body is not packed as it says', code: 6 } };
  }
  if (encoding !== 'identity')
    return { status: 415, body: { text: `${encoding} is not read`, code: 6 } };
  return bytes.toString('utf8');
}

function taken(path: string, body: string, feed: Feed): Answer {
  if (/(?:^|\/)_bulk$/.test(path)) return bulkAnswer(body, feed);
  if (path.startsWith('/services/collector/raw')) {
    feed.write(textLines(body));
    return { status: 200, body: { text: 'Success', code: 0 } };
  }
  if (path.startsWith('/services/collector')) return hecAnswer(hecLines(body), feed);
  const lines = textLines(body);
  feed.write(lines);
  if (path === '/gelf') return { status: 202, body: '' };
  return { status: 202, body: { taken: lines.length } };
}

function hecAnswer({ lines, problem }: BodyLines, feed: Feed): Answer {
  const code: Record<string, number> = {
    'No data': 5,
    'Invalid data format': 6,
    'Event field is required': 12,
    'Event field cannot be blank': 13,
  };
  if (problem !== undefined) {
    const { index, reason } = problem;
    const body = { text: reason, code: code[reason] ?? 6, 'invalid-event-number': index };
    return { status: 400, body };
  }
  feed.write(lines);
  return { status: 200, body: { text: 'Success', code: 0 } };
}

function bulkAnswer(body: string, feed: Feed): Answer {
  const { lines, items, problem } = bulkLines(body);
  if (problem !== undefined)
    return {
      status: 400,
      body: { error: { type: 'illegal_argument_exception', reason: problem.reason }, status: 400 },
    };
  feed.write(lines);
  return {
    status: 200,
    body: {
      took: 0,
      errors: items.some(({ isTaken }) => !isTaken),
      items: items.map(({ action, isTaken }) => ({
        [action]: isTaken
          ? { status: 201, result: 'created' }
          : { status: 400, error: { type: 'mapper_parsing_exception', reason: 'no document' } },
      })),
    },
  };
}
