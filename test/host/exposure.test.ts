/** A system to which an intruder did things: each is found, and nothing in one that nobody touched. */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runExposureCheck } from '../../src/commands/check-exposure.ts';
import { differences } from '../../src/host/exposed-listeners.ts';
import type { Observation } from '../../src/host/observation.ts';
import { testContext } from '../commands/test-context.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { installPackage, KEY, makeRoot, momentIn, put } from './made-root.ts';

let root: string;
let since: Date;

beforeEach(() => {
  root = makeRoot();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const check = async (options: { only?: string[]; failOn?: string; root?: string } = {}) => {
  const context = testContext({ cwd: root });
  return runExposureCheck(context, { root, since: since.toISOString(), save: false, ...options });
};
const seen = async (): Promise<string[]> =>
  (await check()).result.report.observations.map(
    ({ level, kind, subject }: Observation) => `${level} ${kind} ${subject}`,
  );

describe('a system that nobody touched', () => {
  it('gives no observation, and says what cannot be seen of a disk', async () => {
    since = momentIn(root);
    const { result, exit } = await check({ failOn: 'informational' });
    expect(result.report.observations).toEqual([]);
    expect(exit).toBeUndefined();
    expect(result.report.unseen).toEqual([
      { what: 'listening sockets', why: `no system runs in ${root}` },
    ]);
    const looked = Object.fromEntries(result.report.looked.map(({ what, count }) => [what, count]));
    expect(looked).toMatchObject({
      'set-uid and set-gid programs': 1,
      'files of SSH keys': 1,
      accounts: 3,
      'cron files': 2,
      'unit files': 1,
    });
  });
});

const HOSTILE = 'a\u001b[2Jb\nc';

const isRoot = process.getuid?.() === 0;
/** Whoever runs the program is its owner here: only that of root is critical. */
const SUID = isRoot ? 'critical suid' : 'high suid';

/** What an intruder does, and what is seen of it. */
const DEEDS: readonly [string, (root: string) => void, readonly string[]][] = [
  [
    'a shell with the rights of root',
    (at) => put(at, 'tmp/.x/sh', 'sh', 0o4755),
    [`${SUID} /tmp/.x/sh`],
  ],
  [
    'one whose time was set back',
    (at) => {
      put(at, 'usr/bin/old', 'x', 0o4755);
      // The time of the last change cannot be set.
      const past = new Date('2020-01-01');
      writeTimes(join(at, 'usr/bin/old'), past);
    },
    [`${SUID} /usr/bin/old`],
  ],
  [
    'a program that has its bit since',
    (at) => chmodSync(join(at, 'usr/bin/su'), 0o6755),
    [`${SUID} /usr/bin/su`],
  ],
  [
    'a name that clears the screen',
    (at) => put(at, `tmp/${HOSTILE}`, 'x', 0o4755),
    [`${SUID} /tmp/${HOSTILE}`],
  ],
  [
    'a name that is no text',
    (at) => {
      const place = Buffer.concat([Buffer.from(`${at}/tmp/x`), Buffer.from([0xff])]);
      writeFileSync(place, '');
      chmodSync(place, 0o4755);
    },
    [`${SUID} /tmp/x\\xff`],
  ],
  [
    'a key beside the right one',
    (at) =>
      appendFileSync(
        join(at, 'home/alice/.ssh/authorized_keys'),
        `command="sh" ssh-ed25519 ${KEY.replace('8w5P', '9w5P')} x\n`,
      ),
    [
      'high authorized-key /home/alice/.ssh/authorized_keys:1',
      'high authorized-key /home/alice/.ssh/authorized_keys:2',
    ],
  ],
  [
    'a key where sshd_config says',
    (at) => {
      put(at, 'etc/ssh/sshd_config', 'AuthorizedKeysFile /etc/ssh/keys/%u\n');
      put(at, 'etc/ssh/keys/nobody', `ssh-ed25519 ${KEY}\n`);
    },
    ['high authorized-key /etc/ssh/keys/nobody:1', 'medium startup /etc/ssh/sshd_config'],
  ],
  [
    'a cron file',
    (at) => put(at, 'etc/cron.d/.sys', '* * * * * root sh\n'),
    ['medium cron /etc/cron.d/.sys'],
  ],
  [
    'a crontab of a user',
    (at) => put(at, 'var/spool/cron/crontabs/www-data', '* * * * * sh\n', 0o600),
    ['medium cron /var/spool/cron/crontabs/www-data'],
  ],
  [
    'a unit, and the link that starts it',
    (at) => {
      put(at, 'etc/systemd/system/sys.service', '[Service]\nExecStart=/tmp/x\n');
      mkdirSync(join(at, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
      symlinkSync(
        '../sys.service',
        join(at, 'etc/systemd/system/multi-user.target.wants/sys.service'),
      );
    },
    [
      'medium unit /etc/systemd/system/sys.service',
      'low unit /etc/systemd/system/multi-user.target.wants/sys.service',
    ],
  ],
  [
    'a unit of a user',
    (at) => put(at, 'home/alice/.config/systemd/user/x.timer', '[Timer]\n'),
    ['medium unit /home/alice/.config/systemd/user/x.timer'],
  ],
  [
    'an account that is root by another name, and may use sudo',
    (at) => {
      appendFileSync(join(at, 'etc/passwd'), 'eve:x:0:0::/home/eve:/bin/sh\n');
      appendFileSync(join(at, 'etc/shadow'), 'eve:$y$z:30000:0:99999:7:::\n');
      put(at, 'etc/group', 'root:x:0:\nsudo:x:27:alice,eve\nalice:x:1000:\n');
    },
    ['critical account eve', 'high account eve', 'high account eve', 'medium account eve'],
  ],
  [
    'a shell for an account that has none, and no password',
    (at) => {
      put(
        at,
        'etc/passwd',
        'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/nonexistent:/bin/sh\n',
      );
      put(at, 'etc/shadow', 'nobody::19000::::::\n', 0o600);
    },
    ['high account nobody', 'medium account nobody'],
  ],
  [
    'a library for every program, and a rule of sudo',
    (at) => {
      put(at, 'etc/ld.so.preload', '/tmp/x.so\n');
      put(at, 'etc/sudoers.d/x', 'www-data ALL=(ALL) NOPASSWD: ALL\n', 0o440);
    },
    ['medium startup /etc/ld.so.preload', 'medium startup /etc/sudoers.d/x'],
  ],
];

function writeTimes(path: string, at: Date): void {
  utimesSync(path, at, at);
}

describe('two ways of asking the kernel', () => {
  const looks = (...texts: string[]) =>
    texts.map((text) => new Set(text.split(' ').filter(Boolean)));

  it.each([
    ['agree', looks('a b', 'a b', 'a b'), looks('a b', 'a b'), []],
    ['differ while sockets come and go', looks('a', 'a b', 'a b'), looks('a c', 'b d'), []],
    ['differ about one that ss hides', looks('a x', 'a x', 'x a'), looks('a', 'a'), ['x ss']],
    [
      'differ about one that /proc/net hides',
      looks('a', 'a', 'a'),
      looks('a y', 'y'),
      ['y /proc/net'],
    ],
  ])('%s', (_name, inProc, inSs, expected) => {
    const found = differences(inProc, inSs).map(({ key, other }) => `${key} ${other}`);
    expect(found).toEqual(expected);
  });
});

describe('what came since', () => {
  it.each(DEEDS)('%s', async (_name, deed, expected) => {
    since = momentIn(root);
    deed(root);
    expect((await seen()).sort()).toEqual([...expected].sort());
  });

  it('ends with exit 1 only at the level that is asked for', async () => {
    since = momentIn(root);
    put(root, 'etc/cron.d/new', 'x');
    expect((await check({ failOn: 'high' })).exit).toBeUndefined();
    expect((await check({ failOn: 'medium' })).exit).toBe(1);
    expect((await check()).exit).toBeUndefined();
  });

  it('looks at the kinds that are asked for alone', async () => {
    since = momentIn(root);
    put(root, 'etc/cron.d/new', 'x');
    expect((await check({ only: ['suid'] })).result.report.observations).toEqual([]);
    await expect(check({ only: ['cro'] })).rejects.toMatchObject({ exit: 2 });
  });

  it('does not follow links out of the disk, nor round in circles', async () => {
    since = momentIn(root);
    symlinkSync('/etc', join(root, 'etc/cron.daily'));
    symlinkSync('loop', join(root, 'etc/loop'));
    rmSync(join(root, 'etc/cron.d'), { recursive: true });
    symlinkSync('/etc/loop', join(root, 'etc/cron.d'));
    const { report } = (await check()).result;
    expect(report.observations.map(({ subject }) => subject)).not.toContain('/etc/shadow');
  });
});

describe.runIf(isRoot || sayOnlyRoot('packages of a disk'))('what packages brought', () => {
  it('is said to be as they have it, and what was changed of it is not', async () => {
    since = momentIn(root);
    installPackage(root);
    put(root, 'etc/cron.d/hello', 'x');
    chmodSync(join(root, 'usr/bin/hello-t'), 0o4755);
    expect(await seen()).toEqual(['medium cron /etc/cron.d/hello', 'low suid /usr/bin/hello-t']);
    appendFileSync(join(root, 'usr/bin/hello-t'), 'evil\n');
    expect(await seen()).toContain('critical suid /usr/bin/hello-t');
  });
});

const canUnshare = isRoot && isThere('unshare and Linux', process.platform === 'linux');

describe.runIf(canUnshare || sayOnlyRoot('sockets in a network namespace'))(
  'listening sockets',
  () => {
    const SERVER =
      "require('node:net').createServer().listen(4444, '127.0.0.1', () => console.log('up'));process.stdin.on('end', () => process.exit()).resume()";

    it('of a network namespace are found from outside of it, by the process that holds them', async () => {
      since = new Date(Date.now() - 2000);
      const up = 'ip link set lo up && exec "$0" -e "$1"';
      const server = spawn('unshare', ['--net', 'sh', '-c', up, process.execPath, SERVER], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      try {
        await new Promise((resolve) => server.stdout.once('data', resolve));
        const context = testContext({ cwd: root });
        const options = { since: since.toISOString(), only: ['listener'], save: false };
        const { report } = (await runExposureCheck(context, options)).result;
        const found = report.observations.find(({ subject }) => subject === 'tcp 127.0.0.1:4444');
        expect(found).toMatchObject({
          kind: 'listener',
          level: 'low',
          detail: { pid: server.pid },
        });
        expect(String(found?.detail['network'])).toMatch(/^net:\[\d+\]$/);
      } finally {
        server.stdin.end();
        await new Promise((resolve) => server.once('exit', resolve));
      }
    });
  },
);
