import { describe, expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat } from '../../../src/logs/formats/log-format.ts';

const named = (name: string) => FORMATS.find((format) => format.name === name) as LogFormat;
const django = named('django');
const python = named('python');

const clock = () => createClock({ zone: 'UTC', firstYear: 2026 });
const STAMP = '2026-11-24 10:00:01,250';
const TIME_US = Date.UTC(2026, 10, 24, 10, 0, 1, 250) * 1000;

describe('Python lines', () => {
  it.each<[string, Record<string, unknown>]>([
    [`${STAMP} - shop - INFO - up - running`, { 'log.logger': 'shop', message: 'up - running' }],
    [
      `${STAMP} - shop.db - MainThread - ERROR - gone`,
      { 'log.logger': 'shop.db', 'log.level': 'error' },
    ],
    [`${STAMP} - WARNING - low`, { 'log.level': 'warning', message: 'low' }],
    [
      `[${STAMP}] ERROR in app: Exception on /pay [POST]`,
      { 'log.logger': 'app', 'log.level': 'error' },
    ],
    [`[${STAMP}: INFO/ForkPoolWorker-2] Task done`, { 'process.thread.name': 'ForkPoolWorker-2' }],
    [
      '2026-11-24 10:00:01.250 | INFO     | shop.api:pay:31 - paid',
      { 'log.logger': 'shop.api', 'log.origin.function': 'pay', 'log.origin.file.line': 31 },
    ],
    [
      `WARNING ${STAMP} log 812 1401 Forbidden (CSRF token missing.): /pay/`,
      { 'process.pid': 812, 'event.action': 'csrf_rejected', 'url.path': '/pay/' },
    ],
    [`${STAMP} INFO shop.cart: emptied`, { 'log.logger': 'shop.cart', message: 'emptied' }],
    [
      `${STAMP} WARN  [org.example.Auth] (worker-1) slow`,
      { 'log.logger': 'org.example.Auth', message: 'slow' },
    ],
    [
      `${STAMP} INFO [IPC Server handler 3 on 8020] org.example.ipc.Server$Handler: call 7: done`,
      {
        'process.thread.name': 'IPC Server handler 3 on 8020',
        'log.logger': 'org.example.ipc.Server$Handler',
        message: 'call 7: done',
      },
    ],
    [
      `${STAMP} [myid:2] - WARN  [QuorumPeer[myid=2]/[::]:2181:Learner@90] - gone`,
      {
        'process.thread.name': 'QuorumPeer[myid=2]/[::]:2181',
        'log.logger': 'Learner',
        message: 'gone',
      },
    ],
    [
      `${STAMP} - shop - WARNING - AXES: New login failure by {username: "eve", ip_address: "192.0.2.1", path_info: "/in/"}.`,
      {
        'event.category': ['authentication'],
        'event.outcome': 'failure',
        'user.name': 'eve',
        'source.ip': '192.0.2.1',
      },
    ],
    [
      `${STAMP} - werkzeug - INFO - 192.0.2.1 - - [24/Nov/2026 10:00:01] "GET /a HTTP/1.1" 404 -`,
      { 'source.ip': '192.0.2.1', 'http.response.status_code': 404, 'log.logger': 'werkzeug' },
    ],
  ])('%s', (line, expected) => {
    expect(python.detect(line)).toBe(true);
    expect(python.parse(line, clock())).toMatchObject({ timeUs: TIME_US, ...expected });
  });

  it.each<[string, Record<string, unknown>]>([
    ['ERROR:shop.pay:declined: 51', { 'log.logger': 'shop.pay', message: 'declined: 51' }],
    ['INFO:     Started server process [7]', { 'log.level': 'info' }],
    [
      'INFO:     [2001:db8::1]:4000 - "GET /a?b=" HTTP/1.1" 200 OK',
      { 'source.ip': '2001:db8::1', 'url.query': 'b="', 'http.response.status_code': 200 },
    ],
  ])('without a time: %s', (line, expected) => {
    expect(python.parse(line, clock())).toMatchObject({
      timeUs: undefined,
      timeConfidence: 'none',
      ...expected,
    });
  });

  it.each([
    '',
    'Nov 24 10:00:01 h sshd[1]: x',
    '2026-11-24 10:00:01 install a',
    'INFORMATION: x',
    'HTTP: x',
  ])('leaves %j alone', (line) => {
    expect(python.detect(line)).toBe(false);
    expect(isSkip(python.parse(line, clock()))).toBe(true);
  });

  it('takes the traceback in and names the error', () => {
    const lines = [
      `${STAMP} - shop - ERROR - no order`,
      'Traceback (most recent call last):',
      '  File "/srv/a.py", line 3, in f',
      '    g()',
      'KeyError: 7',
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      '  File "/srv/a.py", line 9, in h',
      'shop.errors.NoOrder: order 7',
    ];
    expect(lines.map((line) => python.continues?.(line))).toEqual([false, ...Array(10).fill(true)]);
    const event = python.parse(lines[0] ?? '', clock());
    if (isSkip(event)) throw new Error(event.skip);
    expect(python.complete?.(event, lines, clock())).toMatchObject({
      'error.type': 'shop.errors.NoOrder',
      'error.message': 'order 7',
      'error.stack_trace': lines.slice(1).join('\n'),
    });
  });

  it.each([
    ['Caused by: java.io.IOException: reset', true],
    ['    at org.example.A.b(A.java:3)', true],
    ['\t... 12 more', true],
    ['... 12 more', true],
    ['java.lang.IllegalStateException: no', true],
    ['TypeError: x is undefined', true],
    ['Listening on port 80', false],
    ['Error handling is on', false],
  ])('continuation %j: %s', (line, isJoined) => {
    expect(python.continues?.(line)).toBe(isJoined);
  });
});

describe('Django lines', () => {
  it.each<[string, Record<string, unknown>]>([
    [
      '[24/Nov/2026 10:00:01] "POST /in/?next=/ HTTP/1.1" 500 99',
      {
        'http.request.method': 'POST',
        'url.path': '/in/',
        'http.response.status_code': 500,
        'log.level': 'error',
      },
    ],
    ['Not Found: /wp-login.php', { 'http.response.status_code': 404, 'url.extension': 'php' }],
    [
      'Method Not Allowed (TRACE): /',
      { 'http.request.method': 'TRACE', 'http.response.status_code': 405 },
    ],
    ['Internal Server Error: /pay/', { 'http.response.status_code': 500, 'log.level': 'error' }],
    [
      'Forbidden (Referer checking failed - no Referer.): /in/',
      { 'event.action': 'csrf_rejected', 'event.outcome': 'failure' },
    ],
    [
      "Invalid HTTP_HOST header: 'bad.example.net'. You may need to add 'bad.example.net' to ALLOWED_HOSTS.",
      { 'url.domain': 'bad.example.net', 'event.action': 'invalid_host_header' },
    ],
  ])('%s', (line, expected) => {
    expect(django.detect(line)).toBe(true);
    expect(django.parse(line, clock())).toMatchObject({ format: 'django', ...expected });
  });

  it.each([
    '',
    'Not Found',
    '[24/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 1 "x"',
    'not found: /x',
  ])('leaves %j alone', (line) => {
    expect(django.detect(line)).toBe(false);
    expect(isSkip(django.parse(line, clock()))).toBe(true);
  });
});
