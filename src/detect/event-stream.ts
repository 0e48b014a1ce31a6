/** `ir timeline --all`: every event in time order, in bounded memory: locations are sorted, lines read again. */
import type { IrError } from '../errors.ts';
import type { Event } from '../events/event.ts';
import { MAX_LINE_BYTES } from '../logs/chunks.ts';
import type { FileChange } from '../logs/file-change.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { LineMark } from '../logs/line-account.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createTurns, inTurns } from '../logs/turns.ts';
import { ecsDocument } from './ecs-document.ts';
import { openRows } from './event-rows.ts';
import { type PlacedLine, readCited } from './evidence.ts';
import type { FileAccount, PathProblem } from './finding.ts';
import { putPlaces } from './geo/geo.ts';
import type { Location } from './location.ts';
import { fileOf, offsetOf } from './location.ts';
import { createParents, type Parents } from './parents.ts';
import type { RowStore } from './rows/row-store.ts';
import { NO_TIME } from './rows/rows.ts';
import { sayGrowth } from './say-growth.ts';
import type { AnalyseOptions, Session } from './session.ts';
import { unreadOf, whyNothing } from './why-nothing.ts';

/** One event with its place. */
export interface StreamedEvent {
  event: Event;
  file: string;
  line: number;
  offset: number;
  /** The line that it begins on. */
  raw: string;
  /** What it was read from, as rules see it. */
  text: string;
  /** Its further lines, where they were asked for. */
  others: readonly PlacedLine[];
  /** Index into `inputs`. */
  input: number;
  document: Readonly<Record<string, unknown>>;
}

/** The events of a run, and what became of its files. */
export interface EventStream {
  /** Events by time, those without one first; or by file. Iterate once: it closes the files. */
  events: AsyncIterable<StreamedEvent>;
  /** What is read, for those who look around an event. */
  inputs: readonly PreparedFile[];
  /** Accounts and failures as they stand; after the last event also by what happened to the files meanwhile. */
  readonly files: readonly FileAccount[];
  readonly unread: readonly PathProblem[];
  /** Rules of `--rule` and `--rules` that could not be loaded, each with its place. */
  brokenRules: readonly IrError[];
  /** Where there is no event at all: the reason, as part of a sentence; else undefined. */
  whyNothing: string | undefined;
}

/** A line is never longer than this: machine output is not cut. */
const MAX_RAW = MAX_LINE_BYTES;

interface Place {
  location: Location;
  timeUs: number | undefined;
}

/** Events read back together: enough to read a file in long strides. */
const BATCH = 5000;

/**
 * Reads the paths and sorts their events; with rules named, those that one of them hits, or counted where it fired.
 */
export async function streamEvents(
  paths: readonly string[],
  options: AnalyseOptions,
): Promise<EventStream> {
  const opened = await openRows(paths, options);
  const { session, store, results, hashing, count, brokenRules } = opened;
  try {
    const hashes = await hashing;
    let changes = await session.changes(results);
    sayGrowth(session.files, changes, (text) => options.say?.(text));
    let files = session.accounts(results, hashes, changes);
    const found = { files, unread: unreadOf(session, files) };
    return {
      brokenRules,
      inputs: session.files,
      whyNothing: count === 0 ? await whyNothing(paths, options, found, true) : undefined,
      events: readBack(
        session,
        store,
        session.marksOf(results),
        () => changes,
        options,
        async () => {
          changes = await session.changes(results);
          files = session.accounts(results, hashes, changes);
        },
      ),
      get files() {
        return files;
      },
      get unread() {
        return unreadOf(session, files);
      },
    };
  } catch (error) {
    store.remove();
    await session.close();
    throw error;
  }
}

async function* readBack(
  session: Session,
  store: RowStore,
  marksOf: (file: number) => readonly LineMark[],
  changes: () => readonly FileChange[],
  options: AnalyseOptions,
  onEnd: () => Promise<void>,
): AsyncGenerator<StreamedEvent> {
  const parents = createParents(session.files, FORMATS);
  const isByFile = options.order === 'file';
  const read = (batch: readonly Place[]): AsyncGenerator<StreamedEvent> =>
    readBatch(batch, session, parents, marksOf, changes(), options);
  try {
    let batch: Place[] = [];
    let latest: Location | undefined;
    for (const { rows, start, end } of store.merged()) {
      for (let index = start; index < end; index += 1) {
        const [timeUs, location] = isByFile
          ? [rows.locations[index]!, rows.times[index]!]
          : [rows.times[index]!, rows.locations[index]!];
        // Rows of one event stand side by side.
        if (options.ruleNames.length > 0 && location === latest) continue;
        latest = location;
        batch.push({ location, timeUs: timeUs === NO_TIME ? undefined : timeUs });
        if (batch.length < BATCH) continue;
        yield* read(batch);
        batch = [];
      }
    }
    yield* read(batch);
    await onEnd();
  } finally {
    store.remove();
    await session.close();
  }
}

async function* readBatch(
  batch: readonly Place[],
  { files }: Session,
  parents: Parents,
  marksOf: (file: number) => readonly LineMark[],
  changes: readonly FileChange[],
  { signal, geo, areAllWanted = false }: AnalyseOptions,
): AsyncGenerator<StreamedEvent> {
  const locations = batch
    .map(({ location }) => location)
    .filter((location) => changes[fileOf(location)]?.problem === undefined);
  const options = { formats: FORMATS, maxRaw: MAX_RAW, parents, areAllWanted };
  const cited = await inTurns(readCited(locations, files, marksOf, options), createTurns(signal));
  for (const { location, timeUs } of batch) {
    const {
      line = 0,
      raw = '',
      others = [],
      event: readAgain,
      text = raw,
    } = cited.get(location) ?? {};
    const input = fileOf(location);
    const prepared = files[input];
    const file = prepared?.path ?? '';
    const format = prepared?.format?.name ?? '';
    // The first reading decides the time; what cannot be read again is still shown.
    const event: Event = readAgain ?? { timeUs, timeConfidence: 'none', format, message: raw };
    event.timeUs = timeUs;
    const offset = offsetOf(location);
    const origin = { file, offset, line, raw };
    let made: ReturnType<typeof ecsDocument> | undefined;
    yield {
      ...{ event, file, line, offset, raw, text, others, input },
      // Most who ask for lines, columns or counts never look at it.
      get document() {
        if (made !== undefined) return made;
        made = ecsDocument(event, origin);
        putPlaces(made, geo);
        return made;
      },
    };
  }
}
