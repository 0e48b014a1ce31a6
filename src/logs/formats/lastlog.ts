/** lastlog: when and from where each account logged in last; it has numbers of accounts, not names. */
import type { LogFormat } from './log-format.ts';
import { LASTLOG_BYTES, lastlogRecord } from './utmp/layout.ts';
import { isLastlogLine, LOGIN_SOURCES, readLastlogLine } from './utmp/read.ts';
import { createLastlogSplitter } from './utmp/split.ts';

/** The low bytes of a time may be zeros, and zeros in front are passed over. */
const MOST_SHIFT = 3;

function isLastlog(head: Buffer): boolean {
  for (let shift = 0; shift <= MOST_SHIFT; shift += 1) {
    const bytes = Buffer.concat([Buffer.alloc(shift), head.subarray(0, LASTLOG_BYTES - shift)]);
    if (bytes.length < LASTLOG_BYTES) return false;
    if (typeof lastlogRecord(bytes) === 'object') return true;
  }
  return false;
}

/** Last logins of Linux. */
export const format: LogFormat = {
  name: 'lastlog',
  title: 'lastlog (the last login of each account)',
  url: 'https://man7.org/linux/man-pages/man8/lastlog.8.html',
  order: 3,
  sources: LOGIN_SOURCES,
  isEcho: true,
  detect: isLastlogLine,
  parse: readLastlogLine,
  records: {
    isBinary: true,
    detect: (head) => isLastlog(Buffer.from(head, 'latin1')),
    splitter: createLastlogSplitter,
  },
  splittable: true,
  samples: [
    {
      lines: ['lastlog [1000] [pts/0] [203.0.113.9] [2026-11-24T10:00:01,000000+00:00]'],
      expect: {
        time: '2026-11-24T10:00:01.000000Z',
        'event.action': 'last_login',
        'event.outcome': 'success',
        'user.id': '1000',
        'source.ip': '203.0.113.9',
        message: 'last login of uid 1000 on pts/0 from 203.0.113.9',
      },
    },
    {
      lines: ['lastlog [0] [tty1] [] [2026-11-24T10:00:02,000000+00:00]'],
      expect: { 'user.id': '0', message: 'last login of uid 0 on tty1' },
    },
  ],
};
