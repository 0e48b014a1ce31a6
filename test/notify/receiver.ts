/** An HTTP server on loopback that answers as it is told, and keeps what came. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Receiver {
  url: string;
  got: Received[];
  /** Answers, one for each request; the last one goes on. */
  answers: ((response: ServerResponse) => void)[];
  /** Resolves once so many requests came. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

export const answer =
  (status: number, body = '', headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

/** Never answers. */
export const hang = (): void => undefined;

/** Cuts the connection after the request came. */
export const cut = (response: ServerResponse): void => void response.socket?.destroy();

export async function createReceiver(): Promise<Receiver> {
  const got: Received[] = [];
  const waiting: (() => void)[] = [];
  const answers: Receiver['answers'] = [answer(200, 'ok')];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      got.push({
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      });
      for (const wake of waiting) wake();
      (answers.length > 1 ? answers.shift() : answers[0])?.(response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    answers,
    received: (count) =>
      new Promise((done) => {
        const look = (): void => void (got.length >= count && done());
        waiting.push(look);
        look();
      }),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
