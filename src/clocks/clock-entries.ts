/** What may happen to clocks: each function checks and gives the journal entries, or refuses. */
import { refusedError, usageError } from '../errors.ts';
import { clockNumber, isClockOpen, isLate } from '../incidents/clock-state.ts';
import type { Author } from '../incidents/incident-rules.ts';
import type { Clock } from '../incidents/items.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { SKEW_MS } from '../incidents/key-times.ts';
import type { Calendar } from './calendar.ts';
import { dutyDeadline } from './deadline.ts';
import type { Duty, Regulation } from './regulation.ts';

/** What clocks are started with. */
export interface StartFacts {
  /** Times of events by their names. */
  stamps: Readonly<Record<string, string>>;
  calendar: Calendar;
  takesRelief: boolean;
  reason: string;
  /** Gives 128 random bits, hex. */
  randomId(): string;
}

const stamp = ({ actor, now }: Author): { at: string; actor: string } => ({
  at: now.toISOString(),
  actor,
});

/** The event that starts a duty: the first that is no cap. */
export const mainTrigger = ({ dues }: Duty): string =>
  (dues.find(({ isCap }) => !isCap) ?? dues[0]!).of;

/** All events that a duty is counted from. */
export const triggersOf = ({ dues }: Duty): string[] => [...new Set(dues.map(({ of }) => of))];

/**
 * Starts a clock for each duty.
 * @throws IrError (exit 6) for one that runs already, (exit 2) without a time that it is counted from
 */
export function startClocks(
  { regulation, duties }: { regulation: Regulation; duties: readonly Duty[] },
  clocks: readonly Clock[],
  facts: StartFacts,
  author: Author,
  after?: Clock,
): NewEntry[] {
  return duties.map((duty) => {
    const running = clocks.find((clock) => clock.rule === duty.id && isClockOpen(clock));
    if (running !== undefined) {
      throw refusedError(
        `the clock ${duty.id} runs already: ${clockNumber(running)}`,
        `Its trigger was wrong? ir clock withdraw ${clockNumber(running)} --reason "..."`,
      );
    }
    return clockEntry(regulation, duty, facts, author, after);
  });
}

function clockEntry(
  regulation: Regulation,
  duty: Duty,
  { stamps, calendar, takesRelief, reason, randomId }: StartFacts,
  author: Author,
  after: Clock | undefined,
): NewEntry {
  const trigger = mainTrigger(duty);
  for (const name of triggersOf(duty)) assertStamp(duty, name, stamps[name], author);
  const moments = Object.fromEntries(
    Object.entries(stamps).map(([name, at]) => [name, Date.parse(at)]),
  );
  const dueMs = dutyDeadline(duty.dues, moments, regulation, calendar, takesRelief);
  const others = triggersOf(duty).filter((name) => name !== trigger);
  return {
    type: 'clock_started',
    payload: {
      ...{ id: randomId(), rule: duty.id, ruleSha256: regulation.sha256 },
      ...{ trigger, triggeredAt: stamps[trigger]!, dueAt: new Date(dueMs).toISOString() },
      ...(after !== undefined && { after: after.id }),
      ...{ reason: reason.trim(), title: `${regulation.regime}: ${duty.title}` },
      ...{ cite: duty.cite, recipient: duty.recipient },
      ...(others.length > 0 && {
        stamps: Object.fromEntries(others.map((name) => [name, stamps[name]!])),
      }),
      zone: calendar.zone,
      ...(calendar.country !== undefined && { country: calendar.country }),
      ...(duty.dues.every(({ isAtOnce }) => isAtOnce) && { isAtOnce: true as const }),
      ...(regulation.origin === 'plan' && { isContractual: true as const }),
    },
    ...stamp(author),
  };
}

function assertStamp(duty: Duty, name: string, at: string | undefined, { now }: Author): void {
  if (at === undefined) {
    const flag = name === mainTrigger(duty) ? '--at TIME' : `--stamp ${name}=TIME`;
    throw usageError(
      `the clock ${duty.id} is counted from "${name}", and nobody says when that was`,
      `Give it with ${flag}; no other time stands in for it.`,
    );
  }
  if (Date.parse(at) <= now.getTime() + SKEW_MS) return;
  throw refusedError(
    `"${name}" (${at}) lies in the future: it is ${now.toISOString()} now`,
    'A clock starts with what has happened; correct the time, or the clock of this machine.',
  );
}

/** What is said of a submission. */
export interface Submission {
  at: string;
  to: string | undefined;
  reference: string | undefined;
  evidence: string | undefined;
  reason: string;
  /** It was sent before, and this is an update of it. */
  isUpdate: boolean;
}

/** Settles a clock by what was sent. @throws IrError (exit 6) where it is late and no reason is given */
export function submitClock(clock: Clock, submission: Submission, author: Author): NewEntry {
  const { at, to, reference, evidence, reason, isUpdate } = submission;
  assertNotWithdrawn(clock);
  const name = `${clockNumber(clock)} (${clock.rule})`;
  if (clock.settled !== undefined && !isUpdate) {
    throw refusedError(
      `${name} was ${clock.settled.outcome} at ${clock.settled.at}`,
      'A newer version of what was sent goes with --update.',
    );
  }
  if (isUpdate && clock.settled?.outcome !== 'submitted') {
    throw refusedError(`${name} was not submitted yet`, 'Leave out --update.');
  }
  assertPast(at, author);
  if (Date.parse(at) < Date.parse(clock.triggeredAt)) {
    throw refusedError(`--at (${at}) lies before the trigger of ${name}: ${clock.triggeredAt}`);
  }
  if (!isUpdate && isLate(clock, at) && reason.trim() === '') {
    throw refusedError(
      `${name} was due ${clock.dueAt}, before ${at}: being late needs a reason`,
      'Give it with --reason "..."; it stands in the report.',
    );
  }
  return {
    type: 'clock_settled',
    payload: {
      ...{ clock: clock.id, outcome: 'submitted' as const, at, reason: reason.trim() },
      ...(to !== undefined && { to }),
      ...(reference !== undefined && { reference }),
      ...(evidence !== undefined && { evidence }),
    },
    ...stamp(author),
  };
}

/** Says why nothing has to be sent. */
export function waiveClock(clock: Clock, reason: string, author: Author): NewEntry {
  assertNotWithdrawn(clock);
  const name = `${clockNumber(clock)} (${clock.rule})`;
  if (clock.settled !== undefined)
    throw refusedError(`${name} was ${clock.settled.outcome} at ${clock.settled.at}`);
  assertReason(reason, `waiving ${name}`);
  const payload = { clock: clock.id, outcome: 'waived' as const, reason: reason.trim() };
  return {
    type: 'clock_settled',
    payload: { ...payload, at: author.now.toISOString() },
    ...stamp(author),
  };
}

/** The clocks that this one's end started and that still run, and the duties that its end starts. */
export function chainedAfter(
  clock: Clock,
  clocks: readonly Clock[],
  regulation: Regulation | undefined,
): { running: readonly Clock[]; duties: readonly Duty[] } {
  return {
    running: clocks.filter((other) => other.after === clock.id && isClockOpen(other)),
    duties: regulation?.duties.filter(({ after }) => after === clock.rule) ?? [],
  };
}

function assertNotWithdrawn(clock: Clock): void {
  if (clock.withdrawn === undefined) return;
  const { at, actor } = clock.withdrawn;
  throw refusedError(`${clockNumber(clock)} was withdrawn at ${at} by ${actor}`);
}

function assertPast(at: string, { now }: Author): void {
  if (Date.parse(at) <= now.getTime() + SKEW_MS) return;
  throw refusedError(`--at (${at}) lies in the future: it is ${now.toISOString()} now`);
}

function assertReason(reason: string, what: string): void {
  if (reason.trim() !== '') return;
  throw refusedError(`${what} needs a reason`, 'Give it with --reason "...".');
}
