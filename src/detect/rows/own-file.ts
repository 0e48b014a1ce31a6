/** A temporary file for what a run cannot hold in memory. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An open file that only this user can read. */
export interface OwnFile {
  /** Open for reading and writing. */
  descriptor: number;
  /** Closes and deletes it; a second time does nothing. */
  remove(): void;
}

/**
 * Makes one in a folder of its own. It goes away with the process at the latest.
 * @param name begins the folder's name after `ir-`
 * @throws the system's error where no file can be made
 */
export function createOwnFile(name: string): OwnFile {
  const folder = mkdtempSync(join(tmpdir(), `ir-${name}-`));
  const descriptor = openSync(join(folder, name), 'w+', 0o600);
  let isOpen = true;
  const remove = (): void => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
    process.off('exit', remove);
  };
  process.once('exit', remove);
  return { descriptor, remove };
}
