/**
 * Files and folders of the configuration that somebody wants to hear of: content, mode, owner, what is new, what is gone. A change that is
 * what a package brought is told as such. What is looked at is a listing and, where a stamp moved, the content.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../detect/finding.ts';
import { messageOf } from '../errors.ts';
import { packageOf } from './package-sums.ts';

/** What is known of a file. */
export interface FileMark {
  /** Of the content, or of where a link points; empty: too large, or a folder. */
  sha256: string;
  md5: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Its inode; 0 of folders. */
  ino: number;
  /** Milliseconds; both move when a file is written, the second also when it is only touched back. */
  mtimeMs: number;
  ctimeMs: number;
}

/** By path, as JSON can carry it. */
export type SavedFiles = readonly (readonly [path: string, mark: FileMark])[];

/** Looks at the files. */
export interface WatchedFiles {
  /** @returns a finding for each change since the last look; the first look of all finds nothing */
  look(nowMs: number): Finding[];
  save(): SavedFiles | undefined;
}

const EVERY_MS = 10_000;
const MOST_FILES = 20_000;
const MOST_BYTES = 64 << 20;

/** @param paths files and folders, with all that is in them @param say called once with what cannot be looked at */
export function createWatchedFiles(
  paths: readonly string[],
  saved: SavedFiles | undefined,
  say: (text: string) => void,
  dpkg = '/var/lib/dpkg',
): WatchedFiles {
  let known = saved === undefined ? undefined : new Map(saved);
  let lookedMs = Number.NEGATIVE_INFINITY;
  const said = new Set<string>();
  const sayOnce = (text: string): void => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
  return {
    look(nowMs) {
      // A clock that was set back must not end the looking.
      if (nowMs >= lookedMs && nowMs - lookedMs < EVERY_MS) return [];
      lookedMs = nowMs;
      if (paths.length === 0) return [];
      const now = marksOf(paths, known, sayOnce);
      const before = known;
      known = now;
      if (before === undefined) return [];
      return [...new Set([...before.keys(), ...now.keys()])].flatMap((path) => {
        if (!isUnder(path, paths)) return [];
        const why = changeOf(before.get(path), now.get(path));
        if (why === undefined) return [];
        return [findingOf(path, why, now.get(path), { nowMs, dpkg })];
      });
    },
    save: () => known && [...known],
  };
}

/** What was watched once and is no longer named is not gone. */
const isUnder = (path: string, paths: readonly string[]): boolean =>
  paths.some((one) => path === one || path.startsWith(one.endsWith('/') ? one : `${one}/`));

function marksOf(
  paths: readonly string[],
  known: ReadonlyMap<string, FileMark> | undefined,
  say: (text: string) => void,
): Map<string, FileMark> {
  const marks = new Map<string, FileMark>();
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (marks.size >= MOST_FILES) {
      say(`watched_files: of more than ${MOST_FILES} files, the others are not looked at`);
      break;
    }
    try {
      const status = lstatSync(path);
      const { mode, uid, gid, size, ino, mtimeMs, ctimeMs } = status;
      const before = known?.get(path);
      const isSame =
        before?.mtimeMs === mtimeMs &&
        before.ino === ino &&
        before.ctimeMs === ctimeMs &&
        before.size === size;
      const text = isSame || status.isDirectory() ? undefined : contentOf(path, status);
      const sums =
        text === undefined
          ? { sha256: before?.sha256 ?? '', md5: before?.md5 ?? '' }
          : { sha256: hash('sha256', text), md5: hash('md5', text) };
      // The times of a folder move with what is in it, which is told by itself.
      const times = status.isDirectory()
        ? { size: 0, ino: 0, mtimeMs: 0, ctimeMs: 0 }
        : { size, ino, mtimeMs, ctimeMs };
      marks.set(path, { ...sums, mode, uid, gid, ...times });
      if (status.isDirectory())
        for (const name of readdirSync(path)) waiting.push(join(path, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      say(`watched_files: ${path} is not looked at: ${messageOf(error)}`);
      const before = known?.get(path);
      if (before !== undefined) marks.set(path, before);
    }
  }
  return marks;
}

function contentOf(path: string, status: ReturnType<typeof lstatSync>): Buffer | string {
  if (status?.isSymbolicLink() === true) return readlinkSync(path);
  if (status?.isFile() !== true || Number(status.size) > MOST_BYTES) return '';
  return readFileSync(path);
}

const hash = (name: string, content: Buffer | string): string =>
  createHash(name).update(content).digest('hex');

function changeOf(before: FileMark | undefined, now: FileMark | undefined): string | undefined {
  if (before === undefined) return 'new';
  if (now === undefined) return 'gone';
  const changes = [
    ...(before.sha256 === now.sha256 && (now.sha256 !== '' || before.size === now.size)
      ? []
      : [`content (SHA-256 ${before.sha256.slice(0, 12)} to ${now.sha256.slice(0, 12)})`]),
    ...(before.mode === now.mode ? [] : [`mode ${octal(before.mode)} to ${octal(now.mode)}`]),
    ...(before.uid === now.uid ? [] : [`owner ${before.uid} to ${now.uid}`]),
    ...(before.gid === now.gid ? [] : [`group ${before.gid} to ${now.gid}`]),
  ];
  return changes.length === 0 ? undefined : `changed: ${changes.join(', ')}`;
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

function findingOf(
  path: string,
  why: string,
  mark: FileMark | undefined,
  { nowMs, dpkg }: { nowMs: number; dpkg: string },
): Finding {
  const owner = mark === undefined ? undefined : packageOf(path, mark.md5, dpkg);
  const level = owner === undefined ? 'high' : 'low';
  const title =
    owner === undefined ? 'Watched file changed' : 'Watched file changed with its package';
  const name = owner === undefined ? 'watched-file' : 'watched-file-package';
  const id = hash('sha256', `${name}\u0001${path}\u0001${why}\u0001${nowMs}`).slice(0, 16);
  const us = nowMs * 1000;
  const reason = owner === undefined ? why : `${why}; it is as the package ${owner} has it`;
  return {
    ...{ id, level, firstUs: us, lastUs: us, atUs: us, count: 1 },
    rule: {
      ...{ id: name, name, title, level, tactics: ['persistence'], techniques: ['T1565.001'] },
    },
    entities: { 'file.path': [path] },
    evidence: [],
    event: { message: `${path}: ${reason}`, file: { path }, event: { reason } },
  };
}
