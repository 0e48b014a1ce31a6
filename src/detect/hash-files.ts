/** What the files of a run are, byte by byte: their SHA-256, and whether they are still what was read. */
import { createHash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { changeOf, type FileChange, UNCHANGED } from '../logs/file-change.ts';
import { openInput } from '../logs/open-input.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createTurns, type Turn } from '../logs/turns.ts';
import type { ScanResult } from './scan-task.ts';

/** SHA-256 in hex, empty when it was not wanted; undefined when the file could not be read to the end. */
export type Hash = string | undefined;

/** What became of each file since it was opened. @param resultsOf results of the first reading of a file */
export async function changesOf(
  files: readonly PreparedFile[],
  resultsOf: (file: number) => readonly ScanResult[],
  turn: Turn,
): Promise<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const [index, { hashPath, state, source }] of files.entries()) {
    await turn();
    const spans = resultsOf(index).flatMap(({ span }) => span ?? []);
    changes.push(
      state === undefined
        ? UNCHANGED
        : await changeOf(hashPath, state, source === undefined ? spans : [source], turn),
    );
  }
  return changes;
}

/** SHA-256 of every file, as long as it was when it was opened. */
export async function hashAll(
  files: readonly PreparedFile[],
  signal: AbortSignal | undefined,
): Promise<readonly Hash[]> {
  const hashes: Hash[] = [];
  const turn = createTurns(signal);
  for (const file of files) {
    await turn();
    hashes.push(file.sha256 ?? (await hashFile(file, signal).catch(() => undefined)));
  }
  return hashes;
}

/** Small enough to stay in the processor's cache between reading and hashing. */
const HASH_BYTES = 1 << 17;
/** Pieces between two turns: a share of the file as large as that of a reader's turn. */
const HASH_STRIDE = 128;

/** Reads synchronously, which costs a third of a stream, and gives other work a turn every few pieces. */
/** SHA-256 of a file as it was found; undefined when it is no longer as long. */
export async function hashFile(
  { hashPath, hashBytes: bytes, state }: Pick<PreparedFile, 'hashPath' | 'hashBytes' | 'state'>,
  signal: AbortSignal | undefined,
): Promise<Hash> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(HASH_BYTES, Math.max(1, bytes)));
  const descriptor = openInput(hashPath, state);
  let position = 0;
  try {
    for (let piece = 1; position < bytes; piece += 1) {
      const want = Math.min(buffer.length, bytes - position);
      const got = readSync(descriptor, buffer, 0, want, position);
      if (got === 0) return undefined;
      hash.update(buffer.subarray(0, got));
      position += got;
      if (piece % HASH_STRIDE === 0) await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
