/** Text of sar: the day and the host stand in its header, and in the lines below a time alone. */
import { type Event, type Skip, skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import type { LogFormat } from './log-format.ts';
import { readTimeText } from './time-text.ts';

const HEADER = /^Linux \S{1,128} \(([\w.-]{1,255})\)\s{1,16}(\d{2,4}[-/]\d\d[-/]\d{2,4})\s/;
const LINE = /^(\d\d:\d\d:\d\d(?: [AP]M)?)\s{1,40}(\S.*)$/;

/** The day as it is read: `11/24/2026`, `24/11/26` as other languages write it, `2026-11-24`. */
function dayOf(text: string): string {
  const [first = '', second = '', third = ''] = text.split(/[-/]/);
  if (first.length === 4) return text;
  const year = third.length === 2 ? `20${third}` : third;
  return Number(first) > 12 ? `${year}-${second}-${first}` : `${year}-${first}-${second}`;
}

function parse(line: string, clock: Clock): Event | Skip {
  const header = HEADER.exec(clock.header() ?? '');
  const [, time = '', message] = LINE.exec(line) ?? [];
  if (header === null || message === undefined)
    return skip(line.startsWith('Average:') ? 'an average of the lines above' : 'no line of sar');
  const [hour = 0, ...rest] = time.slice(0, 8).split(':');
  const hours = time.length === 8 ? Number(hour) : (Number(hour) % 12) + (time[9] === 'P' ? 12 : 0);
  const clockTime = [String(hours).padStart(2, '0'), ...rest].join(':');
  const timeUs = readTimeText(`${dayOf(header[2] as string)} ${clockTime}`, clock);
  if (timeUs === undefined) return skip('unreadable time');
  const isRestart = message.startsWith('LINUX RESTART');
  return {
    timeUs,
    timeConfidence: clock.confidence,
    format: 'sar',
    message,
    'event.kind': 'event',
    'event.category': ['host'],
    'event.type': [isRestart ? 'start' : 'info'],
    'event.action': isRestart ? 'system_started' : 'activity_sampled',
    'event.dataset': 'sar.log',
    'host.hostname': header[1],
  };
}

const HEAD = 'Linux 6.1.0-18-amd64 (web1) \t11/24/2026 \t_x86_64_\t(2 CPU)';

/** What the system activity reporter prints. */
export const format: LogFormat = {
  name: 'sar',
  title: 'sar, as text',
  url: 'https://sysstat.github.io/',
  order: 4,
  sources: [{ products: ['linux'], services: ['sar'] }],
  header: { marker: 'Linux ', fits: (header) => (HEADER.test(header) ? 1 : 0) },
  detect: (line) => HEADER.test(line),
  parse,
  splittable: true,
  samples: [
    {
      lines: [HEAD, '10:10:01        all      1.20      0.00      0.50     98.20'],
      expect: { time: '2026-11-24T10:10:01.000000Z', 'event.action': 'activity_sampled' },
    },
    {
      lines: [HEAD, '03:20:05 PM     LINUX RESTART\t(2 CPU)'],
      expect: { time: '2026-11-24T15:20:05.000000Z', 'event.action': 'system_started' },
    },
  ],
};
