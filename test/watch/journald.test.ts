/** A real journald, in namespaces with systemd as their first process, followed through rotations and kills: each entry once. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { until } from '../prepare/servers.ts';
import { BIN, cleanEnv, ensureBuilt } from '../program.ts';
import { where } from './real-programs.ts';

// Devices of its own too, as systemd makes links there; no others, so that it hears nothing of the kernel.
const WORLD = `set -e
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs tmpfs /var/log
mkdir /run/systemd /run/dev
for one in null zero full random urandom; do : > /run/dev/$one; mount --bind /dev/$one /run/dev/$one; done
mount --rbind /run/dev /dev
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=test "$1" --unit=systemd-journald.service --log-target=null --show-status=no
`;

const isRoot = process.getuid?.() === 0 || sayOnlyRoot('a journald of its own');
const systemd = where('systemd');
const canBe =
  isRoot &&
  isThere(
    'systemd, unshare, journalctl',
    [systemd, where('unshare'), where('journalctl')].every((one) => one !== undefined),
  );

const CGROUPS = '/sys/fs/cgroup';
/** Groups that systemd makes for itself and its journald. */
const ownGroups = (): string[] =>
  existsSync(CGROUPS)
    ? execFileSync('find', [CGROUPS, '-depth', '-type', 'd'], { encoding: 'utf8' })
        .split('\n')
        .filter((path) => /\/(?:init\.scope|system\.slice)(?:\/|$)/.test(path))
    : [];

const childOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();

describe.runIf(canBe)('journald', () => {
  let folder: string;
  let world: ChildProcess;
  let enter: string[];
  const groupsBefore = new Set(canBe ? ownGroups() : []);
  beforeAll(async () => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'ir journald '));
    const apart = ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--cgroup'];
    const args = [...apart, '--uts', '--ipc', '--net', 'sh', '-c', WORLD, 'sh', systemd!];
    world = spawn('unshare', args, { stdio: 'ignore' });
    const first = (): string => childOf(world.pid!);
    await until(() => first() !== '');
    enter = ['--target', first(), '--mount', '--pid', '--ipc', '--uts', `--wd=${folder}`, '--'];
    await until(() => existsSync(`/proc/${first()}/root/run/systemd/journal/dev-log`));
  }, 30_000);
  afterAll(async () => {
    world?.kill('SIGKILL');
    if (world?.exitCode === null && world.signalCode === null) await once(world, 'exit');
    rmSync(folder, { recursive: true, force: true });
    for (const path of ownGroups().filter((one) => !groupsBefore.has(one)))
      await until(() => {
        try {
          rmdirSync(path);
          return true;
        } catch (error) {
          // Its last process is still ending.
          return (error as NodeJS.ErrnoException).code !== 'EBUSY';
        }
      });
  }, 30_000);

  it('is read once, entry by entry, over rotations and kills', async () => {
    const inside = (...argv: string[]): string =>
      execFileSync('nsenter', [...enter, ...argv], { encoding: 'utf8', timeout: 30_000 });
    const write = (from: number, to: number): void => {
      const path = join(folder, 'messages');
      const lines = Array.from(
        { length: to - from },
        (_, at) => `Failed password for root from 203.0.113.7 port ${10_000 + from + at} ssh2\n`,
      );
      writeFileSync(path, lines.join(''));
      inside(
        'logger',
        '-u',
        '/run/systemd/journal/dev-log',
        '-p',
        'auth.info',
        '-t',
        'sshd',
        '-f',
        path,
      );
    };
    const kept = (name: string): string | undefined => {
      const path = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
        (one) => one.endsWith(name) && one.includes(join('watch', 'main')),
      );
      return path === undefined ? undefined : readFileSync(join(folder, path), 'utf8');
    };
    const ports = (): string[] =>
      [...(kept('journal.log') ?? '').matchAll(/203\.0\.113\.7 port (\d+)/g)].map(
        ([, port]) => port!,
      );
    const watch = async (...more: string[]): Promise<ChildProcess> => {
      const argv = [process.execPath, BIN, 'watch', '--journal', '--format', 'jsonl', ...more];
      const child = spawn('nsenter', [...enter, ...argv], {
        ...{ cwd: folder, env: cleanEnv({ XDG_DATA_HOME: folder }) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr!.on('data', (part: Buffer) => {
        said += part.toString();
      });
      await until(() => said.includes('watching') || child.exitCode !== null);
      expect(child.exitCode, said).toBeNull();
      return child;
    };
    const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
      // It is the child of the one that entered.
      process.kill(Number(childOf(child.pid!)), signal);
      await once(child, 'exit');
    };
    write(0, 100);
    let running = await watch('--since', '2026-01-01');
    await until(() => ports().length >= 100);
    for (const round of [1, 2, 3]) {
      write(round * 100, round * 100 + 50);
      inside('journalctl', '--rotate');
      // Anywhere in what it reads.
      await end(running, 'SIGKILL');
      write(round * 100 + 50, round * 100 + 100);
      inside('journalctl', '--rotate');
      running = await watch();
    }
    await until(() => ports().length >= 400);
    const seen = (): number =>
      (JSON.parse(kept('counters.json') ?? '{"events":-1}') as { events: number }).events;
    await until(() => seen() >= (kept('journal.log') ?? '').split('\n').length - 1);
    await end(running, 'SIGINT');
    expect(ports()).toEqual(Array.from({ length: 400 }, (_, at) => `${10_000 + at}`));
  }, 60_000);
});
