/**
 * Which file holds what was read before: by device and inode with its first bytes, as inodes are used again; else by these
 * bytes alone, for a copy that was made before the file was emptied, and one that was packed since.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SavedContent } from './record-source.ts';
import { isPackedName } from './rotation.ts';

/** The first bytes of a content: how many, and their hash. Two logs hardly begin with the same kilobyte of stamps. */
export interface Fingerprint {
  bytes: number;
  sha: string;
}

const MOST_BYTES = 1024;

/** The fingerprint of what lies before `position`. */
export function fingerprintOf(descriptor: number, position: number): Fingerprint {
  const bytes = Math.min(MOST_BYTES, position);
  return { bytes, sha: hashOfHead(descriptor, bytes) };
}

/** Does a file begin as it did? */
export const beginsAs = (descriptor: number, { bytes, sha }: Fingerprint): boolean =>
  bytes === 0 || hashOfHead(descriptor, bytes) === sha;

/** The hash of the first bytes; an empty text where there are fewer. */
function hashOfHead(descriptor: number, bytes: number): string {
  const head = Buffer.alloc(bytes);
  let got = 0;
  while (got < bytes) {
    const more = readSync(descriptor, head, got, bytes - got, got);
    if (more === 0) return '';
    got += more;
  }
  return createHash('sha256').update(head).digest('hex').slice(0, 32);
}

type Sought = Pick<SavedContent, 'dev' | 'ino' | 'position' | 'head'>;

/** A file beside the one that is followed, which the same log may have been. */
interface Sibling {
  absolute: string;
  dev: string;
  ino: string;
  sizeBytes: number;
  mtimeMs: number;
}

/** The file that is followed, and those whose names begin as its name does; newest first. */
function siblingsOf(absolute: string): Sibling[] {
  const stem = basename(absolute).split('.')[0] ?? '';
  const folder = dirname(absolute);
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.startsWith(stem));
  } catch {
    // The folder is gone or closed to us: nothing is found in it.
  }
  const found = names.flatMap((name): Sibling[] => {
    const path = join(folder, name);
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (status?.isFile() !== true) return [];
    const { dev, ino, size, mtimeMs } = status;
    return [
      {
        ...{ absolute: path, dev: `${dev}`, ino: `${ino}` },
        ...{ sizeBytes: Number(size), mtimeMs: Number(mtimeMs) },
      },
    ];
  });
  const isOne = ({ absolute: path }: Sibling): number => (path === absolute ? 0 : 1);
  return found.sort((a, b) => isOne(a) - isOne(b) || b.mtimeMs - a.mtimeMs);
}

/** Under which name a content lies that is not packed; undefined where it is not found. */
export function findAgain(absolute: string, sought: Sought): string | undefined {
  const all = siblingsOf(absolute).filter(({ absolute: path }) => !isPackedName(path));
  const isIt = (one: Sibling): boolean =>
    one.sizeBytes >= Math.min(sought.position, sought.head?.bytes ?? sought.position) &&
    (sought.head === undefined || begins(one.absolute, sought.head));
  const same = all.find(
    (one) =>
      one.dev === sought.dev &&
      one.ino === sought.ino &&
      one.sizeBytes >= sought.position &&
      isIt(one),
  );
  if (same !== undefined) return same.absolute;
  // A short beginning may be that of another file.
  if (sought.head === undefined || sought.head.bytes < LEAST_BYTES) return undefined;
  return all.find(isIt)?.absolute;
}

const LEAST_BYTES = 64;
/** Packed files are unpacked to be compared: only so many. */
const MOST_PACKED = 3;

/** Packed files that may hold a content, the likeliest first. */
export const packedBeside = (absolute: string): string[] =>
  siblingsOf(absolute)
    .filter(({ absolute: path }) => isPackedName(path))
    .slice(0, MOST_PACKED)
    .map(({ absolute: path }) => path);

/** What the same log was rotated to after a time, oldest first: files beside it that were written to later. */
export const rotatedSince = (absolute: string, sinceMs: number): string[] =>
  siblingsOf(absolute)
    .filter(
      ({ absolute: path, mtimeMs }) =>
        path !== absolute && mtimeMs > sinceMs && isPartOf(path, absolute),
    )
    .sort((a, b) => a.mtimeMs - b.mtimeMs)
    .map(({ absolute: path }) => path);

/** Is its name that of the log with what a rotation puts behind it? */
const isPartOf = (path: string, absolute: string): boolean => {
  const name = basename(absolute);
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const rest = basename(path);
  const behind = rest.startsWith(name) ? rest.slice(name.length) : undefined;
  const inside = rest.startsWith(stem) ? rest.slice(stem.length).replace(ending, '') : undefined;
  return [behind, inside].some(
    (text) => text !== undefined && /^[-._]?\d[\d\-_T.]*(?:\.(?:gz|bz2|xz|zst|lz4|Z))?$/.test(text),
  );
};

function begins(path: string, head: Fingerprint): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    return beginsAs(descriptor, head);
  } finally {
    closeSync(descriptor);
  }
}
