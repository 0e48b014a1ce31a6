/** Has anything changed below a folder since a moment? Answered by names, sizes and times, without reading a file. */
import { readdirSync, statSync } from 'node:fs';

/** A folder with all below it, as it lay there once. */
export interface FolderStamp {
  /** Names in the folder, sorted. */
  names: string[];
  folders: { name: string; stamp: FolderStamp }[];
  files: { name: string; bytes: number; modifiedMs: number }[];
}

/** Takes the stamp of a folder. Throws when it cannot be read. */
export function stampFolder(path: string): FolderStamp {
  const stamp: FolderStamp = { names: namesIn(path), folders: [], files: [] };
  for (const name of stamp.names) {
    const below = `${path}/${name}`;
    const status = statSync(below);
    if (status.isDirectory()) stamp.folders.push({ name, stamp: stampFolder(below) });
    else stamp.files.push({ name, bytes: status.size, modifiedMs: status.mtimeMs });
  }
  return stamp;
}

/** Does the folder lie there as it did? An edit that keeps a file's size and its time to the microsecond is not seen. */
export function isUnchanged(path: string, { names, folders, files }: FolderStamp): boolean {
  try {
    const found = namesIn(path);
    return (
      found.length === names.length &&
      found.every((name, index) => name === names[index]) &&
      files.every(({ name, bytes, modifiedMs }) => {
        const { size, mtimeMs } = statSync(`${path}/${name}`);
        return size === bytes && mtimeMs === modifiedMs;
      }) &&
      folders.every(({ name, stamp }) => isUnchanged(`${path}/${name}`, stamp))
    );
  } catch {
    return false;
  }
}

const namesIn = (path: string): string[] => readdirSync(path).sort();
