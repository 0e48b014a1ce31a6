/** Takes one item of a collection. Nothing that the machine does makes it fail: what was not taken is in the record. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { inFolder, type NamedPath, showName } from '../../logs/input-path.ts';
import { reasonOf } from '../../logs/reason.ts';
import { createTurns } from '../../logs/turns.ts';
import { lookAt } from '../find-files.ts';
import { isAbsent } from '../machine.ts';
import type { Item } from './collection.ts';
import type { ItemRecord, TakenFile } from './collection-record.ts';
import { readItem } from './read-item.ts';
import { storedName } from './stored-name.ts';
import { readerCommand, takeRemoteFiles } from './take-remote.ts';
import { copyUpTo, keepOutput, runThere, type Taken, type Taking } from './taking.ts';

const MOST_LEFT_OUT = 200;
const MOST_FILES = 5000;

/** @param number its place among the items, for the names of its files */
export async function takeItem(item: Item, number: number, taking: Taking): Promise<ItemRecord> {
  const startedAt = taking.now();
  const name = `items/${String(number).padStart(2, '0')}-${item.id}`;
  const { command, exitCode, failure, files, leftOut } = await takeSource(item, name, taking);
  taking.signal.throwIfAborted();
  return {
    ...{ item: item.id, title: item.title, volatility: item.volatility, command },
    startedAt: startedAt.toISOString(),
    durationMs: Math.max(0, taking.now().getTime() - startedAt.getTime()),
    ...{ exitCode, failure, files },
    leftOut: leftOut.slice(0, MOST_LEFT_OUT),
    furtherLeftOut: Math.max(0, leftOut.length - MOST_LEFT_OUT),
  };
}

function takeSource({ source, maxBytes }: Item, name: string, taking: Taking): Promise<Taken> {
  const most = Math.min(maxBytes, taking.bytesLeft());
  const isRemote = taking.place.ssh !== undefined;
  switch (source.kind) {
    case 'run':
      return takeOutput(source.argv, source.timeoutMs, most, name, taking);
    case 'read':
      return isRemote
        ? takeOutput(readerCommand(source.reader), 10 * 60_000, most, name, taking)
        : readItem(source.reader, most, name, taking);
    case 'files':
      return isRemote
        ? takeRemoteFiles(source, maxBytes, taking)
        : takeFiles(source.globs, source.keep, maxBytes, taking);
  }
}

async function takeOutput(
  argv: readonly string[],
  timeoutMs: number,
  most: number,
  name: string,
  taking: Taking,
): Promise<Taken> {
  const { exitCode, failure, stdout, stderr } = await runThere(argv, timeoutMs, 0, taking);
  const files: TakenFile[] = [];
  const outputs = [
    ['out', stdout],
    ['err', stderr],
  ] as const;
  for (const [end, recorded] of outputs) {
    const taken = keepOutput(recorded, most, `${name}.${end}`, taking.output);
    if (taken !== undefined) files.push(taken);
  }
  const lost = outputs.some(([, { path, bytes }]) => path === undefined && bytes > 0);
  return {
    ...{ command: argv, exitCode: exitCode ?? null, files, leftOut: [] },
    failure: failure ?? (lost ? 'its output is too large to be kept' : null),
  };
}

async function takeFiles(
  globs: readonly string[],
  keep: 'start' | 'end',
  maxBytes: number,
  taking: Taking,
): Promise<Taken> {
  const turn = createTurns(taking.signal);
  const files = new Map<string, TakenFile>();
  const leftOut: Taken['leftOut'] = [];
  let failure: string | null = null;
  for (const glob of globs) {
    for (const place of placesOf(glob, leftOut)) {
      await turn();
      if (files.size >= MOST_FILES || taking.msLeft() <= 0) {
        failure ??=
          files.size >= MOST_FILES
            ? `more than ${MOST_FILES} files`
            : 'the time of the collection is over';
        leftOut.push({ path: place.shown, why: failure });
        continue;
      }
      const name = storedName(place.absolute);
      if (files.has(name)) continue;
      // Own files of this run are no evidence.
      if (Buffer.from(place.absolute).includes(`${taking.output.path}/`)) continue;
      const taken = takeFile(place, { keep, maxBytes, isNamed: !glob.includes('*') }, name, taking);
      if ('why' in taken) leftOut.push({ path: place.shown, why: taken.why });
      else files.set(name, taken);
    }
  }
  return {
    command: ['copy', ...globs],
    exitCode: null,
    failure,
    files: [...files.values()],
    leftOut,
  };
}

interface CopyTerms {
  keep: 'start' | 'end';
  maxBytes: number;
  /** Only a place that the collection names may be a link: others are made by whoever can write there. */
  isNamed: boolean;
}

function takeFile(
  place: NamedPath,
  { keep, maxBytes, isNamed }: CopyTerms,
  name: string,
  { output, bytesLeft }: Taking,
): TakenFile | { why: string } {
  const found = lookAt(place, () => undefined);
  if (found === undefined) return { why: 'gone' };
  if (found.kind === 'folder') return { why: 'a folder' };
  if (found.kind === 'other') return { why: 'no file: a pipe, socket or device' };
  if (found.kind === 'link' && !isNamed) return { why: `a link to ${linkTarget(place)}` };
  let descriptor: number | undefined;
  try {
    descriptor = openQuietly(place.absolute, isNamed);
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { why: 'no file' };
    const most = Math.min(maxBytes, bytesLeft());
    if (most <= 0) return { why: 'the limit of all bytes is reached' };
    const start = keep === 'end' ? Math.max(0, status.size - most) : 0;
    const taken = copyUpTo(descriptor, { start, most, size: status.size }, name, output);
    const { mode, uid, gid, mtimeMs, ctimeMs } = status;
    return {
      ...taken,
      from: {
        ...{ path: place.shown, mode: (mode & 0o7777).toString(8).padStart(4, '0'), uid, gid },
        modifiedAt: new Date(mtimeMs).toISOString(),
        changedAt: new Date(ctimeMs).toISOString(),
      },
    };
  } catch (error) {
    if ((error as { exit?: number }).exit !== undefined) throw error;
    return { why: isAbsent(error) ? 'gone' : reasonOf(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Without a trace in the time of access, where that is allowed, and without waiting for a pipe. */
function openQuietly(path: string | Buffer, mayBeLink: boolean): number {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_NOATIME } = constants;
  const flags = O_RDONLY | O_NONBLOCK | (mayBeLink ? 0 : O_NOFOLLOW);
  try {
    return openSync(path, flags | (O_NOATIME ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    return openSync(path, flags);
  }
}

function linkTarget({ absolute }: NamedPath): string {
  try {
    return showName(readlinkSync(absolute, { encoding: 'buffer' }));
  } catch {
    return '?';
  }
}

/** The places that a pattern stands for: `*` is any text within a name, a dot in front included only where one is written. */
function placesOf(glob: string, leftOut: Taken['leftOut']): NamedPath[] {
  let found: NamedPath[] = [{ shown: '/', absolute: '/' }];
  for (const part of glob.split('/').filter((one) => one !== '')) {
    if (!part.includes('*')) {
      found = found.map((folder) => inFolder(folder, Buffer.from(part)));
      continue;
    }
    const pattern = new RegExp(
      `^${part.startsWith('*') ? '(?!\\.)' : ''}${part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^]*')}$`,
    );
    found = found.flatMap((folder) =>
      namesIn(folder, leftOut)
        .filter((name) => pattern.test(name.toString('latin1')))
        .map((name) => inFolder(folder, name)),
    );
  }
  return found.filter(({ absolute }) => glob.includes('*') || isThere(absolute));
}

const isThere = (path: string | Buffer): boolean =>
  lookAt({ shown: '', absolute: path }, () => undefined) !== undefined;

function namesIn(folder: NamedPath, leftOut: Taken['leftOut']): Buffer[] {
  try {
    return readdirSync(folder.absolute, { encoding: 'buffer' }).sort(Buffer.compare);
  } catch (error) {
    if (!isAbsent(error)) leftOut.push({ path: folder.shown, why: reasonOf(error) });
    return [];
  }
}
