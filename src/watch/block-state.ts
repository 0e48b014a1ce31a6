/** What a watch keeps of its blocks between runs: how far it has read, and who still waits to be blocked. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';
import type { Candidate } from './block-decisions.ts';

/** Both are replaced in one go, so that none is lost or comes twice. */
export interface BlockState {
  schema: 'ir.watch-blocks/v1';
  /** The number of the last step of a finding that was looked at. */
  position: number;
  waiting: readonly Candidate[];
}

const FILE = 'blocks.json';

/** What an earlier run left. @throws IrError (exit 7) when it cannot be read */
export function readBlockState(folder: string): BlockState {
  const path = join(folder, FILE);
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as BlockState;
    if (state.schema === 'ir.watch-blocks/v1') return state;
    throw new Error(`its schema is "${String(state.schema)}"`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { schema: 'ir.watch-blocks/v1', position: 0, waiting: [] };
    throw new IrError(`what the watch knows of its blocks cannot be read: ${messageOf(error)}`, {
      exit: EXIT.integrity,
      source: { path },
      hint: 'Move the file away: what was found before is then looked at again, and too old to block anybody.',
    });
  }
}

/** Replaces it. Throws what the file system says; the old one then holds. */
export function writeBlockState(folder: string, state: BlockState): void {
  const path = join(folder, FILE);
  const descriptor = openSync(`${path}.new`, 'w', 0o600);
  try {
    const bytes = Buffer.from(JSON.stringify(state));
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.new`, path);
}
