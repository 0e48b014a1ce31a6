/** A server on loopback that answers as it is told, and what a connector works with in a test: it waits for nothing. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Reach } from '../../src/connectors/connector.ts';
import { parsePlace } from '../../src/connectors/place.ts';

export interface Request {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Reply {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Half of the body, and the connection is cut. */
  isCut?: boolean;
  /** No answer ever. */
  isSilent?: boolean;
}

export interface StandIn {
  host: string;
  got: Request[];
  /** What is answered first, whatever is asked. */
  first: Reply[];
  close(): Promise<void>;
}

/** @param tls with its certificate; without one it speaks plain HTTP */
export async function standIn(
  answer: (request: Request) => Reply,
  tls?: { key: string; cert: string },
): Promise<StandIn> {
  const got: Request[] = [];
  const first: Reply[] = [];
  const listener: RequestListener = (incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        url: new URL(incoming.url ?? '/', 'http://stand-in'),
        headers: incoming.headers,
        body: Buffer.concat(parts).toString('utf8'),
      };
      got.push(request);
      reply(response, first.shift() ?? answer(request));
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    ...{ got, first, host: `127.0.0.1:${(server.address() as AddressInfo).port}` },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function reply(
  response: ServerResponse,
  { status = 200, headers, body = '', isCut, isSilent }: Reply,
): void {
  if (isSilent === true) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (isCut === true) {
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(text)) });
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
    return;
  }
  response.writeHead(status, headers).end(text);
}

/** @param waits gets what was to be waited for, in milliseconds */
export function reachOf(
  place: string,
  more: Partial<Reach> & { waits?: number[]; said?: string[] } = {},
): Reach {
  const { waits = [], said = [], ...rest } = more;
  return {
    place: parsePlace(place),
    ...{ secrets: {}, env: {}, ca: undefined, timeoutMs: 5000 },
    signal: new AbortController().signal,
    say: (text) => void said.push(text),
    now: () => new Date('2026-11-24T12:00:00Z'),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...rest,
  };
}
