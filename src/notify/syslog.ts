/** Syslog messages after RFC 5424: over TLS (RFC 5425) and TCP with their length in front (RFC 6587), over UDP alone. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import type { ChannelOf } from '../configuration/channels.ts';
import { type Channel, type Message, SendFailure, type Sending } from './channel.ts';

type Settings = ChannelOf<'syslog'>;

const PORTS = { tls: 6514, tcp: 601, udp: 514 } as const;
/** Critical to informational. @see https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
const LEVELS: Readonly<Record<string, number>> = { SEV1: 2, SEV2: 3, SEV3: 4, SEV4: 6 };
/** Names that readers of ours and of others know as from here; 32473 is the number for examples (RFC 5612). */
const SD_ID = 'ir@32473';
/** What every receiver of datagrams takes without cutting. @see https://www.rfc-editor.org/rfc/rfc5426#section-3.2 */
const LONGEST_DATAGRAM = 2048;

const value = (text: string): string => text.replace(/["\\\]]/g, '\\$&');

/** The message as RFC 5424 has it. */
export function syslogLine(message: Message, facility: number, host: string): string {
  const { facts, subject, text, event, id, at } = message;
  const priority = facility * 8 + (LEVELS[facts['severity'] ?? ''] ?? 5);
  const told = ['incident', 'severity', 'phase', 'status', 'tlp', 'head'];
  const params = [...told.map((name) => [name, facts[name] ?? '']), ['notice', id]]
    .map(([name, one]) => `${name}="${value(one!)}"`)
    .join(' ');
  const words = `${subject}: ${text.replace(/\s+/g, ' ').trim()}`;
  const from = host.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
  return `<${priority}>1 ${at} ${from} ir - ${event.slice(0, 32)} [${SD_ID} ${params}] \ufeff${words}`;
}

const portOf = ({ port, protocol }: Settings): number => port ?? PORTS[protocol];

/** The channel. Neither way has an answer: what was written counts as sent. */
export const channel: Channel<Settings> = {
  knowsRepeats: () => false,
  isEncrypted: ({ settings }) => settings.protocol === 'tls',
  preview: (message, { settings }) => ({
    where: `${settings.protocol} ${settings.host}:${portOf(settings)}`,
    headers: {},
    body: syslogLine(message, settings.facility, hostname()),
  }),
  async send(message, sending) {
    const { settings } = sending;
    const line = Buffer.from(syslogLine(message, settings.facility, hostname()), 'utf8');
    if (settings.protocol === 'udp')
      await sendDatagram(line.subarray(0, LONGEST_DATAGRAM), settings);
    else await sendFrame(Buffer.concat([Buffer.from(`${line.length} `), line]), sending);
    return `written over ${settings.protocol}; syslog has no answer`;
  },
};

function sendDatagram(line: Buffer, settings: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(settings.host) ? 'udp6' : 'udp4');
    const end = (error: Error | null): void => {
      socket.close();
      if (error === null) resolve();
      else reject(new SendFailure('retry', error.message));
    };
    socket.once('error', end);
    socket.send(line, portOf(settings), settings.host, end);
  });
}

function sendFrame(frame: Buffer, { settings, ca, signal }: Sending<Settings>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isWritten = false;
    const { host, protocol, timeout } = settings;
    const place = { host, port: portOf(settings) };
    const write = (): void => {
      isWritten = true;
      // The other end closes after it has read all; our end is closed first.
      socket.end(frame);
    };
    const socket: Socket =
      protocol === 'tls'
        ? connectTls({ ...place, servername: host, ...(ca === undefined ? {} : { ca }) }, write)
        : connect(place, write);
    const fail = (message: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new SendFailure(isWritten ? 'unknown' : 'retry', message));
    };
    const timer = setTimeout(() => fail(`not taken within ${timeout} s`), timeout * 1000);
    signal.addEventListener('abort', () => fail('interrupted'), { once: true });
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
  });
}
