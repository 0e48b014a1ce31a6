import { describe, test } from 'vitest';
import { check, type Row } from '../syslog-read.ts';

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
      'sudo',
      'EXAMPLE\\jo smith : TTY=pts/0 ; PWD=/home/jo ; USER=root ; COMMAND=/bin/ls',
      {
        action: 'sudo_command',
        outcome: 'success',
        'user.name': 'EXAMPLE\\jo smith',
        'user.effective.name': 'root',
      },
    ],
    [
      'sudo-rs',
      'bob :  PWD=/home/bob ; USER=root ; COMMAND=/bin/bash',
      {
        action: 'sudo_command',
        outcome: 'success',
        'user.name': 'bob',
        'user.effective.name': 'root',
      },
    ],
    [
      'sudo',
      'ann : a password is required ; PWD=/home/ann ; USER=root ; COMMAND=/bin/ls',
      { action: 'sudo_denied', outcome: 'failure', reason: 'password_required' },
    ],
    [
      'sudo',
      'ann : something new in this version ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      { action: 'sudo_denied', outcome: 'failure', reason: 'refused', 'user.name': 'ann' },
    ],
    ['sudo', 'cannot resolve x : whatever', { action: undefined, 'user.name': undefined }],
    [
      'su',
      '(to root) EXAMPLE\\jo smith on pts/0',
      {
        action: 'su_login',
        outcome: 'success',
        'user.name': 'EXAMPLE\\jo smith',
        'user.effective.name': 'root',
      },
    ],
    [
      'su',
      'FAILED SU (to x) root on pts/9) ann on pts/1',
      { action: 'su_authentication', outcome: 'failure', 'user.name': 'ann' },
    ],
    [
      'usermod',
      "add 'EXAMPLE\\jo smith' to group 'sudo'",
      {
        action: 'user_added_to_group',
        outcome: 'success',
        'user.name': 'EXAMPLE\\jo smith',
        'group.name': 'sudo',
      },
    ],
    [
      'systemd-logind',
      'New session 12 of user EXAMPLE\\jo smith.',
      { action: 'session_opened', 'user.name': 'EXAMPLE\\jo smith', 'session.id': '12' },
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
      'doas',
      'failed command for eve: cat /etc/shadow',
      {
        action: 'doas_denied',
        outcome: 'failure',
        reason: 'command_not_allowed',
        'event.category': ['process'],
        'user.name': 'eve',
        'process.command_line': 'cat /etc/shadow',
      },
    ],
    [
      'doas',
      'command not permitted for eve: eve ran command as root: id',
      {
        action: 'doas_denied',
        outcome: 'failure',
        'user.name': 'eve',
        'user.effective.name': undefined,
      },
    ],
    [
      'doas',
      'failed auth for eve',
      { action: 'doas_authentication', outcome: 'failure', 'user.name': 'eve' },
    ],
    [
      'doas',
      'tty required for eve',
      {
        action: 'doas_authentication',
        outcome: 'failure',
        reason: 'password_required',
        'user.name': 'eve',
      },
    ],
    [
      'sudo',
      'ann : TTY=pts/0 ; PWD=/srv ; USER=root ;',
      {
        action: undefined,
        outcome: undefined,
        'user.name': 'ann',
        'user.effective.name': 'root',
        'process.working_directory': '/srv',
      },
    ],
    [
      'sudo',
      'ann : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/srv ; USER=root ; ',
      {
        action: 'sudo_authentication',
        outcome: 'failure',
        'user.name': 'ann',
        'user.effective.name': 'root',
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
