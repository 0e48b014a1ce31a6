/**
 * The files of the cases: each content once, under its SHA-256, in the folder `evidence` of the store. What is kept
 * was read in a stream, hashed on the way, and is never written to again.
 */
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';
import { grouped } from '../events/words.ts';
import type { FilePath } from '../logs/input-path.ts';

/** The folder of a store that holds them. */
export const EVIDENCE_FOLDER = 'evidence';

const CHUNK = 1 << 20;
/** What a hole of a sparse file reads as. */
const ZEROS = Buffer.alloc(CHUNK);
/** Files of the kernel say that they have no bytes; more than this is none of them. */
const MOST_UNSAID = 64 << 20;
/** A disk that is full or failing. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** A content as it was read. */
export interface Content {
  sha256: string;
  sizeBytes: number;
  /** What has to be known of how it was read. */
  remarks: readonly string[];
}

/** Who hears how far it is, and who may end it. */
export interface Reading {
  signal: AbortSignal;
  /** Told how many bytes were read since the last time. */
  onBytes?(bytes: number): void;
}

/** Path of a kept content within the store's folder. */
export const keptPath = (sha256: string): string => `${EVIDENCE_FOLDER}/${sha256}`;

/**
 * Copies a file into the store, or only hashes it. A link in its place is not followed.
 * @param target the store's folder; undefined: the file stays where it is
 * @param below a folder within that of the evidence: what commands printed lies in `output`
 * @throws IrError (exit 4) for what is no file, cannot be read, or changes while it is read; exit 9 where there is no
 *   room, and exit 7 where the store has the content under its name and it is another one
 */
export async function takeIn(
  source: FilePath,
  target: string | undefined,
  reading: Reading,
  below = '',
): Promise<Content> {
  const file = await openFile(source);
  try {
    const before = await file.stat({ bigint: true });
    assertRegular(before);
    const draft = target === undefined ? undefined : await openDraft(target, below);
    try {
      const content = await readStable(file, before, draft?.file, reading);
      if (draft !== undefined) await draft.keep(content.sha256);
      return content;
    } finally {
      await draft?.discard();
    }
  } finally {
    await file.close();
  }
}

/** Keeps a small text of ours, such as a signature. */
export async function keepText(folder: string, text: string): Promise<string> {
  const draft = await openDraft(folder);
  try {
    await writing(() => draft.file.writeFile(text));
    const sha256 = createHash('sha256').update(text).digest('hex');
    await draft.keep(sha256);
    return sha256;
  } finally {
    await draft.discard();
  }
}

/** Hashes a file that is there. @throws IrError (exit 4) when it is no file or cannot be read */
export async function hashFile(source: FilePath, reading: Reading): Promise<Content> {
  const file = await openFile(source);
  try {
    assertRegular(await file.stat({ bigint: true }));
    const hash = createHash('sha256');
    const sizeBytes = await pump(file, Number.POSITIVE_INFINITY, hash, undefined, reading);
    return { sha256: hash.digest('hex'), sizeBytes, remarks: [] };
  } finally {
    await file.close();
  }
}

async function openFile(source: FilePath): Promise<FileHandle> {
  try {
    // A pipe would wait for a writer.
    return await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason: Record<string, string> = {
      ENOENT: 'there is no such file',
      ...{ EACCES: 'permission denied', EPERM: 'permission denied' },
      ELOOP: 'it is a symbolic link',
      ...{ ENXIO: 'it is no file', ENAMETOOLONG: 'the path is too long' },
    };
    throw unreadable(reason[code ?? ''] ?? messageOf(error));
  }
}

const unreadable = (reason: string): IrError => new IrError(reason, { exit: EXIT.unreadableInput });

function assertRegular(status: BigIntStats): void {
  if (status.isFile()) return;
  const kind = status.isDirectory()
    ? 'a folder'
    : status.isBlockDevice() || status.isCharacterDevice()
      ? 'a device: take an image of it first'
      : 'a pipe or socket';
  throw unreadable(`it is ${kind}`);
}

/** What grows at its end is kept as far as it went; what changes otherwise has no content that could be vouched for. */
async function readStable(
  file: FileHandle,
  before: BigIntStats,
  into: FileHandle | undefined,
  reading: Reading,
): Promise<Content> {
  const said = Number(before.size);
  const most = said === 0 ? MOST_UNSAID : said;
  const hash = createHash('sha256');
  const sizeBytes = await pump(file, most, hash, into, reading);
  if (into !== undefined) await writing(() => into.truncate(sizeBytes));
  const sha256 = hash.digest('hex');
  const after = await file.stat({ bigint: true });
  const isSame = after.size === before.size && after.mtimeNs === before.mtimeNs;
  if (isSame && (said === 0 || sizeBytes === said)) return { sha256, sizeBytes, remarks: [] };
  const again = createHash('sha256');
  const read = await pump(file, sizeBytes, again, undefined, reading);
  if (sizeBytes < said || read < sizeBytes || again.digest('hex') !== sha256) {
    throw new IrError('it changed while it was read', {
      exit: EXIT.unreadableInput,
      hint: 'Stop what writes to it, or add a copy or snapshot of it.',
    });
  }
  const grown =
    after.size > before.size
      ? `It grew while it was read: of ${grouped(Number(after.size))} bytes the first ${grouped(sizeBytes)} were taken.`
      : 'It was written to while it was read; read a second time, its content was the same.';
  return { sha256, sizeBytes, remarks: [grown] };
}

/** From the beginning on; holes stay holes. @returns bytes that were read */
async function pump(
  file: FileHandle,
  most: number,
  hash: Hash,
  into: FileHandle | undefined,
  { signal, onBytes }: Reading,
): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const wanted = Math.min(CHUNK, most - at);
    if (wanted === 0) return at;
    const { bytesRead } = await file.read(buffer, 0, wanted, at).catch((error: unknown) => {
      throw unreadable(`it cannot be read: ${messageOf(error)}`);
    });
    if (bytesRead === 0) return at;
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    if (into !== undefined && !piece.equals(ZEROS.subarray(0, bytesRead))) {
      await writing(() => writeAll(into, piece, at));
    }
    at += bytesRead;
    onBytes?.(bytesRead);
  }
}

async function writeAll(into: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await into.write(piece, done, piece.length - done, at + done);
    done += bytesWritten;
  }
}

interface Draft {
  file: FileHandle;
  /** Gives it its name, for good. */
  keep(sha256: string): Promise<void>;
  /** Throws it away where it was not kept. */
  discard(): Promise<void>;
}

async function openDraft(store: string, below = ''): Promise<Draft> {
  const folder = join(store, EVIDENCE_FOLDER, below);
  const path = join(folder, `.tmp-${randomBytes(8).toString('hex')}`);
  const file = await writing(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return open(path, 'wx', 0o400);
  });
  let isOpen = true;
  return {
    file,
    async keep(sha256) {
      await writing(() => file.sync());
      const target = join(folder, sha256);
      if (await exists(target)) return assertSame(target, sha256);
      await writing(async () => {
        await file.close();
        isOpen = false;
        await rename(path, target);
        await syncFolder(folder);
      });
    },
    async discard() {
      if (isOpen) await file.close();
      await rm(path, { force: true });
    },
  };
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function assertSame(path: string, sha256: string): Promise<void> {
  const kept = await hashFile(path, { signal: new AbortController().signal });
  if (kept.sha256 === sha256) return;
  throw new IrError(`the store holds another content under the name ${sha256}`, {
    exit: EXIT.integrity,
    hint: `Somebody changed ${path}. Keep it, move it elsewhere, and run the command again.`,
  });
}

/** A name that was given is there after a power cut, too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => {});
  await handle.close();
}

/** @throws IrError (exit 9) where there is no room, or no leave to write */
async function writing<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === '') throw error;
    const why = NO_ROOM.has(code) ? 'there is no room for it' : 'it cannot be written';
    throw new IrError(`${why} in the store: ${messageOf(error)}`, {
      exit: EXIT.outputFailed,
      hint: 'Free some space, or keep large files where they are with --reference.',
      cause: error,
    });
  }
}
