/**
 * The engine over sources that are live: events go through the rules as they come, their hits wait until nothing can
 * come before them, and findings open, go on and close. Over the same events it finds what a timeline finds.
 */
import { createHash } from 'node:crypto';
import { messageOf } from '../../errors.ts';
import type { Event } from '../../events/event.ts';
import { type Level, levelRank } from '../../events/level.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import type { LineMark } from '../../logs/line-account.ts';
import type { PreparedFile } from '../../logs/prepare.ts';
import type { Content, RecordSource, SavedSource, SourceSink } from '../../logs/record-source.ts';
import { atOnce } from '../../logs/turns.ts';
import type { Burst } from '../bursts.ts';
import { resultOf } from '../correlate/correlator.ts';
import type { Normal } from '../correlate/first-seen.ts';
import { type CorrelationHit, hitOf, kindFeedsOf } from '../correlate/pass.ts';
import { createCorrelations, type SavedCorrelations } from '../correlate/set.ts';
import { withDoubt } from '../doubt.ts';
import type { EventFilter } from '../event-filter.ts';
import { type CitedLine, citedLocations, readCited } from '../evidence.ts';
import { buildFindings } from '../findings.ts';
import type { Geo } from '../geo/geo.ts';
import { usePlaces } from '../geo/here.ts';
import { fileOf, type Location, locate } from '../location.ts';
import { createMatcher } from '../matcher.ts';
import type { Plan } from '../plan.ts';
import { createProcesses, type Processes } from '../processes.ts';
import { createRowCollector, isAnnouncing } from '../rows/rows.ts';
import type { FindingSink, FindingState } from '../sink.ts';
import { createSketchMemory, sketchCells } from '../sketch.ts';
import {
  createWitnessFilter,
  type Witnesses,
  type WitnessFilter,
  witnessesOf,
} from '../witnesses.ts';
import { carriedOver, namesOf, type PlanNames } from './carry-over.ts';
import { createLiveAnswers, type SavedAnswers } from './live-answers.ts';
import { createRowOrder, type WrittenRow } from './row-order.ts';
import { createStreamBursts, isWorthTelling } from './stream-bursts.ts';

/** The sources that are watched, the rules, and where findings go. */
export interface StreamOptions {
  plan: Plan;
  formats: readonly LogFormat[];
  /** IANA zone of stamps that name none. */
  zone: string;
  filter: EventFilter;
  /** More may be added while it runs, and ended ones taken out. */
  sources: readonly RecordSource[];
  sink: FindingSink;
  /** Lowest level of findings to tell of; absent: all. */
  level?: Level | undefined;
  /** What is normal, for correlations over what is new; what they learn is written into it. */
  normal?: Normal | undefined;
  /** Where addresses are. Absent: correlations over places find nothing. */
  geo?: Geo | undefined;
  /** The clock: events that lie later than it count as of now. Absent: there is none. */
  nowUs?: (() => number) | undefined;
  /** Hears of every event that takes part, before the rules are asked. */
  onEvent?: ((event: Event, source: RecordSource) => void) | undefined;
  /** Texts that are numbered before those that nothing needs any more are forgotten; absent: `MOST_TEXTS`. */
  mostTexts?: number | undefined;
  /** What an earlier stream over the same rules has kept. */
  saved?: SavedStream | undefined;
}

/** The engine at work on live sources. Its caller decides when to read and how long to wait for the slowest. */
export interface Stream {
  /**
   * Reads what is new. Findings of single events are told of at once. Gives the number of bytes read.
   * @param mostBytes so much at once of each source
   */
  advance(mostBytes?: number): Promise<number>;
  /**
   * Every event to come is at `nowUs` or later: correlations may look at all before it, and what is over closes.
   * @param nowUs microseconds since the epoch
   */
  settle(nowUs: number): void;
  /** The earliest of the latest times of the sources; undefined while one of them has given none. */
  reachedUs(): number | undefined;
  /** The latest time of each source that has given one, microseconds. */
  latest(): ReadonlyMap<RecordSource, number>;
  /** How many contents there have been: a rotation begins one. */
  contents(): number;
  /** Nothing more will come. */
  end(): Promise<void>;
  /** All that the next run needs to go on, as JSON can carry it. */
  save(): SavedStream;
  /** Hits that came after their time was settled; they count as of that time. */
  late(): number;
  /** Rules that failed on an event, which the others saw; groups too many to be counted exactly. */
  problems(): readonly string[];
}

/** A stream at rest. */
export interface SavedStream {
  /** Of the rules: with others, numbers mean something else. */
  rules: string;
  /** What the numbers stand for; absent in states of the first version. */
  names?: PlanNames;
  sources: readonly SavedSource[];
  rows: readonly WrittenRow[];
  bursts: readonly (readonly [number, readonly Burst[]])[];
  correlations: SavedCorrelations;
  /** Absent where an older version kept it. */
  answers?: SavedAnswers;
}

/** Texts that are numbered before those that nothing needs any more are forgotten. */
const MOST_TEXTS = 200_000;

/** Findings whose lines are read together. */
const TOLD_AT_ONCE = 256;

/** A burst or a result, and whether it was told of before. */
interface Told {
  burst?: Burst;
  hit?: CorrelationHit;
  state: FindingState;
}

type Cited = ReadonlyMap<Location, CitedLine>;

const TOO_MANY =
  'too many groups are active at once: of those with few hits the oldest are forgotten, so that what is done slowly may be missed';

/** Makes a stream; nothing is read before `advance`. */
export function createStream(options: StreamOptions): Stream {
  const { plan, sink, sources, filter } = options;
  usePlaces(options.geo);
  const { correlations: compiled, silentCorrelations } = plan.ruleSet;
  const digest = digestOf(plan);
  const saved =
    options.saved === undefined || options.saved.rules === digest
      ? options.saved
      : carriedOver(options.saved, plan, digest);
  /** By number; there may be gaps. */
  const contents: (Content | undefined)[] = [];
  const latestUs = new Map<RecordSource, number>();
  let witnesses = witnessesOf([]);
  const bursts = createStreamBursts(() => witnesses);
  const rows = createRowCollector();
  const sketches = sketchesOf(plan);
  const names = namesOf(plan);
  const { rules } = plan.ruleSet;
  const isOfLevel = (rule: { level: Level }): boolean =>
    options.level === undefined || levelRank(rule.level) >= levelRank(options.level);
  const formatOf = new Map(options.formats.map((format) => [format.name, format]));
  /** By content: process numbers are those of a machine. */
  const processes = new Map<number, Processes>();
  const problems = new Set<string>();
  let current = bursts.of(0);
  const matcher = createMatcher(
    plan,
    options.formats,
    sketches,
    {
      add(rule, ...hit) {
        if (isOfLevel(rules[rule]!.rule)) current.add(rule, ...hit);
      },
    },
    rows,
  );

  const order = createRowOrder();
  /** Results that changed since they were last told of. */
  const held = new Map<string, { hit: CorrelationHit; state: FindingState }>();
  const isTold = (correlation: number): boolean =>
    !silentCorrelations.has(correlation) && isOfLevel(compiled[correlation]!.rule);
  /** The count with which an open result was told of. */
  const toldCounts = new Map<string, number>();
  const hold = (correlation: number, hit: CorrelationHit, state: FindingState): void => {
    const key = `${correlation}\u0001${hit.group.join('\u0001')}\u0001${hit.firstUs}`;
    if (state === 'closed') toldCounts.delete(key);
    else if (!isWorthTelling(toldCounts.get(key), hit.count)) return;
    else toldCounts.set(key, hit.count);
    const isNew = held.get(key)?.state === 'open' && state === 'going-on';
    held.set(key, { hit, state: isNew ? 'open' : state });
  };
  const kinds = kindFeedsOf(plan);
  const createFilter = (): WitnessFilter => {
    const announced = (value: number): boolean => isAnnouncing(order.names.textOf(value));
    const now: Witnesses = {
      bitOf: (file) => witnesses.bitOf(file),
      areCompatible: (file, other) => witnesses.areCompatible(file, other),
    };
    return createWitnessFilter(now, kinds, announced);
  };
  const createSet = () =>
    createCorrelations(
      compiled,
      kinds,
      (index, result) => {
        if (!isTold(index)) return;
        hold(index, hitOf(index, result, order.names.textOf(result.group)), 'closed');
      },
      undefined,
      (value) => order.weightOf(value),
      (index, group, burst, isFirst) => {
        if (!isTold(index)) return;
        const hit = hitOf(index, resultOf(group, burst), order.names.textOf(group));
        hold(index, hit, isFirst ? 'open' : 'going-on');
      },
      (value) => order.names.textOf(value),
      options.normal,
      options.geo,
    );
  const correlations = createSet();
  const acts = createFilter();
  if (saved !== undefined) {
    order.load(saved.rows);
    bursts.load(saved.bursts);
    correlations.load(saved.correlations, order.names);
  }

  const { mostTexts: leastTexts = MOST_TEXTS } = options;
  let mostTexts = leastTexts;
  /** Leaves behind what only closed groups needed; the next look waits until there are twice as many. */
  const forgetTexts = (): void => {
    const { names } = order;
    if (names.size() < mostTexts) return;
    order.keepTexts((note) => {
      correlations.mark(note);
      acts.known(note);
    });
    mostTexts = Math.max(leastTexts, names.size() * 2);
  };

  const answers = createLiveAnswers(plan, saved?.answers);
  const logOf = (content: number): string => contents[content]?.file.path ?? '';
  const lessOf = (burst: Burst, cited: Cited): ReturnType<typeof answers.lessOf> =>
    answers.lessOf(burst, cited, (place) => logOf(fileOf(place)));
  /** Lines that are cited are read once for many: they lie close together. */
  const tellSome = (some: readonly Told[]): void => {
    const files = contents.map((content) => content?.file) as PreparedFile[];
    const heldOpen = (file: PreparedFile): number | undefined =>
      contents.find((content) => content?.file === file)?.descriptor;
    const { formats } = options;
    const bursts = some.flatMap(({ burst }) => burst ?? []);
    const hits = some.flatMap(({ hit }) => hit ?? []);
    // Of a content that was rotated away too long ago only the place is known.
    const locations = [...citedLocations(bursts, hits)].filter(
      (place) => files[fileOf(place)] && contents[fileOf(place)]?.isGone !== true,
    );
    const marksOf = (file: number): LineMark[] => contents[file]?.marks ?? [];
    const cited = atOnce(readCited(locations, files, marksOf, { formats, heldOpen }));
    for (const { burst, hit, state } of some) {
      const less = burst === undefined ? undefined : lessOf(burst, cited);
      const found = { bursts: burst ? [burst] : [], hits: hit ? [hit] : [] };
      for (const finding of buildFindings({ plan, ...found, cited, files, hashes: [] })) {
        const told = withDoubt({ ...finding, ...less });
        if (isOfLevel(told)) sink.take(told, state);
      }
    }
  };
  const tell = (all: readonly Told[]): void => {
    for (let at = 0; at < all.length; at += TOLD_AT_ONCE)
      tellSome(all.slice(at, at + TOLD_AT_ONCE));
  };

  const sinkOf = (source: RecordSource): SourceSink => ({
    begin(content, known) {
      const number = known ?? contents.length;
      contents[number] = content;
      witnesses = witnessesOf(contents.map((one) => one?.file ?? { path: '', format: undefined }));
      return number;
    },
    known: follow,
    event(content, event, raw, offset) {
      const format = formatOf.get(event.format) as LogFormat;
      follow(content, event);
      noteTime(source, event);
      answers.note(event, logOf(content));
      if (!filter.accepts(event, raw, format)) return;
      options.onEvent?.(event, source);
      current = bursts.of(content);
      try {
        matcher.match(event, raw, locate(content, offset));
      } catch (error) {
        problems.add(messageOf(error));
      }
    },
  });
  const follow = (content: number, event: Event): void => {
    if (formatOf.get(event.format)?.hasProcesses !== true) return;
    let known = processes.get(content);
    if (known === undefined) processes.set(content, (known = createProcesses()));
    known.follow(event);
  };
  const noteTime = (source: RecordSource, { timeUs }: Event): void => {
    if (timeUs === undefined) return;
    latestUs.set(source, Math.max(timeUs, latestUs.get(source) ?? Number.NEGATIVE_INFINITY));
  };

  const settle = (nowUs: number): void => {
    order.add(rows.take(), options.nowUs?.());
    const due = order.due(nowUs);
    const stretch = { rows: due, start: 0, end: due.count };
    acts.mark(stretch);
    correlations.push(stretch);
    correlations.settle(nowUs);
    if (nowUs === Number.POSITIVE_INFINITY) correlations.finish();
    tell([...held.values()]);
    held.clear();
    tell(bursts.ended(nowUs));
    forgetTexts();
  };

  return {
    async advance(mostBytes) {
      let read = 0;
      for (const source of sources) read += await source.advance(sinkOf(source), mostBytes);
      order.add(rows.take(), options.nowUs?.());
      tell(bursts.changed());
      return read;
    },
    settle,
    reachedUs() {
      const times = sources.map((source) => latestUs.get(source));
      return times.includes(undefined) ? undefined : Math.min(...(times as number[]));
    },
    latest: () => latestUs,
    contents: () => contents.length,
    async end() {
      for (const source of sources) await source.end(sinkOf(source));
      settle(Number.POSITIVE_INFINITY);
    },
    save: () => ({
      rules: digest,
      names,
      sources: sources.map((source) => source.save()),
      rows: order.save(),
      bursts: bursts.save(),
      correlations: correlations.save(order.names),
      answers: answers.save(),
    }),
    late: () => order.late(),
    problems: () => [...problems, ...(correlations.forgotten() > 0 ? [TOO_MANY] : [])],
  };
}

/** One section: there is one reader. */
function sketchesOf({ sketchCount }: Plan): Uint16Array[] {
  const memory = createSketchMemory(sketchCount, 1);
  return Array.from({ length: sketchCount }, (_, sketch) =>
    sketchCells(memory, sketch, 0, sketchCount),
  );
}

/** Two plans with the same digest number their rules, correlations and rows alike. */
function digestOf({ ruleSet }: Plan): string {
  const { rules, correlations } = ruleSet;
  const all = [...rules, ...correlations].map(({ rule }) => [rule.id, rule.place.path, rule.title]);
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
