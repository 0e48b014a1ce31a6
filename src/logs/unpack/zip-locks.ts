/**
 * Locked members of zip files: the old cipher, and the AES of WinZip.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (6.1)
 * @see https://www.winzip.com/en/support/aes-encryption/
 */
import { createCipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import type { ZipEntry } from './zip-directory.ts';

const OLD_HEADER_BYTES = 12;
const VERIFIER_BYTES = 2;
const SEAL_BYTES = 10;
const ROUNDS = 1000;

/** Opens a member: gives its packed content from the locked one. */
export interface Lock {
  /** Bytes in front of the content, to try passwords on. */
  headerBytes: number;
  /** Bytes behind it. */
  trailerBytes: number;
  /** Undefined when the password is wrong; the old cipher may take one in 256 that is. */
  tryPassword(header: Buffer, password: string): Opened | undefined;
}

/** What opens the content of a member, from its first byte on. */
export interface Opened {
  open(piece: Buffer): Buffer;
  /** @throws Error when the content is not what was locked */
  check(trailer: Buffer): void;
}

/** How a member is locked; undefined when it is not. @throws Error when it is in a way that is not known */
export function lockOf(entry: ZipEntry): Lock | undefined {
  if ((entry.flags & 1) === 0) return undefined;
  if ((entry.flags & 0x40) !== 0) throw new Error('locked in a way that is not supported');
  return entry.aes === undefined ? oldLock(entry) : aesLock(entry.aes.strength);
}

const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function oldLock({ flags, crc, dosTime }: ZipEntry): Lock {
  const last = (flags & 8) === 0 ? crc >>> 24 : dosTime >> 8;
  return {
    headerBytes: OLD_HEADER_BYTES,
    trailerBytes: 0,
    tryPassword(header, password) {
      let [a, b, c] = [0x12345678, 0x23456789, 0x34567890];
      const turn = (byte: number): void => {
        a = (a >>> 8) ^ (CRC[(a ^ byte) & 255] as number);
        b = (Math.imul((b + (a & 255)) | 0, 134_775_813) + 1) | 0;
        c = (c >>> 8) ^ (CRC[(c ^ (b >>> 24)) & 255] as number);
      };
      for (const byte of Buffer.from(password)) turn(byte);
      const open = (piece: Buffer): Buffer => {
        const opened = Buffer.allocUnsafe(piece.length);
        for (let at = 0; at < piece.length; at += 1) {
          const key = (c | 2) & 0xffff;
          const byte = (piece[at] as number) ^ ((Math.imul(key, key ^ 1) >>> 8) & 255);
          turn(byte);
          opened[at] = byte;
        }
        return opened;
      };
      return open(header)[OLD_HEADER_BYTES - 1] === last
        ? { open, check: () => undefined }
        : undefined;
    },
  };
}

/** @param strength 1, 2, 3 for keys of 128, 192, 256 bits */
function aesLock(strength: number): Lock {
  if (strength < 1 || strength > 3) throw new Error('locked in a way that is not supported');
  const keyBytes = 8 + strength * 8;
  const saltBytes = keyBytes / 2;
  return {
    headerBytes: saltBytes + VERIFIER_BYTES,
    trailerBytes: SEAL_BYTES,
    tryPassword(header, password) {
      const salt = header.subarray(0, saltBytes);
      const keys = pbkdf2Sync(password, salt, ROUNDS, keyBytes * 2 + VERIFIER_BYTES, 'sha1');
      if (!keys.subarray(keyBytes * 2).equals(header.subarray(saltBytes))) return undefined;
      const seal = createHmac('sha1', keys.subarray(keyBytes, keyBytes * 2));
      const stream = keyStream(`aes-${keyBytes * 8}-ecb`, keys.subarray(0, keyBytes));
      return {
        open(piece) {
          seal.update(piece);
          return stream(piece);
        },
        check(trailer) {
          const stated = seal.digest().subarray(0, SEAL_BYTES);
          if (trailer.length !== SEAL_BYTES || !timingSafeEqual(trailer, stated))
            throw new Error('wrong seal');
        },
      };
    },
  };
}

const AES_BLOCK = 16;

/** Counter mode whose counter, unlike that of OpenSSL, has its lowest byte first. */
function keyStream(cipher: string, key: Buffer): (piece: Buffer) => Buffer {
  const blocks = createCipheriv(cipher, key, null).setAutoPadding(false);
  let counter = 1;
  let held: Buffer = Buffer.alloc(0);
  return (piece) => {
    const missing = piece.length - held.length;
    if (missing > 0) {
      const plain = Buffer.alloc(Math.ceil(missing / AES_BLOCK) * AES_BLOCK);
      for (let at = 0; at < plain.length; at += AES_BLOCK) {
        plain.writeUIntLE(counter, at, 6);
        counter += 1;
      }
      held = Buffer.concat([held, blocks.update(plain)]);
    }
    const opened = Buffer.allocUnsafe(piece.length);
    for (let at = 0; at < piece.length; at += 1)
      opened[at] = (piece[at] as number) ^ (held[at] as number);
    held = held.subarray(piece.length);
    return opened;
  };
}
