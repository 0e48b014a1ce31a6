/**
 * What logs do not say: one that falls silent against its own rhythm, a clock that jumps, lines that no longer parse, a disk that
 * fills. Each is a finding that opens, and closes when it is over. Pure: measurements and the time are given in.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../detect/finding.ts';
import type { FindingState } from '../detect/sink.ts';
import type { Level } from '../events/level.ts';

/** A source at a moment. */
export interface SourceState {
  path: string;
  /** When something last came, milliseconds; undefined: never. */
  arrivedMs: number | undefined;
  /** The latest time an event of it has, microseconds. */
  latestUs: number | undefined;
  isBehind: boolean;
  /** Lines read, and those of them that became no event. */
  lines: number;
  skipped: number;
}

/** A disk on which a source lies. */
export interface DiskState {
  path: string;
  /** 0 to 1. */
  used: number;
}

/** What is known of the habits of a source. */
interface Habit {
  /** When it was first seen to speak, and how often since; milliseconds. */
  sinceMs: number;
  arrivals: number;
  lastMs: number;
  /** The longest pause between two arrivals in this day and the one before. */
  longestMs: number;
  longestBeforeMs: number;
  dayMs: number;
  /** Event time less arrival, milliseconds. */
  offsetMs: number | undefined;
  /** So many arrivals in a row it was the same: logs that are copied here have no clock. */
  steady: number;
  lines: number;
  skipped: number;
  /** The share of lines that became no event, before. */
  usualShare: number;
}

/** What is open, and habits, as JSON can carry them. */
export interface SavedQuiet {
  habits: readonly (readonly [string, Habit])[];
  open: readonly (readonly [string, Finding])[];
}

/** Looks for what is amiss. */
export interface Quiet {
  /** @returns what opened and closed */
  look(
    nowMs: number,
    sources: readonly SourceState[],
    disks: readonly DiskState[],
  ): (readonly [Finding, FindingState])[];
  save(): SavedQuiet;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Fewer arrivals are no rhythm. */
const LEAST_ARRIVALS = 20;
const LEAST_SPAN_MS = 30 * MINUTE_MS;
/** Silence of less is never told. */
const LEAST_SILENCE_MS = 10 * MINUTE_MS;
const TIMES_LONGEST = 3;
const LEAST_JUMP_MS = 5 * MINUTE_MS;
const LEAST_LINES = 200;
const MOST_USUAL_SHARE = 0.1;
const LEAST_BAD_SHARE = 0.5;
const FULL = 0.95;
const ROOM_AGAIN = 0.9;

const KINDS = {
  silent: { title: 'Log fell silent', level: 'medium', techniques: ['T1562'] },
  clock: { title: 'Clock of a log jumped', level: 'medium', techniques: ['T1070'] },
  unparsed: { title: 'Lines of a log no longer parse', level: 'medium', techniques: ['T1562'] },
  disk: { title: 'Disk with logs is nearly full', level: 'high', techniques: ['T1499'] },
} as const satisfies Record<string, { title: string; level: Level; techniques: readonly string[] }>;

/** Begins, or goes on. */
export function createQuiet(saved: SavedQuiet | undefined): Quiet {
  const habits = new Map<string, Habit>(saved?.habits);
  const open = new Map<string, Finding>(saved?.open);
  return {
    look(nowMs, sources, disks) {
      const told: (readonly [Finding, FindingState])[] = [];
      const judge = (
        kind: keyof typeof KINDS,
        path: string,
        why: string | undefined,
        isMomentary = false,
      ): void => {
        const key = `${kind} ${path}`;
        const known = open.get(key);
        if (why !== undefined && known === undefined) {
          const finding = findingOf(kind, path, why, nowMs);
          told.push([finding, isMomentary ? 'closed' : 'open']);
          if (!isMomentary) open.set(key, finding);
        } else if (why === undefined && known !== undefined && !isMomentary) {
          told.push([{ ...known, lastUs: nowMs * 1000 }, 'closed']);
          open.delete(key);
        }
      };
      for (const source of sources) {
        const habit = habits.get(source.path) ?? beginHabit(source, nowMs);
        if (habit === undefined) continue;
        habits.set(source.path, habit);
        judge('clock', source.path, jumpOf(habit, source), true);
        noteArrival(habit, source, nowMs);
        judge('silent', source.path, silenceOf(habit, nowMs));
        const parsing = parsingOf(habit, source);
        if (parsing !== undefined) judge('unparsed', source.path, parsing.why);
      }
      for (const { path, used } of disks) {
        const isOpen = open.has(`disk ${path}`);
        const isFull = used >= (isOpen ? ROOM_AGAIN : FULL);
        judge('disk', path, isFull ? `${Math.round(used * 100)} % of it are used` : undefined);
      }
      return told;
    },
    save: () => ({ habits: [...habits], open: [...open] }),
  };
}

function beginHabit({ arrivedMs, lines, skipped }: SourceState, nowMs: number): Habit | undefined {
  if (arrivedMs === undefined) return undefined;
  return {
    ...{ sinceMs: arrivedMs, arrivals: 0, lastMs: arrivedMs, longestMs: 0, longestBeforeMs: 0 },
    ...{
      dayMs: nowMs,
      offsetMs: undefined,
      steady: 0,
      lines,
      skipped,
      usualShare: share(skipped, lines),
    },
  };
}

const share = (part: number, all: number): number => (all === 0 ? 0 : part / all);

function noteArrival(
  habit: Habit,
  { arrivedMs, latestUs, isBehind }: SourceState,
  nowMs: number,
): void {
  if (nowMs - habit.dayMs >= DAY_MS)
    Object.assign(habit, { dayMs: nowMs, longestBeforeMs: habit.longestMs, longestMs: 0 });
  if (arrivedMs === undefined || arrivedMs <= habit.lastMs) return;
  habit.longestMs = Math.max(habit.longestMs, arrivedMs - habit.lastMs);
  habit.arrivals += 1;
  habit.lastMs = arrivedMs;
  if (isBehind || latestUs === undefined) return;
  const offsetMs = latestUs / 1000 - arrivedMs;
  const isSame = habit.offsetMs !== undefined && Math.abs(offsetMs - habit.offsetMs) < MINUTE_MS;
  Object.assign(habit, { offsetMs, steady: isSame ? habit.steady + 1 : 0 });
}

/** How long it has said nothing, where that is longer than its rhythm explains. */
function silenceOf(habit: Habit, nowMs: number): string | undefined {
  const silentMs = nowMs - habit.lastMs;
  const usualMs = Math.max(habit.longestMs, habit.longestBeforeMs);
  const isRhythm =
    habit.arrivals >= LEAST_ARRIVALS && habit.lastMs - habit.sinceMs >= LEAST_SPAN_MS;
  if (!isRhythm || silentMs < Math.max(LEAST_SILENCE_MS, TIMES_LONGEST * usualMs)) return undefined;
  return `nothing for ${minutes(silentMs)}; its longest pause of two days was ${minutes(usualMs)}`;
}

/** How far its stamps moved against the time at which they came. */
function jumpOf(habit: Habit, { arrivedMs, latestUs, isBehind }: SourceState): string | undefined {
  if (isBehind || arrivedMs === undefined || arrivedMs <= habit.lastMs) return undefined;
  if (latestUs === undefined || habit.offsetMs === undefined || habit.steady < LEAST_ARRIVALS)
    return undefined;
  const jumpMs = latestUs / 1000 - arrivedMs - habit.offsetMs;
  if (Math.abs(jumpMs) < LEAST_JUMP_MS) return undefined;
  return `its stamps jumped ${jumpMs > 0 ? 'ahead' : 'back'} by ${minutes(Math.abs(jumpMs))}`;
}

/** How its lines are read by now, and why that is amiss; undefined while there are too few to say. */
function parsingOf(
  habit: Habit,
  { lines, skipped }: SourceState,
): { why: string | undefined } | undefined {
  const more = lines - habit.lines;
  if (more < 0) Object.assign(habit, { lines, skipped });
  if (more < LEAST_LINES) return undefined;
  const bad = share(skipped - habit.skipped, more);
  const before = habit.usualShare;
  Object.assign(habit, { lines, skipped });
  if (before < MOST_USUAL_SHARE && bad >= LEAST_BAD_SHARE)
    return {
      why: `${Math.round(bad * 100)} % of its last ${more} lines are of no known form, before that ${Math.round(before * 100)} %`,
    };
  habit.usualShare = bad;
  return { why: undefined };
}

const minutes = (ms: number): string =>
  ms < 120 * MINUTE_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / 3_600_000)} h`;

function findingOf(kind: keyof typeof KINDS, path: string, why: string, nowMs: number): Finding {
  const { title, level, techniques } = KINDS[kind];
  const name = `quiet-${kind}`;
  const id = createHash('sha256')
    .update(`${name}\u0001${path}\u0001${nowMs}`)
    .digest('hex')
    .slice(0, 16);
  const us = nowMs * 1000;
  return {
    ...{ id, level, firstUs: us, lastUs: us, atUs: us, count: 1 },
    rule: { id: name, name, title, level, tactics: ['defense-evasion'], techniques },
    entities: { 'log.file.path': [path] },
    evidence: [],
    event: { message: `${path}: ${why}`, log: { file: { path } }, event: { reason: why } },
  };
}
