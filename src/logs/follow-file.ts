/**
 * A log that is still written: hands out its lines as they come, goes on in the file that a rotation puts in its place,
 * and knows after a restart where it was, also when the log was rotated meanwhile.
 */
import { type BigIntStats, closeSync, existsSync, fstatSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { dateFiles } from './date-files.ts';
import { clockOf, exchangeable } from './exchangeable-clock.ts';
import { beginsAs, findAgain, packedBeside, rotatedSince } from './find-again.ts';
import {
  accountOf,
  type Followed,
  readTo,
  resumeAt,
  savedOf,
  wholeRecordsEnd,
} from './followed.ts';
import type { LogFormat } from './formats/log-format.ts';
import { textBeforeOf } from './last-message.ts';
import { createAccount } from './line-account.ts';
import { stateOf } from './open-input.ts';
import { HEAD_BYTES, isProblem, type PreparedFile, prepareFile } from './prepare.ts';
import { createEventReader, type FileReader } from './read-events.ts';
import { reasonOf } from './reason.ts';
import type { RecordSource, SavedContent, SavedSource, SourceSink } from './record-source.ts';
import { isPackedName } from './rotation.ts';
import type { SaidOfFiles } from './said-of-files.ts';
import type { Spool } from './spool.ts';

/** A log to follow, and where an earlier run left it. */
export interface FollowOptions {
  /** As the user named it, and where it is. */
  path: string;
  absolute: string;
  formats: readonly LogFormat[];
  /** IANA zone of stamps that name none. */
  zone: string;
  /** What the user says of single files, the zone included; absent: the zone alone. */
  said?: SaidOfFiles | undefined;
  /** Dates year-less stamps as of this moment (milliseconds) instead of by file date. */
  referenceMs?: number | undefined;
  spool: Spool;
  saved?: SavedSource | undefined;
  /** The clock, milliseconds; absent: that of the machine. */
  now?: (() => number) | undefined;
}

/** Contents that were rotated away and can still be cited. */
const KEPT_CONTENTS = 16;
/** A line may belong to the one before it for so long; then that one is an event. */
const SETTLE_MS = 500;
/** So long after its last line a log that was rotated away is read on. */
const LATE_WRITER_MS = 5000;
/** Stamps of files lag behind the clock by a tick. */
const STAMP_LAG_MS = 10;
const DAY_MS = 86_400_000;

/** Follows a file, which need not be there yet. */
export function followFile(options: FollowOptions): RecordSource {
  let contents: Followed[] = [];
  let awaited = options.saved;
  let sinkNow: SourceSink | undefined;
  let isBehind = false;
  let bytes = 0;
  let trouble: string | undefined;
  /** What the log was rotated to while nobody looked, oldest first. */
  let awaitedParts: string[] = [];
  let packedPath: string | undefined;
  let seenFolderMs = 0;
  /** When nothing was there yet to be read: what was put away since was written since. */
  let emptyMs: number | undefined;
  const now = options.now ?? Date.now;

  const current = (): Followed | undefined => contents.at(-1);

  const readerOf = (content: Omit<Followed, 'reader'>): FileReader =>
    createEventReader({
      format: content.file.format,
      streams: content.file.streams,
      formats: options.formats,
      clock: content.clock,
      account: content.account,
      // A copy may take its place.
      textBefore: (...place) => textBeforeOf(content.descriptor)(...place),
      adjustment: content.file.adjustment,
      sink(event, raw, offset) {
        const isKnown = offset < content.resumedAt && !content.resumedOpen.has(offset);
        if (isKnown) sinkNow?.known(content.number, event);
        else sinkNow?.event(content.number, event, raw, offset);
      },
    });

  const look = async (absolute: string, mayBePacked = false): Promise<PreparedFile | undefined> => {
    const found = await describe(absolute, options, mayBePacked);
    if (typeof found !== 'string') return found;
    trouble = found;
    return undefined;
  };

  const begin = async (
    absolute: string,
    sink: SourceSink,
    saved?: SavedContent,
    packed?: PreparedFile,
  ): Promise<Followed | undefined> => {
    const file = packed ?? (await look(absolute));
    if (file === undefined) return undefined;
    const account = saved === undefined ? createAccount() : accountOf(saved.account);
    const descriptor = openSync(file.absolute, 'r');
    const start = saved === undefined ? 0 : resumeAt(saved, file.format);
    const content = {
      ...{ file, descriptor, account, marks: saved?.marks ?? [], number: -1, position: start },
      clock: exchangeable(clockOf(file)),
      head: saved?.head ?? { bytes: 0, sha: '' },
      ...{ isLeft: false, isEnded: false, checkedMs: 0, leftMs: 0 },
      ...{ resumedAt: saved?.position ?? 0, resumedOpen: new Set(saved?.open) },
      ...{ seenBytes: file.contentBytes, seenDay: dayOf(file), readMs: now() },
    };
    content.number = sink.begin(content, saved?.number);
    const followed = Object.assign(content, { reader: undefined as unknown as FileReader });
    followed.reader = readerOf(followed);
    contents.push(followed);
    if (saved === undefined) trouble = undefined;
    if (contents.length > KEPT_CONTENTS) forget(contents.shift() as Followed);
    if (saved !== undefined) readAgain(followed, saved);
    return followed;
  };

  const forget = (content: Followed): void => {
    endOf(content);
    content.isGone = true;
    closeSync(content.descriptor);
  };

  /** Lines that were counted before are only read so that the reader knows what it was waiting for. */
  const readAgain = (content: Followed, { account, position }: SavedContent): void => {
    readTo(content, position, now());
    Object.assign(content.account, accountOf(account));
  };

  /**
   * What an earlier run had open, by identity: the one that was being written may have another name by now, may be packed, or
   * may have been copied and emptied. Behind it comes what the log was rotated to since.
   */
  const takeUp = async (sink: SourceSink): Promise<void> => {
    const all = awaited?.contents ?? [];
    // Of what was not read there is no fingerprint: a file of that inode may be what came after it was emptied.
    const saved = all.filter(({ position }) => position > 0);
    emptyMs = awaited?.emptyMs ?? all.find(({ position }) => position === 0)?.mtimeMs;
    awaited = undefined;
    for (const content of saved) {
      const absolute = findAgain(options.absolute, content);
      const packed = absolute === undefined ? await findPacked(content) : undefined;
      if (absolute === undefined && packed === undefined) continue;
      const found = await begin(absolute ?? '', sink, content, packed);
      if (found !== undefined && content !== saved.at(-1)) leave(found);
    }
    const last = saved.at(-1);
    if (last === undefined) return;
    if (current()?.number !== last.number)
      trouble = `what was read last is gone: lines written after byte ${last.position} of it may be missing`;
    else if (isStillThere(current() as Followed, options.absolute)) return;
    awaitedParts = partsSince(last.mtimeMs ?? Number.POSITIVE_INFINITY);
  };

  const partsSince = (ms: number): string[] =>
    rotatedSince(options.absolute, ms).filter(
      (path) => !isHeld(path) && path !== packedPath && !isBeingPacked(path),
    );

  /** Rotated again before anybody looked: such a part is read before what stands under the name now. */
  const noteParts = (): void => {
    const last = current();
    const folderMs = statSync(dirname(options.absolute), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (last?.isGone === true || folderMs === seenFolderMs) return;
    seenFolderMs = folderMs;
    if (last !== undefined) awaitedParts = partsSince(fstatSync(last.descriptor).mtimeMs);
    else if (emptyMs !== undefined) awaitedParts = partsSince(emptyMs - STAMP_LAG_MS);
  };

  const isHeld = (path: string): boolean => {
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    return status === undefined || contents.some((content) => isFile(content, status));
  };

  /** A packed file that holds a content, unpacked. */
  const findPacked = async ({
    head,
  }: Pick<SavedContent, 'head'>): Promise<PreparedFile | undefined> => {
    if (head === undefined || head.bytes === 0) return undefined;
    for (const path of packedBeside(options.absolute)) {
      const file = await look(path, true);
      if (file === undefined) continue;
      const descriptor = openSync(file.absolute, 'r');
      try {
        if (!beginsAs(descriptor, head)) continue;
        packedPath = path;
        return file;
      } finally {
        closeSync(descriptor);
      }
    }
    return undefined;
  };

  /** Something else has its name by now. Who writes to it may go on for a while. */
  const leave = (content: Followed): void => {
    content.isLeft = true;
    content.leftMs = now();
    content.reader.settle();
  };

  const endOf = (content: Followed): number => {
    if (content.isEnded) return 0;
    const read = readTo(content, fstatSync(content.descriptor).size, now());
    content.reader.end();
    content.isEnded = true;
    return read;
  };

  const drain = (content: Followed): number => {
    const { size, mtimeMs } = fstatSync(content.descriptor);
    if (size > content.position) {
      const read = readTo(content, wholeRecordsEnd(content, size, Number.POSITIVE_INFINITY), now());
      if (read > 0) return read;
    }
    return now() - Math.max(content.leftMs, mtimeMs) > LATE_WRITER_MS ? endOf(content) : 0;
  };

  /** It was emptied: the rest of it is in a copy, if one was made. */
  const takeCopy = async (content: Followed): Promise<number> => {
    const { head, position } = content;
    const copy = findAgain(options.absolute, { dev: '', ino: '', position, head });
    const packed = copy === undefined ? await findPacked(content) : undefined;
    content.reader.settle();
    closeSync(content.descriptor);
    content.isLeft = true;
    if (copy === undefined && packed === undefined) {
      content.descriptor = openSync('/dev/null', 'r');
      content.reader.end();
      Object.assign(content, { isEnded: true, isGone: true });
      trouble = `emptied without a copy beside it: lines written after byte ${position} may be missing`;
      return 0;
    }
    content.descriptor = openSync(copy ?? (packed as PreparedFile).absolute, 'r');
    return endOf(content);
  };

  /** Has it become shorter, or does it begin with something else? */
  const isCut = (content: Followed, size: number, mtimeMs: number): boolean => {
    if (size < content.position) return true;
    if (mtimeMs === content.checkedMs) return false;
    content.checkedMs = mtimeMs;
    return !beginsAs(content.descriptor, content.head);
  };

  const advance = async (sink: SourceSink, mostBytes = Infinity): Promise<number> => {
    sinkNow = sink;
    if (awaited !== undefined) await takeUp(sink);
    let read = 0;
    isBehind = false;
    for (const content of contents) if (content.isLeft && !content.isEnded) read += drain(content);
    for (;;) {
      const content = current();
      if (content !== undefined && !content.isLeft) {
        await lookAgain(content, options, (format) => {
          content.reader.end();
          content.file = { ...content.file, format };
          content.reader = readerOf(content);
        });
        const { size, mtimeMs } = fstatSync(content.descriptor);
        if (isCut(content, size, mtimeMs)) read += await takeCopy(content);
        else {
          const got = readTo(content, wholeRecordsEnd(content, size, mostBytes - read), now());
          if (got > 0) content.readMs = now();
          else if (content.readMs !== undefined && now() - content.readMs >= SETTLE_MS) {
            content.readMs = undefined;
            content.reader.settle();
          }
          read += got;
          isBehind = read >= mostBytes;
          if (isBehind || isStillThere(content, options.absolute)) return read;
          leave(content);
        }
      }
      const lookedMs = now();
      if (awaitedParts.length === 0) noteParts();
      const part = awaitedParts.shift();
      const packed = part !== undefined && isPackedName(part) ? await look(part, true) : undefined;
      const begun = await begin(part ?? options.absolute, sink, undefined, packed);
      if (begun !== undefined || part !== undefined) continue;
      if (contents.length === 0) emptyMs = lookedMs;
      return read;
    }
  };

  return {
    path: options.path,
    isLive: true,
    async advance(sink, mostBytes) {
      const read = await advance(sink, mostBytes);
      bytes += read;
      return read;
    },
    isBehind: () => isBehind,
    bytes: () => bytes,
    account: () => current()?.account,
    holds: (dev, ino) =>
      contents.some((content) => isFile(content, { dev: BigInt(dev), ino: BigInt(ino) })),
    problem: () => trouble,
    async end(sink) {
      sinkNow = sink;
      for (const content of contents) endOf(content);
    },
    save: () => ({ path: options.path, contents: contents.map(savedOf), emptyMs }),
    close() {
      for (const { descriptor } of contents) closeSync(descriptor);
      contents = [];
    },
  };
}

function isStillThere({ descriptor }: Followed, absolute: string): boolean {
  const there = statSync(absolute, { bigint: true, throwIfNoEntry: false });
  // Moved away and nothing in its place yet: what writes it may go on doing so.
  return there === undefined || isFile({ descriptor }, there);
}

function isFile(
  { descriptor }: Pick<Followed, 'descriptor'>,
  file: { dev: bigint; ino: bigint },
): boolean {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return dev === file.dev && ino === file.ino;
}

/** What it is made from is still there. */
const isBeingPacked = (path: string): boolean =>
  isPackedName(path) && existsSync(path.slice(0, path.lastIndexOf('.')));

/** What is known of a file; a text says why it cannot be followed. Undefined while it is not there, or empty. */
async function describe(
  absolute: string,
  { path, formats, spool, zone, said = { zone }, referenceMs }: FollowOptions,
  mayBePacked = false,
): Promise<PreparedFile | string | undefined> {
  let status: BigIntStats | undefined;
  try {
    status = statSync(absolute, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    return reasonOf(error);
  }
  if (status === undefined || status.size === 0n) return undefined;
  const state = stateOf(status);
  const mtimeMs = Number(state.mtimeNs / 1_000_000n);
  const found = { path, absolute, sizeBytes: state.sizeBytes, mtimeMs, state, isNamed: true };
  const [prepared, ...others] = await prepareFile(found, { formats, spool, stdin: NOTHING, said });
  if (prepared === undefined) return undefined;
  if (isProblem(prepared)) return prepared.reason;
  // What is packed does not grow line by line.
  if (others.length > 0 || (prepared.contentState === undefined && !mayBePacked)) return PACKED;
  return dateFiles([prepared], { referenceMs })[0];
}

const PACKED = 'it is packed: what is packed does not grow line by line';

const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

/** A file that has grown may show its format only now, and on another day its stamps may be of another year. */
async function lookAgain(
  content: Followed,
  options: FollowOptions,
  onFormat: (format: LogFormat | undefined) => void,
): Promise<void> {
  const { size, mtimeMs } = fstatSync(content.descriptor);
  const isNewDay = Math.floor(mtimeMs / DAY_MS) !== content.seenDay;
  const isShort = content.seenBytes < HEAD_BYTES && size > content.seenBytes;
  if ((!isNewDay && !isShort) || !isStillThere(content, options.absolute)) return;
  const file = await describe(options.absolute, options);
  if (file === undefined || typeof file === 'string') return;
  content.seenBytes = file.contentBytes;
  content.seenDay = dayOf(file);
  content.clock.use(clockOf(file));
  const { format } = content.file;
  content.file = { ...file, format };
  if (file.format !== format) onFormat(file.format);
}

const dayOf = ({ mtimeMs }: PreparedFile): number => Math.floor(mtimeMs / DAY_MS);
