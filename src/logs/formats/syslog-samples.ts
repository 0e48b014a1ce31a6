/** Invented lines that the syslog format must read: every envelope and every program family. */
import type { Sample } from './log-format.ts';

/** The shapes of the envelope. */
const envelopes: readonly Sample[] = [
  {
    lines: ['<86>Nov  4 06:05:04 db01 su[911]: (to postgres) root on pts/2'],
    expect: {
      time: '2026-11-04T06:05:04.000000Z',
      'log.syslog.priority': 86,
      'log.syslog.facility.code': 10,
      'log.syslog.severity.code': 6,
      'log.level': 'info',
      'host.hostname': 'db01',
      'process.name': 'su',
      'user.name': 'root',
      'user.effective.name': 'postgres',
    },
  },
  {
    lines: [
      '<38>1 2026-11-24T10:00:01.003000+01:00 web01.example.com sshd 4211 LOGIN [origin ip="192.0.2.1" note="a \\"]\\" b"] Accepted password for carla from 192.0.2.44 port 51022 ssh2',
    ],
    expect: {
      time: '2026-11-24T09:00:01.003000Z',
      'host.hostname': 'web01.example.com',
      'process.pid': 4211,
      'log.syslog.msgid': 'LOGIN',
      'event.action': 'ssh_login',
      'event.outcome': 'success',
      'user.name': 'carla',
      'source.ip': '192.0.2.44',
    },
  },
  {
    lines: [
      '2026-11-24T10:00:01.123456+01:00 web01 sudo:   ben : TTY=pts/0 ; PWD=/srv/shop ; USER=root ; COMMAND=/usr/bin/systemctl stop auditd',
    ],
    expect: {
      time: '2026-11-24T09:00:01.123456Z',
      'event.action': 'sudo_command',
      'user.name': 'ben',
      'user.effective.name': 'root',
      'process.command_line': '/usr/bin/systemctl stop auditd',
      'process.working_directory': '/srv/shop',
    },
  },
  {
    lines: [
      '2026-11-24 10:00:01,250 web01 sshd-session[77]: Connection from 198.51.100.3 port 40001',
    ],
    expect: {
      time: '2026-11-24T10:00:01.250000Z',
      'process.name': 'sshd-session',
      'event.action': 'ssh_connection',
      'source.port': 40_001,
    },
  },
  {
    lines: [
      "Nov 24 2026 10:00:01 edge01 dropbear[40]: Bad password attempt for 'nora' from 203.0.113.77:50124",
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'event.outcome': 'failure',
      'user.name': 'nora',
      'source.ip': '203.0.113.77',
    },
  },
  {
    lines: [
      '<38>1 2026-11-24T10:00:04Z web03/10.0.0.4 sshd 42 - - Failed password for root from 203.0.113.9 port 4242 ssh2',
    ],
    expect: { 'host.hostname': 'web03', 'user.name': 'root' },
  },
  {
    lines: [
      'Nov 24 10:00:03 relay01 Nov 24 10:00:01 web02 sshd[5]: Invalid user oracle from 2001:db8::5 port 4000',
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'host.hostname': 'web02',
      'source.ip': '2001:db8::5',
      'event.reason': 'invalid_user',
    },
  },
  {
    lines: [
      'Tue 2026-11-24 10:00:01 CET web01 systemd[1]: Stopped auditd.service - Security Auditing Service.',
    ],
    expect: {
      time: '2026-11-24T09:00:01.000000Z',
      'event.action': 'service_stopped',
      'service.name': 'auditd.service',
    },
  },
  {
    lines: ['[   12.345678] usb 2-1: new high-speed USB device number 4 using xhci_hcd'],
    expect: { 'process.name': 'kernel', 'event.action': 'usb_device_connected' },
  },
  // A relay's head before a whole line of RFC 5424.
  {
    lines: [
      'Nov 24 10:00:05 vpn1 1 2026-11-24T10:00:04+01:00 192.0.2.3 sshd 42 - - Failed password for root from 203.0.113.9 port 4242 ssh2',
    ],
    expect: {
      timeUs: Date.UTC(2026, 10, 24, 9, 0, 4) * 1000,
      timeConfidence: 'exact',
      'host.hostname': 'vpn1',
      'process.name': 'sshd',
      'process.pid': 42,
      'event.action': 'ssh_login',
      'event.outcome': 'failure',
      'user.name': 'root',
      'source.ip': '203.0.113.9',
      'source.port': 4242,
    },
  },
  {
    lines: ['web01 sshd[99]: Failed password for root from 203.0.113.5 port 2201 ssh2'],
    expect: { 'host.hostname': 'web01', 'user.name': 'root', 'event.reason': 'wrong_password' },
  },
];

/** One or more messages of each program family, all in the traditional envelope. */
const programs: readonly Sample[] = [
  {
    lines: [
      'Nov 24 10:00:01 web01 sshd[4211]: Failed password for invalid user guest from 203.0.113.9 port 40122 ssh2',
    ],
    expect: {
      time: '2026-11-24T10:00:01.000000Z',
      'event.action': 'ssh_login',
      'event.outcome': 'failure',
      'event.reason': 'invalid_user',
      'event.dataset': 'system.auth',
      'user.name': 'guest',
      'source.ip': '203.0.113.9',
      'source.port': 40_122,
      'host.hostname': 'web01',
      'process.name': 'sshd',
      'process.pid': 4211,
    },
  },
  {
    lines: [
      'Nov 24 10:00:02 web01 sshd[4213]: message repeated 3 times: [ Failed password for root from 203.0.113.9 port 40126 ssh2]',
    ],
    expect: { 'event.outcome': 'failure', 'user.name': 'root', 'source.port': 40_126 },
  },
  {
    lines: [
      'Nov 24 10:00:02 web01 sshd[4212]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root',
    ],
    expect: {
      'event.action': 'pam_authentication',
      'event.outcome': 'failure',
      'user.name': 'root',
      'source.ip': '203.0.113.9',
    },
  },
  {
    lines: ['Nov 24 10:01:01 web01 CRON[500]: (backup) CMD (/usr/local/bin/nightly --quiet)'],
    expect: {
      'event.action': 'cron_command',
      'user.name': 'backup',
      'process.command_line': '/usr/local/bin/nightly --quiet',
    },
  },
  {
    lines: [
      'Nov 24 10:02:00 web01 useradd[612]: new user: name=support2, UID=1007, GID=1007, home=/home/support2, shell=/bin/bash',
    ],
    expect: {
      'event.action': 'user_added',
      'event.category': ['iam'],
      'user.name': 'support2',
      'user.id': '1007',
    },
  },
  {
    lines: ["Nov 24 10:02:01 web01 usermod[613]: add 'support2' to group 'sudo'"],
    expect: {
      'event.action': 'user_added_to_group',
      'user.target.name': 'support2',
      'group.name': 'sudo',
    },
  },
  {
    lines: ['Nov 24 10:03:00 web01 systemd-logind[400]: New session 31 of user ben.'],
    expect: { 'event.action': 'session_opened', 'session.id': '31', 'user.name': 'ben' },
  },
  {
    lines: [
      'Nov 24 10:04:00 fw01 kernel: [91234.5] [UFW BLOCK] IN=eth0 OUT= MAC=00:00:5e:00:53:01 SRC=203.0.113.40 DST=192.0.2.10 LEN=40 TTL=240 ID=5 PROTO=TCP SPT=41000 DPT=3389 WINDOW=1024 RES=0x00 SYN URGP=0',
    ],
    expect: {
      'event.dataset': 'iptables.log',
      'event.action': 'packet_denied',
      'source.ip': '203.0.113.40',
      'destination.ip': '192.0.2.10',
      'destination.port': 3389,
      'network.transport': 'tcp',
      'observer.ingress.interface.name': 'eth0',
    },
  },
  {
    lines: ['Nov 24 10:05:00 web01 rsyslogd: [origin software="rsyslogd"] exiting on signal 15.'],
    expect: { 'event.action': 'logging_stopped' },
  },
  {
    lines: [
      'Nov 24 10:06:00 mail01 postfix/smtpd[70]: warning: unknown[203.0.113.61]: SASL LOGIN authentication failed: authentication failure, sasl_username=desk@example.com',
    ],
    expect: {
      'event.outcome': 'failure',
      'source.ip': '203.0.113.61',
      'user.name': 'desk@example.com',
    },
  },
  {
    lines: [
      'Nov 24 10:07:00 mail01 dovecot: imap-login: Disconnected (auth failed, 2 attempts in 9 secs): user=<desk>, method=PLAIN, rip=203.0.113.62, lip=192.0.2.25, TLS',
    ],
    expect: { 'event.outcome': 'failure', 'source.ip': '203.0.113.62', 'user.name': 'desk' },
  },
];

/** Lines and the events that they must give: of every envelope, then of every program. */
export const samples: readonly Sample[] = [...envelopes, ...programs];
