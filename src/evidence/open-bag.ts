/**
 * The files of a bag that came from elsewhere: a folder, or an archive that is unpacked into a private one. No file is written
 * under a name that the archive gives.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { EXIT, IrError, messageOf, refusedError } from '../errors.ts';
import { showName } from '../logs/input-path.ts';
import { isTar, tarMembers } from '../logs/unpack/tar.ts';
import { isUnsafe } from './bag-text.ts';
import { EVIDENCE_FOLDER } from './content-store.ts';

/** More files, or folders within each other, than any bag has. */
const MOST = { files: 200_000, depth: 64 };
/** What grows more than so many times, past the first gigabyte, is taken for a bomb. */
const BOMB_RATIO = 100;
const BOMB_CHECK_BYTES = 1 << 30;

/** The files of a bag by their names within it, and where to read them. */
export interface OpenBag {
  files: ReadonlyMap<string, string>;
  /** Throws away what was unpacked. */
  close(): Promise<void>;
}

/**
 * Opens the bag at a path: a folder, or a tar archive, packed with gzip or not.
 * @param store folder of a store: an archive is unpacked within it, and nowhere else
 * @param free so many bytes may come out of an archive of any size
 * @throws IrError (exit 4) when it cannot be read; exit 6 for a name that leads out of the bag, a link, a device, a bomb
 */
export async function openBag(
  path: string,
  store: string,
  signal: AbortSignal,
  free = BOMB_CHECK_BYTES,
): Promise<OpenBag> {
  let status: Stats;
  try {
    status = await lstat(path);
  } catch (error) {
    throw unreadable(path, messageOf(error));
  }
  if (status.isDirectory()) return { files: await filesIn(path), close: async () => {} };
  if (!status.isFile()) throw refused(path, 'it is neither a folder nor a file');
  return unpack(path, status.size, store, signal, free);
}

const refused = (path: string, why: string): IrError =>
  refusedError(`the bag ${path} is refused: ${why}`, 'Nothing of it was taken.');

const unreadable = (path: string, why: string): IrError =>
  new IrError(`cannot read the bag ${path}: ${why}`, { exit: EXIT.unreadableInput });

async function filesIn(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const visit = async (folder: string, within: string, depth: number): Promise<void> => {
    if (depth > MOST.depth) throw refused(root, `${within} lies too deep`);
    for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
      const name = showName(bytes);
      const [path, inside] = [join(folder, name), within === '' ? name : `${within}/${name}`];
      const status = await lstat(path).catch(() => undefined);
      if (status?.isDirectory()) await visit(path, inside, depth + 1);
      else if (status?.isFile()) files.set(inside, path);
      else throw refused(root, `${inside} is ${status?.isSymbolicLink() ? 'a link' : 'no file'}`);
      if (files.size > MOST.files) throw refused(root, `it has more than ${MOST.files} files`);
    }
  };
  await visit(root, '', 0);
  return files;
}

async function unpack(
  path: string,
  packedBytes: number,
  store: string,
  signal: AbortSignal,
  free: number,
): Promise<OpenBag> {
  const folder = join(store, EVIDENCE_FOLDER, `.tmp-${randomBytes(8).toString('hex')}`);
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const files = new Map<string, string>();
    const budget = Math.max(free, packedBytes * BOMB_RATIO);
    let bytes = 0;
    const note = (damage: string): never => {
      throw unreadable(path, damage);
    };
    for await (const member of tarMembers(await tarStream(path), note)) {
      const { name, leftOut } = member;
      if (isUnsafe(name)) throw refused(path, `the name ${JSON.stringify(name)} leads out of it`);
      if (leftOut !== undefined) throw refused(path, `${name} is ${leftOut}`);
      if (files.has(name)) throw refused(path, `${name} is in it twice`);
      if (files.size >= MOST.files) throw refused(path, `it has more than ${MOST.files} files`);
      const target = join(folder, String(files.size));
      const file = await open(target, 'wx', 0o600);
      try {
        for await (const piece of member.content) {
          signal.throwIfAborted();
          bytes += piece.length;
          if (bytes > budget)
            throw refused(
              path,
              'it grows like a decompression bomb. Where it is none, unpack it and name the folder',
            );
          await file.writeFile(piece);
        }
      } finally {
        await file.close();
      }
      if (!member.isWhole()) throw unreadable(path, `it ends within ${name}`);
      files.set(name, target);
    }
    return { files: withoutFolder(path, files), close };
  } catch (error) {
    await close();
    if (error instanceof IrError || (error as Error).name === 'AbortError') throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const message = `there is no room to unpack the bag ${path}: ${messageOf(error)}`;
      throw new IrError(message, { exit: EXIT.outputFailed });
    }
    throw unreadable(path, messageOf(error));
  }
}

async function tarStream(path: string): Promise<AsyncIterable<Buffer>> {
  const file = await open(path, 'r');
  const head = Buffer.alloc(512);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  await file.close();
  const stream = createReadStream(path);
  if (head.toString('latin1', 0, 21) === 'age-encryption.org/v1') {
    throw refusedError(
      `the bag ${path} is encrypted`,
      `Decrypt it first: age --decrypt --identity KEY --output bag.tar.gz ${path}`,
    );
  }
  if (isTar(head.subarray(0, bytesRead))) return stream;
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const unpacked = createGunzip();
    stream.on('error', (error) => unpacked.destroy(error));
    return stream.pipe(unpacked);
  }
  throw unreadable(path, 'it is no folder and no archive of tar, packed with gzip or not');
}

/** All files of an archive lie in the one folder that the bag was. */
function withoutFolder(path: string, files: ReadonlyMap<string, string>): Map<string, string> {
  const declared = [...files.keys()].filter((name) => /^(?:[^/]+\/)?bagit\.txt$/.test(name));
  if (declared.length !== 1) {
    throw refused(path, declared.length === 0 ? 'it has no bagit.txt' : 'it holds several bags');
  }
  const folder = declared[0]!.slice(0, -'bagit.txt'.length);
  const outside = [...files.keys()].find((name) => !name.startsWith(folder));
  if (outside !== undefined) throw refused(path, `${outside} lies beside the bag`);
  return new Map([...files].map(([name, at]) => [name.slice(folder.length), at]));
}
