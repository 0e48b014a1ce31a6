/** The main job: paths to a timeline of findings. */
import type { Level } from '../events/level.ts';
import { LEVELS, levelRank } from '../events/level.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { createTurns, inTurns } from '../logs/turns.ts';
import { type Burst, mergeBursts } from './bursts.ts';
import { chooseRules, type RuleChoice } from './choose-rules.ts';
import { type CorrelationHit, runCorrelations } from './correlate/pass.ts';
import { citedLocations, readCited } from './evidence.ts';
import type { FileAccount, Finding, Timeline } from './finding.ts';
import { buildFindings, sortFindings } from './findings.ts';
import { foldFindings } from './fold-findings.ts';
import { buildHistogram } from './histogram.ts';
import { fileOf } from './location.ts';
import { createParents } from './parents.ts';
import { createPlan, type Plan } from './plan.ts';
import { intrudersOf, raise } from './raise-findings.ts';
import { createRowStore } from './rows/row-store.ts';
import { sayGrowth } from './say-growth.ts';
import { accountOnly, type ScanResult } from './scan-task.ts';
import { type AnalyseOptions, openSession, type Session } from './session.ts';
import { listSink } from './sink.ts';
import { sumSketch } from './sketch.ts';
import { createTopSources } from './top-sources.ts';
import { addTotals, createTotals, type Totals } from './totals.ts';
import { unmatchableRules } from './unmatchable.ts';
import { unreadOf, whyNothing } from './why-nothing.ts';

/** What a run is asked, for those who call it. */
export type { AnalyseOptions };

/**
 * Reads the paths, runs the rules and gives the findings in time order with their evidence.
 * Bad files and broken rules are in the result, never thrown; a wrong option is a usage error.
 * @param loaded rules from an earlier `chooseRules`, for callers that run many times
 */
export async function analyse(
  paths: readonly string[],
  options: AnalyseOptions,
  loaded?: RuleChoice,
): Promise<Timeline> {
  const session = await openSession(paths, options, async () => {
    const choice = loaded ?? (await chooseRules(options));
    const { documents, mappings } = choice;
    return { choice, documents, mappings, plan: createPlan(choice.ruleSet) };
  });
  try {
    const { plan, choice } = session.loaded;
    const found = await run(session, plan, choice, options);
    const isEmpty = found.totals.events === 0;
    return { ...found, whyNothing: isEmpty ? await whyNothing(paths, options, found) : undefined };
  } finally {
    await session.close();
  }
}

async function run(
  session: Session,
  plan: Plan,
  choice: RuleChoice,
  options: AnalyseOptions,
): Promise<Omit<Timeline, 'whyNothing'>> {
  const hashing = session.hash();
  hashing.catch(() => undefined);
  const results: ScanResult[] = [];
  const totals = createTotals();
  const sources = createTopSources();
  const bursts: Burst[] = [];
  const store = createRowStore();
  try {
    await session.scan('rules', (result) => {
      store.add(result.rows);
      addTotals(totals, result.totals);
      sources.add(result.totals);
      for (const burst of result.bursts) bursts.push(burst);
      results.push(accountOnly(result));
    });
    if (usesFastLane(session, options) && hasHotFeeds(plan, session.sketchMemory, totals)) {
      await session.scan('hot', (result) => store.add(result.rows));
    }
    session.release();
    const turn = createTurns(options.signal);
    const { rules, correlations } = plan.ruleSet;
    // Findings have the level of their rule: those below are counted, but their lines are not read.
    const isShown = (rule: { level: Level }): boolean =>
      levelRank(rule.level) >= levelRank(options.level);
    options.progress?.('putting together what was found');
    const merged = await inTurns(mergeBursts(bursts), turn);
    const shown = merged.filter(({ rule }) => isShown(rules[rule]!.rule));
    const isLow = (rule: { level: Level }): boolean => levelRank(rule.level) >= levelRank('low');
    options.progress?.('correlating');
    const {
      hits,
      hidden: hiddenHits,
      hiddenCount,
    } = await runCorrelations(
      plan,
      store,
      (correlation) => isShown(correlations[correlation]!.rule),
      (correlation) => isLow(correlations[correlation]!.rule),
      turn,
    );
    const hashes = await hashing;
    const changes = await session.changes(results);
    sayGrowth(session.files, changes, (text) => options.say?.(text));
    // Of a file that changed, what now stands at a place is not what was found there.
    const isThere = (location: number): boolean => changes[fileOf(location)]?.problem === undefined;
    const goodHashes = hashes.map((hash, file) =>
      changes[file]?.problem === undefined ? (hash ?? '') : '',
    );
    const marksOf = session.marksOf(results);
    const { files } = session;
    const parents = createParents(files, FORMATS);
    const reader = { formats: FORMATS, zone: options.zone, parents };
    function* build(
      bursts: readonly Burst[],
      hits: readonly CorrelationHit[],
    ): Generator<void, Finding[], void> {
      const locations = [...citedLocations(bursts, hits)].filter(isThere);
      const cited = yield* readCited(locations, files, marksOf, reader);
      return buildFindings({ plan, bursts, hits, cited, files, hashes: goodHashes });
    }
    options.progress?.('reading the evidence');
    const list = listSink();
    const found = list.findings;
    const hand = async (work: Generator<void, Finding[], void>, raised?: string): Promise<void> => {
      for (const finding of await inTurns(work, turn))
        list.take(raised === undefined ? finding : { ...finding, raised }, 'closed');
    };
    for (const part of parts(shown)) await hand(build(part, []));
    for (const part of parts(hits)) await hand(build([], part));
    const below = merged.filter(({ rule }) => {
      const { rule: known } = rules[rule]!;
      return !isShown(known) && isLow(known);
    });
    const raised = raise(intrudersOf(found), below, hiddenHits);
    for (const [burst, reason] of raised.bursts) await hand(build([burst], []), reason);
    for (const [hit, reason] of raised.hits) await hand(build([], [hit]), reason);
    const raisedCount = raised.bursts.size + raised.hits.size;
    const hidden = hiddenCount + merged.length - shown.length - raisedCount;
    options.progress?.('folding');
    const isFolded = options.isFolded === true;
    const findings = sortFindings(isFolded ? await inTurns(foldFindings(found), turn) : found);
    const accounts = session.accounts(results, hashes, changes);
    const timeline = timelineOf(session, accounts, totals, sources.top(), findings, hidden, choice);
    return { ...timeline, foldedFindings: found.length - findings.length };
  } finally {
    store.remove();
  }
}

/** Only the lane by positions counts hits instead of keeping them. */
const usesFastLane = ({ files }: Session, { filter }: AnalyseOptions): boolean =>
  files.some(({ format }) => format?.lane === 'positions') &&
  filter.entities.length === 0 &&
  filter.grep === undefined;

/** Adds the readers' counts up; could any group have reached a threshold? */
function hasHotFeeds(
  { feeds, sketchCount }: Plan,
  memory: SharedArrayBuffer,
  { events }: Totals,
): boolean {
  const needed = new Map<number, number>();
  /** An event counts in a sketch once a feed at most: adding up takes longer than reading a small file. */
  const most = new Map<number, number>();
  for (const { dense } of feeds) {
    if (dense === undefined) continue;
    needed.set(dense.sketch, dense.count);
    most.set(dense.sketch, (most.get(dense.sketch) ?? 0) + events);
  }
  const hot = [...needed].filter(
    ([sketch, count]) =>
      (most.get(sketch) ?? 0) >= count && sumSketch(memory, sketch, sketchCount, count),
  );
  return hot.length > 0;
}

/** How many findings are made before others get a turn. */
const PART = 200;

function* parts<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let start = 0; start < all.length; start += PART) yield all.slice(start, start + PART);
}

function timelineOf(
  session: Session,
  files: readonly FileAccount[],
  totals: Totals,
  top: Timeline['top'],
  findings: readonly Finding[],
  hiddenFindings: number,
  choice: RuleChoice,
): Omit<Timeline, 'foldedFindings' | 'whyNothing'> {
  const unread = unreadOf(session, files);
  return {
    findings,
    files,
    histogram: buildHistogram(totals.perMinute, findings),
    totals: { events: totals.events, findings: findings.length, byLevel: countLevels(findings) },
    top,
    brokenRules: choice.problems,
    rulesRun: choice.ruleSet.rules.length + choice.ruleSet.correlations.length,
    unmatchable: unmatchableRules(choice.ruleSet, FORMATS, totals.formats),
    unreadable: unread.length,
    unread,
    hiddenFindings,
  };
}

function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const counts = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>;
  for (const { level } of findings) counts[level] += 1;
  return counts;
}
