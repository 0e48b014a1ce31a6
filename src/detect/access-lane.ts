/**
 * The fast way through access logs: fields are found by position, most lines never become an object.
 * One set of functions serves all pieces, so that the compiler can treat what they share as constant.
 */
import type { Clock } from '../logs/clock.ts';
import { scanAccess } from '../logs/formats/access-scan.ts';
import { createAccessSpans } from '../logs/formats/access-spans.ts';
import { countSkip, type LineAccount } from '../logs/line-account.ts';
import type { EventReader } from '../logs/read-events.ts';
import { type AccessRulesContext, createAccessRules } from './access-rules.ts';
import { createSources } from './access-sources.ts';
import { createStamps } from './access-stamps.ts';
import { createAccessView } from './access-view.ts';
import type { EventFilter } from './event-filter.ts';
import { locate } from './location.ts';
import { createMinuteCounter } from './minute-counter.ts';
import { addTotals, createTotals, type Totals } from './totals.ts';

interface LaneContext extends AccessRulesContext {
  filter: EventFilter;
}

/** One piece of a file. */
interface Piece {
  totals: Totals;
  account: LineAccount;
  clock: Clock;
  file: number;
  /** Second reading: only rows of dense feeds whose groups may reach their threshold. */
  isHotPass: boolean;
  /** Reads the lines that are not access lines. */
  other: EventReader;
}

export interface AccessLane {
  /** The reader of one piece; one piece at a time. */
  open(piece: Piece): EventReader;
  /** Adds the counts per source of all pieces so far to `totals`, and begins anew. */
  addSources(totals: Totals): void;
}

const NO_BYTES = new DataView(new ArrayBuffer(0));

/** Makes the reader of access-log pieces. */
export function createAccessLane(context: LaneContext): AccessLane {
  const { sinceUs, untilUs } = context.filter;
  const spans = createAccessSpans();
  const view = createAccessView(spans);
  const rules = createAccessRules(context, spans, view);
  const overflow = createTotals();
  const sources = createSources(overflow);
  const minutes = createMinuteCounter();
  const stamps = createStamps();
  let piece: Piece | undefined;

  const readLine = (
    { account, clock, file, isHotPass, other }: Piece,
    text: string,
    start: number,
    end: number,
    offset: number,
  ): void => {
    if (!scanAccess(text, start, end, spans)) {
      other.lines(`${text.slice(start, end)}\n`, offset + start);
      return;
    }
    account.lines += 1;
    const timeUs = stamps.timeOf(text, spans, clock);
    if (Number.isNaN(timeUs)) {
      countSkip(account, 'unreadable time', account.lines, text.slice(start, end));
      return;
    }
    account.parsed += 1;
    if (timeUs < sinceUs || timeUs > untilUs) return;
    const location = locate(file, offset + start);
    if (isHotPass) {
      rules.runHot(text, end, timeUs, location);
      return;
    }
    minutes.count(timeUs);
    sources.count(text, spans.clientStart, spans.clientEnd, spans.bytes);
    rules.run(text, start, end, timeUs, location, clock);
  };

  const reader: EventReader = {
    lines(text, offset, bytes = NO_BYTES) {
      const current = piece as Piece;
      rules.setBytes(bytes);
      stamps.setBytes(bytes);
      for (let start = 0; start < text.length; ) {
        const newline = text.indexOf('\n', start);
        let end = newline === -1 ? text.length : newline;
        const next = newline === -1 ? end : newline + 1;
        if (end > start && text.charCodeAt(end - 1) === 13) end -= 1;
        readLine(current, text, start, end, offset);
        start = next;
      }
    },
    longLine(_offset, head) {
      const { account } = piece as Piece;
      account.lines += 1;
      countSkip(account, 'longer than 1 MiB', account.lines, head);
    },
    settle() {},
    end() {
      minutes.flush();
      (piece as Piece).other.end();
    },
  };

  return {
    open(next) {
      piece = next;
      minutes.begin(next.totals);
      stamps.begin();
      return reader;
    },
    addSources(totals) {
      sources.addTo(totals);
      addTotals(totals, overflow);
      overflow.sources.clear();
    },
  };
}
