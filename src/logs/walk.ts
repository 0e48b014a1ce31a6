/**
 * From the paths a user names to the list of files to read: files, folders, globs and `-`.
 * Knows nothing of formats. Every path that is not read is reported with its reason.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import { expandGlob, isGlob } from './glob.ts';

export interface InputFile {
  /** As shown to the user and stored with evidence. */
  path: string;
  /** Where to read it; for standard input and compressed files later replaced by a spooled copy. */
  absolute: string;
  sizeBytes: number;
  /** Milliseconds since the epoch. */
  mtimeMs: number;
  /** Undefined for standard input. */
  inode: number | undefined;
  /** True when the user named it, false when it was found in a folder. */
  isNamed: boolean;
}

/** A path that was not read, or only in part. */
export interface InputProblem {
  path: string;
  reason: string;
  /** True when the user must be told by the exit code (4): the path could not be read. */
  isFailure: boolean;
}

export interface Walk {
  files: readonly InputFile[];
  problems: readonly InputProblem[];
}

/** The path that stands for standard input. */
export const STDIN_PATH = '-';

/** Answer files of drills, which a timeline must not read. */
const ANSWER_FILE = 'truth.jsonl';
/** Our own workspaces and version control are never evidence. */
const LEFT_OUT_FOLDERS = new Set(['.ir', '.git', 'node_modules']);

/** Lists the files below `paths` in a stable order, each file once. Never throws for a bad path. */
export async function walk(paths: readonly string[], cwd: string): Promise<Walk> {
  const files: InputFile[] = [];
  const problems: InputProblem[] = [];
  const seenFiles = new Set<string>();

  const fail = (path: string, reason: string, isFailure = true): void => {
    problems.push({ path, reason, isFailure });
  };

  const visit = async (path: string, ancestors: readonly string[]): Promise<void> => {
    const absolute = resolve(cwd, path);
    let status: Awaited<ReturnType<typeof stat>>;
    try {
      status = await stat(absolute);
    } catch (error) {
      fail(path, reasonOf(error));
      return;
    }
    const identity = `${status.dev}:${status.ino}`;
    if (status.isDirectory()) {
      if (ancestors.includes(identity))
        fail(path, 'directory loop: it leads back to a folder above it', false);
      else await visitFolder(path, absolute, [...ancestors, identity]);
      return;
    }
    if (!status.isFile()) {
      fail(path, kindOf(status), ancestors.length === 0);
      return;
    }
    if (seenFiles.has(identity)) return;
    seenFiles.add(identity);
    if (basename(path) === ANSWER_FILE) {
      fail(path, 'the answer file of a drill, left out', false);
      return;
    }
    files.push({
      path,
      absolute,
      sizeBytes: status.size,
      mtimeMs: status.mtimeMs,
      inode: status.ino,
      isNamed: ancestors.length === 0,
    });
  };

  const visitFolder = async (
    path: string,
    absolute: string,
    ancestors: readonly string[],
  ): Promise<void> => {
    let names: string[];
    try {
      names = (await readdir(absolute)).sort();
    } catch (error) {
      fail(path, reasonOf(error));
      return;
    }
    for (const name of names) {
      if (!LEFT_OUT_FOLDERS.has(name)) await visit(join(path, name), ancestors);
    }
  };

  for (const path of paths) {
    if (path === STDIN_PATH) {
      if (files.some((file) => file.path === STDIN_PATH)) continue;
      const mtimeMs = Date.now();
      files.push({ path, absolute: '', sizeBytes: 0, mtimeMs, inode: undefined, isNamed: true });
    } else if (isGlob(path) && !(await exists(resolve(cwd, path)))) {
      const matches = await expandGlob(path, cwd);
      if (matches.length === 0) fail(path, 'no file matches');
      for (const match of matches) await visit(match, []);
    } else {
      await visit(path, []);
    }
  }
  return { files, problems };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What a path is that is neither file nor folder. */
const kindOf = (status: { isFIFO(): boolean; isSocket(): boolean }): string => {
  if (status.isFIFO()) return 'a named pipe, not a file; pipe it into standard input (-)';
  return status.isSocket() ? 'a socket, not a file' : 'a device, not a file';
};

/** Plain words for the errors that paths have. */
export function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'directory loop: too many symbolic links';
    case 'ENAMETOOLONG':
      return 'the path is too long';
    case 'ENOSPC':
      return 'no space left on the disk for temporary files';
    default:
      return messageOf(error);
  }
}
