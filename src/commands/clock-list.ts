/** `ir clock list`: the deadlines of the incident, or the rules that can be started. */
import { loadRegulations } from '../clocks/load-regulations.ts';
import type { Regulation } from '../clocks/regulation.ts';
import { problemLine } from '../errors.ts';
import {
  clockNumber,
  clockState,
  countdown,
  isClockOpen,
  NOT_LEGAL_ADVICE,
  openClocks,
} from '../incidents/clock-state.ts';
import type { CaseFacts } from '../incidents/incident.ts';
import type { Clock } from '../incidents/items.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';
import { planFacts } from './plan-facts.ts';
import type { TableResult } from './table-result.ts';

/** A clock for programs. */
export interface ClockDocument extends Clock {
  number: string;
  state: ReturnType<typeof clockState>;
  countdown: string;
  /** Milliseconds; negative when it is over, absent when nothing is left to count. */
  leftMs: number | undefined;
}

/** The clock with how it stands. */
export const clockDocument = (clock: Clock, now: Date): ClockDocument => ({
  number: clockNumber(clock),
  ...clock,
  state: clockState(clock, now),
  countdown: countdown(clock, now),
  leftMs:
    isClockOpen(clock) && clock.isAtOnce !== true
      ? Date.parse(clock.dueAt) - now.getTime()
      : undefined,
});

/** The clocks of the incident, what is due first in front; those that ended behind. */
export function listClocks(
  context: CommandContext,
  { rules = false }: { rules?: boolean },
): Promise<TableResult> {
  if (rules) return listRules(context);
  return withIncident(context, async (store, { id, key, facts }) => {
    const { clocks } = await store.load(id);
    const mayApply = await suggestions(context, facts, clocks);
    const now = context.now();
    const open = openClocks(clocks);
    const shown = [...open, ...clocks.filter((clock) => !isClockOpen(clock))];
    return {
      title: clocks.length === 0 ? `${key} has no clock.` : `Clocks of ${key}`,
      heads: ['Number', 'Clock', 'Due', 'State', 'What'],
      rows: shown.map((clock) => [
        clockNumber(clock),
        clock.rule,
        clock.isAtOnce ? 'at once' : { at: clock.dueAt },
        stateText(clock, now),
        clock.title ?? clock.rule,
      ]),
      notes: [...mayApply, ...(clocks.length + mayApply.length === 0 ? [] : [NOT_LEGAL_ADVICE])],
      next:
        clocks.length === 0
          ? [{ command: 'ir clock list --rules', shows: 'what can be started' }]
          : open.slice(0, 1).map((clock) => ({
              command: `ir clock show ${clockNumber(clock)} --draft`,
              shows: 'what the notification must hold, with what is known',
            })),
      documents: shown.map((clock) => clockDocument(clock, now)),
      about: { incident: key, advice: NOT_LEGAL_ADVICE },
    };
  });
}

/** What the facts of the case make worth a thought. */
async function suggestions(
  context: CommandContext,
  facts: CaseFacts,
  clocks: readonly Clock[],
): Promise<string[]> {
  if (facts.dataKinds === undefined && facts.countries === undefined) return [];
  const { regulations } = await loadRegulations(context.settings.env);
  const ids = suggested(regulations, facts, clocks).map(({ id }) => id);
  return ids.length === 0
    ? []
    : [`By the facts of the case these may apply, too: ${ids.join(', ')}.`];
}

/** With the reason where there is one. */
function stateText(clock: Clock, now: Date): string {
  const reason = clock.withdrawn?.reason ?? clock.settled?.reason ?? '';
  return `${countdown(clock, now)}${reason === '' ? '' : `: ${reason}`}`;
}

async function listRules(context: CommandContext): Promise<TableResult> {
  const { contracts } = await planFacts(context);
  const loaded = await loadRegulations(context.settings.env, undefined, contracts);
  for (const problem of loaded.problems)
    context.say(`Left out: ${problemLine({ ...problem, hint: problem.hint })}`);
  const duties = loaded.regulations.flatMap((regulation) =>
    regulation.duties.map((duty) => ({ regulation, duty })),
  );
  return {
    title: 'Rules that start clocks',
    heads: ['Rule', 'Where', 'Time', 'Status', 'What'],
    rows: duties.map(({ regulation, duty }) => [
      duty.id,
      regulation.jurisdiction,
      timeText(duty),
      regulation.status,
      `${regulation.regime}: ${duty.title}`,
    ]),
    notes: [NOT_LEGAL_ADVICE],
    next: [
      {
        command: 'ir clock show nis2-23-final',
        shows: 'one of them, with its citation and content',
      },
      { command: 'ir clock start gdpr-33 --at TIME', shows: 'starts it' },
    ],
    documents: duties.map(({ regulation: { duties: _, ...regulation }, duty }) => ({
      ...duty,
      regulation,
    })),
    about: { advice: NOT_LEGAL_ADVICE },
  };
}

/** `72 hours after aware`. */
export function timeText({ dues }: Regulation['duties'][number]): string {
  return dues
    .map(({ hours, days, months, businessDays, of, isFromEndOfYear }) => {
      const [count, unit] =
        hours !== undefined
          ? [hours, 'hour']
          : days !== undefined
            ? [days, 'day']
            : months !== undefined
              ? [months, 'month']
              : [businessDays, 'business day'];
      if (count === undefined) return `without delay after ${of}`;
      const from = isFromEndOfYear ? `the end of the year of ${of}` : of;
      return `${count} ${unit}${count === 1 ? '' : 's'} after ${from}`;
    })
    .join(', at most ')
    .replaceAll('_', ' ');
}

/** Regulations that the facts make worth a thought and that have no clock yet. */
export const suggested = (
  regulations: readonly Regulation[],
  facts: CaseFacts,
  clocks: readonly Clock[],
): Regulation[] =>
  regulations.filter(({ status, suggest, duties }) => {
    if (status === 'proposed' || status === 'unverified') return false;
    if (duties.some(({ id }) => clocks.some(({ rule }) => rule === id))) return false;
    const { dataKinds = [], countries = [], loss } = facts;
    if (loss === 'none' || (suggest.data.length === 0 && suggest.countries.length === 0))
      return false;
    const fitsData =
      suggest.data.length === 0 || dataKinds.some((kind) => suggest.data.includes(kind));
    const fitsPlace =
      suggest.countries.length === 0 ||
      countries.some((country) => suggest.countries.includes(country));
    return fitsData && fitsPlace;
  });
