/** The ways in which a file is packed, told by its first bytes: names may lie. */
import { decodeBzip2 } from './bzip2.ts';
import { decodeCarriageReturns } from './carriage-returns.ts';
import { decodeGzip } from './gzip.ts';
import { decodeLz4 } from './lz4.ts';
import { decodeStream } from './packed-input.ts';
import { decodeUtf16 } from './utf16.ts';
import { decodeXz } from './xz.ts';
import { decodeZstd } from './zstd.ts';

/** One way of packing. */
export interface Codec {
  name: string;
  /** Of the first bytes, as Latin-1. */
  magic: RegExp;
  /** How many of them it looks at; absent: `CODEC_HEAD_BYTES`. */
  headBytes?: number;
  /** Is it text in another spelling, which nobody packed? */
  isText?: boolean;
  /** Gives the content; throws an Error with the reason where it is damaged. */
  decode(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

const CODECS: readonly Codec[] = [
  { name: 'gzip', magic: /^\x1f\x8b/, decode: decodeGzip },
  {
    name: 'bzip2',
    // A block begins, or the file is empty.
    magic: /^BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)/,
    decode: (pieces) => decodeStream(decodeBzip2, pieces),
  },
  { name: 'xz', magic: /^\xfd7zXZ\0/, decode: (pieces) => decodeStream(decodeXz, pieces) },
  // A skippable frame may come first.
  {
    name: 'zstd',
    magic: /^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/,
    decode: (pieces) => decodeStream(decodeZstd, pieces),
  },
  {
    name: 'lz4',
    magic: /^(?:\x04\x22\x4d\x18|\x02\x21\x4c\x18)/,
    decode: (pieces) => decodeStream(decodeLz4, pieces),
  },
  // A mark, or markup, an object or a date without one.
  {
    name: 'UTF-16',
    magic: /^(?:\xff\xfe(?!\0\0)|\xfe\xff|[<{[\d]\0(?:[!-~]\0){3}|\0[<{[\d](?:\0[!-~]){3})/,
    isText: true,
    decode: decodeUtf16,
  },
  {
    name: 'carriage returns',
    // Two lines that end with them, and none that ends otherwise, in text.
    magic: /^(?:[\t\x1b\x20-\xff]+\r+(?=[^\r])){2}[\t\r\x1b\x20-\xff]*$/,
    headBytes: 1024,
    isText: true,
    decode: decodeCarriageReturns,
  },
];

/** Bytes that tell most ways. */
const CODEC_HEAD_BYTES = 16;

/** How a file that begins so is packed; undefined when it is not. */
export function codecOf(head: Buffer): Codec | undefined {
  const start = head.toString('latin1', 0, 1024);
  return CODECS.find(({ magic, headBytes = CODEC_HEAD_BYTES }) =>
    magic.test(start.slice(0, headBytes)),
  );
}
