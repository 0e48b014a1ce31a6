/** gzip, also several members one after the other, and bare deflate. @see RFC 1952, RFC 1951 */
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';

const TRAILER_BYTES = 8;
/** An error takes along what the same step had unpacked: steps are small. */
const STEP = { chunkSize: 1 << 16 };

/** Members one after the other. */
export const decodeGzip = (pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  through(createGunzip(STEP), heldBack(pieces));

/** What zip has inside. */
export const decodeDeflate = (pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  through(createInflateRaw(STEP), pieces);

async function* through(
  transform: Transform,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const source = Readable.from(pieces);
  source.on('error', (error) => transform.destroy(error));
  source.pipe(transform);
  try {
    yield* transform;
  } finally {
    // Whoever reads the source closes it: no reading may be under way then.
    source.destroy();
    if (!source.closed) await new Promise((resolve) => source.once('close', resolve));
  }
}

/**
 * The pieces of a stream with its last bytes, the checksum, in a piece of their own: then all that was unpacked is
 * out before a wrong checksum ends it.
 */
async function* heldBack(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const whole = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const cut = Math.max(0, whole.length - TRAILER_BYTES);
    if (cut > 0) yield whole.subarray(0, cut);
    held = whole.subarray(cut);
  }
  yield held;
}

/** When the packed file was last written, as the header says, in milliseconds: it survives copying. */
export function gzipMs(head: Buffer): number | undefined {
  const ms = head.length < 8 ? 0 : head.readUInt32LE(4) * 1000;
  return ms > 0 ? ms : undefined;
}
