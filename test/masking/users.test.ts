import { describe, expect, it } from 'vitest';
import { readDetectors } from '../../src/masking/detector.ts';
import { createSpanFinder } from '../../src/masking/find-spans.ts';

/** As programs write who it was: the name is always kim.doe. */
const LINES = [
  '192.0.2.7 - kim.doe [30/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 512 "-" "Mozilla/5.0"',
  'shop.example:443 192.0.2.7 - kim.doe [30/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 512',
  'Nov 30 10:00:04 web1 sudo:  kim.doe : TTY=pts/0 ; PWD=/srv ; COMMAND=/bin/ls',
  'Nov 30 10:00:04 web1 sudo[7]: kim.doe : user NOT in sudoers ; TTY=pts/0 ; COMMAND=/bin/ls',
  'Nov 30 10:00:04 web1 CRON[1]: (kim.doe) CMD (/bin/ls)',
  'Nov 30 10:00:04 web1 su[1]: (to root) kim.doe on pts/1',
  'Nov 30 10:00:04 web1 su[1]: pam_unix(su:session): session opened by kim.doe(uid=1000)',
  'Nov 30 10:00:04 web1 systemd-logind[1]: New session 5 of user kim.doe.',
  'Nov 30 10:00:04 web1 sshd[1]: Disconnected from authenticating user kim.doe 192.0.2.7 port 22 [preauth]',
  "2026-11-30T10:00:00Z login failed for user 'kim.doe'",
];

const files = readDetectors();
const finder = createSpanFinder(files.filter(({ kind }) => kind === 'user'));

describe('names of users, where they are asked for', () => {
  it.each(LINES)('%s', (line) => {
    const found = finder.find(line).map(({ start, end }) => line.slice(start, end));
    expect(found).toEqual(['kim.doe']);
  });
});
