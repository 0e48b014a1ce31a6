/**
 * The fast way through syslog: most lines have a shape that was seen before, and what followed from that line
 * follows from this one. All other lines take the careful way, and teach.
 */
import type { Clock } from '../logs/clock.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { LineAccount } from '../logs/line-account.ts';
import type { EventReader } from '../logs/read-events.ts';
import type { BurstCollector } from './bursts.ts';
import type { EventFilter } from './event-filter.ts';
import {
  createShapeScan,
  createShapeTable,
  MAX_SHAPE_LENGTH,
  NO_SHAPE,
  numbersIn,
} from './line-shape.ts';
import { createLineStamps } from './line-stamps.ts';
import { locate } from './location.ts';
import type { Matcher } from './matcher.ts';
import { createMinuteCounter } from './minute-counter.ts';
import type { Plan } from './plan.ts';
import type { RowCollector } from './rows.ts';
import { createLearner, type Outcome } from './shape-outcome.ts';
import { addEffect, type Totals } from './totals.ts';

interface LaneContext {
  plan: Plan;
  matcher: Matcher;
  bursts: BurstCollector;
  rows: RowCollector;
  filter: EventFilter;
  format: LogFormat;
}

/** One piece of a file. */
interface Piece {
  totals: Totals;
  account: LineAccount;
  clock: Clock;
  file: number;
  /** Reads the lines whose shape is not known. */
  other: EventReader;
}

export interface ShapeLane {
  /** The reader of one piece; one piece at a time. */
  open(piece: Piece): EventReader;
}

/** A shape that was learned. */
interface Learned {
  /** Undefined: its lines differ in what follows, and each is read with care. */
  outcome: Outcome | undefined;
  /** Lines of the piece at hand that count for their source. */
  count: number;
  /** Groups and values of the outcome's rows as the row collector numbers them in the piece at hand. */
  piece: number;
  groups: number[];
  values: number[];
}

/** Makes the reader of pieces of one format. */
export function createShapeLane(context: LaneContext): ShapeLane {
  const { rows, bursts, plan, matcher, format } = context;
  const { sinceUs, untilUs } = context.filter;
  const learn = createLearner(plan, matcher, format);
  const minutes = createMinuteCounter();
  const stamps = createLineStamps();
  let counted: Learned[] = [];
  let piece: Piece | undefined;
  let pieceNumber = 0;
  const scan = createShapeScan();
  let bytes: Buffer = Buffer.alloc(0);
  let view: DataView = new DataView(new ArrayBuffer(0));

  const addCounts = (): void => {
    for (const shape of counted) {
      const effect = shape.outcome?.effect;
      if (effect !== undefined) addEffect((piece as Piece).totals, effect, shape.count);
      shape.count = 0;
    }
    counted = [];
  };
  const shapes = createShapeTable<Learned>(addCounts);

  const begin = (shape: Learned, outcome: Outcome): void => {
    shape.piece = pieceNumber;
    shape.groups = outcome.rows.map(({ group }) => rows.intern(group));
    shape.values = outcome.rows.map(({ value }) => rows.intern(value));
  };

  const apply = (shape: Learned, outcome: Outcome, timeUs: number, offset: number): void => {
    minutes.count(timeUs);
    if (outcome.effect !== undefined) {
      if (shape.count === 0) counted.push(shape);
      shape.count += 1;
    }
    if (outcome.rows.length === 0 && outcome.reports.length === 0) return;
    const location = locate((piece as Piece).file, offset);
    if (shape.piece !== pieceNumber) begin(shape, outcome);
    for (let index = 0; index < outcome.rows.length; index += 1) {
      const { kind } = outcome.rows[index] as Outcome['rows'][number];
      const group = shape.groups[index] as number;
      rows.addInterned(kind, timeUs, location, group, shape.values[index] as number);
    }
    for (const { rule, entities } of outcome.reports) {
      bursts.add(rule, entities[0]?.[1] ?? '', timeUs, location, entities);
    }
  };

  const teach = (start: number, stampEnd: number, end: number, hash: number): void => {
    const numbers = numbersIn(bytes, stampEnd, end).map(
      ([first, last]) => [first - start, last - start] as const,
    );
    const text = bytes.toString('latin1', start, end);
    const outcome = learn({ text, stampEnd: stampEnd - start, numbers }, (piece as Piece).clock);
    const learned = { outcome, count: 0, piece: -1, groups: [], values: [] };
    shapes.learn(bytes, stampEnd, end, hash, learned);
  };

  /** Reads the line by its shape and returns where its newline is, or -1. */
  const readByShape = (start: number, limit: number, offset: number): number => {
    const { account, clock } = piece as Piece;
    const timeUs = stamps.timeOf(bytes, start, limit, clock);
    if (Number.isNaN(timeUs)) return -1;
    const hash = scan.hash(bytes, stamps.end, limit, stamps.kind);
    const { end, newline } = scan;
    if (hash === NO_SHAPE || end - start > MAX_SHAPE_LENGTH || !isAlone(newline, limit)) return -1;
    const shape = shapes.find(view, bytes, stamps.end, end, hash);
    if (shape === undefined) {
      if (shapes.isWorthLearning(hash)) teach(start, stamps.end, end, hash);
      return -1;
    }
    const { outcome } = shape;
    if (outcome === undefined) return -1;
    account.lines += 1;
    account.parsed += 1;
    if (timeUs >= sinceUs && timeUs <= untilUs) apply(shape, outcome, timeUs, offset + start);
    return newline;
  };

  /** The line after it may belong to it, which the careful way finds out. */
  const isAlone = (newline: number, limit: number): boolean =>
    newline + 1 < limit && (bytes[newline + 1] as number) > SPACE;

  const readWithCare = (start: number, end: number, offset: number): void => {
    (piece as Piece).other.lines(bytes.toString('latin1', start, end), offset + start);
    stamps.forget();
  };

  const reader: EventReader = {
    bytes(chunk, offset) {
      ({ bytes, view } = chunk);
      const limit = bytes.length;
      const { other } = piece as Piece;
      /** Lines from here on were not read yet; they take the careful way together. */
      let waiting = -1;
      for (let start = 0; start < limit; ) {
        // Blank and indented lines may belong to the line before.
        let end = -1;
        if ((bytes[start] as number) > SPACE) {
          if (waiting >= 0) readWithCare(waiting, start, offset);
          waiting = -1;
          other.settle();
          end = readByShape(start, limit, offset);
        }
        if (end < 0) {
          waiting = waiting < 0 ? start : waiting;
          const newline = bytes.indexOf(10, start);
          end = newline === -1 ? limit : newline;
        }
        start = end + 1;
      }
      if (waiting >= 0) readWithCare(waiting, limit, offset);
    },
    lines: (text, offset) => (piece as Piece).other.lines(text, offset),
    longLine: (offset, head) => (piece as Piece).other.longLine(offset, head),
    settle() {},
    end() {
      minutes.flush();
      addCounts();
      (piece as Piece).other.end();
    },
  };

  return {
    open(next) {
      piece = next;
      pieceNumber += 1;
      minutes.begin(next.totals);
      stamps.forget();
      return reader;
    },
  };
}

const SPACE = 32;
