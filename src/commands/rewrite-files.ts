/** Copies of files through a change of their bytes: to a folder, a file or standard output. What is copied is never written to. */
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { EXIT, type ExitCode, IrError, refusedError, usageError } from '../errors.ts';
import { type InputFile, STDIN_PATH, walk } from '../logs/walk.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { readPasswords } from './read-passwords.ts';
import { isPiped } from './read-stdin.ts';
import {
  isFolderOfMembers,
  type LeftOutPart,
  type Part,
  type PartOptions,
  partsOf,
} from './rewrite-parts.ts';
import { assertWritable, inputsOf, writeWhole } from './write-file.ts';

/** Options of `ir mask` and `ir unmask` that say what is read and written. */
export interface RewriteOptions {
  output?: string | undefined;
  force?: boolean | undefined;
  exclude?: readonly string[] | undefined;
  follow?: boolean | undefined;
  passwordFile?: string | undefined;
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
  const reading = { said, passwords: readPasswords(options.passwordFile, settings.cwd), signal };
  const { files, problems } = await walk(paths, settings.cwd, {
    ...{ said, signal, progress: context.progress, isFollowing: options.follow === true },
  });
  const output = options.output === '-' ? undefined : options.output;
  const [only] = files;
  const isOne = files.length === 1 && only !== undefined && only.isNamed;
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
    const pieces = await onlyPart(context, only, reading, change);
    return { result: { kind: 'bytes', pieces } };
  }
  const inputs = await inputsOf(context, paths);
  const plan = planned(context, paths, files, output, isOne);
  const copying = { ...{ output, options, inputs, isOne }, reading, change };
  const copied = await copyPlanned(context, plan, copying);
  const notes = change.finish();
  const result: RewriteResult = {
    kind: 'files',
    files: copied.written,
    leftOut: [...problems.map(({ path, reason }) => ({ path, reason })), ...copied.leftOut],
    counts: change.counts(),
    notes,
  };
  const isUnread = copied.isUnread || problems.some(({ isFailure }) => isFailure);
  const exit: ExitCode = isUnread ? EXIT.unreadableInput : EXIT.done;
  return { result, exit };
}

/** What all copies of a run share. */
interface Copying {
  /** As the user named it. */
  output: string;
  options: RewriteOptions;
  /** What is read, and never written to. */
  inputs: readonly string[];
  isOne: boolean;
  reading: PartOptions;
  change: Change;
}

/** Writes the copies. @throws IrError (exit 6 or 9) before the first, where it can be known */
async function copyPlanned(
  context: CommandContext,
  plan: readonly { file: InputFile; to: string }[],
  { output, options, inputs, isOne, reading, change }: Copying,
) {
  for (const { file, to } of plan)
    if (!(await isFolderOfMembers(file)))
      await assertWritable(context, { ...targetOf(to, output, options), inputs });
  const taken = new Set(plan.map(({ to }) => to));
  const written: Rewritten[] = [];
  const leftOut: { path: string; reason: string }[] = [];
  let isUnread = false;
  for (const { file, to } of plan) {
    context.signal.throwIfAborted();
    context.progress(`copying: ${file.path}`);
    for await (const part of partsOf(file, reading)) {
      if (!isPart(part)) {
        leftOut.push({ path: part.path, reason: part.reason });
        isUnread ||= part.isFailure;
        continue;
      }
      const target = part.below === '' ? to : join(to, part.below);
      const place = part.isUnpacked && !isOne ? unpackedName(target, taken) : target;
      const bytes = { count: 0 };
      const force = part.below === '' || options.force === true;
      const pieces = counting(changed(part, change), bytes);
      await writeWhole(context, { ...targetOf(place, output, { force }), inputs }, pieces);
      const shown = relative(context.settings.cwd, place) || place;
      written.push({ path: part.path, output: shown, bytes: bytes.count });
      const problem = part.problem();
      if (problem !== undefined) leftOut.push({ path: part.path, reason: problem });
      isUnread ||= problem !== undefined && file.isNamed;
    }
  }
  return { written, leftOut, isUnread };
}

/** Without the ending of a way of packing that its copy has no more, where no other copy has that name. */
function unpackedName(path: string, taken: Set<string>): string {
  const plain = path.replace(/\.(?:xz|zst|bz2|lz4|lzma)$/i, '');
  if (taken.has(plain)) return path;
  taken.add(plain);
  return plain;
}

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

/** The changed bytes of a part, packed with gzip where they were. */
function changed(part: Part, change: Change): AsyncIterable<Buffer> {
  const bytes = change.pieces(part.stream);
  if (!part.isGzip) return bytes;
  return pipeline(Readable.from(bytes), createGzip(), () => undefined) as AsyncIterable<Buffer>;
}

/** The only part of the only file, for standard output. @throws IrError (exit 2, 4) where it is none, or not the only one */
async function onlyPart(
  context: CommandContext,
  file: InputFile,
  options: PartOptions,
  change: Change,
): Promise<AsyncIterable<Buffer>> {
  const parts = partsOf(file, options);
  const { value: first } = await parts.next();
  if (first !== undefined && isPart(first) && first.below === '')
    return (async function* () {
      yield* changed(first, change);
      const problem = first.problem();
      if (problem !== undefined) context.say(`${first.path}: ${problem}`);
      await parts.return(undefined);
    })();
  await parts.return(undefined);
  if (first !== undefined && isPart(first))
    throw usageError(
      `${file.path} is an archive, whose members do not go to standard output`,
      'Name a folder for the copies with --output.',
    );
  throw new IrError(`${first?.path ?? file.path}: ${first?.reason ?? 'nothing in it'}`, {
    exit: EXIT.unreadableInput,
  });
}

const isPart = (one: Part | LeftOutPart): one is Part => 'stream' in one;
