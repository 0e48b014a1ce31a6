/**
 * Which year stamps without one belong to. All of a file's stamps in order tell how many years it holds
 * (`place-runs.ts`); the newest of them is the newest year in which nothing lies after the file's date, which
 * the name of a rotated file and its neighbours may bring forward, and in which a 29 February exists.
 */
import { forwardDays, isClockNotSet, type Places, placeRuns } from './place-runs.ts';
import { LEAP_DAY, type StampRun, type StampRuns } from './stamp-runs.ts';
import { CALENDAR_DAYS, monthAndDay } from './yearless-stamp.ts';

const DAY_MS = 86_400_000;
const DAY_SECONDS = 86_400;

/** From an offset on, no stamp lies after a moment: of the years it may have, it has the newest. */
export interface YearMark {
  offset: number;
  /** Milliseconds, local time read as if it were UTC. */
  latestMs: number;
}

/** From an offset on, times of an hour that came twice mean the second. Milliseconds, local time as if it were UTC. */
export interface Fold {
  offset: number;
  fromMs: number;
  toMs: number;
}

/** What a clock needs to know of a file. Plain data: it goes to other threads. */
export interface Years {
  /** In order of offset; the first counts for what lies before it as well. */
  marks: readonly [YearMark, ...YearMark[]];
  /** The file's date, milliseconds since the epoch: what lies after it is marked. */
  limitMs: number;
  /** Where hours that came twice begin again; absent: nowhere. */
  folds?: readonly Fold[];
  /** Nothing lies after the limit: the user has set it. */
  isStrict: boolean;
}

/** What bounds the stamps of a file from above; milliseconds since the epoch. */
export interface YearBounds {
  /** The file's date. */
  limitMs: number;
  isStrict: boolean;
  /** First stamp of the file into which the log went on after this one was rotated away. */
  nextFirstMs?: number | undefined;
  /** Minutes east of UTC that the clocks of the log showed at about the limit. */
  offsetMinutes: number;
}

/** Zones differ, and clocks run ahead: so much a stamp may lie after the file's date. */
const GRACE_MS = 2 * DAY_MS;

/** The years of a file of which nothing but its date is known. */
export function yearsBefore({ limitMs, isStrict, nextFirstMs, offsetMinutes }: YearBounds): Years {
  const latestMs = boundMs({ limitMs, isStrict, nextFirstMs, offsetMinutes });
  return { marks: [{ offset: 0, latestMs }], limitMs, isStrict };
}

function boundMs({ limitMs, isStrict, nextFirstMs, offsetMinutes }: YearBounds): number {
  const grace = isStrict ? 0 : GRACE_MS;
  const most = isStrict ? limitMs : Math.min(limitMs, nextFirstMs ?? limitMs);
  return most + grace + offsetMinutes * 60_000;
}

/** The part of `years` that counts between two offsets. */
export function yearsBetween(years: Years, start: number, end: number): Years {
  const { marks } = years;
  const from = markAt(marks, start);
  const part = marks.slice(from, Math.max(from + 1, markAt(marks, end - 1) + 1));
  return { ...years, marks: part as unknown as Years['marks'] };
}

/** Index of the last mark at or before an offset; 0 for what lies before all. */
export function markAt(marks: readonly YearMark[], offset: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle] as YearMark).offset <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The years of a file, with its first and latest stamp (milliseconds, local time as if it were UTC). */
export interface YearBasis {
  years: Years;
  firstMs: number | undefined;
  lastMs: number | undefined;
}

/** Works out the years of a file. */
export function findYears(stamps: StampRuns, bounds: YearBounds): YearBasis {
  const { runs, radius } = stamps;
  const { places, without } = placeRuns(stamps);
  const latestMs = boundMs(bounds);
  const chosen =
    (bounds.isStrict ? undefined : readByDates(runs, places, latestMs)) ??
    chooseReading(runs, places, without, latestMs);
  if (chosen === undefined)
    return { years: yearsBefore(bounds), firstMs: undefined, lastMs: undefined };
  const { limitMs, isStrict } = bounds;
  const slackMs = (radius + 2) * DAY_MS;
  const marks: YearMark[] = [];
  let firstMs: number | undefined;
  let steady: readonly [run: StampRun, place: number, latestMs: number] | undefined;
  for (const [index, run] of runs.entries()) {
    const place = chosen.places[index] ?? (steady && placeAhead(run, steady[0], steady[1]));
    let latest = steady?.[2] ?? latestMs;
    if (place !== undefined) {
      const dayMs = momentOf(place, chosen.year);
      // A stamp that lies too late is kept, and marked, unless the user has set the date.
      const isLate = !isStrict && latestOf(run, place, chosen.year) > latestMs;
      latest = isLate ? dayMs + slackMs : Math.min(dayMs + slackMs, latestMs);
      if (chosen.places[index] !== undefined) {
        firstMs ??= dayMs + run.second * 1000;
        if (!isLate || steady === undefined) steady = [run, place, latest];
      }
    }
    if (marks.at(-1)?.latestMs !== latest) marks.push({ offset: run.offset, latestMs: latest });
  }
  const years = { marks: marks as [YearMark, ...YearMark[]], limitMs, isStrict };
  return { years, firstMs, lastMs: endOf(runs, chosen) };
}

interface Reading {
  places: Places;
  /** The year in which the days are counted from. */
  year: number;
}

/** The end of a log lies near the file's date, more often than not. */
const NEAR_MS = 31 * DAY_MS;
/** More years than that are no log. */
const MAX_YEARS = 60;

function chooseReading(
  runs: readonly StampRun[],
  places: Places,
  without: Places | undefined,
  latestMs: number,
): Reading | undefined {
  const reading = anchor(runs, places, latestMs);
  if (without === undefined || reading === undefined) return reading;
  const other = anchor(runs, without, latestMs);
  const isNear = (each: Reading): boolean => latestMs - endOf(runs, each) < NEAR_MS;
  return other !== undefined && isNear(other) && !isNear(reading) ? other : reading;
}

/** Of so many lines one at least must have a year: a stray one says nothing of the others. */
const DATED_SHARE = 1000;
/** So much lines may be out of order. */
const BACK_DAYS = 10;

/**
 * The reading in which runs that have lines with a year lie in it, and the others between them; undefined when no
 * line has one. Its days are counted from the year 0.
 */
function readByDates(
  runs: readonly StampRun[],
  places: Places,
  latestMs: number,
): Reading | undefined {
  const known = runs.map(({ day, year }) =>
    year > 0 && momentOf(day, year) <= latestMs ? year * CALENDAR_DAYS + day : undefined,
  );
  const sum = (of: (run: StampRun, index: number) => number): number =>
    runs.reduce((total, run, index) => total + of(run, index), 0);
  const dated = sum(({ dated: each }, index) => (known[index] === undefined ? 0 : each));
  if (dated === 0 || dated * DATED_SHARE < sum(({ count }) => count)) return undefined;
  // The next known place of each run, from the end on, and how far places are off there.
  const nexts: (readonly [place: number, moved: number] | undefined)[] = [];
  let next: readonly [place: number, moved: number] | undefined;
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    nexts[index] = next;
    const [at, place] = [known[index], places[index]];
    if (at !== undefined && place !== undefined) next = [at, at - place];
  }
  let moved = next?.[1];
  if (moved === undefined) return undefined;
  let latest = Number.NEGATIVE_INFINITY;
  const found = runs.map((run, index) => {
    const [at, place, after] = [known[index], places[index], nexts[index]];
    if (place === undefined) return at;
    if (at !== undefined) {
      // A date before those on both sides is a stray one.
      const isStray = after !== undefined && at < Math.min(latest, after[0]) - BACK_DAYS;
      if (!isStray) moved = at - place;
    } else if (after !== undefined && place + (moved as number) > after[0] + BACK_DAYS)
      moved = after[1];
    let absolute = place + (moved as number);
    latest = Math.max(latest, at ?? latest);
    const isLate = after === undefined && latestOf(run, absolute, 0) > latestMs;
    if (isLate && absolute - CALENDAR_DAYS >= latest - BACK_DAYS) {
      absolute -= CALENDAR_DAYS;
      moved = absolute - place;
    }
    return absolute;
  });
  return { places: found, year: 0 };
}

/** Milliseconds of the beginning of a day, local time as if it were UTC. */
function momentOf(place: number, year: number): number {
  const years = Math.floor(place / CALENDAR_DAYS);
  const [month, day] = monthAndDay(place - years * CALENDAR_DAYS);
  return Date.UTC(year + years, month - 1, day);
}

function latestOf(run: StampRun, place: number, year: number): number {
  const days = Math.floor(run.latest / DAY_SECONDS);
  return momentOf(place + days, year) + (run.latest - days * DAY_SECONDS) * 1000;
}

function endOf(runs: readonly StampRun[], { places, year }: Reading): number {
  let end = Number.NEGATIVE_INFINITY;
  for (const [index, run] of runs.entries()) {
    const place = places[index];
    if (place !== undefined) end = Math.max(end, latestOf(run, place, year));
  }
  return end;
}

/**
 * Where a run out of order lies whose clock ran ahead: after the run before; undefined when it is a late line of
 * earlier times, or a clock that was not set.
 */
function placeAhead(run: StampRun, before: StampRun, place: number): number | undefined {
  const days = forwardDays(before, run);
  return days > AHEAD_DAYS || isClockNotSet(run) ? undefined : place + before.last + days;
}

const AHEAD_DAYS = 75;

/** The newest year in which nothing lies too late, but for a few stamps before and after which all is in order; one that has the leap days, when there is one. */
function anchor(runs: readonly StampRun[], places: Places, latestMs: number): Reading | undefined {
  let last = Number.NEGATIVE_INFINITY;
  let first = Number.POSITIVE_INFINITY;
  const leapYears = new Set<number>();
  for (const [index, run] of runs.entries()) {
    const place = places[index];
    if (place === undefined) continue;
    last = Math.max(last, place);
    first = Math.min(first, place);
    // One stray line must not move a file by years.
    if (run.leapDays * LEAP_SHARE < run.count) continue;
    const toLeapDay = (((LEAP_DAY - run.day) % CALENDAR_DAYS) + CALENDAR_DAYS) % CALENDAR_DAYS;
    const days = toLeapDay > CALENDAR_DAYS / 2 ? toLeapDay - CALENDAR_DAYS : toLeapDay;
    leapYears.add(Math.floor((place + days) / CALENDAR_DAYS));
  }
  const span = Math.floor(last / CALENDAR_DAYS);
  if (!Number.isFinite(last) || last - first > MAX_YEARS * CALENDAR_DAYS) return undefined;
  let year = new Date(latestMs).getUTCFullYear() + 1 - span;
  while (endOf(runs, { places, year }) > latestMs) year -= 1;
  const inOrder = withoutAhead(runs, { places, year: year + 1 }, latestMs);
  if (inOrder !== undefined && latestMs - endOf(runs, { places, year }) >= NEAR_MS) {
    if (latestMs - endOf(runs, { places: inOrder, year: year + 1 }) < NEAR_MS) year += 1;
  }
  for (let earlier = year; earlier > year - LEAP_PERIOD; earlier -= 1) {
    if ([...leapYears].every((days) => isLeapYear(earlier + days)))
      return { places, year: earlier };
  }
  return { places, year };
}

/** The places without the stretches that lie too late; undefined when they are not few, or the log does not go on after them. */
function withoutAhead(
  runs: readonly StampRun[],
  { places, year }: Reading,
  latestMs: number,
): Places | undefined {
  let late = 0;
  let rest = 0;
  let isEndLate = true;
  const inOrder = runs.map((run, index) => {
    const place = places[index];
    if (place === undefined) return undefined;
    const isLate = latestOf(run, place, year) > latestMs;
    // Of one run only the latest is known: its last line tells whether the log went on.
    const isLastLatest = run.last * DAY_SECONDS + DAY_SECONDS > run.latest;
    isEndLate = isLate && (isLastLatest || momentOf(place + run.last, year) > latestMs);
    if (isEndLate) late += run.count;
    else rest += run.count;
    return isEndLate ? undefined : place;
  });
  return !isEndLate && late * FEW_SHARE <= rest ? inOrder : undefined;
}

/** Few are half of the others. */
const FEW_SHARE = 2;
const LEAP_SHARE = 100;
/** Within so many years there is a 29 February, also round 1900 and 2100. */
const LEAP_PERIOD = 8;

/** Has the year a 29 February? */
export const isLeapYear = (year: number): boolean =>
  (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
