/** utmp and wtmp: logins, logouts and boots, in binary and as utmpdump writes them. */
import type { LogFormat } from './log-format.ts';
import { utmpLayout } from './utmp/layout.ts';
import { isUtmpLine, LOGIN_SOURCES, readUtmpLine } from './utmp/read.ts';
import { createUtmpSplitter } from './utmp/split.ts';

/** Logins of Linux. */
export const format: LogFormat = {
  name: 'utmp',
  title: 'utmp and wtmp (logins, logouts and boots; the files, or text of utmpdump)',
  url: 'https://man7.org/linux/man-pages/man5/utmp.5.html',
  order: 3,
  sources: LOGIN_SOURCES,
  isEcho: true,
  detect: isUtmpLine,
  parse: (line, clock) => readUtmpLine(line, 'utmp', false, clock),
  records: {
    isBinary: true,
    detect: (head) => utmpLayout(Buffer.from(head, 'latin1')) !== undefined,
    splitter: () => createUtmpSplitter(''),
  },
  splittable: true,
  samples: [
    {
      lines: [
        '[7] [01234] [ts/0] [bob     ] [pts/0       ] [203.0.113.9         ] [203.0.113.9    ] [2026-11-24T10:00:01,123456+00:00]',
      ],
      expect: {
        time: '2026-11-24T10:00:01.123456Z',
        'event.action': 'login',
        'event.outcome': 'success',
        'user.name': 'bob',
        'source.ip': '203.0.113.9',
        'process.pid': 1234,
        message: 'login of bob on pts/0 from 203.0.113.9',
      },
    },
    {
      lines: [
        '[8] [01234] [ts/0] [        ] [pts/0       ] [                    ] [0.0.0.0        ] [2026-11-24T11:00:01,000000+00:00]',
      ],
      expect: { 'event.action': 'session_closed', message: 'session closed on pts/0' },
    },
    {
      lines: [
        '[2] [00000] [~~  ] [reboot  ] [~           ] [6.1.0-21-amd64      ] [0.0.0.0        ] [2026-11-24T09:00:00,000001+00:00]',
      ],
      expect: { 'event.action': 'host_started', 'event.category': ['host'] },
    },
  ],
};
