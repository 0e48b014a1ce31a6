/** `ir stats`: one reading of the files, in which events are counted and none is kept. */
import { NO_RULES } from '../choose-rules.ts';
import type { FileAccount, PathProblem } from '../finding.ts';
import { sayGrowth } from '../say-growth.ts';
import { accountOnly, type ScanResult } from '../scan-task.ts';
import { type AnalyseOptions, openSession, type Session } from '../session.ts';
import { unreadOf, whyNothing } from '../why-nothing.ts';
import { readCell, type SourceStats, type StatsPart, type StatsSpec } from './collect.ts';
import { createDistinct } from './distinct.ts';
import { createGroupTally, type Group, largest } from './group-tally.ts';

/** A value, how often it occurred, and when, where that was asked. */
export interface CountedGroup extends Group {
  /** Stretches of time in which it occurred, in their order. */
  series: readonly { fromUs: number; count: number }[];
}

/** What was counted. */
export interface Stats {
  sources: readonly (SourceStats & { format: string })[];
  perMinute: ReadonlyMap<number, number>;
  users: { count: number; isExact: boolean };
  by: readonly string[];
  overUs: number | undefined;
  groups: readonly CountedGroup[];
  /** Different values. */
  distinct: { count: number; isExact: boolean };
  /** Fewer groups than wanted are known to be the largest: no other value occurs more often than this. Undefined: all wanted are there. */
  othersAtMost: number | undefined;
  /** Events without a value for one of the fields. */
  without: number;
  files: readonly FileAccount[];
  unread: readonly PathProblem[];
  whyNothing: string | undefined;
}

/** Counts by value and time that are kept; where there are more, the files are read again for the largest values alone. */
const MOST_CELLS = 300_000;

/** @param limit how many of the largest values */
export async function countEvents(
  paths: readonly string[],
  options: AnalyseOptions,
  spec: StatsSpec,
  limit: number,
): Promise<Stats> {
  const session = await openSession(paths, { ...options, isHashed: false }, async () => NO_RULES);
  try {
    const sum = createSum(limit);
    const results: ScanResult[] = [];
    await session.scan(
      'stats',
      (result) => {
        if (result.stats !== undefined) sum.add(result.stats);
        results.push(accountOnly(result));
      },
      spec,
    );
    const { top, othersAtMost } = await topOf(session, spec, limit, sum.groups);
    const cells = await cellsOf(session, spec, top, sum.cells);
    const changes = await session.changes(results);
    sayGrowth(session.files, changes, (text) => options.say?.(text));
    const files = session.accounts(results, await session.hash(), changes);
    const unread = unreadOf(session, files);
    const sources = [...sum.sources].sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      sources: sources.map(([format, source]) => ({ format, ...source })),
      perMinute: sum.perMinute,
      users: { count: sum.users.count, isExact: sum.users.isExact },
      ...{ by: spec.by, overUs: spec.overUs },
      groups: top.map((group) => ({ ...group, series: seriesOf(group.value, cells, spec) })),
      ...{ distinct: sum.groups.distinct, othersAtMost },
      without: sum.without,
      ...{ files, unread },
      whyNothing:
        sum.sources.size === 0
          ? await whyNothing(paths, options, { files, unread }, true)
          : undefined,
    };
  } finally {
    await session.close();
  }
}

/** The largest values with their exact counts: where there are too many values to keep, those that may be large are counted again. */
async function topOf(
  session: Session,
  spec: StatsSpec,
  limit: number,
  groups: ReturnType<typeof createGroupTally>,
): Promise<{ top: readonly Group[]; othersAtMost: number | undefined }> {
  if (groups.exact !== undefined)
    return { top: largest(groups.exact, limit), othersAtMost: undefined };
  const { values, floor } = groups.candidates();
  const counts = new Map<string, number>();
  await readAgain(session, { by: spec.by, overUs: undefined }, values, (part) =>
    addCounts(counts, part.groups),
  );
  const top = largest(counts, limit).filter(({ count }) => count > floor);
  return { top, othersAtMost: top.length < limit ? floor : undefined };
}

type Cells = ReadonlyMap<string, number>;

/** Those of the first reading, where they could be kept. */
async function cellsOf(
  session: Session,
  spec: StatsSpec,
  top: readonly Group[],
  kept: Cells | undefined,
): Promise<Cells> {
  if (kept !== undefined || top.length === 0) return kept ?? new Map();
  const cells = new Map<string, number>();
  const only = top.map(({ value }) => value);
  await readAgain(session, spec, only, (part) => addCounts(cells, part.cells));
  return cells;
}

/** Counts these values alone. */
async function readAgain(
  session: Session,
  spec: StatsSpec,
  only: readonly string[],
  onPart: (part: StatsPart) => void,
): Promise<void> {
  await session.scan('stats', ({ stats }) => stats !== undefined && onPart(stats), {
    ...spec,
    only,
  });
}

function seriesOf(value: string, cells: Cells, { overUs }: StatsSpec): CountedGroup['series'] {
  if (overUs === undefined) return [];
  return [...cells]
    .flatMap(([key, count]) => {
      const cell = readCell(key);
      return cell.value === value ? [{ fromUs: cell.stretch * overUs, count }] : [];
    })
    .sort((one, other) => one.fromUs - other.fromUs);
}

function createSum(limit: number) {
  const sources = new Map<string, SourceStats>();
  const perMinute = new Map<number, number>();
  const users = createDistinct();
  const groups = createGroupTally(limit);
  let cells: Map<string, number> | undefined = new Map();
  let without = 0;
  return {
    ...{ sources, perMinute, users, groups },
    /** Undefined where there were too many. */
    get cells() {
      return cells;
    },
    get without() {
      return without;
    },
    add(part: StatsPart): void {
      for (const [format, source] of part.sources) addSource(sources, format, source);
      addCounts(perMinute, part.perMinute);
      for (const user of part.users) users.add(user);
      groups.add(part.groups);
      without += part.without;
      if (cells === undefined) return;
      addCounts(cells, part.cells);
      if (cells.size > MOST_CELLS) cells = undefined;
    },
  };
}

function addCounts<K>(sum: Map<K, number>, part: ReadonlyMap<K, number>): void {
  for (const [key, count] of part) sum.set(key, (sum.get(key) ?? 0) + count);
}

function addSource(sum: Map<string, SourceStats>, format: string, part: SourceStats): void {
  const known = sum.get(format);
  if (known === undefined) {
    sum.set(format, part);
    return;
  }
  for (const name of ['events', 'okLogins', 'failedLogins', 'requests', 'bytes'] as const) {
    known[name] += part[name];
  }
  part.status.forEach((count, digit) => {
    known.status[digit] = (known.status[digit] ?? 0) + count;
  });
  addCounts(known.durations, part.durations);
  known.longestNs = Math.max(known.longestNs, part.longestNs);
  known.firstUs = Math.min(known.firstUs, part.firstUs);
  known.lastUs = Math.max(known.lastUs, part.lastUs);
}
