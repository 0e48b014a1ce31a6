/** UTF-16 text, as Windows writes it, as UTF-8. */

import { TextDecoder } from 'node:util';

/** Gives the text; half a character at the end becomes U+FFFD. */
export async function* decodeUtf16(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  for await (const piece of pieces) {
    // Without a mark, an ASCII character comes first, and the half that is not zero tells.
    const isBig = piece[0] === 0xfe || piece[0] === 0;
    decoder ??= new TextDecoder(isBig ? 'utf-16be' : 'utf-16le');
    const text = decoder.decode(piece, { stream: true });
    if (text !== '') yield Buffer.from(text, 'utf8');
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}
