/** `ir clock submit`, `waive` and `withdraw`: how clocks end. */
import {
  chainedAfter,
  startClocks,
  submitClock as submitEntry,
  waiveClock as waiveEntry,
} from '../clocks/clock-entries.ts';
import { loadRegulations } from '../clocks/load-regulations.ts';
import type { Regulation } from '../clocks/regulation.ts';
import { clockNumber, NOT_LEGAL_ADVICE } from '../incidents/clock-state.ts';
import type { Author } from '../incidents/incident-rules.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { Clock } from '../incidents/items.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import { clockDocument } from './clock-list.ts';
import { calendarFor } from './clock-start.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { assertFound, authorOf, readInstant, withIncident } from './incident-access.ts';
import { keepSent } from './keep-sent.ts';
import { planFacts } from './plan-facts.ts';
import type { Cell, ReceiptResult } from './table-result.ts';

const CLOCKS = { letter: 'C', name: 'clock', list: 'ir clock list' };

/** The clock that people mean: by number or by its rule. */
export const findClock = (clocks: readonly Clock[], wanted: string): Clock =>
  findItem(clocks, wanted, CLOCKS, ({ rule }) => [rule]);

/** Options of `ir clock submit`, as typed. */
export interface SubmitOptions {
  at?: string | undefined;
  to?: string | undefined;
  reference?: string | undefined;
  /** What was sent; it is kept as evidence. */
  file?: string | undefined;
  reason?: string | undefined;
  update?: boolean | undefined;
  zone?: string | undefined;
  country?: string | undefined;
  relief?: boolean | undefined;
}

/** Settles a clock by what was sent, and starts what its end starts. */
export async function submitClock(
  context: CommandContext,
  wanted: string,
  options: SubmitOptions,
): Promise<ReceiptResult> {
  const at = readInstant(context, options.at, '--at') ?? context.now().toISOString();
  const plan = await planFacts(context);
  return withIncident(context, async (store, incident) => {
    const before = await store.load(incident.id);
    const clock = findClock(before.clocks, wanted);
    const author = authorOf(context);
    const rules = await loadRegulations(context.settings.env, clock.rule, plan.contracts);
    const regulation = rules.regulations.find(({ duties }) =>
      duties.some(({ id }) => id === clock.rule),
    );
    const entriesFor = (detail: IncidentDetail, evidence: string | undefined): NewEntry[] => {
      const now = findClock(detail.clocks, clockNumber(clock));
      const { to, reference, reason = '', update = false } = options;
      const said = { at, to, reference, reason, isUpdate: update, evidence };
      return [
        submitEntry(now, said, author),
        ...chainEntries(context, now, detail, regulation, { ...options, at }, plan, author),
      ];
    };
    // A file is kept only where all else holds.
    entriesFor(before, undefined);
    const kept =
      options.file === undefined
        ? undefined
        : await keepSent(
            context,
            store,
            incident,
            options.file,
            `What was sent: ${clock.title ?? clock.rule}`,
          );
    await store.append(incident.id, (state) => entriesFor(assertFound(state), kept?.id));
    const { clocks, head } = await store.load(incident.id);
    const settled = clocks.find(({ id }) => id === clock.id)!;
    const chained = clocks.filter(
      ({ after, settled, withdrawn }) => after === clock.id && !settled && !withdrawn,
    );
    if (regulation === undefined)
      context.say(
        `The rule ${clock.rule} is not there any more: what its end starts is not known.`,
      );
    return submitReceipt({ incident, settled, chained, kept, at, head, now: author.now });
  });
}

/** What became of a clock that was settled. */
interface Submitted {
  incident: { key: string };
  settled: Clock;
  /** What its end started. */
  chained: readonly Clock[];
  /** What was sent. */
  kept: { number: string } | undefined;
  at: string;
  head: string;
  now: Date;
}

function submitReceipt(submitted: Submitted): ReceiptResult {
  const { incident, settled, chained, kept, at, head, now } = submitted;
  return {
    lines: [
      [
        `${incident.key}: ${settled.title ?? settled.rule} (${clockNumber(settled)}) was submitted `,
        { at },
        `, ${clockDocument(settled, now).countdown}.`,
      ],
      ...(kept === undefined ? [] : [[`What was sent is kept as ${kept.number}.`]]),
      ...chained.map((next): Cell[] => [
        `It starts ${next.title ?? next.rule} (${clockNumber(next)}), due `,
        { at: next.dueAt },
        '.',
      ]),
      ...(chained.length === 0 ? [] : [[NOT_LEGAL_ADVICE]]),
    ],
    next: chained.map((next) => ({
      command: `ir clock show ${clockNumber(next)} --draft`,
      shows: 'what it must hold, with what is known',
    })),
    document: {
      incident: incident.key,
      clock: clockDocument(settled, now),
      started: chained.map((next) => clockDocument(next, now)),
      head,
      advice: NOT_LEGAL_ADVICE,
    },
  };
}

/** What the end of a clock starts; one that an earlier version of the same had started is taken back. */
function chainEntries(
  context: CommandContext,
  clock: Clock,
  { clocks }: IncidentDetail,
  regulation: Regulation | undefined,
  options: SubmitOptions & { at: string },
  plan: Awaited<ReturnType<typeof planFacts>>,
  author: Author,
): NewEntry[] {
  const { running, duties } = chainedAfter(clock, clocks, regulation);
  if (regulation === undefined || duties.length === 0) return [];
  const calendar = calendarFor(context, regulation, withPlaceOf(clock, options), plan);
  const facts = { stamps: { submitted: options.at }, calendar, randomId: context.randomId };
  const rest = { takesRelief: options.relief === true, reason: `${clock.rule} was submitted` };
  const others = clocks.filter(({ id }) => !running.some((one) => one.id === id));
  return [
    ...running.map((one) =>
      withdrawItem('clock', one, clockNumber(one), `an update of ${clock.rule} was sent`, author),
    ),
    ...startClocks({ regulation, duties }, others, { ...facts, ...rest }, author, clock),
  ];
}

/** What comes after is counted where the first was, unless somebody says otherwise. */
const withPlaceOf = ({ zone, country }: Clock, options: SubmitOptions): SubmitOptions => ({
  ...options,
  zone: options.zone ?? zone,
  country: options.country ?? country,
});

/** `ir clock waive`: nothing has to be sent, and why. */
export const waiveClock = (
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> =>
  endClock(context, wanted, 'is not required', (clock, author) =>
    waiveEntry(clock, reason, author),
  );

/** `ir clock withdraw`: it should never have been started, or with another time. */
export const withdrawClock = (
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> =>
  endClock(context, wanted, 'is withdrawn', (clock, author) =>
    withdrawItem('clock', clock, clockNumber(clock), reason, author),
  );

function endClock(
  context: CommandContext,
  wanted: string,
  what: string,
  entryFor: (clock: Clock, author: Author) => NewEntry,
): Promise<ReceiptResult> {
  return withIncident(context, async (store, { id, key }) => {
    const author = authorOf(context);
    await store.append(id, (state) => [
      entryFor(findClock(assertFound(state).clocks, wanted), author),
    ]);
    const { clocks, head } = await store.load(id);
    const clock = findClock(clocks, wanted);
    return {
      lines: [[`${key}: ${clock.title ?? clock.rule} (${clockNumber(clock)}) ${what}.`]],
      next: [],
      document: { incident: key, clock: clockDocument(clock, author.now), head },
    };
  });
}
