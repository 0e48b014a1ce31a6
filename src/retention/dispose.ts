/** Compresses, moves and deletes single files, so that a kill at any moment leaves the old file or the new one, whole. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Disposal } from './schedule.ts';
import { isBelow } from './schedule.ts';

/** SHA-256 of a file's content, or of what is packed in it, hex. */
export async function hashOf(path: string, signal: AbortSignal, isPacked = false): Promise<string> {
  const hash = createHash('sha256');
  const source = createReadStream(path);
  if (isPacked) await pipeline(source, createGunzip(), hash, { signal });
  else await pipeline(source, hash, { signal });
  return hash.digest('hex');
}

/**
 * Does what was planned, if the file is still the one it was planned for.
 * @param folders that files may be changed in: no link leads out of them
 * @param sha256 of the content when it was planned
 * @throws Error that says why nothing was done
 */
export async function dispose(
  { path, act, to, modifiedMs }: Disposal,
  sha256: string,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const status = await lstat(path);
  if (!status.isFile()) throw new Error('it is no plain file any more');
  if (status.mtimeMs !== modifiedMs) throw new Error('it was written to since it was looked at');
  await assertInside(path, folders);
  if (act === 'delete') {
    if ((await hashOf(path, signal)) !== sha256) throw new Error('its content has changed');
    await rm(path);
    return;
  }
  const target = to!;
  await mkdir(dirname(target), { recursive: true, mode: 0o750 });
  await assertInside(target, folders);
  if ((await lstat(target).catch(() => undefined)) !== undefined) {
    // A run that was killed had written it, and not yet taken the old one away.
    if ((await hashOf(target, signal, act === 'compress').catch(() => '')) !== sha256)
      throw new Error(`${target} is there already, with another content`);
    await rm(path);
    return;
  }
  const partial = `${target}.ir-partial`;
  await rm(partial, { force: true });
  try {
    const source = createReadStream(path);
    const sink = createWriteStream(partial, { flags: 'wx', mode: status.mode & 0o777 });
    if (act === 'compress') await pipeline(source, createGzip(), sink, { signal });
    else await pipeline(source, sink, { signal });
    const handle = await open(partial, 'r+');
    await handle.sync();
    await handle.close();
    if ((await hashOf(partial, signal, act === 'compress')) !== sha256)
      throw new Error('its content has changed, or what was written of it is not the same');
    await utimes(partial, status.atime, status.mtime);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await rm(path);
}

/** The folder of the file, links followed, is one of these or lies below one. */
async function assertInside(path: string, folders: readonly string[]): Promise<void> {
  const real = await realpath(dirname(path));
  for (const folder of folders) {
    const base = await realpath(folder).catch(() => undefined);
    if (base !== undefined && (real === base || isBelow(real, base))) return;
  }
  throw new Error('a link leads out of the folders of the policy');
}
