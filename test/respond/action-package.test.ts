/** `update-package` with a repository, a database of packages and a root of the test's own: nothing of the machine is touched. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { keepsContract } from './action-contract.ts';
import { call, isInstalled, type Ran, trialOf } from './action-world.ts';

const isPossible =
  process.getuid?.() === 0
    ? isThere(
        'update-package: apt-get and dpkg-deb',
        isInstalled('apt-get') && isInstalled('dpkg-deb'),
      )
    : sayOnlyRoot('update-package');

const PARTS = ['apt.conf.d', 'sources.list.d', 'preferences.d'].map((name) => `etc/${name}`);

describe.skipIf(!isPossible)('update-package', () => {
  const here = mkdtempSync(join(tmpdir(), 'ir-package-'));
  const at = (name: string): string => join(here, name);
  const env = {
    ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: here },
    ...{ APT_CONFIG: at('apt.conf'), DPKG_ROOT: at('root') },
  };
  const run = (argv: readonly string[]): Ran => call(argv, { env });
  const must = (...argv: string[]): string => {
    const { status, stdout, stderr } = run(argv);
    if (status !== 0) throw new Error(`${argv.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  const stanzas: string[] = [];

  /** A package with one file that holds its version, and one of configuration. */
  function build(name: string, version: string, more = ''): string {
    const tree = at(`tree/${name}-${version}`);
    for (const one of ['DEBIAN', 'opt', 'etc']) mkdirSync(join(tree, one), { recursive: true });
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: x <x@example.com>\n${more}Description: x\n`;
    writeFileSync(join(tree, 'DEBIAN/control'), control);
    writeFileSync(join(tree, 'DEBIAN/conffiles'), `/etc/${name}.conf\n`);
    writeFileSync(join(tree, `etc/${name}.conf`), 'usual\n');
    writeFileSync(join(tree, `opt/${name}`), `${version}\n`);
    const file = `${name}_${version.replace(':', '%3a')}_all.deb`;
    must('dpkg-deb', '--root-owner-group', '-b', tree, at(`repo/${file}`));
    const bytes = readFileSync(at(`repo/${file}`));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    stanzas.push(`${control}Filename: ./${file}\nSize: ${bytes.length}\nSHA256: ${sha256}\n`);
    return at(`repo/${file}`);
  }

  const publish = (): void => {
    writeFileSync(at('repo/Packages'), `${stanzas.join('\n')}\n`);
    must('apt-get', '-q', 'update');
  };

  beforeAll(() => {
    for (const one of ['repo', 'lists/partial', 'cache/archives/partial', 'log', ...PARTS])
      mkdirSync(at(one), { recursive: true });
    for (const one of ['updates', 'info', 'triggers'])
      mkdirSync(at(`root/var/lib/dpkg/${one}`), { recursive: true });
    for (const one of ['status', 'available']) writeFileSync(at(`root/var/lib/dpkg/${one}`), '');
    writeFileSync(at('sources.list'), `deb [trusted=yes] file:${at('repo')} ./\n`);
    writeFileSync(
      at('apt.conf'),
      `Dir::State::status "${at('root/var/lib/dpkg/status')}";
Dir::State "${at('')}"; Dir::State::lists "${at('lists')}"; Dir::Cache "${at('cache')}"; Dir::Log "${at('log')}";
Dir::Etc "${at('etc')}"; Dir::Etc::sourcelist "${at('sources.list')}";
APT::Sandbox::User "root"; APT::Architecture "amd64"; DPkg::Lock "0";
DPkg::Options { "--root=${at('root')}"; "--log=${at('log/dpkg')}"; };
`,
    );
    // The library has an epoch; the tool needs the new library.
    const old = [build('libx', '1:1.0-1'), build('tool', '1.0-1', 'Depends: libx (>= 1:1.0)\n')];
    must('dpkg', `--log=${at('log/dpkg')}`, '-i', ...old);
    build('libx', '1:1.1-1');
    build('tool', '1.1-1', 'Depends: libx (>= 1:1.1)\n');
    publish();
    writeFileSync(at('root/etc/tool.conf'), 'changed by hand\n');
  }, 60_000);
  afterAll(() => rmSync(here, { recursive: true, force: true }));

  const installed = (): string =>
    run(['dpkg-query', '-W']).stdout +
    ['opt/tool', 'opt/libx', 'etc/tool.conf']
      .map((name) => readFileSync(at(`root/${name}`), 'utf8'))
      .join('');

  it('installs what apt offers with what it needs, keeps the versions of before, and installs these again', async () => {
    const trial = await trialOf('update-package', { package: 'tool', keep: at('kept') }, run);
    keepsContract(trial, installed, () => {
      expect(installed()).toMatch(/libx\t1:1\.1-1\ntool\t1\.1-1\n[\s\S]*changed by hand/);
      expect(call(['ls', at('kept')]).stdout).toBe('libx_1%3a1.0-1_all.deb\ntool_1.0-1_all.deb\n');
    });
  }, 60_000);

  it('changes nothing where the version of before cannot be kept', async () => {
    const before = installed();
    const all = [...stanzas];
    // The repository forgets the old ones, and so does the cache.
    stanzas.splice(0, stanzas.length, ...all.filter((one) => !one.includes('1.0-1')));
    publish();
    rmSync(at('cache/archives'), { recursive: true, force: true });
    mkdirSync(at('cache/archives/partial'), { recursive: true });
    const trial = await trialOf('update-package', { package: 'tool', keep: at('kept-not') }, run);
    trial.remember();
    const { status, stderr } = trial.run();
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/cannot be kept|dpkg-repack/);
    expect(installed()).toBe(before);
    stanzas.splice(0, stanzas.length, ...all);
    publish();
  }, 60_000);

  it('refuses what would install another package, and says so of the newest', async () => {
    build('extra', '1.0-1');
    build('tool', '2.0-1', 'Depends: libx (>= 1:1.1), extra\n');
    publish();
    const trial = await trialOf('update-package', { package: 'tool', keep: at('kept') }, run);
    expect(trial.check()).toBe('fails');
    const newest = await trialOf('update-package', { package: 'extra', keep: at('kept') }, run);
    expect(newest.check()).not.toBe('holds');
  }, 60_000);
});
