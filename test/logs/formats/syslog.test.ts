import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/syslog.ts';
import { known, read } from './syslog-read.ts';

const time = (event: Event): string =>
  event.timeUs === undefined ? 'none' : new Date(event.timeUs / 1000).toISOString();

describe('envelope', () => {
  // [line, time, host, program, pid, message]
  const rows: readonly (readonly [
    string,
    string,
    string | undefined,
    string | undefined,
    number | undefined,
    string,
  ])[] = [
    ['Nov 24 10:00:01 web01 app[7]: hello', '2026-11-24T10:00:01.000Z', 'web01', 'app', 7, 'hello'],
    [
      'Nov 24 10:00:01 web1/192.0.2.4 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web1',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 src@web1/relay2/relay3 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web1',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 198.51.100.7/192.0.2.4 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      '198.51.100.7',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 app[7] info: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 app[7] see: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'see: hello',
    ],
    [
      'Nov 24 10:00:01 web01 authpriv.warn app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 auth.info app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 <auth.info> app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 <4.6> web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 192.0.2.1 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 [192.0.2.1] app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      '192.0.2.1',
      'app',
      7,
      'hello',
    ],
    [
      '2026-11-24 12:00:01 GMT+2 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2026-11-24 07:30:01 UTC-02:30 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2026-11-24T10:00:01+00:00 INFO [main] app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      undefined,
      'app',
      7,
      'hello',
    ],
    [
      'Nov  4 10:00:01 web01 app: hello',
      '2026-11-04T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 4 10:00:01 web01 app: hello',
      '2026-11-04T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 10:00:01.25 web01 app: hello',
      '2026-11-24T10:00:01.250Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      '2025 Nov 24 10:00:01 web01 app: hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 2025 10:00:01 web01 app: hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      '2025-11-24T10:00:01.5+01:00 web01 app[7]: hello',
      '2025-11-24T09:00:01.500Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01-0230 web01 app[7]: hello',
      '2025-11-24T12:30:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01Z web01 app[7]: hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24 10:00:01,123 web01 app[7]: hello',
      '2025-11-24T10:00:01.123Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24 10:00:01 +0100 web01 app[7]: hello',
      '2025-11-24T09:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Mon 2025-11-24 10:00:01 EST web01 app[7]: hello',
      '2025-11-24T15:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '1764000001.500000 web01 app[7]: hello',
      '2025-11-24T16:00:01.500Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '@4000000069247f1f1dcd6500 app: hello',
      '2025-11-24T15:51:49.500Z',
      undefined,
      'app',
      undefined,
      'hello',
    ],
    ['[ 12.500000] web01 app[7]: hello', 'none', 'web01', 'app', 7, 'hello'],
    ['[   12.500000] eth0: link up', 'none', undefined, 'kernel', undefined, 'eth0: link up'],
    ['web01 app[7]: hello', 'none', 'web01', 'app', 7, 'hello'],
    [
      '<13>Nov 24 10:00:01 web01 app: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    ['<13>app[7]: hello', 'none', undefined, 'app', 7, 'hello'],
    [
      '<13>1 2025-11-24T10:00:01Z web01 app 7 ID - hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '<13>1 2025-11-24T10:00:01Z fw01 RT_FLOW - ID [junos@1 source-address="192.0.2.7"]',
      '2025-11-24T10:00:01.000Z',
      'fw01',
      'RT_FLOW',
      undefined,
      '[junos@1 source-address="192.0.2.7"]',
    ],
    [
      '<13>1 1764000001.500000000 edge01 events type=up',
      '2025-11-24T16:00:01.500Z',
      'edge01',
      undefined,
      undefined,
      'events type=up',
    ],
    ['<13>1 - - - - - - hello', 'none', undefined, undefined, undefined, 'hello'],
    [
      '<13>1 2025-11-24T10:00:01Z web01 app - - [a b="]\\"]"][c] \ufeffhello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      '<13>1 2025-11-24T10:00:01Z web01 app - - [a b="c"] \u00ef\u00bb\u00bfhello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 /usr/sbin/app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 mail/smtpd[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'mail/smtpd',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 app(module)[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 worker(31326): hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'worker',
      31_326,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 app.jobs     [7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app.jobs',
      7,
      'hello',
    ],
    ['Nov 24 10:00:01 app[7]: hello', '2026-11-24T10:00:01.000Z', undefined, 'app', 7, 'hello'],
    [
      'Nov 24 10:00:01 [app]: hello',
      '2026-11-24T10:00:01.000Z',
      undefined,
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 10:00:01 last message repeated 4 times',
      '2026-11-24T10:00:01.000Z',
      undefined,
      undefined,
      undefined,
      'last message repeated 4 times',
    ],
    [
      'Nov 24 10:00:01 <mail.notice> web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:03 relay Nov 24 10:00:02 hub Nov 24 10:00:01 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:03Z relay Nov 24 10:00:01 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01Z In(14) app[7]: hello',
      '2025-11-24T10:00:01.000Z',
      undefined,
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01.5+01:00 ERR app[7]: hello',
      '2025-11-24T09:00:01.500Z',
      undefined,
      'app',
      7,
      'hello',
    ],
    [
      'Mon Nov 24 10:00:01 2025 [pid 7] [ann] OK LOGIN: Client "192.0.2.7"',
      '2025-11-24T10:00:01.000Z',
      undefined,
      'vsftpd',
      7,
      '[ann] OK LOGIN: Client "192.0.2.7"',
    ],
    [
      'Nov 24 10:00:01 web01 no tag here',
      '2026-11-24T10:00:01.000Z',
      'web01',
      undefined,
      undefined,
      'no tag here',
    ],
    ['Nov 24 10:00:01', '2026-11-24T10:00:01.000Z', '', undefined, undefined, ''],
  ];
  test.each(rows)('%s', (line, when, host, program, pid, message) => {
    const event = read(line);
    expect(time(event)).toBe(when);
    expect(event['host.hostname'] || undefined).toBe(host || undefined);
    expect(event['process.name']).toBe(program);
    expect(event['process.pid']).toBe(pid);
    expect(event.message).toBe(message);
  });

  test('a priority gives facility, severity and level', () => {
    const event = read('<165>Nov 24 10:00:01 web01 app: hello');
    expect(
      known(event, [
        'log.syslog.priority',
        'log.syslog.facility.code',
        'log.syslog.severity.code',
        'log.level',
      ]),
    ).toEqual({
      'log.syslog.priority': 165,
      'log.syslog.facility.code': 20,
      'log.syslog.severity.code': 5,
      'log.level': 'notice',
    });
  });

  test.each([
    ['Nov 24 10:00:01 h a: b', 'year-inferred'],
    ['2025-11-24T10:00:01 h a: b', 'zone-assumed'],
    ['2025-11-24T10:00:01Z h a: b', 'exact'],
    ['h a[1]: b', 'none'],
  ])('how sure the time of "%s" is: %s', (line, confidence) => {
    expect(read(line).timeConfidence).toBe(confidence);
  });

  test.each([
    ['', 'not a syslog line'],
    ['Nov 32 10:00:01 web01 app: hello', 'not a syslog line'],
    ['Nov 24 25:00:01 web01 app: hello', 'not a syslog line'],
    ['-- Journal begins at Mon 2025-11-24 10:00:01 CET. --', 'journal header'],
    ['plain text without a date', 'not a syslog line'],
  ])('"%s" is skipped: %s', (line, reason) => {
    const parsed = format.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
    expect(parsed).toEqual({ skip: reason });
  });

  test.each([
    '2025-11-24 10:00:01,123 INFO app.jobs: hello',
    '2025-11-24 10:00:01,123 app.jobs WARNING hello',
    '2025-11-24T10:00:01.123Z info: server listening',
    '2025-11-24T10:00:01Z [worker] hello',
    '192.0.2.7 - - [24/Nov/2025:10:00:01 +0000] "GET / HTTP/1.1" 200 5',
    '{"time":"2025-11-24T10:00:01Z","msg":"hello"}',
    '[24/Nov/2025 10:00:01] "GET / HTTP/1.1" 200 5',
    'type=SYSCALL msg=audit(1764000001.123:7): arch=c000003e',
    '    at main (app.js:1:2)',
    '1764000001.123    45 192.0.2.7 TCP_MISS/200 512 GET http://example.com/ - -',
  ])('does not claim %s', (line) => {
    expect(format.detect(line)).toBe(false);
  });
});

test('never throws and keeps one shape, whatever the line', () => {
  const shape = Object.keys(read('Nov 24 10:00:01 h a: b')).join();
  const word = fc.constantFrom(
    'sshd[1]:',
    'sudo:',
    ' from ',
    ' port ',
    'rhost=',
    'user=',
    '[',
    ']',
    '(',
    ')',
    ':',
    ' : ',
    'COMMAND=',
    'IN= OUT= SRC=',
    '<34>1',
    '-',
    '::',
    '2026-11-24T10:00:01Z',
    'Nov 24 10:00:01',
  );
  const line = fc
    .array(fc.oneof(word, fc.string({ maxLength: 12 })))
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(line, (text) => {
      format.detect(text);
      const parsed = format.parse(text, createClock({ zone: 'UTC', firstYear: 2026 }));
      if (!isSkip(parsed)) expect(Object.keys(parsed).join()).toContain(shape.slice(0, 40));
    }),
  );
});
