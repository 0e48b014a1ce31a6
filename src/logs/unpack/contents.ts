/**
 * All that is in a packed file: what it is packed in is taken off, archives are opened, and archives in archives. Nothing
 * is written under the name of a member; a name is only shown.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { excludes, type SaidOfFiles } from '../said-of-files.ts';
import type { Spool } from '../spool.ts';
import { type InputProblem, isLeftOut } from '../walk.ts';
import { codecOf } from './codecs.ts';
import { isOpenJournal, JOURNAL_MAGIC } from './journal-file.ts';
import { journalLines } from './journal-lines.ts';
import { bounded, damageOf, isBomb, type Layers, takeOffLayers } from './layers.ts';
import { isTar, type TarMember, tarMembers } from './tar.ts';
import { openMember, type Passwords } from './zip.ts';
import { type OpenFile, type ZipEntry, zipEntries } from './zip-directory.ts';

/** Archives in archives, deeper than this, hold no logs. */
const MAX_DEPTH = 6;
/** No archive of logs has as many. */
const MAX_MEMBERS = 100_000;
const ZIP_MAGIC = /^PK(?:\x03\x04|\x05\x06|\x07\x08)/;

/** Something that may be packed. */
export interface Place {
  /** As shown: `support.zip!/var/log/auth.log` for a member. */
  path: string;
  stream: AsyncIterable<Buffer>;
  /** The open file, where the stream is all of one. */
  file?: OpenFile | undefined;
  /** The user named it. */
  isNamed: boolean;
  mtimeMs: number | undefined;
}

/** One content that is packed no more; it is read before the next one is asked for. */
export interface Content {
  path: string;
  isNamed: boolean;
  stream: AsyncIterable<Buffer>;
  /** When it was last written, milliseconds, as was kept with it. */
  packedMs: number | undefined;
  /** Is it of an archive, or only packed? */
  isMember: boolean;
  /** It goes on being written: what was read of it is not what lies there later. */
  isLive?: boolean;
  /** Once it was read: of the bytes in the archive. */
  sealed(): Promise<{ sha256: string; bytes: number }>;
  /** What is wrong with it, of what was read. */
  problem(): string | undefined;
}

/** What is needed to unpack. */
export interface UnpackOptions {
  spool: Spool;
  passwords: Passwords;
  said: SaidOfFiles | undefined;
  signal: AbortSignal | undefined;
  /** Bytes of the outermost file. */
  packedBytes: number;
  /** Everything counts: also what is never a log, such as programs packed as zip. */
  isWhole?: boolean;
}

interface Going extends UnpackOptions {
  depth: number;
  /** Bytes of all contents so far, and members. */
  spent: { bytes: number; members: number };
}

/** The contents of a file in order, and what of it is not read. */
export const contentsOf = (
  place: Place,
  options: UnpackOptions,
): AsyncGenerator<Content | InputProblem> =>
  openPlace(place, { ...options, depth: 0, spent: { bytes: 0, members: 0 } });

/** Does what begins so hold something else? */
export const isPacked = (head: Buffer): boolean =>
  codecOf(head) !== undefined || isZip(head) || isTar(head) || isJournal(head);

/** Does it hold files? @param head without what it was packed in */
export const isArchive = (head: Buffer): boolean => isZip(head) || isTar(head);

const isZip = (head: Buffer): boolean => ZIP_MAGIC.test(head.toString('latin1', 0, 4));

const isJournal = (head: Buffer): boolean =>
  head.toString('latin1', 0, JOURNAL_MAGIC.length) === JOURNAL_MAGIC;

/** Tells what is not read from a content. */
export const isUnread = (found: Content | InputProblem): found is InputProblem => 'reason' in found;

async function* openPlace(place: Place, going: Going): AsyncGenerator<Content | InputProblem> {
  const { path, isNamed, mtimeMs } = place;
  // What is packed is hardly ever larger than its content.
  const noRoom = going.depth === 0 ? whyNoRoom(going.packedBytes, going) : undefined;
  if (noRoom !== undefined) {
    yield failed(path, noRoom);
    return;
  }
  const sealed = createSeal(place.stream);
  const layers = await takeOffLayers(going.depth === 0 ? place.stream : sealed.stream);
  const content = {
    ...{ path, isNamed, isMember: going.depth > 0, sealed: sealed.end },
    packedMs: layers.packedMs ?? mtimeMs,
  };
  if (isJournal(layers.head)) {
    yield* asFile(place, layers, going, (file) => journal(content, file, layers, going));
    return;
  }
  if (!isZip(layers.head) && !isTar(layers.head)) {
    const stream = metered(layers.stream, going);
    yield { ...content, stream, problem: () => layers.problem() ?? bombOf(going) };
    return;
  }
  if (going.depth === MAX_DEPTH) {
    yield failed(path, `archives in archives more than ${MAX_DEPTH} deep, not opened`);
    return;
  }
  const inside = { ...going, depth: going.depth + 1 };
  const before = going.spent.members;
  yield* isZip(layers.head)
    ? asFile(place, layers, inside, (file) => zipMembers(path, file, isNamed, inside))
    : tar(path, layers, inside);
  const bomb = bombOf(going);
  if (bomb !== undefined && going.depth === 0) yield failed(path, bomb);
  else if (going.spent.members === before && layers.problem() === undefined)
    yield { path, reason: 'an archive without files', isFailure: false };
}

const failed = (path: string, reason: string): InputProblem => ({ path, reason, isFailure: true });

/** Why nothing more is unpacked; undefined while all is well. */
function bombOf({ spent, packedBytes }: Going): string | undefined {
  if (spent.members > MAX_MEMBERS)
    return `more than ${MAX_MEMBERS} members, the others were not read`;
  return isBomb(packedBytes, spent.bytes)
    ? `stopped after ${spent.bytes} bytes in all: it grows too much, like a decompression bomb`
    : undefined;
}

async function* metered(stream: AsyncIterable<Buffer>, going: Going): AsyncGenerator<Buffer> {
  for await (const piece of stream) {
    yield piece;
    going.spent.bytes += piece.length;
    if (bombOf(going) !== undefined) return;
  }
}

/** A stream whose bytes are hashed on their way; it can be read on after its reader stopped. */
function createSeal(stream: AsyncIterable<Buffer>): {
  stream: AsyncIterable<Buffer>;
  end(): Promise<{ sha256: string; bytes: number }>;
} {
  const hash = createHash('sha256');
  let bytes = 0;
  const iterator = stream[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const piece = await iterator.next();
    if (piece.done === true) return piece;
    hash.update(piece.value);
    bytes += piece.value.length;
    return piece;
  };
  return {
    stream: { [Symbol.asyncIterator]: () => ({ next }) },
    async end() {
      while ((await next()).done !== true);
      return { sha256: hash.digest('hex'), bytes };
    },
  };
}

/** The path of a member: names from an archive are only shown, `..` so that it leads nowhere. */
export function memberPath(archive: string, name: string): string {
  const text = name.includes('/') ? name : name.replaceAll('\\', '/');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  return `${archive}!/${parts.map((part) => (part === '..' ? '\\x2e\\x2e' : part)).join('/')}`;
}

/** Gives each member a path of its own: an archive may hold a name twice. */
function createNames(archive: string): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const path = memberPath(archive, name);
    const count = (seen.get(path) ?? 0) + 1;
    seen.set(path, count);
    return count === 1 ? path : `${path}#${count}`;
  };
}

/** What is not to be read of a member by its path alone; empty: it is not even named. */
function leftOutBy(archive: string, path: string, { said, isWhole }: Going): string | undefined {
  if (isWhole !== true && isLeftOut(path.slice(archive.length))) return '';
  const glob = excludes(said, path);
  return glob === undefined ? undefined : `left out by --exclude ${glob}`;
}

async function* tar(
  archive: string,
  layers: Layers,
  going: Going,
): AsyncGenerator<Content | InputProblem> {
  const nameOf = createNames(archive);
  let damage: string | undefined;
  try {
    for await (const member of tarMembers(layers.stream, (text) => (damage ??= text))) {
      going.spent.members += 1;
      if (bombOf(going) !== undefined) return;
      const path = nameOf(member.name);
      const reason = leftOutBy(archive, path, going) ?? leftOutOf(member);
      if (reason !== undefined) {
        if (reason !== '') yield { path, reason, isFailure: false };
      } else yield* withDamage(member, openPlace(placeOf(path, member), going));
    }
  } catch (error) {
    damage ??= damageOf(error);
  }
  const problem = layers.problem() ?? (damage === undefined ? undefined : `tar: ${damage}`);
  if (problem !== undefined) yield failed(archive, problem);
}

const leftOutOf = ({ leftOut }: TarMember): string | undefined =>
  leftOut === undefined ? undefined : `${leftOut}, left out`;

const placeOf = (path: string, { content, mtimeMs }: TarMember): Place => ({
  ...{ path, mtimeMs, stream: content, isNamed: false },
});

/** Says of the contents of a member that was cut that something is missing. */
async function* withDamage(
  { isWhole }: TarMember,
  found: AsyncGenerator<Content | InputProblem>,
): AsyncGenerator<Content | InputProblem> {
  for await (const content of found) {
    if (isUnread(content)) yield content;
    else {
      const cut = 'truncated, the part before the cut was read';
      yield { ...content, problem: () => content.problem() ?? (isWhole() ? undefined : cut) };
    }
  }
}

/** Hands a place over as an open file: what is packed is copied first. */
async function* asFile(
  { path, file }: Place,
  layers: Layers,
  going: Going,
  use: (file: OpenFile) => AsyncGenerator<Content | InputProblem>,
): AsyncGenerator<Content | InputProblem> {
  if (file !== undefined && layers.names.length === 0) {
    yield* use(file);
    return;
  }
  const copy = await going.spool.copy(metered(layers.stream, going), going.signal);
  const descriptor = openSync(copy.absolute, 'r');
  try {
    const problem = layers.problem() ?? copy.problem;
    if (problem !== undefined) yield failed(path, problem);
    yield* use({ descriptor, sizeBytes: copy.sizeBytes });
  } finally {
    closeSync(descriptor);
    rmSync(copy.absolute, { force: true });
  }
}

/** A journal is read as the lines that journalctl makes of it. */
async function* journal(
  content: Omit<Content, 'stream' | 'problem'>,
  file: OpenFile,
  layers: Layers,
  going: Going,
): AsyncGenerator<Content> {
  let damage: string | undefined;
  const note = (text: string): void => {
    damage ??= `journal: ${text}`;
  };
  async function* lines(): AsyncGenerator<Buffer> {
    try {
      yield* journalLines(file, note);
    } catch (error) {
      note(damageOf(error));
    }
  }
  const problem = (): string | undefined => damage ?? layers.problem() ?? bombOf(going);
  const isLive = !content.isMember && layers.names.length === 0 && isOpenJournal(file);
  yield { ...content, isLive, stream: metered(lines(), going), problem };
}

/** Programs and documents are zip files, too. */
const NO_LOGS = /^(?:META-INF\/|\[Content_Types\]\.xml$|mimetype$|AndroidManifest\.xml$)/;

async function* zipMembers(
  archive: string,
  file: OpenFile,
  isNamed: boolean,
  going: Going,
): AsyncGenerator<Content | InputProblem> {
  const { entries, problem } = zipEntries(file);
  if (problem !== undefined) yield failed(archive, `zip: ${problem}`);
  const isFile = ({ name }: ZipEntry): boolean => !/[\\/]$/.test(name);
  const isWanted = isNamed || going.isWhole === true;
  if (!isWanted && entries.some(({ name }) => NO_LOGS.test(name))) {
    going.spent.members += 1;
    const reason = 'a program or document packed as zip, left out; name it to read it';
    yield { path: archive, reason, isFailure: false };
    return;
  }
  const needed = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const noRoom = whyNoRoom(needed, going);
  if (noRoom !== undefined) {
    going.spent.members += 1;
    yield failed(archive, noRoom);
    return;
  }
  const nameOf = createNames(archive);
  for (const entry of entries.filter(isFile)) {
    going.spent.members += 1;
    if (bombOf(going) !== undefined) return;
    const path = nameOf(entry.name);
    const reason =
      leftOutBy(archive, path, going) ?? (entry.isLink ? 'a symbolic link, left out' : undefined);
    if (reason === undefined) yield* zipMember(path, file, entry, going);
    else if (reason !== '') yield { path, reason, isFailure: false };
  }
}

async function* zipMember(
  path: string,
  file: OpenFile,
  entry: ZipEntry,
  going: Going,
): AsyncGenerator<Content | InputProblem> {
  let damage: string | undefined;
  try {
    const { packed, decode } = await openMember(file, entry, going.passwords);
    const stream = bounded({ name: 'zip', decode }, packed, (text) => (damage ??= text));
    const place = { path, stream, isNamed: false, mtimeMs: entry.mtimeMs };
    for await (const found of openPlace(place, going)) {
      yield isUnread(found) ? found : { ...found, problem: () => damage ?? found.problem() };
    }
  } catch (error) {
    damage ??= (error as Error).message;
    yield failed(path, damage);
    return;
  }
}

/** Why so many bytes cannot be unpacked. */
function whyNoRoom(needed: number, { packedBytes }: Going): string | undefined {
  // More than that is not unpacked anyway.
  if (isBomb(packedBytes, needed)) return undefined;
  const folder = tmpdir();
  try {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    return needed <= free
      ? undefined
      : `no room to unpack it: ${needed} bytes needed, ${free} free in ${folder}; let TMPDIR name a folder with more room`;
  } catch {
    // Whoever makes the first copy says why there is none.
    return undefined;
  }
}
