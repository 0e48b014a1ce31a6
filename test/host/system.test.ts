/** Real package databases and a real AIDE: what was changed is found whatever the programs end with. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSystemCheck } from '../../src/commands/check-system.ts';
import { testContext } from '../commands/test-context.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { installPackage, makeRoot, put } from './made-root.ts';

const isRoot = process.getuid?.() === 0;
const has = (program: string): boolean =>
  isThere(program, spawnSync('which', [program]).status === 0);

let root: string;
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const check = async (options: { root?: string; aideConfig?: string; failOn?: string } = {}) =>
  runSystemCheck(testContext({ cwd: root, env: { PATH: process.env['PATH'] ?? '' } }), {
    ...{ root, save: false },
    ...options,
  });
const seen = async (): Promise<unknown[]> =>
  (await check()).result.report.observations.map(({ level, subject, detail }) => [
    ...[level, subject, detail['change'], detail['debsums'] ?? ''],
  ]);

describe('a system without any database', () => {
  it('is no clean bill of health: exit 4, and why', async () => {
    const { exit, result, reasons } = await check();
    expect(exit).toBe(4);
    expect(result.report.observations).toEqual([]);
    expect(reasons?.().join()).toContain('there is no database of dpkg, rpm or AIDE');
  });
});

describe.runIf(isRoot || sayOnlyRoot('packages of dpkg in a folder'))('dpkg and debsums', () => {
  const hasDebsums = has('debsums');

  it('give nothing for what is as it was installed', async () => {
    installPackage(root);
    const { result, exit } = await check({ failOn: 'informational' });
    expect(result.report.observations).toEqual([]);
    expect(exit).toBeUndefined();
    expect(result.report.looked).toEqual([{ what: 'packages of dpkg', count: 1 }]);
    expect(result.report.unseen).toEqual([]);
  });

  it('find what was changed, although dpkg ends with 0', async () => {
    installPackage(root);
    appendFileSync(join(root, 'usr/bin/hello-t'), 'evil\n');
    appendFileSync(join(root, 'etc/hello-t.conf'), 'b = 2\n');
    rmSync(join(root, 'usr/share/hello-t/data'));
    const told = (word: string): string => (hasDebsums ? word : '');
    expect(await seen()).toEqual([
      ['high', '/usr/bin/hello-t', 'content', told('changed')],
      ['medium', '/usr/share/hello-t/data', 'missing', told('missing')],
      ['low', '/etc/hello-t.conf', 'content', told('changed')],
    ]);
    const { result, exit } = await check({ failOn: 'high' });
    expect(exit).toBe(1);
    expect(result.report.observations[0]?.detail['sha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('name packages without sums, of which nothing is compared', async () => {
    installPackage(root);
    rmSync(join(root, 'var/lib/dpkg/info/hello-t.md5sums'));
    appendFileSync(join(root, 'usr/bin/hello-t'), 'evil\n');
    const { report } = (await check()).result;
    expect(report.unseen).toContainEqual({
      what: 'packages without sums: hello-t',
      why: 'there is nothing to compare their files with',
    });
  });
});

const SPEC = `Name: hello-r
Version: 1
Release: 1
Summary: t
License: x
BuildArch: noarch
%description
t
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc
echo hello > %{buildroot}/usr/bin/hello-r
echo a > %{buildroot}/etc/hello-r.conf
%files
%attr(755,root,root) /usr/bin/hello-r
%config /etc/hello-r.conf
`;

const hasRpm = isRoot && has('rpm') && has('rpmbuild');

describe.runIf(hasRpm || sayOnlyRoot('packages of rpm in a folder'))('rpm', () => {
  it('finds what was changed, and is not content with an empty database', async () => {
    const made = mkdtempSync(join(tmpdir(), 'ir-rpm-'));
    const quiet = { stdio: 'pipe' } as const;
    try {
      writeFileSync(join(made, 'h.spec'), SPEC);
      execFileSync('rpmbuild', ['-bb', '--define', `_topdir ${made}`, join(made, 'h.spec')], quiet);
      const rpm = ['--root', root, '--dbpath', '/var/lib/rpm'];
      mkdirSync(join(root, 'var/lib/rpm'), { recursive: true });
      execFileSync('rpm', [...rpm, '--initdb'], quiet);
      const empty = await check();
      expect(empty.exit).toBe(4);
      expect(empty.result.report.unseen).toContainEqual({
        what: 'the database of rpm',
        why: 'it holds no package',
      });
      const built = join(made, 'RPMS/noarch/hello-r-1-1.noarch.rpm');
      execFileSync('rpm', [...rpm, '--nodeps', '--install', built], quiet);
      expect(await seen()).toEqual([]);
      appendFileSync(join(root, 'usr/bin/hello-r'), 'evil\n');
      chmodSync(join(root, 'etc/hello-r.conf'), 0o700);
      expect(await seen()).toEqual([
        ['high', '/usr/bin/hello-r', 'content', ''],
        ['low', '/etc/hello-r.conf', 'attributes', ''],
      ]);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  });
});

describe.runIf(has('aide'))('AIDE', () => {
  it('is asked where its settings are named, and its report read', async () => {
    put(root, 'srv/a', 'a');
    put(root, 'srv/gone', 'x');
    const config = join(root, 'aide.conf');
    const folder = join(root, 'srv');
    writeFileSync(
      config,
      `database_in=file:${root}/db\ndatabase_out=file:${root}/db.new\n${folder} p+u+g+s+sha256\n`,
    );
    execFileSync('aide', [`--config=${config}`, '--init'], { stdio: 'pipe' });
    renameSync(join(root, 'db.new'), join(root, 'db'));
    const { verifyAide } = await import('../../src/host/verify-aide.ts');
    const { createLedger } = await import('../../src/host/check-ledger.ts');
    const { localMachine } = await import('../../src/host/machine.ts');
    const ask = async (named: string) => {
      const ledger = createLedger();
      const signal = new AbortController().signal;
      const machine = localMachine({ env: process.env, signal });
      const isAsked = await verifyAide({ machine, ledger, progress: () => undefined }, named);
      const times = { startedAt: '', endedAt: '', since: undefined };
      const facts = { check: 'system', host: '', root: '/', ...times } as const;
      return { isAsked, ...ledger.close(facts) };
    };
    expect(await ask(config)).toMatchObject({ isAsked: true, observations: [], unseen: [] });
    appendFileSync(join(folder, 'a'), 'b');
    rmSync(join(folder, 'gone'));
    writeFileSync(join(folder, 'new\nline'), '');
    const found = (await ask(config)).observations.map(({ subject, detail }) => [
      ...[subject.slice(folder.length), detail['change']],
    ]);
    expect(found.sort()).toEqual([
      ['/a', 'content'],
      ['/gone', 'missing'],
      ['/new\\012line', 'added'],
    ]);
    const broken = await ask(join(root, 'none.conf'));
    expect(broken).toMatchObject({ isAsked: false, observations: [] });
    expect(broken.unseen[0]?.what).toContain('aide --config=');
  });
});
