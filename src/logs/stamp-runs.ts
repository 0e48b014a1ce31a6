/**
 * The days of a file's stamps without a year, in order: all that can be known of their years lies in how the
 * calendar goes on from one to the next.
 */
import { readSync } from 'node:fs';
import { createDatedStamps } from './dated-stamp.ts';
import { CALENDAR_DAYS, createYearlessStamps, nearestDays } from './yearless-stamp.ts';

/** Lines one after the other whose days lie within a few days of the first one's. */
export interface StampRun {
  /** Where its first line begins. */
  offset: number;
  /** Day of the first line in a year that has a 29 February: 0 to 365. */
  day: number;
  /** Day of the last line, counted from `day`; negative before it. */
  last: number;
  /** Its latest stamp: seconds after the beginning of `day`. */
  latest: number;
  /** Seconds after midnight of the first line. */
  second: number;
  /** Number of lines; estimated where lines were passed over. */
  count: number;
  /** How many of them were written on a 29 February. */
  leapDays: number;
  /** The year of `day`, by the lines that have one; 0 when there are none. */
  year: number;
  /** How many have one. */
  dated: number;
}

/** Runs in the order of the file; none where it has no such stamps, or they follow no order. */
export interface StampRuns {
  /** Days by which the lines of a run may lie before or after its first one. */
  radius: number;
  runs: readonly StampRun[];
}

/** 29 February in the calendar on which stamps are placed. */
export const LEAP_DAY = 59;
const DAY_SECONDS = 86_400;

/** More runs than that are no order in time: wider ones are tried. */
const MAX_RUNS = 50_000;
const RADII = [3, 30, 90] as const;

/**
 * Reads the runs of a file; none when its lines do not begin with such stamps, or follow no order.
 * @param descriptor open for reading
 */
export function readStampRuns(descriptor: number, sizeBytes: number): StampRuns {
  if (!hasAnyStamp(descriptor, sizeBytes)) return { radius: RADII[0], runs: [] };
  for (const radius of RADII) {
    const collector = createCollector(radius);
    const scan = createScan(descriptor, sizeBytes, true);
    if (readAll(scan, sizeBytes, collector)) return { radius, runs: collector.runs };
  }
  return { radius: RADII[0], runs: [] };
}

interface Collector {
  runs: readonly StampRun[];
  /** False when there are too many runs. */
  add(stamp: Found, count: number): boolean;
}

/** A stamp and where its line begins. */
interface Found {
  offset: number;
  day: number;
  second: number;
  /** 0 when nothing tells. */
  year: number;
}

function createCollector(radius: number): Collector {
  const runs: StampRun[] = [];
  let run: StampRun | undefined;
  return {
    runs,
    add({ offset, day, second, year }, count) {
      const days = run === undefined ? radius + 1 : nearestDays(run.day, day);
      const known = run === undefined ? year : yearOfRun(run, day, year);
      const isOther = run !== undefined && known > 0 && run.year > 0 && known !== run.year;
      if (run === undefined || days > radius || days < -radius || isOther) {
        if (runs.length === MAX_RUNS) return false;
        run = { offset, day, last: 0, latest: second, second, ...NO_LINES };
        runs.push(run);
      } else {
        run.last = days;
        const latest = days * DAY_SECONDS + second;
        if (latest > run.latest) run.latest = latest;
      }
      run.count += count;
      if (day === LEAP_DAY) run.leapDays += count;
      if (year > 0) {
        run.year = yearOfRun(run, day, year);
        run.dated += count;
      }
      return true;
    },
  };
}

const NO_LINES = { count: 0, leapDays: 0, year: 0, dated: 0 };

/** The year in which the run's day lies, when a line of it is of `year`; 0 when nothing tells. */
const yearOfRun = (run: StampRun, day: number, year: number): number =>
  year === 0 ? 0 : year - Math.floor((run.day + nearestDays(run.day, day)) / CALENDAR_DAYS);

/** Up to this size every line is looked at. */
const WHOLE_BYTES = 1 << 24;
/** In larger files, pieces that begin and end on one day or on neighbouring ones are passed over. */
const WINDOW_BYTES = 1 << 14;
/** Lines in a piece that is passed over, about. */
const WINDOW_LINES = 128;
const BLOCK_BYTES = 1 << 18;
/** Of a piece so much is read to find a line that begins in it. */
const PROBE_BYTES = 1 << 10;

interface Scan {
  /** Gives the stamps of the lines that begin in `[start, end)`; false when `add` refused one. */
  read(start: number, end: number, add: Collector['add']): boolean;
  /** The first stamp of a line that begins soon after `start`. */
  probe(start: number): Found | undefined;
}

/** Gives the stamp of the line at `at` of a block that ends at `got`. */
function createStampReader(isDated: boolean) {
  const stamps = createYearlessStamps();
  const dated = createDatedStamps();

  return (block: Buffer, at: number, got: number, offset: number): Found | undefined => {
    if (stamps.read(block, at, got)) {
      const { day, second } = stamps;
      return { offset, day, second, year: isDated ? dated.auditYear(block, at, got, day) : 0 };
    }
    if (!isDated || !dated.read(block, at, got)) return undefined;
    return { offset, day: dated.day, second: dated.second, year: dated.year };
  };
}

/** @param isDated looks for lines that have a year, too */
function createScan(descriptor: number, sizeBytes: number, isDated: boolean): Scan {
  const buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, sizeBytes + 1));
  const small = Buffer.allocUnsafe(PROBE_BYTES);
  const readStamp = createStampReader(isDated);

  /** Looks at the line beginnings in `block`; stops after the first stamp when `isFirst`. */
  const readBlock = (
    block: Buffer,
    got: number,
    base: number,
    limit: number,
    visit: (found: Found) => boolean,
  ): boolean => {
    // Line beginnings follow a newline; the block begins with the one before its first line.
    for (let at = base === 0 ? 0 : block.indexOf(10) + 1; at < got; ) {
      if (base + at >= limit || (at === 0 && base !== 0)) break;
      const found = readStamp(block, at, got, base + at);
      if (found !== undefined && !visit(found)) return false;
      const newline = block.indexOf(10, at);
      if (newline === -1 || newline >= got) break;
      at = newline + 1;
    }
    return true;
  };

  return {
    read(start, end, add) {
      // The newline before a line tells where it begins.
      for (let position = Math.max(0, start - 1); position < end; ) {
        const got = readSync(descriptor, buffer, 0, buffer.length, position);
        if (got === 0) break;
        const isEnd = position + got >= sizeBytes;
        const newline = buffer.subarray(0, got).lastIndexOf(10);
        // A line that is cut off begins the next block, with the newline before it.
        const next = isEnd || newline <= 0 ? position + got : position + newline;
        const limit = Math.min(end, isEnd ? sizeBytes : next);
        const isOn = readBlock(buffer, got, position, limit, (found) => add(found, 1));
        if (!isOn) return false;
        position = next;
      }
      return true;
    },
    probe(start) {
      const position = Math.max(0, start - 1);
      const got = readSync(descriptor, small, 0, small.length, position);
      let first: Found | undefined;
      readBlock(small, got, position, sizeBytes, (found) => {
        first = found;
        return false;
      });
      return first;
    },
  };
}

/** Reads all stamps, or all that may tell something new. */
function readAll(scan: Scan, sizeBytes: number, { add }: Collector): boolean {
  if (sizeBytes <= WHOLE_BYTES) return scan.read(0, sizeBytes, add);
  let first = scan.probe(0);
  for (let start = 0; start < sizeBytes; start += WINDOW_BYTES) {
    const end = Math.min(start + WINDOW_BYTES, sizeBytes);
    const next = end < sizeBytes ? scan.probe(end) : undefined;
    const days = first === undefined || next === undefined ? -1 : nearestDays(first.day, next.day);
    if (first !== undefined && (days === 0 || days === 1)) {
      if (!add(first, WINDOW_LINES)) return false;
    } else if (!scan.read(start, end, add)) return false;
    first = next;
  }
  return true;
}

/** Places in which a file is looked at before all of it is read. */
const PROBES = 64;
const PROBE_HEAD_BYTES = 1 << 16;

function hasAnyStamp(descriptor: number, sizeBytes: number): boolean {
  const scan = createScan(descriptor, sizeBytes, false);
  let isFound = false;
  scan.read(0, Math.min(PROBE_HEAD_BYTES, sizeBytes), () => {
    isFound = true;
    return false;
  });
  for (let probe = 1; probe < PROBES && !isFound && sizeBytes > PROBE_HEAD_BYTES; probe += 1) {
    isFound = scan.probe(Math.floor((sizeBytes / PROBES) * probe)) !== undefined;
  }
  return isFound;
}
