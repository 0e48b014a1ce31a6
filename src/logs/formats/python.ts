/**
 * Text logs of Python programs (logging, Flask, gunicorn, uvicorn, Celery, loguru) and of those that write
 * alike (log4j, logback): a time or none, a level, perhaps a logger, a message, tracebacks below.
 */

import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { format as access } from './access.ts';
import { applicationSources, PYTHON } from './application.ts';
import type { LogFormat } from './log-format.ts';
import { PYTHON_SAMPLES } from './python-samples.ts';
import { isStackLine } from './stack-lines.ts';
import { textEvent, withStack } from './text-event.ts';
import { splitTextLine } from './text-line.ts';
import { readTimeText } from './time-text.ts';

function parse(line: string, clock: Clock): Event | Skip {
  const parts = splitTextLine(line);
  if (parts === undefined) return skip('not a Python log line');
  const timeUs = parts.time === undefined ? undefined : readTimeText(parts.time, clock);
  if (parts.time !== undefined && timeUs === undefined) return skip('unreadable time');
  const event = textEvent('python', parts, timeUs, clock.confidence);
  // werkzeug logs its requests through logging, in the common log format.
  if (!access.detect(parts.message)) return event;
  const request = access.parse(parts.message, clock);
  if ('skip' in request) return event;
  const isTimed = timeUs !== undefined;
  return {
    ...event,
    ...request,
    timeUs: isTimed ? timeUs : request.timeUs,
    timeConfidence: isTimed ? event.timeConfidence : request.timeConfidence,
    format: 'python',
    'event.dataset': 'python.log',
  };
}

export const format: LogFormat = {
  name: 'python',
  title: 'Python application log (logging, Flask, gunicorn, uvicorn) and log4j text',
  url: 'https://docs.python.org/3/library/logging.html',
  order: 8,
  sources: applicationSources([...PYTHON, 'sql']),
  isEcho: true,
  forgeable: { 'url.original': 'uri' },
  detect: (line) => splitTextLine(line) !== undefined,
  parse,
  continues: (line) => isStackLine(line) && splitTextLine(line) === undefined,
  complete: withStack,
  splittable: true,
  samples: PYTHON_SAMPLES,
};
