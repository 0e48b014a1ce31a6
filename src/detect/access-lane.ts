/**
 * The fast way through access logs: fields are found by position, most lines never become an object.
 * A line is read in full only when a literal of a rule occurs in its request, referrer or user agent.
 */
import { isSkip } from '../events/event.ts';
import type { Clock } from '../logs/clock.ts';
import { format as accessFormat } from '../logs/formats/access.ts';
import { scanAccess } from '../logs/formats/access-scan.ts';
import { createAccessSpans } from '../logs/formats/access-spans.ts';
import { accessTime } from '../logs/formats/access-time.ts';
import { countSkip, type LineAccount } from '../logs/line-account.ts';
import { decodeUtf8, type EventReader } from '../logs/read-events.ts';
import { createAccessCandidates } from './access-candidates.ts';
import { createGroupHash, type GroupHash } from './access-group-hash.ts';
import { createSources } from './access-sources.ts';
import { createAccessView } from './access-view.ts';
import type { EventFilter } from './event-filter.ts';
import { type Location, locate } from './location.ts';
import type { Matcher } from './matcher.ts';
import { type Feed, groupKey, type Plan } from './plan.ts';
import type { RowCollector } from './rows.ts';
import { countInSketch, hashGroup, isHot } from './sketch.ts';
import { addTotals, createTotals, MINUTE_US, type Totals } from './totals.ts';

/** What stays the same for all pieces that one reader reads. */
interface LaneContext {
  plan: Plan;
  matcher: Matcher;
  rows: RowCollector;
  filter: EventFilter;
  /** Cells that this reader counts in, and the sums of all readers, by sketch. */
  sketches: readonly Uint16Array[];
  sums: readonly Uint16Array[];
}

export interface AccessLane {
  /** The reader of one piece. */
  open(piece: Piece): EventReader;
  /** Adds the counts per source of all pieces so far to `totals`, and begins anew. */
  addSources(totals: Totals): void;
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

const STATUS_FIELDS = new Set(['sc-status', 'http.response.status_code']);

/** Makes the reader of access-log pieces. */
export function createAccessLane(context: LaneContext): AccessLane {
  const { plan, matcher, rows, sketches, sums } = context;
  const { sinceUs, untilUs } = context.filter;
  const { rules } = plan.ruleSet;
  const spans = createAccessSpans();
  const view = createAccessView(spans);
  // One sample decides which rules fit: all lines of the format are of one kind.
  view.move('', 0);
  const bucket = matcher.bucketOf(view.event);
  const candidates = createAccessCandidates(rules, bucket, spans);
  const overflow = createTotals();
  const sources = createSources(overflow);
  const isAlways = new Uint8Array(rules.length);
  for (const rule of bucket.always) isAlways[rule] = 1;
  const isCounted = Uint8Array.from(rules, (_, rule) => (onlyFeedsCounts(plan, rule) ? 1 : 0));

  const readsStatusOnly = (rule: number): boolean =>
    rules[rule]?.fields.every((field) => STATUS_FIELDS.has(field)) === true;
  const statusRules = bucket.always.filter(readsStatusOnly);
  const otherRules = bucket.always.filter((rule) => !readsStatusOnly(rule));
  const hitsOfStatus = new Map<number, readonly number[]>();

  /** Rules that read nothing but the status answer alike for every line with that status. */
  const byStatus = (status: number): readonly number[] => {
    let hits = hitsOfStatus.get(status);
    if (hits === undefined) {
      hits = statusRules.filter((rule) => rules[rule]?.test(view.event, '') === true);
      hitsOfStatus.set(status, hits);
    }
    return hits;
  };

  const hashes = plan.feeds.map(({ groupBy }) => createGroupHash(groupBy, spans, view));

  const countDense = (feed: Feed, text: string, timeUs: number): void => {
    const { dense, index } = feed;
    if (dense?.counts !== true) return;
    const hash = (hashes[index] as GroupHash)(text);
    if (hash === undefined) return;
    countInSketch(sketches[dense.sketch] as Uint16Array, hash, timeUs, dense.windowUs);
  };

  const addHot = (feed: Feed, timeUs: number, location: Location): void => {
    const { dense } = feed;
    const group = groupKey(feed.groupBy, view.event);
    if (dense === undefined || group === undefined) return;
    const cells = sums[dense.sketch] as Uint16Array;
    if (!isHot(cells, hashGroup(group), timeUs, dense.windowUs, dense.count)) return;
    const value = feed.counted.length === 0 ? '' : groupKey(feed.counted, view.event);
    if (value !== undefined) rows.add(feed.index, timeUs, location, group, value);
  };

  /** A hit of a rule that only feeds counts: counted now, or, in the second reading, kept if it matters. */
  const countHit = (
    rule: number,
    text: string,
    timeUs: number,
    location: Location,
    isHotPass: boolean,
  ): void => {
    for (const feed of plan.feedsOfRule[rule] as readonly Feed[]) {
      if (isHotPass) addHot(feed, timeUs, location);
      else countDense(feed, text, timeUs);
    }
  };

  /** The event as `parse` gives it, for the rules that may hit. */
  const readFully = (
    line: string,
    chosen: readonly number[],
    clock: Clock,
    location: Location,
  ): void => {
    const raw = decodeUtf8(line);
    const event = accessFormat.parse(raw, clock);
    if (isSkip(event)) return;
    for (const rule of chosen) {
      if (isAlways[rule] === 1 || isCounted[rule] === 1) continue;
      if (rules[rule]?.test(event, raw) === true) matcher.hit(rule, event, location);
    }
  };

  const open = (piece: Piece): EventReader => {
    const { totals, account, clock, file, isHotPass } = piece;
    const minutes = createMinuteCounter(totals);

    const readLine = (text: string, start: number, end: number, offset: number): void => {
      if (!scanAccess(text, start, end, spans)) {
        piece.other.lines(`${text.slice(start, end)}\n`, offset + start);
        return;
      }
      account.lines += 1;
      const timeUs = accessTime(text, spans, clock);
      if (Number.isNaN(timeUs)) {
        countSkip(account, 'unreadable time', account.lines, text.slice(start, end));
        return;
      }
      account.parsed += 1;
      if (timeUs < sinceUs || timeUs > untilUs) return;
      const location = locate(file, offset + start);
      view.move(text, timeUs);
      if (!isHotPass) {
        minutes.count(timeUs);
        sources.count(text, spans.clientStart, spans.clientEnd, spans.bytes);
      }
      const always = byStatus(spans.status);
      for (let index = 0; index < always.length; index += 1) {
        const rule = always[index] as number;
        if (isCounted[rule] === 1) countHit(rule, text, timeUs, location, isHotPass);
        else if (!isHotPass) matcher.hit(rule, view.event, location);
      }
      for (const rule of otherRules) {
        if (rules[rule]?.test(view.event, '') !== true) continue;
        if (isCounted[rule] === 1) countHit(rule, text, timeUs, location, isHotPass);
        else if (!isHotPass) matcher.hit(rule, view.event, location);
      }
      const chosen = candidates.collect(text, end);
      let needsEvent = false;
      for (const rule of chosen) {
        if (isAlways[rule] === 1) continue;
        if (isCounted[rule] === 0) needsEvent = true;
        else if (rules[rule]?.test(view.event, '') === true) {
          countHit(rule, text, timeUs, location, isHotPass);
        }
      }
      if (needsEvent && !isHotPass) readFully(text.slice(start, end), chosen, clock, location);
    };

    return {
      lines(text, offset) {
        for (let start = 0; start < text.length; ) {
          const newline = text.indexOf('\n', start);
          let end = newline === -1 ? text.length : newline;
          const next = newline === -1 ? end : newline + 1;
          if (end > start && text.charCodeAt(end - 1) === 13) end -= 1;
          readLine(text, start, end, offset);
          start = next;
        }
      },
      longLine(_offset, head) {
        account.lines += 1;
        countSkip(account, 'longer than 1 MiB', account.lines, head);
      },
      end() {
        minutes.flush();
        piece.other.end();
      },
    };
  };
  return {
    open,
    addSources(totals) {
      sources.addTo(totals);
      addTotals(totals, overflow);
      overflow.sources.clear();
    },
  };
}

/** Does the rule only feed correlations whose thresholds are checked beforehand, and read fields alone? */
const onlyFeedsCounts = (plan: Plan, rule: number): boolean =>
  plan.reports[rule] !== true &&
  (plan.ruleSet.rules[rule]?.fields.length ?? 0) > 0 &&
  (plan.feedsOfRule[rule] ?? []).length > 0 &&
  (plan.feedsOfRule[rule] ?? []).every((feed) => feed.dense !== undefined);

/** Counts events per minute; runs of one minute cost one look-up. */
function createMinuteCounter(totals: Totals): { count(timeUs: number): void; flush(): void } {
  let minute = -1;
  let pending = 0;
  const flush = (): void => {
    if (pending > 0) totals.perMinute.set(minute, (totals.perMinute.get(minute) ?? 0) + pending);
    pending = 0;
  };
  return {
    flush,
    count(timeUs) {
      const next = Math.floor(timeUs / MINUTE_US);
      if (next !== minute) {
        flush();
        minute = next;
      }
      pending += 1;
      totals.events += 1;
      if (totals.firstUs === undefined || timeUs < totals.firstUs) totals.firstUs = timeUs;
      if (totals.lastUs === undefined || timeUs > totals.lastUs) totals.lastUs = timeUs;
    },
  };
}
