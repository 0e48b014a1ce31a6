/** Sample lines of Django's own log. Invented. */
import type { Sample } from './log-format.ts';

export const DJANGO_SAMPLES: readonly Sample[] = [
  {
    lines: ['[24/Nov/2026 10:00:01] "GET /admin/login/?next=/admin/ HTTP/1.1" 200 4185'],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'http.request.method': 'GET',
      'url.path': '/admin/login/',
      'url.query': 'next=/admin/',
      'http.response.status_code': 200,
      'http.response.body.bytes': 4185,
      'event.outcome': 'success',
    },
  },
  {
    lines: ['Forbidden (CSRF cookie not set.): /accounts/login/'],
    expect: {
      'event.action': 'csrf_rejected',
      'event.outcome': 'failure',
      'url.path': '/accounts/login/',
      'http.response.status_code': 403,
    },
  },
  {
    lines: [
      "Invalid HTTP_HOST header: 'scanner.example.net'. You may need to add 'scanner.example.net' to ALLOWED_HOSTS.",
    ],
    expect: { 'event.action': 'invalid_host_header', 'url.domain': 'scanner.example.net' },
  },
];
