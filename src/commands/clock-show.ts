/** `ir clock show`: a clock or a rule with its citation, and a draft of what must be sent. */
import { type ChosenDuties, loadRegulations, pickDuties } from '../clocks/load-regulations.ts';
import type { Duty, Regulation } from '../clocks/regulation.ts';
import { NOT_LEGAL_ADVICE } from '../incidents/clock-state.ts';
import type { CaseFacts, Incident } from '../incidents/incident.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { Clock } from '../incidents/items.ts';
import type { DraftItem as ReportDraft } from '../reports/report-story.ts';
import { type ClockDocument, clockDocument, timeText } from './clock-list.ts';
import { findClock } from './clock-settle.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';
import { planFacts } from './plan-facts.ts';

/** What is known of one of the things that a notification must hold. */
export interface DraftItem {
  text: string;
  /** `kinds of data: personal, health`; empty where nothing is known. */
  known: readonly string[];
}

/** A clock, or a rule that could start one. */
export interface ClockShowResult {
  incident: string | undefined;
  clock: ClockDocument | undefined;
  duty: (Duty & { time: string }) | undefined;
  regulation: Omit<Regulation, 'duties'> | undefined;
  /** Only with --draft. */
  draft: { title: string; items: readonly DraftItem[] } | undefined;
  advice: string;
}

/** Shows the clock of that number or rule; without one in the incident, the rule. */
export async function showClock(
  context: CommandContext,
  wanted: string,
  { draft = false }: { draft?: boolean },
): Promise<ClockShowResult> {
  const plan = await planFacts(context);
  const isNumber = /^(?:c-?)?\d+$/i.test(wanted.trim());
  if (!isNumber && !draft) {
    const clock = await clockOf(context, wanted);
    const chosen =
      clock === undefined
        ? await pickDuties(context.settings.env, wanted, plan.contracts)
        : undefined;
    if (chosen !== undefined)
      return shown(undefined, undefined, chosen.duties[0], chosen.regulation);
  }
  return withIncident(context, async (store, { id }) => {
    const detail = await store.load(id);
    const running = isNumber || detail.clocks.some(({ rule }) => rule === wanted.toLowerCase());
    const clock = running ? findClock(detail.clocks, wanted) : undefined;
    const { duty, regulation } = await ruleOf(
      context,
      clock?.rule ?? wanted,
      plan.contracts,
      clock,
    );
    const indicators = draft ? await store.items(id, 'indicators') : [];
    const result = shown(
      detail.incident.key,
      clock && clockDocument(clock, context.now()),
      duty,
      regulation,
    );
    if (!draft || duty === undefined || regulation === undefined) return result;
    const values = factTexts(detail, indicators.filter(({ withdrawn }) => !withdrawn).length);
    return {
      ...result,
      draft: {
        title: `${regulation.regime}: ${duty.title}`,
        items: draftItems(duty, values),
      },
    };
  });
}

/** Drafts of all clocks of the incident that count, whose rules are there. */
export async function clockDrafts(
  context: CommandContext,
  store: IncidentStore,
  detail: IncidentDetail,
  at: Date,
): Promise<ReportDraft[]> {
  const clocks = detail.clocks.filter(({ withdrawn }) => withdrawn === undefined);
  if (clocks.length === 0) return [];
  const plan = await planFacts(context);
  const indicators = await store.items(detail.incident.id, 'indicators');
  const values = factTexts(detail, indicators.filter(({ withdrawn }) => !withdrawn).length);
  const drafts: ReportDraft[] = [];
  for (const clock of clocks) {
    const { duty, regulation } = await ruleOf(context, clock.rule, plan.contracts, clock);
    if (duty === undefined || regulation === undefined) continue;
    const { number, cite = '', recipient = '', state, isAtOnce, dueAt } = clockDocument(clock, at);
    drafts.push({
      ...{ number, cite, recipient, state, title: `${regulation.regime}: ${duty.title}` },
      dueAt: isAtOnce === true ? null : dueAt,
      items: draftItems(duty, values),
    });
  }
  return drafts;
}

const draftItems = ({ content }: Duty, values: Record<string, string[]>): DraftItem[] =>
  content.map(({ text, facts }) => ({ text, known: facts.flatMap((fact) => values[fact] ?? []) }));

/** The clock of that rule, where there is an incident that has one. */
async function clockOf(context: CommandContext, rule: string): Promise<Clock | undefined> {
  try {
    return await withIncident(context, async (store, { id }) =>
      (await store.load(id)).clocks.find((clock) => clock.rule === rule.toLowerCase()),
    );
  } catch {
    // A rule can be looked at without any incident.
    return undefined;
  }
}

/** Of a clock whose rule is gone, only what the journal says of it. */
async function ruleOf(
  context: CommandContext,
  rule: string,
  contracts: readonly Regulation[],
  clock: Clock | undefined,
): Promise<{ duty: Duty | undefined; regulation: Regulation | undefined }> {
  if (clock === undefined) {
    const { regulation, duties }: ChosenDuties = await pickDuties(
      context.settings.env,
      rule,
      contracts,
    );
    return { regulation, duty: duties[0] };
  }
  const { regulations } = await loadRegulations(context.settings.env, rule, contracts);
  const regulation = regulations.find(({ duties }) => duties.some(({ id }) => id === rule));
  if (regulation !== undefined && regulation.sha256 !== clock.ruleSha256)
    context.say(`The rule ${rule} was changed since the clock was started.`);
  return { regulation, duty: regulation?.duties.find(({ id }) => id === rule) };
}

function shown(
  incident: string | undefined,
  clock: ClockDocument | undefined,
  duty: Duty | undefined,
  regulation: Regulation | undefined,
): ClockShowResult {
  const { duties: _, ...rest } = regulation ?? { duties: [] };
  return {
    ...{ incident, clock },
    duty: duty && { ...duty, time: timeText(duty) },
    regulation: regulation && (rest as Omit<Regulation, 'duties'>),
    draft: undefined,
    advice: NOT_LEGAL_ADVICE,
  };
}

/** The facts that contents name, in words; those that nobody knows are absent. */
function factTexts(
  { incident, assets, commandRuns, findings, decisions }: IncidentDetail,
  indicators: number,
): Record<string, string[]> {
  const { facts, times } = incident;
  const said = (label: string, value: unknown): string[] =>
    value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
      ? []
      : [
          `${label}: ${Array.isArray(value) ? value.join(', ') : String(value).replaceAll('_', ' ')}`,
        ];
  const acts = commandRuns.filter(({ role, exitCode }) => role === 'run' && exitCode === 0);
  const techniques = [...new Set(findings.flatMap(({ rule }) => rule.techniques))];
  const names = assets
    .filter(({ withdrawn }) => !withdrawn)
    .map(({ name, state }) => `${name} (${state.replaceAll('_', ' ')})`);
  return {
    ...caseTexts(incident, said),
    ...factsOf(facts, said),
    occurred: said('it began', times.occurred),
    detected: said('it was noticed', times.detected),
    recovered: said('back to normal', times.recovered),
    actions: [
      ...decisions.flatMap(({ withdrawn, text }) => (withdrawn ? [] : said('decided', text))),
      ...said(
        'commands run',
        acts.map(({ argv, host }) => `${argv.join(' ')} on ${host}`),
      ),
    ],
    techniques: said('ATT&CK techniques', techniques),
    assets: said('assets', names),
    indicators: said(
      'indicators',
      indicators === 0 ? undefined : `${indicators}; ir ioc export writes them`,
    ),
  };
}

type Said = (label: string, value: unknown) => string[];

const caseTexts = (incident: Incident, said: Said): Record<string, string[]> => ({
  key: said('our reference', incident.key),
  title: said('incident', incident.title),
  description: said('description', incident.description.trim()),
  severity: said('severity', incident.severity),
  impact: said('impact', incident.impact),
  determination: said('determination', incident.determination),
});

const factsOf = (facts: CaseFacts, said: Said): Record<string, string[]> => ({
  dataKinds: said('kinds of data', facts.dataKinds),
  records: said('records, about', facts.records),
  people: said('people, about', facts.people),
  countries: said('countries', facts.countries),
  loss: said('the data', facts.loss),
  foundBy: said('found by', facts.foundBy),
  vector: said('way in', facts.vector),
});
