/** The files of a source as they lie on the disk. */
import { lstat } from 'node:fs/promises';
import { expandGlob, globExpression, isGlob } from '../logs/glob.ts';
import type { Turn } from '../logs/turns.ts';
import type { Source } from './policy.ts';

/** One file; times in milliseconds since the epoch. */
export interface LogFile {
  path: string;
  bytes: number;
  modifiedMs: number;
  /** Permission bits. */
  mode: number;
  uid: number;
  isFile: boolean;
  /** How many names it has. */
  links: number;
}

/** The files that the globs name, and those that were moved away; sorted by path, no file twice. */
export async function filesOf(source: Source, turn?: Turn): Promise<LogFile[]> {
  const globs = [...source.files, ...(source.move === undefined ? [] : [`${source.move.to}/**`])];
  const found = new Map<string, LogFile>();
  for (const glob of globs) {
    const paths = isGlob(glob)
      ? (await expandGlob(glob, '/', turn)).map(({ absolute }) => absolute)
      : [glob];
    for (const path of paths) {
      await turn?.();
      const status = await lstat(path).catch(() => undefined);
      if (status === undefined || status.isDirectory()) continue;
      const name = path.toString();
      found.set(name, {
        ...{ path: name, bytes: status.size, modifiedMs: status.mtimeMs },
        ...{ mode: status.mode & 0o7777, uid: status.uid, links: status.nlink },
        isFile: status.isFile(),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The hold that covers a path, if one does. */
export function holdOn<H extends { logs: readonly string[] }>(
  path: string,
  holds: readonly H[],
): H | undefined {
  return holds.find(({ logs }) => logs.some((glob) => coversPath(glob, path)));
}

/** Does a glob, or the folder or file that it is, cover the path? */
const coversPath = (glob: string, path: string): boolean => globExpression(glob).test(path);
