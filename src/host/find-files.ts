/** The files below folders of a machine, with what the file system says of each. Links are not followed. */
import {
  type Dirent,
  lstatSync,
  readdirSync,
  type Stats,
  statfsSync,
  type statSync,
} from 'node:fs';
import { type FilePath, inFolder, type NamedPath } from '../logs/input-path.ts';
import { pseudoFileSystem } from '../logs/pseudo-file-system.ts';
import { reasonOf } from '../logs/reason.ts';
import { createTurns } from '../logs/turns.ts';
import { isAbsent, type Machine, placeOn } from './machine.ts';
import type { Unseen } from './observation.ts';

/** A file as the file system has it. */
export interface FoundFile extends NamedPath {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits, set-uid and set-gid included. */
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
  modifiedMs: number;
  /** Last change of content, mode, owner or name: no program can set it back. */
  changedMs: number;
  device: number;
  inode: number;
}

/** What is looked for. */
export interface FindOptions {
  /** Levels of folders below the named ones; by default all. */
  depth?: number;
  /** Called for what could not be looked at. */
  unseen(what: Unseen): void;
  /** Folders that are not gone into. */
  leaveOut?(folder: FoundFile): boolean;
}

/**
 * Goes through the files in a stable order, the named ones first. What is not there is passed over; other file systems are
 * gone into where they hold files of this machine. @throws the signal's reason when it is aborted
 */
export async function* findFiles(
  machine: Machine,
  paths: readonly string[],
  { depth = 64, unseen, leaveOut }: FindOptions,
): AsyncGenerator<FoundFile> {
  const turn = createTurns(machine.signal);
  const seen = new Set<string>();
  const waiting = paths
    .map((path) => ({
      place: placeOn(machine, path),
      level: 0,
      device: undefined as number | undefined,
    }))
    .reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    await turn();
    const { place, level, device } = next;
    const found = lookOn(machine, place, unseen);
    if (found === undefined) continue;
    if (found.kind !== 'folder') {
      yield found;
      continue;
    }
    const identity = `${found.device}:${found.inode}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    if (leaveOut?.(found) === true) continue;
    if (device !== undefined && device !== found.device) {
      const elsewhere = await otherFileSystem(found.absolute);
      if (elsewhere !== undefined) {
        if (elsewhere !== '') unseen({ what: found.shown, why: elsewhere });
        continue;
      }
    }
    yield found;
    if (level >= depth) continue;
    for (const { name } of namesOf(found, unseen).reverse()) {
      const inside = inFolder(found, name);
      waiting.push({ place: inside, level: level + 1, device: found.device });
    }
  }
}

/**
 * What lies at a path of a machine; undefined where there is nothing, or it cannot be told.
 * @param look `statSync` for what a link leads to
 */
export function lookOn(
  { remote, isCopy }: Machine,
  place: NamedPath,
  unseen: FindOptions['unseen'],
  look: typeof lstatSync | typeof statSync = lstatSync,
): FoundFile | undefined {
  const told = remote?.facts.get(place.shown);
  // What a link leads to is in the copy alone.
  if (told !== undefined && (told.kind !== 'link' || look === lstatSync))
    return { ...place, ...told };
  const found = lookAt(place, unseen, look);
  // A copy was made just now.
  return found === undefined || isCopy !== true ? found : { ...found, changedMs: found.modifiedMs };
}

/** The same of a place on the machine that we run on. */
export function lookAt(
  place: NamedPath,
  unseen: FindOptions['unseen'],
  look: typeof lstatSync | typeof statSync = lstatSync,
): FoundFile | undefined {
  let status: Stats;
  try {
    status = look(place.absolute) as Stats;
  } catch (error) {
    // Gone since its folder was read.
    if (!isAbsent(error)) unseen({ what: place.shown, why: reasonOf(error) });
    return undefined;
  }
  return {
    ...place,
    kind: kindOf(status),
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    sizeBytes: status.size,
    modifiedMs: status.mtimeMs,
    changedMs: status.ctimeMs,
    device: status.dev,
    inode: status.ino,
  };
}

function kindOf(status: Stats): FoundFile['kind'] {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'folder';
  return status.isSymbolicLink() ? 'link' : 'other';
}

function namesOf(folder: FoundFile, unseen: FindOptions['unseen']): Dirent<Buffer>[] {
  try {
    const names = readdirSync(folder.absolute, { encoding: 'buffer', withFileTypes: true });
    return names.sort((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    if (!isAbsent(error)) unseen({ what: folder.shown, why: reasonOf(error) });
    return [];
  }
}

/** Of other machines, or shown a second time: containers' layers lie below the folder of their program as well. */
const FOREIGN: ReadonlyMap<number, string> = new Map([
  [0x6969, 'a file system of another machine (NFS)'],
  [0x517b, 'a file system of another machine (SMB)'],
  [0xff534d42, 'a file system of another machine (CIFS)'],
  [0xfe534d42, 'a file system of another machine (SMB)'],
  [0x65735546, 'a file system of a program (FUSE)'],
  [0x794c7630, ''],
]);

/** Why a file system is not gone into: empty for those that hold no files of their own; undefined: it is gone into. */
async function otherFileSystem(folder: FilePath): Promise<string | undefined> {
  if ((await pseudoFileSystem(folder)) !== undefined) return '';
  try {
    return FOREIGN.get(statfsSync(folder).type >>> 0);
  } catch {
    return undefined;
  }
}
