/**
 * The fast way through logs of records: programs write the same record again and again, with other values in the same
 * places. Lines of a known template are read at these places; all others take the careful way, and teach.
 */
import type { Event } from '../../events/event.ts';
import type { ByteChunk } from '../../logs/chunks.ts';
import type { Clock } from '../../logs/clock.ts';
import { createAccessSpans } from '../../logs/formats/access-spans.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import type { LineAccount } from '../../logs/line-account.ts';
import { type EventReader, lineText } from '../../logs/read-events.ts';
import { type AccessCandidates, createAccessCandidates } from '../access/candidates.ts';
import type { EventFilter } from '../event-filter.ts';
import { type Location, locate } from '../location.ts';
import { type Matcher, onlyFeedsCounts } from '../matcher.ts';
import { createMinuteCounter } from '../minute-counter.ts';
import type { Plan } from '../plan.ts';
import { HIT_KIND, type RowCollector } from '../rows/rows.ts';
import { addAt, placeOf } from '../source-counts.ts';
import type { Totals } from '../totals.ts';
import { createHitRows } from './hit-rows.ts';
import { createTemplateLearner, type Effect, type Known, type Reads, type Tried } from './learn.ts';
import type { LineAtHand } from './line-view.ts';
import { createSlotTimes } from './slot-times.ts';
import { createFound, createTemplateTree, exchange, keyOf, type Template } from './template.ts';

interface LaneContext {
  plan: Plan;
  matcher: Matcher;
  filter: EventFilter;
  format: LogFormat;
  rows: RowCollector;
  /** Cells that this reader counts in, by sketch. */
  sketches: readonly Uint16Array[];
  /** The sums of all readers. */
  sums: readonly Uint16Array[];
}

/** One piece of a file. */
interface Piece {
  totals: Totals;
  account: LineAccount;
  clock: Clock;
  file: number;
  /**
   * `hot`: the second reading, only rows of dense feeds whose groups may reach their threshold. `events`: a row for every
   * event, whatever the rules say.
   */
  purpose: 'rules' | 'hot' | 'events';
  /** Reads the lines of no known template. */
  other: EventReader;
}

/** The fast way of one format, for many pieces. */
export interface RecordLane {
  /** The reader of one piece; one piece at a time. */
  open(piece: Piece): EventReader;
}

/** A template with the search for the literals of its rules. */
interface Learned extends Known {
  candidates: AccessCandidates | undefined;
}

const MOST_TEMPLATES = 48;
const MOST_SIGHTINGS = 1 << 12;
/** A template is learned when it is seen for this time. */
const WORTH_LEARNING = 3;
/** It is tried for so many lines, of which one in three must be of a template, and else rests for so many. */
const TRIAL = 1 << 11;
const REST = 1 << 15;

/** Makes the reader of pieces of one format. */
export function createRecordLane(context: LaneContext): RecordLane {
  const { plan, matcher, filter, format, rows, sketches, sums } = context;
  const { sinceUs, untilUs, text } = filter;
  const spans = createAccessSpans();
  const minutes = createMinuteCounter();
  const times = createSlotTimes();
  const line: LineAtHand = {
    bytes: Buffer.alloc(0),
    timeUs: Number.NaN,
    found: createFound(),
    target: undefined,
  };
  const { found } = line;
  /** The same for the line after it. */
  const ahead = createFound();
  /** What the line at hand does beside what all lines of its template do. */
  const further: NonNullable<Tried['does']>[] = [];
  const hitRows = createHitRows(plan, rows, sketches, sums, line);
  const isOnlyCounted = plan.ruleSet.rules.map((_, rule) => onlyFeedsCounts(plan, rule));
  const templates = createTemplateTree<Learned>();
  let learned = 0;
  const sightings = new Map<string, number>();
  const searches = new Map<string, AccessCandidates>();
  let piece: Piece | undefined;
  let looks = 0;
  let hits = 0;

  const readTime = ({ slotOf }: Template, clock: Clock): boolean => {
    const start = found.starts[slotOf.time] as number;
    line.timeUs = times.timeOf(line.bytes, start, found.ends[slotOf.time] as number, clock);
    line.target = undefined;
    return !Number.isNaN(line.timeUs);
  };

  const readSample: Reads = (template, text) => {
    line.bytes = Buffer.from(`${text}\n`, 'latin1');
    const { buffer, byteOffset, length } = line.bytes;
    const view = new DataView(buffer, byteOffset, length);
    const { clock } = piece as Piece;
    const isOne = template.tree.find(line.bytes, view, 0, length, found);
    return isOne === true && readTime(template, clock);
  };
  const learn = createTemplateLearner(plan, matcher, format, line, readSample, hitRows);

  /** Templates whose rules are the same share the search. */
  const searchOf = (searched: readonly number[]): AccessCandidates | undefined => {
    if (searched.length === 0) return undefined;
    const key = searched.join(' ');
    let search = searches.get(key);
    if (search === undefined) {
      search = createAccessCandidates(plan.ruleSet, { all: searched }, spans);
      searches.set(key, search);
    }
    return search;
  };

  const teach = (bytes: Buffer, start: number, end: number): void => {
    const text = bytes.toString('latin1', start, end);
    const slots = format.slots?.(text);
    if (slots === undefined) return;
    const key = keyOf(text, slots);
    const seen = (sightings.get(key) ?? 0) + 1;
    if (seen > WORTH_LEARNING) return;
    if (sightings.size >= MOST_SIGHTINGS) sightings.clear();
    sightings.set(key, seen);
    if (seen < WORTH_LEARNING || learned >= MOST_TEMPLATES) return;
    const known = learn(text, slots, (piece as Piece).clock);
    line.bytes = bytes;
    if (known === undefined) return;
    templates.add(known.template, { ...known, candidates: searchOf(known.searched) });
    learned += 1;
  };

  const spanOf = (slot: number, which: Int32Array): number =>
    slot < 0 ? -1 : (which[slot] as number);

  /** Might a rule hit the line that does not hit all lines of its template? */
  const isOdd = (known: Learned, chunk: ByteChunk, start: number): boolean => {
    const { event, tried, candidates, seen } = known;
    const { slotOf } = known.template;
    const { starts, ends } = found;
    const size = slotOf.size < 0 ? Number.POSITIVE_INFINITY : found.size;
    further.length = 0;
    for (let index = 0; index < tried.length; index += 1) {
      const { rule, leastBytes, does } = tried[index] as Tried;
      if (size < leastBytes || plan.ruleSet.rules[rule]?.test(event, '') !== true) continue;
      if (does === undefined) return true;
      further.push(does);
    }
    if (candidates === undefined) return false;
    spans.targetStart = spans.requestStart = spanOf(slotOf.target, starts);
    spans.targetEnd = spans.requestEnd = spanOf(slotOf.target, ends);
    spans.referrerStart = spanOf(slotOf.referrer, starts);
    spans.referrerEnd = spanOf(slotOf.referrer, ends);
    spans.agentStart = spanOf(slotOf.agent, starts);
    spans.agentEnd = spanOf(slotOf.agent, ends);
    spans.clientAddress = found.address;
    const chosen = candidates.collect(chunk, start, found.newline);
    for (let index = 0; index < chosen.length; index += 1) {
      const rule = chosen[index] as number;
      if (!seen.has(rule) || plan.ruleSet.rules[rule]?.test(event, '') === true) return true;
    }
    return false;
  };

  const count = (effect: Effect, event: Event, totals: Totals): void => {
    const counts = effect.isEchoing ? totals.echoes : totals.sources;
    const size = effect.requests > 0 ? (event['http.response.body.bytes'] ?? 0) : 0;
    addAt(counts, placeOf(counts, found.address), effect.requests, size, effect.failedLogins);
  };

  const applyHits = (
    list: readonly number[],
    event: Event,
    location: Location,
    isHot: boolean,
  ): void => {
    for (let index = 0; index < list.length; index += 1) {
      const rule = list[index] as number;
      if (!isOnlyCounted[rule]) {
        if (!isHot) matcher.hit(rule, event, location);
      } else if (isHot) matcher.addHot(rule, event, location);
      else matcher.count(rule, event);
    }
  };

  /** Does what every line of a template does, and what rules do that hit this one. */
  const apply = (
    known: Learned,
    chunk: ByteChunk,
    totals: Totals,
    location: Location,
    isHot: boolean,
  ): void => {
    const { effect, template, event } = known;
    const targetStart = spanOf(template.slotOf.target, found.starts);
    hitRows.add(known.rows, chunk, targetStart, location, isHot);
    applyHits(known.hits, event, location, isHot);
    for (let index = 0; index < further.length; index += 1) {
      const { rows: own, hits } = further[index] as NonNullable<Tried['does']>;
      hitRows.add(own, chunk, targetStart, location, isHot);
      applyHits(hits, event, location, isHot);
    }
    if (isHot) return;
    minutes.count(line.timeUs);
    if (effect !== undefined) count(effect, event, totals);
  };

  /** Is it worth a look, or does hardly any line have a template? */
  const isTried = (): boolean => {
    // What is asked of fields is asked of events.
    if (filter.where !== undefined) return false;
    looks += 1;
    if (looks === TRIAL) {
      looks = hits * 3 < TRIAL ? -REST : 0;
      hits = 0;
    }
    return looks > 0;
  };

  const reader: EventReader = {
    bytes(chunk, offset) {
      const { totals, account, clock, file, purpose, other } = piece as Piece;
      const { bytes, view } = chunk;
      const limit = bytes.length;
      line.bytes = bytes;
      /** Lines from here on were not read yet; they take the careful way together. */
      let waiting = -1;
      const readWaiting = (end: number): void => {
        if (waiting >= 0) other.lines(bytes.toString('latin1', waiting, end), offset + waiting);
        waiting = -1;
      };
      /** The template of the line at `aheadStart`, which was looked at before. */
      let known: Learned | undefined;
      let aheadStart = -1;
      for (let start = 0; start < limit; ) {
        if (start === aheadStart) exchange(found, ahead);
        else known = isTried() ? templates.find(bytes, view, start, limit, found) : undefined;
        const isOne = known !== undefined;
        const own = known as Learned;
        const { newline } = found;
        if (isOne) {
          // What no template fits may belong to this line, now or later, which the careful way finds out.
          aheadStart = newline + 1;
          known = isTried() ? templates.find(bytes, view, aheadStart, limit, ahead) : undefined;
          clock.offset = offset + start;
        }
        if (
          !isOne ||
          known === undefined ||
          !readTime(own.template, clock) ||
          isOdd(own, chunk, start)
        ) {
          if (waiting < 0) waiting = start;
          const end = bytes.indexOf(10, start);
          if (!isOne && looks > 0 && end > start) teach(bytes, start, end);
          start = end < 0 ? limit : end + 1;
          continue;
        }
        readWaiting(start);
        other.settle();
        hits += 1;
        account.lines += 1;
        account.parsed += 1;
        const isWanted =
          line.timeUs >= sinceUs &&
          line.timeUs <= untilUs &&
          (text === undefined || text(lineText(bytes, start, newline)));
        if (isWanted) {
          const location = locate(file, offset + start);
          if (purpose === 'events') rows.add(HIT_KIND, line.timeUs, location, '', '');
          else apply(own, chunk, totals, location, purpose === 'hot');
        }
        start = newline + 1;
      }
      readWaiting(limit);
    },
    lines: (text, offset) => (piece as Piece).other.lines(text, offset),
    longLine: (offset, head) => (piece as Piece).other.longLine(offset, head),
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
      hitRows.begin();
      return reader;
    },
  };
}
