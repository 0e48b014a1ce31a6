/** Actions on another machine over a real sshd on loopback: done, read back, undone; locks proven by logins. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActOptions, act } from '../../src/commands/act.ts';
import { listActions, undoActions } from '../../src/commands/actions.ts';
import { runChecklist } from '../../src/commands/checklist.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { GROUND_SCRIPT, parseGround } from '../../src/respond/ground.ts';
import { type Loopback, startSshd } from '../host/loopback-ssh.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { call, isInstalled } from '../respond/action-world.ts';
import { type TestContext, testContext } from './test-context.ts';

const canLogIn =
  process.getuid?.() === 0
    ? isThere('actions over ssh: needs sshd', existsSync('/usr/sbin/sshd'))
    : sayOnlyRoot('actions over ssh');
const canMakeUsers = canLogIn && isThere('locks: needs useradd', isInstalled('useradd'));

const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${'c'.repeat(43)}`;
const USER = `irs${process.pid}`;

describe.runIf(canLogIn)('over ssh', () => {
  let cwd: string;
  let loopback: Loopback;
  let context: TestContext;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'ir-act-ssh-'));
    mkdirSync(join(cwd, 'ssh'), { mode: 0o700 });
    loopback = await startSshd(join(cwd, 'ssh'));
  });
  afterAll(() => {
    loopback?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });
  beforeEach(async () => {
    context = testContext({
      cwd: mkdtempSync(join(cwd, 'case-')),
      env: {
        XDG_CONFIG_HOME: join(cwd, 'config'),
        PATH: `${loopback.path}:${process.env['PATH']}`,
      },
    });
    await openIncident(context, { title: 'There', severity: 'SEV2' });
  });
  const onWeb01 = (id: string, values: string[], more: ActOptions = {}) =>
    act(context, id, values, { host: 'web01', yes: true, ...more });

  it('is done there, read back there, and undone', async () => {
    const file = join(cwd, "authorized 'keys' $(touch x)");
    const before = `ssh-rsa AAAA one\nssh-ed25519 ${KEY} eve\nssh-rsa BBBB two\n`;
    writeFileSync(file, before);
    const { result } = await onWeb01('revoke-ssh-key', [file, KEY]);
    expect(result.report).toMatchObject({ state: 'verified', no: 'A-001' });
    expect(readFileSync(file, 'utf8')).toBe('ssh-rsa AAAA one\nssh-rsa BBBB two\n');
    const { result: listed } = await listActions(context, {});
    expect(listed.actions).toMatchObject([{ host: 'web01', state: 'verified' }]);
    const { result: undone } = await undoActions(context, 'A-001', { yes: true });
    expect(undone.reports).toMatchObject([{ state: 'undone' }]);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(join(cwd, 'x'))).toBe(false);
  });

  it('reads there who is logged in over ssh, whatever port sshd has and whatever the environment says', () => {
    const script = { input: GROUND_SCRIPT, encoding: 'utf8' } as const;
    const argv = ['web01', 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'sh', '-s'];
    const { stdout } = spawnSync(join(loopback.path, 'ssh'), argv, script);
    const ground = parseGround(stdout);
    expect(ground).toMatchObject({ isRoot: true, sshPeers: expect.arrayContaining(['127.0.0.1']) });
  });

  it('with a refused key changes nothing, and says so', async () => {
    const other = join(cwd, `other-${process.hrtime.bigint()}`);
    call(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const config = readFileSync(join(cwd, 'ssh/ssh_config'), 'utf8');
    const bin = join(cwd, 'refused');
    mkdirSync(bin);
    writeFileSync(
      join(cwd, 'refused_config'),
      config.replace(/IdentityFile .*/, `IdentityFile ${other}`),
    );
    writeFileSync(
      join(bin, 'ssh'),
      `#!/bin/sh\nexec /usr/bin/ssh -F ${join(cwd, 'refused_config')} "$@"\n`,
      { mode: 0o755 },
    );
    context = testContext({
      cwd: context.settings.cwd,
      env: { ...context.settings.env, PATH: `${bin}:${process.env['PATH']}` },
    });
    const file = join(cwd, 'kept');
    writeFileSync(file, `ssh-ed25519 ${KEY} eve\n`);
    await expect(onWeb01('revoke-ssh-key', [file, KEY])).rejects.toMatchObject({
      exit: 5,
      message: expect.stringMatching(/web01 cannot be reached.*Permission denied/s),
    });
    expect(readFileSync(file, 'utf8')).toContain(KEY);
    expect((await listActions(context, {})).result.actions).toEqual([]);
  });

  it('that is gone when it is taken back leaves the action in place, and it can be taken back later', async () => {
    const file = join(cwd, 'later');
    writeFileSync(file, `ssh-ed25519 ${KEY} eve\n`);
    await onWeb01('revoke-ssh-key', [file, KEY]);
    const env = context.settings.env;
    const gone = join(cwd, 'gone');
    mkdirSync(gone);
    writeFileSync(
      join(gone, 'ssh'),
      '#!/bin/sh\nexec /usr/bin/ssh -F /dev/null -p 1 -o HostName=127.0.0.1 "$@"\n',
      {
        mode: 0o755,
      },
    );
    const away = testContext({
      cwd: context.settings.cwd,
      env: { ...env, PATH: `${gone}:${process.env['PATH']}` },
    });
    await expect(undoActions(away, 'A-001', { yes: true })).rejects.toMatchObject({ exit: 5 });
    expect((await listActions(context, {})).result.actions).toMatchObject([{ state: 'verified' }]);
    await undoActions(context, 'A-001', { yes: true });
    expect(readFileSync(file, 'utf8')).toContain(KEY);
  });

  it('is done there by a step of the checklist, and undone from here', async () => {
    await updateIncident(context, { type: 'lost-laptop' });
    await updateIncident(context, { phase: 'containment', reason: 'the key first' });
    const owner = join(cwd, 'owner');
    mkdirSync(join(owner, '.ssh'), { recursive: true });
    const file = join(owner, '.ssh', 'authorized_keys');
    writeFileSync(file, `ssh-ed25519 ${KEY} eve\nssh-rsa BBBB two\n`);
    const given = {
      phase: 'containment' as const,
      var: [`account_home=${owner}`, `ssh_key=${KEY}`],
    };
    await runChecklist(context, { ...given, done: ['find-ssh-key'], note: 'it is there' });
    const { result } = await runChecklist(context, {
      ...{ ...given, run: ['revoke-ssh-key'], host: 'web01', yes: true },
    });
    expect(result.applied[0]?.plan?.host).toBe('web01');
    expect(readFileSync(file, 'utf8')).toBe('ssh-rsa BBBB two\n');
    expect((await listActions(context, {})).result.actions).toMatchObject([{ host: 'web01' }]);
    await undoActions(context, 'A-001', { yes: true });
    expect(readFileSync(file, 'utf8')).toContain(KEY);
  });

  describe.runIf(canMakeUsers)('a lock', () => {
    const home = (): string => join(cwd, 'home');
    const logsIn = (): number | null =>
      spawnSync(join(loopback.path, 'ssh'), ['-l', USER, 'web01', 'true']).status;
    beforeAll(() => {
      // sshd reads the keys as the user.
      for (const one of [cwd, join(cwd, 'ssh')]) chmodSync(one, 0o711);
      chmodSync(join(cwd, 'ssh/authorized'), 0o644);
      const made = call(['useradd', '--no-create-home', '-d', home(), '--shell', '/bin/sh', USER]);
      expect(made.status).toBe(0);
      // With `!` as password sshd without PAM lets no key in at all; `*` is no password, and lets keys in.
      expect(call(['usermod', '--password', '*', USER]).status).toBe(0);
    });
    afterAll(() => {
      call(['userdel', USER]);
    });

    it('keeps a key out that got in before, and lets it in again', async () => {
      expect(logsIn()).toBe(0);
      const shadow = (): string => call(['getent', 'shadow', USER]).stdout;
      const before = shadow();
      await onWeb01('lock-account', [USER]);
      expect(logsIn()).toBe(255);
      await undoActions(context, 'A-001', { yes: true });
      expect(logsIn()).toBe(0);
      expect(shadow()).toBe(before);
    });

    it('that somebody changed since is left, named, and taken back on request: the rest of the entry stays theirs', async () => {
      await onWeb01('lock-account', [USER]);
      call(['usermod', '--expiredate', '2031-01-01', USER]);
      await expect(undoActions(context, 'A-001', { yes: true })).rejects.toMatchObject({
        exit: 6,
        message: expect.stringContaining('expires'),
      });
      expect(logsIn()).toBe(255);
      await undoActions(context, 'A-001', { yes: true, confirm: USER });
      expect(logsIn()).toBe(0);
    });
  });
});

describe('a process that somebody let go meanwhile', () => {
  it('is found so, and of one that ended the undo is not taken for done', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ir-frozen-'));
    const context = testContext({
      cwd: folder,
      env: { XDG_CONFIG_HOME: join(folder, 'config'), PATH: process.env['PATH'] ?? '' },
    });
    await openIncident(context, { title: 'Frozen', severity: 'SEV2' });
    const child = spawn('sleep', ['300'], { stdio: 'ignore' });
    const state = (): string =>
      /^State:\t(\w)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? '';
    try {
      if (process.getuid?.() !== 0) return void sayOnlyRoot('freeze-process through ir act');
      await act(context, 'freeze-process', [String(child.pid)], { yes: true });
      expect(state()).toBe('T');
      child.kill('SIGCONT');
      const { result } = await undoActions(context, 'A-001', { yes: true });
      expect(result.reports).toMatchObject([
        { state: 'undone', reason: 'found taken back already' },
      ]);
      await act(context, 'freeze-process', [String(child.pid)], { yes: true });
      child.kill('SIGKILL');
      await once(child, 'exit');
      const outcome = await undoActions(context, 'A-002', {
        yes: true,
        confirm: `process ${child.pid}`,
      });
      expect(outcome).toMatchObject({ exit: 8, result: { reports: [{ state: 'failed' }] } });
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
