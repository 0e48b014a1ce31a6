/**
 * The fast way through logs whose lines begin with a stamp: most lines have a shape that was seen before, and what followed from that line
 * follows from this one. All other lines take the careful way, and teach.
 */
import type { Clock } from '../../logs/clock.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import type { LineAccount } from '../../logs/line-account.ts';
import { type EventReader, lineText } from '../../logs/read-events.ts';
import type { BurstCollector } from '../bursts.ts';
import type { EventFilter } from '../event-filter.ts';
import { locate } from '../location.ts';
import type { Matcher } from '../matcher.ts';
import type { Plan } from '../plan.ts';
import { HIT_KIND, type RowCollector } from '../rows/rows.ts';
import type { Totals } from '../totals.ts';
import { createShapeEffects, type KnownShape } from './effects.ts';
import { createShapeScan, MAX_SHAPE_LENGTH, NO_SHAPE, slotsIn } from './line-shape.ts';
import { createLineStamps } from './line-stamps.ts';
import { createLearner, type Learned } from './outcome.ts';
import type { SampleLine } from './sample.ts';
import { createShapeTable } from './shape-table.ts';

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
  /** A row for every event is wanted, whatever the rules say. */
  isOfEvents: boolean;
  /** Reads the lines whose shape is not known. */
  other: EventReader;
}

/** The fast way of one format of stamped lines, for many pieces. */
export interface ShapeLane {
  /** The reader of one piece; one piece at a time. */
  open(piece: Piece): EventReader;
}

/** What was learned of a shape; undefined when its lines differ in what follows and are read with care. */
type Shape = KnownShape | undefined;

/** Makes the reader of pieces of one format. */
export function createShapeLane(context: LaneContext): ShapeLane {
  const { rows, bursts, plan, matcher, format } = context;
  const { sinceUs, untilUs, text } = context.filter;
  const learn = createLearner(plan, matcher, format, context.filter.where);
  const effects = createShapeEffects(rows, bursts);
  const shapes = createShapeTable<{ shape: Shape }>();
  const stamps = createLineStamps(format);
  const scan = createShapeScan();
  let piece: Piece | undefined;
  let bytes: Buffer = Buffer.alloc(0);
  let view: DataView = new DataView(new ArrayBuffer(0));

  const teach = (start: number, stampEnd: number, end: number, hash: number): void => {
    const slots = slotsIn(bytes, stampEnd, end).map((slot) => ({
      ...slot,
      start: slot.start - start,
      end: slot.end - start,
    }));
    const line = { text: bytes.toString('latin1', start, end), stampEnd: stampEnd - start, slots };
    const learned = learn(line, (piece as Piece).clock);
    const shape = learned === undefined ? undefined : knownShape(learned, line);
    shapes.learn(bytes, stampEnd, end, hash, { shape });
  };

  /** Reads the line by its shape and returns where its newline is, or -1. */
  const readByShape = (start: number, limit: number, offset: number): number => {
    const { account, clock, file, isOfEvents, other } = piece as Piece;
    if (!stamps.read(bytes, start, limit)) return -1;
    const stampEnd = stamps.end;
    const hash = scan.hash(bytes, stampEnd, limit, stamps.kind);
    const { end, newline } = scan;
    if (hash === NO_SHAPE || end - start > MAX_SHAPE_LENGTH) return -1;
    const found = shapes.find(view, bytes, stampEnd, end, hash);
    if (found === undefined) {
      if (shapes.isWorthLearning(hash)) teach(start, stampEnd, end, hash);
      return -1;
    }
    const { shape } = found;
    if (shape === undefined) return -1;
    clock.offset = offset + start;
    const timeUs = stamps.time(clock);
    // A line without a stamp may belong to this one, which the careful way finds out.
    if (newline + 1 >= limit || !stamps.read(bytes, newline + 1, limit)) return -1;
    other.settle();
    const isWanted =
      shape.isAccepted &&
      timeUs >= sinceUs &&
      timeUs <= untilUs &&
      (text === undefined || text(lineText(bytes, start, end)));
    if (isWanted) {
      const location = locate(file, offset + start);
      if (isOfEvents) rows.add(HIT_KIND, timeUs, location, '', '');
      else if (!effects.apply(shape, bytes, stampEnd, timeUs, location)) return -1;
    }
    account.lines += 1;
    account.parsed += 1;
    return newline;
  };

  const readWithCare = (start: number, end: number, offset: number): void => {
    (piece as Piece).other.lines(bytes.toString('latin1', start, end), offset + start);
    stamps.forget();
  };

  const reader: EventReader = {
    bytes(chunk, offset) {
      ({ bytes, view } = chunk);
      const limit = bytes.length;
      stamps.forget();
      /** Lines from here on were not read yet; they take the careful way together. */
      let waiting = -1;
      for (let start = 0; start < limit; ) {
        if (waiting >= 0 && (bytes[start] as number) > SPACE) {
          readWithCare(waiting, start, offset);
          waiting = -1;
        }
        let end = waiting < 0 ? readByShape(start, limit, offset) : -1;
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
      effects.flush();
      (piece as Piece).other.end();
    },
  };

  return {
    open(next) {
      piece = next;
      effects.begin(next.totals);
      stamps.forget();
      return reader;
    },
  };
}

const SPACE = 32;

function knownShape(
  { outcome, slot, isAccepted }: Learned,
  { slots, stampEnd }: SampleLine,
): KnownShape {
  const address = slots[slot];
  return {
    outcome,
    isAccepted,
    addressStart: address === undefined ? 0 : address.start - stampEnd,
    addressEnd: address === undefined ? 0 : address.end - stampEnd,
    count: 0,
    piece: 0,
    rows: [],
  };
}
