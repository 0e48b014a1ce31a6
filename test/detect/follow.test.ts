/** What `--entity ADDRESS` follows where no log tells of the end of a session: it lasts until the logs end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { streamEvents } from '../../src/detect/event-stream.ts';

async function linesOf(lines: readonly string[], entities: readonly string[]): Promise<string[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'ir-follow-'));
  try {
    writeFileSync(join(cwd, 'auth.log'), `${lines.join('\n')}\n`);
    const { events } = await streamEvents(['auth.log'], {
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
