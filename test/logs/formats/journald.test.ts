import { expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/journald.ts';
import { format as jsonLines } from '../../../src/logs/formats/json-lines.ts';
import { format as syslog } from '../../../src/logs/formats/syslog.ts';

const clock = () => createClock({ zone: 'UTC', firstYear: 2026 });
const record = (fields: object) =>
  JSON.stringify({
    __CURSOR: 'c',
    __REALTIME_TIMESTAMP: '1795514400123456',
    _HOSTNAME: 'h1',
    ...fields,
  });

it('reads an sshd message as the line in auth.log', () => {
  const message = 'Accepted publickey for deploy from 192.0.2.5 port 4022 ssh2: ED25519 SHA256:abc';
  const own = format.parse(
    record({ SYSLOG_IDENTIFIER: 'sshd', _PID: '9', MESSAGE: message }),
    clock(),
  );
  const other = syslog.parse(`Nov 24 10:00:00 h1 sshd[9]: ${message}`, clock());
  if (isSkip(own) || isSkip(other)) throw new Error('skipped');
  for (const field of [
    'message',
    'event.category',
    'event.action',
    'event.outcome',
    'event.dataset',
    'user.name',
    'source.ip',
    'source.port',
    'process.name',
    'process.pid',
    'host.hostname',
  ] as const) {
    expect([field, own[field]]).toEqual([field, other[field]]);
  }
  expect(own['user.name']).toBe('deploy');
  expect(own.timeUs).toBe(1795514400123456);
});

it.each<[string, object, string]>([
  ['text', { MESSAGE: 'up' }, 'up'],
  ['bytes', { MESSAGE: [195, 169, 27] }, 'é\u001b'],
  ['null', { MESSAGE: null }, ''],
  ['absent', {}, ''],
  ['given twice', { MESSAGE: ['a', 'b'] }, 'a\nb'],
])('message as %s', (_name, fields, message) => {
  expect(format.parse(record(fields), clock())).toMatchObject({ message, timeConfidence: 'exact' });
});

it('is told from other JSON', () => {
  expect(format.detect(record({ MESSAGE: 'x' }))).toBe(true);
  expect(jsonLines.detect(record({ MESSAGE: 'x' }))).toBe(false);
  expect(format.detect('{"time":"2026-11-24T10:00:00Z","msg":"x"}')).toBe(false);
  expect(format.parse('{"__REALTIME_TIMESTAMP":"1', clock())).toEqual({ skip: 'broken JSON' });
});

it.each<[string, string, Record<string, unknown>]>([
  [
    'nginx',
    '192.0.2.9 - - [24/Nov/2026:09:59:59 +0000] "GET /a HTTP/1.1" 404 9 "-" "probe"',
    {
      timeUs: 1795514399000000,
      format: 'access',
      'source.ip': '192.0.2.9',
      'http.response.status_code': 404,
      'url.path': '/a',
    },
  ],
  [
    'apache2',
    '[auth_basic:error] [pid 8] [client 192.0.2.9:4000] AH01618: user eve not found: /p',
    {
      timeUs: 1795514400123456,
      format: 'apache-error',
      'source.ip': '192.0.2.9',
      'event.outcome': 'failure',
      'user.name': 'eve',
    },
  ],
])('reads the lines of %s inside the journal', (program, message, expected) => {
  const event = format.parse(record({ SYSLOG_IDENTIFIER: program, MESSAGE: message }), clock());
  expect(event).toMatchObject({
    'host.hostname': 'h1',
    'process.name': program,
    ...expected,
  });
});
