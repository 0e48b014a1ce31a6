/**
 * Makes the files of a walk ready to be read at random: standard input and packed files are spooled, content
 * that is not text is refused with its kind, the format and the days of the stamps are found.
 */
import { closeSync, fstatSync, openSync, rmSync } from 'node:fs';
import { MAX_LINE_BYTES } from './chunks.ts';
import { contentKind } from './content-kind.ts';
import { detectFormat, detectStreams } from './detect-format.ts';
import type { StreamFormats } from './envelopes/streams.ts';
import { createSpan, type ReadSpan } from './file-change.ts';
import type { LogFormat } from './formats/log-format.ts';
import { findHeaders, type HeaderMark } from './headers.ts';
import type { FilePath } from './input-path.ts';
import { type FileState, isSameFile, openInput, REPLACED, stateOf } from './open-input.ts';
import { adjustmentOf } from './propose-host.ts';
import { reasonOf } from './reason.ts';
import { rotationDateMs } from './rotation.ts';
import { type Adjustment, type SaidOfFiles, saidOf } from './said-of-files.ts';
import { firstNonNul, piecesOf, readHead, type Spool } from './spool.ts';
import { readStampRuns, type StampRuns } from './stamp-runs.ts';
import { contentsOf, isPacked, isUnread } from './unpack/contents.ts';
import { type InputFile, type InputProblem, STDIN_PATH } from './walk.ts';
import type { Years } from './year-basis.ts';

/** A file that can be read, before the years of its stamps are decided. */
export interface UndatedFile extends InputFile {
  /** Size of the content that is read (decompressed). */
  contentBytes: number;
  /** The file whose SHA-256 is the evidence hash: as found, not the spooled copy. */
  hashPath: FilePath;
  hashBytes: number;
  /** The file at `absolute` as it was when it was opened; undefined for copies of ours. */
  contentState: FileState | undefined;
  /** The compressed bytes that a copy was made from. */
  source: ReadSpan | undefined;
  /** SHA-256 of a member of an archive, as it lies there; absent: that of the file at `hashPath` counts. */
  sha256?: string | undefined;
  format: LogFormat | undefined;
  /** The formats of what its lines wrap. */
  streams: StreamFormats;
  isRecords: boolean;
  /** What names the columns of its lines. */
  headers: readonly HeaderMark[];
  /** The days of stamps without a year. */
  stamps: StampRuns;
  /** No stamp lies after it: the date in the file's name, else when it was last written; milliseconds. */
  dateMs: number;
  /** Why only a part of it is there. */
  problem: string | undefined;
  /** IANA zone of its stamps that name none. */
  zone: string;
  /** What is changed in its events; undefined: nothing. */
  adjustment: Adjustment | undefined;
}

/** A file that can be read piece by piece. */
export interface PreparedFile extends UndatedFile {
  /** Which years its stamps without one have. */
  years: Years;
}

/** What preparing needs: the formats to choose from, and where copies go. */
export interface PrepareOptions {
  formats: readonly LogFormat[];
  spool: Spool;
  stdin: AsyncIterable<Uint8Array>;
  /** What the user says of single files; absent: stamps that name no zone are in UTC. */
  said?: SaidOfFiles | undefined;
  /** Tried on locked members of archives. */
  passwords?: string[] | undefined;
  /** The days of its stamps are not asked for, which takes a look at all of a file. */
  isUndated?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** So much of a file tells its format; a shorter one may tell another when it has grown. */
export const HEAD_BYTES = 1 << 16;
const LONG_HEAD_BYTES = MAX_LINE_BYTES + HEAD_BYTES;
/** Lines too long to be read may fill so much before the first one that tells the format. */
const MAX_SEARCH = 1 << 26;

/** Prepares what is in one file: itself, or the members of an archive, or says why it cannot be read as a log. */
export async function prepareFile(
  file: InputFile,
  options: PrepareOptions,
): Promise<readonly (UndatedFile | InputProblem)[]> {
  const prepared: (UndatedFile | InputProblem)[] = [];
  try {
    await prepare(file, options, (found) => prepared.push(found));
  } catch (error) {
    options.signal?.throwIfAborted();
    prepared.push({ path: file.path, reason: reasonOf(error), isFailure: true });
  }
  return prepared;
}

/** Tells a problem from a prepared file. */
export const isProblem = (prepared: UndatedFile | InputProblem): prepared is InputProblem =>
  'reason' in prepared;

type Take = (prepared: UndatedFile | InputProblem) => void;

async function prepare(file: InputFile, options: PrepareOptions, take: Take): Promise<void> {
  if (file.path === STDIN_PATH) {
    const copy = await options.spool.copy(options.stdin, options.signal);
    const descriptor = openSync(copy.absolute, 'r');
    await prepareOpened({ ...file, ...copy }, descriptor, options, undefined, take);
    return;
  }
  const descriptor = openInput(file.absolute);
  // What is read is what is there now: a walk over many folders may have passed long ago.
  const state = stateOf(fstatSync(descriptor, { bigint: true }));
  const isFound = file.state === undefined || isSameFile(file.state, state);
  const mtimeMs = Number(state.mtimeNs / 1000n) / 1000;
  const found = { ...file, state, mtimeMs, sizeBytes: state.sizeBytes };
  const problem = isFound ? undefined : REPLACED;
  await prepareOpened({ ...found, problem }, descriptor, options, state, take);
}

/** @param contentState state of the file that the descriptor was opened on; undefined for a copy of ours */
async function prepareOpened(
  file: InputFile & { problem: string | undefined },
  descriptor: number,
  options: PrepareOptions,
  contentState: FileState | undefined,
  take: Take,
): Promise<void> {
  try {
    const { absolute, sizeBytes } = file;
    let head = readHead(descriptor, Math.min(HEAD_BYTES, sizeBytes));
    if (isNul(head)) head = headPastNuls(descriptor, head);
    if (isPacked(head)) {
      await prepareContents(file, descriptor, options, take);
      return;
    }
    const place = { absolute, sizeBytes, contentState, source: undefined };
    take(describeContent(file, { ...place, problem: undefined, head }, options));
  } finally {
    closeSync(descriptor);
  }
}

/** Of a file that is read at several places nobody knows in which order. */
const NO_SPAN: ReadSpan = { start: 0, end: 0, sum: 0 };

/** Puts copies of all that is packed in an open file where they can be read. */
async function prepareContents(
  file: InputFile & { problem: string | undefined },
  descriptor: number,
  options: PrepareOptions,
  take: Take,
): Promise<void> {
  const { spool, said, signal, passwords = [] } = options;
  const { path, isNamed, sizeBytes } = file;
  const span = createSpan();
  const place = {
    ...{ path, isNamed, mtimeMs: undefined, file: { descriptor, sizeBytes } },
    stream: noted(piecesOf(descriptor, sizeBytes), span.add),
  };
  const found: UndatedFile[] = [];
  const unpacking = { spool, said, signal, passwords, packedBytes: sizeBytes };
  for await (const content of contentsOf(place, unpacking)) {
    signal?.throwIfAborted();
    if (isUnread(content)) {
      take(content);
      continue;
    }
    const copy = await spool.copy(content.stream, signal);
    const sealed = content.isMember ? await content.sealed() : undefined;
    const { packedMs } = content;
    const member = {
      ...{ ...file, path: content.path, isNamed: content.isNamed },
      ...(content.isLive === true ? { state: undefined } : {}),
      ...(sealed === undefined
        ? {}
        : { sizeBytes: sealed.bytes, mtimeMs: packedMs ?? file.mtimeMs }),
    };
    const described = describeContent(
      member,
      {
        ...{ ...copy, packedMs, contentState: undefined, source: undefined },
        ...{ problem: content.problem() ?? copy.problem, head: headOf(copy.absolute) },
      },
      options,
    );
    if (isProblem(described)) {
      rmSync(copy.absolute, { force: true });
      take(described);
    } else found.push({ ...described, sha256: sealed?.sha256 });
    if (copy.isFull) break;
  }
  const whole = span.take();
  const source = whole?.end === sizeBytes ? whole : NO_SPAN;
  for (const one of found) take({ ...one, source });
}

async function* noted(
  pieces: AsyncIterable<Buffer>,
  note: (piece: Buffer, position: number) => void,
): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const piece of pieces) {
    note(piece, position);
    position += piece.length;
    yield piece;
  }
}

/** Where the content of a file is read, and its first bytes. */
interface Content {
  absolute: FilePath;
  sizeBytes: number;
  contentState: FileState | undefined;
  source: ReadSpan | undefined;
  /** When the file that was packed was last written, as is kept with it. */
  packedMs?: number | undefined;
  problem: string | undefined;
  head: Buffer;
}

function describeContent(
  file: InputFile & { problem: string | undefined },
  { absolute, sizeBytes, contentState, source, packedMs, problem, head }: Content,
  { formats, said, isUndated }: PrepareOptions,
): UndatedFile | InputProblem {
  const bytes = head.toString('latin1');
  const binary = formats.find(
    ({ records }) => records?.isBinary === true && records.detect(bytes, file.path),
  );
  const kind = contentKind(head);
  if (binary === undefined && kind.kind === 'other')
    return { path: file.path, reason: kind.reason, isFailure: file.isNamed };
  const text = binary === undefined ? withoutMark(head).toString('utf8') : bytes;
  const named = saidOf(said?.formats, file.path);
  const format =
    formats.find(({ name }) => name === named) ??
    binary ??
    formatByLines(text, { absolute, contentState, sizeBytes }, formats);
  const isAsked = binary !== undefined && format?.records?.isBinary === true;
  const isRecords = isAsked || format?.records?.detect(text, file.path) === true;
  return {
    ...file,
    absolute,
    contentBytes: sizeBytes,
    hashPath: file.absolute,
    hashBytes: file.sizeBytes,
    contentState,
    source,
    format,
    streams: detectStreams(text, format, formats, isRecords),
    isRecords,
    headers: headersOf(format, absolute, contentState, sizeBytes),
    stamps:
      binary === undefined && isUndated !== true
        ? stampsOf(absolute, contentState, sizeBytes)
        : { radius: 0, runs: [] },
    dateMs: rotationDateMs(file.path) ?? earlier(packedMs, file.mtimeMs),
    problem: file.problem ?? problem,
    zone: saidOf(said?.zones, file.path) ?? said?.zone ?? 'UTC',
    adjustment: adjustmentOf(said, file.path, file.absolute),
  };
}

function headOf(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    return readHead(descriptor, HEAD_BYTES);
  } finally {
    closeSync(descriptor);
  }
}

const isNul = (block: Buffer): boolean => block.length > 0 && block.every((byte) => byte === 0);

/** After a crash a log may begin with a long block of NULs. */
function headPastNuls(descriptor: number, head: Buffer): Buffer {
  const position = firstNonNul(descriptor);
  return position === -1 ? head : readHead(descriptor, HEAD_BYTES, position);
}

/** The format of the first lines; where they are cut, a time in them says nothing yet: whole ones may be of another. */
function formatByLines(
  text: string,
  content: Pick<Content, 'absolute' | 'contentState' | 'sizeBytes'>,
  formats: readonly LogFormat[],
): LogFormat | undefined {
  const found = detectFormat(text, formats);
  if (found !== undefined && (found.isGeneric !== true || text.includes('\n'))) return found;
  return formatPastLongLines(content, content.sizeBytes, formats) ?? found;
}

/** The format is told by whole lines, and the first ones may be longer than the head. */
function formatPastLongLines(
  { absolute, contentState }: Pick<Content, 'absolute' | 'contentState'>,
  sizeBytes: number,
  formats: readonly LogFormat[],
): LogFormat | undefined {
  if (sizeBytes <= HEAD_BYTES || formats.length === 0) return undefined;
  const descriptor = openInput(absolute, contentState);
  try {
    for (let position = 0; position < Math.min(MAX_SEARCH, sizeBytes); ) {
      const want = Math.min(LONG_HEAD_BYTES, sizeBytes - position);
      const head = readHead(descriptor, want, position);
      const newline = head.indexOf(10);
      const isWhole = newline !== -1 || position + head.length >= sizeBytes;
      if (head.length === 0) return undefined;
      if (isWhole && newline <= MAX_LINE_BYTES) return detectFormat(head.toString('utf8'), formats);
      position += newline === -1 ? head.length : newline + 1;
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

const withoutMark = (head: Buffer): Buffer =>
  head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;

function headersOf(
  format: LogFormat | undefined,
  absolute: FilePath,
  contentState: FileState | undefined,
  sizeBytes: number,
): readonly HeaderMark[] {
  if (format?.header === undefined) return [];
  const descriptor = openInput(absolute, contentState);
  try {
    return findHeaders(descriptor, sizeBytes, format.header);
  } finally {
    closeSync(descriptor);
  }
}

function stampsOf(
  absolute: FilePath,
  contentState: FileState | undefined,
  sizeBytes: number,
): StampRuns {
  const descriptor = openInput(absolute, contentState);
  try {
    return readStampRuns(descriptor, sizeBytes);
  } finally {
    closeSync(descriptor);
  }
}

/** What was packed later than it was written is dated wrongly. */
const earlier = (packedMs: number | undefined, mtimeMs: number): number =>
  packedMs === undefined || packedMs > mtimeMs ? mtimeMs : packedMs;
