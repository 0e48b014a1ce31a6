/** What a line says does not depend on what wraps it: every payload in every envelope, alone and in others. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { detectFormat, detectStreams } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';

interface Read {
  event: Event;
  raw: string;
  offset: number;
}

/** Reads a text as a file of it is read. */
function read(text: string) {
  const format = detectFormat(text, FORMATS);
  const isRecords = format?.records?.detect(text) === true;
  const events: Read[] = [];
  const account = createAccount();
  const reader = createEventReader({
    format,
    streams: detectStreams(text, format, FORMATS, isRecords),
    formats: FORMATS,
    clock: createClock({ zone: 'UTC', firstYear: 2026 }),
    account,
    sink: (event, raw, offset) => events.push({ event: { ...event }, raw, offset }),
  });
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  if (isRecords) {
    const splitter = format?.records?.splitter(false);
    const records = [...(splitter?.push(bytes) ?? []), ...(splitter?.end() ?? [])];
    for (const record of records) reader.line(record.text, record.offset);
  } else reader.lines(bytes, 0);
  reader.end();
  expect(account.parsed + account.joined + account.skipped).toBe(account.lines);
  return { events, account, format: format?.name };
}

const ISO = '2026-07-15T11:15:28.123456789Z';
const MS = Date.parse(ISO);
const MICROS = `${Math.floor(MS / 1000)}123456`;
const json = JSON.stringify;

/** What the envelopes below add of their own. */
const OWN = new Set([
  'container.name',
  'container.id',
  'orchestrator.namespace',
  'orchestrator.resource.name',
  'aws.cloudwatch.log_group',
  'aws.cloudwatch.log_stream',
  'host.name',
]);
/** What syslog and the journal know of a message. */
const LOGGER = new Set([
  ...OWN,
  'host.hostname',
  'process.name',
  'process.pid',
  'log.syslog.priority',
  'log.syslog.facility.code',
  'log.syslog.severity.code',
]);

const record = (outer: object) => (line: string) =>
  json(outer).replace(/"\$(n?)"/, (_, newline) => json(newline === '' ? line : `${line}\n`));
const ENVELOPES: Readonly<Record<string, (line: string) => string>> = {
  cri: (line) => `${ISO} stdout F ${line}`,
  'docker logs -t': (line) => `${ISO} ${line}`,
  compose: (line) => `web-1  | ${line}`,
  'compose in colour': (line) => `\u001b[36mweb-1  | \u001b[0m${line}`,
  'docker service logs': (line) => `web.1.x7k2@node-1    | ${line}`,
  'kubectl --prefix': (line) => `[pod/web-7d4/app] ${line}`,
  stern: (line) => `web-7d4f9-x2x9z app ${line}`,
  'aws logs tail': (line) => `2026-07-15T11:15:28.123000+00:00 web/app/0a1b2c ${line}`,
  fluentd: (line) =>
    `2026-07-15T11:15:28+00:00\tdocker.web\t${json({ log: line, container_name: '/web' })}`,
  'docker json-file': record({ log: '$n', stream: 'stdout', time: ISO }),
  'fluent bit': record({
    '@timestamp': ISO,
    log: '$',
    stream: 'stdout',
    kubernetes: { pod_name: 'web-7d4', namespace_name: 'shop', container_name: 'app' },
  }),
  filebeat: record({
    '@timestamp': ISO,
    message: '$',
    host: { name: 'node-1' },
    agent: { type: 'filebeat' },
    log: { file: { path: '/var/log/x' }, offset: 1 },
  }),
  logstash: record({ '@timestamp': ISO, '@version': '1', message: '$', host: 'node-1' }),
  'elastic event.original': record({ '@timestamp': ISO, event: { original: '$', kind: 'event' } }),
  vector: record({ timestamp: ISO, message: '$', source_type: 'file', host: 'node-1' }),
  splunk: record({ preview: false, result: { _time: ISO, _raw: '$', host: 'node-1' } }),
  'google cloud': record({
    insertId: 'a1',
    timestamp: ISO,
    severity: 'INFO',
    textPayload: '$',
    resource: { type: 'k8s_container', labels: { pod_name: 'web-7d4', container_name: 'app' } },
  }),
  azure: record({ TimeGenerated: ISO, LogMessage: '$', PodName: 'web-7d4', ContainerName: 'app' }),
  'rsyslog json': record({
    timestamp: ISO,
    message: '$',
    facility: 'daemon',
    severity: 'info',
    host: 'node-1',
  }),
  'cloudwatch filter-log-events': record({
    events: [
      { logStreamName: 'web/app', timestamp: MS, message: '$', ingestionTime: MS, eventId: '1' },
    ],
  }),
  'cloudwatch get-log-events': record({
    events: [{ timestamp: MS, message: '$', ingestionTime: MS }],
    nextForwardToken: 'f/1',
  }),
  'cloudwatch subscription': record({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: 'web',
    logStream: 'app',
    logEvents: [{ id: '1', timestamp: MS, message: '$' }],
  }),
};

const LOGGERS: Readonly<Record<string, (line: string) => string>> = {
  'syslog, RFC 3164': (line) => `<30>Jul 15 11:15:28 web01 app[7]: ${line}`,
  'syslog, ISO stamp': (line) => `2026-07-15T11:15:28.123456+00:00 web01 app[7]: ${line}`,
  'syslog, RFC 5424': (line) => `<30>1 2026-07-15T11:15:28.123456Z web01 app 7 - - ${line}`,
  'journalctl -o short-full': (line) => `Wed 2026-07-15 11:15:28 UTC web01 app[7]: ${line}`,
  'journalctl -o json': (line) =>
    json({
      __REALTIME_TIMESTAMP: MICROS,
      _HOSTNAME: 'web01',
      SYSLOG_IDENTIFIER: 'app',
      _PID: '7',
      MESSAGE: line,
    }),
  'journalctl -o verbose': (line) =>
    `Wed 2026-07-15 11:15:28.123456 UTC [s=3b;i=1f;b=9d]\n    SYSLOG_IDENTIFIER=app\n    _HOSTNAME=web01\n    _PID=7\n    MESSAGE=${line}`,
  'journalctl -o export': (line) =>
    `__CURSOR=s=3b\n__REALTIME_TIMESTAMP=${MICROS}\n_HOSTNAME=web01\nSYSLOG_IDENTIFIER=app\n_PID=7\nMESSAGE=${line}\n`,
};

const PAYLOADS: Readonly<Record<string, string>> = {
  nginx:
    '203.0.113.10 - ed [15/Jul/2026:11:15:20 +0000] "GET /?id=1%20UNION%20SELECT%201,2,3 HTTP/1.1" 200 3 "-" "curl \\x22/8"',
  sshd: '2026-07-15T11:15:20+00:00 web01 sshd[10]: Accepted password for root from 203.0.113.7 port 40022 ssh2',
  cloudtrail: json({
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', userName: 'alice' },
    eventTime: '2026-07-15T11:15:20Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.5',
  }),
  application: json({
    time: '2026-07-15T11:15:20Z',
    level: 'warn',
    msg: 'Login failed for user mallory',
    ip: '203.0.113.200',
  }),
};

/** The event without what the envelope knows. */
const inner = (event: Event | undefined, own: ReadonlySet<string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(event ?? {}).filter(([field, value]) => !own.has(field) && value !== undefined),
  );

const differing = (text: string, line: string, own: ReadonlySet<string>): unknown => {
  const alone = inner(read(`${line}\n`).events[0]?.event, own);
  expect(alone['source.ip']).toMatch(/^203\.0\.113\./);
  const { events } = read(`${text}\n`);
  const got = inner(events[0]?.event, own);
  return events.length === 1 && json(sorted(got)) === json(sorted(alone)) ? [] : { text, got };
};

const sorted = (fields: Record<string, unknown>): unknown =>
  Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));

describe.each(Object.entries(PAYLOADS))('%s', (name, line) => {
  it.each(Object.entries(ENVELOPES))('in %s', (_, wrap) => {
    expect(differing(wrap(line), line, OWN)).toEqual([]);
  });

  // A line of syslog in a message of syslog is what a relay passes on, and read as such.
  it.skipIf(name === 'sshd').each(Object.entries(LOGGERS))('in %s', (_, wrap) => {
    expect(differing(wrap(line), line, LOGGER)).toEqual([]);
  });

  it.each([
    ['compose', 'docker logs -t', 'docker json-file'],
    ['cloudwatch get-log-events', 'fluent bit', 'cri'],
    ['filebeat', 'docker json-file', 'compose'],
    ['docker json-file', 'docker json-file', 'docker json-file'],
  ] as const)('in %s, %s and %s', (first, second, third) => {
    const [outer, middle, innermost] = [first, second, third].map((each) => ENVELOPES[each]);
    expect(differing(outer!(middle!(innermost!(line))), line, OWN)).toEqual([]);
  });
});

const TRACE = ['Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: no'];
const ERROR = '2026-07-15 11:15:20,000 - shop - ERROR - broke';

describe('streams', () => {
  it('join a stack trace between the lines of others', () => {
    const lines = [ERROR, ...TRACE].flatMap((line, index) => [
      `app-1  | ${line}`,
      `web-1  | 203.0.113.1 - - [15/Jul/2026:11:15:2${index} +0000] "GET / HTTP/1.1" 200 3 "-" "x"`,
    ]);
    const { events, account } = read(`${lines.join('\n')}\n`);
    expect(account).toMatchObject({ lines: 8, parsed: 5, joined: 3 });
    const broken = events.find(({ event }) => event.format === 'python');
    expect(broken?.event['error.stack_trace']).toBe(TRACE.join('\n'));
    expect(broken?.event['container.name']).toBe('app-1');
    expect(broken?.offset).toBe(0);
  });

  it('put the pieces of a line together, of CRI and of Docker', () => {
    const long = PAYLOADS['nginx']!.replace('curl', 'c'.repeat(20_000));
    const [head, tail] = [long.slice(0, 16_384), long.slice(16_384)];
    const cri = `${ISO} stdout P ${head}\n${ISO} stderr F other\n${ISO} stdout F ${tail}\n`;
    const docker = [head, `${tail}\n`]
      .map((log) => `${json({ log, stream: 'stdout', time: ISO })}\n`)
      .join('');
    for (const text of [cri, docker]) {
      const { events, account } = read(text);
      const found = events.find(({ event }) => event.format === 'access');
      expect(found?.event['user_agent.original']).toHaveLength(20_007);
      expect(found?.offset).toBe(0);
      expect(account.joined).toBe(1);
    }
  });

  it('count a piece whose rest is missing', () => {
    const { events, account } = read(`${ISO} stdout P a\n${ISO} stdout P b\n`);
    expect(account).toMatchObject({ lines: 2, parsed: 1, joined: 1 });
    expect(events[0]?.event.message).toBe('ab');
  });

  it('are read again from any line as they were', () => {
    const text = Object.values(PAYLOADS)
      .flatMap((line) => [`a-1  | ${line}`, `b-1  | ${line}`])
      .join('\n');
    const format = detectFormat(`${text}\n`, FORMATS);
    const { events } = read(`${text}\n`);
    expect(events.length).toBe(8);
    for (const { event, offset } of events) {
      const again: Event[] = [];
      const reader = createEventReader({
        format,
        streams: detectStreams(`${text}\n`, format, FORMATS, false),
        formats: FORMATS,
        clock: createClock({ zone: 'UTC', firstYear: 2026 }),
        account: createAccount(),
        sink: (found, _raw, at) => at === offset && again.push({ ...found }),
      });
      reader.lines(`${text.slice(offset)}\n`, offset);
      reader.end();
      expect(again).toEqual([event]);
    }
  });
});

describe('hostile payloads', () => {
  const own = (text: string): Event | undefined => read(`${text}\n`).events[0]?.event;

  it('say nothing of the envelope', () => {
    const forged = json({
      log: PAYLOADS['nginx'],
      stream: 'stdout',
      time: '2001-01-01T00:00:00Z',
      container_name: 'forged',
      kubernetes: { pod_name: 'forged', namespace_name: 'forged' },
    });
    const wrapped = own(ENVELOPES['fluent bit']!(forged));
    expect(wrapped).toMatchObject({
      'container.name': 'app',
      'orchestrator.resource.name': 'web-7d4',
      'orchestrator.namespace': 'shop',
    });
    expect(own(`web-1  | forged-1  | ${PAYLOADS['nginx']}`)?.['container.name']).toBe('web-1');
  });

  it('are no envelope where a stranger wrote them', () => {
    const line = PAYLOADS['nginx']!.replace('curl', 'forged-1  | 2026-01-01T00:00:00.000000000Z x');
    expect(own(line)).toMatchObject({ 'source.ip': '203.0.113.10' });
    expect(own(line)?.['container.name']).toBeUndefined();
  });

  it('end at the third envelope', () => {
    let line = PAYLOADS['nginx']!;
    for (let depth = 0; depth < 12; depth += 1) line = ENVELOPES['docker json-file']!(line);
    const { events, account } = read(`${line}\n`);
    expect(account).toMatchObject({ lines: 1, parsed: 1 });
    expect(events[0]?.event['source.ip']).toBeUndefined();
  });

  it('are bounded where pieces never end', () => {
    const piece = `${ISO} stdout P ${'x'.repeat(60_000)}\n`;
    const { account } = read(piece.repeat(60));
    expect(account.lines).toBe(60);
    expect(account.parsed).toBeGreaterThan(2);
  });
});

describe('messages of sshd without a tag', () => {
  const message = (method: string): string => `${method} for bob from 203.0.113.5 port 4022 ssh2`;
  const STANDS_IN: Record<string, (text: string) => string> = {
    cri: (text) => `${ISO} stdout F ${text}`,
    'docker logs -t': (text) => `${ISO} ${text}`,
    'docker json-file': (text) => json({ log: `${text}\n`, stream: 'stderr', time: ISO }),
    'docker compose': (text) => `ssh-1  | ${text}`,
  };

  it.each(Object.entries(STANDS_IN))('are read in %s', (_, wrap) => {
    const lines = [message('Accepted password'), message('Failed keyboard-interactive/pam')];
    const { events } = read(`${lines.map(wrap).join('\n')}\n`);
    expect(events.map(({ event }) => event['event.outcome'])).toEqual(['success', 'failure']);
    for (const { event } of events)
      expect(event).toMatchObject({
        'event.action': 'ssh_login',
        'user.name': 'bob',
        'source.ip': '203.0.113.5',
        'source.port': 4022,
      });
  });

  it.each(Object.entries(STANDS_IN))('are none by half in %s', (_, wrap) => {
    const { events } = read(`${wrap('Accepted password for bob from 203.0.113.5, welcome')}\n`);
    expect(events[0]?.event['event.outcome']).toBeUndefined();
  });

  it('stand among lines of syslog, whose next word is a host only where one may stand', () => {
    const syslog = 'Jul 15 11:15:01 web1 cron[7]: (root) CMD (true)\n'.repeat(6);
    const others = [
      '2026-07-15 11:15:15 ERROR login failed for user bob from 203.0.113.5',
      '2026-07-15 11:15:15,123 ERROR org.example.Login - login failed for user bob from 203.0.113.5',
      '2026-07-15 11:15:15.123  INFO 4242 --- [main] c.e.App : Started',
      '2026-07-15 11:15:15 CRITICAL foo bar',
      ...Object.values(STANDS_IN).map((wrap) => wrap(message('Failed password'))),
    ];
    const { events, format } = read(`${syslog}${others.join('\n')}\n`);
    expect(format).toBe('syslog');
    const rest = events.slice(6).map(({ event }) => event);
    expect(rest).toHaveLength(others.length);
    expect(rest.filter((event) => event['host.hostname'] !== undefined)).toEqual([]);
    expect(rest.filter((event) => event['event.outcome'] === 'failure')).toHaveLength(6);
  });

  it('leave the levels of syslog alone', () => {
    const text =
      '2026-07-15T11:15:15.123456Z INFO sshd[7]: Accepted password for bob from 203.0.113.5 port 4022 ssh2\n';
    expect(read(text).events[0]?.event).toMatchObject({
      'process.name': 'sshd',
      'user.name': 'bob',
    });
  });
});
