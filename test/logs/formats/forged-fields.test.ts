/**
 * What an outsider can write never moves or hides what the machine wrote: hostile values in every field that a
 * stranger fills, as the program that logs them would write them. Address, time, outcome and format stay.
 */
import { describe, expect, it } from 'vitest';
import type { EcsField, Event } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat, Sample, Writing } from '../../../src/logs/formats/log-format.ts';
import { type HeaderMark, headerIn } from '../../../src/logs/headers.ts';
import { createAccount } from '../../../src/logs/line-account.ts';
import { createEventReader } from '../../../src/logs/read-events.ts';

const HOSTILE: readonly string[] = [
  '',
  '-',
  '- -',
  ']',
  '[',
  '[10/Oct/2000:13:55:36 +0000]',
  ' [10/Oct/2000:13:55:36 +0000] ',
  'x[10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
  '198.51.100.99 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
  'x] [10/Oct/2000:13:55:36 +0000] - 200 5',
  'a" 200 5 "b" "c',
  '" 200 5',
  "a' b",
  'x\\',
  '\\"',
  '198.51.100.99',
  '::ffff:198.51.100.99',
  'from 198.51.100.99',
  'root from 198.51.100.99 port 22 ssh2',
  'root from 198.51.100.99 port 22 ssh2 [preauth]',
  'x from 198.51.100.99 port 22 ssh2: RSA SHA256:AAAA',
  'x from 198.51.100.99 port 22 ssh2:',
  'x 198.51.100.99 port 22',
  'x 198.51.100.99 port 22: Too many authentication failures',
  'x not allowed because listed',
  'x) root on pts/9',
  'rhost=198.51.100.99',
  'x rhost=198.51.100.99  user=root',
  'user=root rhost=198.51.100.99',
  'x] OK LOGIN: Client "198.51.100.99"',
  'x, client: 198.51.100.99, server: y',
  'x", client: 198.51.100.99, server: y, request: "GET / HTTP/1.1", host: "h',
  'x [client 198.51.100.99] y',
  'SRC=198.51.100.99 DST=198.51.100.98',
  'Jul 15 11:15:28 evil sshd[1]: Accepted password for root from 198.51.100.99 port 1 ssh2',
  '2001-01-01T00:00:00Z evil sshd[1]: Accepted password for root from 198.51.100.99 port 1 ssh2',
  '<38>Jul 15 11:15:28 evil su: x',
  'type=USER_LOGIN msg=audit(1000000000.000:1): res=success addr=198.51.100.99',
  '{"time":"2001-01-01T00:00:00Z","ip":"198.51.100.99"}',
  '2001/01/01 00:00:00 [error] 1#1: *1 x, client: 198.51.100.99',
  '[Mon Jan 01 00:00:00 2001] [error] [client 198.51.100.99] x',
  '2001-01-01 00:00:00,000 - root - ERROR - failed login from 198.51.100.99',
  'message repeated 9 times: [ x]',
  'x ; USER=root ; COMMAND=/bin/sh',
  ' : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  'session opened for user root by (uid=0)',
  'a\u001b[31mb',
  'a\u202eb',
  'zo\u00eb \u4e2d',
  'EXAMPLE\\jo smith',
];

/** A line with a place for what the stranger wrote, and what his text becomes on the way into the log. */
interface Template {
  /** What is special. */
  name: string;
  format: string;
  /** The format of what the line wraps. */
  inner?: string;
  line(value: string): string;
  time: string;
  expect: Partial<Event>;
}

const quoted = (value: string): string =>
  value.replace(/["\\]/g, '\\$&').replace(/[\u0000-\u001f]/g, ' ');
/** nginx writes what could end a field in hexadecimal. */
const hexed = (value: string): string =>
  value.replace(
    /["\\\u0000-\u001f]/g,
    (one) => `\\x${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
/** sshd and PAM replace control characters only. */
const visible = (value: string): string => value.replace(/[\u0000-\u001f]/g, '?');
/** A request line has no blanks; a header has no control characters. */
const encoded = (value: string): string => encodeURI(value).replaceAll("'", '%27');

const ACCESS = {
  'source.ip': '203.0.113.9',
  'event.outcome': 'failure',
  'http.response.status_code': 401,
} as const;
const ACCESS_TIME = '2026-11-24T10:15:30.000Z';
const STAMP = '[24/Nov/2026:10:15:30 +0000]';
const SSHD_TIME = '2026-11-24T10:00:01.000Z';
const SSHD = 'Nov 24 10:00:01 web01 sshd[7]: ';
const SOURCE = { 'source.ip': '203.0.113.9', 'event.outcome': 'failure' } as const;

const access = (name: string, line: (value: string) => string): Template => ({
  name: `access: ${name}`,
  format: 'access',
  line,
  time: ACCESS_TIME,
  expect: ACCESS,
});
const syslog = (
  name: string,
  line: (value: string) => string,
  expected: Partial<Event> = SOURCE,
): Template => ({
  name,
  format: 'syslog',
  line: (value) => line(visible(value)),
  time: SSHD_TIME,
  expect: expected,
});

const TEMPLATES: readonly Template[] = [
  access(
    'user, nginx',
    (v) => `203.0.113.9 - ${hexed(v) || '-'} ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "probe/1"`,
  ),
  access(
    'user, Apache',
    (v) => `203.0.113.9 - ${quoted(v) || '-'} ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "probe/1"`,
  ),
  access(
    'user, common',
    (v) => `203.0.113.9 - ${quoted(v) || '-'} ${STAMP} "GET /a HTTP/1.1" 401 5`,
  ),
  access(
    'user behind a virtual host',
    (v) =>
      `www.example.com:443 203.0.113.9 - ${quoted(v) || '-'} ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "-"`,
  ),
  access(
    'request',
    (v) => `203.0.113.9 - - ${STAMP} "GET /${quoted(v)} HTTP/1.1" 401 5 "-" "probe/1"`,
  ),
  access(
    'request of a named user',
    (v) => `203.0.113.9 - eve ${STAMP} "GET /${quoted(v)} HTTP/1.1" 401 5 "-" "probe/1"`,
  ),
  access('method', (v) => `203.0.113.9 - - ${STAMP} "${quoted(v)} / HTTP/1.1" 401 5 "-" "probe/1"`),
  access(
    'referrer',
    (v) => `203.0.113.9 - - ${STAMP} "GET /a HTTP/1.1" 401 5 "${quoted(v)}" "probe/1"`,
  ),
  access('agent', (v) => `203.0.113.9 - - ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "${hexed(v)}"`),
  access(
    'agent of a named user',
    (v) => `203.0.113.9 - eve ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "${quoted(v)}"`,
  ),
  access(
    'agent with extras',
    (v) => `203.0.113.9 - - ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "${quoted(v)}" "-" 0.1`,
  ),
  {
    name: 'access: user behind the stamp of a container',
    format: 'container',
    inner: 'access',
    line: (v) =>
      `2026-11-24T10:15:31.123456789Z 203.0.113.9 - ${quoted(v) || '-'} ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "-"`,
    time: ACCESS_TIME,
    expect: ACCESS,
  },
  {
    name: 'access-time-first: agent of Envoy',
    format: 'access-time-first',
    line: (v) =>
      `[2026-11-24T10:15:30.000Z] "GET /a HTTP/1.1" 401 - via_upstream - "-" 0 19 3 2 "203.0.113.9" "${visible(v)}" "d1f0" "a.example.com" "10.0.0.1:80" outbound|80 10.0.0.2:1 10.0.0.3:2 203.0.113.9:40022 - default`,
    time: ACCESS_TIME,
    expect: ACCESS,
  },
  {
    name: 'access-time-first: user and agent',
    format: 'access-time-first',
    line: (v) =>
      `${STAMP} "203.0.113.9" 10.1.1.9 - "GET /${quoted(v)} HTTP/1.1" 401 97 "${quoted(v)}" "${quoted(v)}" 10.1.1.5:80 "x"`,
    time: ACCESS_TIME,
    expect: ACCESS,
  },
  {
    name: 'nginx-error: path and request',
    format: 'nginx-error',
    line: (v) =>
      `2026/11/24 10:15:30 [error] 31#31: *7 open() "/srv/${visible(v)}" failed (2: No such file or directory), client: 203.0.113.9, server: a.example.com, request: "GET /${encoded(v)} HTTP/1.1", host: "a.example.com"`,
    time: ACCESS_TIME,
    expect: { 'source.ip': '203.0.113.9' },
  },
  {
    name: 'nginx-error: referrer',
    format: 'nginx-error',
    line: (v) =>
      `2026/11/24 10:15:30 [error] 31#31: *7 access forbidden by rule, client: 203.0.113.9, server: a.example.com, request: "GET /a HTTP/1.1", host: "a.example.com", referrer: "${visible(v)}"`,
    time: ACCESS_TIME,
    expect: SOURCE,
  },
  {
    name: 'nginx-error: user',
    format: 'nginx-error',
    line: (v) =>
      `2026/11/24 10:15:30 [error] 31#31: *7 user "${visible(v)}": password mismatch, client: 203.0.113.9, server: a.example.com, request: "GET /a HTTP/1.1", host: "a.example.com"`,
    time: ACCESS_TIME,
    expect: SOURCE,
  },
  {
    name: 'apache-error: user',
    format: 'apache-error',
    line: (v) =>
      `[Tue Nov 24 10:15:30.000000 2026] [auth_basic:error] [pid 1:tid 2] [client 203.0.113.9:4000] AH01617: user ${quoted(v)}: authentication failure for "/a": Password Mismatch`,
    time: ACCESS_TIME,
    expect: { ...SOURCE, 'source.port': 4000 },
  },
  {
    name: 'apache-error: what a script writes',
    format: 'apache-error',
    line: (v) =>
      `[Tue Nov 24 10:15:30 2026] [error] [client 203.0.113.9] [client 198.51.100.99] ${quoted(v)}`,
    time: ACCESS_TIME,
    expect: { 'source.ip': '203.0.113.9' },
  },
  {
    name: 'django: request',
    format: 'django',
    line: (v) => `[24/Nov/2026 10:15:30] "GET /${visible(v)} HTTP/1.1" 401 179`,
    time: ACCESS_TIME,
    expect: {
      'event.outcome': 'failure',
      'http.response.status_code': 401,
      'source.ip': undefined,
    },
  },
  {
    name: 'python: name in a refused login',
    format: 'python',
    line: (v) =>
      `2026-11-24 10:15:30,000 - auth - WARNING - Failed login for user "${visible(v)}" from 203.0.113.9`,
    time: ACCESS_TIME,
    expect: { 'source.ip': '203.0.113.9' },
  },
  syslog(
    'sshd: failed password',
    (v) => `${SSHD}Failed password for invalid user ${v} from 203.0.113.9 port 4000 ssh2`,
  ),
  syslog(
    'sshd: failed none',
    (v) => `${SSHD}Failed none for invalid user ${v} from 203.0.113.9 port 4000 ssh2`,
  ),
  syslog(
    'sshd: failed key',
    (v) =>
      `${SSHD}Failed publickey for invalid user ${v} from 203.0.113.9 port 4000 ssh2: RSA SHA256:q1w2e3`,
  ),
  syslog(
    'sshd: key id of a certificate',
    (v) =>
      `${SSHD}Accepted publickey for ann from 203.0.113.9 port 4000 ssh2: RSA-CERT SHA256:q1w2e3 ID ${v} (serial 0) CA RSA SHA256:r4t5`,
    { 'source.ip': '203.0.113.9', 'event.outcome': 'success', 'user.name': 'ann' },
  ),
  syslog('sshd: invalid user', (v) => `${SSHD}Invalid user ${v} from 203.0.113.9 port 4000`),
  syslog(
    'sshd: PAM',
    (v) => `${SSHD}error: PAM: Authentication failure for illegal user ${v} from 203.0.113.9`,
  ),
  syslog(
    'sshd: too many',
    (v) =>
      `${SSHD}error: maximum authentication attempts exceeded for invalid user ${v} from 203.0.113.9 port 4000 ssh2 [preauth]`,
  ),
  syslog(
    'sshd: connection closed',
    (v) => `${SSHD}Connection closed by invalid user ${v} 203.0.113.9 port 4000 [preauth]`,
  ),
  syslog(
    'sshd: disconnecting',
    (v) =>
      `${SSHD}Disconnecting invalid user ${v} 203.0.113.9 port 4000: Too many authentication failures [preauth]`,
  ),
  syslog(
    'sshd: change of name',
    (v) =>
      `${SSHD}Disconnecting invalid user ${v} 203.0.113.9 port 4000: Change of username or service not allowed: (${v},ssh-connection) -> (b,ssh-connection) [preauth]`,
  ),
  syslog(
    'sshd: text of a disconnect',
    (v) => `${SSHD}Received disconnect from 203.0.113.9 port 4000:11: ${v} [preauth]`,
    { 'source.ip': '203.0.113.9' },
  ),
  syslog(
    'sshd: protocol',
    (v) => `${SSHD}Bad protocol version identification '${v}' from 203.0.113.9 port 4000`,
  ),
  syslog(
    'sshd: not allowed',
    (v) => `${SSHD}User ${v} from 203.0.113.9 not allowed because not listed in AllowUsers`,
  ),
  syslog(
    'PAM: refused name on both sides',
    (v) =>
      `Nov 24 10:00:01 web01 vsftpd[7]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=${v.trim() || 'x'} rhost=203.0.113.9  user=${v.trim() || 'x'}`,
  ),
  syslog(
    'PAM: name without an account',
    (v) =>
      `Nov 24 10:00:01 web01 vsftpd[7]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=${v.trim() || 'x'} rhost=203.0.113.9`,
  ),
  syslog(
    'PAM: name behind the host',
    (v) =>
      `Nov 24 10:00:01 web01 sshd[7]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=${v}`,
  ),
  syslog(
    'vsftpd: refused name',
    (v) => `Nov 24 10:00:01 web01 vsftpd[7]: [${v}] FAIL LOGIN: Client "203.0.113.9"`,
  ),
  syslog(
    'vsftpd: path',
    (v) =>
      `Nov 24 10:00:01 web01 vsftpd[7]: [ann] FAIL UPLOAD: Client "203.0.113.9", "/${v.replaceAll('"', '?')}", 0.00Kbyte/sec`,
  ),
  syslog(
    'dovecot: name',
    (v) =>
      `Nov 24 10:00:01 web01 dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<${v}>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, session=<abc>`,
  ),
  syslog(
    'postfix: name',
    (v) =>
      `Nov 24 10:00:01 web01 postfix/smtpd[7]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=${v}`,
  ),
  syslog(
    'sudo: command',
    (v) =>
      `Nov 24 10:00:01 web01 sudo:      ann : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ${v}`,
    {
      'event.outcome': 'failure',
      'event.action': 'sudo_denied',
      'user.name': 'ann',
      'user.effective.name': 'root',
    },
  ),
  syslog(
    'sudo: folder',
    (v) =>
      `Nov 24 10:00:01 web01 sudo:      ann : command not allowed ; TTY=pts/0 ; PWD=/tmp/${v} ; USER=root ; COMMAND=/bin/ls`,
    { 'event.outcome': 'failure', 'event.action': 'sudo_denied', 'user.name': 'ann' },
  ),
  syslog(
    'su: name that was tried',
    (v) => `Nov 24 10:00:01 web01 su[7]: FAILED SU (to ${v || 'x'}) ann on pts/1`,
    { 'event.outcome': 'failure', 'user.name': 'ann' },
  ),
  syslog('cron: command', (v) => `Nov 24 10:00:01 web01 CRON[7]: (ann) CMD (/bin/echo ${v})`, {
    'event.action': 'cron_command',
    'user.name': 'ann',
    'source.ip': undefined,
  }),
  syslog(
    'haproxy: request',
    (v) =>
      `Nov 24 10:00:01 web01 haproxy[7]: 203.0.113.9:4000 [24/Nov/2026:10:00:01.000] fe be/s1 0/0/0/1/1 401 12 - - ---- 1/1/0/0/0 0/0 "GET /${encoded(v)} HTTP/1.1"`,
  ),
  {
    name: 'web server: agent through syslog',
    format: 'syslog',
    inner: 'access',
    line: (v) =>
      `Nov 24 10:00:01 web01 nginx: 203.0.113.9 - - ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "${hexed(visible(v))}"`,
    time: ACCESS_TIME,
    expect: { ...SOURCE, 'http.response.status_code': 401 },
  },
  {
    name: 'web server: user through syslog',
    format: 'syslog',
    inner: 'access',
    line: (v) =>
      `Nov 24 10:00:01 web01 nginx: 203.0.113.9 - ${hexed(visible(v)) || '-'} ${STAMP} "GET /a HTTP/1.1" 401 5 "-" "-"`,
    time: ACCESS_TIME,
    expect: { ...SOURCE, 'http.response.status_code': 401 },
  },
];

/** Reads a file whose main format is `main`; the last event of it. */
/** What names the columns of the lines. */
function headersOf(format: LogFormat | undefined, lines: readonly string[]): HeaderMark[] {
  const text = format?.header && headerIn(lines.join('\n'), format.header);
  const fits = text !== undefined && (format?.header?.fits(text, lines.join('\n')) ?? 0) > 0;
  return fits ? [{ offset: 0, text }] : [];
}

function readIn(main: LogFormat | undefined, lines: readonly string[]): Event | undefined {
  let last: Event | undefined;
  const reader = createEventReader({
    format: main,
    formats: FORMATS,
    clock: createClock({ zone: 'UTC', firstYear: 2026, headers: headersOf(main, lines) }),
    account: createAccount(),
    sink: (event) => {
      last = event;
    },
  });
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8').toString('latin1');
  reader.lines(text, 0);
  reader.end();
  return last;
}

const named = (name: string): LogFormat => {
  const found = FORMATS.find((format) => format.name === name);
  if (found === undefined) throw new Error(`no format ${name}`);
  return found;
};

const WRITINGS: Readonly<Record<Writing, (value: string) => string>> = {
  doubled: (value) => visible(value).replaceAll('"', '""'),
  quoted,
  hex: hexed,
  visible,
  uri: (value) => `/${encoded(value)}`,
  json: (value) => JSON.stringify(value).slice(1, -1),
};

/** What a stranger must not move. */
const KEPT = [
  'format',
  'timeUs',
  'source.ip',
  'source.port',
  'event.outcome',
  'http.response.status_code',
  'host.hostname',
  'process.name',
  'process.pid',
] as const;

/** The event of a sample, and its text around the one place where the field stands. */
function withPlace(
  format: LogFormat,
  { lines }: Sample,
  field: EcsField,
): { event: Event; before: string; after: string }[] {
  const event = readIn(format, lines);
  const value = event?.[field];
  const [before = '', after, ...more] = lines.join('\n').split(String(value));
  if (event === undefined || typeof value !== 'string' || value === '') return [];
  return after === undefined || more.length > 0 ? [] : [{ event, before, after }];
}

describe('forged fields', () => {
  it.each(TEMPLATES)('$name', ({ format, inner = format, line, time, expect: expected }) => {
    const own = named(format);
    const wrong: unknown[] = [];
    for (const value of HOSTILE) {
      const text = line(value);
      for (const main of [
        own,
        undefined,
        ...FORMATS.filter((other) => other !== own && other.isGeneric !== true),
      ]) {
        const event = readIn(main, [text]);
        const seen =
          event === undefined
            ? 'lost'
            : {
                format: event.format,
                time: event.timeUs === undefined ? '' : new Date(event.timeUs / 1000).toISOString(),
                ...Object.fromEntries(
                  Object.keys(expected).map((field) => [field, event[field as keyof Event]]),
                ),
              };
        if (JSON.stringify(seen) !== JSON.stringify({ format: inner, time, ...expected }))
          wrong.push({ main: main?.name ?? 'none', text, seen });
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(FORMATS.filter(({ forgeable }) => forgeable !== undefined))(
    '$name: what it declares',
    (format) => {
      const wrong: unknown[] = [];
      const fields = Object.entries(format.forgeable ?? {}) as [EcsField, Writing][];
      for (const [field, writing] of fields) {
        const samples = format.samples.flatMap((sample) => withPlace(format, sample, field));
        if (samples.length === 0) wrong.push(`${field}: no sample has it in one place`);
        for (const { event, before, after } of samples) {
          for (const value of HOSTILE.filter((text) => text !== '')) {
            const text = before + WRITINGS[writing](value) + after;
            const forged = readIn(format, text.split('\n'));
            const moved = KEPT.filter(
              (kept) => kept !== field && String(forged?.[kept]) !== String(event[kept]),
            );
            if (moved.length > 0) wrong.push(`${field}: ${moved} by ${text}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('says no format but its own of a hostile line', () => {
    const wrong = TEMPLATES.flatMap(({ format, line }) =>
      HOSTILE.flatMap((value) => {
        const text = line(value);
        const claims = FORMATS.filter((other) => other.detect(text)).map(({ name }) => name);
        return claims[0] === format ? [] : [{ text, claims }];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('reads each of them', () => {
    const lost = TEMPLATES.filter(
      ({ format, line }) => readIn(named(format), [line('eve')]) === undefined,
    );
    expect(lost).toEqual([]);
    expect(TEMPLATES.length).toBeGreaterThan(40);
  });
});
