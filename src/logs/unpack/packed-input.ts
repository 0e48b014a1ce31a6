/**
 * How the decoders take their input: bytes are added as they come, and a decoder, a generator, stops where it needs
 * more. So one decoder serves streams and buffers that are there at once.
 */

/** Bytes that a decoder has not used yet. */
export interface PackedInput {
  bytes: Buffer;
  /** Where the next unused byte lies in `bytes`. */
  at: number;
  /** Nothing is added any more. */
  isEnded: boolean;
}

/** Gives unpacked pieces; `undefined` asks for more input. Throws an Error with a reason where the input is damaged. */
export type Decoder = (input: PackedInput) => Generator<Buffer | undefined, void, void>;

/** The reason for input that ends too early. */
export const TRUNCATED = 'truncated';

/** Fewer bytes may be the beginning of a part. */
const HEADER_BYTES = 12;

/** Waits until `count` unused bytes are there; false when the input ends before. */
export function* has(input: PackedInput, count: number): Generator<undefined, boolean, void> {
  while (input.bytes.length - input.at < count) {
    if (input.isEnded) return false;
    yield undefined;
  }
  return true;
}

/** Takes `count` bytes, which stay good until the next piece of input. @throws Error when the input ends before */
export function* take(input: PackedInput, count: number): Generator<undefined, Buffer, void> {
  if (!(yield* has(input, count))) throw new Error(TRUNCATED);
  input.at += count;
  return input.bytes.subarray(input.at - count, input.at);
}

/** Takes bytes that say nothing. */
export function* skip(input: PackedInput, bytes: number): Generator<undefined, void, void> {
  for (let left = bytes; left > 0; ) {
    const step = Math.min(left, 1 << 16);
    yield* take(input, step);
    left -= step;
  }
}

/**
 * Ends where no further part begins: zeros may follow, as on tapes.
 * @throws Error when anything else does, as behind a damaged beginning of a part
 */
export function* end(input: PackedInput): Generator<undefined, void, void> {
  for (;;) {
    if (input.bytes.subarray(input.at).some((byte) => byte !== 0)) {
      const isShort = !(yield* has(input, HEADER_BYTES));
      throw new Error(isShort ? TRUNCATED : 'no further part begins where it should');
    }
    input.at = input.bytes.length;
    if (!(yield* has(input, 1))) return;
  }
}

/** Runs a decoder over a stream of pieces. */
export async function* decodeStream(
  decoder: Decoder,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const input: PackedInput = { bytes: Buffer.alloc(0), at: 0, isEnded: false };
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (const piece of decoder(input)) {
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      const next = await iterator.next();
      if (next.done === true) input.isEnded = true;
      else add(input, next.value);
    }
  } finally {
    await iterator.return?.();
  }
}

function add(input: PackedInput, piece: Buffer): void {
  const rest = input.bytes.subarray(input.at);
  input.bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
  input.at = 0;
}

/**
 * Unpacks a buffer at once.
 * @param maxBytes more than this is refused
 * @throws Error when it is damaged or too large
 */
export function decodeWhole(decoder: Decoder, packed: Buffer, maxBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (const piece of decoder({ bytes: packed, at: 0, isEnded: true })) {
    if (piece === undefined) continue;
    total += piece.length;
    if (total > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}
