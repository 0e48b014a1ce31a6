/** What is in a file that is copied: itself, what it is packed in, or the members of an archive, one after the other. */
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { contentKind } from '../logs/content-kind.ts';
import { reasonOf } from '../logs/reason.ts';
import type { SaidOfFiles } from '../logs/said-of-files.ts';
import { createSpool, piecesOf, readHead } from '../logs/spool.ts';
import { codecOf } from '../logs/unpack/codecs.ts';
import { contentsOf, isArchive, isPacked, isUnread } from '../logs/unpack/contents.ts';
import { peek, takeOffLayers } from '../logs/unpack/layers.ts';
import { type InputFile, STDIN_PATH } from '../logs/walk.ts';

/** Bytes that are text, and where their copy belongs. */
export interface Part {
  path: string;
  /** Below the copy of an archive; empty: it is the copy. */
  below: string;
  stream: AsyncIterable<Uint8Array>;
  /** Its copy is packed with gzip, as it was. */
  isGzip: boolean;
  /** It was packed otherwise: its copy is plain. */
  isUnpacked: boolean;
  /** What is missing of it, once it was read. */
  problem(): string | undefined;
}

/** What is not copied. */
export interface LeftOutPart {
  path: string;
  reason: string;
  isFailure: boolean;
}

/** How parts are read. */
export interface PartOptions {
  said: SaidOfFiles;
  passwords: string[];
  signal: AbortSignal;
}

const HEAD_BYTES = 4096;
const whole = (): undefined => undefined;

/** The parts in order; each is read before the next is asked for. */
export async function* partsOf(
  file: InputFile,
  options: PartOptions,
): AsyncGenerator<Part | LeftOutPart> {
  if (file.path === STDIN_PATH) {
    const stream = process.stdin as AsyncIterable<Uint8Array>;
    yield { path: file.path, below: '', stream, isGzip: false, isUnpacked: false, problem: whole };
    return;
  }
  let descriptor: number;
  try {
    descriptor = openSync(file.absolute, 'r');
  } catch (error) {
    yield { path: file.path, reason: reasonOf(error), isFailure: file.isNamed };
    return;
  }
  try {
    yield* partsOfOpen(file, descriptor, options);
  } finally {
    closeSync(descriptor);
  }
}

async function* partsOfOpen(
  file: InputFile,
  descriptor: number,
  options: PartOptions,
): AsyncGenerator<Part | LeftOutPart> {
  const { path, sizeBytes } = file;
  const head = readHead(descriptor, HEAD_BYTES);
  const codec = codecOf(head);
  const stream = piecesOf(descriptor, sizeBytes);
  if (!isPacked(head) || codec?.name === 'UTF-16') {
    const kind = codec === undefined ? contentKind(head) : { kind: 'text' as const };
    if (kind.kind === 'other')
      yield { path, reason: `${kind.reason}: not copied`, isFailure: file.isNamed };
    else yield { path, below: '', stream, isGzip: false, isUnpacked: false, problem: whole };
    return;
  }
  const spool = createSpool();
  try {
    const place = {
      path,
      stream,
      file: { descriptor, sizeBytes },
      isNamed: true,
      mtimeMs: undefined,
    };
    const unpacking = { ...options, spool, packedBytes: sizeBytes, isWhole: true };
    for await (const content of contentsOf(place, unpacking)) {
      if (isUnread(content)) {
        yield { ...content, isFailure: content.isFailure && file.isNamed };
        continue;
      }
      const { head: start, stream: all } = await peek(content.stream, HEAD_BYTES);
      const kind = contentKind(start);
      if (kind.kind === 'other') {
        const isFailure = file.isNamed && !content.isMember;
        yield { path: content.path, reason: `${kind.reason}: not copied`, isFailure };
        continue;
      }
      yield {
        path: content.path,
        below: content.isMember ? nameBelow(content.path.slice(path.length)) : '',
        stream: all,
        isGzip: codec?.name === 'gzip' && !content.isMember,
        isUnpacked: !content.isMember && codec?.name !== 'gzip',
        problem: content.problem,
      };
    }
  } finally {
    spool.remove();
  }
}

/** `!/var/log/a.tar!/b.log`: names of members lead nowhere else already; file systems take no longer ones. */
const nameBelow = (shown: string): string =>
  shown
    .split(/!?\//)
    .filter((part) => part !== '')
    .map((part) =>
      Buffer.byteLength(part) <= 200
        ? part
        : `${part.slice(0, 60)}~${createHash('sha256').update(part).digest('hex').slice(0, 12)}`,
    )
    .join('/');

/** Does the file hold others? Its copy is a folder then. */
export async function isFolderOfMembers(file: InputFile): Promise<boolean> {
  if (file.path === STDIN_PATH) return false;
  let descriptor: number;
  try {
    descriptor = openSync(file.absolute, 'r');
  } catch {
    return false;
  }
  try {
    const head = readHead(descriptor, HEAD_BYTES);
    if (!isPacked(head)) return false;
    return isArchive((await takeOffLayers(piecesOf(descriptor, file.sizeBytes))).head);
  } finally {
    closeSync(descriptor);
  }
}
