/** From the paths that a user names to the files that are evidence: all of a folder, and nothing through a link. */
import type { Stats } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import {
  type FilePath,
  inFolder,
  type NamedPath,
  namedPaths,
  showName,
} from '../logs/input-path.ts';
import { reasonOf } from '../logs/reason.ts';

/** A file that is to be taken. */
export interface FoundFile {
  /** Below what was named, or as it was named. */
  title: string;
  /** Absolute, as shown. */
  origin: string;
  path: FilePath;
  sizeBytes: number;
  mtimeMs: number;
}

/** A path that was left out, and why. */
export interface LeftOut {
  path: string;
  reason: string;
  /** It was meant to be read. */
  isFailure: boolean;
}

/** What the paths came to: every path is in one of the lists or holds files that are. */
export interface FoundFiles {
  files: readonly FoundFile[];
  leftOut: readonly LeftOut[];
}

/**
 * Looks at the paths; names of folders in the order of their bytes. A link that was named is followed, others are not.
 * @param store a folder that is never evidence
 */
export async function findFiles(
  paths: readonly string[],
  cwd: string,
  store: string,
): Promise<FoundFiles> {
  const ownFolder = await realpath(store).catch(() => store);
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  const fail = (path: string, error: unknown): void => {
    leftOut.push({ path, reason: reasonOf(error), isFailure: true });
  };
  const visit = async (at: NamedPath, origin: string, isNamed = false): Promise<void> => {
    const status = await lstat(at.absolute).catch((error: unknown) => fail(at.shown, error));
    if (status === undefined) return;
    if (origin === ownFolder) {
      leftOut.push({ path: at.shown, reason: 'the store itself', isFailure: isNamed });
      return;
    }
    if (status.isDirectory()) return visitFolder(at, origin);
    const { size: sizeBytes, mtimeMs } = status;
    const found = { title: at.shown, origin, path: at.absolute, sizeBytes, mtimeMs };
    if (status.isFile()) files.push(found);
    else leftOut.push({ path: at.shown, reason: kindOf(status), isFailure: isNamed });
  };
  const visitFolder = async (at: NamedPath, origin: string): Promise<void> => {
    const names = await readdir(at.absolute, { encoding: 'buffer' }).catch((error: unknown) =>
      fail(at.shown, error),
    );
    for (const name of (names ?? []).sort(Buffer.compare)) {
      await visit(inFolder(at, name), `${origin === '/' ? '' : origin}/${showName(name)}`);
    }
  };
  for (const argument of paths) {
    for (const named of await namedPaths(argument, cwd)) {
      const absolute = await realpath(named.absolute, { encoding: 'buffer' }).catch(
        (error: unknown) => fail(named.shown, error),
      );
      if (absolute === undefined) continue;
      const isText = Buffer.from(absolute.toString('utf8')).equals(absolute);
      const path = { shown: named.shown, absolute: isText ? absolute.toString('utf8') : absolute };
      await visit(path, showName(absolute), true);
    }
  }
  return { files, leftOut };
}

function kindOf(status: Stats): string {
  if (status.isSymbolicLink()) return 'a symbolic link, which is not followed';
  if (status.isFIFO()) return 'a named pipe';
  return status.isSocket() ? 'a socket' : 'a device: take an image of it first';
}
