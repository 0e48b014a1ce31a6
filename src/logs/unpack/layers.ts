/** Takes off what a stream is packed in, layer by layer, within bounds, keeping what came before damage. */
import { reasonOf } from '../reason.ts';
import { type Codec, codecOf } from './codecs.ts';
import { gzipMs } from './gzip.ts';
import { TRUNCATED } from './packed-input.ts';

/** Past this size content that grew more than `MAX_RATIO` times is taken for a decompression bomb. */
const BOMB_CHECK_BYTES = 1 << 28;
const MAX_RATIO = 200;
/** Packed so often, it is no log. */
const MAX_LAYERS = 8;
const HEAD_BYTES = 1024;

/** Content without what it was packed in. */
export interface Layers {
  stream: AsyncIterable<Buffer>;
  /** The first bytes of the content. */
  head: Buffer;
  /** What was taken off, the outermost first. */
  names: readonly string[];
  /** When the packed file was last written, milliseconds, as gzip keeps it. */
  packedMs: number | undefined;
  /** What is wrong with it, of all that has been read so far. */
  problem(): string | undefined;
}

/** Takes off all layers of a stream. */
export async function takeOffLayers(packed: AsyncIterable<Buffer>): Promise<Layers> {
  const names: string[] = [];
  let problem: string | undefined;
  let packedMs: number | undefined;
  const note = (text: string): void => {
    // The innermost damage comes first, and is the cause of what follows.
    problem ??= text;
  };
  let { head, stream } = await peek(packed, HEAD_BYTES);
  for (let codec = codecOf(head); codec !== undefined; codec = codecOf(head)) {
    if (names.length === MAX_LAYERS) {
      note(`packed more than ${MAX_LAYERS} times, like a decompression bomb`);
      return { stream: nothing(), head: Buffer.alloc(0), names, packedMs, problem: () => problem };
    }
    names.push(codec.name);
    if (codec.name === 'gzip') packedMs = gzipMs(head) ?? packedMs;
    ({ head, stream } = await peek(bounded(codec, stream, note), HEAD_BYTES));
  }
  return { stream, head, names, packedMs, problem: () => problem };
}

async function* nothing(): AsyncGenerator<Buffer> {}

/** The first bytes of a stream, and all of it. */
export async function peek(
  stream: AsyncIterable<Buffer>,
  bytes: number,
): Promise<{ head: Buffer; stream: AsyncIterable<Buffer> }> {
  const iterator = stream[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  const head = Buffer.concat(pieces);
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: head.subarray(0, bytes), stream: all() };
}

/** Has content grown like that of a bomb? */
export const isBomb = (packedBytes: number, bytes: number): boolean =>
  bytes > Math.max(BOMB_CHECK_BYTES, packedBytes * MAX_RATIO);

/** Unpacks a stream up to where it is damaged or grows too much; `note` is told which. */
export async function* bounded(
  { name, decode }: Pick<Codec, 'name' | 'decode'>,
  packed: AsyncIterable<Buffer>,
  note: (problem: string) => void,
): AsyncGenerator<Buffer> {
  let [packedBytes, bytes] = [0, 0];
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of packed) {
      packedBytes += piece.length;
      yield piece;
    }
  }
  try {
    for await (const piece of decode(counted())) {
      yield piece;
      bytes += piece.length;
      if (isBomb(packedBytes, bytes)) {
        note(
          `${name}: stopped after ${bytes} bytes: it grows more than ${MAX_RATIO} times, like a decompression bomb`,
        );
        return;
      }
    }
  } catch (error) {
    note(`${name}: ${damageOf(error)}`);
  }
}

/** What is wrong with packed content, as part of a sentence. */
export function damageOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const isTruncated =
    code === 'Z_BUF_ERROR' || message === TRUNCATED || message === 'unexpected EOF';
  if (isTruncated) return 'truncated, the part before the cut was read';
  // Errors of reading have codes of the system.
  if (/^E[A-Z]+$/.test(String(code))) return reasonOf(error);
  return `damaged (${message}), the part before was read`;
}
