/** Checks of another machine over a real ssh: what they see there, with owners and times of there, and nothing left here. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordBackupOf, verifyBackupOf } from '../../src/commands/check-backup.ts';
import { runExposureCheck } from '../../src/commands/check-exposure.ts';
import { runSystemCheck } from '../../src/commands/check-system.ts';
import { createLedger } from '../../src/host/check-ledger.ts';
import { openRemote } from '../../src/host/copied-machine.ts';
import { readFacts } from '../../src/host/remote-facts.ts';
import { readPs } from '../../src/host/told-processes.ts';
import { verifyDpkg } from '../../src/host/verify-dpkg.ts';
import { testContext } from '../commands/test-context.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { type Loopback, ownTemporaryFolder, startSshd } from './loopback-ssh.ts';
import { momentIn } from './made-root.ts';

describe('what another machine says', () => {
  it('of its files, whatever their names hold', () => {
    const odd = '/tmp/a\nb "$(x)"';
    const told = ['f', '4755', '0', '27', '12', '1796000000.5', '1796000001.25', '64769', '7', odd];
    expect(readFacts(`${told.join('\0')}\0half of`)).toEqual(
      new Map([
        [
          odd,
          {
            ...{ kind: 'file', mode: 0o4755, uid: 0, gid: 27, sizeBytes: 12 },
            ...{ modifiedMs: 1_796_000_000_500, changedMs: 1_796_000_001_250 },
            ...{ device: 64_769, inode: 7 },
          },
        ],
      ]),
    );
  });

  it('of its processes, whose arguments are written by whoever starts them', () => {
    const line = '   42     1     0 Mon Nov 30 21:37:11 2026 /opt/evil miner 1 0 0 Mon Nov 30';
    const found = readPs(`${line}\nnonsense\n`, new Map([[42, '/opt/evil (deleted)']]));
    expect([...found.values()]).toEqual([
      {
        ...{ pid: 42, parent: 1, uid: 0, name: 'evil', program: '/opt/evil', isDeleted: true },
        command: '/opt/evil miner 1 0 0 Mon Nov 30',
        ...{ startedMs: Date.UTC(2026, 10, 30, 21, 37, 11), network: undefined },
      },
    ]);
  });
});

const canLogIn =
  process.getuid?.() === 0 ? isThere('sshd', existsSync('/usr/sbin/sshd')) : sayOnlyRoot('sshd');

describe.runIf(canLogIn)('over ssh', () => {
  let cwd: string;
  let there: string;
  let loopback: Loopback;
  let putBack: () => void;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'ir-check-ssh-'));
    mkdirSync(join(cwd, 'ssh'), { mode: 0o700 });
    loopback = await startSshd(join(cwd, 'ssh'));
    putBack = ownTemporaryFolder(join(cwd, 'tmp'));
  });
  afterAll(() => {
    putBack?.();
    loopback?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });
  beforeEach(() => {
    there = mkdtempSync(join(cwd, "there 'x' $(touch y)"));
  });
  const env = () => ({
    XDG_CONFIG_HOME: join(cwd, 'config'),
    PATH: `${loopback.path}:${process.env['PATH']}`,
  });
  const context = () => testContext({ cwd, env: env() });
  const copies = (): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith('ir-copy-'));
  const onWeb01 = { host: 'web01', save: false };

  it('a set-uid program and a listener are found with the times of there', async () => {
    mkdirSync(join(there, 'tmp'));
    const since = momentIn(there).toISOString();
    const planted = join(there, 'kit');
    writeFileSync(planted, '#!/bin/sh\n');
    chmodSync(planted, 0o4755);
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const { port } = server.address() as { port: number };
      const options = { ...onWeb01, since, failOn: 'critical' };
      const { result, exit } = await runExposureCheck(context(), options);
      const { report } = result;
      expect(report).toMatchObject({ check: 'exposure', host: 'web01', root: '/' });
      expect(exit).toBe(1);
      // Other tests plant such programs as well, at the same time.
      const suid = report.observations.filter(({ subject }) => subject.startsWith(there));
      expect(suid).toMatchObject([
        { level: 'critical', subject: planted, detail: { mode: '4755', uid: 0, sizeBytes: 10 } },
      ]);
      expect(Date.parse(suid[0]?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(since));
      const looked = Object.fromEntries(report.looked.map(({ what, count }) => [what, count]));
      expect(looked['accounts']).toBeGreaterThan(2);
      expect(looked['set-uid and set-gid programs']).toBeGreaterThan(1);
      expect(looked['startup files']).toBeGreaterThan(5);
      const early = await runExposureCheck(context(), {
        ...{ ...onWeb01, since: '2001-01-01', only: ['listener'] },
      });
      const told = early.result.report.observations;
      expect(told.find(({ subject }) => subject === `tcp 127.0.0.1:${port}`)).toMatchObject({
        ...{ kind: 'listener', level: 'low' },
        detail: { pid: process.pid, program: process.execPath, isDeleted: false },
      });
      expect(copies()).toEqual([]);
    } finally {
      server.close();
    }
    // It goes through all files of this machine.
  }, 600_000);

  it('packages are compared by the programs of there, and what differs is fetched', async () => {
    // What dpkg prints of a whole system takes long: one that says so of one file stands for it.
    const file = '/usr/share/doc/dpkg/copyright';
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
    const copy = openRemote({
      place: { ssh: 'web01' },
      env: env(),
      signal: AbortSignal.timeout(600_000),
    });
    try {
      const { machine } = copy;
      await machine.remote.bring(['/var/lib/dpkg/status', '/var/lib/dpkg/info']);
      const asked: string[] = [];
      const run: typeof machine.run = (argv, limits) => {
        asked.push(argv.join(' '));
        const printed = argv[0] === 'dpkg' ? ['echo', `??5??????   ${file}`] : ['true'];
        return machine.run(printed, limits);
      };
      const ledger = createLedger();
      expect(await verifyDpkg({ machine: { ...machine, run }, ledger, progress: () => {} })).toBe(
        true,
      );
      const { observations } = ledger.close({} as never);
      expect(asked).toEqual(['dpkg --verify', 'debsums --all dpkg']);
      expect(observations).toMatchObject([
        { kind: 'changed-file', subject: file, detail: { package: 'dpkg', uid: 0, sha256: sum } },
      ]);
    } finally {
      copy.remove();
    }
  });

  it('a backup is recorded, verified, found changed and searched, a few files at a time', async () => {
    const backup = join(there, 'backup');
    mkdirSync(join(backup, 'deep'), { recursive: true });
    writeFileSync(join(backup, 'deep/a\nb'), 'one');
    writeFileSync(join(backup, 'db.gz'), gzipSync('rows of 203.0.113.7\n'));
    for (let number = 0; number < 250; number += 1)
      writeFileSync(join(backup, `f${number}`), `${number}`);
    const output = join(there, 'sums');
    const { result, exit } = await recordBackupOf(context(), backup, { ...onWeb01, output });
    expect({ exit, files: result.files }).toEqual({ exit: undefined, files: 252 });
    const verify = (more: object = {}) =>
      verifyBackupOf(context(), backup, { ...onWeb01, manifest: output, ...more });
    const whole = await verify({ trace: ['address=203.0.113.7'] });
    expect(whole.exit).toBeUndefined();
    expect(whole.result.report).toMatchObject({ host: 'web01', root: backup });
    expect(
      whole.result.report.observations.map(({ kind, subject }) => `${kind} ${subject}`),
    ).toEqual([`trace-address ${backup}/db.gz`, 'backup-age newest file']);
    writeFileSync(join(backup, 'f7'), 'changed');
    rmSync(join(backup, 'f8'));
    const changed = await verify();
    expect(changed.exit).toBe(7);
    const broken = changed.result.report.observations.filter(({ level }) => level === 'critical');
    expect(broken.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'backup-changed f7',
      'backup-missing f8',
    ]);
    expect(existsSync(join(cwd, 'y'))).toBe(false);
    expect(copies()).toEqual([]);
  });

  const refusals: readonly [string, () => Promise<unknown>, number][] = [
    [
      'one that does not answer',
      () => runSystemCheck(context(), { host: 'root@nowhere.invalid', save: false }),
      5,
    ],
    [
      'no name for ssh',
      () => runSystemCheck(context(), { host: '-oProxyCommand=x', save: false }),
      2,
    ],
    ['a disk over there', () => runSystemCheck(context(), { ...onWeb01, root: '/' }), 2],
    ['a backup without its whole path', () => recordBackupOf(context(), 'b', onWeb01), 2],
    [
      'a backup that is not there',
      () => recordBackupOf(context(), '/nowhere/b', { ...onWeb01, output: 's' }),
      4,
    ],
  ];
  it.each(refusals)('%s is refused', async (_name, check, exit) => {
    await expect(check()).rejects.toMatchObject({ exit });
    expect(copies()).toEqual([]);
  });

  it('is the machine itself that is asked', async () => {
    const copy = openRemote({
      place: { ssh: 'web01' },
      env: env(),
      signal: AbortSignal.timeout(60_000),
    });
    const { stdout } = await copy.machine.run(['uname', '-n'], {
      timeoutMs: 20_000,
      textBytes: 99,
    });
    copy.remove();
    expect(stdout.text.trim()).toBe(hostname());
  });
});
