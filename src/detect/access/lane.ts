/**
 * The fast way through access logs: fields are found by position, most lines never become an object.
 * One set of functions serves all pieces, so that the compiler can treat what they share as constant.
 */
import { readPeer } from '../../events/address.ts';
import type { ByteChunk } from '../../logs/chunks.ts';
import type { Clock } from '../../logs/clock.ts';
import { createAccessView } from '../../logs/formats/access-fields.ts';
import { scanAccess } from '../../logs/formats/access-scan.ts';
import { createAccessSpans } from '../../logs/formats/access-spans.ts';
import { countSkip, type LineAccount } from '../../logs/line-account.ts';
import { decodeUtf8, type EventReader } from '../../logs/read-events.ts';
import type { EventFilter } from '../event-filter.ts';
import { locate } from '../location.ts';
import { createMinuteCounter } from '../minute-counter.ts';
import { HIT_KIND } from '../rows/rows.ts';
import { addAt, addSource, placeOf, type SourceCount } from '../source-counts.ts';
import type { StatsCollector } from '../stats/collect.ts';
import type { Totals } from '../totals.ts';
import { type AccessRulesContext, createAccessRules } from './rules.ts';
import { createStamps } from './stamps.ts';

interface LaneContext extends AccessRulesContext {
  filter: EventFilter;
}

/** One piece of a file. */
interface Piece {
  totals: Totals;
  account: LineAccount;
  clock: Clock;
  file: number;
  /**
   * `hot`: the second reading, only rows of dense feeds whose groups may reach their threshold. `events`: a row for every
   * event, whatever the rules say. `stats`: all go to `stats`.
   */
  purpose: 'rules' | 'hot' | 'events' | 'stats';
  stats: StatsCollector | undefined;
  /** Reads the lines that are not access lines. */
  other: EventReader;
}

/** The fast way of one format of access logs, for many pieces. */
export interface AccessLane {
  /** The reader of one piece; one piece at a time. */
  open(piece: Piece): EventReader;
}

/** Makes the reader of access-log pieces. */
export function createAccessLane(context: LaneContext): AccessLane {
  const { sinceUs, untilUs, where, text } = context.filter;
  const readsLine = text !== undefined || where?.readsLine === true;
  const spans = createAccessSpans();
  const view = createAccessView(spans);
  const rules = createAccessRules(context, spans, view);
  /** Clients that are no IPv4 address, as they are written. */
  const named = new Map<string, SourceCount>();
  const minutes = createMinuteCounter();
  const stamps = createStamps();
  let piece: Piece | undefined;
  /** The other reader may hold an event back, waiting for lines to join. */
  let isOtherOpen = false;

  const countClient = ({ sources }: Totals, bytes: Buffer): void => {
    const { clientAddress, clientStart, clientEnd } = spans;
    const size = Math.max(0, spans.bytes);
    if (clientAddress >= 0) {
      addAt(sources, placeOf(sources, clientAddress), 1, size, 0);
      return;
    }
    const client = bytes.toString('utf8', clientStart, clientEnd);
    const known = named.get(client);
    if (known === undefined) named.set(client, { requests: 1, bytes: size, failedLogins: 0 });
    else {
      known.requests += 1;
      known.bytes += size;
    }
  };

  const readLine = (
    { totals, account, clock, file, purpose, stats, other }: Piece,
    chunk: ByteChunk,
    start: number,
    end: number,
    offset: number,
  ): void => {
    const { bytes } = chunk;
    clock.offset = offset + start;
    const isAccess = scanAccess(bytes, start, end, spans);
    const timeUs = isAccess ? stamps.timeOf(chunk, spans, clock) : Number.NaN;
    if (Number.isNaN(timeUs)) {
      // It may belong to the event above, or be another format's.
      other.lines(`${bytes.toString('latin1', start, end)}\n`, offset + start);
      isOtherOpen = true;
      return;
    }
    if (isOtherOpen) other.settle();
    isOtherOpen = false;
    account.lines += 1;
    account.parsed += 1;
    if (timeUs < sinceUs || timeUs > untilUs) return;
    const raw = readsLine ? decodeUtf8(bytes.toString('latin1', start, end)) : '';
    if (text !== undefined && !text(raw)) return;
    if (where !== undefined) {
      view.move(bytes, timeUs, clock);
      if (!where.test(view.event, raw)) return;
    }
    if (stats !== undefined) {
      if (where === undefined) view.move(bytes, timeUs, clock);
      const raw = stats.readsLine ? decodeUtf8(bytes.toString('latin1', start, end)) : '';
      stats.add(view.event, raw, context.format);
      return;
    }
    const location = locate(file, offset + start);
    if (purpose === 'events') {
      context.rows.add(HIT_KIND, timeUs, location, '', '');
      return;
    }
    if (purpose === 'hot') {
      rules.runHot(chunk, start, end, timeUs, location, clock);
      return;
    }
    minutes.count(timeUs);
    if (spans.status >= 0) countClient(totals, bytes);
    rules.run(chunk, start, end, timeUs, location, clock);
  };

  const reader: EventReader = {
    bytes(chunk, offset) {
      const current = piece as Piece;
      const { bytes } = chunk;
      // NULs in front of a line are for the careful way to judge.
      if (bytes.includes(0)) {
        current.other.lines(bytes.toString('latin1'), offset);
        isOtherOpen = true;
        return;
      }
      for (let start = 0; start < bytes.length; ) {
        const newline = bytes.indexOf(10, start);
        let end = newline === -1 ? bytes.length : newline;
        const next = newline === -1 ? end : newline + 1;
        if (end > start && bytes[end - 1] === 13) end -= 1;
        readLine(current, chunk, start, end, offset);
        start = next;
      }
    },
    lines: (text, offset) => (piece as Piece).other.lines(text, offset),
    longLine(_offset, head) {
      const { account } = piece as Piece;
      account.lines += 1;
      countSkip(account, 'longer than 1 MiB', account.lines, head);
    },
    settle() {},
    end() {
      const { totals, other } = piece as Piece;
      minutes.flush();
      for (const [client, count] of named) {
        const address = readPeer(client)?.address;
        if (address !== undefined) addSource(totals.sources, address, count);
      }
      named.clear();
      other.end();
    },
  };

  return {
    open(next) {
      piece = next;
      minutes.begin(next.totals);
      stamps.begin();
      isOtherOpen = false;
      return reader;
    },
  };
}
