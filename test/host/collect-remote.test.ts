/** A collection of another machine over a real ssh: same folder, same manifest, hostile names as one argument each. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTracesCheck } from '../../src/commands/check-traces.ts';
import { runCollect } from '../../src/commands/collect.ts';
import { findCommand } from '../../src/host/collect/take-remote.ts';
import { testContext } from '../commands/test-context.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { type Loopback, ownTemporaryFolder, startSshd } from './loopback-ssh.ts';

describe('patterns as words of find', () => {
  it.each([
    [['/etc/cron.d/*'], ['/etc/cron.d', '1', '/etc/cron\\.d/([^/.][^/]*)?']],
    [['/home/*/.*_history'], ['/home', '2', '/home/([^/.][^/]*)?/\\.[^/]*_history']],
    [['/var/log/a.log*'], ['/var/log', '1', '/var/log/a\\.log[^/]*']],
    [['/etc/passwd'], ['/etc/passwd', '0', '/etc/passwd']],
  ])('%j', (globs, [base, depth, expression]) => {
    const argv = findCommand(globs as string[]);
    expect(argv[1]).toBe(base);
    expect(argv[argv.indexOf('-maxdepth') + 1]).toBe(depth);
    expect(argv[argv.indexOf('-regex') + 1]).toBe(expression);
  });
});

const canLogIn =
  process.getuid?.() === 0 ? isThere('sshd', existsSync('/usr/sbin/sshd')) : sayOnlyRoot('sshd');

describe.runIf(canLogIn)('over ssh', () => {
  let cwd: string;
  let loopback: Loopback;
  let putBack: () => void;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'ir-ssh-'));
    mkdirSync(join(cwd, 'ssh'), { mode: 0o700 });
    loopback = await startSshd(join(cwd, 'ssh'));
    putBack = ownTemporaryFolder(join(cwd, 'tmp'));
  });
  afterAll(() => {
    putBack?.();
    loopback?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  const context = () =>
    testContext({
      cwd,
      env: {
        XDG_CONFIG_HOME: join(cwd, 'config'),
        PATH: `${loopback.path}:${process.env['PATH']}`,
      },
    });
  const own = (items: readonly string[]): void => {
    const folder = join(cwd, 'config/ir/collections');
    mkdirSync(folder, { recursive: true });
    const head = 'id: own\ntitle: O\nsummary: O\nlimits: { bytes: 9MB, time: PT5M }\nitems:\n';
    writeFileSync(join(folder, 'own.yml'), `${head}${items.map((one) => `  - ${one}\n`).join('')}`);
  };

  it('takes commands, files and what readers stand for, and verifies', async () => {
    const hostile = ["a'b", '$(touch x)', '`id`', 'a b', '-n', 'l\nine', '"', 'x;y'];
    mkdirSync(join(cwd, 'in'));
    for (const name of hostile) writeFileSync(join(cwd, 'in', name), `${name} content`);
    writeFileSync(join(cwd, 'in/.hidden'), 'h');
    symlinkSync('/etc/shadow', join(cwd, 'in/link'));
    own([
      '{ id: say, title: A, volatility: memory, run: [echo, "$HOME; `id`"] }',
      '{ id: missing, title: B, volatility: memory, run: [no-such-program] }',
      '{ id: processes, title: C, volatility: memory, read: processes }',
      `{ id: files, title: D, volatility: disk, files: ['${cwd}/in/*', /proc/version, /etc/os-release, /nonexistent] }`,
    ]);
    const options = { profile: 'own', output: 'out', host: 'web01', save: false };
    const { result } = await runCollect(context(), options);
    const out = join(cwd, 'out');
    expect(result.head).toMatchObject({ host: hostname(), uid: 0 });
    expect(readFileSync(join(out, 'items/01-say.out'), 'utf8')).toBe('$HOME; `id`\n');
    expect(result.records[1]).toMatchObject({ item: 'missing', exitCode: 127 });
    expect(readFileSync(join(out, 'items/03-processes.out'), 'utf8')).toContain('sshd');
    const files = result.records[3]!.files;
    const from = files.map((file) => file.from?.path.replace(`${cwd}/in/`, ''));
    expect(from.sort()).toEqual([...hostile, '/etc/os-release', '/proc/version'].sort());
    const odd = files.find((file) => file.from?.path.endsWith('l\nine'))!;
    expect(readFileSync(join(out, odd.path), 'utf8')).toBe('l\nine content');
    expect(files.find((file) => file.from?.path === '/proc/version')?.bytes).toBeGreaterThan(10);
    const check = ['--check', '--strict', '--quiet', 'manifest-sha256.txt'];
    expect(spawnSync('sha256sum', check, { cwd: out }).status).toBe(0);
    expect(existsSync(join(cwd, 'x'))).toBe(false);
  });

  it('that does not answer ends with exit 5, and nothing is left behind', async () => {
    own(['{ id: say, title: A, volatility: memory, run: [echo, x] }']);
    const options = { profile: 'own', output: 'none', host: 'root@nowhere.invalid', save: false };
    await expect(runCollect(context(), options)).rejects.toMatchObject({ exit: 5 });
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });

  it('finds traces in files, archives, accounts, keys, processes and not in its own copy', async () => {
    const root = join(cwd, 'there');
    mkdirSync(join(root, 'tmp'), { recursive: true });
    writeFileSync(join(root, 'tmp/note'), 'from 203.0.113.7\n');
    writeFileSync(join(root, 'tmp/kit.gz'), gzipSync('203.0.113.7 again'));
    writeFileSync(join(root, 'kit.sh'), '#!/bin/sh\n', { mode: 0o4755 });
    symlinkSync('/etc/hostname', join(root, 'tmp/link'));
    const sleeper = spawn('/bin/sleep', ['300'], { argv0: '/opt/evil/miner', stdio: 'ignore' });
    try {
      const trace = ['address=203.0.113.7', 'name=kit.sh', 'path=/opt/evil/miner', 'account=root'];
      const options = { host: 'web01', trace, save: false, failOn: 'high' };
      const { result, exit } = await runTracesCheck(context(), [root], options);
      const { report } = result;
      const told = report.observations.map(({ kind, subject }) => `${kind} ${subject}`);
      expect(told).toEqual(
        expect.arrayContaining([
          `trace-address ${root}/tmp/note`,
          `trace-address ${root}/tmp/kit.gz`,
          `trace-name ${root}/kit.sh`,
          `trace-path process ${sleeper.pid}`,
          'trace-account root',
        ]),
      );
      expect(exit).toBe(1);
      expect(report).toMatchObject({ host: 'web01', root: '/' });
      expect(report.looked.find(({ what }) => what === 'processes')?.count).toBeGreaterThan(5);
      const found = report.observations.find(({ kind }) => kind === 'trace-name')!;
      expect(found.detail).toEqual({ trace: 'kit.sh', from: '--trace', sizeBytes: 10 });
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith('ir-copy-'))).toEqual([]);
    } finally {
      sleeper.kill('SIGKILL');
    }
  });

  it('searches no relative path and no mounted disk of another machine', async () => {
    const options = { host: 'web01', trace: ['name=kit.sh'], save: false };
    await expect(runTracesCheck(context(), ['tmp'], options)).rejects.toMatchObject({ exit: 2 });
    const away = { ...options, host: 'root@nowhere.invalid' };
    await expect(runTracesCheck(context(), ['/tmp'], away)).rejects.toMatchObject({ exit: 5 });
  });
});
