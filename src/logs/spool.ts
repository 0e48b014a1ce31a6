/**
 * Seekable copies of what cannot be read at random: standard input and gzip files. The copies live in
 * a private temporary folder that goes away with the process.
 */
import { closeSync, mkdtempSync, openSync, read, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { createSpan, type ReadSpan } from './file-change.ts';
import { reasonOf } from './walk.ts';

const readAsync = promisify(read);

/** Past this size a gzip file that grew more than `MAX_RATIO` times is taken for a decompression bomb. */
const BOMB_CHECK_BYTES = 1 << 28;
const MAX_RATIO = 200;

/** A copy that can be read at any offset. */
export interface Spooled {
  absolute: string;
  sizeBytes: number;
  /** Why the copy is not the whole content. */
  problem: string | undefined;
  /** The compressed bytes as they were read; undefined for a stream. */
  source: ReadSpan | undefined;
}

/** Makes copies in a private folder. */
export interface Spool {
  /** Decompresses the first `sizeBytes` of an open gzip file, keeping what came before an error. */
  gunzip(descriptor: number, sizeBytes: number, signal?: AbortSignal): Promise<Spooled>;
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
    async gunzip(descriptor, sizeBytes, signal) {
      const target = nextPath();
      // An error takes along what the same step had unpacked: steps are small.
      const gunzip = createGunzip({ chunkSize: 1 << 16 });
      let compressedBytes = 0;
      const span = createSpan();
      const source = Readable.from(
        heldBack(piecesOf(descriptor, sizeBytes), (chunk) => {
          span.add(chunk, compressedBytes);
          compressedBytes += chunk.length;
        }),
      );
      source.on('error', (error) => gunzip.destroy(error));
      source.pipe(gunzip);
      const limit = (): number => Math.max(BOMB_CHECK_BYTES, compressedBytes * MAX_RATIO);
      const copy = await drain(target, abortable(gunzip, signal), limit, 'gzip: ');
      // The caller closes the descriptor: no reading may be under way then.
      source.destroy();
      if (!source.closed) await new Promise((resolve) => source.once('close', resolve));
      return { ...copy, source: span.take() };
    },
  };
}

const PIECE_BYTES = 1 << 18;

async function* piecesOf(descriptor: number, sizeBytes: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < sizeBytes; ) {
    const want = Math.min(PIECE_BYTES, sizeBytes - position);
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

const GZIP_TRAILER_BYTES = 8;

/**
 * The pieces of a stream with its last bytes, the checksum of gzip, in a piece of their own: then all that
 * was unpacked is out before a wrong checksum ends it.
 */
async function* heldBack(
  stream: AsyncIterable<Buffer>,
  count: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    count(chunk);
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
  return { absolute: target, sizeBytes, problem, source: undefined };
}

function describe(error: unknown, prefix: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR') return `${prefix}truncated, the part before the cut was read`;
  if (code.startsWith('Z_'))
    return `${prefix}damaged (${messageOf(error)}), the part before was read`;
  return `${prefix}${reasonOf(error)}`;
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
