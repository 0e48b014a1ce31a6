import { describe, test } from 'vitest';
import { check, type Row } from '../syslog-read.ts';

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
      'reverse mapping checking getaddrinfo for evil from 9.9.9.9 port 2 [198.51.100.1] x [203.0.113.5] failed - POSSIBLE BREAK-IN ATTEMPT!',
      { action: 'reverse_mapping_failed', 'source.ip': '203.0.113.5' },
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
