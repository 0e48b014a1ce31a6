/** Sample lines of Python logs. Invented. */
import type { Sample } from './log-format.ts';

export const PYTHON_SAMPLES: readonly Sample[] = [
  {
    lines: ['2026-11-24 10:00:01,123 - shop.orders - ERROR - order 1043 could not be saved'],
    expect: {
      time: '2026-11-24T10:00:01.123000Z',
      'log.level': 'error',
      'log.logger': 'shop.orders',
      message: 'order 1043 could not be saved',
    },
  },
  {
    lines: [
      '[2026-11-24 10:00:02,004] WARNING in accounts: Failed login for user trent from 198.51.100.77',
    ],
    expect: {
      time: '2026-11-24T10:00:02.004000Z',
      'event.category': ['authentication'],
      'event.outcome': 'failure',
      'user.name': 'trent',
      'source.ip': '198.51.100.77',
      'log.logger': 'accounts',
    },
  },
  {
    lines: ['INFO:     192.0.2.90:50404 - "POST /api/orders HTTP/1.1" 201 Created'],
    expect: {
      'source.ip': '192.0.2.90',
      'source.port': 50404,
      'http.request.method': 'POST',
      'url.path': '/api/orders',
      'http.response.status_code': 201,
    },
  },
  {
    lines: ['[2026-11-24 10:00:03 +0100] [77] [INFO] Booting worker with pid: 77'],
    expect: { time: '2026-11-24T09:00:03.000000Z', 'process.pid': 77, 'log.level': 'info' },
  },
  {
    lines: [
      'ERROR:shop.payment:charge failed',
      'Traceback (most recent call last):',
      '  File "/srv/shop/payment.py", line 31, in charge',
      '    gateway.charge(card)',
      'shop.payment.GatewayDown: no answer within 5 s',
    ],
    expect: { 'log.logger': 'shop.payment', message: 'charge failed', 'log.level': 'error' },
  },
];
