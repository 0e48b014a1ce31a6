/** Writes a bag: into a folder, or as the stream of an archive. Nothing is in it before all of it is. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';
import {
  BAGIT,
  type BagFacts,
  infoText,
  MANIFEST,
  manifestText,
  readmeText,
  signerName,
  TAG_MANIFEST,
} from './bag-text.ts';
import type { Signed } from './signatures.ts';
import type { TarFile } from './write-tar.ts';

/** A file of the bag: a text, or a file that is copied and must have this hash. */
export type BagFile = { path: string; mtimeMs: number } & (
  | { text: string }
  | { source: string; sha256: string; sizeBytes: number }
);

/** What a bag is made of, and how it is signed. */
export interface BagPlan {
  /** Below `data/`. */
  payload: readonly BagFile[];
  facts: Omit<BagFacts, 'bytes' | 'files' | 'signer' | 'hasTimeStampRequest'>;
  /** Signs a text; undefined where nobody signs. */
  sign: ((text: string) => Promise<Signed>) | undefined;
  /** Asks for a time stamp of a text. */
  timeStampRequest: ((text: string) => Promise<Buffer>) | undefined;
}

/** All files of a bag, the payload first, and what it is known by. */
export interface PlannedBag {
  files: readonly BagFile[];
  /** Files that are no text, such as a request for a time stamp. */
  extra: ReadonlyMap<string, Buffer>;
  /** Of the tag manifest. */
  sha256: string;
  signature: Signed | undefined;
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const hashOf = (file: BagFile): string => ('text' in file ? sha256Of(file.text) : file.sha256);
const sizeOf = (file: BagFile): number =>
  'text' in file ? Buffer.byteLength(file.text) : file.sizeBytes;

/** Lists the files with their hashes and signs the list. Who signs is known by a first signature, of nothing but the head. */
export async function planBag({
  payload,
  facts,
  sign,
  timeStampRequest,
}: BagPlan): Promise<PlannedBag> {
  const mtimeMs = Date.parse(facts.at);
  const known = await sign?.(facts.head);
  const signer = known && { name: signerName(facts.actor), fingerprint: known.fingerprint };
  const said: BagFacts = {
    ...facts,
    bytes: payload.reduce((sum, file) => sum + sizeOf(file), 0),
    ...{ files: payload.length, signer, hasTimeStampRequest: timeStampRequest !== undefined },
  };
  const text = (path: string, content: string): BagFile => ({ path, mtimeMs, text: content });
  const tags = [
    text('bagit.txt', BAGIT),
    text('bag-info.txt', infoText(said)),
    text('README.txt', readmeText(said)),
    text(MANIFEST, manifestText(payload.map((file) => [file.path, hashOf(file)]))),
    ...(known === undefined
      ? []
      : [text('allowed_signers', `${signer!.name} ${known.publicKey}\n`)]),
  ];
  const tagManifest = manifestText(tags.map((file) => [file.path, hashOf(file)]));
  const signature = await sign?.(tagManifest);
  const request = await timeStampRequest?.(tagManifest);
  return {
    files: [
      ...payload,
      ...tags,
      text(TAG_MANIFEST, tagManifest),
      ...(signature === undefined ? [] : [text(`${TAG_MANIFEST}.sig`, signature.text)]),
    ],
    extra: new Map(request === undefined ? [] : [[`${TAG_MANIFEST}.tsq`, request]]),
    sha256: sha256Of(tagManifest),
    signature,
  };
}

/** The files for an archive, all in one folder of that name. */
export const tarFilesOf = (
  folder: string,
  { files, extra }: PlannedBag,
  signal: AbortSignal,
): TarFile[] => [
  ...files.map((file) => ({
    name: `${folder}/${file.path}`,
    sizeBytes: sizeOf(file),
    mtimeMs: file.mtimeMs,
    content: () => contentOf(file, signal),
  })),
  ...[...extra].map(([path, content]) => ({
    name: `${folder}/${path}`,
    sizeBytes: content.length,
    mtimeMs: files[0]?.mtimeMs ?? 0,
    content: async function* () {
      yield content;
    },
  })),
];

/**
 * Writes the bag into a folder that is not there yet, or is empty.
 * @throws IrError (exit 7) when a file is not what it was; exit 9 where there is no room
 */
export async function writeBagFolder(
  target: string,
  { files, extra }: PlannedBag,
  signal: AbortSignal,
): Promise<void> {
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    for (const file of files) await writeFile(join(draft, file.path), contentOf(file, signal));
    for (const [path, content] of extra) await writeFile(join(draft, path), [content]);
    // One that is there is empty.
    await rmdir(target).catch(() => {});
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (error instanceof IrError || (error as Error).name === 'AbortError') throw error;
    throw new IrError(`cannot write the bag ${target}: ${messageOf(error)}`, {
      exit: EXIT.outputFailed,
      hint: 'Name another place with --output.',
      cause: error,
    });
  }
}

async function writeFile(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of content) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Its bytes; what is copied is hashed once more on the way. */
async function* contentOf(file: BagFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if ('text' in file) {
    yield Buffer.from(file.text);
    return;
  }
  const { source, sha256, sizeBytes, path } = file;
  const changed = (why: string): IrError =>
    new IrError(`${source} is not what was taken (${path}): ${why}`, {
      exit: EXIT.integrity,
      hint: 'See all that differs with: ir verify',
    });
  const status = await lstat(source).catch((error: unknown) => {
    throw changed(messageOf(error));
  });
  if (!status.isFile() || status.size !== sizeBytes) throw changed(`it has ${status.size} bytes`);
  const hash = createHash('sha256');
  for await (const piece of createReadStream(source, { highWaterMark: 1 << 20 })) {
    signal.throwIfAborted();
    hash.update(piece as Buffer);
    yield piece as Buffer;
  }
  if (hash.digest('hex') !== sha256) throw changed('it has another SHA-256');
}
