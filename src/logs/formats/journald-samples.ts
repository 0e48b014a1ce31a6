/** Sample records of the journal's JSON export. Invented. */
import type { Sample } from './log-format.ts';

/** Records and the events that they must give. */
export const JOURNALD_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '{"__CURSOR":"s=1;i=2a","__REALTIME_TIMESTAMP":"1795514400123456","_HOSTNAME":"web01","SYSLOG_IDENTIFIER":"sshd","PRIORITY":"6","SYSLOG_FACILITY":"10","_PID":"4410","_COMM":"sshd","_EXE":"/usr/sbin/sshd","MESSAGE":"Failed password for invalid user oracle from 203.0.113.41 port 51544 ssh2"}',
    ],
    expect: {
      time: '2026-11-24T10:00:00.123456Z',
      'host.hostname': 'web01',
      'process.name': 'sshd',
      'process.pid': 4410,
      'event.category': ['authentication'],
      'event.outcome': 'failure',
      'user.name': 'oracle',
      'source.ip': '203.0.113.41',
      'log.level': 'info',
    },
  },
  {
    lines: [
      '{"__REALTIME_TIMESTAMP":"1795514401000000","_HOSTNAME":"web01","SYSLOG_IDENTIFIER":"backup","PRIORITY":"4","MESSAGE":[100,105,115,107,32,102,117,108,108]}',
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      message: 'disk full',
      'process.name': 'backup',
      'log.level': 'warning',
    },
  },
  {
    lines: [
      'Tue 2026-11-24 11:00:02.250000 CET [s=3b;i=1f;b=9d;m=5;t=61;x=8a]',
      '    PRIORITY=6',
      '    SYSLOG_IDENTIFIER=sshd',
      '    _HOSTNAME=web01',
      '    MESSAGE=Failed password for invalid user eve from 203.0.113.41 port 51544 ssh2',
    ],
    expect: {
      time: '2026-11-24T10:00:02.250000Z',
      'host.hostname': 'web01',
      'event.action': 'ssh_login',
      'source.ip': '203.0.113.41',
    },
  },
  {
    lines: [
      '__CURSOR=s=1;i=2b',
      '__REALTIME_TIMESTAMP=1795514403000000',
      'MESSAGE',
      '\u0007\0\0\0\0\0\0\0up',
      'a=b',
      'SYSLOG_IDENTIFIER=app',
      '_HOSTNAME=web01',
      '',
    ],
    expect: {
      time: '2026-11-24T10:00:03.000000Z',
      message: 'up\na=b',
      'process.name': 'app',
      'host.hostname': 'web01',
    },
  },
];
