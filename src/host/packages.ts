/**
 * Which package of Debian a file came with, and whether it is still as that has it, from dpkg's own lists. They lie on the same
 * disk: what they confirm is likely, not proven.
 */
import { createHash } from 'node:crypto';
import { type Machine, namesIn, placeOn, readStart } from './machine.ts';

const INFO = '/var/lib/dpkg/info';
const STATUS = '/var/lib/dpkg/status';
const MOST_LIST_BYTES = 64_000_000;
const MOST_FILE_BYTES = 512_000_000;

/** A file that a package brought. */
export interface PackagedFile {
  package: string;
  /** True where its MD5 is that of the package's list; undefined where it has none. */
  isAsPackaged: boolean | undefined;
}

/** Of the paths, those that packages brought. Lists that cannot be read count as not there. */
export async function packagedFiles(
  machine: Machine,
  paths: readonly string[],
): Promise<ReadonlyMap<string, PackagedFile>> {
  const wanted = new Map(paths.map((path) => [merged(path), path]));
  const found = new Map<string, PackagedFile>();
  if (wanted.size === 0) return found;
  await machine.remote?.bring([STATUS, INFO, ...paths]);
  const settings = settingsOf(await textOf(machine, STATUS));
  for (const name of namesIn(machine, INFO).filter((one) => one.endsWith('.list'))) {
    const list = await textOf(machine, `${INFO}/${name}`);
    const own = list
      .split('\n')
      .map((line) => wanted.get(merged(line)))
      .filter((path) => path !== undefined);
    if (own.length === 0) continue;
    const base = name.slice(0, -'.list'.length);
    const sums = sumsOf(await textOf(machine, `${INFO}/${base}.md5sums`));
    for (const path of own) {
      const sum = sums.get(merged(path)) ?? settings.get(path);
      const isAsPackaged = await isSame(machine, path, sum);
      found.set(path, { package: base, isAsPackaged });
    }
  }
  return found;
}

/** `/bin/x` and `/usr/bin/x` are one file where both folders are. */
const merged = (path: string): string =>
  path.replace(/^\/usr(?=\/(?:s?bin|lib(?:32|64|x32)?)\/)/, '');

const sumsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, sum = '', path = ''] = /^([0-9a-f]{32}) {2}(.+)$/.exec(line) ?? [];
      return path === '' ? [] : [[merged(`/${path}`), sum]];
    }),
  );

/** Files of settings are not in the lists of sums: dpkg keeps theirs with the state of the package. */
const settingsOf = (status: string): ReadonlyMap<string, string> =>
  new Map(
    [...status.matchAll(/^ (\/\S+) ([0-9a-f]{32})$/gm)].map(([, path = '', sum = '']) => [
      path,
      sum,
    ]),
  );

async function isSame(
  machine: Machine,
  path: string,
  sum: string | undefined,
): Promise<boolean | undefined> {
  if (sum === undefined) return undefined;
  try {
    const bytes = await readStart(placeOn(machine, path).absolute, MOST_FILE_BYTES);
    return createHash('md5').update(bytes).digest('hex') === sum;
  } catch {
    return undefined;
  }
}

async function textOf(machine: Machine, path: string): Promise<string> {
  try {
    return (await readStart(placeOn(machine, path).absolute, MOST_LIST_BYTES)).toString('utf8');
  } catch {
    return '';
  }
}
