/**
 * tar: ustar, pax, and what GNU tar adds (long names, sparse files), read as a stream.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
import { showName } from '../input-path.ts';
import { createPieces, type Pieces } from './pieces.ts';

const BLOCK_BYTES = 512;
/** What names and attributes may take. */
const MAX_HEADER_BYTES = 1 << 20;

/** What a member is, in words for those that are no files. */
const KINDS: Readonly<Record<string, string>> = {
  '1': 'a further name of',
  '2': 'a symbolic link to',
  '3': 'a device',
  '4': 'a device',
  '6': 'a named pipe',
};

/** One member of an archive; `content` is read before the next member. */
export interface TarMember {
  name: string;
  mtimeMs: number | undefined;
  /** Why it is not read, as part of a sentence; undefined for a file. */
  leftOut: string | undefined;
  content: AsyncIterable<Buffer>;
  /** Did all of it come? */
  isWhole(): boolean;
}

/** Does a stream that begins so hold an archive? The first header has a checksum. */
export function isTar(head: Buffer): boolean {
  return head.length >= BLOCK_BYTES && head[0] !== 0 && hasRightSum(head);
}

/**
 * The members in order; folders are left out. Behind a damaged header the next right one is looked for.
 * @param note told once what is damaged
 * @throws Error with the reason where the archive ends too early
 */
export async function* tarMembers(
  stream: AsyncIterable<Buffer>,
  note: (damage: string) => void,
): AsyncGenerator<TarMember> {
  const pieces = createPieces(stream);
  let named: Named = {};
  for (;;) {
    const header = Buffer.from(await pieces.take(BLOCK_BYTES));
    if (header.length === 0) return;
    // Archives may follow each other.
    if (header.every((byte) => byte === 0)) continue;
    if (header.length < BLOCK_BYTES) throw new Error('truncated');
    const size = numberAt(header, 124, 12);
    if (!hasRightSum(header) || !Number.isSafeInteger(size)) {
      note('damaged (a header), what follows was looked for');
      continue;
    }
    const type = header.toString('latin1', 156, 157);
    if ('LKxgX'.includes(type)) {
      named = await addNames(named, type, size, pieces);
      continue;
    }
    const member = memberOf(header, type, size, named, pieces);
    named = {};
    if (member.type !== '5') yield member;
    await pieces.skip(member.left());
    await pieces.skip(padding(member.bytes));
  }
}

/** What headers of their own said of the next member. */
type Named = Readonly<Record<string, string>>;

async function addNames(before: Named, type: string, size: number, pieces: Pieces): Promise<Named> {
  if (size > MAX_HEADER_BYTES) throw new Error('damaged header');
  const content = Buffer.from(await pieces.take(size));
  await pieces.skip(padding(size));
  const text = showName(content).replace(/\0.*$/s, '');
  if (type === 'L') return { ...before, path: text };
  if (type === 'K') return { ...before, linkpath: text };
  // What holds for all members tells nothing of names.
  return type === 'g' ? before : { ...before, ...paxRecords(content) };
}

/** Records are `25 path=var/log/auth.log\n`, each with its length in bytes in front. */
function paxRecords(content: Buffer): Named {
  const records: Record<string, string> = Object.create(null);
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, blank));
    if (blank === -1 || !Number.isInteger(length) || length < 5) break;
    const record = showName(content.subarray(blank + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}

type Reading = TarMember & { type: string; bytes: number; left(): number };

function memberOf(
  header: Buffer,
  type: string,
  headerSize: number,
  named: Named,
  pieces: Pieces,
): Reading {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textAt(header, 345, 155) : '';
  const ownName = textAt(header, 0, 100);
  // GNU tar keeps times where ustar has the beginning of long names.
  const isGnu = header.toString('latin1', 257, 265) === 'ustar  \0';
  const plain = prefix === '' || isGnu ? ownName : `${prefix}/${ownName}`;
  const bytes = named['size'] === undefined ? headerSize : Number(named['size']);
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error('damaged header');
  const isSparse = type === 'S' || 'GNU.sparse.major' in named || 'GNU.sparse.map' in named;
  const seconds = named['mtime'] === undefined ? numberAt(header, 136, 12) : Number(named['mtime']);
  const isFile = /^[0\0 7S]$/.test(type);
  let left = isFile ? bytes : 0;
  async function* content(): AsyncGenerator<Buffer> {
    while (left > 0) {
      const piece = await pieces.some(left);
      if (piece.length === 0) return;
      left -= piece.length;
      yield piece;
    }
  }
  const iterator = content();
  return {
    name: named['GNU.sparse.name'] ?? named['path'] ?? plain,
    mtimeMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
    leftOut: isSparse ? 'a sparse file of tar' : leftOut(type, named, header, plain),
    // Whoever stops early leaves the rest to be skipped.
    content: { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) },
    isWhole: () => left === 0,
    ...{ type: plain.endsWith('/') && isFile ? '5' : type, bytes, left: () => left },
  };
}

function leftOut(type: string, named: Named, header: Buffer, name: string): string | undefined {
  if (type === '5' || /^[0\0 7]$/.test(type) || name.endsWith('/')) return undefined;
  const kind = KINDS[type];
  if (kind === undefined) return `a member of unknown type ${JSON.stringify(type)}`;
  const target = type > '2' ? '' : ` ${named['linkpath'] ?? textAt(header, 157, 100)}`;
  return `${kind}${target}`;
}

const padding = (bytes: number): number => (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;

function textAt(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return showName(end === -1 ? field : field.subarray(0, end));
}

/** An octal number, or where it is too large for that, one in base 256; NaN when it is neither. */
function numberAt(header: Buffer, at: number, length: number): number {
  const first = header[at] as number;
  if ((first & 0x80) !== 0) {
    let value = 0;
    for (let index = at + 1; index < at + length; index += 1)
      value = value * 256 + (header[index] as number);
    return first === 0x80 ? value : Number.NaN;
  }
  const text = header
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text === '' ? '0' : text, 8) : Number.NaN;
}

/** Old programs added signed bytes. */
function hasRightSum(header: Buffer): boolean {
  const stated = numberAt(header, 148, 8);
  let [plain, signed] = [256, 256];
  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    if (at >= 148 && at < 156) continue;
    plain += header[at] as number;
    signed += header.readInt8(at);
  }
  return stated === plain || stated === signed;
}
