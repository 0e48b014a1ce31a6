/**
 * How the calendar of a file goes on from run to run: which steps go over new year, which go back, and which
 * stretches are out of order because a clock was not set. Knows no years, only which lie how far apart.
 *
 * Time goes forward. From one run to the next it goes back only by as much as lines of such a file may be out of
 * order; any other step, however long, goes forward, over new year where the calendar begins again.
 */
import type { StampRun, StampRuns } from './stamp-runs.ts';
import { CALENDAR_DAYS } from './yearless-stamp.ts';

/** Where the runs lie: days since the beginning of the year of the first run; undefined for what is out of order. */
export type Places = readonly (number | undefined)[];

/** Where the runs lie, and where they would lie without a doubtful end. */
export interface Placed {
  places: Places;
  /**
   * The other reading, when the file ends in what may be a clock that was not set, or a few stray lines: those
   * are out of order.
   */
  without: Places | undefined;
}

/** Steps back that any file may have: zones of several writers, lines that waited. */
const ALWAYS_BACK_DAYS = 10;
/** Steps back of a file that writes every few days: parts that were put together in another order. */
const DENSE_BACK_DAYS = 75;
/** Steps of a file that writes seldom, in days; such a file is silent for most of a year, and one year is as the next. */
const SPARSE_STEP_DAYS = 3;
const LEAST_STEPS = 3;
const DENSE_LINES = 8;

/** A file writes often when most steps are short, or, having few, when it has many lines for its days. */
function isDense(runs: readonly StampRun[]): boolean {
  const steps: number[] = [];
  let lines = 0;
  for (const [index, run] of runs.entries()) {
    lines += run.count;
    const before = runs[index - 1];
    if (before === undefined) continue;
    const days = forwardDays(before, run);
    if (days < CALENDAR_DAYS - DENSE_BACK_DAYS) steps.push(days);
  }
  if (steps.length < LEAST_STEPS) return lines >= DENSE_LINES * runs.length;
  steps.sort((a, b) => a - b);
  return (steps[steps.length >> 1] as number) <= SPARSE_STEP_DAYS;
}

/** Days from the last line of one run to the first of another, going forward: 0 to 365. */
export function forwardDays(from: StampRun, to: StampRun): number {
  const days = (to.day - from.day - from.last) % CALENDAR_DAYS;
  return days < 0 ? days + CALENDAR_DAYS : days;
}

/** A stray stretch is over within so many runs. */
const MAX_STRAY_RUNS = 64;
/** Of all lines, a stray stretch has at most one in so many, when nothing but its date speaks against it. */
const STRAY_SHARE = 20;
/** A few lines are stray, too, amid twice as many before, and after them. */
const FEW_LINES = 10;
const FEW_SHARE = 2;
/** One line on either side is no log that goes on. */
const LEAST_STEADY = 2;
/** The log goes on where it was, within so many days; later after a boot, when the machine may have been off. */
const RESUME_DAYS = 3;
const BOOT_RESUME_DAYS = 31;

/** Finds the place of every run. */
export function placeRuns({ radius, runs }: StampRuns): Placed {
  const dense = isDense(runs);
  const backDays = Math.max(radius, dense ? DENSE_BACK_DAYS : ALWAYS_BACK_DAYS);
  const total = runs.reduce((sum, { count }) => sum + count, 0);
  const places: (number | undefined)[] = new Array(runs.length).fill(undefined);
  let without: Places | undefined;
  let current = 0;
  /** Lines since the last jump. */
  let steady = runs[0]?.count ?? 0;
  if (runs.length > 0) places[0] = (runs[0] as StampRun).day;
  for (let index = 1; index < runs.length; ) {
    const from = runs[current] as StampRun;
    const to = runs[index] as StampRun;
    const days = forwardDays(from, to);
    const isJump = isLong(days);
    const resumed = isJump
      ? findResume(runs, { current, steady, start: index, dense, total })
      : undefined;
    if (resumed === runs.length) without = [...places];
    const next = resumed === undefined || resumed === runs.length ? index : resumed;
    const steps = next === index ? days : forwardDays(from, runs[next] as StampRun);
    const back = CALENDAR_DAYS - steps;
    // After a stray stretch the log goes on where it was, or a little before.
    const most = next === index ? backDays : ALWAYS_BACK_DAYS;
    const step = back <= most ? -back : steps;
    places[next] = (places[current] as number) + from.last + step;
    steady = (isJump && next === index ? 0 : steady) + (runs[next] as StampRun).count;
    current = next;
    index = next + 1;
  }
  return { places, without };
}

const isLong = (days: number): boolean =>
  days > ALWAYS_BACK_DAYS && CALENDAR_DAYS - days > ALWAYS_BACK_DAYS;

/**
 * The run at which the log goes on after a stretch out of order that begins at `start`: the number of runs when
 * the file ends in it, undefined when it is in order.
 */
function findResume(
  runs: readonly StampRun[],
  { current, steady, start, dense, total }: Stretch,
): number | undefined {
  const from = runs[current] as StampRun;
  const isBoot = isClockNotSet(runs[start] as StampRun);
  /** Have the lines before, and those after, more weight than those of the stretch? */
  const isFew = (lines: number, resumed: number): boolean =>
    lines <= FEW_LINES &&
    lines * FEW_SHARE <= steady &&
    (resumed === runs.length ||
      lines * FEW_SHARE <= linesFrom(runs, resumed, FEW_LINES * FEW_SHARE));
  /** Does the log go on within a day of where it was? A year's silence that ends on that day is less likely than a clock that was off for some lines. */
  const isSameDay = (lines: number, resumed: number): boolean => {
    const after = linesFrom(runs, resumed, FEW_LINES);
    const isSure = Math.min(steady, after) >= LEAST_STEADY && lines <= steady + after;
    return isSure && lines <= FEW_LINES && forwardDays(from, runs[resumed] as StampRun) <= 1;
  };
  // Where the way leads past the stretch, it is in order. Files that write seldom may be silent until the day comes again.
  const way = forwardDays(from, runs[start] as StampRun) - 1;
  const bootDays = dense ? way : Math.min(way, BOOT_RESUME_DAYS);
  const isShare = (lines: number): boolean => dense && lines * STRAY_SHARE <= total;
  let lines = 0;
  const end = Math.min(runs.length, start + MAX_STRAY_RUNS);
  for (let index = start; index < end; index += 1) {
    const run = runs[index] as StampRun;
    if (index > start && isLong(forwardDays(runs[index - 1] as StampRun, run))) {
      const days = forwardDays(from, run);
      if (CALENDAR_DAYS - days <= RESUME_DAYS || days <= (isBoot ? bootDays : RESUME_DAYS))
        // A few lines elsewhere and a step back as well are two faults, a year gone by is none.
        return isBoot ||
          isShare(lines) ||
          (!isStepBack(days) && isFew(lines, index)) ||
          isSameDay(lines, index)
          ? index
          : undefined;
      // After a boot whatever comes next counts.
      if (isBoot) return undefined;
    }
    lines += run.count;
    if (!isBoot && !isShare(lines) && lines > FEW_LINES) return undefined;
  }
  if (end !== runs.length) return undefined;
  return isBoot || isShare(lines) || isFew(lines, end) ? end : undefined;
}

/** Goes the log on days before where it was? */
const isStepBack = (days: number): boolean => {
  const back = CALENDAR_DAYS - days;
  return back > 1 && back <= RESUME_DAYS;
};

/** What is known of a stretch that may be out of order. */
interface Stretch {
  /** The run before it. */
  current: number;
  /** Lines in order before it. */
  steady: number;
  start: number;
  dense: boolean;
  total: number;
}

/** Lines from a run on up to the next jump; counted no further than `most`. */
function linesFrom(runs: readonly StampRun[], start: number, most: number): number {
  let lines = 0;
  for (let index = start; index < runs.length && lines < most; index += 1) {
    const run = runs[index] as StampRun;
    if (index > start && isLong(forwardDays(runs[index - 1] as StampRun, run))) break;
    lines += run.count;
  }
  return lines;
}

const HOUR = 3600;
/** A machine without a clock starts at the beginning of a year, in UTC; its zone moves that by hours. */
const BOOT_SECONDS = 600;

/** Does the run begin as the log of a machine whose clock starts anew at each boot? */
export function isClockNotSet({ day, second }: StampRun): boolean {
  if (second % HOUR >= BOOT_SECONDS) return false;
  return day === 0 ? second < 15 * HOUR : day === CALENDAR_DAYS - 1 && second >= 12 * HOUR;
}
