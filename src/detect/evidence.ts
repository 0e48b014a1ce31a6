/**
 * From locations back to lines: reads what findings cite again from the files, numbers the lines, and
 * parses them. Only what is shown is ever read twice.
 */
import { closeSync } from 'node:fs';
import type { Event } from '../events/event.ts';
import { createClock } from '../logs/clock.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import { type TextBefore, textBeforeOf } from '../logs/last-message.ts';
import { createAccount, type LineMark } from '../logs/line-account.ts';
import { openInput } from '../logs/open-input.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import {
  createEventReader,
  decodeUtf8,
  type EventSink,
  type FileReader,
} from '../logs/read-events.ts';
import { type BlockReader, createBlockReader, createLineCounter } from './block-reader.ts';
import type { Burst } from './bursts.ts';
import type { CorrelationHit } from './correlate/pass.ts';
import { fileOf, type Location, offsetOf } from './location.ts';
import type { Parents } from './parents.ts';
import { type NumberedRecord, recordAt, recordsFrom } from './read-again.ts';

/** A line that was read again. */
export interface CitedLine {
  /** 1-based. */
  line: number;
  raw: string;
  /** The further lines of the event, where they were asked for. */
  others?: readonly PlacedLine[] | undefined;
  /** The event that begins on it; undefined when it no longer parses alone. */
  event: Event | undefined;
  /** What the event was read from, which is what rules see as its text; undefined where there is no event. */
  text?: string | undefined;
}

/** A line of an event after the first. */
export interface PlacedLine {
  line: number;
  offset: number;
  raw: string;
}

/** How lines are read again. */
export interface ReaderOptions {
  formats: readonly LogFormat[];
  /** Longest raw line handed out, in characters; `MAX_RAW` when absent. */
  maxRaw?: number;
  /** Are all lines of an event wanted? Absent: only the one that it begins on. */
  areAllWanted?: boolean;
  /** Are lines numbered, for which those before them are counted? Absent: yes; else their number is 0. */
  isNumbered?: boolean;
  /** Tells of the parents of processes; absent: events have of them what their own lines say. */
  parents?: Parents;
  /** The descriptor of a file that is held open anyway; absent: it is opened, and closed again. */
  heldOpen?: ((file: PreparedFile) => number | undefined) | undefined;
}

/**
 * How much is read on from a line until its event is whole: most end with the line or the next one, those
 * of interleaved records and long lines later.
 */
const WINDOW_BYTES = [1 << 13, 1 << 16, 1 << 19, 1 << 22] as const;
const MAX_RAW = 8192;

/**
 * Reads the lines at `locations`; one of them, or a megabyte whose lines are counted, is a step.
 * @param marksOf line marks of a file, by start
 */
export function* readCited(
  locations: Iterable<Location>,
  files: readonly PreparedFile[],
  marksOf: (file: number) => readonly LineMark[],
  options: ReaderOptions,
): Generator<void, Map<Location, CitedLine>, void> {
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
    const read = readerFor(file);
    const held = options.heldOpen?.(file);
    let opened: number | undefined;
    try {
      const descriptor = held ?? (opened = openInput(file.absolute, file.contentState));
      const blockAt = createBlockReader(descriptor, file.contentBytes);
      const input = { file, index, descriptor, blockAt, marks: marksOf(index) };
      yield* read(input, sorted, options, (offset, line) =>
        cited.set(index * 2 ** 36 + offset, line),
      );
    } catch {
      // The file went away or was replaced since it was scanned; its account says so, and places without lines remain.
    } finally {
      if (opened !== undefined) closeSync(opened);
    }
  }
  return cited;
}

/** A file that is open, with its number and its line marks. */
interface Input {
  file: PreparedFile;
  index: number;
  descriptor: number;
  blockAt: BlockReader;
  marks: readonly LineMark[];
}

type TakeLine = (offset: number, line: CitedLine) => void;

const readerFor = ({ isRecords, format }: PreparedFile): typeof citedLines =>
  !isRecords ? citedLines : format?.records?.isBinary === true ? citedUnits : citedRecords;

/** What a binary record says depends on what lies before it: it is read from the mark before it on. */
function* citedUnits(
  { file, blockAt, marks }: Input,
  offsets: readonly number[],
  options: ReaderOptions,
  take: TakeLine,
): Generator<void, void, void> {
  let records: Iterator<NumberedRecord> = [][Symbol.iterator]();
  let mark: LineMark | undefined;
  for (const offset of offsets) {
    yield;
    const nearest = marks.findLast(({ start }) => start <= offset);
    if (nearest !== mark && nearest !== undefined)
      records = recordsFrom((mark = nearest), file, blockAt);
    for (let next = records.next(); next.done !== true; next = records.next()) {
      const { at, line, raw } = next.value;
      if (at === offset) take(offset, { line, ...eventOf(raw, offset, file, options) });
      if (at >= offset) break;
    }
  }
}

function eventOf(
  raw: string,
  offset: number,
  file: PreparedFile,
  options: ReaderOptions,
): Pick<CitedLine, 'raw' | 'event' | 'text'> {
  let event: Event | undefined;
  let text: string | undefined;
  const reader = readerOf(file, options, (found, read) => {
    if (event !== undefined) return;
    [event, text] = [found, read];
  });
  reader.line(raw, offset);
  reader.end();
  return { raw: raw.slice(0, options.maxRaw ?? MAX_RAW), event, text };
}

/** Records begin where they were found, so each is read from there on. */
function* citedRecords(
  { file, blockAt }: Input,
  offsets: readonly number[],
  options: ReaderOptions,
  take: TakeLine,
): Generator<void, void, void> {
  const lineAt = createLineCounter(blockAt, []);
  for (const offset of offsets) {
    const line = options.isNumbered === false ? 0 : yield* lineAt(offset);
    take(offset, { line, ...eventOf(recordAt(file, offset, blockAt), offset, file, options) });
  }
}

function* citedLines(
  { file, index, descriptor, blockAt, marks }: Input,
  offsets: readonly number[],
  options: ReaderOptions,
  take: TakeLine,
): Generator<void, void, void> {
  const lineAt = createLineCounter(blockAt, marks);
  const textBefore = textBeforeOf(descriptor);
  const orphans = new Map<number, Event>();
  for (const offset of offsets) {
    const line = options.isNumbered === false ? 0 : yield* lineAt(offset);
    const place = { offset, line };
    const found = readEvent(file, place, { blockAt, textBefore }, options);
    if (found.event !== undefined && options.parents?.isMissing(found.event))
      orphans.set(offset, found.event);
    take(offset, { line, ...found });
  }
  const pieceAt = (offset: number): number =>
    marks.findLast(({ start, isPiece }) => isPiece === true && start <= offset)?.start ?? 0;
  if (orphans.size > 0) yield* options.parents!.tell(index, descriptor, orphans, pieceAt);
}

/** The line at `offset` and the event that begins on it. */
function readEvent(
  file: PreparedFile,
  { offset, line }: Omit<PlacedLine, 'raw'>,
  { blockAt, textBefore }: { blockAt: BlockReader; textBefore: TextBefore },
  options: ReaderOptions,
): Omit<CitedLine, 'line'> {
  let raw = '';
  let found: Found | undefined;
  let others: readonly PlacedLine[] | undefined;
  for (const length of WINDOW_BYTES) {
    const block = blockAt(offset, length);
    const isWhole = offset + block.length >= file.contentBytes || length === WINDOW_BYTES.at(-1);
    const [first = ''] = linesOf(block, isWhole);
    raw = decodeUtf8(first).replace(/\r?\n$/, '');
    found = parseOne(linesOf(block, isWhole), file, offset, isWhole, { ...options, textBefore });
    if (found === undefined && !isWhole) continue;
    if (options.areAllWanted === true && found?.text.includes('\n') === true)
      others = placesOf(found.text, linesOf(block, true), { offset, line });
    break;
  }
  return {
    raw: raw.slice(0, options.maxRaw ?? MAX_RAW),
    others,
    event: found?.event,
    text: found?.text,
  };
}

/** Where the lines of an event stand after its first one: those of others may lie between them. */
function placesOf(
  text: string,
  lines: Iterable<string>,
  { offset, line }: Omit<PlacedLine, 'raw'>,
): PlacedLine[] {
  const wanted = text.split('\n').slice(1);
  const found: PlacedLine[] = [];
  let place = { offset, line };
  for (const each of lines) {
    const raw = decodeUtf8(each).replace(/\r?\n$/, '');
    // In an envelope the text of the event is the end of the line.
    if (place.line > line && wanted.length > 0 && raw.endsWith(wanted[0] as string)) {
      found.push({ ...place, raw });
      wanted.shift();
    }
    if (wanted.length === 0) break;
    place = { offset: place.offset + each.length, line: place.line + 1 };
  }
  return found;
}

/** An event, and all that it was read from. */
interface Found {
  event: Event;
  text: string;
}

/** Lines with their endings, each a string of its own so that none keeps the block alive. */
function* linesOf(block: Buffer, isWhole: boolean): Iterable<string> {
  for (let start = 0; start < block.length; ) {
    const newline = block.indexOf(10, start);
    if (newline === -1 && !isWhole) break;
    const next = newline === -1 ? block.length : newline + 1;
    yield block.toString('latin1', start, next);
    start = next;
  }
}

/** The event that begins with the first of the lines; undefined when more lines are needed to tell. */
function parseOne(
  lines: Iterable<string>,
  file: PreparedFile,
  offset: number,
  isWhole: boolean,
  options: RereadOptions,
): Found | undefined {
  let found: Found | undefined;
  const reader = readerOf(file, options, (event, text, at) => {
    if (at === offset) found ??= { event, text };
  });
  let position = offset;
  for (const line of lines) {
    reader.lines(line, position);
    if (found !== undefined) return found;
    position += line.length;
  }
  if (isWhole) reader.end();
  return found;
}

interface RereadOptions extends ReaderOptions {
  textBefore?: TextBefore;
}

const readerOf = (
  { format, streams, years, headers, zone, adjustment }: PreparedFile,
  { formats, textBefore }: RereadOptions,
  sink: EventSink,
): FileReader =>
  createEventReader({
    format,
    streams,
    formats,
    clock: createClock({ zone, years, headers }),
    account: createAccount(),
    textBefore,
    sink,
    adjustment,
  });

/** The places of all lines that findings may cite. */
export function* citedLocations(
  bursts: readonly Burst[],
  hits: readonly CorrelationHit[],
): Iterable<number> {
  for (const { locations, lastLocation } of bursts) {
    yield* locations;
    yield lastLocation;
  }
  for (const { locations, deciding, before } of hits) {
    yield* locations;
    yield* deciding;
    for (const { refs } of before) yield* refs;
  }
}
