/**
 * The fast way through access logs: fields are found by position, most lines never become an object.
 * A line is read in full only when a literal of a rule occurs in its request, referrer or user agent.
 */
import { isSkip } from '../events/event.ts';
import type { ChunkSink } from '../logs/chunks.ts';
import type { Clock } from '../logs/clock.ts';
import { format as accessFormat } from '../logs/formats/access.ts';
import { scanAccess } from '../logs/formats/access-scan.ts';
import { createAccessSpans } from '../logs/formats/access-spans.ts';
import { accessTime } from '../logs/formats/access-time.ts';
import { isIpText } from '../logs/formats/ip-text.ts';
import { countSkip, type LineAccount } from '../logs/line-account.ts';
import { decodeUtf8, type EventReader } from '../logs/read-events.ts';
import { accessLiterals } from './access-literals.ts';
import { createAccessView } from './access-view.ts';
import type { EventFilter } from './event-filter.ts';
import { asList, readings } from './field-readers-web.ts';
import { type Location, locate } from './location.ts';
import type { Matcher } from './matcher.ts';
import { type Feed, groupKey, type Plan } from './plan.ts';
import type { RowCollector } from './rows.ts';
import { createCandidateSet, type LiteralIndex } from './rule-bucket.ts';
import { countInSketch, hashGroup, isHot } from './sketch.ts';
import { MINUTE_US, type SourceCount, sourceCount, type Totals } from './totals.ts';

interface Options {
  plan: Plan;
  matcher: Matcher;
  rows: RowCollector;
  totals: Totals;
  account: LineAccount;
  clock: Clock;
  file: number;
  filter: EventFilter;
  /** Second reading: only rows of dense feeds whose groups may reach their threshold. */
  isHotPass: boolean;
  /** User agents seen, with the rules that have a literal in them. */
  agents: Map<string, readonly number[]>;
  referrers: Map<string, readonly number[]>;
  /** Reads the lines that are not access lines. */
  other: EventReader;
}

/** Distinct referrers and user agents that are remembered. */
const MAX_REMEMBERED = 20_000;
const PERCENT = 37;
const PLUS = 43;
const SEMICOLON = 59;

interface Source {
  client: string;
  isIp: boolean;
  count: SourceCount;
  hash: number;
}

/** Makes the reader of access-log pieces. */
export function createAccessLane(options: Options): ChunkSink {
  const { plan, matcher, rows, totals, account, clock, file, isHotPass } = options;
  const { agents, referrers } = options;
  const { sinceUs, untilUs } = options.filter;
  const spans = createAccessSpans();
  const view = createAccessView(spans);
  const candidates = createCandidateSet(plan.ruleSet.rules.length);
  const fieldCandidates = createCandidateSet(plan.ruleSet.rules.length);
  const sources = new Map<string, Source>();
  // One sample decides which rules fit: all lines of the format are of one kind.
  view.move('', 0, '', false);
  const bucket = matcher.bucketOf(view.event);
  const fields = accessLiterals(plan.ruleSet.rules, bucket.all);
  const isAlways = new Uint8Array(plan.ruleSet.rules.length);
  for (const rule of bucket.always) isAlways[rule] = 1;
  const isDenseRule = (rule: number): boolean =>
    plan.reports[rule] !== true &&
    plan.ruleSet.rules[rule]?.literals === undefined &&
    (plan.feedsOfRule[rule] ?? []).every((feed) => feed.dense !== undefined);
  const denseRules = bucket.always.filter(isDenseRule);
  const plainRules = bucket.always.filter((rule) => !isDenseRule(rule));
  let minute = -1;
  let minuteCount = 0;

  const flushMinute = (): void => {
    if (minuteCount > 0) {
      totals.perMinute.set(minute, (totals.perMinute.get(minute) ?? 0) + minuteCount);
    }
    minuteCount = 0;
  };

  const countTimeOf = (timeUs: number): void => {
    const nextMinute = Math.floor(timeUs / MINUTE_US);
    if (nextMinute !== minute) {
      flushMinute();
      minute = nextMinute;
      if (totals.firstUs === undefined || timeUs < totals.firstUs) totals.firstUs = timeUs;
    } else if (timeUs < (totals.firstUs as number)) totals.firstUs = timeUs;
    if (totals.lastUs === undefined || timeUs > totals.lastUs) totals.lastUs = timeUs;
    minuteCount += 1;
  };

  const sourceOf = (text: string): Source => {
    const client = text.slice(spans.clientStart, spans.clientEnd);
    let source = sources.get(client);
    if (source === undefined) {
      if (sources.size > 500_000) sources.clear();
      // A copy: the slice would keep its whole chunk in memory.
      const copy = Buffer.from(client, 'latin1').toString('latin1');
      source = {
        client: copy,
        isIp: isIpText(copy),
        count: sourceCount(totals, copy),
        hash: hashGroup(copy),
      };
      sources.set(copy, source);
    }
    return source;
  };

  /** Adds the rules whose literals occur in a field that repeats from line to line. */
  const addRemembered = (
    index: LiteralIndex,
    known: Map<string, readonly number[]>,
    text: string,
    start: number,
    end: number,
  ): void => {
    if (start < 0) return;
    const value = text.slice(start, end);
    let rules = known.get(value);
    if (rules === undefined) {
      if (known.size > MAX_REMEMBERED) known.clear();
      const copy = Buffer.from(value, 'latin1').toString('latin1');
      fieldCandidates.begin();
      for (const reading of asList(readings(copy))) {
        fieldCandidates.addFound(index, reading, 0, reading.length);
      }
      rules = fieldCandidates.rules;
      known.set(copy, rules);
    }
    candidates.addAll(rules);
  };

  /** Collects the rules that may hit: those with a literal in a field that they read. */
  const collect = (text: string, end: number): void => {
    candidates.begin();
    candidates.addFound(fields.request, text, spans.requestStart, spans.requestEnd);
    if (isEncoded(text, spans.targetStart, spans.targetEnd)) {
      const target = text.slice(spans.targetStart, spans.targetEnd);
      for (const reading of asList(readings(target))) {
        candidates.addFound(fields.request, reading, 0, reading.length);
      }
    }
    addRemembered(fields.agent, agents, text, spans.agentStart, spans.agentEnd);
    addRemembered(fields.referrer, referrers, text, spans.referrerStart, spans.referrerEnd);
    if (spans.hasEscape) candidates.addAll(bucket.all);
    if (fields.hasOther) {
      const line = text.slice(spans.clientStart, end);
      for (const reading of asList(readings(line))) {
        candidates.addFound(fields.other, reading, 0, reading.length);
      }
    }
  };

  /** The event as `parse` gives it, for the rules that may hit. */
  const readFully = (line: string, location: Location): void => {
    const raw = decodeUtf8(line);
    const event = accessFormat.parse(raw, clock);
    if (isSkip(event)) return;
    for (const rule of candidates.rules) {
      if (isAlways[rule] === 1) continue;
      if (plan.ruleSet.rules[rule]?.test(event, raw) === true) matcher.hit(rule, event, location);
    }
  };

  const countDense = (feed: Feed, source: Source, timeUs: number, location: Location): void => {
    const { dense } = feed;
    if (dense === undefined) return;
    const cells = matcher.sketches[dense.sketch] as Uint32Array;
    const group = groupKey(feed.groupBy, view.event);
    if (group === undefined) return;
    const hash = group === source.client ? source.hash : hashGroup(group);
    if (!isHotPass) {
      countInSketch(cells, hash, timeUs, dense.windowUs);
    } else if (isHot(cells, hash, timeUs, dense.windowUs, dense.count)) {
      const value = feed.counted.length === 0 ? '' : groupKey(feed.counted, view.event);
      if (value !== undefined) rows.add(feed.index, timeUs, location, group, value);
    }
  };

  const runDense = (source: Source, timeUs: number, location: Location): void => {
    for (const rule of denseRules) {
      if (plan.ruleSet.rules[rule]?.test(view.event, '') !== true) continue;
      for (const feed of plan.feedsOfRule[rule] as readonly Feed[]) {
        countDense(feed, source, timeUs, location);
      }
    }
  };

  const readLine = (text: string, start: number, end: number, offset: number): void => {
    if (!scanAccess(text, start, end, spans)) {
      options.other.lines(`${text.slice(start, end)}\n`, offset + start);
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
    const source = sourceOf(text);
    view.move(text, timeUs, source.client, source.isIp);
    const location = locate(file, offset + start);
    runDense(source, timeUs, location);
    if (isHotPass) return;
    totals.events += 1;
    countTimeOf(timeUs);
    source.count.requests += 1;
    if (spans.bytes > 0) source.count.bytes += spans.bytes;
    for (const rule of plainRules) {
      if (plan.ruleSet.rules[rule]?.test(view.event, '') === true) {
        matcher.hit(rule, view.event, location);
      }
    }
    collect(text, end);
    if (candidates.rules.length > 0) readFully(text.slice(start, end), location);
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
      flushMinute();
    },
    longLine(_offset, head) {
      account.lines += 1;
      countSkip(account, 'longer than 1 MiB', account.lines, head);
    },
  };
}

/** Could a server read the target differently from how it is written? */
function isEncoded(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === PERCENT || code === PLUS || code === SEMICOLON) return true;
  }
  return false;
}
