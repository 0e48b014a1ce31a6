/** What `--entity ADDRESS` follows where no log tells of the end of a session: it lasts until the logs end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { streamEvents } from '../../src/detect/event-stream.ts';

async function linesOf(
  lines: readonly string[],
  entities: readonly string[],
  more: Readonly<Record<string, readonly string[]>> = {},
): Promise<string[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'ir-follow-'));
  const logs = { 'auth.log': lines, ...more };
  try {
    for (const [name, text] of Object.entries(logs))
      writeFileSync(join(cwd, name), text.map((line) => `${line}\n`).join(''));
    const { events } = await streamEvents(Object.keys(logs), {
      ...{ cwd, zone: 'UTC', env: { XDG_CONFIG_HOME: join(cwd, 'none') }, level: 'low' },
      filter: {
        ...{ sinceUs: Number.NEGATIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY },
        ...{ entities, grep: undefined },
      },
      ...{ ruleNames: [], ruleFolders: [], referenceMs: undefined, workers: 0 },
      stdin: (async function* nothing() {})(),
    });
    const raws: string[] = [];
    for await (const { raw } of events) raws.push(raw);
    return raws;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const at = (time: string, text: string): string => `2026-11-29T${time}Z ci ${text}`;
const LOGIN = [
  at('10:00:00', 'sshd[700]: Accepted password for jenkins from 203.0.113.77 port 40001 ssh2'),
  at('10:00:00', 'sshd[700]: pam_unix(sshd:session): session opened for user jenkins(uid=1001)'),
];
const sudo = (time: string, user: string, command: string): string =>
  at(time, `sudo: ${user} : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=${command}`);
const CLOSED = at('10:30:00', 'sshd[700]: pam_unix(sshd:session): session closed for user jenkins');

it.each(['203.0.113.77', '203.0.113.0/24'])('has the sudo of an open session: %s', async (who) => {
  const acts = ['/bin/cat /etc/shadow', '/usr/bin/tar -cf /tmp/x /etc', '/usr/bin/id'];
  const theirs = acts.map((act, index) => sudo(`10:1${index}:00`, 'jenkins', act));
  const found = await linesOf([...LOGIN, ...theirs, sudo('10:20:00', 'ana', '/usr/bin/id')], [who]);
  expect(found).toEqual([...LOGIN, ...theirs]);
});

it('has none of what came after the end of a session', async () => {
  const before = sudo('10:10:00', 'jenkins', '/usr/bin/id');
  const after = sudo('14:00:00', 'jenkins', '/usr/bin/id');
  const found = await linesOf([...LOGIN, before, CLOSED, after], ['203.0.113.77']);
  expect(found).toEqual([...LOGIN, before, CLOSED]);
});

const exec = (
  time: string,
  serial: number,
  [pid, ppid]: readonly [number, number],
  ...argv: string[]
) => [
  `type=SYSCALL msg=audit(${time}:${serial}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=1 a2=1 a3=8 items=2 ppid=${ppid} pid=${pid} auid=4294967295 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4294967295 comm="${argv[0]}" exe="/usr/bin/${argv[0]}" key="exec"`,
  `type=EXECVE msg=audit(${time}:${serial}): argc=${argv.length} ${argv.map((one, index) => `a${index}="${one}"`).join(' ')}`,
];

it('has what a request to a web shell made the server run, and what that started', async () => {
  const request = (time: string, ip: string, query: string): string =>
    `${ip} - - [29/Nov/2026:10:${time} +0000] "GET /up/x.php?${query} HTTP/1.1" 200 55 "-" "x"`;
  const audit = [
    ...exec('1795946400.690', 1, [510, 77], 'sh', '-c', 'cat /etc/passwd; ./run'),
    ...exec('1795946400.700', 2, [511, 510], 'cat', '/etc/passwd'),
    ...exec('1795946403.000', 3, [512, 510], 'busybox', 'httpd'),
    // Another's, at the same moment; and the same words an hour later.
    ...exec('1795946400.800', 4, [520, 77], 'convert', 'a.png'),
    ...exec('1795950000.000', 5, [521, 77], 'cat', '/etc/passwd'),
  ];
  const access = [
    request('00:01', '203.0.113.9', 'c=cat+%2Fetc%2Fpasswd;+./run'),
    request('00:01', '198.51.100.4', 'page=2'),
  ];
  const found = await linesOf([], ['203.0.113.9'], { 'audit.log': audit, 'access.log': access });
  expect(
    found
      .filter((line) => line.startsWith('type=SYSCALL'))
      .map((line) => / pid=(\d+)/.exec(line)?.[1]),
  ).toEqual(['510', '511', '512']);
  expect(found).toContain(access[0]);
  expect(found).not.toContain(access[1]);
});

it('has the statements of a connection to a database', async () => {
  const log = [
    '[4711] LOG:  connection received: host=203.0.113.9 port=50111',
    '[4711] bob@shop LOG:  connection authorized: user=bob database=shop',
    '[4711] bob@shop LOG:  statement: SELECT * FROM customers',
    '[4712] app@shop LOG:  statement: SELECT 1',
    '[4711] bob@shop LOG:  disconnection: session time: 0:00:05.1 user=bob database=shop host=203.0.113.9 port=50111',
    '[4711] app@shop LOG:  statement: SELECT 2',
  ].map((text, index) => `2026-11-28 10:0${index}:00.123 UTC ${text}`);
  const found = await linesOf([], ['203.0.113.9'], { 'postgresql.log': log });
  expect(found).toEqual([log[0], log[1], log[2], log[4]]);
});
