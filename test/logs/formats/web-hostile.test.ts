import { describe, expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format as access } from '../../../src/logs/formats/access.ts';
import { format as accessTimeFirst } from '../../../src/logs/formats/access-time-first.ts';
import { format as apacheError } from '../../../src/logs/formats/apache-error.ts';
import { format as journald } from '../../../src/logs/formats/journald.ts';
import { format as jsonLines } from '../../../src/logs/formats/json-lines.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat } from '../../../src/logs/formats/log-format.ts';
import { format as nginxError } from '../../../src/logs/formats/nginx-error.ts';

const named = (name: string) => FORMATS.find((format) => format.name === name) as LogFormat;
const django = named('django');
const python = named('python');

const READERS = [
  access,
  accessTimeFirst,
  nginxError,
  apacheError,
  jsonLines,
  python,
  django,
  journald,
];
const LENGTH = 100_000;
/** Linear readers take a few milliseconds; quadratic ones would take minutes. */
const LIMIT_MS = 1500;

const HEADS = [
  '',
  '192.0.2.1 - ',
  '192.0.2.1 - - [24/Nov/2026:10:00:00 +0000] "',
  '2026/11/24 10:00:01 [error] 9#9: *5 user "',
  '[Tue Nov 24 10:00:01 2026] [error] [client 192.0.2.7] user ',
  '[Tue Nov 24 10:00:01 2026] [error] [client 192.0.2.7] ModSecurity: ',
  '2026-11-24 10:00:01,123 - ',
  '2026-11-24 10:00:01,123 INFO ',
  '[24/Nov/2026 10:00:01] "',
  'INFO:     "',
  '[24/Nov/2026:10:00:01 +0000] ',
  '[24/Nov/2026:10:00:01 +0000] 200 - GET https a "',
  '[2026-11-24T10:00:04.250Z] "',
  'Forbidden (',
];
const PIECES = [
  '"',
  ' "',
  '\\',
  '\\"',
  '[',
  ', client: ',
  ', client: 1.2.3.4, host: "',
  'user "',
  ' not found: ',
  'failed login ',
  'Aa.',
  '1:',
  '{"a":',
  ' - ',
  '- ',
  '[24/Nov/2026:10:00:00 +0000] "',
  '[id "',
  '(',
  'ModSecurity: ',
  'for user ',
  "'",
  '`',
  '\u0000',
  '\u001b[31m',
];

describe('hostile lines', () => {
  it.each(HEADS)('after %j every reader stays linear and throws nothing', (head) => {
    const clock = createClock({ zone: 'UTC', firstYear: 2026 });
    for (const piece of PIECES) {
      const line = head + piece.repeat(LENGTH / piece.length);
      for (const format of READERS) {
        const started = performance.now();
        format.detect(line);
        format.parse(line, clock);
        format.continues?.(line);
        const tookMs = performance.now() - started;
        expect(tookMs, `${format.name} on ${JSON.stringify(piece)}`).toBeLessThan(LIMIT_MS);
      }
    }
  });

  it('keeps the client of a request that imitates a whole access line', () => {
    const forged = '" 200 1 "-" "x" 203.0.113.99 - - [24/Nov/2026:10:00:00 +0000] "GET /b HTTP/1.1';
    const line = `192.0.2.1 - - [24/Nov/2026:10:00:00 +0000] "GET /a${forged}" 404 9 "-" "y"`;
    expect(access.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }))).toMatchObject({
      'source.ip': '192.0.2.1',
    });
  });

  it.each(READERS)('$name says why it skips a cut or foreign line', (format) => {
    const clock = createClock({ zone: 'UTC', firstYear: 2026 });
    for (const sample of format.samples) {
      const line = sample.lines[0] ?? '';
      for (let length = 0; length < line.length; length += 7) {
        const parsed = format.parse(line.slice(0, length), clock);
        if (isSkip(parsed)) expect(parsed.skip).toMatch(/^[a-zA-Z ]{5,40}$/);
        else expect(parsed.format).toBe(format.name);
      }
    }
  });
});
