/** Lines that end with a carriage return alone, as old Macs and some appliances write them, as lines that end with a line feed. */

const [CR, LF] = [13, 10];

/** Gives text of as many bytes; a carriage return before a line feed stays. */
export async function* decodeCarriageReturns(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  // Whether a line feed follows the last byte of a piece says the next one.
  let held = false;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    if (held) yield Buffer.from([piece[0] === LF ? CR : LF]);
    held = piece.at(-1) === CR;
    const text = Buffer.from(held ? piece.subarray(0, -1) : piece);
    for (let at = text.indexOf(CR); at !== -1; at = text.indexOf(CR, at + 1)) {
      if (text[at + 1] !== LF) text[at] = LF;
    }
    yield text;
  }
  if (held) yield Buffer.from([LF]);
}
