import { describe, test } from 'vitest';
import { check, type Row } from '../syslog-read.ts';

describe('other daemons', () => {
  const rows: readonly Row[] = [
    // Half an address is none.
    ['app', 'peer from dead::beef:zz', { action: undefined, 'source.ip': undefined }],
    ['app', 'connect from 2001:db8::5: refused', { action: undefined, 'source.ip': '2001:db8::5' }],
    ['app', 'connect from 2001:db8::: refused', { action: undefined, 'source.ip': '2001:db8::' }],
    ['app', 'connect from [2001:db8::1]:443', { action: undefined, 'source.ip': '2001:db8::1' }],
    ['app', 'connect from 1::2:xyz', { action: undefined, 'source.ip': undefined }],
    [
      'fw',
      'devname="fw01" srcip=203.0.113.5 srcport=4000 action="accept"',
      { action: undefined, 'source.ip': '203.0.113.5' },
    ],
    [
      'fw',
      'srcip=203.0.113.5 srcport=4000 srcintf="wan 1" dstip=192.0.2.7 dstport=22 url="/ dstport=80 dstip=192.0.2.8"',
      {
        action: undefined,
        'source.ip': '203.0.113.5',
        'source.port': 4000,
        'destination.ip': '192.0.2.7',
        'destination.port': 22,
      },
    ],
    [
      'fw',
      'n=1 src=203.0.113.5:4000:X1 dst=192.0.2.7:22:X0 proto=tcp/22',
      {
        action: undefined,
        'source.ip': '203.0.113.5',
        'source.port': 4000,
        'destination.ip': '192.0.2.7',
        'destination.port': 22,
      },
    ],
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
      { action: 'ftp_login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
    ],
    [
      'pure-ftpd',
      '(?@203.0.113.5) [WARNING] Authentication failed for user [ann]',
      { action: 'ftp_login', outcome: 'failure', 'user.name': 'ann', 'source.ip': '203.0.113.5' },
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
      { action: 'ssh_login', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'openvpn[1]',
      '203.0.113.5:4000 TLS Auth Error: Auth Username/Password verification failed for peer',
      {
        action: 'vpn_login',
        outcome: 'failure',
        'source.ip': '203.0.113.5',
        'user.name': undefined,
      },
    ],
    [
      'named[1]',
      "client @0x7f01 203.0.113.5#4000 (example.com): zone transfer 'example.com/AXFR/IN' denied",
      { action: 'dns_denied', outcome: 'failure', 'source.ip': '203.0.113.5' },
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
