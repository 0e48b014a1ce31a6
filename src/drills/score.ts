/** How an exercise went: pure, from the exercise and what the journal says. */
import type { Danger, Exercise, Expected, Inject, Sign } from './exercise.ts';

/** An entry of the journal, as far as scoring reads it. */
export interface Seen {
  atMs: number;
  type: string;
  payload: unknown;
}

/** How the drill's clock runs. */
export interface DrillClock {
  startedMs: number;
  /** Times as fast as real time. */
  speed: number;
}

/** A clock of a law or contract, as the incident has it. */
export interface RunningClock {
  name: string;
  /** Real times, ms since the epoch. */
  triggerMs: number;
  dueMs: number;
  /** When it was submitted or waived. */
  settledMs: number | undefined;
}

/** What came of one expected act. */
export interface ScoredAct extends Pick<Expected, 'id' | 'says' | 'within' | 'worth'> {
  state: 'in time' | 'late' | 'missed' | 'not due';
  /** Minutes of the drill's clock after what it was counted from. */
  took: number | undefined;
  points: number;
}

/** The score. */
export interface DrillScore {
  acts: readonly ScoredAct[];
  /** Dangerous choices that were made, each with its minute. */
  dangers: readonly (Pick<Danger, 'id' | 'says' | 'costs'> & { at: number })[];
  clocksMissed: readonly string[];
  /** Answers at a table: question, points named and there. */
  answers: readonly {
    question: string;
    asks: string;
    text: string | undefined;
    named: number;
    of: number;
  }[];
  points: number;
  most: number;
  /** 0 to 100. */
  percent: number;
  /** Minutes of the drill's clock until the last entry, or now. */
  minutes: number;
}

/** What a clock that was missed costs. */
const CLOCK_COSTS = 3;

/** Minutes of the drill's clock at a real time. */
export const drillMinutes = ({ startedMs, speed }: DrillClock, atMs: number): number =>
  ((atMs - startedMs) / 60_000) * speed;

/** Injects that should have been told by now, in their order. */
export const dueInjects = (
  { injects }: Exercise,
  told: ReadonlySet<string>,
  minute: number,
): Inject[] =>
  injects.filter(({ id, at }) => !told.has(id) && at <= minute).sort((a, b) => a.at - b.at);

/** Scores what was done until `nowMs`. */
export function scoreDrill(
  exercise: Exercise,
  clock: DrillClock,
  entries: readonly Seen[],
  options: { nowMs: number; clocks: readonly RunningClock[]; isTabletop: boolean },
): DrillScore {
  const { nowMs, isTabletop } = options;
  const toldAt = new Map<string, number>();
  for (const { type, payload, atMs } of entries)
    if (type === 'drill_told') toldAt.set(textAt(payload, 'inject') ?? '', atMs);
  const shownAt = (signs: readonly Sign[], fromMs = 0): number | undefined =>
    entries.find((entry) => entry.atMs >= fromMs && signs.some((sign) => fits(sign, entry)))?.atMs;

  const acts = isTabletop
    ? []
    : exercise.expected.map((expected): ScoredAct => {
        const base = expected.after === undefined ? clock.startedMs : toldAt.get(expected.after);
        return judgeAct(expected, clock, base, shownAt(expected.shown), nowMs);
      });
  const dangers = exercise.dangers.flatMap(({ id, says, costs, before, shown }) => {
    const at = shownAt(shown);
    const first = exercise.expected.find((one) => one.id === before);
    const doneAt = first === undefined ? undefined : shownAt(first.shown);
    if (at === undefined || (doneAt !== undefined && doneAt <= at)) return [];
    return [{ id, says, costs, at: rounded(drillMinutes(clock, at)) }];
  });
  const clocksMissed = options.clocks
    .filter(
      ({ triggerMs, dueMs, settledMs = nowMs }) =>
        (settledMs - triggerMs) * clock.speed > dueMs - triggerMs,
    )
    .map(({ name }) => name);
  const answers = isTabletop ? answersOf(exercise, entries) : [];

  const most = sum(acts.map(({ worth }) => worth)) + sum(answers.map(({ of }) => of));
  const won = sum(acts.map(({ points }) => points)) + sum(answers.map(({ named }) => named));
  const lost = sum(dangers.map(({ costs }) => costs)) + CLOCK_COSTS * clocksMissed.length;
  const points = Math.max(0, won - lost);
  return {
    ...{ acts, dangers, clocksMissed, answers, points, most },
    percent: most === 0 ? 0 : Math.round((100 * points) / most),
    minutes: rounded(drillMinutes(clock, nowMs)),
  };
}

function judgeAct(
  { id, says, within, worth }: Expected,
  clock: DrillClock,
  baseMs: number | undefined,
  doneMs: number | undefined,
  nowMs: number,
): ScoredAct {
  const about = { id, says, within, worth };
  if (doneMs === undefined) {
    const isOver = baseMs !== undefined && ((nowMs - baseMs) / 60_000) * clock.speed > within;
    return { ...about, state: isOver ? 'missed' : 'not due', took: undefined, points: 0 };
  }
  // What was done before anybody was told counts as done at once.
  const took = Math.max(0, ((doneMs - (baseMs ?? doneMs)) / 60_000) * clock.speed);
  const isLate = took > within;
  const points = isLate ? worth / 2 : worth;
  return { ...about, state: isLate ? 'late' : 'in time', took: rounded(took), points };
}

function answersOf({ injects }: Exercise, entries: readonly Seen[]): DrillScore['answers'] {
  return injects
    .flatMap(({ asks }) => asks)
    .map(({ id, asks, points }) => {
      const given = entries.findLast(
        ({ type, payload }) => type === 'drill_answered' && textAt(payload, 'question') === id,
      );
      const named = new Set(given === undefined ? [] : listAt(given.payload, 'points'));
      const valid = points.filter((_, index) => named.has(index + 1)).length;
      const text = given === undefined ? undefined : textAt(given.payload, 'text');
      return { question: id, asks, text, named: valid, of: points.length };
    });
}

/** Does an entry show the sign? */
export const fits = (sign: Sign, { type, payload }: Pick<Seen, 'type' | 'payload'>): boolean =>
  type === sign.entry &&
  Object.entries(sign.with).every(([path, globs]) => {
    const values = valuesAt(payload, path);
    return values.some((value) => globs.some((glob) => matches(glob, String(value))));
  });

/** `*` stands for any text; nothing else is special. Linear: the parts are looked for one after the other. */
function matches(glob: string, value: string): boolean {
  const parts = glob.toLowerCase().split('*');
  const text = value.toLowerCase();
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function valuesAt(payload: unknown, path: string): unknown[] {
  let values: unknown[] = [payload];
  for (const key of path.split('.')) {
    values = values.flatMap((value) => {
      const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
      const found = isThere ? (value as Record<string, unknown>)[key] : undefined;
      return found === undefined ? [] : Array.isArray(found) ? found : [found];
    });
  }
  return values;
}

const textAt = (payload: unknown, key: string): string | undefined => {
  const [value] = valuesAt(payload, key);
  return typeof value === 'string' ? value : undefined;
};
const listAt = (payload: unknown, key: string): number[] => valuesAt(payload, key).map(Number);
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const rounded = (minutes: number): number => Math.round(minutes * 10) / 10;
