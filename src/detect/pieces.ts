/** The pieces of work of a run: how the files are split, and how their results come together again. */
import { closeSync, readSync } from 'node:fs';
import { eventStartAt } from '../logs/chunks.ts';
import { headersBetween } from '../logs/headers.ts';
import type { LineMark } from '../logs/line-account.ts';
import { openInput } from '../logs/open-input.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { yearsBetween } from '../logs/year-basis.ts';
import { createLookBack } from './look-back.ts';
import type { ScanResult, ScanTask } from './scan-task.ts';

/** Pieces of this size are read by one worker at a time, where the format does not say otherwise. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Splits what can be split. The pieces do not depend on the number of workers: neither does the result. */
export function planTasks(files: readonly PreparedFile[]): ScanTask[] {
  const tasks: ScanTask[] = [];
  const lookBack = createLookBack(files);
  files.forEach((file, index) => {
    const { contentBytes, format, streams, isRecords } = file;
    const borders = bordersOf(file);
    for (const [position, start] of borders.entries()) {
      const end = borders[position + 1] ?? contentBytes;
      tasks.push({
        id: tasks.length,
        file: index,
        absolute: file.absolute,
        state: file.contentState,
        start,
        end,
        sizeBytes: contentBytes,
        before: lookBack(index, start),
        format: format?.name ?? '',
        streams,
        isRecords,
        years: yearsBetween(file.years, start, end),
        headers: headersBetween(file.headers, start, end),
        zone: file.zone,
        adjustment: file.adjustment,
        purpose: 'rules',
        gapUs: 0,
      });
    }
  });
  return tasks;
}

/** Where the pieces of a file begin: on lines that begin an event, as far as a line alone can tell. */
function bordersOf(file: PreparedFile): number[] {
  const { absolute, contentState, contentBytes, format, isRecords } = file;
  if (contentBytes === 0) return [];
  const most = format?.pieceBytes ?? PIECE_BYTES;
  if (format?.splittable !== true || contentBytes <= most) return [0];
  if (isRecords) return recordBordersOf(file, most);
  const borders = [0];
  for (let start = most; start < contentBytes; start += most) borders.push(start);
  const { continues } = format;
  if (continues === undefined) return borders;
  let descriptor: number;
  try {
    descriptor = openInput(absolute, contentState);
  } catch {
    // It went away: the readers will say so.
    return borders;
  }
  try {
    const startAt = (at: number): number => eventStartAt(descriptor, at, contentBytes, continues);
    return borders.map((at) => (at === 0 ? 0 : startAt(at)));
  } finally {
    closeSync(descriptor);
  }
}

/** Binary records lie in units: a file in which one of them has moved is read in one piece. */
function recordBordersOf(
  { absolute, contentState, contentBytes, format }: PreparedFile,
  most: number,
): number[] {
  const cuts = format?.records?.cuts;
  if (cuts === undefined) return [0];
  const step = Math.ceil(most / cuts.unitBytes) * cuts.unitBytes;
  const borders = [0];
  const magic = Buffer.alloc(cuts.magic.length);
  try {
    const descriptor = openInput(absolute, contentState);
    try {
      for (let start = cuts.firstByte + step; start < contentBytes; start += step) {
        readSync(descriptor, magic, 0, magic.length, start);
        if (magic.toString('latin1') !== cuts.magic) return [0];
        borders.push(start);
      }
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // It went away: the readers will say so.
    return [0];
  }
  return borders;
}

/** Results by the number of their piece. */
export const byTask = (results: readonly ScanResult[]): ReadonlyMap<number, ScanResult> =>
  new Map(results.map((result) => [result.id, result]));

/** The results of a file's pieces, in the order of the pieces. */
export function inOrder(
  tasksOf: readonly (readonly ScanTask[])[],
  results: readonly ScanResult[],
): (file: number) => ScanResult[] {
  const resultsOf = byTask(results);
  return (file) =>
    (tasksOf[file] ?? [])
      .map(({ id }) => resultsOf.get(id))
      .filter((result) => result !== undefined);
}

/** Where lines of a file begin and how many lie before them, from piece to piece. */
export function lineMarksOf(
  tasks: readonly ScanTask[],
  resultsOf: ReadonlyMap<number, ScanResult>,
): readonly LineMark[] {
  let linesBefore = 0;
  return tasks.flatMap((task) => {
    const result = resultsOf.get(task.id);
    const before = linesBefore;
    linesBefore += result?.account.lines ?? 0;
    const marks = (result?.marks ?? []).map((mark) => ({
      start: mark.start,
      linesBefore: before + mark.linesBefore,
    }));
    return [{ start: task.start, linesBefore: before, isPiece: true }, ...marks];
  });
}
