/** Debian's packages: `dpkg --verify` over all, then `debsums` over the packages in which it found something. */
import type { SystemCheck } from './check-system.ts';
import { namesIn, readText, rootOf } from './machine.ts';
import { packagedFiles } from './packages.ts';
import { readDebsums } from './parse/debsums-output.ts';
import { readDpkgVerify } from './parse/dpkg-verify.ts';
import { fetchChanged, tellChanged } from './tell-changed.ts';

const LIMITS = { timeoutMs: 30 * 60_000, textBytes: 64_000_000 };
const MOST_PACKAGES = 200;
const MOST_NAMED = 5;

/** @returns whether there is such a database */
export async function verifyDpkg(check: SystemCheck): Promise<boolean> {
  const { machine, ledger, progress } = check;
  const status = await readText(machine, '/var/lib/dpkg/status', 256_000_000).catch(() => '');
  const installed = installedIn(status ?? '');
  if (installed.length === 0) return false;
  ledger.looked('packages of dpkg', installed.length);
  nameWithoutSums(check, installed);
  progress(`dpkg --verify: ${installed.length} packages`);
  const argv = ['dpkg', ...rootArgument(machine), '--verify'];
  const { stdout, stderr, failure } = await machine.run(argv, LIMITS);
  machine.signal.throwIfAborted();
  if (failure !== undefined) ledger.unseen({ what: argv.join(' '), why: failure });
  const { files, unknown } = readDpkgVerify(stdout.text);
  for (const line of [...unknown, ...stderr.text.split('\n')].filter((one) => one.trim() !== '')) {
    ledger.unseen({ what: 'dpkg --verify', why: `it says: ${line.slice(0, 200)}` });
  }
  const packaged = await packagedFiles(
    machine,
    files.map(({ path }) => path),
  );
  const names = [...new Set([...packaged.values()].map((one) => one.package))];
  const second = files.length === 0 ? undefined : await askDebsums(check, names.sort());
  for (const file of files) {
    const told = second?.get(file.path);
    const debsums = second === undefined ? {} : { debsums: told ?? 'does not say so' };
    const name = packaged.get(file.path)?.package;
    const list = name === undefined ? 'the list of its package' : `the list of the package ${name}`;
    await tellChanged(check, file, list, {
      tool: 'dpkg',
      ...(name !== undefined && { package: name }),
      ...debsums,
    });
  }
  await tellOthers(check, new Set(files.map(({ path }) => path)), second);
  return true;
}

const rootArgument = (machine: SystemCheck['machine']): string[] =>
  rootOf(machine) === '/' ? [] : [`--root=${machine.root}`];

const installedIn = (status: string): string[] =>
  status.split('\n\n').flatMap((entry) => {
    const isInstalled = /^Status: \S+ \S+ installed$/m.test(entry);
    const name = /^Package: (\S+)$/m.exec(entry)?.[1];
    return isInstalled && name !== undefined ? [name] : [];
  });

/** Of these nothing is compared, and `dpkg --verify` does not say so. */
function nameWithoutSums({ machine, ledger }: SystemCheck, installed: readonly string[]): void {
  const sums = namesIn(machine, '/var/lib/dpkg/info').filter((name) => name.endsWith('.md5sums'));
  const known = new Set(sums.map((name) => name.replace(/(?::[^.:]+)?\.md5sums$/, '')));
  const without = installed.filter((name) => !known.has(name));
  if (without.length === 0) return;
  const more = without.length > MOST_NAMED ? ` and ${without.length - MOST_NAMED} more` : '';
  const what = `packages without sums: ${without.slice(0, MOST_NAMED).join(', ')}${more}`;
  ledger.unseen({ what, why: 'there is nothing to compare their files with' });
}

/** What debsums says by path; undefined where it is not there to be asked. */
async function askDebsums(
  { machine, ledger, progress }: SystemCheck,
  packages: readonly string[],
): Promise<ReadonlyMap<string, 'changed' | 'missing'> | undefined> {
  const told = new Map<string, 'changed' | 'missing'>();
  for (let at = 0; at < packages.length; at += MOST_PACKAGES) {
    progress(`debsums: ${packages.length} packages`);
    const some = packages.slice(at, at + MOST_PACKAGES);
    const argv = ['debsums', ...rootArgument(machine), '--all', ...some];
    const { stdout, stderr, failure } = await machine.run(argv, LIMITS);
    machine.signal.throwIfAborted();
    if (failure !== undefined) {
      ledger.unseen({ what: 'a second look with debsums', why: failure });
      return undefined;
    }
    const read = readDebsums(stdout.text, stderr.text);
    for (const path of read.changed) told.set(below(machine, path), 'changed');
    for (const path of read.missing) told.set(below(machine, path), 'missing');
    ledger.looked(
      'files compared by debsums',
      read.right + read.changed.length + read.missing.length,
    );
    for (const line of read.unknown)
      ledger.unseen({ what: 'debsums', why: `it says: ${line.slice(0, 200)}` });
  }
  return told;
}

/** Of another root it prints the whole path. */
const below = (machine: SystemCheck['machine'], path: string): string => {
  const root = rootOf(machine);
  return root !== '/' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
};

/** What debsums alone sees. */
async function tellOthers(
  check: SystemCheck,
  known: ReadonlySet<string>,
  told: ReadonlyMap<string, 'changed' | 'missing'> | undefined,
): Promise<void> {
  const others = [...(told ?? [])].filter(([path]) => !known.has(path));
  await fetchChanged(
    check.machine,
    others.map(([path]) => path),
  );
  for (const [path, state] of others) {
    const change = state === 'changed' ? 'content' : 'missing';
    const isConfiguration = path.startsWith('/etc/');
    const file = { path, change, isConfiguration, marks: state } as const;
    await tellChanged(check, file, 'the sums of its package', { tool: 'debsums' });
  }
}
