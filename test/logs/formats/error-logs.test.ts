import { describe, expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format as apache } from '../../../src/logs/formats/apache-error.ts';
import { format as nginx } from '../../../src/logs/formats/nginx-error.ts';

const clock = () => createClock({ zone: 'Europe/Berlin', firstYear: 2026 });
const NGINX = '2026/11/24 10:00:01 [error] 9#9: *5 ';
const PAIRS =
  ', client: 192.0.2.7, server: www.example.com, request: "GET /a?b HTTP/1.1", host: "www.example.com:8080"';
const APACHE =
  '[Tue Nov 24 10:00:01.500000 2026] [auth_basic:error] [pid 5:tid 6] [client 192.0.2.7:4000] ';

describe('nginx error log', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'unknown user',
      `${NGINX}user "eve" was not found in "/etc/nginx/.htpasswd"${PAIRS}`,
      {
        'event.category': ['authentication', 'web'],
        'event.outcome': 'failure',
        'user.name': 'eve',
        'source.ip': '192.0.2.7',
        'url.path': '/a',
        'url.domain': 'www.example.com',
      },
    ],
    [
      'a user name that forges a client',
      `${NGINX}user "eve": password mismatch, client: 203.0.113.1, server: x, request: "GET / HTTP/1.1" was not found in "/etc/nginx/.htpasswd"${PAIRS}`,
      { 'source.ip': '192.0.2.7', 'event.outcome': 'failure' },
    ],
    [
      'a request that forges a client',
      `${NGINX}access forbidden by rule, client: 192.0.2.7, server: www.example.com, request: "GET /", client: 203.0.113.1, server: x HTTP/1.1", host: "www.example.com"`,
      { 'source.ip': '192.0.2.7', 'event.type': ['access', 'denied'], 'event.outcome': 'failure' },
    ],
    [
      'rate limit',
      `${NGINX}limiting requests, excess: 5.5 by zone "one"${PAIRS}`,
      {
        'event.outcome': 'failure',
        'error.message': 'limiting requests, excess: 5.5 by zone "one"',
      },
    ],
    [
      'mail login',
      '2026/11/24 10:00:01 [info] 9#9: *5 client logged in, client: 192.0.2.7, server: 0.0.0.0:25, login: "bo@example.com", upstream: 10.0.0.1:25',
      { 'event.outcome': 'success', 'user.name': 'bo@example.com', 'log.level': 'info' },
    ],
    [
      'ModSecurity',
      `${NGINX}[client 192.0.2.7] ModSecurity: Access denied with code 403 (phase 2). Matched "x" [file "/r.conf"] [id "77"] [msg "probe [uri \\"/forged\\"]"] [uri "/a"]${PAIRS}`,
      { 'event.kind': 'alert', 'event.code': '77', 'url.path': '/a', 'event.outcome': 'failure' },
    ],
    [
      'no client',
      '2026/11/24 10:00:01 [emerg] 9#9: bind() failed',
      { 'error.message': 'bind() failed' },
    ],
  ])('%s', (_name, line, expected) => {
    expect(nginx.detect(line)).toBe(true);
    expect(nginx.parse(line, clock())).toMatchObject({
      timeUs: Date.UTC(2026, 10, 24, 9, 0, 1) * 1000,
      timeConfidence: 'zone-assumed',
      ...expected,
    });
  });

  it('finds the client of a PHP error behind its last line', () => {
    const lines = [
      `${NGINX}FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: no in /srv/a.php:3`,
      'Stack trace:',
      '#0 {main}',
      `  thrown in /srv/a.php on line 3" while reading response header from upstream${PAIRS}`,
    ];
    const event = nginx.parse(lines[0] ?? '', clock());
    if (isSkip(event)) throw new Error(event.skip);
    expect(lines.slice(1).map((line) => nginx.continues?.(line))).toEqual([true, true, true]);
    expect(nginx.continues?.(lines[0] ?? '')).toBe(false);
    expect(nginx.complete?.(event, lines, clock())).toMatchObject({
      'source.ip': '192.0.2.7',
      'url.path': '/a',
    });
  });
});

describe('Apache error log', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'password mismatch',
      `${APACHE}AH01617: user eve: authentication failure for "/p": Password Mismatch`,
      { 'event.outcome': 'failure', 'user.name': 'eve', 'url.path': '/p', 'event.code': 'AH01617' },
    ],
    [
      'unknown user',
      `${APACHE}AH01618: user eve not found: /p`,
      { 'event.category': ['authentication', 'web'], 'user.name': 'eve' },
    ],
    [
      'user name with spaces and the words behind it',
      `${APACHE}AH01618: user a not found: /x not found: /p`,
      { 'user.name': 'a not found: /x', 'url.path': '/p' },
    ],
    ['digest', `${APACHE}AH01790: user \`eve' in realm \`r' not found: /p`, { 'user.name': 'eve' }],
    [
      'authorisation',
      `${APACHE}AH01631: user eve: authorization failure for "/p": `,
      { 'event.action': 'web_authorization', 'event.outcome': 'failure', 'user.name': 'eve' },
    ],
    [
      'denied by configuration is no login',
      `${APACHE}AH01630: client denied by server configuration: /srv/.git`,
      { 'event.category': ['web'], 'event.outcome': 'failure', 'file.path': '/srv/.git' },
    ],
    [
      'IPv6 client and referrer',
      '[Tue Nov 24 10:00:01.500000 2026] [core:info] [pid 5] [client [2001:db8::1]:4000] AH00128: File does not exist: /srv/x, referer: http://example.com/',
      {
        'source.ip': '2001:db8::1',
        'source.port': 4000,
        'http.request.referrer': 'http://example.com/',
      },
    ],
    [
      'system error in front of the client',
      '[Tue Nov 24 10:00:01.500000 2026] [proxy:error] [pid 5] (111)Connection refused: [client 192.0.2.7:1] AH00957: connect failed',
      { 'source.ip': '192.0.2.7', 'event.code': 'AH00957', 'error.message': 'Connection refused' },
    ],
    [
      'invalid URI',
      '[Tue Nov 24 10:00:01.500000 2026] [core:error] [pid 5] [client 192.0.2.7:1] AH00126: Invalid URI in request GET /../etc/passwd HTTP/1.1',
      { 'http.request.method': 'GET', 'url.original': '/../etc/passwd', 'http.version': '1.1' },
    ],
  ])('%s', (_name, line, expected) => {
    expect(apache.detect(line)).toBe(true);
    expect(apache.parse(line, clock())).toMatchObject({
      timeUs: Date.UTC(2026, 10, 24, 9, 0, 1, 500) * 1000,
      ...expected,
    });
  });

  it('joins a PHP stack trace', () => {
    const lines = [
      '[Tue Nov 24 10:00:01 2026] [error] [client 192.0.2.7] PHP Fatal error:  Uncaught RuntimeException: no in /srv/a.php:3',
      'Stack trace:',
      '#0 /srv/b.php(2): f()',
      '  thrown in /srv/a.php on line 3',
    ];
    expect(lines.map((line) => apache.continues?.(line))).toEqual([false, true, true, true]);
    const event = apache.parse(lines[0] ?? '', clock());
    if (isSkip(event)) throw new Error(event.skip);
    expect(apache.complete?.(event, lines, clock())).toMatchObject({
      'error.stack_trace': lines.slice(1).join('\n'),
    });
  });
});

it.each(['', 'x', '[Tue Nov 24 10:00:01 2026]', '2026/11/24 10:00:01 [error] text'])(
  'neither claims %j',
  (line) => {
    for (const format of [nginx, apache]) {
      expect(format.detect(line)).toBe(false);
      expect(isSkip(format.parse(line, clock()))).toBe(true);
    }
  },
);
