/** A content that is followed: reading it on, and what is kept of it. */
import { fstatSync, readSync } from 'node:fs';
import { readChunks } from './chunks.ts';
import type { Clock } from './clock.ts';
import { type Fingerprint, fingerprintOf } from './find-again.ts';
import { LOOK_BACK_BYTES, type LogFormat } from './formats/log-format.ts';
import { createAccount, type LineAccount, MARK_BYTES } from './line-account.ts';
import type { FileReader } from './read-events.ts';
import type { Content, SavedContent } from './record-source.ts';
import { atOnce } from './turns.ts';

/** A content and how far it has been read. */
export interface Followed extends Content {
  number: number;
  position: number;
  reader: FileReader;
  clock: Clock & { use(other: Clock): void };
  /** How it begins, of what was read. */
  head: Fingerprint;
  /** Something else stands under its name; nothing more is awaited of it once its writers are quiet. */
  isLeft: boolean;
  isEnded: boolean;
  /** Since when something else stands under its name, milliseconds. */
  leftMs: number;
  /** When it had last been written to when its beginning was compared. */
  checkedMs: number;
  /** Records at these places were waiting when an earlier run ended; all others before `resumedAt` were handed out. */
  resumedAt: number;
  resumedOpen: ReadonlySet<number>;
  /** What was known when the format and the years were last looked for. */
  seenBytes: number;
  seenDay: number;
  /** When lines last came, milliseconds; undefined once the last one waits for no more. */
  readMs: number | undefined;
}

/** Where reading begins again: what waits for lines, and what tells of processes, is read once more. */
export function resumeAt({ position, open }: SavedContent, format: LogFormat | undefined): number {
  const known = format?.hasProcesses === true ? Math.max(0, position - LOOK_BACK_BYTES) : position;
  return Math.min(known, ...open);
}

/** Reads up to an offset behind a line's end. Gives the number of bytes. */
export function readTo(content: Followed, end: number, nowMs: number): number {
  const { descriptor, position, marks, account, reader, clock } = content;
  if (end <= position) return 0;
  // The date of what grows is that of its newest line.
  clock.limitUs = Math.max(clock.limitUs, nowMs * 1000);
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
  if (content.head.bytes < Math.min(HEAD_BYTES, end)) content.head = fingerprintOf(descriptor, end);
  return end - position;
}

const HEAD_BYTES = 1024;

/** Behind the last line break before `size`, or before `most` bytes where a line ends there. */
export function wholeRecordsEnd(content: Followed, size: number, most: number): number {
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

/** How far it has been read, as JSON can carry it. */
export function savedOf(content: Followed): SavedContent {
  const { dev, ino, mtimeMs } = fstatSync(content.descriptor, { bigint: true });
  const { number, position, marks, reader, head } = content;
  const account = { ...content.account, skips: [...content.account.skips] };
  return {
    ...{ number, dev: `${dev}`, ino: `${ino}`, head, mtimeMs: Number(mtimeMs), position },
    ...{ open: content.isEnded ? [] : reader.waiting(), account, marks },
  };
}

/** The account as it was. */
export const accountOf = ({ skips, ...counts }: SavedContent['account']): LineAccount => ({
  ...createAccount(),
  ...counts,
  skips: new Map(skips),
});
