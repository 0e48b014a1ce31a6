/** Sample lines of access logs that begin with the time, one per dialect. Invented. */
import type { Sample } from './log-format.ts';

/** Lines and the events that they must give. */
export const TIME_FIRST_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '[24/Nov/2026:10:00:01 +0000] MISS 502 502 - POST https git.example.com "/api/v1/token?x=1" [Client 198.51.100.4] [Length 166] [Gzip -] [Sent-to 192.0.2.30] "git-client/2.4" "-"',
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'source.ip': '198.51.100.4',
      'http.request.method': 'POST',
      'url.scheme': 'https',
      'url.domain': 'git.example.com',
      'url.path': '/api/v1/token',
      'http.response.status_code': 502,
      'http.response.body.bytes': 166,
      'user_agent.original': 'git-client/2.4',
      'event.outcome': 'failure',
    },
  },
  {
    lines: [
      '[24/Nov/2026:10:00:02 +0100] files.example.com 203.0.113.18 0.081 "PUT /remote/a.txt HTTP/2.0" 201 12 480 - sync-client/5 (linux)',
    ],
    expect: {
      time: '2026-11-24T09:00:02.000000Z',
      'source.ip': '203.0.113.18',
      'url.domain': 'files.example.com',
      'http.version': '2.0',
      'event.duration': 81_000_000,
      'user_agent.original': 'sync-client/5 (linux)',
    },
  },
  {
    lines: [
      '[24/Nov/2026:10:00:03 +0000] erin http-nio-8080-exec-9 192.0.2.71 GET /browse/OPS-7 HTTP/1.1 200 45ms 9120 https://wiki.example.com/ Mozilla/5.0 (X11; Linux x86_64)',
    ],
    expect: {
      'source.ip': '192.0.2.71',
      'user.name': 'erin',
      'url.path': '/browse/OPS-7',
      'event.duration': 45_000_000,
      'http.response.body.bytes': 9120,
    },
  },
  {
    lines: [
      '[2026-11-24T10:00:04.250Z] "GET /health HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 3 - "-" "probe/1.4" "d1f0" "cart.example.com" "-" outbound|80||cart - 192.0.2.80:8000 192.0.2.91:40022 - default',
    ],
    expect: {
      time: '2026-11-24T10:00:04.250000Z',
      'source.ip': '192.0.2.91',
      'source.port': 40022,
      'http.request.id': 'd1f0',
      'http.response.status_code': 503,
      'url.domain': 'cart.example.com',
    },
  },
  {
    lines: [
      '[24/Nov/2026:10:00:05 +0000] 192.0.2.72 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET /index.html HTTP/1.1" 512',
    ],
    expect: {
      'source.ip': '192.0.2.72',
      'tls.version': '1.3',
      'url.path': '/index.html',
      'http.response.body.bytes': 512,
      'event.outcome': 'unknown',
    },
  },
  {
    lines: [
      '[24/Nov/2026:10:00:06 +0000] "203.0.113.58, 10.1.1.21" 10.1.1.9 - "GET /a?b=1 HTTP/1.1" 200 97 "-" "probe/1.0" 10.1.1.5:8013 "id=1"',
    ],
    expect: {
      time: '2026-11-24T10:00:06.000000Z',
      'source.ip': '203.0.113.58',
      'related.ip': ['203.0.113.58', '10.1.1.21', '10.1.1.9'],
      'url.path': '/a',
      'user_agent.original': 'probe/1.0',
      'http.response.status_code': 200,
    },
  },
  {
    lines: ['[24/Nov/2026:10:00:07 +0000] "-" 192.0.2.9 - "GET / HTTP/1.1" 200 97 "-" "-" "-"'],
    expect: { 'source.ip': '192.0.2.9', 'http.response.body.bytes': 97 },
  },
];
