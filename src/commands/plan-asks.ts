/** What the rules of the plan ask for from where an incident stands: whom to bring in, and which severity. */
import type { Incident } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { payloadOf } from '../incidents/tell-journal.ts';
import {
  type Asked,
  askedFor,
  type EscalationCase,
  type Reachable,
  reachable,
  severityBy,
} from '../plan/escalation.ts';
import type { Plan } from '../plan/read-plan.ts';
import type { CommandContext } from './context.ts';
import { planIfReadable } from './plan-facts.ts';

/** Somebody whom the rules ask for, and whether they were brought in. */
export interface AskedNow extends Asked {
  people: readonly Reachable[];
  isDone: boolean;
}

/** Names of those who were brought in, as the journal has them. */
export async function broughtIn(store: IncidentStore, id: string): Promise<string[]> {
  const entries = await store.journal(id, 'incident_escalated');
  return entries.flatMap((entry) => payloadOf(entry, 'incident_escalated')?.to ?? []);
}

/** Whom the rules ask for, each once, in the order of the rules. A closed incident asks for nobody. */
export async function asksNow(
  plan: Plan,
  store: IncidentStore,
  incident: Pick<Incident, 'id' | 'status' | 'severity' | 'phase'>,
  about: Pick<EscalationCase, 'overdueSteps' | 'clocks'>,
): Promise<AskedNow[]> {
  if (plan.escalation.length === 0 || incident.status === 'closed') return [];
  const { severity, phase } = incident;
  const all = askedFor(plan, { severity, phase, ...about });
  if (all.length === 0) return [];
  const done = new Set((await broughtIn(store, incident.id)).map((one) => one.toLowerCase()));
  return all.map((one) => {
    const people = reachable(plan, one.to);
    // A role is brought in once one of its people is.
    const names = [one.to, ...people.flatMap(({ id, name }) => [id, name])];
    return { ...one, people, isDone: names.some((name) => done.has(name.toLowerCase())) };
  });
}

/** Says whom the plan asks for as soon as an incident is opened, or stands elsewhere. */
export function sayAsked(
  context: Pick<CommandContext, 'say'>,
  plan: Plan | undefined,
  { severity, phase }: Pick<Incident, 'severity' | 'phase'>,
): void {
  if (plan === undefined) return;
  const all = askedFor(plan, { severity, phase, overdueSteps: [], clocks: [] });
  if (all.length === 0) return;
  context.say(`The plan asks for ${all.map(({ to }) => to).join(', ')}. See: ir escalate`);
}

/** Says what the plan makes of a change: whom it asks for now and not before, and the severity of its matrix. */
export async function sayChanged(
  context: CommandContext,
  before: Incident,
  now: Incident,
): Promise<void> {
  if (now.status === 'closed') return;
  const isMoved = before.severity !== now.severity || before.phase !== now.phase;
  const isJudged = before.impact !== now.impact || before.urgency !== now.urgency;
  if (!isMoved && !isJudged) return;
  const plan = await planIfReadable({ ...context, say: () => {} });
  if (plan === undefined) return;
  if (isMoved) {
    const asked = ({ severity, phase }: Incident) =>
      askedFor(plan, { severity, phase, overdueSteps: [], clocks: [] }).map(({ to }) => to);
    const old = asked(before);
    const fresh = asked(now).filter((one) => !old.includes(one));
    if (fresh.length > 0)
      context.say(`The plan now asks for ${fresh.join(', ')}. See: ir escalate`);
  }
  const planned = severityBy(plan, now.impact, now.urgency);
  if (isJudged && planned !== undefined && planned !== now.severity)
    context.say(
      `By the plan impact ${now.impact} and urgency ${now.urgency} are ${planned}, and it is ${now.severity}. To change it: ir update --severity ${planned}`,
    );
}
