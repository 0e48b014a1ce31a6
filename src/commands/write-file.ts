/** Writes a file whole or not at all. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';

/**
 * Writes beside the target, syncs, and renames; file mode 0600, missing folders 0700.
 * @throws IrError (exit 6) when it cannot be written; nothing is left then
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw new IrError(`cannot write ${path}: ${messageOf(error)}`, {
      exit: EXIT.refused,
      hint: 'Name another place with --output.',
      cause: error,
    });
  }
}
