/**
 * Which year the stamps without a year belong to: the last stamp of a file is not later than the file's
 * own date (rotation name, else mtime), and every step from December back to January before it is a year.
 */
import { readSync } from 'node:fs';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const STAMP =
  /^(?:<\d{1,3}>)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) \d\d:/;
const STAMP_ANYWHERE = new RegExp(`\\n${STAMP.source.slice(1)}`, 'g');
/** Largest distance between samples; a step over new year is seen when half a year fills more than this. */
const MAX_STEP_BYTES = 1 << 16;
/** A small file may hold months in a few kilobytes, so it is sampled in at least so many places. */
const MIN_SAMPLES = 1024;
const SAMPLE_BYTES = 1024;
const ROLLOVER_MONTHS = 6;
const DAY_MS = 86_400_000;

/** A year, and the month (1 to 12) in it that the log had reached; 0 when that is not known. */
export interface YearMark {
  year: number;
  month: number;
}

/** Gives the mark from which the clock of a reader that starts at a byte offset walks on. */
export type YearBasis = (offset: number) => YearMark;

/** Does the line begin with a year-less stamp? */
export const hasYearlessStamp = (line: string): boolean => STAMP.test(line);

/**
 * The date a rotated file's name gives (`auth.log-20260104`, `syslog-2026-01-04.gz`), in milliseconds:
 * the end of that day. `undefined` when there is none.
 */
export function rotationDateMs(path: string): number | undefined {
  const found = /(?:^|\D)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:\D|$)/.exec(
    path.slice(path.lastIndexOf('/') + 1),
  );
  if (found === null) return undefined;
  return Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) + DAY_MS - 1;
}

interface Sample {
  offset: number;
  month: number;
  day: number;
}

/**
 * Works out the years of a file by sampling its stamps.
 * @param descriptor open for reading
 * @param referenceMs a moment that no stamp of the file can lie after (mtime, rotation date)
 */
export function createYearBasis(
  descriptor: number,
  sizeBytes: number,
  referenceMs: number,
): YearBasis {
  const samples = sampleStamps(descriptor, sizeBytes);
  const referenceYear = new Date(referenceMs).getUTCFullYear();
  const last = samples.at(-1);
  if (last === undefined) return () => ({ year: referenceYear, month: 0 });
  // Two days of grace: zones differ, and clocks run ahead.
  const latestMs = referenceMs + 2 * DAY_MS;
  const candidates = [referenceYear + 1, referenceYear];
  const isPast = (year: number): boolean => Date.UTC(year, last.month, last.day) <= latestMs;
  const lastYear = candidates.find(isPast) ?? referenceYear - 1;
  const years: number[] = new Array(samples.length).fill(lastYear);
  for (let index = samples.length - 1; index > 0; index -= 1) {
    const step = samples[index]!.month - samples[index - 1]!.month;
    const later = years[index] as number;
    if (step <= -ROLLOVER_MONTHS) years[index - 1] = later - 1;
    else if (step >= ROLLOVER_MONTHS) years[index - 1] = later + 1;
    else years[index - 1] = later;
  }
  return (offset) => {
    // The last sample at or before the offset; the first one for what lies before all.
    let low = 0;
    let high = samples.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((samples[middle] as Sample).offset <= offset) low = middle;
      else high = middle - 1;
    }
    return { year: years[low] as number, month: (samples[low] as Sample).month + 1 };
  };
}

function sampleStamps(descriptor: number, sizeBytes: number): Sample[] {
  const buffer = Buffer.alloc(SAMPLE_BYTES);
  const samples: Sample[] = [];
  const sampleAt = (position: number): void => {
    const start = Math.max(0, position);
    const text = `${start === 0 ? '\n' : ''}${buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, SAMPLE_BYTES, start))}`;
    STAMP_ANYWHERE.lastIndex = 0;
    let found: RegExpExecArray | null = STAMP_ANYWHERE.exec(text);
    // At the end of the file the last stamp counts, elsewhere the first.
    for (let next = found; next !== null && position + SAMPLE_BYTES >= sizeBytes; ) {
      found = next;
      next = STAMP_ANYWHERE.exec(text);
    }
    if (found === null) return;
    const month = MONTHS.indexOf((found[1] as string).toLowerCase());
    // The match begins with the newline before the stamp, at 0 with the one put there.
    const offset = start === 0 ? found.index : start + found.index + 1;
    samples.push({ offset, month, day: Number(found[2]) });
  };
  const step = Math.max(SAMPLE_BYTES, Math.min(MAX_STEP_BYTES, Math.ceil(sizeBytes / MIN_SAMPLES)));
  for (let position = 0; position < sizeBytes; position += step) sampleAt(position);
  sampleAt(sizeBytes - SAMPLE_BYTES);
  return samples;
}
