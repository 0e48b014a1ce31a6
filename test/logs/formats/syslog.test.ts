import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/syslog.ts';

const read = (line: string): Event => {
  const parsed = format.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
  if (isSkip(parsed)) throw new Error(`skipped (${parsed.skip}): ${line}`);
  return parsed;
};

/** Undefined fields say nothing, so that a table row names only what it is about. */
const known = (event: Event, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, event[field as keyof Event]]));

const time = (event: Event): string =>
  event.timeUs === undefined ? 'none' : new Date(event.timeUs / 1000).toISOString();

describe('envelope', () => {
  // [line, time, host, program, pid, message]
  const rows: readonly (readonly [
    string,
    string,
    string | undefined,
    string | undefined,
    number | undefined,
    string,
  ])[] = [
    ['Nov 24 10:00:01 web01 app[7]: hello', '2026-11-24T10:00:01.000Z', 'web01', 'app', 7, 'hello'],
    [
      'Nov  4 10:00:01 web01 app: hello',
      '2026-11-04T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 4 10:00:01 web01 app: hello',
      '2026-11-04T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 10:00:01.25 web01 app: hello',
      '2026-11-24T10:00:01.250Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      '2025 Nov 24 10:00:01 web01 app: hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 2025 10:00:01 web01 app: hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      '2025-11-24T10:00:01.5+01:00 web01 app[7]: hello',
      '2025-11-24T09:00:01.500Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01-0230 web01 app[7]: hello',
      '2025-11-24T12:30:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01Z web01 app[7]: hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24 10:00:01,123 web01 app[7]: hello',
      '2025-11-24T10:00:01.123Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24 10:00:01 +0100 web01 app[7]: hello',
      '2025-11-24T09:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Mon 2025-11-24 10:00:01 EST web01 app[7]: hello',
      '2025-11-24T15:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '1764000001.500000 web01 app[7]: hello',
      '2025-11-24T16:00:01.500Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '@4000000069247f1f1dcd6500 app: hello',
      '2025-11-24T15:51:49.500Z',
      undefined,
      'app',
      undefined,
      'hello',
    ],
    ['[ 12.500000] web01 app[7]: hello', 'none', 'web01', 'app', 7, 'hello'],
    ['[   12.500000] eth0: link up', 'none', undefined, 'kernel', undefined, 'eth0: link up'],
    ['web01 app[7]: hello', 'none', 'web01', 'app', 7, 'hello'],
    [
      '<13>Nov 24 10:00:01 web01 app: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    ['<13>app[7]: hello', 'none', undefined, 'app', 7, 'hello'],
    [
      '<13>1 2025-11-24T10:00:01Z web01 app 7 ID - hello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    ['<13>1 - - - - - - hello', 'none', undefined, undefined, undefined, 'hello'],
    [
      '<13>1 2025-11-24T10:00:01Z web01 app - - [a b="]\\"]"][c] \ufeffhello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      '<13>1 2025-11-24T10:00:01Z web01 app - - [a b="c"] \u00ef\u00bb\u00bfhello',
      '2025-11-24T10:00:01.000Z',
      'web01',
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 /usr/sbin/app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 mail/smtpd[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'mail/smtpd',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 app(module)[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 worker(31326): hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'worker',
      31_326,
      'hello',
    ],
    [
      'Nov 24 10:00:01 web01 app.jobs     [7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app.jobs',
      7,
      'hello',
    ],
    ['Nov 24 10:00:01 app[7]: hello', '2026-11-24T10:00:01.000Z', undefined, 'app', 7, 'hello'],
    [
      'Nov 24 10:00:01 [app]: hello',
      '2026-11-24T10:00:01.000Z',
      undefined,
      'app',
      undefined,
      'hello',
    ],
    [
      'Nov 24 10:00:01 last message repeated 4 times',
      '2026-11-24T10:00:01.000Z',
      undefined,
      undefined,
      undefined,
      'last message repeated 4 times',
    ],
    [
      'Nov 24 10:00:01 <mail.notice> web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      'Nov 24 10:00:03 relay Nov 24 10:00:02 hub Nov 24 10:00:01 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:03Z relay Nov 24 10:00:01 web01 app[7]: hello',
      '2026-11-24T10:00:01.000Z',
      'web01',
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01Z In(14) app[7]: hello',
      '2025-11-24T10:00:01.000Z',
      undefined,
      'app',
      7,
      'hello',
    ],
    [
      '2025-11-24T10:00:01.5+01:00 ERR app[7]: hello',
      '2025-11-24T09:00:01.500Z',
      undefined,
      'app',
      7,
      'hello',
    ],
    [
      'Mon Nov 24 10:00:01 2025 [pid 7] [ann] OK LOGIN: Client "192.0.2.7"',
      '2025-11-24T10:00:01.000Z',
      undefined,
      'vsftpd',
      7,
      '[ann] OK LOGIN: Client "192.0.2.7"',
    ],
    [
      'Nov 24 10:00:01 web01 no tag here',
      '2026-11-24T10:00:01.000Z',
      'web01',
      undefined,
      undefined,
      'no tag here',
    ],
    ['Nov 24 10:00:01', '2026-11-24T10:00:01.000Z', '', undefined, undefined, ''],
  ];
  test.each(rows)('%s', (line, when, host, program, pid, message) => {
    const event = read(line);
    expect(time(event)).toBe(when);
    expect(event['host.hostname'] || undefined).toBe(host || undefined);
    expect(event['process.name']).toBe(program);
    expect(event['process.pid']).toBe(pid);
    expect(event.message).toBe(message);
  });

  test('a priority gives facility, severity and level', () => {
    const event = read('<165>Nov 24 10:00:01 web01 app: hello');
    expect(
      known(event, [
        'log.syslog.priority',
        'log.syslog.facility.code',
        'log.syslog.severity.code',
        'log.level',
      ]),
    ).toEqual({
      'log.syslog.priority': 165,
      'log.syslog.facility.code': 20,
      'log.syslog.severity.code': 5,
      'log.level': 'notice',
    });
  });

  test.each([
    ['Nov 24 10:00:01 h a: b', 'year-inferred'],
    ['2025-11-24T10:00:01 h a: b', 'zone-assumed'],
    ['2025-11-24T10:00:01Z h a: b', 'exact'],
    ['h a[1]: b', 'none'],
  ])('how sure the time of "%s" is: %s', (line, confidence) => {
    expect(read(line).timeConfidence).toBe(confidence);
  });

  test.each([
    ['', 'not a syslog line'],
    ['Nov 32 10:00:01 web01 app: hello', 'not a syslog line'],
    ['Nov 24 25:00:01 web01 app: hello', 'not a syslog line'],
    ['-- Journal begins at Mon 2025-11-24 10:00:01 CET. --', 'journal header'],
    ['plain text without a date', 'not a syslog line'],
  ])('"%s" is skipped: %s', (line, reason) => {
    const parsed = format.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
    expect(parsed).toEqual({ skip: reason });
  });

  test.each([
    '2025-11-24 10:00:01,123 INFO app.jobs: hello',
    '2025-11-24 10:00:01,123 app.jobs WARNING hello',
    '2025-11-24T10:00:01.123Z info: server listening',
    '2025-11-24T10:00:01Z [worker] hello',
    '192.0.2.7 - - [24/Nov/2025:10:00:01 +0000] "GET / HTTP/1.1" 200 5',
    '{"time":"2025-11-24T10:00:01Z","msg":"hello"}',
    '[24/Nov/2025 10:00:01] "GET / HTTP/1.1" 200 5',
    'type=SYSCALL msg=audit(1764000001.123:7): arch=c000003e',
    '    at main (app.js:1:2)',
    '1764000001.123    45 192.0.2.7 TCP_MISS/200 512 GET http://example.com/ - -',
  ])('does not claim %s', (line) => {
    expect(format.detect(line)).toBe(false);
  });
});

interface Expectation {
  action: string | undefined;
  outcome?: string;
  reason?: string;
  [field: string]: unknown;
}

/** [program, message, what the event must say]. */
type Row = readonly [string, string, Expectation];

const check = (program: string, message: string, want: Expectation): void => {
  const { action, outcome, reason, ...fields } = want;
  const event = read(`Nov 24 10:00:01 web01 ${program}: ${message}`);
  const names = Object.keys(fields);
  expect({
    action: event['event.action'],
    outcome: event['event.outcome'],
    ...(reason === undefined ? {} : { reason: event['event.reason'] }),
    ...known(event, names),
  }).toEqual({ action, outcome, ...(reason === undefined ? {} : { reason }), ...fields });
};

describe('sshd', () => {
  const rows: readonly Row[] = [
    [
      'sshd[1]',
      'Accepted publickey for ann from 192.0.2.7 port 4000 ssh2: ED25519 SHA256:abc',
      {
        action: 'ssh_login',
        outcome: 'success',
        'user.name': 'ann',
        'source.ip': '192.0.2.7',
        'source.port': 4000,
      },
    ],
    [
      'sshd[1]',
      'Accepted gssapi-with-mic for ann from 2001:db8::7 port 4000 ssh2',
      { action: 'ssh_login', outcome: 'success', 'user.name': 'ann', 'source.ip': '2001:db8::7' },
    ],
    [
      'sshd[1]',
      'Failed password for ann from 203.0.113.5 port 4000 ssh2',
      {
        action: 'ssh_login',
        outcome: 'failure',
        reason: 'wrong_password',
        'user.name': 'ann',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Failed password for invalid user a b from 203.0.113.5 port 4000 ssh2',
      {
        action: 'ssh_login',
        outcome: 'failure',
        reason: 'invalid_user',
        'user.name': 'a b',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from 203.0.113.5 port 4000 ssh2',
      { action: 'ssh_login', outcome: 'failure', 'source.ip': '203.0.113.5', 'source.port': 4000 },
    ],
    [
      'sshd[1]',
      'Failed keyboard-interactive/pam for ann from 203.0.113.5 port 4000 ssh2',
      { action: 'ssh_login', outcome: 'failure', reason: 'wrong_password', 'user.name': 'ann' },
    ],
    [
      'sshd[1]',
      'Failed publickey for ann from 192.0.2.7 port 4000 ssh2: RSA SHA256:abc',
      { action: 'ssh_key_rejected', outcome: 'unknown', 'user.name': 'ann' },
    ],
    [
      'sshd[1]',
      'Failed publickey for invalid user eve from 203.0.113.5 port 4000 ssh2: RSA SHA256:abc',
      { action: 'ssh_login', outcome: 'failure', reason: 'invalid_user', 'user.name': 'eve' },
    ],
    [
      'sshd[1]',
      'Postponed publickey for ann from 192.0.2.7 port 4000 ssh2 [preauth]',
      { action: 'ssh_authentication_continues' },
    ],
    [
      'sshd[1]',
      'Invalid user  from 203.0.113.5 port 4000',
      {
        action: 'ssh_login',
        outcome: 'failure',
        'user.name': undefined,
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'input_userauth_request: invalid user eve [preauth]',
      { action: 'ssh_invalid_user', 'user.name': 'eve' },
    ],
    [
      'sshd[1]',
      'User ann from 203.0.113.5 not allowed because not listed in AllowUsers',
      {
        action: 'ssh_login',
        outcome: 'failure',
        reason: 'not_allowed',
        'user.name': 'ann',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'User ann not allowed because account is locked',
      { action: 'ssh_user_not_allowed', 'user.name': 'ann' },
    ],
    [
      'sshd[1]',
      'ROOT LOGIN REFUSED FROM ::ffff:203.0.113.5',
      {
        action: 'ssh_login',
        outcome: 'failure',
        reason: 'root_login_refused',
        'user.name': 'root',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'error: PAM: User not known to the underlying authentication module for illegal user eve from host.example.com',
      {
        action: 'ssh_login',
        outcome: 'failure',
        reason: 'invalid_user',
        'user.name': 'eve',
        'source.ip': undefined,
        'source.address': 'host.example.com',
      },
    ],
    [
      'sshd[1]',
      'error: maximum authentication attempts exceeded for invalid user eve from 203.0.113.5 port 4000 ssh2 [preauth]',
      {
        action: 'ssh_max_attempts',
        outcome: 'failure',
        'user.name': 'eve',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Connection closed by authenticating user ann 203.0.113.5 port 4000 [preauth]',
      {
        action: 'ssh_preauth_disconnect',
        outcome: 'failure',
        'event.category': ['authentication'],
        'user.name': 'ann',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Connection closed by invalid user  203.0.113.5 port 4000 [preauth]',
      {
        action: 'ssh_preauth_disconnect',
        outcome: 'failure',
        reason: 'invalid_user',
        'user.name': undefined,
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Connection closed by 203.0.113.5 [preauth]',
      {
        action: 'ssh_preauth_disconnect',
        outcome: 'failure',
        'event.category': ['network'],
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Connection closed by 192.0.2.7',
      { action: 'ssh_disconnect', 'source.ip': '192.0.2.7' },
    ],
    [
      'sshd[1]',
      'Disconnected from user ann 192.0.2.7 port 4000',
      { action: 'ssh_disconnect', 'user.name': 'ann', 'source.port': 4000 },
    ],
    [
      'sshd[1]',
      'Received disconnect from 2001:db8::1: 11: disconnected by user',
      { action: 'ssh_disconnect', 'source.ip': '2001:db8::1' },
    ],
    [
      'sshd[1]',
      'error: Received disconnect from 203.0.113.5 port 4000:3: com.example.Client: Auth fail [preauth]',
      {
        action: 'ssh_preauth_disconnect',
        outcome: 'failure',
        'event.category': ['authentication'],
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Disconnecting invalid user eve 203.0.113.5 port 4000: Too many authentication failures [preauth]',
      {
        action: 'ssh_preauth_disconnect',
        outcome: 'failure',
        reason: 'too_many_attempts',
        'user.name': 'eve',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'sshd[1]',
      'Did not receive identification string from 203.0.113.5 port 4000',
      { action: 'ssh_probe', outcome: 'failure', 'source.ip': '203.0.113.5' },
    ],
    [
      'sshd[1]',
      "Bad protocol version identification 'GET / from 192.0.2.1' from 203.0.113.5 port 4000",
      { action: 'ssh_probe', outcome: 'failure', 'source.ip': '203.0.113.5' },
    ],
    [
      'sshd[1]',
      'fatal: Unable to negotiate with 203.0.113.5 port 4000: no matching host key type found. Their offer: ssh-dss [preauth]',
      { action: 'ssh_probe', outcome: 'failure', reason: 'no_matching_algorithm' },
    ],
    [
      'sshd[1]',
      'reverse mapping checking getaddrinfo for x.example.com [203.0.113.5] failed - POSSIBLE BREAK-IN ATTEMPT!',
      { action: 'reverse_mapping_failed', 'source.ip': '203.0.113.5' },
    ],
    [
      'sshd[1]',
      'Starting session: shell on pts/0 for ann from 192.0.2.7 port 4000 id 0',
      { action: 'ssh_session_started', 'user.name': 'ann', 'source.ip': '192.0.2.7' },
    ],
    ['sshd[1]', 'Server listening on 0.0.0.0 port 22.', { action: 'service_started' }],
    [
      'sshd[1]',
      'message repeated 2 times: [ Failed password for ann from 203.0.113.5 port 4000 ssh2]',
      { action: 'ssh_login', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'sshd[1]',
      '[ID 800047 auth.info] Failed none for ann from 203.0.113.5 port 4000 ssh2',
      { action: 'ssh_login', outcome: 'failure', 'source.port': 4000 },
    ],
    [
      'sshd-session[1]',
      'Failed password for ann from 203.0.113.5 port 4000 ssh2',
      { action: 'ssh_login', outcome: 'failure' },
    ],
  ];
  test.each(rows)('%s: %s', check);
});

describe('PAM, sudo, su and login', () => {
  const rows: readonly Row[] = [
    [
      'sshd[1]',
      'pam_unix(sshd:session): session opened for user ann(uid=1000) by (uid=0)',
      { action: 'session_opened', 'user.name': 'ann', 'user.id': '1000' },
    ],
    [
      'sudo',
      'pam_unix(sudo:session): session opened for user root(uid=0) by ann(uid=1000)',
      {
        action: 'session_opened',
        'user.name': 'ann',
        'user.id': '1000',
        'user.effective.name': 'root',
      },
    ],
    [
      'su(pam_unix)[1]',
      'session closed for user news',
      { action: 'session_closed', 'user.name': 'news' },
    ],
    [
      'vsftpd',
      'pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=ann rhost=203.0.113.5',
      {
        action: 'pam_authentication',
        outcome: 'failure',
        'user.name': 'ann',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'app',
      'pam_unix(auth): authentication failure; logname= uid=0 euid=0 tty=x ruser=eve rhost=192.0.2.1 rhost=203.0.113.5',
      {
        action: 'pam_authentication',
        outcome: 'failure',
        'user.name': 'eve rhost=192.0.2.1',
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'app',
      'pam_unix(auth): authentication failure; logname= uid=0 euid=0 tty=x ruser= rhost=203.0.113.5  user=eve rhost=192.0.2.1',
      { action: 'pam_authentication', outcome: 'failure', 'source.ip': '203.0.113.5' },
    ],
    [
      'sshd(pam_unix)[1]',
      '2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.5  user=root',
      { action: 'pam_authentication', outcome: 'failure', 'user.name': 'root' },
    ],
    [
      'sshd[1]',
      'pam_unix(sshd:auth): check pass; user unknown',
      { action: 'pam_user_unknown', reason: 'invalid_user' },
    ],
    [
      'sshd[1]',
      'pam_tally2(sshd:auth): user ann (1000) tally 5, deny 3',
      { action: 'pam_account_locked', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'passwd[1]',
      'pam_unix(passwd:chauthtok): password changed for ann',
      { action: 'password_changed', outcome: 'success', 'user.name': 'ann' },
    ],
    [
      'sudo',
      '     ann : TTY=pts/0 ; PWD=/home/ann ; USER=root ; COMMAND=/bin/sh -c id ; USER=x',
      {
        action: 'sudo_command',
        outcome: 'success',
        'user.name': 'ann',
        'user.effective.name': 'root',
        'process.command_line': '/bin/sh -c id ; USER=x',
        'process.working_directory': '/home/ann',
      },
    ],
    [
      'sudo',
      'ann : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      { action: 'sudo_denied', outcome: 'failure', reason: 'not_in_sudoers' },
    ],
    [
      'sudo',
      'ann : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      { action: 'sudo_authentication', outcome: 'failure', reason: 'wrong_password' },
    ],
    [
      'su[1]',
      'FAILED SU (to root) ann on pts/0',
      {
        action: 'su_authentication',
        outcome: 'failure',
        'user.name': 'ann',
        'user.effective.name': 'root',
      },
    ],
    [
      'su[1]',
      'Successful su for root by ann',
      { action: 'su_login', outcome: 'success', 'user.name': 'ann', 'user.effective.name': 'root' },
    ],
    [
      'su[1]',
      '- pts/0 ann:root',
      { action: 'su_authentication', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'doas',
      'ann ran command as root: rm -r x',
      {
        action: 'doas_command',
        outcome: 'success',
        'user.effective.name': 'root',
        'process.command_line': 'rm -r x',
      },
    ],
    [
      'pkexec[1]',
      'ann: Executing command [USER=root] [TTY=unknown] [CWD=/tmp] [COMMAND=/bin/sh]',
      {
        action: 'pkexec_command',
        outcome: 'success',
        'user.name': 'ann',
        'process.command_line': '/bin/sh',
      },
    ],
    [
      'login[1]',
      "FAILED LOGIN (2) on '/dev/tty1' FOR 'ann', Authentication failure",
      { action: 'login', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'login[1]',
      'LOGIN ON tty1 BY ann',
      { action: 'login', outcome: 'success', 'user.name': 'ann' },
    ],
  ];
  test.each(rows)('%s: %s', check);
});

describe('accounts, cron, sessions, kernel and logging', () => {
  const rows: readonly Row[] = [
    [
      'useradd[1]',
      'new user: name=ann, UID=1001, GID=1001, home=/home/ann, shell=/bin/bash, from=/dev/pts/0',
      { action: 'user_added', outcome: 'success', 'user.name': 'ann', 'user.id': '1001' },
    ],
    [
      'useradd[1]',
      "failed adding user 'ann', exit code: 9",
      { action: 'user_added', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'userdel[1]',
      "delete user 'ann'",
      { action: 'user_deleted', outcome: 'success', 'event.type': ['user', 'deletion'] },
    ],
    [
      'usermod[1]',
      "add 'ann' to shadow group 'sudo'",
      {
        action: 'user_added_to_group',
        outcome: 'success',
        'user.target.name': 'ann',
        'group.name': 'sudo',
      },
    ],
    [
      'gpasswd[1]',
      'user ann added by root to group docker',
      {
        action: 'user_added_to_group',
        outcome: 'success',
        'user.name': 'root',
        'user.target.name': 'ann',
        'group.name': 'docker',
      },
    ],
    [
      'groupadd[1]',
      'new group: name=ops, GID=1200',
      { action: 'group_added', outcome: 'success', 'group.name': 'ops', 'group.id': '1200' },
    ],
    [
      'chage[1]',
      'changed password expiry for ann',
      { action: 'user_changed', outcome: 'success', 'user.name': 'ann' },
    ],
    [
      'CRON[1]',
      '(root) CMD (cd / && run-parts (x))',
      {
        action: 'cron_command',
        'user.name': 'root',
        'process.command_line': 'cd / && run-parts (x)',
      },
    ],
    [
      'crontab[1]',
      '(root) REPLACE (ann)',
      {
        action: 'crontab_replaced',
        outcome: 'success',
        'user.name': 'root',
        'user.target.name': 'ann',
      },
    ],
    [
      'systemd-logind[1]',
      'New session 31 of user ann.',
      { action: 'session_opened', 'session.id': '31', 'user.name': 'ann' },
    ],
    ['systemd-logind[1]', 'Removed session 31.', { action: 'session_closed', 'session.id': '31' }],
    [
      'systemd[1]',
      'Failed to start nginx.service - A web server.',
      { action: 'service_start_failed', outcome: 'failure', 'service.name': 'nginx.service' },
    ],
    [
      'kernel',
      '[UFW ALLOW] IN= OUT=eth0 SRC=192.0.2.1 DST=198.51.100.2 PROTO=UDP SPT=5353 DPT=53 LEN=8',
      {
        action: 'packet_allowed',
        outcome: 'success',
        'destination.port': 53,
        'network.transport': 'udp',
        'observer.egress.interface.name': 'eth0',
        'rule.name': '[UFW ALLOW]',
      },
    ],
    [
      'kernel',
      '[1.5] Shorewall:net-fw:DROP:IN=eth0 OUT= SRC=2001:db8::1 DST=2001:db8::2 PROTO=TCP SPT=1 DPT=22',
      {
        action: 'packet_denied',
        outcome: 'failure',
        'source.ip': '2001:db8::1',
        'event.dataset': 'iptables.log',
      },
    ],
    ['kernel', 'Out of memory: Killed process 7 (mysqld)', { action: 'out_of_memory_kill' }],
    ['kernel', 'app[7]: segfault at 0 ip 0 sp 0 error 4', { action: 'process_crashed' }],
    [
      'kernel',
      'device eth0 entered promiscuous mode',
      { action: 'promiscuous_mode_entered', 'observer.ingress.interface.name': 'eth0' },
    ],
    [
      'rsyslogd',
      '[origin software="rsyslogd"] exiting on signal 15.',
      { action: 'logging_stopped' },
    ],
    ['auditd[1]', 'The audit daemon is exiting.', { action: 'logging_stopped' }],
    [
      'filterlog',
      '5,,,1000000103,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,203.0.113.5,192.0.2.1,4000,22,0,S,1,,1,,',
      {
        action: 'packet_denied',
        outcome: 'failure',
        'source.ip': '203.0.113.5',
        'source.port': 4000,
        'destination.port': 22,
      },
    ],
  ];
  test.each(rows)('%s: %s', check);
});

describe('other daemons', () => {
  const rows: readonly Row[] = [
    [
      'postfix/smtpd[1]',
      'warning: unknown[203.0.113.5]: SASL PLAIN authentication failed: generic failure',
      { action: 'login', outcome: 'failure', 'source.ip': '203.0.113.5' },
    ],
    [
      'postfix/smtpd[1]',
      'warning: unknown[203.0.113.5]: SASL LOGIN authentication failed: Connection lost to authentication server',
      { action: undefined },
    ],
    [
      'postfix/smtpd[1]',
      'NOQUEUE: reject: RCPT from x.example.com[203.0.113.5]: 554 5.7.1 <a@example.org>: Relay access denied',
      {
        action: 'mail_rejected',
        outcome: 'failure',
        'event.category': ['email'],
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'dovecot',
      'imap-login: Disconnected (no auth attempts in 1 secs): user=<>, rip=203.0.113.5, lip=192.0.2.1',
      {
        action: 'protocol_probe',
        outcome: 'failure',
        'event.category': ['network'],
        'source.ip': '203.0.113.5',
      },
    ],
    [
      'dovecot',
      'auth-worker(7): pam(ann,203.0.113.5): unknown user',
      { action: 'login', outcome: 'failure', reason: 'invalid_user', 'user.name': 'ann' },
    ],
    [
      'dovecot',
      'imap-login: Login: user=<ann>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=7, TLS',
      { action: 'login', outcome: 'success', 'user.name': 'ann', 'source.ip': '192.0.2.7' },
    ],
    [
      'sm-mta[1]',
      'u1: AUTH failure (LOGIN): authentication failure (-13), user=ann, relay=x.example.com [203.0.113.5]',
      { action: 'login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
    ],
    [
      'cyrus/imap[1]',
      'badlogin: x.example.com [203.0.113.5] plaintext ann SASL(-13): authentication failure',
      { action: 'login', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'imapd',
      'LOGIN FAILED, user=ann, ip=[::ffff:203.0.113.5]',
      { action: 'login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
    ],
    [
      'proftpd[1]',
      'ftp01 (x.example.com[203.0.113.5]) - USER ann (Login failed): Incorrect password.',
      { action: 'login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
    ],
    [
      'pure-ftpd',
      '(?@203.0.113.5) [WARNING] Authentication failed for user [ann]',
      { action: 'login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
    ],
    [
      'vsftpd[1]',
      '[ann] FAIL LOGIN: Client "203.0.113.5"',
      { action: 'ftp_login', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'vsftpd[1]',
      '[ann] OK UPLOAD: Client "192.0.2.7", "/x.txt", 5 bytes, 1.0Kbyte/sec',
      { action: 'file_uploaded', outcome: 'success', 'file.path': '/x.txt' },
    ],
    [
      'dropbear[1]',
      "Bad password attempt for 'ann' from 203.0.113.5:4000",
      { action: 'login', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'openvpn[1]',
      '203.0.113.5:4000 TLS Auth Error: Auth Username/Password verification failed for peer',
      { action: 'login', outcome: 'failure', 'source.ip': '203.0.113.5', 'user.name': undefined },
    ],
    [
      'named[1]',
      "client @0x7f01 203.0.113.5#4000 (example.com): zone transfer 'example.com/AXFR/IN' denied",
      { action: 'request_denied', outcome: 'failure', 'source.ip': '203.0.113.5' },
    ],
    [
      'mysqld[1]',
      "Access denied for user 'ann'@'203.0.113.5' (using password: YES)",
      { action: 'login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
    ],
    ['slapd[1]', 'conn=7 op=0 RESULT tag=97 err=49 text=', { action: 'login', outcome: 'failure' }],
    [
      'haproxy[1]',
      '203.0.113.5:4000 [24/Nov/2026:10:00:01.000] main app/one 0/0/0/1/1 401 512 - - ---- 1/1/0/0/0 0/0 "GET /admin HTTP/1.1"',
      {
        action: 'http_login',
        outcome: 'failure',
        'source.ip': '203.0.113.5',
        'http.response.status_code': 401,
      },
    ],
    [
      'fail2ban.actions[1]',
      'NOTICE [sshd] Ban 203.0.113.5',
      { action: 'address_banned', outcome: 'success', 'source.ip': '203.0.113.5' },
    ],
    [
      'monit[1]',
      'HttpRequest: access denied -- client 203.0.113.5: empty username',
      { action: undefined },
    ],
    [
      'drupal',
      'https://example.com|1|user|203.0.113.5|https://example.com/?q=|x||Login attempt failed for eve.|2||Session closed for ann.',
      { action: undefined, 'source.ip': '203.0.113.5' },
    ],
    ['logrotate', 'error: permission denied on /var/log/app.log', { action: undefined }],
    [
      'snmpd[1]',
      'Connection from UDP: [192.0.2.9]:4000',
      { action: undefined, 'source.ip': '192.0.2.9' },
    ],
    [
      'puppet-agent[1]',
      'Could not retrieve catalog from remote server: Connection refused',
      { action: undefined },
    ],
  ];
  test.each(rows)('%s: %s', check);
});

test('never throws and keeps one shape, whatever the line', () => {
  const shape = Object.keys(read('Nov 24 10:00:01 h a: b')).join();
  const word = fc.constantFrom(
    'sshd[1]:',
    'sudo:',
    ' from ',
    ' port ',
    'rhost=',
    'user=',
    '[',
    ']',
    '(',
    ')',
    ':',
    ' : ',
    'COMMAND=',
    'IN= OUT= SRC=',
    '<34>1',
    '-',
    '::',
    '2026-11-24T10:00:01Z',
    'Nov 24 10:00:01',
  );
  const line = fc
    .array(fc.oneof(word, fc.string({ maxLength: 12 })))
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(line, (text) => {
      format.detect(text);
      const parsed = format.parse(text, createClock({ zone: 'UTC', firstYear: 2026 }));
      if (!isSkip(parsed)) expect(Object.keys(parsed).join()).toContain(shape.slice(0, 40));
    }),
  );
});
