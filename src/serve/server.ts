/**
 * The server of the live pages. It answers GET alone, from a list of addresses, and where writing was allowed takes acts at one more:
 * no path is ever a file. Whoever sends too much, too slowly or from elsewhere is refused, and that is said in a line.
 */
import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { EXIT, IrError, messageOf } from '../errors.ts';
import { bearerOf, cookieOf, type DoorPolicy, isSecret, type Refusal, refusalOf } from './guard.ts';
import { takeAct } from './take-act.ts';
import { HEADERS, NOTHING_RUNS, type Page, PLAIN, write } from './write-page.ts';

/** What is answered: a whole body, or a stream of events. */
export type Answer = Page | EventStream;

/** Events as they come. */
export interface EventStream {
  /** @returns called when nobody listens any more */
  stream(send: Send): () => void;
}

/** Sends an event to one who listens. @returns false: the listener does not take it, and is let go */
export type Send = (event: string, data: string) => boolean;

/** Where it listens, what it answers. */
export interface ServeOptions {
  host: string;
  /** 0: one that is free. */
  port: number;
  tls: { cert: string; key: string } | undefined;
  token: string;
  isOwnName: DoorPolicy['isOwnName'];
  /** Shown to whoever has no session; it holds nothing of the case. */
  door(): Page;
  /** Of a request with a session. Undefined: there is no such page. */
  answer(path: string, query: URLSearchParams, pass: string): Promise<Answer | undefined>;
  /** Writes what a page asks for, given as JSON. Absent: nothing is ever written. @returns what was written, for people */
  act?: ((body: string) => Promise<string>) | undefined;
  /** What `GET /metrics` gives to who has the token. */
  metrics(clients: number, refused: number): string;
  /** A refusal in one line. */
  say(text: string): void;
  /** Milliseconds in which a request must have come; for tests. */
  patienceMs?: number;
}

/** A server at work. */
export interface Serving {
  port: number;
  close(): Promise<void>;
}

const PATIENCE_MS = 5000;
const MOST_HEADERS = 8192;
const MOST_CONNECTIONS = 256;
const MOST_STREAMS = 100;
/** Unsent bytes of a listener beyond which it is let go. */
const MOST_UNSENT = 4 << 20;
const MOST_SAID = 160;

/** Begins to serve. @throws IrError (exit 4) where nothing can listen there */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { host, port, tls, patienceMs = PATIENCE_MS } = options;
  const desk = createDesk(options);
  const limits: ServerOptions = {
    maxHeaderSize: MOST_HEADERS,
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    keepAliveTimeout: PATIENCE_MS,
    connectionsCheckingInterval: Math.min(1000, patienceMs),
  };
  const taken = (request: IncomingMessage, response: ServerResponse): void =>
    take(desk, request, response);
  const server =
    tls === undefined
      ? createServer(limits, taken)
      : createTls({ ...limits, ...tls, minVersion: 'TLSv1.2' }, taken);
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', (error, socket) => breakOff(desk, error, socket));
  server.on('checkContinue', taken);
  server.on('upgrade', (_, socket) => {
    noteRefusal(desk, '400: an upgrade', (socket as Socket).remoteAddress);
    socket.destroy();
  });
  server.on('drop', (data) =>
    noteRefusal(desk, 'a connection: there are too many', data?.remoteAddress),
  );
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => fail(unheard(host, port, error)));
    server.listen(port, host, done);
  });
  const got = (server.address() as AddressInfo).port;
  desk.cookie = `ir-serve-${got}`;
  return {
    port: got,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const unheard = (host: string, port: number, error: unknown): IrError =>
  new IrError(`nothing can listen on ${host}, port ${port}: ${messageOf(error)}`, {
    exit: EXIT.unreadableInput,
    hint: 'Is another ir serve at work? --listen 127.0.0.1:0 takes a port that is free.',
  });

/** Who is at work here, and for whom. */
interface Desk {
  options: ServeOptions;
  policy: DoorPolicy;
  session: string;
  /** Cookies know no ports: two servers of one machine must not take each other's. */
  cookie: string;
  refusals: number;
  streams: number;
  /** What an act has to show beside the cookie. */
  pass: string;
  /** When the latest acts came, milliseconds. */
  acts: number[];
}

const createDesk = (options: ServeOptions): Desk => ({
  options,
  policy: {
    ...{ isTls: options.tls !== undefined, isOwnName: options.isOwnName },
    canWrite: options.act !== undefined,
  },
  session: randomBytes(32).toString('base64url'),
  // A page of ours knows it, another site that makes a browser ask does not.
  pass: randomBytes(24).toString('base64url'),
  ...{ cookie: '', refusals: 0, streams: 0, acts: [] },
});

function noteRefusal(desk: Desk, what: string, from: string | undefined): void {
  desk.refusals += 1;
  desk.options.say(
    `refused ${what.slice(0, MOST_SAID)}${from === undefined ? '' : `, from ${from}`}`,
  );
}

function refuse(
  desk: Desk,
  { method, url, socket }: IncomingMessage,
  response: ServerResponse,
  { status, reason }: Refusal,
): void {
  const asked = `${method} ${(url ?? '').slice(0, 60)}`;
  noteRefusal(desk, `${status} ${asked}: ${reason}`, socket.remoteAddress);
  write(
    response,
    { type: PLAIN, body: `${reason}\n`, status },
    // What still comes of it is not read.
    { connection: 'close', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) },
  );
}

function take(desk: Desk, request: IncomingMessage, response: ServerResponse): void {
  // Nobody reads a body, but for that of an act: it is thrown away as it comes.
  if (request.method !== 'POST') request.resume();
  answerTo(desk, request, response).catch((error: unknown) => {
    desk.options.say(`${request.url?.slice(0, MOST_SAID)} cannot be shown: ${messageOf(error)}`);
    if (response.headersSent) response.destroy();
    else write(response, { type: PLAIN, status: 500, body: 'ir serve says why it cannot.\n' });
  });
}

async function answerTo(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { options, policy, session, cookie } = desk;
  const { method, url = '/', headers } = request;
  const refusal = refusalOf({ method, url, headers }, policy);
  if (refusal !== undefined) {
    request.resume();
    refuse(desk, request, response, refusal);
    return;
  }
  const [path = '/', query = ''] = url.split('?', 2);
  if (path === '/metrics' || path === '/session') {
    answerBearer(desk, path, request, response);
    return;
  }
  if (!isSecret(cookieOf(headers, cookie), session)) {
    const isPage = path === '/' || /\btext\/html\b/.test(headers.accept ?? '');
    if (isPage) write(response, options.door());
    else refuse(desk, request, response, { status: 401, reason: 'no session' });
    return;
  }
  if (method === 'POST') {
    const refused = await takeAct(desk, options.act!, request, response);
    if (refused !== undefined) refuse(desk, request, response, refused);
    return;
  }
  const answer = await options.answer(path, new URLSearchParams(query), desk.pass);
  if (answer === undefined)
    refuse(desk, request, response, { status: 404, reason: 'there is no such page' });
  else if ('stream' in answer) stream(desk, request, response, answer);
  else write(response, answer);
}

/** What is opened by the token itself: the session of a browser, and the numbers for a program. */
function answerBearer(
  desk: Desk,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { options, session, cookie, policy } = desk;
  if (!isSecret(bearerOf(request.headers), options.token)) {
    refuse(desk, request, response, { status: 401, reason: 'the token is not right' });
    return;
  }
  if (path === '/metrics') {
    const body = options.metrics(desk.streams, desk.refusals);
    write(response, { type: 'text/plain; version=0.0.4; charset=utf-8', body });
    return;
  }
  const value = `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict`;
  response.writeHead(204, {
    ...HEADERS,
    'set-cookie': `${value}${policy.isTls ? '; Secure' : ''}`,
  });
  response.end();
}

function stream(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  answer: EventStream,
): void {
  if (desk.streams >= MOST_STREAMS) {
    refuse(desk, request, response, { status: 503, reason: 'too many listen' });
    return;
  }
  desk.streams += 1;
  response.writeHead(200, {
    ...{ ...HEADERS, 'content-security-policy': NOTHING_RUNS },
    'content-type': 'text/event-stream; charset=utf-8',
  });
  response.write('retry: 2000\n\n');
  const end = answer.stream((event, data) => {
    if (response.destroyed) return false;
    if (response.writableLength > MOST_UNSENT) {
      noteRefusal(desk, 'a listener that does not read', request.socket.remoteAddress);
      response.destroy();
      return false;
    }
    // JSON of one line: no text can begin another event.
    response.write(`event: ${event}\ndata: ${data.replace(/[\r\n]/g, ' ')}\n\n`);
    return true;
  });
  response.on('close', () => {
    desk.streams -= 1;
    end();
  });
}

/** A request that is none, or does not come to its end. */
function breakOff(desk: Desk, { code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET') return;
  const status = BROKEN[code] ?? 400;
  noteRefusal(desk, `${status}: ${code}`, (socket as Socket).remoteAddress);
  if (socket.writable) socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
  setTimeout(() => socket.destroy(), 100).unref();
}

const BROKEN: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
