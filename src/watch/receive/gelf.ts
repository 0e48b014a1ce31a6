/** GELF over UDP: packed or not, whole or in chunks. @see https://go2docs.graylog.org/current/getting_in_log_data/gelf.html */
import { gunzipSync, inflateSync } from 'node:zlib';

const MOST_BYTES = 1 << 20;
const MOST_OPEN = 1000;
const MOST_CHUNKS = 128;
/** Chunks of a message must come within so much. */
const WAIT_MS = 5000;

/** Takes datagrams and gives messages; undefined while chunks are missing. */
export type GelfReader = (datagram: Buffer, nowMs: number) => string | undefined;

/** Makes one; the chunks it holds are bounded. */
export function createGelfReader(): GelfReader {
  const open = new Map<string, { parts: (Buffer | undefined)[]; left: number; sinceMs: number }>();
  return (datagram, nowMs) => {
    if (datagram[0] !== 0x1e || datagram[1] !== 0x0f) return unpacked(datagram);
    if (datagram.length < 12) return undefined;
    const id = datagram.toString('hex', 2, 10);
    const number = datagram[10] as number;
    const count = datagram[11] as number;
    if (count === 0 || count > MOST_CHUNKS || number >= count) return undefined;
    for (const [key, { sinceMs }] of open) if (nowMs - sinceMs > WAIT_MS) open.delete(key);
    let message = open.get(id);
    if (message === undefined) {
      if (open.size >= MOST_OPEN) return undefined;
      message = { parts: Array.from({ length: count }), left: count, sinceMs: nowMs };
      open.set(id, message);
    }
    if (number >= message.parts.length || message.parts[number] !== undefined) return undefined;
    message.parts[number] = Buffer.from(datagram.subarray(12));
    message.left -= 1;
    if (message.left > 0) return undefined;
    open.delete(id);
    return unpacked(Buffer.concat(message.parts as Buffer[]));
  };
}

function unpacked(bytes: Buffer): string | undefined {
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b)
      return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
    if (bytes[0] === 0x78)
      return inflateSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
    return bytes.toString('utf8');
  } catch {
    return undefined;
  }
}
