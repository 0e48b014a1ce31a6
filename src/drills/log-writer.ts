/**
 * The files of a drill: appended in big pieces, lines counted, rotated by day, and the answers beside them.
 */
import { closeSync, mkdirSync, openSync, rmdirSync, rmSync, utimesSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Answer, DrillFile } from './scenario.ts';

/** To which chapter of the attack a line belongs. */
export interface Mark {
  chapter: string;
  technique: string;
  /** ECS field to the values the chapter is about; a row of the answers names those the line contains. */
  entities: Readonly<Record<string, readonly string[]>>;
}

/** What one written file holds. */
export interface WrittenFile {
  path: string;
  lines: number;
  bytes: number;
  attackLines: number;
}

/** Takes the lines of a drill, by file and in time order. */
export interface LogWriter {
  /** Appends one line (no line ending) at a time not before the last one. */
  write(file: string, line: string, atMs: number, mark: Mark | undefined): void;
  /**
   * Flushes, closes, sets the modification times.
   * @param answers what a reader should be able to say, written behind the attack lines
   */
  close(endMs: number, answers?: readonly Answer[]): WrittenFile[];
  /** Closes and removes what was written. */
  discard(): void;
}

interface OpenFile extends WrittenFile {
  descriptor: number;
  pending: string[];
  pendingLength: number;
  isRecords: boolean;
  lastMs: number;
}

const PIECE_CHARACTERS = 256 * 1024;
const DAY_MS = 86_400_000;

/** The answers: which lines are of the attack. */
export const TRUTH_FILE = 'truth.jsonl';

interface WriterOptions {
  out: string;
  files: Readonly<Record<string, DrillFile>>;
  startMs: number;
  days: number;
}

/** Opens the files lazily below `out`, replacing what is there. */
export function createLogWriter({ out, files, startMs, days }: WriterOptions): LogWriter {
  const open = new Map<string, OpenFile>();
  const openFile = (path: string, isRecords: boolean): OpenFile => {
    const file = startFile(out, path, isRecords, startMs);
    open.set(path, file);
    return file;
  };
  const truth = openFile(TRUTH_FILE, false);
  const acts = new Map<string, Act>();

  const fileAt = (key: string, atMs: number): OpenFile => {
    const declared = files[key];
    if (declared === undefined) throw new RangeError(`no file "${key}" in the scenario`);
    const day = Math.min(days - 1, Math.floor((atMs - startMs) / DAY_MS));
    const suffix = declared.rotate === 'daily' && day < days - 1 ? `.${days - 1 - day}` : '';
    const path = declared.path + suffix;
    return open.get(path) ?? openFile(path, declared.layout === 'records');
  };

  return {
    write(key, line, atMs, mark) {
      const file = fileAt(key, atMs);
      append(file, file.isRecords && file.lines > 1 ? `,\n${line}` : `\n${line}`);
      file.lastMs = atMs;
      if (mark === undefined) return;
      file.attackLines += 1;
      append(truth, `\n${truthRow(file, line, mark)}`);
      const at = { time: new Date(atMs).toISOString(), file: file.path, line: file.lines };
      for (const act of [mark.chapter, `${mark.chapter}/${mark.technique}`]) {
        acts.set(act, { first: at, ...acts.get(act), last: at });
      }
    },
    close(endMs, answers = []) {
      for (const answer of answers) append(truth, `\n${answerRow(answer, acts)}`);
      for (const file of open.values()) finish(out, file, endMs);
      return [...open.values()].map(({ path, lines, bytes, attackLines }) => ({
        ...{ path, lines, bytes, attackLines },
      }));
    },
    discard() {
      for (const file of open.values()) {
        closeSync(file.descriptor);
        rmSync(join(out, file.path), { force: true });
        removeEmpty(out, dirname(file.path));
      }
    },
  };
}

/** Folders that nothing is left in go, up to `out`. */
function removeEmpty(out: string, folder: string): void {
  for (let at = folder; at !== '.'; at = dirname(at)) {
    try {
      rmdirSync(join(out, at));
    } catch {
      return;
    }
  }
}

function startFile(out: string, path: string, isRecords: boolean, startMs: number): OpenFile {
  const full = join(out, path);
  mkdirSync(dirname(full), { recursive: true });
  const file: OpenFile = {
    ...{ path, lines: 0, bytes: 0, attackLines: 0, lastMs: startMs },
    ...{ descriptor: openSync(full, 'w', 0o644), pending: [], pendingLength: 0, isRecords },
  };
  // One record per line, so that a line number names a record.
  if (isRecords) append(file, '{"Records":[');
  return file;
}

function truthRow(file: OpenFile, line: string, mark: Mark): string {
  const entities: Record<string, string[]> = {};
  for (const [field, values] of Object.entries(mark.entities)) {
    const present = values.filter((value) => containsWord(line, value));
    if (present.length > 0) entities[field] = present;
  }
  const row = {
    file: file.path,
    line: file.lines,
    chapter: mark.chapter,
    technique: mark.technique,
  };
  return JSON.stringify({ ...row, entities });
}

/** Where something is, and when it was written. */
interface Witness {
  /** RFC 3339, UTC. */
  time: string;
  file: string;
  line: number;
}

/** First and last line of a part of the attack. */
interface Act {
  first: Witness;
  last: Witness;
}

function answerRow({ of, ...answer }: Answer, acts: ReadonlyMap<string, Act>): string {
  const found = of.map((id) => {
    const act = acts.get(id);
    if (act === undefined) throw new RangeError(`nothing was written of "${id}"`);
    return { act: id, ...act };
  });
  return JSON.stringify({ ...answer, of: found });
}

const WORD = /[A-Za-z0-9_.:-]/;

/** True when `value` stands in the line on its own, not as a part of a longer name or address. */
function containsWord(line: string, value: string): boolean {
  for (let at = line.indexOf(value); at >= 0; at = line.indexOf(value, at + 1)) {
    const before = line[at - 1] ?? ' ';
    const after = line[at + value.length] ?? ' ';
    if (!WORD.test(before) && (!WORD.test(after) || after === '.' || after === ':')) return true;
  }
  return false;
}

/** Adds text that begins with a line break, except at the start of the file. */
function append(file: OpenFile, text: string): void {
  file.lines += 1;
  const piece = file.lines === 1 && text.startsWith('\n') ? text.slice(1) : text;
  file.pending.push(piece);
  file.pendingLength += piece.length;
  if (file.pendingLength >= PIECE_CHARACTERS) flush(file);
}

function flush(file: OpenFile): void {
  const bytes = Buffer.from(file.pending.join(''), 'utf8');
  let done = 0;
  while (done < bytes.length) done += writeSync(file.descriptor, bytes, done);
  file.bytes += bytes.length;
  file.pending = [];
  file.pendingLength = 0;
}

/** Ends a file; its modification time is that of its last line, of the answers the end of the story. */
function finish(out: string, file: OpenFile, endMs: number): void {
  if (file.isRecords) append(file, '\n]}');
  if (file.lines > 0) file.pending.push('\n');
  flush(file);
  closeSync(file.descriptor);
  const seconds = (file.path === TRUTH_FILE ? endMs : file.lastMs) / 1000;
  utimesSync(join(out, file.path), seconds, seconds);
}
