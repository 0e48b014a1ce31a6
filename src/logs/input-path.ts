/**
 * Paths as the file system has them: bytes. A name that is not UTF-8 is kept as bytes, so that the file can be
 * opened, and shown with `\xNN` for what cannot be decoded.
 */
import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A path to open. Bytes where text would lose some; in another thread they arrive as a plain Uint8Array. */
export type FilePath = string | Buffer;

/** A path as it is shown, and as it is opened. */
export interface NamedPath {
  shown: string;
  absolute: FilePath;
}

/** What Node puts for bytes of an argument that are not UTF-8. */
const LOST = '\ufffd';

/** A name of a folder's listing as text: bytes that are not UTF-8 become `\xNN`. */
export function showName(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8');
  let shown = '';
  for (let at = 0; at < name.length; ) {
    const length = characterLength(name, at);
    shown +=
      length === 0
        ? `\\x${(name[at] as number).toString(16).padStart(2, '0')}`
        : name.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return shown;
}

/** Bytes of the character that begins at `at`; 0 when there is none. */
function characterLength(name: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= name.length; length += 1) {
    if (isUtf8(name.subarray(at, at + length))) return length;
  }
  return 0;
}

/** The path of a name inside a folder. */
export function inFolder({ shown, absolute }: NamedPath, name: Buffer): NamedPath {
  const text = showName(name);
  const isText = typeof absolute === 'string' && isUtf8(name);
  return {
    shown: join(shown, text),
    absolute: isText
      ? `${absolute === '/' ? '' : absolute}/${text}`
      : Buffer.concat([Buffer.from(absolute), Buffer.from('/'), name]),
  };
}

/**
 * The path that an argument names. Node has put U+FFFD for bytes that are not UTF-8: then all files whose name
 * reads like that are meant.
 */
export async function namedPaths(argument: string, cwd: string): Promise<readonly NamedPath[]> {
  const absolute = resolve(cwd, argument);
  if (!absolute.includes(LOST)) return [{ shown: argument, absolute }];
  let found: NamedPath[] = [{ shown: '/', absolute: '/' }];
  for (const segment of absolute.split('/').filter((part) => part !== '')) {
    const next: NamedPath[] = [];
    for (const folder of found) {
      for (const name of await namesLike(folder.absolute, segment))
        next.push(inFolder(folder, name));
    }
    found = next;
  }
  // A name may hold U+FFFD itself; one that is nowhere is reported as it was given.
  if (found.length === 0) return [{ shown: argument, absolute }];
  const segments = argument.split('/').filter((part) => part !== '' && part !== '.');
  const isWhole = argument.startsWith('/') || segments.includes('..');
  const depth = isWhole ? 0 : segments.length;
  return found.map(({ shown, absolute: bytes }) => ({
    shown: depth === 0 ? shown : shown.split('/').slice(-depth).join('/'),
    absolute: bytes,
  }));
}

/** The names in a folder that `segment` may stand for; a name without U+FFFD stands for itself, there or not. */
export async function namesLike(folder: FilePath, segment: string): Promise<readonly Buffer[]> {
  if (!segment.includes(LOST)) return [Buffer.from(segment)];
  const names = await readdir(folder, { encoding: 'buffer' }).catch(() => []);
  return names
    .filter((name) => name.toString('utf8') === segment)
    .sort((a, b) => Buffer.compare(a, b));
}
