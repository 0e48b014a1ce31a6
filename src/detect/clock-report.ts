/** `ir timeline --clock`: what is known of the clock of each log, and how far the clocks are apart. */
import type { TimeConfidence } from '../events/event.ts';
import { addTally, type ClockTally, createTally, type Stretch } from '../logs/clock-tally.ts';
import { rotationDateMs } from '../logs/rotation.ts';
import { saidOf } from '../logs/said-of-files.ts';
import { NO_RULES } from './choose-rules.ts';
import type { FileAccount, PathProblem } from './finding.ts';
import type { ScanResult } from './scan-task.ts';
import { type AnalyseOptions, openSession } from './session.ts';
import { unreadOf } from './why-nothing.ts';

/** How the years of stamps without one were found. */
export type YearBasisWord = 'reference-time' | 'file-name' | 'file-date';

/** The clock of one log. */
export interface SourceClock {
  path: string;
  format: string;
  events: number;
  fromUs: number | undefined;
  toUs: number | undefined;
  /** The zone of its stamps that name none. */
  zone: string;
  /** `named`: all stamps name theirs; `given`: by --tz; `assumed`: nobody said. */
  zoneBasis: 'named' | 'given' | 'assumed';
  /** Undefined where all stamps have a year. */
  yearBasis: YearBasisWord | undefined;
  /** Microseconds that --skew adds. */
  skewUs: number;
  host: string | undefined;
  hostBasis: string | undefined;
  confidences: Readonly<Partial<Record<TimeConfidence, number>>>;
  /** The longest gaps in time order, and how many there are. */
  gaps: readonly Stretch[];
  gapCount: number;
  backs: number;
  mostBack: Stretch | undefined;
}

/** How far the clocks of two logs are apart, by events that both tell of. */
export interface SkewEstimate {
  path: string;
  other: string;
  /** By how much the first is ahead of the second, in microseconds: the median. */
  aheadUs: number;
  /** So many events agree on it, of so many that both have. */
  agreeing: number;
  shared: number;
}

/** What `--clock` finds. */
export interface ClockReport {
  gapUs: number;
  sources: readonly SourceClock[];
  skews: readonly SkewEstimate[];
  files: readonly FileAccount[];
  unread: readonly PathProblem[];
}

/** Differences within this of the median agree with it. */
const AGREE_US = 1_000_000;
const MIN_SHARED = 3;
/** An event that so many logs tell of is none to compare by. */
const MOST_LOGS = 8;

/**
 * Reads the paths and says what their stamps are.
 * @param gapUs longer pauses are gaps; microseconds
 */
export async function reportClocks(
  paths: readonly string[],
  options: AnalyseOptions,
  gapUs: number,
): Promise<ClockReport> {
  const session = await openSession(
    paths,
    { ...options, isHashed: false, gapUs },
    async () => NO_RULES,
  );
  try {
    const results: ScanResult[] = [];
    await session.scan('clock', (result) => results.push(result));
    const hashes = await session.hash();
    const files = session.accounts(results, hashes, await session.changes(results));
    const tallies = session.byFile(results).map((parts) => joined(parts, gapUs));
    const sources = tallies.map((tally, index): SourceClock => {
      const { path, format, zone, adjustment, ...file } = session.files[index]!;
      const isInferred = inferredOf(tally) > 0;
      return {
        path,
        format: format?.name ?? '',
        events: tally.events,
        fromUs: tally.firstUs === undefined ? undefined : tally.minUs,
        toUs: tally.firstUs === undefined ? undefined : tally.maxUs,
        zone,
        zoneBasis: zoneBasisOf(tally, path, options),
        yearBasis: isInferred ? yearBasisOf({ path, ...file }, options) : undefined,
        skewUs: adjustment?.skewUs ?? 0,
        host: adjustment?.host,
        hostBasis: adjustment?.hostBasis,
        confidences: tally.confidences,
        gaps: [...tally.gaps].sort((a, b) => a.fromUs - b.fromUs),
        gapCount: tally.gapCount,
        backs: tally.backs,
        mostBack: tally.mostBack,
      };
    });
    const named = tallies.map((tally, index) => ({ path: sources[index]!.path, tally }));
    return { gapUs, sources, skews: estimateSkews(named), files, unread: unreadOf(session, files) };
  } finally {
    await session.close();
  }
}

function joined(parts: readonly ScanResult[], gapUs: number): ClockTally {
  const whole = createTally();
  for (const { clock } of parts) if (clock !== undefined) addTally(whole, clock, gapUs);
  return whole;
}

/** Of what lies after the file's date nobody says whether its stamp has a year. */
const inferredOf = ({ confidences }: ClockTally): number => confidences['year-inferred'] ?? 0;

function zoneBasisOf(
  { confidences, events }: ClockTally,
  path: string,
  { said }: AnalyseOptions,
): SourceClock['zoneBasis'] {
  const late = confidences.exact === undefined ? 0 : (confidences['after-file-date'] ?? 0);
  const named = (confidences.exact ?? 0) + (confidences.none ?? 0) + late;
  if (events > 0 && named === events) return 'named';
  return said?.isZoneGiven === true || saidOf(said?.zones, path) !== undefined
    ? 'given'
    : 'assumed';
}

function yearBasisOf({ path }: { path: string }, { referenceMs }: AnalyseOptions): YearBasisWord {
  if (referenceMs !== undefined) return 'reference-time';
  return rotationDateMs(path) === undefined ? 'file-date' : 'file-name';
}

/** Pairs of logs that tell of the same events, and how far apart in time. */
export function estimateSkews(
  logs: readonly { path: string; tally: ClockTally }[],
): readonly SkewEstimate[] {
  const byKey = new Map<number, { log: number; timeUs: number }[]>();
  for (const [log, { tally }] of logs.entries())
    for (const [key, timeUs] of tally.shared) {
      if (Number.isNaN(timeUs)) continue;
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [{ log, timeUs }]);
      else known.push({ log, timeUs });
    }
  const pairs = new Map<string, { first: number; second: number; aheadUs: number[] }>();
  for (const places of byKey.values()) {
    if (places.length > MOST_LOGS) continue;
    for (const [index, one] of places.entries())
      for (const other of places.slice(index + 1)) {
        const name = `${one.log} ${other.log}`;
        const pair = pairs.get(name) ?? { first: one.log, second: other.log, aheadUs: [] };
        pair.aheadUs.push(one.timeUs - other.timeUs);
        pairs.set(name, pair);
      }
  }
  return [...pairs.values()].flatMap(({ first, second, aheadUs }) => {
    const sorted = aheadUs.sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const agreeing = sorted.filter((value) => Math.abs(value - median) <= AGREE_US).length;
    if (agreeing < MIN_SHARED || agreeing * 2 < sorted.length) return [];
    const [path, other] = [logs[first]!.path, logs[second]!.path];
    return [{ path, other, aheadUs: median, agreeing, shared: sorted.length }];
  });
}
