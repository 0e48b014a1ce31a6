/**
 * From the paths a user names to the list of files to read: files, folders, globs and `-`.
 * Knows nothing of formats. Every path that is not read is reported with its reason.
 */
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { usageError } from '../errors.ts';
import { expandGlob, globBase, isGlob } from './glob.ts';
import { type FilePath, inFolder, type NamedPath, namedPaths } from './input-path.ts';
import { aimOf, linkEnd } from './links.ts';
import { type FileState, stateOf } from './open-input.ts';
import { pseudoFileSystem } from './pseudo-file-system.ts';
import { reasonOf } from './reason.ts';
import { excludes, type SaidOfFiles } from './said-of-files.ts';
import { createTurns, type Turn } from './turns.ts';

/** A file that is to be read. */
export interface InputFile {
  /** As shown to the user and stored with evidence. */
  path: string;
  /** Where to read it; for standard input and compressed files later replaced by a spooled copy. */
  absolute: FilePath;
  sizeBytes: number;
  /** Milliseconds since the epoch. */
  mtimeMs: number;
  /** Undefined for standard input. */
  state: FileState | undefined;
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

/** What the paths came to: every path is in one of the lists or holds files that are. */
export interface Walk {
  files: readonly InputFile[];
  problems: readonly InputProblem[];
}

/** How folders are walked, and who hears of it. */
export interface WalkOptions {
  /** Follow symbolic links out of the folders that were named. */
  isFollowing?: boolean;
  /** What the user says of single files: which are left out. */
  said?: SaidOfFiles | undefined;
  /** What a file is called that was brought here to be read. */
  shownAs?: ((path: string) => string) | undefined;
  progress?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** The path that stands for standard input. */
export const STDIN_PATH = '-';

/** Answer files of drills, which a timeline must not read. */
const ANSWER_FILE = 'truth.jsonl';
/** Our own workspaces and version control are never evidence. */
const LEFT_OUT_FOLDERS = new Set(['.ir', '.git', 'node_modules']);
/** Is a path, below what was named, one that is never evidence? */
export const isLeftOut = (path: string): boolean =>
  path.split('/').some((part) => LEFT_OUT_FOLDERS.has(part)) || basename(path) === ANSWER_FILE;
/** Entries looked at together: enough to keep the disk busy, too few to notice. */
const BATCH = 32;
/** Files between two looks of the progress line. */
const PROGRESS_STEP = 250;

/** Where a path was found. */
interface Origin {
  /** Identities of the folders above it, the named one first; empty when the path itself was named. */
  ancestors: readonly string[];
  /** Device of the folder that it lies in; undefined when it was named. */
  device: bigint | undefined;
}

const NAMED: Origin = { ancestors: [], device: undefined };

/** A walk that goes on. */
interface Going extends Pick<WalkOptions, 'progress' | 'said'> {
  isFollowing: boolean;
  turn: Turn;
  files: InputFile[];
  problems: InputProblem[];
  /** What was found so far, by identity: under which name. */
  seen: Map<string, NamedPath>;
  /** Where the named paths really lie; empty for one that is not there. */
  roots: string[];
  /** How many entries of folders were looked at. */
  entries: number;
}

const leaveOut = (
  { problems }: Going,
  path: NamedPath,
  reason: string,
  isFailure: boolean,
): void => {
  problems.push({ path: path.shown, reason, isFailure });
};

/**
 * Lists the files below `paths` in a stable order, each file and each folder once. Never throws for a bad path;
 * throws the signal's reason when it is aborted.
 * @throws IrError (exit 2) when one of the paths is empty, as an unset variable is
 */
export async function walk(
  paths: readonly string[],
  cwd: string,
  { isFollowing = false, said, shownAs, progress, signal }: WalkOptions = {},
): Promise<Walk> {
  const going: Going = {
    ...{ isFollowing, said, progress, turn: createTurns(signal) },
    ...{ files: [], problems: [], seen: new Map(), roots: [], entries: 0 },
  };
  const { files, problems, roots } = going;
  const named = await expandAll(paths, cwd, isFollowing, going.turn);
  for (const path of named) {
    if (!('reason' in path) && path.absolute !== '')
      roots.push(await realpath(path.absolute, 'latin1').catch(() => ''));
  }
  for (const path of named) {
    if ('reason' in path) problems.push(path);
    else if (path.shown === STDIN_PATH) files.push(standardInput());
    else await visit(going, path, NAMED);
  }
  if (going.entries > 0) progress?.('');
  if (shownAs === undefined) return { files, problems };
  return { files: files.map((file) => ({ ...file, path: shownAs(file.path) })), problems };
}

/** @param known what stands in the folder under this name; undefined for a path that was named */
async function visit(
  going: Going,
  path: NamedPath,
  origin: Origin,
  known?: BigIntStats,
): Promise<void> {
  await going.turn();
  const glob = excludes(going.said, path.shown);
  if (glob !== undefined) {
    leaveOut(going, path, `left out by --exclude ${glob}`, false);
    return;
  }
  const status = await statusBehind(going, path, origin, known);
  if (status === undefined) return;
  const identity = `${status.dev}:${status.ino}`;
  if (status.isDirectory()) {
    if (origin.ancestors.includes(identity))
      leaveOut(going, path, 'directory loop: it leads back to a folder above it', false);
    else if (isFirstName(going, path, identity)) {
      const ancestors = [...origin.ancestors, identity];
      await visitFolder(going, path, status, { ...origin, ancestors });
    }
    return;
  }
  const isNamed = origin.device === undefined;
  if (!status.isFile()) {
    leaveOut(going, path, kindOf(status), isNamed);
    return;
  }
  if (!isFirstName(going, path, identity)) return;
  if (basename(path.shown) === ANSWER_FILE) {
    leaveOut(going, path, 'the answer file of a drill, left out', false);
    return;
  }
  const state = stateOf(status);
  going.files.push({
    path: path.shown,
    absolute: path.absolute,
    sizeBytes: state.sizeBytes,
    mtimeMs: Number(status.mtimeNs / 1000n) / 1000,
    state,
    isNamed,
  });
}

/** Is it the first name under which this is found? A second one is said; the same one named twice is none. */
function isFirstName(going: Going, path: NamedPath, identity: string): boolean {
  const first = going.seen.get(identity);
  if (first === undefined) going.seen.set(identity, path);
  else if (!Buffer.from(first.absolute).equals(Buffer.from(path.absolute)))
    leaveOut(going, path, `another name of ${first.shown}: read there`, false);
  return first === undefined;
}

/** What a path leads to, over links; undefined for what is left out, such as a link into what is read anyway. */
async function statusBehind(
  going: Going,
  path: NamedPath,
  { ancestors }: Origin,
  known: BigIntStats | undefined,
): Promise<BigIntStats | undefined> {
  if (known !== undefined && !known.isSymbolicLink()) return known;
  if (known !== undefined) {
    const link = await linkEnd(path.absolute, going.roots, ancestors);
    if (link === 'inside') {
      leaveOut(going, path, `a symbolic link to ${await aimOf(path.absolute)}: read there`, false);
      return undefined;
    }
    if (!going.isFollowing || !link.leadsOut) {
      leaveOut(going, path, link.reason, false);
      return undefined;
    }
  }
  try {
    return await stat(path.absolute, { bigint: true });
  } catch (error) {
    leaveOut(going, path, reasonOf(error), true);
    return undefined;
  }
}

async function visitFolder(
  going: Going,
  path: NamedPath,
  { dev }: BigIntStats,
  { ancestors, device }: Origin,
): Promise<void> {
  // What is mounted here may be no files at all. A folder that was named is read whatever it is.
  const kind =
    device === undefined || device === dev ? undefined : await pseudoFileSystem(path.absolute);
  if (kind !== undefined) {
    leaveOut(going, path, `a pseudo file system (${kind}), left out; name it to read it`, false);
    return;
  }
  const found = await entriesOf(path).catch((error: unknown) => {
    leaveOut(going, path, reasonOf(error), true);
    return [];
  });
  const origin = { ancestors, device: dev };
  for (let first = 0; first < found.length; first += BATCH) {
    const batch = found.slice(first, first + BATCH);
    const statuses = await Promise.all(batch.map(({ absolute }) => statusOf(absolute)));
    for (const [index, entry] of batch.entries()) {
      if (going.entries % PROGRESS_STEP === 0)
        going.progress?.(`looking for logs: ${going.files.length} files so far`);
      going.entries += 1;
      const status = statuses[index];
      if (status instanceof Error) leaveOut(going, entry, reasonOf(status), true);
      else await visit(going, entry, origin, status);
    }
  }
}

/** What stands in a folder, by name, but for what is never evidence. */
async function entriesOf(folder: NamedPath): Promise<readonly NamedPath[]> {
  const names = await readdir(folder.absolute, { encoding: 'buffer' });
  return names
    .map((name) => inFolder(folder, name))
    .filter(({ shown }) => !LEFT_OUT_FOLDERS.has(basename(shown)))
    .sort((a, b) => (a.shown < b.shown ? -1 : 1));
}

const statusOf = (path: FilePath): Promise<BigIntStats | Error> =>
  lstat(path, { bigint: true }).catch((error: unknown) => error as Error);

const standardInput = (): InputFile => ({
  path: STDIN_PATH,
  absolute: '',
  sizeBytes: 0,
  mtimeMs: Date.now(),
  state: undefined,
  isNamed: true,
});

/** What the arguments name: `-` once, paths as they are, and what globs match inside their folder. */
async function expandAll(
  paths: readonly string[],
  cwd: string,
  isFollowing: boolean,
  turn: Turn,
): Promise<readonly (NamedPath | InputProblem)[]> {
  if (paths.includes('')) {
    throw usageError('a path is empty', 'Name a file or folder; . is the current folder.');
  }
  const named: (NamedPath | InputProblem)[] = [];
  for (const path of paths) {
    if (path === STDIN_PATH) {
      const isNew = named.every((other) => 'reason' in other || other.shown !== STDIN_PATH);
      if (isNew) named.push({ shown: STDIN_PATH, absolute: '' });
      continue;
    }
    const direct = await namedPaths(path, cwd);
    if (!isGlob(path) || (await exists(direct[0]?.absolute ?? path))) {
      named.push(...direct);
      continue;
    }
    const matches = await expandGlob(path, cwd, turn);
    if (matches.length === 0) named.push({ path, reason: 'no file matches', isFailure: true });
    const folders = await namedPaths(globBase(path), cwd);
    const bases = await Promise.all(
      folders.map(({ absolute }) => realpath(absolute, 'latin1').catch(() => '')),
    );
    for (const match of matches) {
      const link = isFollowing ? 'inside' : await linkEnd(match.absolute, bases, []);
      if (link === 'inside' || !link.leadsOut) named.push(match);
      else named.push({ path: match.shown, reason: link.reason, isFailure: false });
    }
  }
  return named;
}

const exists = (path: FilePath): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What a path is that is neither file nor folder. */
const kindOf = (status: { isFIFO(): boolean; isSocket(): boolean }): string => {
  if (status.isFIFO()) return 'a named pipe, not a file; pipe it into standard input (-)';
  return status.isSocket() ? 'a socket, not a file' : 'a device, not a file';
};
