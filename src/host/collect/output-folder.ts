/** The folder of a collection: nothing is written anywhere else. Files appear in it whole, under their last name. */
import { createHash, type Hash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EXIT, IrError, messageOf, refusedError } from '../../errors.ts';
import { sumLine } from '../parse/backup-manifest.ts';
import {
  type CollectionHead,
  type ItemRecord,
  readRecords,
  type TakenFile,
} from './collection-record.ts';

const HEAD = 'collection.json';
const ITEMS = 'items.jsonl';
const MANIFEST = 'manifest-sha256.txt';
const LOCK = '.lock';
const PART = '.part';

/** An open folder. */
export interface OutputFolder {
  path: string;
  head: CollectionHead;
  /** Items that were taken before, and are still as they were written. */
  taken: readonly ItemRecord[];
  /** Scratch space inside the folder, gone at the end. */
  part: string;
  /** Opens a file to write; `finish` gives it its name. */
  create(path: string): NewFile;
  record(record: ItemRecord): void;
  /** The manifest of a collection that is complete. */
  manifest(): string;
  /** Removes what no record names, writes head and manifest. @returns the manifest's text */
  complete(endedAt: string, records: readonly ItemRecord[]): string;
  close(): void;
}

/** A file that is being written. */
export interface NewFile {
  write(bytes: Uint8Array): void;
  bytes(): number;
  finish(): TakenFile;
  discard(): void;
}

/**
 * Makes the folder, or goes on with one of the same profile.
 * @throws IrError (exit 6) for a folder that is something else, or that another run fills; (exit 9) where nothing can be written
 */
export function openOutput(path: string, head: CollectionHead, shown: string): OutputFolder {
  const earlier = readHead(path, shown);
  if (earlier !== undefined && earlier.profileSha256 !== head.profileSha256) {
    throw refusedError(
      `${shown} holds a collection of profile ${earlier.profile} that takes other things`,
      'Name another folder with --output, or use the same profile and version.',
    );
  }
  if (earlier !== undefined && earlier.host !== head.host) {
    throw refusedError(
      `${shown} holds a collection of ${earlier.host}, not of ${head.host}`,
      'Name another folder with --output.',
    );
  }
  writing(shown, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  lock(path, shown);
  const now =
    earlier === undefined
      ? head
      : {
          ...earlier,
          resumedAt:
            earlier.endedAt === null ? [...earlier.resumedAt, head.startedAt] : earlier.resumedAt,
        };
  const all = earlier === undefined ? [] : recordsIn(path);
  const taken = all.filter((record) => isWhole(path, record));
  if (earlier !== undefined && earlier.endedAt !== null) assertUnchanged(path, all, taken, shown);
  const part = join(path, PART);
  writing(shown, () => {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    if (earlier?.endedAt === null || earlier === undefined) {
      writeWhole(join(path, HEAD), `${JSON.stringify(now, null, 2)}\n`);
      writeWhole(join(path, ITEMS), taken.map((record) => `${JSON.stringify(record)}\n`).join(''));
    }
  });
  return folderAt(path, now, taken, part, shown);
}

function folderAt(
  path: string,
  head: CollectionHead,
  taken: readonly ItemRecord[],
  part: string,
  shown: string,
): OutputFolder {
  let serial = 0;
  return {
    ...{ path, head, taken, part },
    create: (name) => createFile(join(part, String(serial++)), path, name, shown),
    record(record) {
      writing(shown, () => {
        appendFileSync(join(path, ITEMS), `${JSON.stringify(record)}\n`);
        sync(join(path, ITEMS));
      });
    },
    manifest: () => readFileSync(join(path, MANIFEST), 'utf8'),
    complete(endedAt, records) {
      return writing(shown, () => {
        rmSync(part, { recursive: true, force: true });
        removeUnnamed(path, records);
        writeWhole(join(path, HEAD), `${JSON.stringify({ ...head, endedAt }, null, 2)}\n`);
        const manifest = manifestOf(path);
        writeWhole(join(path, MANIFEST), manifest);
        return manifest;
      });
    },
    close() {
      rmSync(part, { recursive: true, force: true });
      rmSync(join(path, LOCK), { force: true });
    },
  };
}

function createFile(place: string, folder: string, name: string, shown: string): NewFile {
  const descriptor = writing(shown, () => openSync(place, 'wx', 0o600));
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  return {
    write(data) {
      hash.update(data);
      writing(shown, () => {
        for (let done = 0; done < data.length; ) done += writeSync(descriptor, data, done);
      });
      bytes += data.length;
    },
    bytes: () => bytes,
    finish() {
      const target = join(folder, name);
      writing(shown, () => {
        fsyncSync(descriptor);
        closeSync(descriptor);
        mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
        renameSync(place, target);
      });
      return { path: name, sha256: hash.digest('hex'), bytes };
    },
    discard() {
      closeSync(descriptor);
      rmSync(place, { force: true });
    },
  };
}

/** The head of a collection that is there; undefined for a folder that is new or empty. @throws IrError (exit 6) for another one */
function readHead(path: string, shown: string): CollectionHead | undefined {
  if (!existsSync(path)) return undefined;
  const hint = 'Name another folder with --output.';
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    throw refusedError(`cannot collect into ${shown}: ${messageOf(error)}`, hint);
  }
  if (names.every((name) => [LOCK, PART].includes(name))) return undefined;
  try {
    const head = JSON.parse(readFileSync(join(path, HEAD), 'utf8')) as CollectionHead;
    if (head.collection === 1 && Array.isArray(head.resumedAt)) return head;
  } catch {
    // No head: it holds something else.
  }
  throw refusedError(`${shown} is not empty and holds no collection`, hint);
}

function recordsIn(path: string): ItemRecord[] {
  try {
    return readRecords(readFileSync(join(path, ITEMS), 'utf8'));
  } catch {
    return [];
  }
}

/** Are its files all there, with the content that was written? */
const isWhole = (path: string, { files }: ItemRecord): boolean =>
  files.every((file) => hashOf(join(path, file.path)) === file.sha256);

/** What is complete is evidence: it is not mended in silence. @throws IrError (exit 7) */
function assertUnchanged(
  path: string,
  all: readonly ItemRecord[],
  taken: readonly ItemRecord[],
  shown: string,
): void {
  if (taken.length === all.length && existsSync(join(path, MANIFEST))) return;
  rmSync(join(path, LOCK), { force: true });
  throw new IrError(`the collection in ${shown} was complete and is not as it was`, {
    exit: EXIT.integrity,
    hint: `Say what differs with: cd ${shown} && sha256sum --check --quiet ${MANIFEST}`,
  });
}

/** Undefined where it cannot be read. */
function hashOf(path: string): string | undefined {
  const hash = createHash('sha256');
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (;;) {
      const got = readSync(descriptor, buffer, 0, buffer.length, null);
      if (got === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, got));
    }
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** One run fills a folder; the lock of one that was killed counts no more. */
function lock(path: string, shown: string): void {
  const place = join(path, LOCK);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(place, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        writing(shown, () => {
          throw error;
        });
      const holder = Number(readFileSync(place, 'utf8').trim());
      if (isRunning(holder)) {
        throw refusedError(
          `process ${holder} is collecting into ${shown}`,
          'Wait for it, or name another folder with --output.',
        );
      }
      rmSync(place, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a run that was killed had begun. */
function removeUnnamed(path: string, records: readonly ItemRecord[]): void {
  const named = new Set(records.flatMap(({ files }) => files.map((file) => file.path)));
  for (const name of filesIn(path)) {
    if (!named.has(name) && /^(?:items|files)\//.test(name)) rmSync(join(path, name));
  }
}

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();
}

/** All files but the manifest itself, in the form of `sha256sum`. */
const manifestOf = (path: string): string =>
  filesIn(path)
    .filter((name) => name !== MANIFEST && name !== LOCK)
    .map((name) => `${sumLine(name, hashOf(join(path, name)) ?? '')}\n`)
    .join('');

function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  sync(draft);
  renameSync(draft, path);
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** @throws IrError (exit 9) where the disk does not take it: what was taken before stays */
function writing<T>(shown: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof IrError) throw error;
    throw new IrError(`cannot write into ${shown}: ${messageOf(error)}`, {
      exit: EXIT.outputFailed,
      hint: 'Make room, or name a folder elsewhere with --output. What was taken stays; the same command goes on with it.',
      cause: error,
    });
  }
}
