/**
 * The hours that came twice: where the clocks of a zone were set back, the order of the lines tells which of the
 * two a stamp means. From the line on which time steps back, it is the second.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { tzOffset } from '@date-fns/tz/tzOffset';
import { isSkip } from '../events/event.ts';
import { createClock } from './clock.ts';
import type { UndatedFile } from './prepare.ts';
import type { Fold, Years } from './year-basis.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Lines of several writers are out of order by less. */
const STEP_MS = MINUTE_MS;
/** No more is read per night; a file that has more lines in these hours keeps the first meaning. */
const MAX_SCAN_BYTES = 1 << 25;
const BLOCK_BYTES = 1 << 15;
const MAX_YEARS = 20;

/** Finds where the hours that came twice begin again; nothing in UTC and in files whose stamps name a zone. */
export function findFolds(file: UndatedFile, years: Years, zone: string): Fold[] {
  const { format, contentBytes, isRecords } = file;
  if (zone === 'UTC' || format === undefined || isRecords || contentBytes === 0) return [];
  let descriptor: number;
  try {
    descriptor = openSync(file.absolute, 'r');
  } catch {
    // It went away: the readers will say so.
    return [];
  }
  try {
    const reader = createReader(descriptor, file, years);
    const first = reader.next(0);
    const last = reader.next(Math.max(0, contentBytes - BLOCK_BYTES / 2)) ?? first;
    if (first === undefined || last === undefined) return [];
    // The last half block may begin a while before the end.
    return overlapsBetween(zone, first.localMs - DAY_MS, last.localMs + 2 * DAY_MS).flatMap(
      (overlap) => foldOf(reader, contentBytes, overlap) ?? [],
    );
  } finally {
    closeSync(descriptor);
  }
}

interface Overlap {
  /** Local time, read as if it were UTC, at which the hour begins and ends. */
  fromMs: number;
  toMs: number;
}

/** The times of a zone's wall clock that came twice. */
export function overlapsBetween(zone: string, fromMs: number, toMs: number): Overlap[] {
  const overlaps: Overlap[] = [];
  const offsetAt = (ms: number): number => tzOffset(zone, new Date(ms)) * MINUTE_MS;
  if (!(toMs - fromMs < MAX_YEARS * 366 * DAY_MS)) return overlaps;
  for (let day = fromMs; day < toMs; day += DAY_MS) {
    const [before, after] = [offsetAt(day), offsetAt(day + DAY_MS)];
    if (!(after < before)) continue;
    let [low, high] = [day, day + DAY_MS];
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    const change = Math.round(high / MINUTE_MS) * MINUTE_MS;
    overlaps.push({ fromMs: change + after, toMs: change + before });
  }
  return overlaps;
}

interface Stamped {
  offset: number;
  /** Offset of the line after it. */
  end: number;
  /** Local time as if it were UTC. */
  localMs: number;
}

interface StampReader {
  /** The first line that begins at or after `position` whose stamp names no zone. */
  next(position: number): Stamped | undefined;
}

/** Lines without such a stamp are passed over, up to so many bytes. */
const MAX_GAP_BYTES = 1 << 18;

function createReader(descriptor: number, file: UndatedFile, years: Years): StampReader {
  const clock = createClock({ zone: 'UTC', years });
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let start = 0;
  let end = 0;
  const load = (position: number): boolean => {
    start = position;
    end = position + readSync(descriptor, buffer, 0, BLOCK_BYTES, position);
    return end > start;
  };
  const localOf = (line: string, offset: number): number | undefined => {
    clock.offset = offset;
    try {
      const event = file.format?.parse(line, clock);
      if (event === undefined || isSkip(event) || event.timeUs === undefined) return undefined;
      return event.timeConfidence === 'exact' ? undefined : event.timeUs / 1000;
    } catch {
      return undefined;
    }
  };
  return {
    next(position) {
      const limit = Math.min(file.contentBytes, position + MAX_GAP_BYTES);
      let at = position;
      let isLineStart = position === 0;
      while (at < limit) {
        // A line begins after a newline, which may be the byte before.
        const from = isLineStart ? at : at - 1;
        if ((from < start || from >= end) && !load(from)) return undefined;
        const block = buffer.subarray(from - start, end - start);
        const lineAt = isLineStart ? 0 : block.indexOf(10) + 1;
        const newline = lineAt === 0 && !isLineStart ? -1 : block.indexOf(10, lineAt);
        if (newline === -1) {
          const isWhole = end >= file.contentBytes && (isLineStart || lineAt > 0);
          if (!isWhole && from > start) {
            load(from);
            continue;
          }
          if (!isWhole) {
            // A line longer than a block.
            at = end;
            isLineStart = false;
            continue;
          }
        }
        const lineEnd = newline === -1 ? block.length : newline;
        const offset = from + lineAt;
        const localMs = localOf(block.toString('latin1', lineAt, lineEnd), offset);
        at = from + lineEnd + 1;
        isLineStart = true;
        if (localMs !== undefined) return { offset, end: at, localMs };
      }
      return undefined;
    },
  };
}

/** Where time steps back within the hours round an overlap. */
function foldOf(
  reader: StampReader,
  sizeBytes: number,
  { fromMs, toMs }: Overlap,
): Fold | undefined {
  let [low, high] = [0, sizeBytes];
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const found = reader.next(middle);
    if (found !== undefined && found.localMs < fromMs - HOUR_MS) low = middle;
    else high = middle;
  }
  let latestMs = Number.NEGATIVE_INFINITY;
  const limit = low + MAX_SCAN_BYTES;
  for (let line = reader.next(low); line !== undefined; line = reader.next(line.end)) {
    const { localMs, offset } = line;
    if (localMs > toMs + HOUR_MS || offset > limit) return undefined;
    if (localMs < fromMs || localMs >= toMs) continue;
    if (localMs < latestMs - STEP_MS) return { offset, fromMs, toMs };
    latestMs = Math.max(latestMs, localMs);
  }
  return undefined;
}
