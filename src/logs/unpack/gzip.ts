/** gzip, also several members one after the other. @see RFC 1952 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const TRAILER_BYTES = 8;

/** Members one after the other. */
export async function* decodeGzip(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // An error takes along what the same step had unpacked: steps are small.
  const gunzip = createGunzip({ chunkSize: 1 << 16 });
  const source = Readable.from(heldBack(pieces));
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    yield* gunzip;
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
