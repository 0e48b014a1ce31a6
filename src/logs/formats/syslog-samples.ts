/** Invented lines that the syslog format must read, one per shape and program family. */
import type { Sample } from './log-format.ts';

export const samples: readonly Sample[] = [
  {
    lines: [
      'Nov 24 10:00:01 web01 sshd[4211]: Failed password for invalid user guest from 203.0.113.9 port 40122 ssh2',
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'event.action': 'ssh_login',
      'event.outcome': 'failure',
      'event.reason': 'invalid_user',
      'user.name': 'guest',
      'source.ip': '203.0.113.9',
      'source.port': 40_122,
      'host.hostname': 'web01',
      'process.name': 'sshd',
      'process.pid': 4211,
    },
  },
];
