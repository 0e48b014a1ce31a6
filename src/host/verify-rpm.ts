/** Packages of rpm: `rpm --verify --all`, which is as content with an empty database as with a whole one. */
import type { SystemCheck } from './check-system.ts';
import { namesIn, rootOf } from './machine.ts';
import { readRpmVerify } from './parse/rpm-verify.ts';
import { fetchChanged, tellChanged } from './tell-changed.ts';

const LIMITS = { timeoutMs: 60 * 60_000, textBytes: 64_000_000 };
const DATABASE = /^(?:rpmdb\.sqlite|Packages(?:\.db)?)$/;

/** @returns whether there is such a database, with packages in it */
export async function verifyRpm(check: SystemCheck): Promise<boolean> {
  const { machine, ledger, progress } = check;
  const isThere = (folder: string): boolean =>
    namesIn(machine, folder).some((name) => DATABASE.test(name));
  const folder = ['/var/lib/rpm', '/usr/lib/sysimage/rpm'].find(isThere);
  if (folder === undefined) return false;
  const root = rootOf(machine) === '/' ? [] : ['--root', machine.root];
  const rpm = ['rpm', ...root, '--dbpath', folder];
  const listed = await machine.run([...rpm, '--query', '--all'], LIMITS);
  machine.signal.throwIfAborted();
  const packages = listed.stdout.text.split('\n').filter((line) => line !== '');
  if (listed.failure !== undefined || packages.length === 0) {
    const why = listed.failure ?? (listed.stderr.head.trim() || 'it holds no package');
    ledger.unseen({ what: 'the database of rpm', why });
    return false;
  }
  ledger.looked('packages of rpm', packages.length);
  progress(`rpm --verify: ${packages.length} packages`);
  const { stdout, stderr, failure } = await machine.run([...rpm, '--verify', '--all'], LIMITS);
  machine.signal.throwIfAborted();
  if (failure !== undefined) ledger.unseen({ what: 'rpm --verify --all', why: failure });
  const { files, unknown } = readRpmVerify(stdout.text);
  for (const line of [...unknown, ...stderr.text.split('\n')].filter((one) => one.trim() !== '')) {
    ledger.unseen({ what: 'rpm --verify', why: `it says: ${line.slice(0, 200)}` });
  }
  await fetchChanged(
    machine,
    files.map(({ path }) => path),
  );
  for (const file of files)
    await tellChanged(check, file, 'the list of its package', { tool: 'rpm' });
  return true;
}
