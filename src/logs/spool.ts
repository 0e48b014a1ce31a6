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
import { createGunzip } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { reasonOf } from './walk.ts';

/** Past this size a gzip file that grew more than `MAX_RATIO` times is taken for a decompression bomb. */
const BOMB_CHECK_BYTES = 1 << 30;
const MAX_RATIO = 200;

export interface Spooled {
  absolute: string;
  sizeBytes: number;
  /** Why the copy is not the whole content. */
  problem: string | undefined;
}

export interface Spool {
  /** Decompresses a gzip file, keeping what came before an error. */
  gunzip(path: string): Promise<Spooled>;
  /** Copies a stream. */
  copy(stream: AsyncIterable<Uint8Array>): Promise<Spooled>;
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
      folder = mkdtempSync(join(tmpdir(), 'ir-spool-'));
      process.once('exit', remove);
    }
    count += 1;
    return join(folder, `${count}.log`);
  };
  return {
    remove,
    copy: (stream) => drain(nextPath(), stream, Number.POSITIVE_INFINITY, ''),
    gunzip(path) {
      const source = createReadStream(path, { highWaterMark: 1 << 18 });
      const gunzip = createGunzip({ chunkSize: 1 << 18 });
      let compressedBytes = 0;
      source.on('data', (chunk) => {
        compressedBytes += chunk.length;
      });
      source.on('error', (error) => gunzip.destroy(error));
      source.pipe(gunzip);
      const limit = (): number => Math.max(BOMB_CHECK_BYTES, compressedBytes * MAX_RATIO);
      return drain(nextPath(), gunzip, limit, 'gzip: ');
    },
  };
}

async function drain(
  target: string,
  stream: AsyncIterable<Uint8Array>,
  limit: number | (() => number),
  prefix: string,
): Promise<Spooled> {
  const descriptor = openSync(target, 'w', 0o600);
  let sizeBytes = 0;
  let problem: string | undefined;
  try {
    for await (const chunk of stream) {
      writeSync(descriptor, chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > (typeof limit === 'number' ? limit : limit())) {
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

/** What the first bytes say about a file's content. */
export function readHead(path: string, bytes: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}
