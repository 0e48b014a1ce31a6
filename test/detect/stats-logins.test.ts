/** What `ir stats` counts as a login: over the samples of all formats, and over the other lines that come with logins. */
import { describe, expect, it } from 'vitest';
import { loginIn } from '../../src/detect/stats/logins.ts';
import { loginOf } from '../../src/detect/totals.ts';
import { type Event, isSkip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { detectFormat } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';

function eventOf(format: LogFormat, text: string): Event | undefined {
  const event = format.parse(text, createClock({ zone: 'UTC', firstYear: 2026 }));
  return isSkip(event) ? undefined : event;
}

/** [format, action, how it counts] of all samples that tell of an authentication and how it ended. */
function samples(): [string, string, string | undefined][] {
  return FORMATS.flatMap((format) =>
    (format.samples ?? []).flatMap(({ lines }) => {
      const event = eventOf(format, [lines].flat().join('\n'));
      if (event === undefined || loginOf(event) === undefined) return [];
      return [
        [format.name, event['event.action'] ?? '', loginIn(event)] as [string, string, string],
      ];
    }),
  );
}

const windows = (code: number): string =>
  `{"@timestamp":"2026-11-24T10:00:05.120Z","winlog":{"channel":"Security","provider_name":"Microsoft-Windows-Security-Auditing","event_id":"${code}","computer_name":"pc1","record_id":72,"keywords":["Audit ${code === 4625 || code === 4771 ? 'Failure' : 'Success'}"],"event_data":{"TargetUserName":"lena","IpAddress":"203.0.113.9"}}}`;
const audit = (type: string, result: string, exe = 'sshd'): string =>
  `type=${type} msg=audit(1718000100.050:4203): pid=3100 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="deploy" exe="/usr/sbin/${exe}" hostname=? addr=198.51.100.23 terminal=ssh res=${result}'`;
const aws = (name: string): string =>
  `{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","accountId":"111122223333","userName":"lena"},"eventTime":"2024-06-10T06:13:20Z","eventSource":"${name === 'ConsoleLogin' ? 'signin' : 'sts'}.amazonaws.com","eventName":"${name}","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.77","requestParameters":null,"responseElements":${name === 'ConsoleLogin' ? '{"ConsoleLogin":"Success"}' : '{}'},"eventID":"0d0c7d0e-0000-4000-8000-000000000001"}`;
const okta = (type: string, result: string): string =>
  `{"actor":{"id":"00u1","type":"User","alternateId":"bob@example.com","displayName":"Bob"},"client":{"ipAddress":"203.0.113.9"},"eventType":"${type}","legacyEventType":"x","outcome":{"result":"${result}"},"published":"2026-11-24T10:00:01.123Z","severity":"INFO","uuid":"dc9e","version":"0","displayMessage":"x","transaction":{"type":"WEB","id":"W"},"debugContext":{},"authenticationContext":{},"securityContext":{},"target":[]}`;
const syslog = (message: string): string => `Mar  1 12:00:01 web01 ${message}`;
const IN = 'success';
const NO = 'failure';
const NONE = undefined;

describe('a login', () => {
  it('is every authentication with an outcome that the samples of all formats show, but for a change of user', () => {
    const all = samples();
    expect(all.length).toBeGreaterThan(80);
    const left = all.filter(([, , login]) => login === undefined);
    expect(left.map(([format, action]) => `${format} ${action}`)).toEqual(['syslog su_login']);
  });

  it.each<[string, string | undefined, string]>([
    ['Windows 4624', IN, windows(4624)],
    ['Windows 4625', NO, windows(4625)],
    ['Windows, log-off', NONE, windows(4634)],
    ['Windows, other credentials', NONE, windows(4648)],
    ['Windows, Kerberos ticket', NONE, windows(4769)],
    ['Windows, Kerberos failure, which 4625 tells as well', NONE, windows(4771)],
    ['Okta', IN, okta('user.session.start', 'SUCCESS')],
    ['Okta, wrong password', NO, okta('user.session.start', 'FAILURE')],
    ['Okta, second factor', NONE, okta('user.authentication.auth_via_mfa', 'SUCCESS')],
    ['Okta, an application', NONE, okta('user.authentication.sso', 'SUCCESS')],
    ['Okta, lock', NONE, okta('user.account.lock', 'FAILURE')],
    ['audit trail', IN, audit('USER_LOGIN', 'success')],
    ['audit trail, failed', NO, audit('USER_LOGIN', 'failed')],
    ['audit trail, step', NONE, audit('USER_AUTH', 'success')],
    ['audit trail, step of sudo', NONE, audit('USER_AUTH', 'failed', 'sudo')],
    ['audit trail, account', NONE, audit('USER_ACCT', 'success')],
    ['audit trail, credentials', NONE, audit('CRED_ACQ', 'success')],
    ['audit trail, session', NONE, audit('USER_START', 'success')],
    ['audit trail, log-out', NONE, audit('USER_LOGOUT', 'success')],
    ['AWS console', IN, aws('ConsoleLogin')],
    ['AWS, role', NONE, aws('AssumeRole')],
    ['AWS, token', NONE, aws('GetSessionToken')],
    ['sshd', IN, syslog('sshd[7]: Accepted publickey for deploy from 192.0.2.9 port 22 ssh2')],
    [
      'sshd, session',
      NONE,
      syslog(
        'sshd[7]: pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)',
      ),
    ],
    [
      'sshd, PAM beside it',
      NONE,
      syslog(
        'sshd[7]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.9 user=root',
      ),
    ],
    [
      'dovecot, PAM beside it',
      NONE,
      syslog(
        'auth[55]: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=bob rhost=192.0.2.9  user=bob',
      ),
    ],
    [
      'dovecot, its process for passwords',
      NONE,
      syslog(
        'dovecot: auth-worker(101): pam(bob,192.0.2.9): pam_authenticate() failed: Authentication failure (password mismatch?)',
      ),
    ],
    [
      'dovecot, a failure',
      NO,
      syslog(
        'dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, TLS, session=<abc>',
      ),
    ],
    [
      'dovecot',
      IN,
      syslog(
        'dovecot: imap-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, mpid=7, TLS, session=<x>',
      ),
    ],
    [
      'dovecot, failed',
      NO,
      syslog(
        'dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1',
      ),
    ],
    ['vsftpd', IN, 'Tue Nov 24 10:00:01 2026 [pid 7] [bob] OK LOGIN: Client "203.0.113.9"'],
    [
      'vsftpd, failed',
      NO,
      'Tue Nov 24 10:00:01 2026 [pid 7] [bob] FAIL LOGIN: Client "203.0.113.9"',
    ],
    [
      'PostgreSQL',
      IN,
      '2026-11-30 01:24:14.000 UTC [7] LOG:  connection authorized: user=admin database=shop',
    ],
    [
      'PostgreSQL, failed',
      NO,
      '2026-11-30 01:24:14.000 UTC [7] FATAL:  password authentication failed for user "admin"',
    ],
    ['su', NONE, syslog('su[7]: FAILED SU (to root) bob on pts/1')],
    [
      'su, session',
      NONE,
      syslog('su[7]: pam_unix(su:session): session opened for user root(uid=0) by bob(uid=1000)'),
    ],
    ['sudo', NONE, syslog('sudo:      bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id')],
    [
      'sudo, PAM',
      NONE,
      syslog(
        'sudo: pam_unix(sudo:auth): authentication failure; logname=bob uid=1000 euid=0 tty=/dev/pts/0 ruser=bob rhost=  user=bob',
      ),
    ],
    [
      'sudo, wrong passwords',
      NONE,
      syslog(
        'sudo:      bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id',
      ),
    ],
    ['systemd-logind', NONE, syslog('systemd-logind[7]: New session 4 of user bob.')],
    ['a console', IN, syslog('login[7]: ROOT LOGIN ON tty1')],
  ])('%s: %s', (_, expected, text) => {
    const format = detectFormat(`${text}\n`, FORMATS);
    const event = format === undefined ? undefined : eventOf(format, text);
    expect(event?.['event.action'] ?? event?.message).toBeDefined();
    expect(event === undefined ? 'unread' : loginIn(event)).toBe(expected);
  });
});
