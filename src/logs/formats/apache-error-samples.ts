/** Sample lines of the Apache error log. Invented. */
import type { Sample } from './log-format.ts';

/** Lines and the events that they must give. */
export const APACHE_ERROR_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '[Tue Nov 24 10:15:30.123456 2026] [auth_basic:error] [pid 2411:tid 139871] [client 198.51.100.12:40112] AH01617: user carol: authentication failure for "/private/": Password Mismatch',
    ],
    expect: {
      time: '2026-11-24T10:15:30.123456Z',
      'event.category': ['authentication', 'web'],
      'event.outcome': 'failure',
      'event.code': 'AH01617',
      'user.name': 'carol',
      'source.ip': '198.51.100.12',
      'source.port': 40112,
      'process.pid': 2411,
      'log.level': 'error',
      'url.path': '/private/',
    },
  },
  {
    lines: [
      '[Tue Nov 24 10:16:02 2026] [error] [client 192.0.2.8] File does not exist: /srv/www/html/shell.php, referer: http://shop.example.com/',
    ],
    expect: {
      time: '2026-11-24T10:16:02.000000Z',
      'source.ip': '192.0.2.8',
      'file.path': '/srv/www/html/shell.php',
      'http.request.referrer': 'http://shop.example.com/',
    },
  },
  {
    lines: [
      '[Tue Nov 24 10:17:44.000100 2026] [:error] [pid 77] [client 203.0.113.5:5210] [client 203.0.113.5] ModSecurity: Access denied with code 403 (phase 2). Pattern match "union" at ARGS:q. [file "/etc/modsecurity/sqli.conf"] [line "14"] [id "990001"] [msg "SQL injection"] [severity "CRITICAL"] [hostname "shop.example.com"] [uri "/search"] [unique_id "a1"]',
    ],
    expect: {
      'event.kind': 'alert',
      'event.code': '990001',
      'rule.name': 'SQL injection',
      'url.path': '/search',
      'url.domain': 'shop.example.com',
      'event.outcome': 'failure',
      'source.ip': '203.0.113.5',
    },
  },
];
