/** Who is to be brought in by the rules of the plan, and the severity that its matrix gives. */
import type { Degree, Phase, Severity } from '../incidents/incident.ts';
import type { Plan } from './read-plan.ts';

/** Where an incident stands, as far as rules ask. */
export interface EscalationCase {
  severity: Severity;
  phase: Phase;
  /** Ids of steps whose time is over. */
  overdueSteps: readonly string[];
  clocks: readonly { rule: string; state: string }[];
}

/** Somebody to be brought in. */
export interface Asked {
  /** A role, or the id of a contact. */
  to: string;
  /** What a rule says, and what it is met by. */
  reason: string;
}

/** Somebody of the plan and how they are reached. */
export interface Reachable {
  id: string;
  name: string;
  reach: string | undefined;
  outOfBand: string | undefined;
}

/** Whom the rules ask for, each once, in the order of the rules. */
export function askedFor({ escalation }: Pick<Plan, 'escalation'>, about: EscalationCase): Asked[] {
  const asked = new Map<string, Asked>();
  for (const { when, to, why } of escalation) {
    const met = metBy(when, about);
    if (met === undefined) continue;
    const reason = why === undefined ? met : `${why} (${met})`;
    for (const one of to) if (!asked.has(one)) asked.set(one, { to: one, reason });
  }
  return [...asked.values()];
}

type When = Plan['escalation'][number]['when'];

/** What meets all conditions, in words; undefined where one is not met. */
function metBy(when: When, about: EscalationCase): string | undefined {
  const met: string[] = [];
  if (when.severity !== undefined) {
    if (!when.severity.includes(about.severity)) return undefined;
    met.push(`severity ${about.severity}`);
  }
  if (when.phase !== undefined) {
    if (!when.phase.includes(about.phase)) return undefined;
    met.push(`phase ${about.phase.replaceAll('_', ' ')}`);
  }
  if (when.overdue_step !== undefined) {
    const wanted = when.overdue_step;
    const step = about.overdueSteps.find((id) => wanted === 'any' || id === wanted);
    if (step === undefined) return undefined;
    met.push(`step ${step} overdue`);
  }
  if (when.clock !== undefined) {
    const fitting = CLOCK_STATES[when.clock];
    const clock = about.clocks.find(({ state }) => fitting.includes(state));
    if (clock === undefined) return undefined;
    met.push(`clock ${clock.rule} ${clock.state.replaceAll('_', ' ')}`);
  }
  return met.join(', ');
}

/** A clock that is overdue was due soon before, and runs. */
const CLOCK_STATES: Readonly<Record<'running' | 'due_soon' | 'overdue', readonly string[]>> = {
  running: ['running', 'due_soon', 'overdue', 'at_once'],
  due_soon: ['due_soon', 'overdue', 'at_once'],
  overdue: ['overdue'],
};

/** Who is meant by a role or a contact: the one who has the role, then the deputies. */
export function reachable(plan: Pick<Plan, 'contacts' | 'team'>, name: string): Reachable[] {
  const ids = plan.team
    .filter(({ role }) => role === name)
    .flatMap(({ who, deputies }) => [who, ...deputies]);
  return [...new Set(ids.length === 0 ? [name] : ids)].flatMap((id) => {
    const contact = plan.contacts.find((one) => one.id === id);
    if (contact === undefined) return [];
    return [{ id, name: contact.name, reach: contact.reach, outOfBand: contact.out_of_band }];
  });
}

/** The severity by impact and urgency; undefined where the plan says nothing of the two. */
export const severityBy = (
  { severity }: Pick<Plan, 'severity'>,
  impact: Degree,
  urgency: Degree,
): Severity | undefined => severity?.[impact]?.[urgency];
