/** `ir grep` by lines: the files of some paths, searched piece by piece, and what was found in the order of the files. */
import { closeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { openInput } from '../../logs/open-input.ts';
import type { UndatedFile } from '../../logs/prepare.ts';
import { createSpool } from '../../logs/spool.ts';
import { createTurns, type Turn } from '../../logs/turns.ts';
import { type InputProblem, type WalkOptions, walk } from '../../logs/walk.ts';
import { createBlockReader } from '../block-reader.ts';
import type { PathProblem } from '../finding.ts';
import { compileLineTest } from './line-test.ts';
import type { SearchQuery } from './query.ts';
import type { PieceHits, SearchTask } from './search-piece.ts';
import { searchPieces } from './search-pool.ts';
import { searchedFiles } from './searched-files.ts';

/** A line that was found, or one around it. */
export interface FoundLine {
  /** Index into the files. */
  file: number;
  /** 1-based; of formats that are no text the number of the record. */
  line: number;
  /** Where it begins in the content of the file. */
  offset: number;
  /** The line as it is written, without its newline. */
  bytes: Uint8Array;
  /** It stands here for the sake of a line near it. */
  isContext?: boolean;
  /** Lines between it and the one before were left out. */
  isApart?: boolean;
}

/** What a search needs. */
export interface SearchOptions extends Pick<WalkOptions, 'isFollowing' | 'said'> {
  cwd: string;
  query: SearchQuery;
  /** Only how many lines match in each file is asked. */
  isCounting: boolean;
  stdin: AsyncIterable<Uint8Array>;
  passwords: string[];
  /** Threads besides this one; undefined: by size and processors. */
  workers: number | undefined;
  progress?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What was found in one piece of a file. */
export interface FoundPart {
  file: number;
  count: number;
  /** To be gone through once; empty where lines were only counted. */
  lines: Iterable<FoundLine>;
}

/** A search that goes on while it is read. */
export interface Search {
  files: readonly UndatedFile[];
  /** What was left out, and what failed so far. */
  readonly problems: readonly InputProblem[];
  /** Iterate once: it removes the copies of what was packed. */
  parts: AsyncIterable<FoundPart>;
}

const PIECE_BYTES = 1 << 23;
/** So much is searched in the processor time that it takes to start a thread: each has to earn it. */
const BYTES_PER_THREAD = 1 << 28;

/** Walks and opens; the search runs as its parts are asked for. */
export async function searchFiles(
  paths: readonly string[],
  options: SearchOptions,
): Promise<Search> {
  const { cwd, isFollowing = false, said, progress, signal } = options;
  const walked = await walk(paths, cwd, { isFollowing, said, progress, signal });
  const turn = createTurns(signal);
  const spool = createSpool();
  try {
    const prepared = await searchedFiles(walked.files, { ...options, spool }, turn);
    const problems = [...walked.problems, ...prepared.problems];
    const { files } = prepared;
    for (const { path, problem } of files)
      if (problem !== undefined) problems.push({ path, reason: problem, isFailure: true });
    const parts = searchAll(files, problems, options, turn);
    return { files, problems, parts: untilEnd(parts, () => spool.remove()) };
  } catch (error) {
    spool.remove();
    throw error;
  }
}

/** Those of the problems that end a run with exit 4. */
export const failuresOf = (problems: readonly InputProblem[]): PathProblem[] =>
  problems.flatMap(({ path, reason, isFailure }) => (isFailure ? [{ path, problem: reason }] : []));

async function* untilEnd<T>(parts: AsyncIterable<T>, end: () => void): AsyncGenerator<T> {
  try {
    yield* parts;
  } finally {
    end();
  }
}

async function* searchAll(
  files: readonly UndatedFile[],
  problems: InputProblem[],
  { query, isCounting, workers }: SearchOptions,
  turn: Turn,
): AsyncGenerator<FoundPart> {
  const tasks = tasksOf(files);
  const bytes = tasks.reduce((sum, { start, end }) => sum + end - start, 0);
  const worth = Math.min(7, Math.floor(bytes / BYTES_PER_THREAD));
  const helpers = workers ?? Math.min(worth, availableParallelism() - 1);
  const pieces = searchPieces(tasks, { query, isCounting }, helpers, turn);
  let at = 0;
  try {
    for (const [index, file] of files.entries()) {
      if (file.isRecords) {
        yield* searchRecords(file, index, query, isCounting, problems, turn);
        continue;
      }
      let lines = 0;
      let failed = false;
      for (; tasks[at]?.file === index; at += 1) {
        const next = await pieces.next();
        if (next.done === true) return;
        const hits = next.value;
        if (hits.problem !== undefined && !failed) {
          problems.push({ path: file.path, reason: hits.problem, isFailure: true });
          failed = true;
        }
        if (hits.count > 0)
          yield { file: index, count: hits.count, lines: foundLines(hits, index, lines) };
        lines += hits.lines;
      }
    }
  } finally {
    await pieces.return(undefined);
  }
}

function tasksOf(files: readonly UndatedFile[]): SearchTask[] {
  const tasks: SearchTask[] = [];
  for (const [file, { absolute, contentState, contentBytes, isRecords }] of files.entries()) {
    if (isRecords) continue;
    for (let start = 0; start < contentBytes; start += PIECE_BYTES) {
      const end = Math.min(contentBytes, start + PIECE_BYTES);
      const place = { absolute, state: contentState, sizeBytes: contentBytes };
      tasks.push({ id: tasks.length, file, start, end, ...place });
    }
  }
  return tasks;
}

/** Made one by one as they are asked for: of a million lines none is kept. */
function* foundLines(
  { offsets, linesBefore, ends, bytes }: PieceHits,
  file: number,
  before: number,
): Generator<FoundLine> {
  let start = 0;
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index] as number;
    yield {
      file,
      line: before + (linesBefore[index] as number) + 1,
      offset: offsets[index] as number,
      bytes: bytes.subarray(start, end),
    };
    start = end;
  }
}

/** Searches what a file says record by record: event logs, login records, documents on one line. */
async function* searchRecords(
  file: UndatedFile,
  index: number,
  query: SearchQuery,
  isCounting: boolean,
  problems: InputProblem[],
  turn: Turn,
): AsyncGenerator<FoundPart> {
  const { holds } = compileLineTest(query);
  let descriptor: number;
  try {
    descriptor = openInput(file.absolute, file.contentState);
  } catch (error) {
    problems.push({ path: file.path, reason: (error as Error).message, isFailure: true });
    return;
  }
  try {
    const { recordsFrom } = await import('../read-again.ts');
    const blockAt = createBlockReader(descriptor, file.contentBytes);
    const start = { start: 0, linesBefore: 0 };
    for (const { at, line, raw } of recordsFrom(start, file, blockAt)) {
      const pause = turn();
      if (pause !== undefined) await pause;
      if (holds(raw) === query.isInverted) continue;
      const found = { file: index, line, offset: at, bytes: Buffer.from(raw, 'utf8') };
      yield { file: index, count: 1, lines: isCounting ? [] : [found] };
    }
  } finally {
    closeSync(descriptor);
  }
}
