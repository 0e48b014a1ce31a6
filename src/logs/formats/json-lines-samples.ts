/** Sample lines of JSON logs. Invented. */
import type { Sample } from './log-format.ts';

/** Lines and the events that they must give. */
export const JSON_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '{"level":"info","ts":1795514401.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.5","remote_port":"5555","client_ip":"198.51.100.7","method":"GET","host":"example.com","uri":"/a"},"size":120,"status":200}',
    ],
    expect: {
      time: '2026-11-24T10:00:01.500000Z',
      'source.ip': '198.51.100.7',
      'source.port': undefined,
      'related.ip': ['203.0.113.5'],
      'url.path': '/a',
      'http.response.status_code': 200,
    },
  },
  {
    lines: [
      '{"level":30,"time":1795514400250,"pid":41,"hostname":"shop-1","req":{"id":"r-19","method":"POST","url":"/api/login?next=%2F","remoteAddress":"192.0.2.61","remotePort":50122,"headers":{"user-agent":"shop-app/3"}},"res":{"statusCode":401},"responseTime":12,"msg":"request completed"}',
    ],
    expect: {
      time: '2026-11-24T10:00:00.250000Z',
      'log.level': 'info',
      'source.ip': '192.0.2.61',
      'source.port': 50122,
      'http.request.method': 'POST',
      'url.path': '/api/login',
      'url.query': 'next=%2F',
      'http.response.status_code': 401,
      'event.duration': 12_000_000,
      'event.category': ['web'],
      'event.outcome': 'failure',
      'user_agent.original': 'shop-app/3',
      'http.request.id': 'r-19',
      'host.name': 'shop-1',
    },
  },
  {
    lines: [
      '{"timestamp":"2026-11-24T10:00:01.5Z","level":"warn","message":"Login failed for user mallory","ip":"203.0.113.200","service":"accounts"}',
    ],
    expect: {
      time: '2026-11-24T10:00:01.500000Z',
      'event.category': ['authentication'],
      'event.outcome': 'failure',
      'user.name': 'mallory',
      'source.ip': '203.0.113.200',
      'service.name': 'accounts',
    },
  },
  {
    lines: [
      '{"@timestamp":"2026-11-24T10:00:02.000123Z","log.level":"ERROR","message":"payment refused","ecs.version":"8.11","error":{"type":"TimeoutError","message":"gateway did not answer","stack_trace":"TimeoutError: gateway did not answer\\n    at pay (pay.js:10:3)"},"trace.id":"9f2c"}',
    ],
    expect: {
      time: '2026-11-24T10:00:02.000123Z',
      'log.level': 'error',
      'error.type': 'TimeoutError',
      'error.message': 'gateway did not answer',
      'trace.id': '9f2c',
    },
  },
];
