/**
 * A line that reports a login says who or from where, and how it ended: over the daemons of SSH, VPN, mail, FTP,
 * honeypots and the audit records of the journal.
 */
import { describe, expect, it } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { detectFormat } from '../../../src/logs/detect-format.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';

function read(line: string): Event {
  const format = detectFormat(`${line}\n`, FORMATS);
  if (format === undefined) throw new Error(`no format: ${line}`);
  const event = format.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
  if (isSkip(event)) throw new Error(`${event.skip}: ${line}`);
  return event;
}

const A = '203.0.113.9';
const IN = 'success';
const NO = 'failure';
/** [program, message, outcome, user, source]; a dash where the line does not say. */
type Login = readonly [string, string, string, string, string];

// biome-ignore format: a table
const LOGINS: readonly Login[] = [
  ['dropbear[7]', `Password auth succeeded for 'root' from ${A}:50111`, IN, 'root', A],
  ['dropbear[7]', "Password auth succeeded for 'root' from 2001:db8::9:50111", IN, 'root', '2001:db8::9'],
  ['dropbear[7]', `PAM password auth succeeded for 'bob' from ${A}:50111`, IN, 'bob', A],
  ['dropbear[7]', `Pubkey auth succeeded for 'root' with ssh-ed25519 key SHA256:abc from ${A}:50111`, IN, 'root', A],
  ['dropbear[7]', `pubkey auth succeeded for 'root' with key md5 1e:2f from ${A}:50111`, IN, 'root', A],
  ['dropbear[7]', `Auth succeeded with blank password for 'root' from ${A}:50111`, IN, 'root', A],
  ['dropbear[7]', `Bad password attempt for 'root' from ${A}:50111`, NO, 'root', A],
  ['dropbear[7]', `Bad password attempt for 'x' from 192.0.2.1:1' from ${A}:50111`, NO, "x' from 192.0.2.1:1", A],
  ['dropbear[7]', `Bad PAM password attempt for user 'bob' from ${A}:50111`, NO, 'bob', A],
  ['dropbear[7]', `Login attempt for nonexistent user from ${A}:50111`, NO, '-', A],
  ['dropbear[7]', `Login attempt for nonexistent user 'oracle' from ${A}:50111`, NO, 'oracle', A],
  ['dropbear[7]', `Max auth tries reached - user 'root' from ${A}:50111`, NO, 'root', A],
  ['dropbear[7]', `Exit before auth from <${A}:50111>: (user 'root', 3 fails): Exited normally`, NO, 'root', A],
  ['dropbear[7]', "User account 'bob' is locked", NO, 'bob', '-'],
  ['dropbear[7]', 'root login rejected', NO, 'root', '-'],
  ['openvpn[7]', `${A}:50111 TLS: Username/Password authentication succeeded for username 'bob' [CN SET]`, IN, 'bob', A],
  ['openvpn[7]', `${A}:50111 [bob] Peer Connection Initiated with [AF_INET]${A}:50111`, IN, 'bob', A],
  ['openvpn[7]', `${A}:50111 TLS Auth Error: Auth Username/Password verification failed for peer`, NO, '-', A],
  ['openvpn[7]', `${A}:50111 PLUGIN AUTH-PAM: BACKGROUND: user 'bob' failed to authenticate: Authentication failure`, NO, 'bob', A],
  ['openvpn[7]', `${A}:50111 VERIFY ERROR: depth=0, error=CRL has expired: CN=bob`, NO, '-', A],
  ['openvpn[7]', `bob/${A}:50111 SENT CONTROL [bob]: 'AUTH_FAILED' (status=1)`, NO, 'bob', A],
  ['charon[7]', "06[IKE] authentication of 'bob@example.com' with EAP successful", IN, 'bob@example.com', '-'],
  ['charon', `06[IKE] IKE_SA road[4] established between 192.0.2.1[vpn.example.com]...${A}[bob@example.com]`, IN, 'bob@example.com', A],
  ['charon', "06[IKE] EAP method EAP_MSCHAPV2 failed for peer bob", NO, 'bob', '-'],
  ['charon', "06[IKE] <road|4> XAuth authentication of 'bob' failed", NO, 'bob', '-'],
  ['charon-systemd[7]', "tried 1 shared key for '192.0.2.1' - 'bob', but MAC mismatched", NO, 'bob', '-'],
  ['charon', `06[IKE] authentication of '${A}' with pre-shared key successful`, IN, '-', A],
  ['charon', `06[IKE] IKE_SA road[4] established between 192.0.2.1[192.0.2.1]...${A}[${A}]`, IN, '-', A],
  ['charon', `06[IKE] tried 1 shared key for '192.0.2.1' - '${A}', but MAC mismatched`, NO, '-', A],
  ['ovpn-server[7]', `${A}:1194 [bob] Peer Connection Initiated with [AF_INET]${A}:1194`, IN, 'bob', A],
  ['asterisk[7]', `NOTICE[1]: chan_sip.c:1 handle_request_register: Registration from '"100" <sip:100@192.0.2.1>' failed for '${A}:5060' - Wrong password`, NO, '100', A],
  ['nextcloud', `Login failed: bob (Remote IP: ${A})`, NO, 'bob', A],
  ['app[7]', `login failed userId=0 uname= ip=${A}`, NO, '-', A],
  ['%ASA-6-716039', `Group <g> User <bob> IP <${A}> Authentication: rejected, Session Type: WebVPN.`, NO, 'bob', A],
  ['%ASA-6-716038', `Group <g> User <bob> IP <${A}> Authentication: successful, Session Type: WebVPN.`, IN, 'bob', A],
  ['%ASA-6-113012', 'AAA user authentication Successful : local database : user = bob', IN, 'bob', '-'],
  ['%ASA-6-113015', `AAA user authentication Rejected : reason = Invalid password : local database : user = bob : user IP = ${A}`, NO, 'bob', A],
  ['%ASA-6-113015', `AAA user authentication Rejected : reason = User was not found : local database : user = ***** : user IP = ${A}`, NO, '-', A],
  ['%ASA-6-113005', `AAA user authentication Rejected : reason = AAA failure : server = 192.0.2.1 : user = bob : user IP = ${A}`, NO, 'bob', A],
  ['pppd[7]', 'CHAP peer authentication failed for remote host bob', NO, 'bob', '-'],
  ['pppd[7]', 'user bob logged in on tty ppp0 intf ppp0', IN, 'bob', '-'],
  ['radiusd[7]', `(7) Login OK: [bob] (from client nas port 0 cli ${A})`, IN, 'bob', A],
  ['radiusd[7]', `(7) Login incorrect: [bob/<via Auth-Type = PAP>] (from client nas port 0 cli ${A})`, NO, 'bob', A],
  ['radiusd[7]', '(7) Login incorrect: [bob] (from client nas port 0 cli 00-11-22-33-44-55)', NO, 'bob', '-'],
  ['radiusd[7]', `(7) Login incorrect: [bob/a] (from client nas port 0 cli 192.0.2.1)] (from client nas port 0 cli 00-11)`, NO, 'bob', '-'],
  ['radiusd[7]', '(7) Login incorrect (pap: password check failed): [bob/<via Auth-Type = PAP>] (from client nas port 0)', NO, 'bob', '-'],
  ['dovecot', `imap-login: Login: user=<bob>, method=PLAIN, rip=${A}, lip=192.0.2.1, mpid=7, TLS, session=<x>`, IN, 'bob', A],
  ['dovecot', `imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=${A}, lip=192.0.2.1`, NO, 'bob', A],
  ['dovecot', `auth-worker(7): pam(bob,${A}): pam_authenticate() failed: Authentication failure (password mismatch?)`, NO, 'bob', A],
  ['postfix/smtpd[7]', `4F0B1: client=unknown[${A}], sasl_method=PLAIN, sasl_username=bob@example.com`, IN, 'bob@example.com', A],
  ['postfix/submission/smtpd[7]', `warning: unknown[${A}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6`, NO, '-', A],
  ['postfix/smtps/smtpd[7]', `4F0B1: client=host.example[${A}], sasl_method=PLAIN, sasl_username=bob@example.com`, IN, 'bob@example.com', A],
  ['postfix/smtpd[7]', `warning: host.example[${A}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=a[192.0.2.1]: SASL LOGIN`, NO, 'a[192.0.2.1]: SASL LOGIN', A],
  ['ocserv[7]', `main[bob]:${A}:50111 user logged in`, IN, 'bob', A],
  ['login[7]', `ROOT LOGIN ON tty1 FROM ${A}`, IN, 'root', A],
  ['uhttpd[7]', `luci: accepted login on /admin/status for root from ${A}`, IN, 'root', A],
  ['uhttpd[7]', `luci: failed login on / for root from ${A}`, NO, 'root', A],
  ['pvedaemon[7]', "successful auth for user 'root@pam'", IN, 'root@pam', '-'],
  ['pvedaemon[7]', `authentication failure; rhost=::ffff:${A} user=root@pam msg=Authentication failure`, NO, 'root@pam', A],
  ['%SEC_LOGIN-5-LOGIN_SUCCESS', `Login Success [user: bob] [Source: ${A}] [localport: 22] at 16:39:13 UTC Wed Jul 3 2024`, IN, 'bob', A],
  ['%ASA-6-605005', `Login permitted from ${A}/51234 to inside:192.0.2.1/ssh for user "bob"`, IN, 'bob', A],
  ['exim[7]', `1abcDE-000001-AB <= bob@example.com H=(laptop) [${A}] P=esmtpsa X=TLS1.3 A=plain_server:bob S=812`, IN, 'bob', A],
  ['exim[7]', `1abcDE-000001-AB <= bob@example.com H=(laptop) [${A}]:50111 P=esmtpsa A=plain_server:bob S=8 T="a [192.0.2.1] P=x A=y:root"`, IN, 'bob', A],
  ['exim[7]', `plain_server authenticator failed for (host) [${A}]: 535 Incorrect authentication data (set_id=bob)`, NO, 'bob', A],
  ['imapd-ssl', `LOGIN, user=bob, ip=[::ffff:${A}], port=[50111], protocol=IMAP`, IN, 'bob', A],
  ['pop3d', `LOGIN FAILED, user=bob, ip=[::ffff:${A}]`, NO, 'bob', A],
  ['cyrus/imap[7]', `login: host.example [${A}] bob plaintext+TLS User logged in SESSIONID=<x>`, IN, 'bob', A],
  ['cyrus/imap[7]', `badlogin: host.example [${A}] plaintext bob SASL(-13): authentication failure: checkpass failed`, NO, 'bob', A],
  ['vsftpd[7]', `[bob] OK LOGIN: Client "${A}"`, IN, 'bob', A],
  ['vsftpd[7]', `[bob] FAIL LOGIN: Client "${A}"`, NO, 'bob', A],
  ['proftpd[7]', `ftp.example (${A}[${A}]) - USER bob: Login successful.`, IN, 'bob', A],
  ['proftpd[7]', `ftp.example (${A}[${A}]) - USER bob (Login failed): Incorrect password`, NO, 'bob', A],
  ['proftpd[7]', `ftp.example (${A}[${A}]) - USER bob: Login successful. (Login failed): Incorrect password`, NO, 'bob: Login successful.', A],
  ['proftpd[7]', `ftp.example (${A}[${A}]) - USER oracle: no such user found from ${A} [${A}] to 192.0.2.1:21`, NO, 'oracle', A],
  ['pure-ftpd', `(?@${A}) [INFO] bob is now logged in`, IN, 'bob', A],
  ['pure-ftpd', `(?@${A}) [WARNING] Authentication failed for user [bob]`, NO, 'bob', A],
  ['saslauthd[7]', 'do_auth         : auth failure: [user=bob] [service=smtp] [realm=example.com] [mech=pam] [reason=PAM auth error]', NO, 'bob', '-'],
  ['audit[7]', `USER_LOGIN pid=7 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="bob" exe="/usr/sbin/sshd" hostname=? addr=${A} terminal=ssh res=failed'`, NO, 'bob', A],
];

const LINES: readonly Login[] = [
  ...[
    'gw sshd[1] info: ',
    'gw sshd[1] <info>: ',
    'web1/192.0.2.4 sshd[1]: ',
    'gw auth.info sshd[1]: ',
  ].map(
    (head): Login => [
      '',
      `Nov 24 10:00:01 ${head}Accepted password for bob from ${A} port 4242 ssh2`,
      IN,
      'bob',
      A,
    ],
  ),
  [
    '',
    `2026-11-24 10:00:01.000 +0200 sshd[1] INFO:  Accepted password for bob from ${A} port 4242 ssh2`,
    IN,
    'bob',
    A,
  ],
  [
    '',
    `Nov 24 10:00:01 gw authpriv.warn dropbear[901]: Login attempt for nonexistent user from ${A}:4242`,
    NO,
    '-',
    A,
  ],
  ...LOGINS.map(
    ([program, message, ...rest]): Login => [
      '',
      `Nov 24 10:00:01 gw ${program}: ${message}`,
      ...rest,
    ],
  ),
  // The same messages in the journal's records.
  ...LOGINS.filter(([program]) => !program.startsWith('audit')).map(
    ([program, message, ...rest]): Login => [
      '',
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1795514400000000',
        SYSLOG_IDENTIFIER: program.replace(/\[7\]$/, ''),
        MESSAGE: message,
      }),
      ...rest,
    ],
  ),
  ...['USER_LOGIN', '<audit-1112>'].map(
    (type): Login => [
      '',
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1795514400000000',
        _TRANSPORT: 'audit',
        _AUDIT_ID: '42',
        MESSAGE: `${type} pid=7 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="bob" exe="/usr/sbin/sshd" hostname=? addr=${A} terminal=ssh res=failed'`,
      }),
      NO,
      'bob',
      A,
    ],
  ),
  [
    '',
    `Tue Nov 24 10:00:00 2026 ${A}:50111 TLS: Username/Password authentication succeeded for username 'bob'`,
    IN,
    'bob',
    A,
  ],
  ...(
    [
      [
        `SECURITY[1] res_security_log.c: SecurityEvent="InvalidPassword",EventTV="1",Service="SIP",AccountID="bob",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/${A}/5060"`,
        NO,
        'bob',
      ],
      [
        `SECURITY[1] res_security_log.c: SecurityEvent="SuccessfulAuth",EventTV="1",Service="AMI",AccountID="bob",RemoteAddress="IPV4/TCP/${A}/5060"`,
        IN,
        'bob',
      ],
      [
        `NOTICE[1] chan_sip.c: Registration from '"x" <sip:bob@192.0.2.1>' failed for '${A}:5060' - Wrong password`,
        NO,
        'bob',
      ],
      // Who calls writes the name in front of the brackets.
      [
        `NOTICE[1] chan_sip.c: Registration from '"<sip:a@b>' failed for '192.0.2.9' - x" <sip:bob@192.0.2.1>' failed for '${A}:5060' - Wrong password`,
        NO,
        'bob',
      ],
      [
        `NOTICE[1]: chan_sip.c:28468 handle_request_register: Registration from 'sip:bob@192.0.2.1' failed for '${A}' - No matching peer found`,
        NO,
        'bob',
      ],
      [
        `NOTICE[1] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '<sip:bob@192.0.2.1>' failed for '${A}:5060' (callid: a@b) - No matching endpoint found`,
        NO,
        'bob',
      ],
      [`NOTICE[1] manager.c: ${A} failed to authenticate as 'bob'`, NO, 'bob'],
      [
        `NOTICE[1][C-0000001a] chan_iax2.c: Host ${A} failed MD5 authentication for 'bob' (5f != 6a)`,
        NO,
        'bob',
      ],
    ] as const
  ).map(([text, outcome, user]): Login => ['', `[2026-11-24 10:00:00] ${text}`, outcome, user, A]),
  ...['2026-11-24 10:00:00', 'Nov 24 10:00:00'].flatMap((stamp): Login[] => [
    [
      '',
      `${stamp} imap-login: Info: Login: user=<bob>, method=PLAIN, rip=${A}, lip=192.0.2.1, TLS`,
      IN,
      'bob',
      A,
    ],
    [
      '',
      `${stamp} Info: imap-login: Login: user=<bob>, method=PLAIN, rip=${A}, lip=192.0.2.1, TLS`,
      IN,
      'bob',
      A,
    ],
    [
      '',
      `${stamp} Info: pop3-login: Disconnected (auth failed, 3 attempts in 9 secs): user=<bob>, method=PLAIN, rip=${A}, lip=192.0.2.1`,
      NO,
      'bob',
      A,
    ],
    ['', `${stamp} auth: Info: passwd-file(bob,${A},<x>): Password mismatch`, NO, 'bob', A],
  ]),
  ...(['authentication_failed', 'anonymous_access_denied', 'authentication_success'] as const).map(
    (action): Login => [
      '',
      `{"type":"audit", "timestamp":"2026-11-24T10:00:00,123+0000", "event.type":"rest", "event.action":"${action}", "user.name":"bob", "origin.type":"rest", "origin.address":"${A}:44"}`,
      action === 'authentication_success' ? IN : NO,
      'bob',
      A,
    ],
  ),
  ...['daemon.info', 'authpriv.notice', 'auth.warn'].map(
    (selector): Login => [
      '',
      `2026-11-24 10:00:00 ${selector} dropbear[3]: Password auth succeeded for 'root' from ${A}:44`,
      IN,
      'root',
      A,
    ],
  ),
  [
    '',
    `2026-11-24 10:00:00 ${A}:50111 TLS: Username/Password authentication succeeded for username 'bob'`,
    IN,
    'bob',
    A,
  ],
  [
    '',
    `2026-11-24T10:00:00.1Z [HoneyPotSSHTransport,7,${A}] login attempt [b'root'/b'1/2'] failed`,
    NO,
    'root',
    A,
  ],
  [
    '',
    `2026-11-24T10:00:00+0000 [SSHService b'ssh-userauth' on HoneyPotSSHTransport,7,${A}] login attempt [root/x] succeeded`,
    IN,
    'root',
    A,
  ],
  [
    '',
    JSON.stringify({
      eventid: 'cowrie.login.failed',
      username: 'root',
      password: 'x',
      message: 'login attempt [root/x] failed',
      timestamp: '2026-11-24T10:00:00.1Z',
      src_ip: A,
    }),
    NO,
    'root',
    A,
  ],
  [
    '',
    JSON.stringify({
      eventid: 'cowrie.login.success',
      username: 'root',
      password: 'x',
      timestamp: '2026-11-24T10:00:00.1Z',
      src_ip: A,
    }),
    IN,
    'root',
    A,
  ],
];

describe('a line that reports a login', () => {
  it.each(LINES.map(([, ...rest]) => rest))('%s', (line, outcome, user, source) => {
    const event = read(line);
    expect({
      category: event['event.category']?.includes('authentication'),
      isNamed: event['event.action'] !== undefined,
      outcome: event['event.outcome'],
      user: event['user.name'] ?? '-',
      source: event['source.ip'] ?? '-',
    }).toEqual({ category: true, isNamed: true, outcome, user, source });
  });
});

it('names no peer known by its address as a user', () => {
  const event = read(`Nov 24 10:00:00 gw charon: 05[IKE] EAP method EAP_MD5 failed for peer ${A}`);
  expect([event['user.name'], event['source.ip']]).toEqual([undefined, A]);
});

it('calls no handshake refused that nobody answered', () => {
  const event = read(
    `Nov 24 10:00:00 gw kernel: wireguard: wg0: Handshake for peer 1 (${A}:51820) did not complete after 5 seconds, retrying (try 2)`,
  );
  expect(event['event.type']).toEqual(['connection']);
  expect([event['source.ip'], event['destination.ip']]).toEqual([undefined, A]);
});

describe('words of a login that are none', () => {
  it.each([
    ['openvpn[7]', 'Authenticate/Decrypt packet error: packet HMAC authentication failed'],
    ['openvpn[7]', `${A}:50111 VERIFY OK: depth=0, CN=bob`],
    [
      'charon',
      "06[IKE] authentication of 'vpn.example.com' (myself) with RSA signature successful",
    ],
    ['charon', `06[NET] sending packet: from 192.0.2.1[4500] to ${A}[28821] (92 bytes)`],
    ['charon', `06[NET] received packet: from ${A}[500] to 192.0.2.1[500] (604 bytes)`],
    ['dropbear[7]', `Child connection from ${A}:50111`],
    ['dropbear[7]', `Exit (root) from <${A}:50111>: Disconnect received`],
  ])('%s: %s', (program, message) => {
    const event = read(`Nov 24 10:00:01 gw ${program}: ${message}`);
    expect(event['event.category'] ?? []).not.toContain('authentication');
    expect(event['source.ip']).not.toBe('192.0.2.1');
  });
});
