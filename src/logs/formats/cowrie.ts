/** Cowrie's text log: who tried which login on the honeypot, and what was typed. Its JSON is read as JSON lines. */

import { readIp } from '../../events/address.ts';
import { type Event, type Skip, skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { applicationSources } from './application.ts';
import type { LogFormat } from './log-format.ts';
import { readTimeText } from './time-text.ts';

/** Twisted's line: the stamp, the part of the program that speaks (with session and client), the message. */
const LINE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d{4})) \[((?:HoneyPotSSHTransport|SSHService|SSHChannel|CowrieTelnetTransport|HoneyPot|cowrie\.|-)[^\]]{0,200})\] (.*)$/;
const CLIENT = /,(\d{1,9}),([\da-fA-F.:]{2,45})$/;
/** What was typed may hold anything: the name ends at the first slash, the verdict is the last word. */
const LOGIN = /^login attempt \[(?:b')?([^/]{0,256}?)'?\/.{0,1000}\] (succeeded|failed)$/;
const CONNECTION = /^New connection: ([\da-fA-F.:]{2,45}):(\d{1,5}) \(/;

const AUTHENTICATION = Object.freeze(['authentication']);
const PROCESS = Object.freeze(['process']);
const NETWORK = Object.freeze(['network']);
const INFO = Object.freeze(['info']);

function parse(line: string, clock: Clock): Event | Skip {
  const found = LINE.exec(line);
  if (found === null) return skip('not a line of Cowrie');
  const [, stamp = '', system = '', message = ''] = found;
  const timeUs = readTimeText(stamp, clock);
  const client = CLIENT.exec(system);
  const login = LOGIN.exec(message);
  const connection = CONNECTION.exec(message);
  const command = message.startsWith('CMD: ') ? message.slice(5) : undefined;
  const address = connection?.[1] ?? client?.[2];
  return {
    timeUs,
    timeConfidence: timeUs === undefined ? 'none' : clock.confidence,
    format: 'cowrie',
    message,
    'event.kind': 'event',
    'event.category': login ? AUTHENTICATION : command ? PROCESS : connection ? NETWORK : undefined,
    'event.type': login || command || connection ? INFO : undefined,
    'event.action': login
      ? 'honeypot_login'
      : command
        ? 'honeypot_command'
        : connection
          ? 'honeypot_connection'
          : undefined,
    'event.outcome': login ? (login[2] === 'succeeded' ? 'success' : 'failure') : undefined,
    'event.dataset': 'cowrie.log',
    'source.ip': address === undefined ? undefined : readIp(address),
    'source.address': address === undefined ? undefined : (readIp(address) ?? address),
    'source.port': connection === null ? undefined : Number(connection[2]),
    'user.name': login?.[1] || undefined,
    'process.command_line': command,
    'session.id': client?.[1],
  };
}

export const format: LogFormat = {
  name: 'cowrie',
  title: 'Cowrie honeypot, text log',
  url: 'https://docs.cowrie.org/',
  sources: applicationSources(),
  forgeable: { 'user.name': 'quoted', 'process.command_line': 'visible' },
  detect: (line) => LINE.test(line),
  parse,
  splittable: true,
  samples: [
    {
      lines: [
        "2026-11-24T10:00:00.123456Z [HoneyPotSSHTransport,7,203.0.113.9] login attempt [b'root'/b'12/34'] failed",
      ],
      expect: {
        time: '2026-11-24T10:00:00.123456Z',
        'event.action': 'honeypot_login',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
        'user.name': 'root',
        'source.ip': '203.0.113.9',
        'session.id': '7',
      },
    },
    {
      lines: [
        "2026-11-24T10:00:01.000001Z [SSHChannel session (0) on SSHService b'ssh-connection' on HoneyPotSSHTransport,7,203.0.113.9] CMD: uname -a",
      ],
      expect: { 'process.command_line': 'uname -a', 'source.ip': '203.0.113.9' },
    },
  ],
};
