/** btmp: failed logins. Its records are those of utmp; that they failed says the file's name, or what else is in it. */
import type { LogFormat } from './log-format.ts';
import { utmpLayout, utmpRecord } from './utmp/layout.ts';
import { isUtmpLine, LOGIN_SOURCES, readUtmpLine } from './utmp/read.ts';
import { createUtmpSplitter } from './utmp/split.ts';

const PREFIX = 'btmp ';
const NAME = /(?:^|[/!])btmp[^/]*$/;
const FAILED_LOGIN = 6;

/** Attempts by sshd or login, and nothing that only other files have. */
function isBtmp(head: Buffer, path: string): boolean {
  const layout = utmpLayout(head);
  if (layout === undefined || NAME.test(path)) return layout !== undefined;
  for (let at = 0; at + layout.bytes <= head.length; at += layout.bytes) {
    const record = utmpRecord(head.subarray(at, at + layout.bytes), layout);
    if (record === 'empty' || record === undefined) continue;
    if (record.type !== FAILED_LOGIN || record.user === 'LOGIN') return false;
  }
  return true;
}

/** Failed logins of Linux. */
export const format: LogFormat = {
  name: 'btmp',
  title: 'btmp (failed logins)',
  url: 'https://man7.org/linux/man-pages/man5/utmp.5.html',
  order: 2,
  sources: LOGIN_SOURCES,
  isEcho: true,
  detect: (line) => line.startsWith(PREFIX) && isUtmpLine(line.slice(PREFIX.length)),
  parse: (line, clock) =>
    readUtmpLine(line.startsWith(PREFIX) ? line.slice(PREFIX.length) : line, 'btmp', true, clock),
  records: {
    isBinary: true,
    detect: (head, path = '') => isBtmp(Buffer.from(head, 'latin1'), path),
    splitter: () => createUtmpSplitter(PREFIX),
  },
  splittable: true,
  samples: [
    {
      lines: [
        'btmp [6] [04321] [] [root] [ssh:notty] [198.51.100.7] [198.51.100.7] [2026-11-24T10:00:01,000000+00:00]',
      ],
      expect: {
        time: '2026-11-24T10:00:01.000000Z',
        'event.action': 'login',
        'event.outcome': 'failure',
        'user.name': 'root',
        'source.ip': '198.51.100.7',
        message: 'failed login of root on ssh:notty from 198.51.100.7',
      },
    },
    {
      lines: [
        'btmp [7] [00077] [] [not a user\\x5b\\x5d] [tty1] [] [0.0.0.0] [2026-11-24T10:00:02,000000+00:00]',
      ],
      expect: { 'event.outcome': 'failure', 'user.name': 'not a user[]' },
    },
  ],
};
