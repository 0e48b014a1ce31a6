/**
 * From locations back to lines: reads what findings cite again from the files, numbers the lines, and
 * parses them. Only what is shown is ever read twice.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Event } from '../events/event.ts';
import { createClock } from '../logs/clock.ts';
import type { LogFormat, TextRecord } from '../logs/formats/log-format.ts';
import { createAccount } from '../logs/line-account.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createEventReader, decodeUtf8 } from '../logs/read-events.ts';
import { fileOf, type Location, offsetOf } from './location.ts';

/** A line that was read again. */
export interface CitedLine {
  /** 1-based. */
  line: number;
  raw: string;
  /** The event that begins on it; undefined when it no longer parses alone. */
  event: Event | undefined;
}

/** Where a piece of a file begins, and how many lines lie before it. */
export interface LineMark {
  start: number;
  linesBefore: number;
}

export interface ReaderOptions {
  formats: readonly LogFormat[];
  zone: string;
}

const WINDOW_BYTES = 1 << 16;
const LINE_BYTES = 8192;
const MAX_RAW = 8192;

/**
 * Reads the lines at `locations`.
 * @param marksOf line marks of a file, by start
 */
export function readCited(
  locations: Iterable<Location>,
  files: readonly PreparedFile[],
  marksOf: (file: number) => readonly LineMark[],
  options: ReaderOptions,
): Map<Location, CitedLine> {
  const byFile = new Map<number, Set<number>>();
  for (const location of locations) {
    const file = fileOf(location);
    let offsets = byFile.get(file);
    if (offsets === undefined) byFile.set(file, (offsets = new Set()));
    offsets.add(offsetOf(location));
  }
  const cited = new Map<Location, CitedLine>();
  for (const [index, offsets] of byFile) {
    const file = files[index] as PreparedFile;
    const sorted = [...offsets].sort((a, b) => a - b);
    const read = file.isRecords ? citedRecords : citedLines;
    for (const [offset, line] of read(file, sorted, marksOf(index), options)) {
      cited.set(index * 2 ** 36 + offset, line);
    }
  }
  return cited;
}

function* citedRecords(
  file: PreparedFile,
  offsets: readonly number[],
  _marks: readonly LineMark[],
  options: ReaderOptions,
): Iterable<[number, CitedLine]> {
  const text = readFileSync(file.absolute, 'latin1').slice(0, file.contentBytes);
  const wanted = new Set(offsets);
  const records: Iterable<TextRecord> = file.format?.records?.split(text) ?? [];
  for (const record of records) {
    if (!wanted.has(record.offset)) continue;
    const raw = decodeUtf8(record.text);
    const event = parseOne(raw, file, record.offset, options);
    yield [record.offset, { line: record.line, raw: raw.slice(0, MAX_RAW), event }];
  }
}

function* citedLines(
  file: PreparedFile,
  offsets: readonly number[],
  marks: readonly LineMark[],
  options: ReaderOptions,
): Iterable<[number, CitedLine]> {
  const descriptor = openSync(file.absolute, 'r');
  try {
    const counter = createLineCounter(descriptor, marks);
    for (const offset of offsets) {
      const line = counter(offset);
      const needsMore = file.format?.group !== undefined || file.format?.continues !== undefined;
      const window = readWindow(descriptor, offset, file.contentBytes, needsMore);
      const end = window.indexOf('\n');
      const raw = decodeUtf8(end === -1 ? window : window.slice(0, end)).replace(/\r$/, '');
      yield [
        offset,
        { line, raw: raw.slice(0, MAX_RAW), event: parseOne(window, file, offset, options) },
      ];
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The first event of a latin1 text that begins at `offset` of the file. */
function parseOne(
  text: string,
  file: PreparedFile,
  offset: number,
  options: ReaderOptions,
): Event | undefined {
  let found: Event | undefined;
  const reader = createEventReader({
    format: file.format,
    formats: options.formats,
    clock: createClock({ zone: options.zone, firstYear: file.yearAt(offset) }),
    account: createAccount(),
    sink: (event, _raw, at) => {
      if (at === 0) found ??= event;
    },
  });
  for (let start = 0; start < text.length && found === undefined; ) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline + 1;
    reader.lines(text.slice(start, next), start);
    start = next;
  }
  reader.end();
  return found;
}

function readWindow(
  descriptor: number,
  offset: number,
  sizeBytes: number,
  needsMore: boolean,
): string {
  const buffer = Buffer.allocUnsafe(needsMore ? WINDOW_BYTES : LINE_BYTES);
  const want = Math.min(buffer.length, sizeBytes - offset);
  const text = buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, want, offset));
  if (needsMore) return text;
  const newline = text.indexOf('\n');
  if (newline !== -1) return text.slice(0, newline);
  if (want < LINE_BYTES) return text;
  // A long line: read on to its end, at most a window of it.
  const long = Buffer.allocUnsafe(Math.min(1 << 20, sizeBytes - offset));
  const whole = long.toString('latin1', 0, readSync(descriptor, long, 0, long.length, offset));
  const end = whole.indexOf('\n');
  return end === -1 ? whole : whole.slice(0, end);
}

/** Numbers lines; offsets must come in ascending order. */
function createLineCounter(
  descriptor: number,
  marks: readonly LineMark[],
): (offset: number) => number {
  const buffer = Buffer.allocUnsafe(1 << 20);
  let position = 0;
  let lines = 0;
  return (offset) => {
    const mark = marks.findLast(({ start }) => start <= offset);
    if (mark !== undefined && mark.start > position) {
      // The piece begins after the first line ending at or after the byte before it.
      position = mark.start - 1;
      lines = mark.linesBefore - 1;
    }
    while (position < offset) {
      const want = Math.min(buffer.length, offset - position);
      const got = readSync(descriptor, buffer, 0, want, position);
      if (got === 0) break;
      for (let at = buffer.indexOf(10); at !== -1 && at < got; at = buffer.indexOf(10, at + 1)) {
        lines += 1;
      }
      position += got;
    }
    return lines + 1;
  };
}
