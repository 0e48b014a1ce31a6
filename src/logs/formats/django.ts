/**
 * What Django's development server and its default handlers write: `[time] "request" status size` and
 * sentences without a time, such as `Not Found: /x`.
 */

import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { readStamp } from './access-time.ts';
import { applicationSources, PYTHON } from './application.ts';
import { DJANGO_SAMPLES } from './django-samples.ts';
import type { LogFormat } from './log-format.ts';
import { isStackLine } from './stack-lines.ts';
import { textEvent, withStack } from './text-event.ts';

const STAMPED =
  /^\[(\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] (".{0,8192}" \d{3} \d{1,15}|code \d{3}, message .{0,4096}|- Broken pipe .{0,200})$/;
const SENTENCE =
  /^(?:(?:Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Too Many Requests|Internal Server Error|Service Unavailable)(?: \([^)]{1,400}\))?: \/|Invalid HTTP_HOST header: |Watching for file changes with |Performing system checks|System check identified |Django version |Starting development server at |Quit the server with |Broken pipe from |Session data corrupted)/;

function parse(line: string, clock: Clock): Event | Skip {
  const stamped = STAMPED.exec(line);
  if (stamped === null && !SENTENCE.test(line)) return skip('not a Django log line');
  const time = stamped === null ? Number.NaN : readStamp(stamped[1] ?? '', clock);
  if (stamped !== null && Number.isNaN(time)) return skip('unreadable time');
  const parts = {
    time: undefined,
    level: levelOf(line),
    logger: stamped === null ? undefined : 'django.server',
    pid: undefined,
    thread: undefined,
    function: undefined,
    line: undefined,
    message: stamped?.[2] ?? line,
  };
  return textEvent('django', parts, stamped === null ? undefined : time, clock.confidence);
}

/** The level under which Django logs such a line; the default handlers do not print it. */
function levelOf(line: string): string {
  if (/^(?:Internal Server Error|Service Unavailable|Invalid HTTP_HOST)/.test(line)) return 'error';
  const status = /" (\d)\d\d \d{1,15}$/.exec(line)?.[1];
  if (status !== undefined) return status === '5' ? 'error' : status === '4' ? 'warning' : 'info';
  return /^(?:Bad|Unauth|Forbid|Not|Method|Too|Session|\[.{20}\] code)/.test(line)
    ? 'warning'
    : 'info';
}

export const format: LogFormat = {
  name: 'django',
  title: 'Django development server and request log',
  url: 'https://docs.djangoproject.com/en/stable/ref/logging/',
  sources: applicationSources([...PYTHON, 'sql']),
  isEcho: true,
  forgeable: { 'url.original': 'uri' },
  detect: (line) => STAMPED.test(line) || SENTENCE.test(line),
  parse,
  continues: (line) => isStackLine(line) && !STAMPED.test(line),
  complete: withStack,
  splittable: true,
  samples: DJANGO_SAMPLES,
};
