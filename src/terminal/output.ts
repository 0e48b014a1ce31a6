/**
 * Standard output, written in full or failed: a full disk, a closed descriptor and a device that takes nothing end
 * the run with exit 9, a reader that went away (`| head`) ends it quietly.
 */
import { once } from 'node:events';
import { fstatSync, lstatSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';

const STDOUT = 1;

/** Writes text, or bytes as they are, and waits for a slow reader. @throws IrError (exit 9) when not all of it could be written */
export async function writeOut(text: string | Uint8Array): Promise<void> {
  if (text.length === 0) return;
  if (!isSynchronous()) {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    return;
  }
  if (isClosed()) throw outputFailed('it is closed');
  writeFully(typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
}

/** The failure of a write to standard output. */
export const outputFailed = (reason: string): IrError =>
  new IrError(`the result could not be written to standard output in full: ${reason}`, {
    exit: EXIT.outputFailed,
  });

/** Node's own stream takes a file's short write, the last one on a full disk, for a whole one. */
function writeFully(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(STDOUT, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
      throw outputFailed(reasonOf(error));
    }
  }
}

/** Plain words for the errors that writing has. */
export function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
      return 'no space left on the device';
    case 'EDQUOT':
      return 'the disk quota is used up';
    case 'EFBIG':
      return 'the file would become too large';
    case 'EBADF':
      return 'it is closed, or not open for writing';
    case 'EIO':
      return 'the device reports an error';
    default:
      return messageOf(error);
  }
}

/** Files and devices other than terminals are written at once; pipes and terminals by their stream. */
function isSynchronous(): boolean {
  if (process.stdout.isTTY === true) return false;
  try {
    const status = fstatSync(STDOUT);
    return status.isFile() || status.isCharacterDevice() || status.isBlockDevice();
  } catch {
    return true;
  }
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'fish', 'busybox']);

/** What a descriptor was opened as; undefined when it is closed. */
const openedAs = (path: string): string | undefined =>
  lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readlinkSync(path);

/**
 * Node puts /dev/null, open for reading and writing, where a descriptor was closed. A shell's own `> /dev/null`
 * is open for writing only; others may hand in one like Node's, so only what a shell started is looked at.
 */
function isClosed(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    if (readlinkSync('/proc/self/fd/1') !== '/dev/null') return false;
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1];
    if ((Number.parseInt(flags ?? '0', 8) & 3) !== 2) return false;
    const parent = `/proc/${process.ppid}`;
    const program = basename(readFileSync(`${parent}/comm`, 'utf8').trim());
    return SHELLS.has(program) && openedAs(`${parent}/fd/1`) !== '/dev/null';
  } catch {
    return false;
  }
}
