/** How a clock stands at a moment, in words for every place that counts down. */
import { durationText } from '../events/words.ts';
import type { Clock } from './items.ts';
import { itemNumber } from './items.ts';

/** The states of a clock. */
export type ClockState =
  | 'running'
  | 'due_soon'
  | 'overdue'
  | 'at_once'
  | 'submitted'
  | 'submitted_late'
  | 'waived'
  | 'withdrawn';

/** Shown wherever clocks are. */
export const NOT_LEGAL_ADVICE =
  'Deadlines are counted from what was entered. This is not legal advice: ask counsel which duties apply.';

/** A clock is near its end when less than this part of its time is left. */
const NEAR = 0.25;

/** How the clock stands. */
export function clockState(clock: Clock, now: Date): ClockState {
  const { withdrawn, settled, isAtOnce, dueAt, triggeredAt } = clock;
  if (withdrawn !== undefined) return 'withdrawn';
  if (settled?.outcome === 'waived') return 'waived';
  if (settled !== undefined) return isLate(clock, settled.at) ? 'submitted_late' : 'submitted';
  if (isAtOnce) return 'at_once';
  const left = Date.parse(dueAt) - now.getTime();
  if (left < 0) return 'overdue';
  const whole = Date.parse(dueAt) - Date.parse(triggeredAt);
  return left < whole * NEAR ? 'due_soon' : 'running';
}

/** Is that moment after the deadline? Where the law names no time, nothing is late by the clock. */
export const isLate = ({ isAtOnce, dueAt }: Clock, at: string): boolean =>
  isAtOnce !== true && Date.parse(at) > Date.parse(dueAt);

/** True while something has to be done. */
export const isClockOpen = ({ withdrawn, settled }: Clock): boolean =>
  withdrawn === undefined && settled === undefined;

/** Those that still run, what is due first in front. */
export const openClocks = (clocks: readonly Clock[]): Clock[] =>
  clocks
    .filter(isClockOpen)
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : a.seq - b.seq));

/** `2 d 3 h left`, `overdue by 5 h`, `without delay; 3 h since the trigger`, `submitted in time`. */
export function countdown(clock: Clock, now: Date): string {
  const state = clockState(clock, now);
  const between = (from: string, to: number): string => {
    const minutes = Math.floor(Math.abs(to - Date.parse(from)) / 60_000);
    return minutes === 0 ? 'less than a minute' : durationText(minutes * 60_000);
  };
  switch (state) {
    case 'withdrawn':
      return 'withdrawn';
    case 'waived':
      return 'not required';
    case 'submitted':
      return clock.isAtOnce ? 'submitted' : 'submitted in time';
    case 'submitted_late':
      return `submitted ${between(clock.dueAt, Date.parse(clock.settled!.at))} late`;
    case 'at_once':
      return `without delay; ${between(clock.triggeredAt, now.getTime())} since the trigger`;
    case 'overdue':
      return `overdue by ${between(clock.dueAt, now.getTime())}`;
    default:
      return `${between(clock.dueAt, now.getTime())} left`;
  }
}

/** A clock as a line of what is told of a case. */
export interface ClockLine {
  number: string;
  rule: string;
  title: string;
  triggeredAt: string;
  /** Undefined where the law names no time. */
  dueAt: string | undefined;
  state: ClockState;
  countdown: string;
  cite: string;
  recipient: string;
  /** Why it is late, was waived or withdrawn. */
  reason: string;
}

/** The clocks at a moment: those that run, what is due first in front, then those that ended. */
export function clockLines(clocks: readonly Clock[], now: Date): ClockLine[] {
  const ended = clocks.filter((clock) => !isClockOpen(clock));
  return [...openClocks(clocks), ...ended].map((clock) => ({
    number: clockNumber(clock),
    rule: clock.rule,
    title: clock.title ?? clock.rule,
    triggeredAt: clock.triggeredAt,
    dueAt: clock.isAtOnce ? undefined : clock.dueAt,
    state: clockState(clock, now),
    countdown: countdown(clock, now),
    cite: clock.cite ?? '',
    recipient: clock.settled?.to ?? clock.recipient ?? '',
    reason: clock.withdrawn?.reason ?? clock.settled?.reason ?? '',
  }));
}

/** `C-012`: how people name a clock. */
export const clockNumber = (clock: Clock): string => itemNumber('C', clock);
