/** Copies of files through a change of their bytes: to a folder, a file or standard output. What is copied is never written to. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { EXIT, type ExitCode, IrError, refusedError, usageError } from '../errors.ts';
import { contentKind } from '../logs/content-kind.ts';
import { reasonOf } from '../logs/reason.ts';
import { codecOf } from '../logs/unpack/codecs.ts';
import { type InputFile, STDIN_PATH, walk } from '../logs/walk.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { isPiped } from './read-stdin.ts';
import { assertWritable, inputsOf, writeWhole } from './write-file.ts';

/** Options of `ir mask` and `ir unmask` that say what is read and written. */
export interface RewriteOptions {
  output?: string | undefined;
  force?: boolean | undefined;
  exclude?: readonly string[] | undefined;
  follow?: boolean | undefined;
}

/** What became of one file. */
export interface Rewritten {
  path: string;
  output: string;
  bytes: number;
}

/** Copies that were written, or the bytes of the only one. */
export type RewriteResult =
  | { kind: 'bytes'; pieces: AsyncIterable<Buffer> }
  | {
      kind: 'files';
      files: readonly Rewritten[];
      leftOut: readonly { path: string; reason: string }[];
      counts: Readonly<Record<string, number>>;
      /** What is said below. */
      notes: readonly string[];
    };

/** What is done with the bytes. */
export interface Change {
  pieces(source: AsyncIterable<Uint8Array>): AsyncIterable<Buffer>;
  counts(): Readonly<Record<string, number>>;
  /** Once all was copied. */
  finish(): readonly string[];
}

const HEAD_BYTES = 4096;

/** Copies what the paths name. @throws IrError (exit 2, 6 or 9) before anything is written, where it can be known */
export async function rewriteFiles(
  context: CommandContext,
  given: readonly string[],
  options: RewriteOptions,
  change: Change,
): Promise<CommandOutcome<RewriteResult>> {
  const { settings, signal } = context;
  const paths = given.length > 0 ? given : isPiped() ? [STDIN_PATH] : [];
  if (paths.length === 0)
    throw usageError('no file is named', 'Name files or folders, or pipe something in.');
  const said = {
    zone: 'UTC',
    isZoneGiven: false,
    zones: [],
    formats: [],
    hosts: [],
    skews: [],
    excluded: options.exclude ?? [],
  };
  const { files, problems } = await walk(paths, settings.cwd, {
    ...{ said, signal, progress: context.progress, isFollowing: options.follow === true },
  });
  const output = options.output === '-' ? undefined : options.output;
  const [only] = files;
  const isOne = files.length === 1 && only !== undefined && only.isNamed;
  const failed = problems.some(({ isFailure }) => isFailure);
  if (output === undefined) {
    if (!isOne || problems.length > 0)
      throw usageError(
        problems[0] === undefined
          ? `${files.length} files do not go to standard output`
          : `${problems[0].path}: ${problems[0].reason}`,
        'Name a folder for the copies with --output.',
      );
    if (settings.format !== 'text')
      throw usageError(
        `the copy itself has no ${settings.format} form`,
        'Write it with --output FILE.',
      );
    try {
      return { result: { kind: 'bytes', pieces: await opened(context, only, change) } };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new IrError(`${only.path}: ${error.message}`, { exit: EXIT.unreadableInput });
    }
  }
  const plan = planned(context, paths, files, output, isOne);
  const inputs = await inputsOf(context, paths);
  for (const { to } of plan)
    await assertWritable(context, { ...targetOf(to, output, options), inputs });
  const written: Rewritten[] = [];
  const leftOut = problems.map(({ path, reason }) => ({ path, reason }));
  let unread = failed;
  for (const { file, to } of plan) {
    signal.throwIfAborted();
    context.progress(`copying: ${file.path}`);
    const bytes = { count: 0 };
    try {
      await writeWhole(
        context,
        targetOf(to, output, { force: true }),
        counting(await opened(context, file, change), bytes),
      );
      written.push({
        path: file.path,
        output: relative(settings.cwd, to) || to,
        bytes: bytes.count,
      });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      leftOut.push({ path: file.path, reason: error.message });
      unread ||= file.isNamed;
    }
  }
  const notes = change.finish();
  const result: RewriteResult = {
    kind: 'files',
    files: written,
    leftOut,
    counts: change.counts(),
    notes,
  };
  const exit: ExitCode = unread ? EXIT.unreadableInput : EXIT.done;
  return { result, exit };
}

/** A file whose content is not what can be changed. */
class Unreadable extends Error {}

async function* counting(
  pieces: AsyncIterable<Buffer>,
  into: { count: number },
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    into.count += piece.length;
    yield piece;
  }
}

const targetOf = (path: string, shown: string, { force }: RewriteOptions) => ({
  ...{ path, shown: path.endsWith(shown) ? shown : path, flag: '--output' },
  isForced: force === true,
});

/** Where each copy goes. @throws IrError (exit 6) where a copy would lie among what is copied */
function planned(
  { settings }: CommandContext,
  paths: readonly string[],
  files: readonly InputFile[],
  output: string,
  isOne: boolean,
): { file: InputFile; to: string }[] {
  const target = resolve(settings.cwd, output);
  if (isOne && !output.endsWith('/')) {
    const [file] = files as [InputFile];
    if (file.path !== STDIN_PATH && String(file.absolute) === target)
      throw refusedError(
        `${output} is the file itself`,
        'The original is never changed: name another.',
      );
    return [{ file, to: target }];
  }
  const roots = paths
    .filter((path) => path !== STDIN_PATH)
    .map((path) => resolve(settings.cwd, path));
  const inside = roots.find((root) => target === root || target.startsWith(`${root}/`));
  if (inside !== undefined)
    throw refusedError(
      `${output} lies in ${inside}, which is copied`,
      'The original is never changed: name a folder outside of it.',
    );
  return files.map((file) => {
    if (file.path === STDIN_PATH) return { file, to: join(target, 'stdin.log') };
    const from = String(file.absolute);
    const root = roots.find((one) => from.startsWith(`${one}/`));
    const below = roots.length === 1 && root !== undefined ? root : dirname(root ?? from);
    return { file, to: join(target, relative(below, from) || basename(from)) };
  });
}

/** The changed bytes of a file; what was packed with gzip is so again, what was packed otherwise is plain. */
async function opened(
  context: CommandContext,
  file: InputFile,
  change: Change,
): Promise<AsyncIterable<Buffer>> {
  if (file.path === STDIN_PATH) return change.pieces(process.stdin as AsyncIterable<Uint8Array>);
  const head = await headOf(file);
  const codec = codecOf(head);
  if (codec === undefined) {
    const kind = contentKind(head);
    if (kind.kind === 'other') throw new Unreadable(`${kind.reason}: not copied`);
  }
  const raw = createReadStream(file.absolute, { highWaterMark: 1 << 20, signal: context.signal });
  if (codec === undefined || codec.isText === true) return change.pieces(raw);
  const changed = change.pieces(codec.decode(raw as AsyncIterable<Buffer>));
  if (codec.name !== 'gzip') return changed;
  return pipeline(Readable.from(changed), createGzip(), () => undefined) as AsyncIterable<Buffer>;
}

async function headOf(file: InputFile): Promise<Buffer> {
  try {
    const handle = await open(file.absolute, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Unreadable(reasonOf(error));
  }
}
