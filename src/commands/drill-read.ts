/** What the commands of an exercise share: the exercise as the journal has it, and its score at a moment. */
import type { Exercise } from '../drills/exercise.ts';
import { type DrillClock, type DrillScore, drillMinutes, scoreDrill } from '../drills/score.ts';
import { refusedError } from '../errors.ts';
import type { Incident, JournalEntry } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { EntryPayloads } from '../incidents/journal-entry.ts';
import { payloadOf } from '../incidents/tell-journal.ts';

/** An exercise that was started. */
export interface StartedDrill {
  incident: Incident;
  started: EntryPayloads['drill_started'];
  exercise: Exercise;
  clock: DrillClock;
  journal: readonly JournalEntry[];
  /** Ids of the injects that were told. */
  told: ReadonlySet<string>;
}

/** The exercise of an incident; undefined where it is none. */
export async function readDrill(
  store: Pick<IncidentStore, 'journal'>,
  incident: Incident,
): Promise<StartedDrill | undefined> {
  if (!incident.isDrill) return undefined;
  const journal = await store.journal(incident.id);
  const entry = journal.find(({ type }) => type === 'drill_started');
  const started = entry === undefined ? undefined : payloadOf(entry, 'drill_started');
  if (entry === undefined || started === undefined) return undefined;
  const told = journal.flatMap((one) => payloadOf(one, 'drill_told')?.inject ?? []);
  return {
    ...{ incident, started, journal, told: new Set(told) },
    exercise: JSON.parse(started.exercise) as Exercise,
    clock: { startedMs: Date.parse(entry.at), speed: started.speed },
  };
}

/** The same, where one is needed. @throws IrError (exit 6) */
export async function requireDrill(
  store: Pick<IncidentStore, 'journal'>,
  incident: Incident,
): Promise<StartedDrill> {
  const drill = await readDrill(store, incident);
  if (drill !== undefined) return drill;
  throw refusedError(
    `${incident.key} is no exercise`,
    'Begin one with: ir drill start NAME (ir drill list names them).',
  );
}

/** How it went until a moment; what is closed is scored as it was then. */
export async function scoreOf(
  store: Pick<IncidentStore, 'load'>,
  { incident, exercise, clock, journal, started }: StartedDrill,
  now: Date,
): Promise<DrillScore> {
  const { clocks } = await store.load(incident.id);
  const { closed } = incident.times;
  const nowMs = closed === undefined ? now.getTime() : Date.parse(closed);
  const entries = journal.map(({ at, type, payload }) => ({ atMs: Date.parse(at), type, payload }));
  return scoreDrill(exercise, clock, entries, {
    nowMs,
    isTabletop: started.isTabletop,
    clocks: clocks
      .filter(({ withdrawn, isAtOnce }) => withdrawn === undefined && isAtOnce !== true)
      .map(({ rule, title, triggeredAt, dueAt, settled }) => ({
        name: title ?? rule,
        triggerMs: Date.parse(triggeredAt),
        dueMs: Date.parse(dueAt),
        settledMs: settled === undefined ? undefined : Date.parse(settled.enteredAt),
      })),
  });
}

/** One exercise among those of the store. */
export interface DrillRun {
  key: string;
  scenario: string;
  at: string;
  percent: number;
  isOver: boolean;
}

/** All exercises of the store, oldest first: the trend. */
export async function drillRuns(
  store: Pick<IncidentStore, 'list' | 'load' | 'journal'>,
  now: Date,
): Promise<DrillRun[]> {
  const runs: DrillRun[] = [];
  for (const incident of await store.list()) {
    const drill = await readDrill(store, incident);
    if (drill === undefined) continue;
    const { percent } = await scoreOf(store, drill, now);
    const minute = drillMinutes(drill.clock, now.getTime());
    runs.push({
      ...{ key: incident.key, scenario: drill.started.scenario, percent },
      at: new Date(drill.clock.startedMs).toISOString(),
      isOver: incident.status === 'closed' || minute > drill.exercise.minutes,
    });
  }
  return runs.sort((a, b) => (a.at < b.at ? -1 : 1));
}
