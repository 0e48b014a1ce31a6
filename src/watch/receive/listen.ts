/** Servers that write what senders send into a feed. Loopback unless another address is named. */
import { createSocket } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { EXIT, IrError, messageOf } from '../../errors.ts';
import { isLoopback, type ListenAddress } from './address.ts';
import type { Feed } from './feed.ts';
import { createForwardReader } from './forward.ts';
import { endingFramer, type Framer, syslogFramer } from './frames.ts';
import { createGelfReader } from './gelf.ts';
import { createHttpHandler } from './http.ts';

/** Where and for whom. */
export interface ListenOptions {
  address: ListenAddress;
  feed: Feed;
  token: string | undefined;
  /** Certificate and key, PEM, for TLS. */
  tls: { cert: string; key: string } | undefined;
  /** The largest body of a request, bytes. */
  mostBytes: number;
  /** Remarks for people. */
  say(text: string): void;
}

/** Something that listens. */
export interface Listener {
  /** The port that it has; of a port 0, the one that the system gave. */
  port: number;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 1000;
const PAUSE_MS = 50;
/** The kernel drops what does not fit while others have their turn. */
const UDP_BUFFER = 8 << 20;

/** Begins to listen. @throws IrError (exit 2, 4) where that is refused or impossible */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { address, token } = options;
  const { speech, transport, host, url } = address;
  if (speech === 'http' && token === undefined && !isLoopback(host)) {
    throw new IrError(`${url} is open to other machines, and no token is asked for`, {
      exit: EXIT.usage,
      hint: 'Put a token into a file and name it: --token-file FILE. Or listen on 127.0.0.1.',
    });
  }
  if (transport === 'tls' && options.tls === undefined) {
    throw new IrError(`${url} needs a certificate and its key`, {
      exit: EXIT.usage,
      hint: 'Name them: --tls-cert FILE --tls-key FILE.',
    });
  }
  try {
    return transport === 'udp' ? await listenUdp(options) : await listenTcp(options);
  } catch (error) {
    throw new IrError(`nothing can listen on ${url}: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Choose another port, or end what has this one.',
    });
  }
}

async function listenUdp({ address, feed, say }: ListenOptions): Promise<Listener> {
  const socket = createSocket({
    type: address.host.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: UDP_BUFFER,
  });
  const gelf = createGelfReader();
  let refused = 0;
  const write = writer(feed, say);
  socket.on('message', (bytes) => {
    const text = address.speech === 'gelf' ? gelf(bytes, Date.now()) : bytes.toString('utf8');
    if (text === undefined || text === '') return;
    if (feed.isFull()) {
      refused += 1;
      if (Number.isInteger(Math.log10(refused)))
        say(`${address.url}: ${refused} messages were dropped: more comes than can be read`);
      return;
    }
    write([text]);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(address.port, address.host, resolve);
  });
  socket.on('error', (error) => say(`${address.url}: ${messageOf(error)}`));
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

async function listenTcp(options: ListenOptions): Promise<Listener> {
  const { address, tls, say } = options;
  const server = serverOf(options, tls);
  const sockets = new Set<Socket>();
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  server.on('error', (error) => say(`${address.url}: ${messageOf(error)}`));
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serverOf(options: ListenOptions, tls: ListenOptions['tls']): Server {
  const { address, feed, token, mostBytes, say } = options;
  const { speech, transport } = address;
  if (speech === 'http') {
    const onRefused = (reason: string): void => say(`${address.url} refused: ${reason}`);
    const handler = createHttpHandler({ feed, token, mostBytes, onRefused });
    return transport === 'tls' ? createHttps({ ...tls }, handler) : createHttp(handler);
  }
  const serve = (socket: Socket): void => serveStream(socket, options);
  return transport === 'tls' ? createTls({ ...tls }, serve) : createServer(serve);
}

/** Messages of a connection; a sender that is faster than the reader waits. */
function serveStream(socket: Socket, { address, feed, say }: ListenOptions): void {
  const write = writer(feed, say);
  const framer = address.speech === 'gelf' ? endingFramer(0) : syslogFramer();
  const forward = address.speech === 'forward' ? createForwardReader() : undefined;
  const cut = (error: unknown): void => {
    say(`${address.url}: a sender was cut off: ${messageOf(error)}`);
    socket.destroy();
  };
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    try {
      if (forward === undefined) write(framer.push(bytes));
      else
        for (const { lines, ack } of forward(bytes))
          if (write(lines) && ack !== undefined) socket.write(ack);
    } catch (error) {
      cut(error);
    }
    waitWhileFull(socket, feed);
  });
  if (forward === undefined) socket.on('end', () => write(restOf(framer)));
}

const restOf = (framer: Framer): string[] => {
  try {
    return framer.end();
  } catch {
    return [];
  }
};

function waitWhileFull(socket: Socket, feed: Feed): void {
  if (!feed.isFull()) return;
  socket.pause();
  const again = (): void => {
    if (feed.isFull()) setTimeout(again, PAUSE_MS).unref();
    else socket.resume();
  };
  again();
}

/** Writes into a feed; where the disk is full that is said once. @returns was it written? */
function writer(feed: Feed, say: (text: string) => void): (lines: readonly string[]) => boolean {
  let isBroken = false;
  return (lines) => {
    try {
      feed.write(lines);
      isBroken = false;
      return true;
    } catch (error) {
      if (!isBroken) say(`${feed.path}: what comes cannot be written: ${messageOf(error)}`);
      isBroken = true;
      return false;
    }
  };
}
