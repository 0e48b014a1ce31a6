/** `ir show [KEY]`: the whole incident. */
import { type ClockLine, clockLines, NOT_LEGAL_ADVICE } from '../incidents/clock-state.ts';
import type { WholeIncident } from '../incidents/incident-store.ts';
import { clockDoubtText } from '../incidents/journal-clock.ts';
import { type Metrics, metricsOf } from '../incidents/key-times.ts';
import type { CommandContext } from './context.ts';
import { type ListedEvidence, listed } from './evidence-list.ts';
import { withIncident } from './incident-access.ts';

/** Notes that a person is shown; machine output has all. */
const LATEST_NOTES = 8;

/** For people with the latest notes alone, and without the journal: it may hold a hundred thousand entries. */
export interface ShowResult extends WholeIncident {
  metrics: Metrics;
  /** How its clocks stand now. */
  clockLines: readonly ClockLine[];
  /** Shown with clocks. */
  advice: string;
  /** Each with who has it. */
  evidence: readonly ListedEvidence[];
  noteCount: number;
  /** Each of `clockDoubts` in a sentence. */
  doubtfulTimes: readonly string[];
}

/** `ir show`: an incident by key, or the current one. */
export const showIncident = (context: CommandContext, key?: string): Promise<ShowResult> =>
  withIncident(
    context,
    async (store, { id }) => {
      const isForPeople = context.settings.format === 'text';
      const { incident, ...rest } = await store.load(id);
      const notes = await store.notes(id, isForPeople ? LATEST_NOTES : undefined);
      return {
        incident,
        metrics: metricsOf(incident.times),
        ...rest,
        clockLines: clockLines(rest.clocks, context.now()),
        advice: NOT_LEGAL_ADVICE,
        evidence: rest.evidence.map((item) => listed(item, rest.custody)),
        doubtfulTimes: rest.clockDoubts.map(clockDoubtText),
        noteCount: await store.countNotes(id),
        notes,
        journal: isForPeople ? [] : await store.journal(id),
      };
    },
    key,
  );
