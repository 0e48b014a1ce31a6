/**
 * The one way in which commands write a file that a user named: whole or not at all, never over something that
 * is no file, never into a store, and over a file only when that was asked for.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT, IrError, messageOf, refusedError } from '../errors.ts';
import { expandGlob, isGlob } from '../logs/glob.ts';
import { DATABASE_FILE, WORKSPACE_FOLDER } from '../store/store-names.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { isOwnOutput } from './own-output.ts';

/** A file to write, and whether one that is there may be replaced. */
export interface WriteTarget {
  /** Absolute. */
  path: string;
  /** As the user named it. */
  shown: string;
  /** The flag that names another place. */
  flag: string;
  /** Replace a file without asking. */
  isForced: boolean;
  /** A folder of a store that is meant for such files; nowhere else in a store is written. */
  ownFolder?: string;
  /** The folder that it must not leave by a link. */
  inside?: string;
  /**
   * What the command reads (absolute paths): such a file, or one in such a folder, is never replaced; but for what an earlier
   * run wrote into the folder.
   */
  inputs?: readonly string[];
}

/**
 * Refuses a place that must not be written to; asks before a file is replaced.
 * @returns whether the file may replace one that is there
 * @throws IrError (exit 6)
 */
export async function assertWritable(
  context: Pick<CommandContext, 'ask'>,
  target: WriteTarget,
): Promise<boolean> {
  const { path, shown, flag, isForced } = target;
  const status = statusOf(path);
  const hint = `Name another file with ${flag}.`;
  if (status !== undefined && !status.isFile())
    throw refusedError(`${shown} is ${kindOf(status)} and is not replaced`, hint);
  const store = storeAround(path, target.ownFolder);
  if (store !== undefined)
    throw refusedError(`${shown} lies in the store ${store}, where nothing else is written`, hint);
  const { inside } = target;
  if (inside !== undefined && !isBelow(realFolder(dirname(path)), realFolder(inside)))
    throw refusedError(`${shown} leads out of ${inside} by a symbolic link`, hint);
  if (status === undefined) return false;
  const input = target.inputs?.find((one) => isRead(one, path, status));
  if (input !== undefined)
    throw refusedError(`${shown} is read by this command (${input}) and is not replaced`, hint);
  if (isForced) return true;
  if (!context.ask.isPossible) {
    throw refusedError(`${shown} is there already and is not replaced`, `Add --force. ${hint}`);
  }
  const message = `${shown} is there already. Replace it?`;
  if (await context.ask.confirm({ message, flag: '--force' })) return true;
  throw refusedError(`${shown} was kept, nothing was written`, hint);
}

/**
 * Writes the text to a place that `assertWritable` accepts: beside it, synced, then moved there; file mode 0600,
 * missing folders 0700.
 * @throws IrError when it cannot be written (exit 9 where there is no room for it, else 6); nothing is left then
 */
export async function writeWhole(
  context: Pick<CommandContext, 'ask'>,
  target: WriteTarget,
  text: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const mayReplace = await assertWritable(context, target);
  const { path } = target;
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, 'wx', 0o600);
    try {
      await writeFile(file, text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    if (mayReplace) await rename(draft, path);
    else await moveToFree(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    // What is written may fail while it is made, or be ended.
    if (error instanceof IrError || (error as Error).name === 'AbortError') throw error;
    throw new IrError(`cannot write ${target.shown}: ${messageOf(error)}`, {
      exit: NO_ROOM.has((error as NodeJS.ErrnoException).code ?? '')
        ? EXIT.outputFailed
        : EXIT.refused,
      hint: `Name another place with ${target.flag}.`,
      cause: error,
    });
  }
}

/**
 * `--output FILE` of commands whose result may be long: it goes into the file instead of being printed. The place is looked at
 * before the work begins.
 * @param inputs what the command reads: paths or globs
 * @throws IrError (exit 6)
 */
export async function outputTo(
  context: Pick<CommandContext, 'ask' | 'say' | 'settings'>,
  { output, force }: { output?: string | undefined; force?: boolean | undefined },
  inputs: readonly string[] = [],
): Promise<Pick<CommandOutcome<unknown>, 'writeTo'>> {
  if (output === undefined || output === '-') return {};
  const target = {
    ...{ path: resolve(context.settings.cwd, output), shown: output, flag: '--output' },
    isForced: force === true,
    inputs: await inputsOf(context, inputs),
  };
  const mayReplace = await assertWritable(context, target);
  return {
    async writeTo(pieces) {
      await writeWhole(context, { ...target, isForced: mayReplace }, pieces);
      context.say(`Written: ${output}`);
    },
  };
}

/** What paths and globs of a command line name, as absolute paths. */
export const inputsOf = async (
  { settings: { cwd } }: Pick<CommandContext, 'settings'>,
  paths: readonly string[],
): Promise<string[]> => {
  const named = paths.map(async (path) =>
    isGlob(path) && !existsSync(resolve(cwd, path))
      ? (await expandGlob(path, cwd)).map(({ absolute }) => String(absolute))
      : [resolve(cwd, path)],
  );
  return (await Promise.all(named)).flat();
};

/** Is the file at `path` what is read, by whatever name, or in a folder that is read? */
function isRead(input: string, path: string, { dev, ino }: Stats): boolean {
  const status = statSync(input, { throwIfNoEntry: false });
  if (status === undefined) return false;
  if (status.isDirectory())
    return isBelow(realFolder(dirname(path)), realFolder(input)) && !isOwnOutput(path);
  return status.dev === dev && status.ino === ino;
}

/** A disk that is full or failing is no refusal. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/** Fails when something has come to stand at the place since it was looked at. */
async function moveToFree(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    // Not every file system has links.
    if (statusOf(path) !== undefined) throw error;
    await rename(draft, path);
    return;
  }
  await rm(draft);
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw refusedError(`cannot write ${path}: ${messageOf(error)}`, 'Name another place.');
  }
}

const isBelow = (folder: string, root: string): boolean =>
  folder === root || folder.startsWith(root.endsWith('/') ? root : `${root}/`);

function kindOf(status: Stats): string {
  if (status.isSymbolicLink()) return 'a symbolic link';
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a named pipe';
  return status.isSocket() ? 'a socket' : 'a device';
}

/** Refuses a folder that a command fills when it lies in a store. @throws IrError (exit 6) */
export function assertOutsideStores(folder: string, shown: string, flag: string): void {
  const store = storeAround(join(folder, 'x'), undefined);
  if (store === undefined) return;
  throw refusedError(
    `${shown} lies in the store ${store}, where nothing else is written`,
    `Name another folder with ${flag}.`,
  );
}

/** The store that a path lies in, links on the way resolved; undefined when it lies in none. */
function storeAround(path: string, ownFolder: string | undefined): string | undefined {
  const folder = realFolder(dirname(path));
  if (ownFolder !== undefined && folder === realFolder(ownFolder)) return undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (basename(at) === WORKSPACE_FOLDER || existsSync(join(at, DATABASE_FILE))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** The folder as it really lies, also when its last parts are not there yet. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : resolve(realFolder(above), basename(folder));
  }
}
