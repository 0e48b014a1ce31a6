/** Symbolic links inside a folder that is read: what lies in it is read under its own name, the rest is named. */
import { readlink, realpath, stat } from 'node:fs/promises';
import { type FilePath, showName } from './input-path.ts';

/** Is a path one of the roots, or below one? All are real paths, one character per byte. */
const isInside = (path: string, roots: readonly string[]): boolean =>
  roots.some(
    (root) => root !== '' && (path === root || path.startsWith(root === '/' ? '/' : `${root}/`)),
  );

/** What a link says it leads to. */
export const aimOf = (path: FilePath): Promise<string> =>
  readlink(path, 'buffer').then(showName, () => 'nowhere');

/** Where a link ends: in what is read anyway, or elsewhere, and why that brings nothing. */
export type LinkEnd = 'inside' | { leadsOut: boolean; reason: string };

/**
 * Where a link that was found in a folder ends.
 * @param roots real paths of what was named, as `latin1`
 * @param ancestors identities (`dev:ino`) of the folders above the link
 */
export async function linkEnd(
  path: FilePath,
  roots: readonly string[],
  ancestors: readonly string[],
): Promise<LinkEnd> {
  let target: string;
  try {
    target = await realpath(path, 'latin1');
  } catch (error) {
    const aim = await aimOf(path);
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const end = isAbsent ? 'which is not there' : 'which cannot be followed';
    return { leadsOut: false, reason: `a symbolic link to ${aim}, ${end}` };
  }
  if (!isInside(target, roots)) {
    const shown = showName(Buffer.from(target, 'latin1'));
    const reason = `a symbolic link that leads out of the folder, to ${shown}: not followed (--follow does)`;
    return { leadsOut: true, reason };
  }
  const { dev, ino } = await stat(path, { bigint: true });
  return ancestors.includes(`${dev}:${ino}`)
    ? { leadsOut: false, reason: 'directory loop: it leads back to a folder above it' }
    : 'inside';
}
