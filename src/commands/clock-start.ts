/** `ir clock start`: a deadline begins to run. */

import { type Calendar, calendarOf } from '../clocks/calendar.ts';
import { mainTrigger, startClocks, triggersOf } from '../clocks/clock-entries.ts';
import { type ChosenDuties, pickDuties } from '../clocks/load-regulations.ts';
import type { Regulation } from '../clocks/regulation.ts';
import { refusedError, usageError } from '../errors.ts';
import { NOT_LEGAL_ADVICE } from '../incidents/clock-state.ts';
import type { CaseFacts } from '../incidents/incident.ts';
import { updateIncident } from '../incidents/incident-rules.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { assertZone } from '../logs/time-zone.ts';
import { askFacts, type FactOptions, readFacts } from './case-facts.ts';
import { clockDocument } from './clock-list.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf, readInstant, withIncident } from './incident-access.ts';
import { planFacts } from './plan-facts.ts';
import type { ReceiptResult } from './table-result.ts';

/** Options of `ir clock start`, as typed. */
export interface ClockStartOptions extends FactOptions {
  at?: string | undefined;
  /** `aware=TIME`, for events beside the main one. */
  stamp?: readonly string[] | undefined;
  zone?: string | undefined;
  country?: string | undefined;
  relief?: boolean | undefined;
  reason?: string | undefined;
  /** Start one of a rule that is not known to be in force. */
  yes?: boolean | undefined;
}

/** Starts the clocks that a name stands for, with the facts that people say in the same breath. */
export async function startClock(
  context: CommandContext,
  name: string,
  options: ClockStartOptions,
): Promise<ReceiptResult> {
  const said = readFacts(options);
  const plan = await planFacts(context);
  const chosen = await pickDuties(context.settings.env, name, plan.contracts);
  assertInForce(chosen.regulation, options);
  const calendar = calendarFor(context, chosen.regulation, options, plan);
  const stamps = await readStamps(context, chosen, options);
  return withIncident(context, async (store, { id, key, facts: known }) => {
    const facts = { stamps, calendar, randomId: context.randomId };
    const rest = { takesRelief: options.relief === true, reason: options.reason ?? '' };
    const author = authorOf(context);
    const entriesFor = ({ clocks }: IncidentDetail): NewEntry[] =>
      startClocks(chosen, clocks, { ...facts, ...rest }, author);
    // What would be refused anyway is refused before anybody is asked.
    entriesFor(await store.load(id));
    const asked = await askFacts(context, { ...known, ...said.facts });
    await store.append(id, (state) => {
      const detail = assertFound(state);
      return [...factEntries(detail, { ...said.facts, ...asked }, context), ...entriesFor(detail)];
    });
    const { clocks, head } = await store.load(id);
    const started = clocks.slice(-chosen.duties.length);
    return {
      lines: [
        ...started.map((clock) => [
          `${key}: ${clock.title} (${clockDocument(clock, author.now).number}) `,
          ...(clock.isAtOnce
            ? ['is due without delay']
            : ['is due ', { at: clock.dueAt }, `, ${clockDocument(clock, author.now).countdown}`]),
          `, to ${clock.recipient}.`,
        ]),
        ...countingLines(chosen, calendar),
        [NOT_LEGAL_ADVICE],
      ],
      next: [
        {
          command: `ir clock show ${started[0]?.rule ?? name} --draft`,
          shows: 'what the notification must hold, with what is known',
        },
      ],
      document: {
        incident: key,
        clocks: started.map((clock) => clockDocument(clock, author.now)),
        head,
        advice: NOT_LEGAL_ADVICE,
      },
    };
  });
}

/** How days were counted, and what was left out of account. */
function countingLines(
  { regulation: { note, checked, cite }, duties }: ChosenDuties,
  { zone, country }: Calendar,
): string[][] {
  const isCounted = duties.some(({ dues }) =>
    dues.some(({ hours, isAtOnce }) => hours === undefined && !isAtOnce),
  );
  const lines: string[][] = [];
  if (isCounted && country === undefined)
    lines.push([`Days are those of ${zone}; holidays are not counted: name whose with --country.`]);
  else if (isCounted) lines.push([`Days are those of ${zone}, holidays those of ${country}.`]);
  if (note !== '') lines.push([note]);
  const open = checked.filter(({ against }) => against !== 'text').map(({ of }) => of);
  if (open.length > 0)
    lines.push([`Not compared with the wording of ${cite}: ${open.join('; ')}.`]);
  return lines;
}

function assertInForce({ id, status, asOf }: Regulation, { yes }: ClockStartOptions): void {
  if (status === 'in_force' || status === 'contractual' || yes === true) return;
  const what =
    status === 'proposed' ? 'is a proposal and binds nobody' : 'is not known to be in force';
  throw refusedError(`${id} ${what}, as of ${asOf}`, 'Start it all the same with --yes.');
}

/** Option, then the rule, then the plan, then the zone of the user. */
export function calendarFor(
  context: CommandContext,
  regulation: Pick<Regulation, 'zone' | 'country'>,
  options: Pick<ClockStartOptions, 'zone' | 'country'>,
  plan: Awaited<ReturnType<typeof planFacts>>,
): Calendar {
  if (options.zone !== undefined) assertZone(options.zone, '--zone');
  return calendarOf(
    options.zone ?? regulation.zone ?? plan.zone ?? context.settings.displayZone,
    options.country?.toUpperCase() ?? regulation.country ?? plan.country,
    plan.daysOff,
  );
}

/** The times of all events that the clocks are counted from; asked for where nobody said them. */
async function readStamps(
  context: CommandContext,
  { regulation, duties }: ChosenDuties,
  options: ClockStartOptions,
): Promise<Record<string, string>> {
  const names = [...new Set(duties.flatMap(triggersOf))];
  const main = mainTrigger(duties[0]!);
  const stamps: Record<string, string> = {};
  const at = readInstant(context, options.at, '--at');
  if (at !== undefined) stamps[main] = at;
  for (const text of options.stamp ?? []) {
    const [name = '', time] = text.split(/=(.*)/s);
    if (time === undefined || !names.includes(name)) {
      throw usageError(
        `--stamp: "${text}" does not say when one of these happened: ${names.join(', ')}`,
        `Write --stamp ${names.find((one) => one !== main) ?? main}=TIME.`,
      );
    }
    stamps[name] = readInstant(context, time, '--stamp')!;
  }
  for (const name of names) {
    if (stamps[name] !== undefined || !context.ask.isPossible) continue;
    const flag = name === main ? '--at' : `--stamp ${name}=TIME`;
    const answer = await context.ask.text({
      message: regulation.triggers[name] ?? 'When was it submitted?',
      flag,
      required: true,
      check: (text) => void readInstant(context, text, flag),
    });
    stamps[name] = readInstant(context, answer, flag)!;
  }
  return stamps;
}

function factEntries(
  { incident }: IncidentDetail,
  facts: CaseFacts,
  context: CommandContext,
): NewEntry[] {
  if (Object.keys(facts).length === 0) return [];
  return [updateIncident(incident, { facts }, 'said when a clock was started', authorOf(context))];
}
