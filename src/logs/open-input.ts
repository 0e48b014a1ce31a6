/** Opens the file that was found, not what may have taken its place since. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { FilePath } from './input-path.ts';

/** What tells a file from another, and its content from an earlier one. */
export interface FileState {
  dev: bigint;
  ino: bigint;
  sizeBytes: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

/** The state in what `fstat` gives. */
export const stateOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileState => ({
  dev,
  ino,
  sizeBytes: Number(size),
  mtimeNs,
  ctimeNs,
});

/** The reason given for a file that is not the one that was found. */
export const REPLACED = 'replaced by another file while it was read';

/** Whether both are one file, by device and inode; its content may differ. */
export const isSameFile = (one: FileState, other: FileState): boolean =>
  one.dev === other.dev && one.ino === other.ino;

/**
 * Opens a file for reading; a pipe or device in its place does not hold the run up.
 * @param expected the file that must be there; undefined for copies of ours
 * @throws Error when something else is there by now
 */
export function openInput(path: FilePath, expected?: FileState): number {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = fstatSync(descriptor, { bigint: true });
    if (!status.isFile()) throw new Error('replaced by something that is no file');
    if (expected !== undefined && !isSameFile(expected, stateOf(status))) throw new Error(REPLACED);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
