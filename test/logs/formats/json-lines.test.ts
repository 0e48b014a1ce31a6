import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { detectFormat } from '../../../src/logs/detect-format.ts';
import { format } from '../../../src/logs/formats/json-lines.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import { createAccount } from '../../../src/logs/line-account.ts';
import { createEventReader } from '../../../src/logs/read-events.ts';

const clock = () => createClock({ zone: 'UTC', firstYear: 2026 });
const TIME = '2026-11-24T10:00:01.250Z';
const TIME_US = Date.parse(TIME) * 1000;

/** The event of a record, with its time as RFC 3339 for reading. */
const read = (record: unknown): Record<string, unknown> => {
  const events: Event[] = [];
  const account = createAccount();
  const sink = (event: Event): void => void events.push(event);
  const reader = createEventReader({ format, formats: FORMATS, clock: clock(), account, sink });
  reader.line(JSON.stringify(record), 0);
  reader.end();
  const [event] = events;
  if (event === undefined) throw new Error([...account.skips.keys()].join());
  return event as unknown as Record<string, unknown>;
};

describe('loggers', () => {
  it.each<[string, object, Record<string, unknown>]>([
    [
      'winston',
      { level: 'warn', message: 'stock is low', timestamp: TIME, service: 'shop' },
      { 'log.level': 'warn', message: 'stock is low', 'service.name': 'shop' },
    ],
    [
      'a level and a stream in the wrong places',
      { timestamp: TIME, level: 'stdout', host: 'ERROR', msg: 'x' },
      { 'log.level': undefined, 'host.name': undefined, message: 'x' },
    ],
    [
      'a line of code is no user',
      { ts: TIME, level: 'info', caller: 'etcdserver/server.go:169', msg: 'x' },
      { 'user.name': undefined, message: 'x' },
    ],
    [
      'pino error',
      {
        level: 50,
        time: TIME_US / 1000,
        pid: 7,
        hostname: 'a1',
        err: {
          type: 'RangeError',
          message: 'too far',
          stack: 'RangeError: too far\n    at f (x.js:1:1)',
        },
        msg: 'too far',
      },
      {
        'log.level': 'error',
        'error.type': 'RangeError',
        'error.message': 'too far',
        'error.stack_trace': 'RangeError: too far\n    at f (x.js:1:1)',
        'host.name': 'a1',
        'process.pid': 7,
      },
    ],
    [
      'bunyan',
      { name: 'api', hostname: 'a1', pid: 7, level: 20, msg: 'cache miss', time: TIME, v: 0 },
      { 'log.level': 'debug', 'log.logger': 'api', message: 'cache miss' },
    ],
    [
      'python-json-logger',
      {
        asctime: '2026-11-24 10:00:01,250',
        levelname: 'ERROR',
        name: 'app.db',
        message: 'gone',
        lineno: 4,
      },
      { 'log.level': 'error', 'log.logger': 'app.db', 'log.origin.file.line': 4 },
    ],
    [
      'zap, seconds with a fraction',
      { level: 'info', ts: TIME_US / 1e6, caller: 'a/b.go:3', msg: 'up', duration: 0.002 },
      { 'log.level': 'info', 'event.duration': 2_000_000, 'log.origin.file.name': 'a/b.go:3' },
    ],
    [
      'logrus',
      { level: 'warning', msg: 'slow', time: TIME },
      { 'log.level': 'warning', message: 'slow' },
    ],
    [
      'log4j2 instant',
      {
        instant: { epochSecond: Math.floor(TIME_US / 1e6), nanoOfSecond: 250_000_000 },
        thread: 'main',
        level: 'FATAL',
        loggerName: 'org.example.A',
        message: 'stop',
      },
      { 'log.level': 'fatal', 'log.logger': 'org.example.A', 'process.thread.name': 'main' },
    ],
    [
      'Serilog compact',
      { '@t': TIME, '@mt': 'User {User} bought {Count:000}', User: 'nia', Count: 3 },
      { 'log.level': 'info', message: 'User nia bought 3', 'user.name': 'nia' },
    ],
    [
      'GELF',
      {
        version: '1.1',
        host: 'h1',
        short_message: 'down',
        level: 3,
        timestamp: TIME_US / 1e6,
        _user: 'ed',
      },
      { 'log.level': 'error', message: 'down', 'host.name': 'h1', 'user.name': 'ed' },
    ],
    [
      'ECS, dotted and nested',
      {
        '@timestamp': TIME,
        'log.level': 'INFO',
        log: { logger: 'x' },
        user: { name: 'jo', id: '9' },
      },
      { 'log.level': 'info', 'log.logger': 'x', 'user.name': 'jo', 'user.id': '9' },
    ],
    [
      'structlog',
      { event: 'cart emptied', level: 'info', timestamp: TIME, user_id: 12 },
      { message: 'cart emptied', 'user.id': '12' },
    ],
    [
      'Docker around a plain line',
      { log: 'ready to serve\n', stream: 'stdout', time: TIME },
      { message: 'ready to serve' },
    ],
    [
      'Docker around JSON',
      {
        log: `{"level":"error","msg":"boom","time":"${TIME}"}\n`,
        stream: 'stderr',
        time: '2026-11-25T00:00:00Z',
      },
      { 'log.level': 'error', message: 'boom' },
    ],
  ])('%s', (_name, record, expected) => {
    expect(read(record)).toMatchObject({ timeUs: TIME_US, ...expected });
    expect(detectFormat(JSON.stringify(record), FORMATS)).toBeDefined();
  });
});

describe('web requests', () => {
  it.each<[string, object, Record<string, unknown>]>([
    [
      'nginx log_format json',
      {
        time_local: '24/Nov/2026:11:00:01.250 +0100',
        remote_addr: '192.0.2.4',
        request: 'GET /a?b=1 HTTP/1.1',
        status: '404',
        body_bytes_sent: '153',
        http_user_agent: 'probe',
        request_time: '0.004',
      },
      {
        'source.ip': '192.0.2.4',
        'http.request.method': 'GET',
        'url.path': '/a',
        'url.query': 'b=1',
        'http.version': '1.1',
        'http.response.status_code': 404,
        'http.response.body.bytes': 153,
        'event.duration': 4_000_000,
        'event.outcome': 'failure',
      },
    ],
    [
      'Caddy',
      {
        level: 'info',
        ts: TIME_US / 1e6,
        logger: 'http.log.access',
        msg: 'handled request',
        request: {
          remote_ip: '10.0.0.1',
          client_ip: '203.0.113.6',
          proto: 'HTTP/2.0',
          method: 'POST',
          host: 'shop.example.com',
          uri: '/login',
          headers: { 'User-Agent': ['probe/2'] },
        },
        duration: 0.5,
        size: 10,
        status: 200,
      },
      {
        'source.ip': '203.0.113.6',
        'url.domain': 'shop.example.com',
        'host.name': undefined,
        'url.path': '/login',
        'user_agent.original': 'probe/2',
        'event.duration': 500_000_000,
        'http.version': '2.0',
        'event.category': ['web'],
      },
    ],
    [
      'Traefik',
      {
        ClientHost: '203.0.113.6',
        ClientUsername: '-',
        DownstreamStatus: 502,
        Duration: 1500,
        RequestMethod: 'GET',
        RequestPath: '/x.php',
        'request_User-Agent': 'probe',
        time: TIME,
      },
      {
        'source.ip': '203.0.113.6',
        'user.name': undefined,
        'http.response.status_code': 502,
        'event.duration': 1500,
        'event.type': ['access', 'error'],
        'url.extension': 'php',
      },
    ],
    [
      'morgan through winston, camel case',
      {
        timestamp: TIME,
        remoteAddress: '::ffff:192.0.2.9',
        httpMethod: 'PUT',
        requestUrl: '/v',
        statusCode: 201,
      },
      { 'source.ip': '192.0.2.9', 'http.request.method': 'PUT', 'http.response.status_code': 201 },
    ],
  ])('%s', (_name, record, expected) => {
    expect(read(record)).toMatchObject({ timeUs: TIME_US, ...expected });
  });
});

describe('logins', () => {
  it.each<[object, string | undefined, string | undefined]>([
    [{ message: 'Login failed', username: 'ann' }, 'failure', 'ann'],
    [{ msg: 'authentication failure for bob' }, 'failure', 'bob'],
    [{ message: 'Invalid credentials for user "eve"' }, 'failure', 'eve'],
    [{ event: 'user.login.failed', user: { email: 'a@example.com' } }, 'failure', 'a@example.com'],
    [{ event: 'loginSucceeded', user: 'ann' }, 'success', 'ann'],
    [{ event: 'user.login', success: false, user: 'ann' }, 'failure', 'ann'],
    [{ action: 'login', outcome: 'success', user: 'ann' }, 'success', 'ann'],
    [{ message: 'User carl logged in from 192.0.2.3' }, 'success', 'carl'],
    [{ message: 'rendering the login page' }, undefined, undefined],
    [{ message: 'user is not logged in' }, undefined, undefined],
    [{ message: 'login required' }, undefined, undefined],
    [{ message: 'failed to load catalogue' }, undefined, undefined],
    [{ message: 'Login for user dora from 192.0.2.3 failed' }, 'failure', 'dora'],
    [{ message: 'Login attempt was rejected', user: 'ann' }, 'failure', 'ann'],
    [{ message: 'failed to authenticate user fay' }, 'failure', 'fay'],
    [{ message: 'Wrong password', user: 'ann' }, 'failure', 'ann'],
    [{ message: 'Successful login', user: 'ann' }, 'success', 'ann'],
    [{ message: 'Authentication of ann succeeded' }, 'success', 'ann'],
    [{ message: 'type=LOGIN_ERROR, clientId=shop' }, 'failure', undefined],
    [{ message: 'auth token refreshed successfully' }, undefined, undefined],
    [{ message: 'authentication service failed to start' }, undefined, undefined],
    [{ message: 'failed to load login page' }, undefined, undefined],
    [{ message: 'login page failed to render' }, undefined, undefined],
    [{ message: 'failed to reach auth service' }, undefined, undefined],
    [{ message: 'author signed the contract' }, undefined, undefined],
  ])('%j is %s', (record, outcome, user) => {
    const event = read({ time: TIME, ...record });
    expect(event['event.outcome']).toBe(outcome);
    expect(event['event.category']).toEqual(outcome === undefined ? undefined : ['authentication']);
    if (user !== undefined) expect(event['user.name']).toBe(user);
  });

  it('takes a refused request for web traffic, not for a login', () => {
    const event = read({
      time: TIME,
      method: 'POST',
      path: '/login',
      status: 401,
      msg: 'request completed',
    });
    expect(event).toMatchObject({ 'event.category': ['web'], 'event.outcome': 'failure' });
  });
});

describe('times', () => {
  it.each([
    [1795514401, '2026-11-24T10:00:01.000Z'],
    [1795514401.25, '2026-11-24T10:00:01.250Z'],
    [1795514401250, '2026-11-24T10:00:01.250Z'],
    [1795514401250000, '2026-11-24T10:00:01.250Z'],
    ['1795514401250', '2026-11-24T10:00:01.250Z'],
    ['2026-11-24T10:00:01,250+0100', '2026-11-24T09:00:01.250Z'],
    ['2026-11-24 10:00:01', '2026-11-24T10:00:01.000Z'],
    ['Tue, 24 Nov 2026 10:00:01 GMT', '2026-11-24T10:00:01.000Z'],
    ['2026-13-24T10:00:01Z', undefined],
    [12, undefined],
    [1e300, undefined],
    [{ $date: '2026-11-24T10:00:01.250Z' }, '2026-11-24T10:00:01.250Z'],
  ])('%j', (t, expected) => {
    const { timeUs, timeConfidence } = read({ t, msg: 'x' });
    expect(
      timeUs === undefined ? undefined : new Date((timeUs as number) / 1000).toISOString(),
    ).toBe(expected);
    expect(timeConfidence === 'none').toBe(expected === undefined);
  });
});

describe('hostile input', () => {
  it.each([
    ['{"time":"2026-11-24T10:00:01Z","msg":"cut', 'broken JSON'],
    ['plain text', 'not JSON'],
    ['[1,2,3]', 'not JSON'],
    ['', 'not JSON'],
  ])('%j is skipped', (line, reason) => {
    expect(format.parse(line, clock())).toEqual({ skip: reason });
  });

  it('does not let a record reach a prototype', () => {
    const event = format.parse(
      '{"time":"2026-11-24T10:00:01Z","__proto__":{"user":"root","polluted":1},"constructor":{"prototype":{"polluted":1}},"@mt":"{__proto__} {constructor} {toString}"}',
      clock(),
    );
    expect(event).toMatchObject({ message: expect.stringContaining('{toString}') });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((event as unknown as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('survives depth, width and size', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const wide = JSON.stringify(
      Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i])),
    );
    const long = JSON.stringify({ time: TIME, msg: 'x '.repeat(1_000_000), user: 'ann' });
    for (const line of [deep, wide, long]) {
      const started = performance.now();
      const event = format.parse(line, clock());
      expect(isSkip(event)).toBe(false);
      expect(performance.now() - started).toBeLessThan(1000);
    }
    expect(format.parse(long, clock())).toMatchObject({ 'user.name': 'ann' });
  });

  it('gives the same keys in the same order for whatever record', () => {
    const shapes = new Set<string>();
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), (record) => {
        const event = format.parse(JSON.stringify(record), clock());
        if (!isSkip(event)) shapes.add(Object.keys(event).join());
      }),
      { numRuns: 500, seed: 11 },
    );
    expect(shapes.size).toBe(1);
  });
});

describe('who acted, and on whom', () => {
  it.each<[string, object, Record<string, unknown>]>([
    [
      'an actor of whom there is but a number, beside the user acted upon',
      { created_at: TIME, action: 'user.delete', user: { name: 'trent' }, actor: { id: 'admin1' } },
      { 'user.id': 'admin1', 'user.target.name': 'trent' },
    ],
    [
      'a user with his own number',
      { created_at: TIME, action: 'user.delete', user: { name: 'trent', id: '7' } },
      { 'user.id': '7', 'user.name': 'trent' },
    ],
    [
      'an actor beside the user acted upon',
      { created_at: TIME, action: 'org.remove_member', actor: 'mallory', user: 'trent' },
      { 'user.name': 'mallory', 'user.target.name': 'trent', 'event.action': 'org.remove_member' },
    ],
    [
      'the same, with the user first and as objects',
      {
        user: { name: 'trent' },
        actor: { email: 'mallory@example.com', id: '7' },
        published: TIME,
      },
      {
        'user.name': 'mallory@example.com',
        'user.id': '7',
        'user.target.name': 'trent',
      },
    ],
    [
      'a log of sign-ins to an identity provider',
      {
        published: TIME,
        eventType: 'user.session.start',
        actor: { id: '00u1', type: 'User', alternateId: 'lena@example.com', displayName: 'Lena' },
        client: { ipAddress: '203.0.113.9' },
        outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
        target: [{ id: '00u2', alternateId: 'omar@example.com' }],
      },
      {
        'user.name': 'lena@example.com',
        'user.target.name': 'omar@example.com',
        'source.ip': '203.0.113.9',
        'event.outcome': 'failure',
      },
    ],
    [
      'a directory audit: who initiated it stands three objects deep',
      {
        properties: {
          activityDateTime: TIME,
          initiatedBy: {
            user: { userPrincipalName: 'lena@example.com', ipAddress: '203.0.113.9' },
          },
          targetResources: [{ userPrincipalName: 'omar@example.com' }],
        },
        operationName: 'Reset user password',
      },
      {
        'user.name': 'lena@example.com',
        'user.target.name': 'omar@example.com',
        'source.ip': '203.0.113.9',
        'event.action': 'Reset user password',
      },
    ],
    [
      'a display name gives way to the account',
      {
        time: TIME,
        identity: 'Lena Ruiz',
        operationName: 'Sign-in activity',
        resultType: '50126',
        callerIpAddress: '203.0.113.9',
        properties: { userPrincipalName: 'lena@example.com' },
      },
      {
        'user.name': 'lena@example.com',
        'source.ip': '203.0.113.9',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
      },
    ],
    [
      'an account known by its address alone',
      {
        CreationTime: TIME,
        Operation: 'UserLoggedIn',
        UserId: 'lena@example.com',
        ResultStatus: 'Success',
      },
      {
        'user.name': 'lena@example.com',
        'event.category': ['authentication'],
        'event.outcome': 'success',
      },
    ],
    [
      'the subject of a certificate is no user',
      {
        ts: TIME_US / 1e6,
        subject: 'CN=shop.example,O=Example',
        user: 'CN=shop',
        server_name: 'shop.example',
      },
      { 'user.name': undefined },
    ],
    ['nor is that of a letter', { time: TIME, subject: 'Invoice 7' }, { 'user.name': undefined }],
    [
      'what was made or read is not who made it',
      { time: TIME, action: 'list', resource: { user: 'trent' }, response: { user: 'carol' } },
      { 'user.name': undefined },
    ],
    [
      'an API that answers a login with a status',
      {
        eventTime: TIME,
        actionName: 'login',
        userIdentity: { email: 'lena@example.com' },
        response: { statusCode: 401 },
      },
      {
        'user.name': 'lena@example.com',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
      },
    ],
    [
      'pairs in a list',
      {
        time: TIME,
        action: 'login',
        params: [
          { key: 'username', value: 'trent' },
          { key: '__proto__', value: 'x' },
        ],
      },
      { 'user.name': 'trent' },
    ],
  ])('%s', (_name, record, expected) => {
    expect(read(record)).toMatchObject({ timeUs: TIME_US, ...expected });
    expect(detectFormat(JSON.stringify(record), FORMATS)).toBeDefined();
  });
});

describe('time keys of audit logs', () => {
  it.each([
    'eventTime',
    'CreationTime',
    'activityDateTime',
    'published',
    'event_timestamp',
    'requestReceivedTimestamp',
    'TimeGenerated',
    'UTCTimestamp',
    'date',
    'createTime',
  ])('%s', (name) => {
    expect(read({ [name]: TIME, action: 'x' })['timeUs']).toBe(TIME_US);
  });

  it.each<[string, object]>([
    ['in an object called id', { id: { time: TIME }, actor: { email: 'a@example.com' } }],
    [
      'when it happened before when it was recorded',
      { recordedAt: TIME, createdAt: '2026-11-24T10:00:09Z' },
    ],
    ['not when something in it began', { createTime: TIME, startTime: '2026-01-01T00:00:00Z' }],
    [
      'not a date alone, nor digits that are no epoch',
      { TIMESTAMP: '20261124100001.250', date: '2026-11-24', TIMESTAMP_DERIVED: TIME },
    ],
    ['seconds in an object', { timestamp: { epochSecond: TIME_US / 1e6 } }],
  ])('%s', (_name, record) => {
    expect(read(record)['timeUs']).toBe(TIME_US);
  });
});

describe('Zeek', () => {
  const ids = {
    'id.orig_h': '203.0.113.9',
    'id.orig_p': 50111,
    'id.resp_h': '192.0.2.1',
    'id.resp_p': 22,
  };
  const nested = { id: { orig_h: '203.0.113.9', orig_p: 50111, resp_h: '192.0.2.1', resp_p: 22 } };
  it.each<[string, object]>([
    ['flat names', ids],
    ['nested names', nested],
  ])('reads both ends of a connection, %s', (_name, id) => {
    expect(read({ ts: TIME_US / 1e6, uid: 'C1', ...id, proto: 'tcp' })).toMatchObject({
      timeUs: TIME_US,
      'source.ip': '203.0.113.9',
      'source.port': 50_111,
      'destination.ip': '192.0.2.1',
      'destination.port': 22,
      'network.transport': 'tcp',
    });
  });
});

describe('lines of other logs inside a record', () => {
  const SSHD = 'Failed password for root from 203.0.113.9 port 50111 ssh2';
  const LOGIN = {
    'event.action': 'ssh_login',
    'event.outcome': 'failure',
    'user.name': 'root',
    'source.ip': '203.0.113.9',
  };
  const ACCESS =
    '203.0.113.9 - - [24/Nov/2026:10:00:01 +0000] "GET /a?x=1 HTTP/1.1" 404 7 "-" "curl/8"';
  const REQUEST = {
    timeUs: TIME_US - 250_000,
    'source.ip': '203.0.113.9',
    'url.path': '/a',
    'http.response.status_code': 404,
  };
  it.each<[string, object, Record<string, unknown>]>([
    [
      'syslog in message',
      { '@timestamp': TIME, message: `Nov 24 10:00:01 web01 sshd[7]: ${SSHD}` },
      { ...LOGIN, 'host.hostname': 'web01', message: SSHD },
    ],
    ['RFC 5424 in log', { time: TIME, log: `<38>1 ${TIME} web01 sshd 7 - - ${SSHD}\n` }, LOGIN],
    ['an access line in log', { log: `${ACCESS}\n`, stream: 'stdout', time: TIME }, REQUEST],
    [
      'an access line in message',
      { '@timestamp': TIME, message: ACCESS, host: { name: 'web01' } },
      { ...REQUEST, 'host.name': 'web01' },
    ],
    [
      'a record in a record',
      { time: TIME, log: JSON.stringify({ time: TIME, message: ACCESS }) },
      REQUEST,
    ],
    [
      'a program of its own field',
      { time: TIME, program: 'sshd', pid: '7', facility: 'auth', severity: 'info', message: SSHD },
      LOGIN,
    ],
    [
      'an error line with a level of the cloud store',
      { timestamp: TIME, severity: 'DEFAULT', textPayload: ACCESS },
      REQUEST,
    ],
    [
      "an application's own words are no line of another log",
      { time: TIME, level: 'info', message: `Nov 24 10:00:01 web01 sshd[7]: ${SSHD}` },
      { 'user.name': undefined, 'event.action': undefined },
    ],
  ])('%s', (_name, record, expected) => {
    expect(read(record)).toMatchObject({ timeUs: TIME_US, ...expected });
    expect(format.detect(JSON.stringify(record))).toBe(true);
  });

  it('reads the line of an event that Splunk exported', () => {
    const raw = JSON.stringify({
      ts: TIME_US / 1e6,
      'id.orig_h': '203.0.113.9',
      auth_success: false,
    });
    const record = {
      preview: false,
      result: { _time: '2026-11-29T00:00:00Z', _raw: raw, host: 'web01' },
    };
    expect(read(record)).toMatchObject({
      timeUs: TIME_US,
      'source.ip': '203.0.113.9',
      'event.outcome': 'failure',
      'host.name': 'web01',
    });
  });

  it('takes the time of the line when the envelope was written on another day', () => {
    const record = {
      '@timestamp': '2026-11-29T00:00:00Z',
      message: `Nov 24 10:00:01 web01 sshd[7]: ${SSHD}`,
    };
    expect(read(record)).toMatchObject({
      timeUs: TIME_US - 250_000,
      timeConfidence: 'year-inferred',
    });
  });
});

describe('an address in the words of a login', () => {
  it.each([
    [
      'Login failed for user `eve` from private IP `2001:db8::b6d3:95d7:1425:766d`.',
      '2001:db8::b6d3:95d7:1425:766d',
    ],
    ['Login failed for user eve (address:203.0.113.9)', '203.0.113.9'],
    ['Login failed for user eve from <2001:db8::1>', '2001:db8::1'],
  ])('%s', (message, address) => {
    expect(read({ time: TIME, level: 'info', message })['source.ip']).toBe(address);
  });
});

describe('a file of many kinds of records', () => {
  it('leaves a record of CloudTrail and of the journal to the format that knows it', () => {
    const cloud = read({
      eventVersion: '1.08',
      eventTime: TIME,
      eventName: 'StopLogging',
      eventSource: 'cloudtrail.amazonaws.com',
      awsRegion: 'eu-west-1',
      userIdentity: { type: 'IAMUser', userName: 'lena' },
      sourceIPAddress: '203.0.113.5',
      errorCode: 'AccessDenied',
    });
    expect(cloud).toMatchObject({
      format: 'cloudtrail',
      'event.provider': 'cloudtrail.amazonaws.com',
      'event.outcome': 'failure',
    });
    const journal = read({
      __REALTIME_TIMESTAMP: String(TIME_US),
      _HOSTNAME: 'web1',
      SYSLOG_IDENTIFIER: 'sshd',
      MESSAGE: 'Failed password for root from 203.0.113.5 port 44 ssh2',
    });
    expect(journal).toMatchObject({ format: 'journald', 'event.action': 'ssh_login' });
  });

  it.each<[object, object]>([
    [
      { x_forwarded_for: '203.0.113.9, 10.0.0.1', remote_ip: '10.0.0.2:5555' },
      { 'source.ip': '10.0.0.2', 'related.ip': ['203.0.113.9', '10.0.0.1'] },
    ],
    [
      { sourceIPs: ['203.0.113.5', '10.0.0.1'] },
      { 'source.ip': '203.0.113.5', 'related.ip': ['203.0.113.5', '10.0.0.1'] },
    ],
    [{ client_ip: '203.0.113.5' }, { 'source.ip': '203.0.113.5', 'related.ip': undefined }],
    // Caddy: the port is that of the one who connected.
    [
      { request: { remote_ip: '10.0.0.2', remote_port: '51234', client_ip: '203.0.113.9' } },
      { 'source.ip': '203.0.113.9', 'source.port': undefined, 'related.ip': ['10.0.0.2'] },
    ],
    [
      { request: { remote_ip: '203.0.113.9', remote_port: '51234', client_ip: '203.0.113.9' } },
      { 'source.ip': '203.0.113.9', 'source.port': 51234, 'related.ip': undefined },
    ],
  ])('keeps every address of a list of proxies: %j', (record, expected) => {
    const event = read({ time: TIME, ...record });
    for (const [field, value] of Object.entries(expected)) expect(event[field]).toEqual(value);
  });
});

describe('names that mean more together', () => {
  const timestamp = TIME;
  const logon = {
    EventTime: '2026-11-24 10:00:01',
    TargetUserName: 'bob',
    IpAddress: '203.0.113.5',
  };
  const request = {
    timestamp,
    clientip: '203.0.113.5',
    verb: 'GET',
    request: '/x?cmd=id',
    response: 200,
  };
  const audit = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/secrets',
    verb: 'get',
    user: { username: 'bob' },
    responseStatus: { code: 403 },
    requestReceivedTimestamp: TIME,
  };
  const okta = (result: string) => ({
    published: TIME,
    eventType: 'user.session.start',
    outcome: { result },
    actor: { alternateId: 'bob@example.com', type: 'User' },
  });
  const LOGIN = { 'event.category': ['authentication'], 'user.name': 'bob' };

  it.each<[string, object, Record<string, unknown>]>([
    [
      'date and time',
      { date: '2026-11-24', time: '10:00:01.25', msg: 'x' },
      { timeUs: Date.parse('2026-11-24T10:00:01.25Z') * 1000 },
    ],
    ['a clock alone', { time: '10:00:01', msg: 'x' }, { timeUs: undefined }],
    ['creationDate', { creationDate: TIME, msg: 'x' }, { timeUs: TIME_US }],
    [
      'a failed logon of Windows',
      { ...logon, EventID: 4625, AccountName: 'SYSTEM' },
      {
        ...LOGIN,
        'event.action': 'logon-failed',
        'event.outcome': 'failure',
        'event.code': '4625',
      },
    ],
    [
      'a logon of Windows',
      { ...logon, EventID: 4624, Channel: 'Security', SubjectUserName: 'HOST$' },
      {
        ...LOGIN,
        'event.action': 'logged-in',
        'event.outcome': 'success',
        'user.target.name': undefined,
      },
    ],
    [
      'another event of Windows',
      { ...logon, EventID: 4720 },
      { 'event.category': undefined, 'event.outcome': undefined, 'user.target.name': 'bob' },
    ],
    [
      'a number that is no event of Windows',
      { timestamp, EventID: 4625, user: 'bob', msg: 'x' },
      { 'event.category': undefined, 'event.outcome': undefined },
    ],
    [
      'a refused session of Okta',
      okta('FAILURE'),
      { 'event.category': ['authentication'], 'event.outcome': 'failure' },
    ],
    [
      'a session of Okta',
      okta('SUCCESS'),
      { 'event.category': ['authentication'], 'event.outcome': 'success' },
    ],
    [
      'an audit record of Kubernetes',
      audit,
      {
        'log.level': undefined,
        'event.action': 'get',
        'event.outcome': 'failure',
        'user.name': 'bob',
      },
    ],
    [
      'verb, request and response',
      request,
      {
        'event.action': undefined,
        'event.category': ['web'],
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.path': '/x',
        'url.query': 'cmd=id',
      },
    ],
    [
      'a request that is an id',
      { timestamp, msg: 'x', request: '/x' },
      { 'url.original': undefined },
    ],
    [
      'Vault',
      {
        time: TIME,
        type: 'request',
        auth: { display_name: 'userpass-bob' },
        request: { operation: 'read' },
      },
      { 'user.name': 'userpass-bob', 'event.action': 'read' },
    ],
    [
      'an API call with an error',
      { timestamp, eventName: 'PutThing', eventSource: 'x.example', errorCode: 'AccessDenied' },
      { 'event.outcome': 'failure', 'error.code': 'AccessDenied' },
    ],
    [
      'a number of an error',
      { timestamp, operationName: 'GetSecret', errorCode: 50126 },
      { 'event.outcome': 'failure', 'event.category': undefined },
    ],
    [
      'no error',
      { timestamp, operationName: 'Sign-in', errorCode: 0, user: 'bob' },
      { 'event.outcome': 'success', 'event.category': ['authentication'] },
    ],
    [
      'an error in the words of a log',
      { timestamp, msg: 'x', err: { code: 'ECONNRESET' } },
      { 'event.outcome': undefined, 'error.code': 'ECONNRESET' },
    ],
    [
      'a call of AWS cut to few keys',
      {
        eventTime: TIME,
        eventName: 'GetObject',
        eventSource: 's3.amazonaws.com',
        errorCode: 'AccessDenied',
      },
      { format: 'cloudtrail', 'event.outcome': 'failure', 'event.provider': 's3.amazonaws.com' },
    ],
  ])('%s', (_, record, expected) => {
    const event = read(record);
    for (const [field, value] of Object.entries(expected))
      expect([field, event[field]]).toEqual([field, value]);
  });
});
