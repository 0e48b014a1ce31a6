/**
 * Reads one piece of one file: lines to events, events through the rules, counts. Runs in a worker or,
 * for small inputs, in the main thread. Everything it gives back is plain data.
 */
import { closeSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import type { Event } from '../events/event.ts';
import { type ByteChunk, type ChunkSink, readChunks } from '../logs/chunks.ts';
import { createClock } from '../logs/clock.ts';
import { type ClockTally, createTally, tallyEvent } from '../logs/clock-tally.ts';
import type { StreamFormats } from '../logs/envelopes/streams.ts';
import { createSpan, type ReadSpan } from '../logs/file-change.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { HeaderMark } from '../logs/headers.ts';
import type { FilePath } from '../logs/input-path.ts';
import { type TextBefore, textBeforeOf } from '../logs/last-message.ts';
import {
  createAccount,
  type LineAccount,
  type LineMark,
  MARK_BYTES,
} from '../logs/line-account.ts';
import { type FileState, openInput } from '../logs/open-input.ts';
import { createEventReader, type EventReader, type EventSink } from '../logs/read-events.ts';
import { readRecords } from '../logs/read-records.ts';
import { reasonOf } from '../logs/reason.ts';
import type { Adjustment } from '../logs/said-of-files.ts';
import type { Years } from '../logs/year-basis.ts';
import { type AccessLane, createAccessLane } from './access/lane.ts';
import { type AuditTrails, followTrail } from './audit-trail.ts';
import { type Burst, createBurstCollector } from './bursts.ts';
import type { EventFilter } from './event-filter.ts';
import { locate } from './location.ts';
import { type ByteRange, readBack } from './look-back.ts';
import { createMatcher } from './matcher.ts';
import type { Plan } from './plan.ts';
import { createProcesses } from './processes.ts';
import { createRecordLane, type RecordLane } from './records/lane.ts';
import { createRowCollector, emptyRows, HIT_KIND, NO_TIME, type Rows } from './rows/rows.ts';
import { createShapeLane, type ShapeLane } from './shapes/lane.ts';
import { sketchCells, valueCells, valueSeed } from './sketch.ts';
import { createStatsCollector, type StatsPart, type StatsSpec } from './stats/collect.ts';
import { countEvent, createTotals, type Totals } from './totals.ts';

/** What to read. */
export interface ScanTask {
  id: number;
  /** Index of the file in the run. */
  file: number;
  absolute: FilePath;
  /** Byte range in which the lines begin. */
  start: number;
  end: number;
  sizeBytes: number;
  /** The file when it was opened first; undefined for copies of ours. */
  state: FileState | undefined;
  /** What is to be read first, to know the processes that the log has told of. */
  before: readonly ByteRange[];
  /** Name of the main format; empty when none was recognised. */
  format: string;
  /** The formats of what its lines wrap. */
  streams: StreamFormats;
  /** Is the file one document of records (CloudTrail)? */
  isRecords: boolean;
  /** Which years the stamps of the piece have that name none. */
  years: Years;
  /** What names the columns of its lines. */
  headers: readonly HeaderMark[];
  zone: string;
  /** What is changed in the events of the file. */
  adjustment: Adjustment | undefined;
  /**
   * `rules`: the first reading. `hot`: only rows of dense feeds. `events`: a row for every event or, where there are
   * rules, for each hit, and as each input of a correlation. `every`: a row for every event. `clock`: what the stamps say.
   * `stats`: counts.
   */
  purpose: 'rules' | 'hot' | 'events' | 'every' | 'clock' | 'stats';
  /** Longer pauses are gaps, in microseconds: for `clock`. */
  gapUs: number;
  /** What is counted: for `stats`. */
  stats?: StatsSpec | undefined;
}

/** What a piece came to, under the number of its task. */
export interface ScanResult {
  id: number;
  account: LineAccount;
  totals: Totals;
  bursts: Burst[];
  rows: Rows;
  problem: string | undefined;
  /** What the stamps say, for `clock`. */
  clock: ClockTally | undefined;
  /** What the numbers of its events say, for `rules`; empty where they have none. */
  trails: AuditTrails;
  /** What was counted, for `stats`. */
  stats: StatsPart | undefined;
  /** Now and then within the piece: where a line begins, and how many lines of the piece lie before it. */
  marks: readonly LineMark[];
  /** The bytes that were read; undefined when there were none, and for copies of ours. */
  span: ReadSpan | undefined;
}

/** What the accounts and line marks need of a result once its rows, bursts and counts are handed on. */
export const accountOnly = (result: ScanResult): ScanResult => {
  const { firstUs, lastUs } = result.totals;
  return {
    ...result,
    rows: emptyRows(),
    bursts: [],
    stats: undefined,
    totals: { ...createTotals(), firstUs, lastUs },
  };
};

/** What stays the same for all pieces that one reader reads. */
export interface ScanContext {
  plan: Plan;
  formats: readonly LogFormat[];
  sketchMemory: SharedArrayBuffer;
  /** Which section of the sketch memory this reader counts in. */
  section: number;
  filter: EventFilter;
}

/** One reader; results are plain data and hold nothing of its own. */
export interface Scanner {
  /** Reads a piece in steps, one piece at a time. Never throws for bad content; a file that fails midway is a `problem`. */
  scan(task: ScanTask): Generator<void, ScanResult, void>;
}

/** Makes a reader. */
export function createScanner(context: ScanContext): Scanner {
  const { plan, formats, filter } = context;
  const bursts = createBurstCollector();
  const rows = createRowCollector();
  const sketches = sketchesOf(context, context.section);
  const sums = sketchesOf(context, 0);
  const {
    sketchMemory,
    plan: { sketchCount },
  } = context;
  const values = Array.from({ length: sketchCount }, (_, at) =>
    valueCells(sketchMemory, at, sketchCount),
  );
  const seed = valueSeed(sketchMemory);
  const matcher = createMatcher(plan, formats, sketches, bursts, rows, sums);
  let fastLane: AccessLane | undefined;
  const openFastLane = (format: LogFormat): AccessLane => {
    fastLane ??= createAccessLane({
      plan,
      matcher,
      rows,
      filter,
      sketches,
      sums,
      values,
      seed,
      format,
    });
    return fastLane;
  };
  const formatOf = new Map(formats.map((format) => [format.name, format]));

  const shapeLanes = new Map<LogFormat, ShapeLane>();
  const openShapeLane = (format: LogFormat): ShapeLane => {
    let lane = shapeLanes.get(format);
    if (lane === undefined) {
      lane = createShapeLane({ plan, matcher, bursts, rows, filter, format });
      shapeLanes.set(format, lane);
    }
    return lane;
  };

  const recordLanes = new Map<LogFormat, RecordLane>();
  const openRecordLane = (format: LogFormat): RecordLane => {
    let lane = recordLanes.get(format);
    if (lane === undefined) {
      lane = createRecordLane({ plan, matcher, filter, format, rows, sketches, sums });
      recordLanes.set(format, lane);
    }
    return lane;
  };

  const scan = function* (task: ScanTask): Generator<void, ScanResult, void> {
    let problem: string | undefined;
    const marks: LineMark[] = [];
    const span = createSpan();
    const account = createAccount();
    const totals = createTotals();
    if (task.format !== '') totals.formats.add(task.format);
    const clock = createClock({ zone: task.zone, years: task.years, headers: task.headers });
    const format = formatOf.get(task.format);
    const processes = createProcesses();
    const trails: AuditTrails = new Map();
    const follow = (event: Event): void => {
      if (formatOf.get(event.format)?.hasProcesses === true) processes.follow(event);
    };
    readBack(task.before, format, formats, follow);
    const tally = task.purpose === 'clock' ? createTally() : undefined;
    const stats = task.stats === undefined ? undefined : createStatsCollector(task.stats);
    // Hits of a lane by templates are counted first; so are those of the lines that it leaves to others.
    const isCounted =
      format?.lane === 'templates' && filter.isForLanes && task.adjustment === undefined;
    const sink: EventSink = (event, raw, offset, whole) => {
      const of = formatOf.get(event.format) as LogFormat;
      if (of.hasProcesses === true) processes.follow(event);
      if (of.isNumbered === true && task.purpose === 'rules')
        followTrail(trails, event, locate(task.file, offset));
      if (!filter.accepts(event, raw, of, whole)) return;
      if (tally !== undefined) {
        tallyEvent(tally, event, task.gapUs);
        return;
      }
      if (stats !== undefined) {
        stats.add(event, whole ?? raw, of);
        return;
      }
      const location = locate(task.file, offset);
      const isOfAll = task.purpose === 'events' && plan.ruleSet.rules.length === 0;
      if (isOfAll || task.purpose === 'every') {
        rows.add(HIT_KIND, event.timeUs ?? NO_TIME, location, '', '');
        return;
      }
      const isCounting = isCounted && of === format;
      if (task.purpose === 'hot' && !isCounting) return;
      if (task.purpose === 'rules') countEvent(totals, event, of);
      try {
        if (task.purpose === 'rules') matcher.match(event, raw, location, isCounting);
        else if (task.purpose === 'hot') matcher.matchHot(event, raw, location);
        else matcher.note(event, raw, location);
      } catch (error) {
        problem ??= `${messageOf(error)} (on the line at byte ${offset})`;
      }
    };
    let textBefore: TextBefore | undefined;
    const reader = createEventReader({
      format,
      streams: task.streams,
      formats,
      clock,
      account,
      sink,
      adjustment: task.adjustment,
      textBefore: (offset, length) => textBefore?.(offset, length) ?? '',
    });
    const openLane = (): EventReader => {
      const { file, purpose, adjustment } = task;
      // The fast ways know nothing of what the user says of single files, nor which rules hit.
      if (!filter.isForLanes || adjustment !== undefined) return reader;
      if (purpose === 'clock' || purpose === 'every') return reader;
      const isOfEvents = purpose === 'events';
      if (isOfEvents && plan.ruleSet.rules.length > 0) return reader;
      const piece = { totals, account, clock, file, stats, other: reader };
      if (format?.lane === 'positions') return openFastLane(format).open({ ...piece, purpose });
      if (format?.lane === undefined || purpose === 'stats') return reader;
      if (format.lane === 'templates') return openRecordLane(format).open({ ...piece, purpose });
      if (purpose === 'hot') return reader;
      return openShapeLane(format).open({ ...piece, isOfEvents });
    };
    try {
      const descriptor = openInput(task.absolute, task.state);
      textBefore = textBeforeOf(descriptor);
      try {
        const { start, end, sizeBytes } = task;
        const noteSpan = task.state === undefined ? undefined : span.add;
        let isWhole: boolean;
        if (task.isRecords && format?.records !== undefined) {
          const records = { format, account, reader, marks, noteSpan };
          const read = yield* readRecords(descriptor, { start, end }, records);
          isWhole = read.isWhole;
          problem ??= read.problem;
        } else {
          const chunkSink = openLane();
          const counted = withMarks(chunkSink, start, account, marks, noteSpan);
          isWhole = yield* readChunks(descriptor, start, end, sizeBytes, counted);
          chunkSink.end();
        }
        if (!isWhole) problem ??= SHORTER;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      problem = reasonOf(error);
    }
    return {
      id: task.id,
      account,
      totals,
      bursts: bursts.take(),
      rows: rows.take(),
      problem,
      clock: tally,
      trails,
      stats: stats?.take(),
      marks,
      span: span.take(),
    };
  };
  return { scan };
}

/** Notes marks in front of the chunks. */
function withMarks(
  sink: EventReader,
  start: number,
  account: LineAccount,
  marks: LineMark[],
  read: ChunkSink['read'],
): ChunkSink {
  let last = start;
  const mark = (offset: number): void => {
    if (offset - last < MARK_BYTES) return;
    marks.push({ start: offset, linesBefore: account.lines });
    last = offset;
  };
  const { bytes } = sink;
  return {
    lines(text, offset) {
      mark(offset);
      sink.lines(text, offset);
    },
    ...(bytes === undefined
      ? {}
      : {
          bytes(chunk: ByteChunk, offset: number) {
            mark(offset);
            bytes(chunk, offset);
          },
        }),
    longLine: sink.longLine,
    ...(read === undefined ? {} : { read }),
  };
}

const SHORTER = 'the file became shorter while it was read';

const sketchesOf = ({ plan, sketchMemory }: ScanContext, section: number): Uint16Array[] =>
  Array.from({ length: plan.sketchCount }, (_, sketch) =>
    sketchCells(sketchMemory, sketch, section, plan.sketchCount),
  );
