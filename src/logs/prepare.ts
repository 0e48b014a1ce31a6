/**
 * Makes the files of a walk ready to be read at random: standard input and gzip are spooled, content
 * that is not text is refused with its kind, the format and the days of the stamps are found.
 */
import { closeSync, openSync } from 'node:fs';
import { MAX_LINE_BYTES } from './chunks.ts';
import { contentKind } from './content-kind.ts';
import { detectFormat } from './detect-format.ts';
import type { LogFormat } from './formats/log-format.ts';
import { rotationDateMs } from './rotation.ts';
import { firstNonNul, readHead, type Spool } from './spool.ts';
import { readStampRuns, type StampRuns } from './stamp-runs.ts';
import { type InputFile, type InputProblem, reasonOf, STDIN_PATH } from './walk.ts';
import type { Years } from './year-basis.ts';

/** A file that can be read, before the years of its stamps are decided. */
export interface UndatedFile extends InputFile {
  /** Size of the content that is read (decompressed). */
  contentBytes: number;
  /** The file whose SHA-256 is the evidence hash: as found, not the spooled copy. */
  hashPath: string;
  hashBytes: number;
  format: LogFormat | undefined;
  isRecords: boolean;
  /** The days of stamps without a year. */
  stamps: StampRuns;
  /** No stamp lies after it: the date in the file's name, else when it was last written; milliseconds. */
  dateMs: number;
  /** Why only a part of it is there. */
  problem: string | undefined;
}

export interface PreparedFile extends UndatedFile {
  /** Which years its stamps without one have. */
  years: Years;
}

export interface PrepareOptions {
  formats: readonly LogFormat[];
  spool: Spool;
  stdin: AsyncIterable<Uint8Array>;
  signal?: AbortSignal | undefined;
}

const HEAD_BYTES = 1 << 16;
const LONG_HEAD_BYTES = MAX_LINE_BYTES + HEAD_BYTES;
/** Lines too long to be read may fill so much before the first one that tells the format. */
const MAX_SEARCH = 1 << 26;
/** A document of records is held in memory as a whole. */
const MAX_RECORDS_BYTES = 256 * 1024 * 1024;

/** Prepares one file, or says why it cannot be read as a log. */
export async function prepareFile(
  file: InputFile,
  options: PrepareOptions,
): Promise<UndatedFile | InputProblem> {
  try {
    return await prepare(file, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { path: file.path, reason: reasonOf(error), isFailure: true };
  }
}

/** Tells a problem from a prepared file. */
export const isProblem = (prepared: UndatedFile | InputProblem): prepared is InputProblem =>
  'reason' in prepared;

async function prepare(
  file: InputFile,
  options: PrepareOptions,
): Promise<UndatedFile | InputProblem> {
  let { absolute, sizeBytes } = file;
  let problem: string | undefined;
  if (file.path === STDIN_PATH) {
    ({ absolute, sizeBytes, problem } = await options.spool.copy(options.stdin, options.signal));
  }
  const [hashPath, hashBytes] = [absolute, sizeBytes];
  let head = readHead(absolute, Math.min(HEAD_BYTES, sizeBytes));
  if (isNul(head)) head = headPastNuls(absolute, head);
  let kind = contentKind(head);
  let packedMs: number | undefined;
  if (kind.kind === 'gzip') {
    packedMs = gzipMs(head, file.mtimeMs);
    ({ absolute, sizeBytes, problem } = await options.spool.gunzip(absolute, options.signal));
    head = readHead(absolute, HEAD_BYTES);
    kind = contentKind(head);
    if (kind.kind === 'gzip')
      kind = { kind: 'other', reason: 'compressed twice; decompress it first' };
  }
  if (kind.kind === 'other')
    return { path: file.path, reason: kind.reason, isFailure: file.isNamed };
  const text = withoutMark(head).toString('utf8');
  const format =
    detectFormat(text, options.formats) ??
    formatPastLongLines(absolute, sizeBytes, options.formats);
  const isRecords = format?.records?.detect(text) === true;
  if (isRecords && sizeBytes > MAX_RECORDS_BYTES) {
    const reason = `a document of ${sizeBytes} bytes; over 256 MiB, split it into one record a line first`;
    return { path: file.path, reason, isFailure: true };
  }
  return {
    ...file,
    absolute,
    contentBytes: sizeBytes,
    sizeBytes: hashBytes,
    hashPath,
    hashBytes,
    format,
    isRecords,
    stamps: stampsOf(absolute, sizeBytes),
    dateMs: rotationDateMs(file.path) ?? packedMs ?? file.mtimeMs,
    problem,
  };
}

const isNul = (block: Buffer): boolean => block.length > 0 && block.every((byte) => byte === 0);

/** After a crash a log may begin with a long block of NULs. */
function headPastNuls(path: string, head: Buffer): Buffer {
  const position = firstNonNul(path);
  return position === -1 ? head : readHead(path, HEAD_BYTES, position);
}

/** The format is told by whole lines, and the first ones may be longer than the head. */
function formatPastLongLines(
  path: string,
  sizeBytes: number,
  formats: readonly LogFormat[],
): LogFormat | undefined {
  if (sizeBytes <= HEAD_BYTES) return undefined;
  for (let position = 0; position < Math.min(MAX_SEARCH, sizeBytes); ) {
    const head = readHead(path, Math.min(LONG_HEAD_BYTES, sizeBytes - position), position);
    const newline = head.indexOf(10);
    const isWhole = newline !== -1 || position + head.length >= sizeBytes;
    if (head.length === 0) return undefined;
    if (isWhole && newline <= MAX_LINE_BYTES) return detectFormat(head.toString('utf8'), formats);
    position += newline === -1 ? head.length : newline + 1;
  }
  return undefined;
}

const withoutMark = (head: Buffer): Buffer =>
  head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;

function stampsOf(absolute: string, sizeBytes: number): StampRuns {
  const descriptor = openSync(absolute, 'r');
  try {
    return readStampRuns(descriptor, sizeBytes);
  } finally {
    closeSync(descriptor);
  }
}

/** When the file in a gzip file was last written, as its header says: it survives copying. @see RFC 1952 */
function gzipMs(head: Buffer, mtimeMs: number): number | undefined {
  const ms = head.length < 8 ? 0 : head.readUInt32LE(4) * 1000;
  return ms > 0 && ms <= mtimeMs ? ms : undefined;
}
