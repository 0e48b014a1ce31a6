/**
 * Reads one piece of one file: lines to events, events through the rules, counts. Runs in a worker or,
 * for small inputs, in the main thread. Everything it gives back is plain data.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readChunks } from '../logs/chunks.ts';
import { createClock } from '../logs/clock.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import { createAccount, type LineAccount } from '../logs/line-account.ts';
import { createEventReader, type EventSink } from '../logs/read-events.ts';
import { readRecords } from '../logs/read-records.ts';
import type { YearMark } from '../logs/year-basis.ts';
import { createAccessLane } from './access-lane.ts';
import { type Burst, createBurstCollector } from './bursts.ts';
import type { EventFilter } from './event-filter.ts';
import { locate } from './location.ts';
import { createMatcher } from './matcher.ts';
import type { Plan } from './plan.ts';
import { createRowCollector, emptyRows, type Rows } from './rows.ts';
import { sketchCells } from './sketch.ts';
import { countEvent, createTotals, type Totals } from './totals.ts';

/** What to read. */
export interface ScanTask {
  id: number;
  /** Index of the file in the run. */
  file: number;
  absolute: string;
  /** Byte range in which the lines begin. */
  start: number;
  end: number;
  sizeBytes: number;
  /** Name of the main format; empty when none was recognised. */
  format: string;
  /** Is the file one document of records (CloudTrail)? */
  isRecords: boolean;
  yearMark: YearMark;
  zone: string;
  /** `rules`: the first reading. `hot`: only rows of dense feeds. `events`: a row for every event. */
  purpose: 'rules' | 'hot' | 'events';
}

export interface ScanResult {
  id: number;
  account: LineAccount;
  totals: Totals;
  bursts: Burst[];
  rows: Rows;
  problem: string | undefined;
}

/** What the accounts and line marks need of a result once its rows, bursts and counts are handed on. */
export const accountOnly = (result: ScanResult): ScanResult => {
  const { firstUs, lastUs } = result.totals;
  return {
    ...result,
    rows: emptyRows(),
    bursts: [],
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

/** Feed number of rows that stand for events, not hits. */
export const EVENT_FEED = 0xffff;
/** Time of rows for events without one: they come first. */
export const NO_TIME = Number.MIN_SAFE_INTEGER;

/** Reads the piece. Never throws for bad content; a file that fails midway is a `problem`. */
export function createScanner(context: ScanContext): (task: ScanTask) => ScanResult {
  const { plan, formats, filter } = context;
  const bursts = createBurstCollector();
  const rows = createRowCollector();
  const sketches = sketchesOf(context, context.section);
  const matcher = createMatcher(plan, sketches, bursts, rows);
  let fastLane: ReturnType<typeof createAccessLane> | undefined;
  const openFastLane = (): ReturnType<typeof createAccessLane> => {
    const sums = sketchesOf(context, 0);
    fastLane ??= createAccessLane({ plan, matcher, rows, filter, sketches, sums });
    return fastLane;
  };

  return (task) => {
    const account = createAccount();
    const totals = createTotals();
    const { year, month } = task.yearMark;
    const clock = createClock({ zone: task.zone, firstYear: year, month });
    const format = formats.find(({ name }) => name === task.format);
    const sink: EventSink = (event, raw, offset) => {
      if (!filter.accepts(event, raw)) return;
      if (task.purpose === 'events') {
        rows.add(EVENT_FEED, event.timeUs ?? NO_TIME, locate(task.file, offset), '', '');
        return;
      }
      if (task.purpose === 'hot') return;
      countEvent(totals, event);
      matcher.match(event, raw, locate(task.file, offset));
    };
    const reader = createEventReader({ format, formats, clock, account, sink });
    const isFast = task.format === 'access' && filter.isTimeOnly && task.purpose !== 'events';
    let problem: string | undefined;
    try {
      if (task.isRecords && format?.records !== undefined) {
        const text = readFileSync(task.absolute, 'latin1').slice(0, task.sizeBytes);
        readRecords(text, format, clock, account, sink);
      } else {
        const descriptor = openSync(task.absolute, 'r');
        try {
          const chunkSink = isFast
            ? openFastLane()({
                totals,
                account,
                clock,
                file: task.file,
                isHotPass: task.purpose === 'hot',
                other: reader,
              })
            : reader;
          readChunks(descriptor, task.start, task.end, task.sizeBytes, chunkSink);
          chunkSink.end();
        } finally {
          closeSync(descriptor);
        }
      }
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    return { id: task.id, account, totals, bursts: bursts.take(), rows: rows.take(), problem };
  };
}

const sketchesOf = ({ plan, sketchMemory }: ScanContext, section: number): Uint16Array[] =>
  Array.from({ length: plan.denseCorrelations }, (_, sketch) =>
    sketchCells(sketchMemory, sketch, section, plan.denseCorrelations),
  );
