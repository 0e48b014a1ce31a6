/**
 * Seekable copies of what cannot be read at random: standard input and packed files. The copies live in
 * a private temporary folder that goes away with the process.
 */
import { closeSync, mkdtempSync, openSync, read, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { reasonOf } from './reason.ts';

const readAsync = promisify(read);

/** A copy that can be read at any offset. */
export interface Spooled {
  absolute: string;
  sizeBytes: number;
  /** Why the copy is not the whole content. */
  problem: string | undefined;
  /** There is no room for more. */
  isFull: boolean;
}

/** Makes copies in a private folder. */
export interface Spool {
  /** Copies a stream, keeping what came before an error. */
  copy(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Spooled>;
  /** Removes all copies. */
  remove(): void;
}

/** Makes the spool; nothing is written before the first copy. */
export function createSpool(): Spool {
  let folder: string | undefined;
  let count = 0;
  const remove = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  };
  const nextPath = (): string => {
    if (folder === undefined) {
      try {
        folder = mkdtempSync(join(tmpdir(), 'ir-spool-'));
      } catch (error) {
        throw new Error(`no temporary copy possible in ${tmpdir()}: ${reasonOf(error)}`);
      }
      process.once('exit', remove);
    }
    count += 1;
    return join(folder, `${count}.log`);
  };
  return {
    remove,
    copy: (stream, signal) => drain(nextPath(), abortable(stream, signal)),
  };
}

const PIECE_BYTES = 1 << 18;

/** The bytes of an open file from `start` up to `end`. */
export async function* piecesOf(
  descriptor: number,
  end: number,
  start = 0,
): AsyncGenerator<Buffer> {
  for (let position = start; position < end; ) {
    const want = Math.min(PIECE_BYTES, end - position);
    const { bytesRead, buffer } = await readAsync(
      descriptor,
      Buffer.allocUnsafe(want),
      0,
      want,
      position,
    );
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** Ends with the signal's reason, also while the stream waits for more (standard input). */
async function* abortable(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason as Error);
  });
  aborted.catch(() => undefined);
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // One listener per file of a large folder would stay until the end.
    signal?.removeEventListener('abort', onAbort);
    // A stream that waits for input would let `return` wait too.
    if (signal?.aborted !== true) await iterator.return?.();
    else if (stream instanceof Readable) stream.destroy();
  }
}

async function drain(target: string, stream: AsyncIterable<Uint8Array>): Promise<Spooled> {
  const descriptor = openSync(target, 'w', 0o600);
  let sizeBytes = 0;
  let problem: string | undefined;
  let isFull = false;
  try {
    for await (const chunk of stream) {
      // A full disk first takes a part, then nothing.
      for (let done = 0; done < chunk.length; ) {
        const written = writeSync(descriptor, chunk, done);
        done += written;
        sizeBytes += written;
      }
    }
  } catch (error) {
    problem = reasonOf(error);
    isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
  } finally {
    closeSync(descriptor);
  }
  return { absolute: target, sizeBytes, problem, isFull };
}

/** Where the first byte that is no NUL lies, looking at most 64 MiB far; -1 when there is none. */
export function firstNonNul(descriptor: number): number {
  const block = Buffer.allocUnsafe(1 << 20);
  for (let position = 0; position < 1 << 26; ) {
    const got = readSync(descriptor, block, 0, block.length, position);
    if (got === 0) return -1;
    const found = block.subarray(0, got).findIndex((byte) => byte !== 0);
    if (found !== -1) return position + found;
    position += got;
  }
  return -1;
}

/** What the first bytes, or those at `position`, say about a file's content. */
export function readHead(descriptor: number, bytes: number, position = 0): Buffer {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, position));
}
