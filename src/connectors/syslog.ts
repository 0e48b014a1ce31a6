/** Syslog: RFC 5424 over TCP or TLS with counted octets (RFC 6587, 5425), or a datagram each (RFC 5426). */
import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';
import type { Connector, JsonRecord, Reach, Sink, SinkDocument } from './connector.ts';
import { openLines } from './open-lines.ts';

const PORTS: Readonly<Record<string, number>> = { udp: 514, tcp: 601 };
const TLS_PORT = 6514;
/** local0, informational. */
const PRIORITY = 16 * 8 + 6;
const MOST_DATAGRAM = 60_000;

function messageOf({ timeUs, text, fields }: SinkDocument, now: Date): string {
  const { host } = fields as { host?: JsonRecord };
  const word = (value: unknown, most: number): string =>
    String(value ?? '')
      .replace(/[^!-~]/g, '')
      .slice(0, most) || '-';
  const time = new Date(timeUs === undefined ? now : timeUs / 1000).toISOString();
  const name = word(host?.['hostname'] ?? host?.['name'] ?? hostname(), 255);
  // A line break would begin another message on the way.
  return `<${PRIORITY}>1 ${time} ${name} ir - - - ${text.replace(/[\r\n]+/g, ' ')}`;
}

function sink(reach: Reach): Sink {
  const { transport, host } = reach.place;
  const limits = { documents: 1000, bytes: 1_000_000 };
  if (transport === 'udp') {
    const socket = createSocket(host.startsWith('[') ? 'udp6' : 'udp4');
    return {
      limits,
      async write(batch) {
        for (const one of batch)
          await new Promise<void>((done, fail) => {
            const data = Buffer.from(messageOf(one, reach.now())).subarray(0, MOST_DATAGRAM);
            socket.send(data, reach.place.port ?? 514, host.replace(/^\[|\]$/g, ''), (error) =>
              error === null ? done() : fail(error),
            );
          });
        return { written: batch.length, known: 0, refused: [] };
      },
      close: () => new Promise<void>((done) => socket.close(() => done())),
    };
  }
  const lines = openLines(reach, PORTS[transport] ?? TLS_PORT);
  return {
    limits,
    async write(batch) {
      const messages = batch.map((one) => {
        const message = messageOf(one, reach.now());
        return `${Buffer.byteLength(message)} ${message}`;
      });
      await lines.send(messages.join(''));
      return { written: batch.length, known: 0, refused: [] };
    },
    close: lines.close,
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['syslog'],
  title: 'syslog',
  example: 'syslog://HOST:6514 (TLS), syslog+tcp://HOST:601, syslog+udp://HOST:514',
  url: 'https://www.rfc-editor.org/rfc/rfc5424',
  secrets: {},
  sink,
};
