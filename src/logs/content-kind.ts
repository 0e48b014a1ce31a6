/** Tells text from what cannot be read as lines, by magic numbers and by how many control bytes there are. */

/** What the first bytes of a file show; `reason` is part of a sentence and says what to do. */
export type ContentKind = { kind: 'text' } | { kind: 'other'; reason: string };

const MAGIC: readonly { bytes: string; reason: string }[] = [
  { bytes: 'SQLite format 3\0', reason: 'a SQLite database' },
  { bytes: '7z\xbc\xaf\x27\x1c', reason: 'a 7z archive; unpack it first' },
  { bytes: 'Rar!\x1a\x07', reason: 'a RAR archive; unpack it first' },
  { bytes: '\x1f\x9d', reason: 'compressed with compress (.Z); decompress it first' },
  { bytes: '\x7fELF', reason: 'a binary program' },
];

/** Databases of logins that take the place of wtmp and lastlog: their first page has the name of the table. */
const LOGIN_DATABASES: readonly { table: RegExp; reason: string }[] = [
  {
    table: /CREATE TABLE (?:IF NOT EXISTS )?"?wtmp\b/i,
    reason: 'a SQLite database of logins (wtmpdb); print it with wtmpdb last -f FILE',
  },
  {
    table: /CREATE TABLE (?:IF NOT EXISTS )?"?lastlog2\b/i,
    reason: 'a SQLite database of last logins (lastlog2); print it with lastlog2 -d FILE',
  },
];
const PAGE_BYTES = 4096;

/** Control bytes per hundred above which a block is not text. */
const MAX_CONTROL_PERCENT = 10;

/** Decides from the first block of a file that is not packed. An empty block is text. */
export function contentKind(head: Buffer): ContentKind {
  const start = head.toString('latin1', 0, 16);
  const known = MAGIC.find(({ bytes }) => start.startsWith(bytes));
  if (known !== undefined) {
    const page = head.toString('latin1', 0, PAGE_BYTES);
    const logins = LOGIN_DATABASES.find(({ table }) => table.test(page));
    return { kind: 'other', reason: (logins ?? known).reason };
  }
  if (head.length > 0 && head.every((byte) => byte === 0))
    return { kind: 'other', reason: 'nothing but NUL bytes' };
  return isMostlyText(head) ? { kind: 'text' } : { kind: 'other', reason: 'binary file' };
}

/** A run of NULs at least so long is a block that was never written. */
const LEAST_BLOCK_BYTES = 64;

/**
 * True when few bytes are control characters. Blocks of NULs, which a crash leaves, are forgiven in front, and
 * wherever there are fewer of them than lines.
 */
function isMostlyText(block: Buffer): boolean {
  let [rest, controls, lines, blocks, nuls] = [0, 0, 0, 0, 0];
  for (let index = 0; index < block.length; index += 1) {
    const byte = block[index] as number;
    if (byte === 0) {
      const start = index;
      while (block[index + 1] === 0) index += 1;
      const length = index + 1 - start;
      if (start === 0) continue;
      if (length >= LEAST_BLOCK_BYTES) [blocks, nuls] = [blocks + 1, nuls + length];
      else [rest, controls] = [rest + length, controls + length];
      continue;
    }
    rest += 1;
    if (byte === 0x0a) lines += 1;
    else if (byte < 0x20 && byte !== 0x0d && byte !== 0x09 && byte !== 0x1b) controls += 1;
  }
  if (blocks >= lines) [rest, controls] = [rest + nuls, controls + nuls];
  return controls * 100 <= rest * MAX_CONTROL_PERCENT;
}
