/** The main job: paths to a timeline of findings. */

import type { Level } from '../events/level.ts';
import { LEVELS, levelRank } from '../events/level.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { createTurns, inTurns, type Turn } from '../logs/turns.ts';
import { stagesOf } from './attack.ts';
import { learnNormal, normalOfSpan, sayLearnt } from './baseline.ts';
import { type Burst, mergeBursts } from './bursts.ts';
import { chooseRules, type RuleChoice } from './choose-rules.ts';
import type { Normal } from './correlate/first-seen.ts';
import { type CorrelationHit, runCorrelations } from './correlate/pass.ts';
import { withDoubt } from './doubt.ts';
import { createFilter } from './event-filter.ts';
import { citedLocations, readCited } from './evidence.ts';
import type { FileAccount, Finding, Timeline } from './finding.ts';
import { buildFindings, type evidenceAt, sortFindings } from './findings.ts';
import { foldFindings } from './fold-findings.ts';
import { type Geo, putPlaces } from './geo/geo.ts';
import { buildHistogram } from './histogram.ts';
import { withIndicators } from './indicators/indicator-rules.ts';
import { fileOf } from './location.ts';
import { joinNoise, type Noise, noisyCandidates, noisyRules } from './noisy.ts';
import { createParents } from './parents.ts';
import { createPlan, type Plan } from './plan.ts';
import { intrudersOf, raise } from './raise-findings.ts';
import { withRestarts } from './restarted.ts';
import { createRowStore, type RowStore } from './rows/row-store.ts';
import { type Judged, type JudgeInput, judgeAnswers } from './same-answer.ts';
import { sayGrowth } from './say-growth.ts';
import { accountOnly, type ScanResult } from './scan-task.ts';
import { type AnalyseOptions, countsFirst, openSession, type Session } from './session.ts';
import { listSink } from './sink.ts';
import { sumSketch } from './sketch.ts';
import { tellStories, worthALook } from './story/story.ts';
import { tracesOf } from './story/traces.ts';
import { tamperingIn } from './tampering.ts';
import { createTopSources } from './top-sources.ts';
import { addTotals, createTotals, type Totals } from './totals.ts';
import { unmatchableRules } from './unmatchable.ts';
import { unreadOf, whyNothing } from './why-nothing.ts';
import { type Witnesses, witnessesOf } from './witnesses.ts';

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
    const { baseline = [] } = options;
    const normal = baseline.length > 0 ? await learnNormal(baseline, options, choice) : undefined;
    const found = await run(session, plan, choice, { ...options, normal });
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
  options: AnalyseOptions & { normal: Normal | undefined },
): Promise<Omit<Timeline, 'whyNothing'>> {
  const hashing = session.hash();
  hashing.catch(() => undefined);
  const store = createRowStore();
  try {
    const { results, totals, top, bursts } = await readFiles(session, plan, store, options);
    const isFolded = options.isFolded === true;
    const shown = bursts.filter(({ rule }) => isAtLeast(plan, rule, options.level));
    const noise = await noisyRules(
      isFolded ? noisyCandidates(shown, plan, totals) : [],
      session,
      plan,
      results,
      options.signal,
    );
    session.release();
    const turn = createTurns(options.signal);
    const witnesses = witnessesOf(session.files);
    const normal = options.normal ?? normalOfSpan(plan, totals);
    const hits = await rankHits(plan, store, bursts, { ...options, witnesses, normal }, turn);
    const hashes = await hashing;
    const changes = await session.changes(results);
    sayGrowth(session.files, changes, (text) => options.say?.(text));
    options.progress?.('reading the evidence');
    const { build, cite, ofLines } = createBuilder(
      session,
      plan,
      session.marksOf(results),
      hashes,
      changes,
    );
    const judged = await inTurns(
      judgeAnswers(hits.bursts, {
        plan,
        files: session.files,
        cite,
        ...takingPart(session, options),
      }),
      turn,
    );
    const { found: told, hiddenCount: untold } = await tellHits(
      build,
      { ...hits, judged },
      noise,
      options.level,
      turn,
    );
    const tampering =
      choice.documents.length === 0
        ? []
        : await inTurns(
            tamperingIn(session.byFile(results), {
              cite,
              ofLines,
              ...takingPart(session, options),
            }),
            turn,
          );
    const ranked = await inTurns(withRestarts([...told, ...tampering], session.files), turn);
    const shownToo = ranked.filter(
      (one) => one.raised !== undefined || levelRank(one.level) >= levelRank(options.level),
    );
    const hiddenCount = untold + ranked.length - shownToo.length;
    const found = withPlaces([...withIndicators(shownToo, options.indicators)], options.geo);
    if (normal !== undefined) sayLearnt(plan, normal, found, options);
    options.progress?.('folding');
    const findings = sortFindings(isFolded ? await inTurns(foldFindings(found), turn) : found);
    const accounts = session.accounts(results, hashes, changes);
    options.progress?.('looking at what the suspects did');
    const traces = await inTurns(tracesOf(worthALook(found), session.files), turn);
    const stories = tellStories({ findings: found, files: accounts, traces });
    const timeline = timelineOf(session, accounts, totals, top, findings, hiddenCount, choice);
    return {
      ...timeline,
      stories,
      stages: stagesOf(findings),
      foldedFindings: found.length - findings.length,
    };
  } finally {
    store.remove();
  }
}

/** Reads every file, and those with counted hits again where a group may have reached its threshold; rows go to `store`. */
export async function readFiles(
  session: Session,
  plan: Plan,
  store: RowStore,
  options: AnalyseOptions,
): Promise<{ results: ScanResult[]; totals: Totals; top: Timeline['top']; bursts: Burst[] }> {
  const results: ScanResult[] = [];
  const totals = createTotals();
  const sources = createTopSources();
  const bursts: Burst[] = [];
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
  return { results, totals, top: sources.top(), bursts };
}

const isAtLeast = ({ ruleSet: { rules } }: Plan, rule: number, level: Level): boolean =>
  levelRank(rules[rule]!.rule.level) >= levelRank(level);

/** Hits of the level asked for, and those below it that may be raised to it. */
interface RankedHits {
  bursts: readonly Burst[];
  hits: readonly CorrelationHit[];
  lowBursts: readonly Burst[];
  lowHits: readonly CorrelationHit[];
  /** How many are below the level, all in all. */
  hiddenCount: number;
}

/** Findings have the level of their rule: those below the one asked for are counted, but their lines are not read. */
async function rankHits(
  plan: Plan,
  store: RowStore,
  all: readonly Burst[],
  options: AnalyseOptions & { witnesses: Witnesses; normal: Normal | undefined },
  turn: Turn,
): Promise<RankedHits> {
  const { rules, correlations } = plan.ruleSet;
  const isRuleAtLeast = (rule: { level: Level }, level: Level): boolean =>
    levelRank(rule.level) >= levelRank(level);
  options.progress?.('putting together what was found');
  const merged = await inTurns(mergeBursts(all, options.witnesses), turn);
  const bursts = merged.filter(({ rule }) => isRuleAtLeast(rules[rule]!.rule, options.level));
  const lowBursts = merged.filter(({ rule }) => {
    const { rule: known } = rules[rule]!;
    return !isRuleAtLeast(known, options.level) && isRuleAtLeast(known, 'low');
  });
  options.progress?.('correlating');
  const { hits, hidden, hiddenCount } = await runCorrelations(
    plan,
    store,
    (correlation) => isRuleAtLeast(correlations[correlation]!.rule, options.level),
    (correlation) => isRuleAtLeast(correlations[correlation]!.rule, 'low'),
    options.witnesses,
    turn,
    options.normal,
    options.geo,
  );
  const below = hiddenCount + merged.length - bursts.length;
  return { bursts, hits, lowBursts, lowHits: hidden, hiddenCount: below };
}

/** Makes findings of hits, in steps. */
type Build = (
  bursts: readonly Burst[],
  hits: readonly CorrelationHit[],
) => Generator<void, Finding[], void>;

/** What evidence says of the files. */
type OfLines = Omit<Parameters<typeof evidenceAt>[1], 'cited'>;

function createBuilder(
  { files }: Session,
  plan: Plan,
  marksOf: ReturnType<Session['marksOf']>,
  hashes: Awaited<ReturnType<Session['hash']>>,
  changes: Awaited<ReturnType<Session['changes']>>,
): { build: Build; cite: JudgeInput['cite']; ofLines: OfLines } {
  // Of a file that changed, what now stands at a place is not what was found there.
  const isSame = (file: number): boolean => changes[file]?.problem === undefined;
  const goodHashes = hashes.map((hash, file) => (isSame(file) ? (hash ?? '') : ''));
  const reader = { formats: FORMATS, parents: createParents(files, FORMATS) };
  const cite: JudgeInput['cite'] = (locations) =>
    readCited(
      [...locations].filter((at) => isSame(fileOf(at))),
      files,
      marksOf,
      reader,
    );
  return {
    cite,
    ofLines: { files, hashes: goodHashes },
    *build(bursts, hits) {
      const cited = yield* cite(citedLocations(bursts, hits));
      return buildFindings({ plan, bursts, hits, cited, files, hashes: goodHashes });
    },
  };
}

/** The findings of the level asked for, then those that are raised to it because somebody had broken in before. */
async function tellHits(
  build: Build,
  { hits, lowBursts, lowHits, judged: { bursts, empty }, ...rest }: RankedHits & { judged: Judged },
  noise: ReadonlyMap<number, Noise>,
  level: Level,
  turn: Turn,
): Promise<{ found: Finding[]; hiddenCount: number }> {
  const list = listSink();
  let { hiddenCount } = rest;
  const hand = async (
    work: ReturnType<Build>,
    more: Partial<Pick<Finding, 'raised' | 'doubt' | 'level'>> = {},
  ): Promise<void> => {
    for (const finding of await inTurns(work, turn)) {
      const told = withDoubt({ ...finding, ...more });
      if (told.raised === undefined && levelRank(told.level) < levelRank(level)) hiddenCount += 1;
      else list.take(told, 'closed');
    }
  };
  const noisy = bursts.filter(({ rule }) => noise.has(rule));
  for (const part of parts(bursts.filter((one) => !noise.has(one.rule) && !empty.has(one))))
    await hand(build(part, []));
  for (const [burst, less] of empty) await hand(build([burst], []), less);
  for (const part of parts(hits)) await hand(build([], part));
  // What somebody does who broke in is no noise.
  const apart = raise(intrudersOf(list.findings), noisy, []).bursts;
  for (const part of parts([...apart.keys()])) await hand(build(part, []));
  for (const joined of joinNoise(noisy, noise, (burst) => apart.has(burst))) {
    for (const finding of await inTurns(build([joined.burst], []), turn))
      list.take({ ...finding, noise: joined.noise }, 'closed');
  }
  const raised = raise(intrudersOf(list.findings), lowBursts, lowHits);
  for (const [burst, reason] of raised.bursts) await hand(build([burst], []), { raised: reason });
  for (const [hit, reason] of raised.hits) await hand(build([], [hit]), { raised: reason });
  hiddenCount -= raised.bursts.size + raised.hits.size;
  return { found: list.findings, hiddenCount };
}

/** Which events the filter lets in. */
function takingPart({ files }: Session, options: AnalyseOptions): Pick<JudgeInput, 'accepts'> {
  const filter = createFilter(options.filter);
  return {
    accepts(event, raw, location) {
      const { format } = files[fileOf(location)]!;
      return format !== undefined && filter.accepts(event, raw, format);
    },
  };
}

/** Findings say where their sources are. */
function withPlaces(findings: Finding[], geo: Geo | undefined): Finding[] {
  if (geo === undefined) return findings;
  return findings.map((finding) => {
    const { entities } = finding;
    const countries = (entities['source.ip'] ?? []).flatMap((ip) => geo(ip)?.country ?? []);
    const event = structuredClone(finding.event) as Record<string, unknown>;
    putPlaces(event, geo);
    if (countries.length === 0) return { ...finding, event };
    const country = { 'source.geo.country_iso_code': [...new Set(countries)] };
    return { ...finding, event, entities: { ...entities, ...country } };
  });
}

const usesFastLane = ({ files }: Session, { filter }: AnalyseOptions): boolean =>
  files.some(({ format }) => countsFirst(format)) && createFilter(filter).isForLanes;

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
): Omit<Timeline, 'foldedFindings' | 'stories' | 'stages' | 'whyNothing'> {
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
