/** GELF over UDP, TCP or HTTP, as Graylog and others take it. @see https://go2docs.graylog.org/current/getting_in_log_data/gelf.html */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';
import { gzipSync } from 'node:zlib';
import { sendHalving } from './ask-json.ts';
import type { Connector, JsonRecord, Reach, Sink, SinkDocument } from './connector.ts';
import { ask, refusal } from './exchange.ts';
import { flatFields } from './flat-fields.ts';
import { openLines } from './open-lines.ts';
import { baseUrl } from './place.ts';

const PORT = 12_201;
/** What fits into one datagram on the way through the Internet. */
const CHUNK = 1420;
const MOST_CHUNKS = 128;
const HEAD = 12;

function messageOf({ timeUs, text, fields, id }: SinkDocument): string {
  const { host } = fields as { host?: JsonRecord };
  const message: Record<string, unknown> = {
    version: '1.1',
    host: String(host?.['hostname'] ?? host?.['name'] ?? hostname()),
    short_message: text === '' ? '-' : text,
    ...(timeUs === undefined ? {} : { timestamp: timeUs / 1e6 }),
    level: 6,
    _ir_id: id,
  };
  for (const [name, value] of flatFields(fields)) {
    const key = `_${name.replace(/[^\w.-]/g, '_')}`;
    // Its own text stands above; this name is not allowed.
    if (key !== '_id' && name !== 'event.original' && name !== 'ir.text') message[key] = value;
  }
  return JSON.stringify(message);
}

/** Datagrams of one message; undefined where it is too long for them. */
export function chunksOf(message: string): Buffer[] | undefined {
  const packed = gzipSync(message);
  if (packed.length <= CHUNK) return [packed];
  const size = CHUNK - HEAD;
  const count = Math.ceil(packed.length / size);
  if (count > MOST_CHUNKS) return undefined;
  const id = randomBytes(8);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.from([0x1e, 0x0f]),
      id,
      Buffer.from([index, count]),
      packed.subarray(index * size, (index + 1) * size),
    ]),
  );
}

function udpSink({ place }: Reach): Sink {
  const socket = createSocket(place.host.startsWith('[') ? 'udp6' : 'udp4');
  const host = place.host.replace(/^\[|\]$/g, '');
  const send = (data: Buffer): Promise<void> =>
    new Promise((done, fail) => {
      socket.send(data, place.port ?? PORT, host, (error) =>
        error === null ? done() : fail(error),
      );
    });
  return {
    limits: { documents: 100, bytes: 1_000_000 },
    async write(batch) {
      const refused: { id: string; reason: string }[] = [];
      for (const document of batch) {
        const chunks = chunksOf(messageOf(document));
        if (chunks === undefined)
          refused.push({ id: document.id, reason: 'longer than 128 datagrams: use gelf+tcp' });
        else for (const chunk of chunks) await send(chunk);
      }
      return { written: batch.length - refused.length, known: 0, refused };
    },
    async close() {
      await new Promise<void>((done) => socket.close(() => done()));
    },
  };
}

function httpSink(reach: Reach): Sink {
  return {
    limits: { documents: 1, bytes: 1_000_000 },
    write: (batch) =>
      sendHalving(
        batch,
        ([document]) =>
          ask(reach, {
            method: 'POST',
            url: `${baseUrl(reach.place, PORT)}/gelf`,
            headers: { 'content-type': 'application/json' },
            body: messageOf(document!),
            isRepeatable: false,
          }),
        (answer) => refusal(reach, answer, 'GELF'),
      ),
  };
}

function sink(reach: Reach): Sink {
  const { transport } = reach.place;
  if (transport === 'udp') return udpSink(reach);
  if (transport === 'https' || transport === 'http') return httpSink(reach);
  // A NUL ends each, and nothing is packed.
  const lines = openLines(reach, PORT);
  return {
    limits: { documents: 500, bytes: 1_000_000 },
    async write(batch) {
      await lines.send(batch.map((one) => `${messageOf(one)}\0`).join(''));
      return { written: batch.length, known: 0, refused: [] };
    },
    close: lines.close,
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['gelf'],
  title: 'GELF (Graylog)',
  example: 'gelf+udp://HOST:12201, gelf+tcp://, gelf+http://',
  url: 'https://go2docs.graylog.org/current/getting_in_log_data/gelf.html',
  secrets: {},
  sink,
};
