/**
 * What comes without offsets (a pipe, a socket, a program's output) is written to a private file, which is then followed as any
 * other log: it survives a crash once it is written, and can be cited.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A file that is written and followed at once. */
export interface Feed {
  /** As findings name it: `journal`, `stdin`, `syslog+tcp://127.0.0.1:5514`. */
  readonly path: string;
  readonly absolute: string;
  /** Writes whole lines, without their endings. They survive a crash when it returns. @throws what the file system says */
  write(lines: readonly string[]): void;
  /** The last line that is there; undefined in an empty one. */
  lastLine(): string | undefined;
  /** What was written and not read yet is more than may lie here: senders must wait. */
  isFull(): boolean;
  /** Tells it how many bytes were read since it was made. */
  noteRead(bytes: number): void;
  close(): void;
}

const PART_BYTES = 128 << 20;
/** Parts that are kept so that findings can still cite them. */
const KEPT_PARTS = 3;
const MOST_UNREAD = 256 << 20;
/** A longer line is no log line; the reader would skip it. */
const MOST_LINE = 1 << 20;

/** Opens a feed in a folder; a line that a crash cut off is taken away, as its sender was not told that it came. */
export function openFeed(folder: string, path: string): Feed {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = path.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '');
  const absolute = join(folder, `${name}.log`);
  let descriptor = openSync(absolute, 'a+', 0o600);
  let size = fstatSync(descriptor).size;
  const last = readLast(descriptor, size);
  if (last.end < size) {
    ftruncateSync(descriptor, last.end);
    size = last.end;
  }
  let written = 0;
  let read = 0;

  const rotate = (): void => {
    closeSync(descriptor);
    rmSync(`${absolute}.${KEPT_PARTS}`, { force: true });
    for (let part = KEPT_PARTS - 1; part >= 1; part -= 1)
      renameIfThere(`${absolute}.${part}`, `${absolute}.${part + 1}`);
    renameSync(absolute, `${absolute}.1`);
    descriptor = openSync(absolute, 'a+', 0o600);
    size = 0;
  };

  return {
    path,
    absolute,
    write(lines) {
      if (lines.length === 0) return;
      const text = lines.map((line) => `${oneLine(line)}\n`).join('');
      const bytes = Buffer.from(text);
      // What is read is put away only when all of it was read.
      if (size >= PART_BYTES && written - read < PART_BYTES) rotate();
      const before = size;
      try {
        for (let done = 0; done < bytes.length; ) {
          const more = writeSync(descriptor, bytes, done);
          done += more;
          size += more;
        }
      } catch (error) {
        // Half a line would be joined to what comes next.
        ftruncateSync(descriptor, before);
        size = before;
        throw error;
      }
      written += bytes.length;
    },
    lastLine: () => readLast(descriptor, size).text,
    isFull: () => written - read > MOST_UNREAD,
    noteRead(bytes) {
      read = Math.max(read, bytes);
    },
    close: () => closeSync(descriptor),
  };
}

/** Line breaks inside a message are written as rsyslog writes them. */
const oneLine = (line: string): string =>
  (line.length > MOST_LINE ? line.slice(0, MOST_LINE) : line)
    .replace(/[\r\n]+$/, '')
    .replace(
      /[\n\r\u0000]/g,
      (character) => `#${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
    );

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The last whole line, and where it ends. */
function readLast(descriptor: number, size: number): { text: string | undefined; end: number } {
  const length = Math.min(size, MOST_LINE * 2 + 2);
  const buffer = Buffer.alloc(length);
  readSync(descriptor, buffer, 0, length, size - length);
  const end = buffer.lastIndexOf(10);
  if (end === -1) return { text: undefined, end: size - length };
  const start = end === 0 ? 0 : buffer.lastIndexOf(10, end - 1) + 1;
  return { text: buffer.toString('utf8', start, end), end: size - length + end + 1 };
}
