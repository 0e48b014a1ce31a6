/** Sample lines of the nginx error log. Invented. */
import type { Sample } from './log-format.ts';

/** Lines and the events that they must give. */
export const NGINX_ERROR_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '2026/11/24 10:00:01 [error] 812#812: *4711 open() "/srv/www/html/robots.txt" failed (2: No such file or directory), client: 192.0.2.44, server: shop.example.com, request: "GET /robots.txt?v=1 HTTP/1.1", host: "shop.example.com", referrer: "https://example.com/"',
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'log.level': 'error',
      'source.ip': '192.0.2.44',
      'http.request.method': 'GET',
      'url.original': '/robots.txt?v=1',
      'url.domain': 'shop.example.com',
      'http.request.referrer': 'https://example.com/',
      'error.message': 'open() "/srv/www/html/robots.txt" failed (2: No such file or directory)',
      'file.path': '/srv/www/html/robots.txt',
      'process.pid': 812,
    },
  },
  {
    lines: [
      '2026/11/24 10:00:07 [error] 812#812: *4712 user "backup": password mismatch, client: 203.0.113.77, server: intranet.example.com, request: "GET /reports HTTP/2.0", host: "intranet.example.com"',
    ],
    expect: {
      'event.category': ['authentication', 'web'],
      'event.outcome': 'failure',
      'user.name': 'backup',
      'source.ip': '203.0.113.77',
      'url.path': '/reports',
    },
  },
  {
    lines: ['2026/11/24 10:02:00 [notice] 1#1: signal process started'],
    expect: { 'log.level': 'notice', message: 'signal process started', 'event.type': ['info'] },
  },
];
