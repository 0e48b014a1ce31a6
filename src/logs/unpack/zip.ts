/** The members of a zip file: found, unlocked, unpacked and checked. */
import { piecesOf } from '../spool.ts';
import { decodeBzip2 } from './bzip2.ts';
import { crc32 } from './crc.ts';
import { decodeDeflate } from './gzip.ts';
import { type Decoder, decodeStream } from './packed-input.ts';
import { decodeXz } from './xz.ts';
import { bytesAt, contentAt, type OpenFile, type ZipEntry } from './zip-directory.ts';
import { type Lock, lockOf, type Opened } from './zip-locks.ts';
import { decodeZstd } from './zstd.ts';

/** Passwords to try, the one that opened the last member first. */
export type Passwords = string[];

const ofDecoder =
  (decoder: Decoder) =>
  (pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
    decodeStream(decoder, pieces);

/** By the number of the method. */
const METHODS: Readonly<Record<number, (pieces: AsyncIterable<Buffer>) => AsyncIterable<Buffer>>> =
  {
    0: (pieces) => pieces,
    8: decodeDeflate,
    12: ofDecoder(decodeBzip2),
    93: ofDecoder(decodeZstd),
    95: ofDecoder(decodeXz),
  };

/** A member that can be read. */
export interface ZipContent {
  /** Its bytes as they lie in the file. */
  packed: AsyncIterable<Buffer>;
  /** Gives the content. Throws an Error with the reason where it is damaged. */
  decode(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

/**
 * Opens a member.
 * @throws Error with the reason when it is locked or cannot be read
 */
export async function openMember(
  file: OpenFile,
  entry: ZipEntry,
  passwords: Passwords,
): Promise<ZipContent> {
  const method = METHODS[entry.aes?.method ?? entry.method];
  if (method === undefined)
    throw new Error(
      `packed in a way that is not supported (method ${entry.aes?.method ?? entry.method})`,
    );
  const lock = lockOf(entry);
  const start = contentAt(file, entry);
  const before = lock?.headerBytes ?? 0;
  const bytes = Math.max(0, entry.packedBytes - before - (lock?.trailerBytes ?? 0));
  const packed = piecesOf(
    file.descriptor,
    Math.min(start + before + bytes, file.sizeBytes),
    start + before,
  );
  const trailer = bytesAt(file, start + before + bytes, lock?.trailerBytes ?? 0);
  const decodeWith = (opened: Opened | undefined) => (pieces: AsyncIterable<Buffer>) =>
    checked(entry, method(opened === undefined ? pieces : unlocked(pieces, opened, trailer)));
  if (lock === undefined) return { packed, decode: decodeWith(undefined) };
  const header = bytesAt(file, start, before);
  const password = await rightPassword(lock, header, passwords, (opened) =>
    decodeWith(opened)(piecesOf(file.descriptor, start + before + bytes, start + before)),
  );
  return { packed, decode: (pieces) => decodeWith(lock.tryPassword(header, password))(pieces) };
}

/** The password that opens a member. @throws Error when none does */
async function rightPassword(
  lock: Lock,
  header: Buffer,
  passwords: Passwords,
  contentOf: (opened: Opened) => AsyncIterable<Buffer>,
): Promise<string> {
  if (passwords.length === 0) throw new Error('locked; give the password with --password-file');
  const fitting = passwords.filter((password) => lock.tryPassword(header, password) !== undefined);
  const [first] = fitting;
  if (first === undefined) throw new Error('locked; no password of --password-file opens it');
  let right = first;
  for (const password of fitting.length > 1 ? fitting : []) {
    if (!(await isReadable(contentOf(lock.tryPassword(header, password) as Opened)))) continue;
    right = password;
    break;
  }
  passwords.splice(passwords.indexOf(right), 1);
  passwords.unshift(right);
  return right;
}

async function isReadable(content: AsyncIterable<Buffer>): Promise<boolean> {
  try {
    for await (const _ of content);
    return true;
  } catch {
    return false;
  }
}

async function* unlocked(
  pieces: AsyncIterable<Buffer>,
  { open, check }: Opened,
  trailer: Buffer,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield open(piece);
  check(trailer);
}

/** With AES of version 2 the seal takes the place of the checksum. */
async function* checked(
  { crc, bytes, aes }: ZipEntry,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let [sum, total] = [0, 0];
  for await (const piece of content) {
    yield piece;
    sum = crc32(piece, sum);
    total += piece.length;
  }
  if (total < bytes) throw new Error('truncated');
  if (aes?.version !== 2 && sum !== crc) throw new Error('wrong checksum');
}
