/**
 * Seekable copies of what cannot be read at random: standard input and gzip files. The copies live in
 * a private temporary folder that goes away with the process.
 */
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { reasonOf } from './walk.ts';

/** Past this size a gzip file that grew more than `MAX_RATIO` times is taken for a decompression bomb. */
const BOMB_CHECK_BYTES = 1 << 28;
const MAX_RATIO = 200;

export interface Spooled {
  absolute: string;
  sizeBytes: number;
  /** Why the copy is not the whole content. */
  problem: string | undefined;
}

export interface Spool {
  /** Decompresses a gzip file, keeping what came before an error. */
  gunzip(path: string, signal?: AbortSignal): Promise<Spooled>;
  /** Copies a stream. */
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
    copy: (stream, signal) =>
      drain(nextPath(), abortable(stream, signal), () => Number.POSITIVE_INFINITY, ''),
    gunzip(path, signal) {
      // An error takes along what the same step had unpacked: steps are small.
      const gunzip = createGunzip({ chunkSize: 1 << 16 });
      let compressedBytes = 0;
      const source = Readable.from(
        heldBack(createReadStream(path, { highWaterMark: 1 << 18 }), (bytes) => {
          compressedBytes += bytes;
        }),
      );
      source.on('error', (error) => gunzip.destroy(error));
      source.pipe(gunzip);
      const limit = (): number => Math.max(BOMB_CHECK_BYTES, compressedBytes * MAX_RATIO);
      return drain(nextPath(), abortable(gunzip, signal), limit, 'gzip: ');
    },
  };
}

const GZIP_TRAILER_BYTES = 8;

/**
 * The pieces of a stream with its last bytes, the checksum of gzip, in a piece of their own: then all that
 * was unpacked is out before a wrong checksum ends it.
 */
async function* heldBack(
  stream: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    count(chunk.length);
    const whole = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const cut = Math.max(0, whole.length - GZIP_TRAILER_BYTES);
    if (cut > 0) yield whole.subarray(0, cut);
    held = whole.subarray(cut);
  }
  yield held;
}

/** Ends with the signal's reason, also while the stream waits for more (standard input). */
async function* abortable(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  const aborted = new Promise<never>((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason as Error);
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // A stream that waits for input would let `return` wait too.
    if (signal?.aborted !== true) await iterator.return?.();
    else if (stream instanceof Readable) stream.destroy();
  }
}

async function drain(
  target: string,
  stream: AsyncIterable<Uint8Array>,
  limit: () => number,
  prefix: string,
): Promise<Spooled> {
  const descriptor = openSync(target, 'w', 0o600);
  let sizeBytes = 0;
  let problem: string | undefined;
  try {
    for await (const chunk of stream) {
      // A full disk first takes a part, then nothing.
      for (let done = 0; done < chunk.length; ) {
        const written = writeSync(descriptor, chunk, done);
        done += written;
        sizeBytes += written;
      }
      if (sizeBytes > limit()) {
        problem = `${prefix}stopped after ${sizeBytes} bytes: it grows more than ${MAX_RATIO} times, like a decompression bomb`;
        break;
      }
    }
  } catch (error) {
    problem = describe(error, prefix);
  } finally {
    closeSync(descriptor);
  }
  return { absolute: target, sizeBytes, problem };
}

function describe(error: unknown, prefix: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR') return `${prefix}truncated, the part before the cut was read`;
  if (code.startsWith('Z_'))
    return `${prefix}damaged (${messageOf(error)}), the part before was read`;
  return `${prefix}${reasonOf(error)}`;
}

/** Where the first byte that is no NUL lies, looking at most 64 MiB far; -1 when there is none. */
export function firstNonNul(path: string): number {
  const descriptor = openSync(path, 'r');
  const block = Buffer.allocUnsafe(1 << 20);
  try {
    for (let position = 0; position < 1 << 26; ) {
      const got = readSync(descriptor, block, 0, block.length, position);
      if (got === 0) return -1;
      const found = block.subarray(0, got).findIndex((byte) => byte !== 0);
      if (found !== -1) return position + found;
      position += got;
    }
    return -1;
  } finally {
    closeSync(descriptor);
  }
}

/** What the first bytes, or those at `position`, say about a file's content. */
export function readHead(path: string, bytes: number, position = 0): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, position));
  } finally {
    closeSync(descriptor);
  }
}
