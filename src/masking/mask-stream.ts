/** Masks a stream of bytes: whole lines at a time, keys over lines and lines without an end included. */
import type { Masker } from './masker.ts';

/** A longer line is masked in parts; no value is cut. */
const LONGEST_LINE = 64 << 20;
/** A key that begins so near to the end of what was read may go on. */
const LONGEST_KEY = 65_536;
const CHUNK = 1 << 20;
/** What may stand between a name and its value, and the longest value that is kept whole where a line is too long. */
const OVERLAP = 1 << 16;

/** Masked bytes, in order. UTF-16 with a mark stays UTF-16. */
export async function* maskStream(
  source: AsyncIterable<Uint8Array>,
  masker: Pick<Masker, 'text' | 'bytes'>,
): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let held = 0;
  let wide: 'le' | 'be' | undefined;
  let isFirst = true;
  const masked = (bytes: Buffer): Buffer =>
    wide === undefined ? masker.bytes(bytes) : maskWide(bytes, wide, masker);
  for await (const piece of source) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (isFirst && bytes.length > 1) {
      wide = markOf(bytes);
      isFirst = false;
    }
    parts.push(bytes);
    held += bytes.length;
    const hasEnd = bytes.includes(10);
    if (held < CHUNK || (!hasEnd && held < LONGEST_LINE)) continue;
    const all = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const cut = placeToCut(all, wide);
    if (cut > 0) yield masked(all.subarray(0, cut));
    // What is read next may take the same memory.
    parts = cut === all.length ? [] : [Buffer.from(all.subarray(cut))];
    held = all.length - cut;
  }
  if (held > 0) yield masked(Buffer.concat(parts));
}

/** Behind the last whole line; before a key that has not ended. */
function placeToCut(bytes: Buffer, wide: 'le' | 'be' | undefined): number {
  if (wide !== undefined) {
    const end = lastWideLine(bytes, wide);
    return end > 0 || bytes.length < LONGEST_LINE ? end : bytes.length & ~1;
  }
  const end = bytes.lastIndexOf(10) + 1;
  if (end === 0) return bytes.length < LONGEST_LINE ? 0 : quietPlace(bytes);
  const begun = bytes.lastIndexOf('-----BEGIN ', end - 1, 'latin1');
  if (begun === -1 || end - begun > LONGEST_KEY) return end;
  const isEnded = bytes.indexOf('-----END ', begun, 'latin1') !== -1;
  if (isEnded) return end;
  const line = bytes.lastIndexOf(10, begun) + 1;
  return line > 0 ? line : end;
}

/** In a line without an end: before the last blank or bracket that has room behind it. */
function quietPlace(bytes: Buffer): number {
  for (let at = bytes.length - OVERLAP; at > bytes.length - 8 * OVERLAP; at -= 1) {
    const code = bytes[at] as number;
    if (code === 32 || code === 123 || code === 38) return at;
  }
  return bytes.length - OVERLAP;
}

const markOf = (bytes: Buffer): 'le' | 'be' | undefined =>
  bytes[0] === 0xff && bytes[1] === 0xfe
    ? 'le'
    : bytes[0] === 0xfe && bytes[1] === 0xff
      ? 'be'
      : undefined;

function lastWideLine(bytes: Buffer, wide: 'le' | 'be'): number {
  for (let at = (bytes.length & ~1) - 2; at >= 0; at -= 2)
    if ((wide === 'le' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)) === 10) return at + 2;
  return 0;
}

function maskWide(bytes: Buffer, wide: 'le' | 'be', masker: Pick<Masker, 'text'>): Buffer {
  const even = bytes.length & ~1;
  const units = Buffer.from(bytes.subarray(0, even));
  const text = (wide === 'be' ? units.swap16() : units).toString('utf16le');
  const shown = masker.text(text);
  if (shown === text) return bytes;
  const out = Buffer.from(shown, 'utf16le');
  return Buffer.concat([wide === 'be' ? out.swap16() : out, bytes.subarray(even)]);
}
