/** Paths that a command was told to read. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, IrError } from '../errors.ts';

/** @param cwd what relative paths begin at @throws IrError (exit 4) at the first path where nothing is */
export function requirePaths(cwd: string, paths: readonly string[]): void {
  const missing = paths.find((path) => !existsSync(resolve(cwd, path)));
  if (missing === undefined) return;
  throw new IrError('there is no such file or folder', {
    exit: EXIT.unreadableInput,
    source: { path: missing },
    hint: 'Check the path.',
  });
}
