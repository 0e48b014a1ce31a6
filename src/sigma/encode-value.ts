/** The encoding modifiers: base64, base64offset and UTF-16. Values are text or, after UTF-16, bytes. */

/** Bytes of a text as UTF-16 little endian, big endian, or with a byte order mark in front. */
export function utf16Bytes(text: string, form: 'le' | 'be' | 'bom'): Buffer {
  const bytes = Buffer.from(form === 'bom' ? `\ufeff${text}` : text, 'utf16le');
  return form === 'be' ? bytes.swap16() : bytes;
}

/** Bytes as Base64 with padding. */
export const base64Of = (bytes: Buffer): string => bytes.toString('base64');

/** How many leading characters depend on the bytes before the value, by offset 0, 1, 2. */
const UNSTABLE_START = [0, 2, 3];
/** How many trailing characters depend on the bytes after it, by (offset + length) modulo 3. */
const UNSTABLE_END = [0, 3, 2];

/** The part that stays the same in any Base64 text around the bytes, for each of the three alignments. */
export function base64Offsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const cut = UNSTABLE_END[(offset + bytes.length) % 3]!;
    return encoded.slice(UNSTABLE_START[offset], encoded.length - cut);
  });
}
