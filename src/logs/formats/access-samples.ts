/** Sample lines of the access format, one per dialect. Invented. */
import type { Sample } from './log-format.ts';

/** Lines and the events that they must give. */
export const ACCESS_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '192.0.2.17 - - [24/Nov/2026:10:15:30 +0100] "GET /cart/view?item=42 HTTP/1.1" 200 5120 "https://shop.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"',
    ],
    expect: {
      time: '2026-11-24T09:15:30.000000Z',
      'source.ip': '192.0.2.17',
      'http.request.method': 'GET',
      'url.original': '/cart/view?item=42',
      'url.path': '/cart/view',
      'url.query': 'item=42',
      'http.version': '1.1',
      'http.response.status_code': 200,
      'http.response.body.bytes': 5120,
      'http.request.referrer': 'https://shop.example.com/',
      'user_agent.original':
        'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'event.outcome': 'success',
    },
  },
  {
    lines: ['203.0.113.9 - alice [01/Feb/2026:23:59:59 -0500] "DELETE /album.php HTTP/1.0" 403 -'],
    expect: {
      time: '2026-02-02T04:59:59.000000Z',
      'source.ip': '203.0.113.9',
      'user.name': 'alice',
      'http.request.method': 'DELETE',
      'url.extension': 'php',
      'http.response.status_code': 403,
      'event.outcome': 'failure',
    },
  },
  {
    lines: [
      'www.example.com:443 2001:db8::5 - - [24/Nov/2026:08:00:00 +0000] "POST /login HTTP/2.0" 302 0 "-" "curl/8.5.0"',
    ],
    expect: {
      time: '2026-11-24T08:00:00.000000Z',
      'url.domain': 'www.example.com',
      'source.ip': '2001:db8::5',
      'http.version': '2.0',
      'user_agent.original': 'curl/8.5.0',
    },
  },
  {
    lines: [
      '198.51.100.23 - - [24/Nov/2026:08:00:01 +0000] "GET /api/stock HTTP/1.1" 502 157 "-" "stock-bot/2.1" "192.0.2.200" 0.125',
    ],
    expect: {
      'source.ip': '198.51.100.23',
      'event.duration': 125_000_000,
      'event.type': ['access', 'error'],
      'related.ip': ['192.0.2.200'],
    },
  },
  {
    lines: [
      String.raw`198.51.100.66 - - [24/Nov/2026:08:00:02 +0000] "\x16\x03\x01\x02\x00" 400 150 "-" "-"`,
    ],
    expect: {
      'source.ip': '198.51.100.66',
      'http.response.status_code': 400,
      'event.outcome': 'failure',
      'event.reason': 'malformed request',
    },
  },
];
