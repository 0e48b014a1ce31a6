/** A stream from which bytes are taken in the sizes that are wanted. */

/** What is left of a stream. */
export interface Pieces {
  /** So many bytes, fewer where the stream ends; good until the next call. */
  take(count: number): Promise<Buffer>;
  /** The next bytes, at most so many; none where the stream ends. */
  some(most: number): Promise<Buffer>;
  skip(count: number): Promise<void>;
}

/** Takes bytes from a stream. */
export function createPieces(stream: AsyncIterable<Buffer>): Pieces {
  const iterator = stream[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const some = async (most: number): Promise<Buffer> => {
    while (held.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return held;
      held = next.value;
    }
    const piece = held.subarray(0, most);
    held = held.subarray(piece.length);
    return piece;
  };
  return {
    some,
    async take(count) {
      const parts: Buffer[] = [];
      for (let left = count; left > 0; ) {
        const part = await some(left);
        if (part.length === 0) break;
        parts.push(part);
        left -= part.length;
      }
      return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    },
    async skip(count) {
      for (let left = count; left > 0; ) {
        const part = await some(left);
        if (part.length === 0) return;
        left -= part.length;
      }
    },
  };
}
