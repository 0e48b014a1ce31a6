/**
 * Every event by its number in the order of time, in bounded memory: when it happened and where it lies stand in a private
 * temporary file, and its lines are read where somebody looks.
 */
import { closeSync } from 'node:fs';
import type { Event } from '../events/event.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { LineMark } from '../logs/line-account.ts';
import { openInput } from '../logs/open-input.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { decodeUtf8 } from '../logs/read-events.ts';
import { createTurns } from '../logs/turns.ts';
import { type BlockReader, createBlockReader } from './block-reader.ts';
import { openRows } from './event-rows.ts';
import { type CitedLine, readCited } from './evidence.ts';
import { fileOf, type Location, offsetOf } from './location.ts';
import { createParents } from './parents.ts';
import { createPlaceFile, type PlaceFile } from './rows/place-file.ts';
import { NO_TIME } from './rows/rows.ts';
import type { AnalyseOptions, Session } from './session.ts';

/** A line of an event, as it stands in its file. */
export interface IndexedLine {
  /** Microseconds since the epoch. */
  timeUs: number | undefined;
  /** Index into `files`. */
  file: number;
  offset: number;
  raw: string;
}

/** The same with what it says. */
export interface IndexedEvent extends IndexedLine {
  /** 1-based; 0 where the line could not be read again. */
  line: number;
  event: Event | undefined;
}

/** The events. `close` it in any case. */
export interface EventList {
  readonly count: number;
  readonly files: readonly PreparedFile[];
  /** The lines of some events, by number; read at once, as many as a screen shows. */
  lines(numbers: readonly number[]): IndexedLine[];
  /** One event, its line numbered. */
  event(number: number): IndexedEvent;
  /**
   * Looks through all of them, or through those named, in order, and hands over the numbers of lines that hold a text in any case,
   * every few thousand lines.
   * @param text in lower case
   */
  find(
    text: string,
    among: ArrayLike<number> | undefined,
    onFound: (numbers: readonly number[], looked: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Most of a line that is shown in a list. */
const MOST_CHARACTERS = 8_192;
const BATCH = 4_096;

/**
 * Reads the paths and makes the index.
 * @param accepts which events are in it; absent: all that `options` let in
 */
export async function openEvents(
  paths: readonly string[],
  options: AnalyseOptions,
  accepts?: (event: Event) => boolean,
): Promise<EventList> {
  const { session, store, results } = await openRows(paths, {
    ...{ ...options, order: 'time', isHashed: false },
  });
  const places = createPlaceFile();
  try {
    const turn = createTurns(options.signal);
    const marksOf = session.marksOf(results);
    session.release();
    let latest: Location | undefined;
    for (const { rows, start, end } of store.merged()) {
      await turn();
      for (let at = start; at < end; at += 1) {
        const location = rows.locations[at]!;
        // Rows of one event stand side by side.
        if (options.ruleNames.length > 0 && location === latest) continue;
        latest = location;
        places.append(rows.times[at]!, location);
      }
    }
    const kept = accepts === undefined ? places : await keep(places, session, accepts, turn);
    return indexOf(session, kept, marksOf);
  } catch (error) {
    places.remove();
    await session.close();
    throw error;
  } finally {
    store.remove();
  }
}

/** Those that are accepted, in a file of their own. */
async function keep(
  places: PlaceFile,
  { files }: Session,
  accepts: (event: Event) => boolean,
  turn: () => Promise<void> | undefined,
): Promise<PlaceFile> {
  const kept = createPlaceFile();
  try {
    for (let from = 0; from < places.count; from += BATCH) {
      await turn();
      const batch = numbersFrom(from, places.count).map((number) => places.at(number));
      const cited = citedOf(
        batch.map(({ location }) => location),
        files,
        () => [],
      );
      for (const { timeUs, location } of batch) {
        const event = cited.get(location)?.event;
        if (event !== undefined && accepts({ ...event, timeUs: timed(timeUs) }))
          kept.append(timeUs, location);
      }
    }
    places.remove();
    return kept;
  } catch (error) {
    kept.remove();
    throw error;
  }
}

const numbersFrom = (from: number, count: number): number[] =>
  Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => from + index);

const timed = (timeUs: number): number | undefined => (timeUs === NO_TIME ? undefined : timeUs);

/** Reads lines again without counting them, or with `marksOf` counted. */
function citedOf(
  locations: readonly Location[],
  files: readonly PreparedFile[],
  marksOf: (file: number) => readonly LineMark[],
  isNumbered = false,
): Map<Location, CitedLine> {
  const parents = isNumbered ? { parents: createParents(files, FORMATS) } : {};
  const options = { formats: FORMATS, isNumbered, ...parents };
  const steps = readCited(locations, files, marksOf, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function indexOf(
  session: Session,
  places: PlaceFile,
  marksOf: (file: number) => readonly LineMark[],
): EventList {
  const { files } = session;
  const rawOf = (locations: readonly Location[]): Map<Location, string> =>
    rawLines(locations, files, marksOf);
  return {
    count: places.count,
    files,
    lines(numbers) {
      const found = numbers.map((number) => places.at(number));
      const raws = rawOf(found.map(({ location }) => location));
      return found.map(({ timeUs, location }) => ({
        ...{ timeUs: timed(timeUs), file: fileOf(location), offset: offsetOf(location) },
        raw: raws.get(location) ?? '',
      }));
    },
    event(number) {
      const { timeUs, location } = places.at(number);
      const cited = citedOf([location], files, marksOf, true).get(location);
      return {
        ...{ timeUs: timed(timeUs), file: fileOf(location), offset: offsetOf(location) },
        ...{ line: cited?.line ?? 0, raw: cited?.raw ?? '', event: cited?.event },
      };
    },
    async find(text, among, onFound, signal) {
      const turn = createTurns(signal);
      const total = among?.length ?? places.count;
      for (let from = 0; from < total; from += BATCH) {
        await turn();
        signal.throwIfAborted();
        const numbers = numbersFrom(from, total).map((at) => among?.[at] ?? at);
        const found = numbers.map((number) => places.at(number).location);
        const raws = rawOf(found);
        onFound(
          numbers.filter((_, at) => raws.get(found[at]!)?.toLowerCase().includes(text) === true),
          Math.min(total, from + BATCH),
        );
      }
    },
    async close() {
      places.remove();
      await session.close();
    },
  };
}

/** Lines as they stand there; what is no text is read as its format does. */
function rawLines(
  locations: readonly Location[],
  files: readonly PreparedFile[],
  marksOf: (file: number) => readonly LineMark[],
): Map<Location, string> {
  const raws = new Map<Location, string>();
  const ofRecords = locations.filter((at) => files[fileOf(at)]?.isRecords === true);
  for (const [at, { raw }] of citedOf(ofRecords, files, marksOf)) raws.set(at, raw);
  const ofLines = locations.filter((at) => files[fileOf(at)]?.isRecords === false);
  const byPlace = ofLines.sort((a, b) => a - b);
  for (let from = 0; from < byPlace.length; ) {
    const index = fileOf(byPlace[from]!);
    let to = from;
    while (to < byPlace.length && fileOf(byPlace[to]!) === index) to += 1;
    withBlocks(files[index]!, (blockAt) => {
      for (const at of byPlace.slice(from, to)) raws.set(at, lineAt(blockAt, offsetOf(at)));
    });
    from = to;
  }
  return raws;
}

/** Nothing is read of a file that went away. */
export function withBlocks(
  file: Pick<PreparedFile, 'absolute' | 'contentState' | 'contentBytes'>,
  read: (blockAt: BlockReader) => void,
): void {
  let descriptor: number | undefined;
  try {
    descriptor = openInput(file.absolute, file.contentState);
    read(createBlockReader(descriptor, file.contentBytes));
  } catch {
    // What is there now is not what was found.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function lineAt(blockAt: BlockReader, offset: number): string {
  let block = blockAt(offset, 512);
  let end = block.indexOf(10);
  if (end === -1) {
    block = blockAt(offset, MOST_CHARACTERS);
    end = block.indexOf(10);
  }
  const text = decodeUtf8(block.toString('latin1', 0, end === -1 ? block.length : end));
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
