import { describe, test } from 'vitest';
import { check, type Row } from '../syslog-read.ts';

describe('accounts, cron, sessions, kernel and logging', () => {
  const rows: readonly Row[] = [
    [
      '%ASA-6-302013',
      'Built outbound TCP connection 7 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:10.0.0.5/51000 (10.0.0.5/51000)',
      {
        action: 'packet_allowed',
        outcome: 'success',
        'source.ip': '10.0.0.5',
        'destination.ip': '198.51.100.7',
      },
    ],
    [
      '%ASA-6-302013',
      'Built inbound TCP connection 8 for outside:203.0.113.9/50000 (203.0.113.9/50000) to inside:10.0.0.5/22 (192.0.2.5/22)',
      {
        action: 'packet_allowed',
        outcome: 'success',
        'source.ip': '203.0.113.9',
        'destination.ip': '10.0.0.5',
      },
    ],
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
        outcome: 'success',
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
        outcome: 'success',
        'source.ip': '203.0.113.5',
        'source.port': 4000,
        'destination.port': 22,
      },
    ],
  ];
  test.each(rows)('%s: %s', check);
});
