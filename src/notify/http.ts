/** One request: bounded in time and size, no redirects, and every answer put into words. */
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { SendFailure } from './channel.ts';

/** What is sent, and where. */
export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Certificates that count beside those of the system, PEM. */
  ca: string | undefined;
  /** Seconds for all of it. */
  timeout: number;
  signal: AbortSignal;
}

/** Of an answer, no more is read. */
const MOST_BYTES = 16_384;
/** Of an answer that was asked for. */
const MOST_ASKED_BYTES = 1 << 20;
/** Of an answer, no more is told. */
const MOST_TOLD = 200;
/** A server that asks for more peace than this is asked again after it. */
const MOST_WAIT_MS = 24 * 3_600_000;

type Method = 'GET' | 'POST' | 'PUT';

interface Answer {
  status: number;
  retryAfter: string | undefined;
  location: string | undefined;
  body: string;
}

/**
 * Sends it. Node's own `fetch` cannot take certificates of its own without another library, so this is `node:https`.
 * @returns `200 ok`
 * @throws SendFailure
 */
export async function post(request: Post, now: Date): Promise<string> {
  const answer = await exchange(request, 'POST', MOST_BYTES);
  return accepted(answer, request, now);
}

/** Asks for it, under the same bounds. @returns the body, at most a megabyte. @throws SendFailure */
export const get = (request: Omit<Post, 'body'>, now: Date): Promise<string> =>
  bodyOf({ ...request, body: '' }, 'GET', now);

/** The same with PUT and nothing in it. @throws SendFailure */
export const put = (request: Omit<Post, 'body'>, now: Date): Promise<string> =>
  bodyOf({ ...request, body: '' }, 'PUT', now);

/** Sends it for the sake of the answer. @returns the body, at most a megabyte. @throws SendFailure */
export const postForAnswer = (request: Post, now: Date): Promise<string> =>
  bodyOf(request, 'POST', now);

async function bodyOf(request: Post, method: Method, now: Date): Promise<string> {
  const answer = await exchange(request, method, MOST_ASKED_BYTES);
  accepted(answer, request, now);
  return answer.body;
}

function accepted(
  { status, retryAfter, location, body }: Answer,
  request: Pick<Post, 'url'>,
  now: Date,
): string {
  const said = `${status}${brief(body)}`;
  if (status >= 200 && status < 300) return said;
  if (status >= 300 && status < 400) {
    const to = URL.canParse(location ?? '', request.url)
      ? ` to ${new URL(location!, request.url).host}`
      : '';
    throw new SendFailure('refused', `${status}: a redirect${to}, which is not followed`);
  }
  if (status === 408 || status === 429 || status >= 500)
    throw new SendFailure('retry', said, waitOf(retryAfter, now));
  throw new SendFailure('refused', said);
}

/** The beginning of an answer in one line; of a page, that it is one. */
function brief(body: string): string {
  const text = body.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (text === '') return '';
  if (/^<(?:!doctype|html|\?xml)/i.test(text))
    return ' (a page, not the answer of an interface: look at its url)';
  return ` ${text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}...` : text}`;
}

/** Seconds or a date, as milliseconds from now. */
function waitOf(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MOST_WAIT_MS) : undefined;
}

function exchange(
  { url, headers, body, ca, timeout, signal }: Post,
  method: Method,
  mostBytes: number,
): Promise<Answer> {
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const failed = (message: string): void =>
      reject(new SendFailure(isConnected ? 'unknown' : 'retry', message));
    const outgoing = (isTls ? tlsRequest : plainRequest)(
      target,
      {
        method,
        agent: false,
        headers:
          method === 'GET' ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        ...(ca === undefined ? {} : { ca }),
        signal,
      },
      (incoming) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        const done = (): void => {
          clearTimeout(timer);
          resolve({
            status: incoming.statusCode ?? 0,
            retryAfter: incoming.headers['retry-after'],
            location: incoming.headers.location,
            body: Buffer.concat(parts).toString('utf8'),
          });
        };
        incoming.on('data', (part: Buffer) => {
          if (bytes < mostBytes) parts.push(part.subarray(0, mostBytes - bytes));
          bytes += part.length;
          if (bytes < mostBytes) return;
          done();
          incoming.destroy();
        });
        incoming.on('end', done);
        // The status is there: that is the answer, whatever became of the rest.
        incoming.on('error', done);
      },
    );
    const timer = setTimeout(() => {
      failed(`no answer within ${timeout} s`);
      outgoing.destroy();
    }, timeout * 1000);
    outgoing.on('socket', (socket) => {
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        isConnected = true;
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      failed(reasonOf(error));
    });
    outgoing.end(body);
  });
}

/** What the system said, without the address. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nobody listens there',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'the name of the host could not be looked up',
    ECONNRESET: 'the connection was cut',
    ETIMEDOUT: 'no connection in time',
    EHOSTUNREACH: 'the host cannot be reached',
    ENETUNREACH: 'the network cannot be reached',
    ABORT_ERR: 'interrupted',
  };
  return known[code ?? ''] ?? `${message} ${code ?? ''}`.trim();
}
