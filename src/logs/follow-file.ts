/**
 * A log that is still written: hands out its lines as they come, goes on in the file that a rotation puts in its place,
 * and knows after a restart where it was, also when the log was rotated meanwhile.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readChunks } from './chunks.ts';
import { type Clock, clockBehind, createClock } from './clock.ts';
import { dateFiles } from './date-files.ts';
import { LOOK_BACK_BYTES, type LogFormat } from './formats/log-format.ts';
import { textBeforeOf } from './last-message.ts';
import { createAccount, type LineAccount, MARK_BYTES } from './line-account.ts';
import { stateOf } from './open-input.ts';
import { HEAD_BYTES, isProblem, type PreparedFile, prepareFile } from './prepare.ts';
import { createEventReader, type FileReader } from './read-events.ts';
import type {
  Content,
  RecordSource,
  SavedContent,
  SavedSource,
  SourceSink,
} from './record-source.ts';
import type { SaidOfFiles } from './said-of-files.ts';
import type { Spool } from './spool.ts';
import { atOnce } from './turns.ts';

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
}

/** Contents that were rotated away and can still be cited. */
const KEPT_CONTENTS = 4;
const DAY_MS = 86_400_000;

/** A content and how far it has been read. */
interface Followed extends Content {
  number: number;
  position: number;
  reader: FileReader;
  clock: Clock & { use(other: Clock): void };
  /** Records at these places were waiting when an earlier run ended; all others before `resumedAt` were handed out. */
  resumedAt: number;
  resumedOpen: ReadonlySet<number>;
  /** What was known when the format and the years were last looked for. */
  seenBytes: number;
  seenDay: number;
}

/** Follows a file, which need not be there yet. */
export function followFile(options: FollowOptions): RecordSource {
  let contents: Followed[] = [];
  let awaited = options.saved;
  let sinkNow: SourceSink | undefined;
  let isBehind = false;
  let bytes = 0;

  const current = (): Followed | undefined => contents.at(-1);

  const readerOf = (content: Omit<Followed, 'reader'>): FileReader =>
    createEventReader({
      format: content.file.format,
      streams: content.file.streams,
      formats: options.formats,
      clock: content.clock,
      account: content.account,
      textBefore: textBeforeOf(content.descriptor),
      adjustment: content.file.adjustment,
      sink(event, raw, offset) {
        const isKnown = offset < content.resumedAt && !content.resumedOpen.has(offset);
        if (isKnown) sinkNow?.known(content.number, event);
        else sinkNow?.event(content.number, event, raw, offset);
      },
    });

  const begin = async (
    absolute: string,
    sink: SourceSink,
    saved: SavedContent | undefined,
  ): Promise<Followed | undefined> => {
    const file = await describe(absolute, options);
    if (file === undefined) return undefined;
    const account = saved === undefined ? createAccount() : accountOf(saved.account);
    const descriptor = openSync(absolute, 'r');
    const content = {
      file,
      descriptor,
      account,
      marks: saved?.marks ?? [],
      number: -1,
      position: saved === undefined ? 0 : resumeAt(saved, file.format),
      clock: exchangeable(clockOf(file)),
      resumedAt: saved?.position ?? 0,
      resumedOpen: new Set(saved?.open),
      seenBytes: file.contentBytes,
      seenDay: dayOf(file),
    };
    content.number = sink.begin(content, saved?.number);
    const followed = Object.assign(content, { reader: undefined as unknown as FileReader });
    followed.reader = readerOf(followed);
    contents.push(followed);
    if (contents.length > KEPT_CONTENTS) closeSync((contents.shift() as Followed).descriptor);
    if (saved !== undefined) readAgain(followed, saved);
    return followed;
  };

  /** Lines that were counted before are only read so that the reader knows what it was waiting for. */
  const readAgain = (content: Followed, { account, position }: SavedContent): void => {
    readTo(content, position);
    Object.assign(content.account, accountOf(account));
  };

  /** What an earlier run had open, by identity: the one that was being written may have another name by now. */
  const takeUp = async (sink: SourceSink): Promise<void> => {
    const saved = awaited?.contents ?? [];
    awaited = undefined;
    for (const content of saved) {
      const absolute = findAgain(options.absolute, content);
      if (absolute !== undefined) await begin(absolute, sink, content);
    }
  };

  const advance = async (sink: SourceSink, mostBytes = Infinity): Promise<number> => {
    sinkNow = sink;
    if (awaited !== undefined) await takeUp(sink);
    let read = 0;
    isBehind = false;
    for (;;) {
      const content = current();
      if (content !== undefined) {
        await lookAgain(content, options, (format) => {
          content.reader.end();
          content.file = { ...content.file, format };
          content.reader = readerOf(content);
        });
        const size = fstatSync(content.descriptor).size;
        const isCut = size < content.position;
        if (!isCut) {
          read += readTo(content, wholeRecordsEnd(content, size, mostBytes - read));
          isBehind = read >= mostBytes;
          if (isBehind) return read;
        }
        if (!isCut && isStillThere(content, options.absolute)) return read;
        // Rotated, removed or emptied: its last line will not be written on.
        if (!isCut) read += readTo(content, size);
        content.reader.end();
      }
      if ((await begin(options.absolute, sink, undefined)) === undefined) return read;
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
    holds: (dev, ino) =>
      contents.some(({ descriptor }) => {
        const open = fstatSync(descriptor, { bigint: true });
        return `${open.dev}` === dev && `${open.ino}` === ino;
      }),
    async end(sink) {
      sinkNow = sink;
      const content = current();
      if (content === undefined) return;
      readTo(content, fstatSync(content.descriptor).size);
      content.reader.end();
    },
    save: () => ({ path: options.path, contents: contents.map(savedOf) }),
    close() {
      for (const { descriptor } of contents) closeSync(descriptor);
      contents = [];
    },
  };
}

/** Where reading begins again: what waits for lines, and what tells of processes, is read once more. */
function resumeAt({ position, open }: SavedContent, format: LogFormat | undefined): number {
  const known = format?.hasProcesses === true ? Math.max(0, position - LOOK_BACK_BYTES) : position;
  return Math.min(known, ...open);
}

/** Reads up to an offset behind a line's end. Gives the number of bytes. */
function readTo(content: Followed, end: number): number {
  const { descriptor, position, marks, account, reader } = content;
  if (end <= position) return 0;
  atOnce(
    readChunks(descriptor, position, end, end, {
      lines(text, offset) {
        if (offset - (marks.at(-1)?.start ?? 0) >= MARK_BYTES)
          marks.push({ start: offset, linesBefore: account.lines });
        reader.lines(text, offset);
      },
      longLine: reader.longLine,
    }),
  );
  content.position = end;
  content.file = { ...content.file, contentBytes: Math.max(end, content.file.contentBytes) };
  return end - position;
}

/** Behind the last line break before `size`, or before `most` bytes where a line ends there. */
function wholeRecordsEnd(content: Followed, size: number, most: number): number {
  const { position } = content;
  if (position + most >= size) return lastLineEnd(content, size);
  const end = lastLineEnd(content, position + most);
  return end > position ? end : lastLineEnd(content, size);
}

function lastLineEnd({ descriptor, position }: Followed, size: number): number {
  const buffer = Buffer.allocUnsafe(1 << 16);
  for (let end = size; end > position; ) {
    const start = Math.max(position, end - buffer.length);
    const got = readSync(descriptor, buffer, 0, end - start, start);
    const newline = buffer.subarray(0, got).lastIndexOf(10);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return position;
}

function isStillThere({ descriptor }: Followed, absolute: string): boolean {
  const there = statSync(absolute, { bigint: true, throwIfNoEntry: false });
  const open = fstatSync(descriptor, { bigint: true });
  // Moved away and nothing in its place yet: what writes it may go on doing so.
  return there === undefined || (there.dev === open.dev && there.ino === open.ino);
}

async function describe(
  absolute: string,
  { path, formats, spool, zone, said = { zone }, referenceMs }: FollowOptions,
): Promise<PreparedFile | undefined> {
  const status = statSync(absolute, { bigint: true, throwIfNoEntry: false });
  if (status === undefined || status.size === 0n) return undefined;
  const state = stateOf(status);
  const mtimeMs = Number(state.mtimeNs / 1_000_000n);
  const found = { path, absolute, sizeBytes: state.sizeBytes, mtimeMs, state, isNamed: true };
  const [prepared, ...others] = await prepareFile(found, { formats, spool, stdin: NOTHING, said });
  // What is packed does not grow line by line.
  if (prepared === undefined || others.length > 0) return undefined;
  if (isProblem(prepared) || prepared.contentState === undefined) return undefined;
  return dateFiles([prepared], { referenceMs })[0];
}

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
  if (file === undefined) return;
  content.seenBytes = file.contentBytes;
  content.seenDay = dayOf(file);
  content.clock.use(clockOf(file));
  const { format } = content.file;
  content.file = { ...file, format };
  if (file.format !== format) onFormat(file.format);
}

const dayOf = ({ mtimeMs }: PreparedFile): number => Math.floor(mtimeMs / DAY_MS);

const clockOf = ({ years, headers, zone }: PreparedFile): Clock =>
  createClock({ zone, years, headers });

/** A clock that can be exchanged while others hold it. */
function exchangeable(first: Clock): Followed['clock'] {
  let clock = first;
  return Object.assign(
    clockBehind(() => clock),
    {
      use(other: Clock) {
        clock = other;
      },
    },
  );
}

/** The path of a content, under its name or, after a rotation, under another in the same folder. */
function findAgain(absolute: string, { dev, ino, position }: SavedContent): string | undefined {
  const isIt = (path: string): boolean => {
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    return (
      status?.isFile() === true &&
      `${status.dev}` === dev &&
      `${status.ino}` === ino &&
      status.size >= position
    );
  };
  if (isIt(absolute)) return absolute;
  const folder = dirname(absolute);
  const stem = basename(absolute).split('.')[0] ?? '';
  const name = readdirSync(folder).find(
    (each) => each.startsWith(stem) && isIt(join(folder, each)),
  );
  return name === undefined ? undefined : join(folder, name);
}

function savedOf(content: Followed): SavedContent {
  const { dev, ino } = fstatSync(content.descriptor, { bigint: true });
  const { number, position, marks, reader } = content;
  const account = { ...content.account, skips: [...content.account.skips] };
  return { number, dev: `${dev}`, ino: `${ino}`, position, open: reader.waiting(), account, marks };
}

const accountOf = ({ skips, ...counts }: SavedContent['account']): LineAccount => ({
  ...counts,
  skips: new Map(skips),
});
