/** How often those who wait are to hear something of an incident: by the plan, else by its severity. */
import type { Severity } from '../incidents/incident.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import { ageMs } from '../plan/plan-schema.ts';
import type { Plan } from '../plan/read-plan.ts';

const USUAL: Readonly<Record<Severity, string>> = {
  SEV1: '1h',
  SEV2: '4h',
  SEV3: '24h',
  SEV4: '7d',
};

/** From when on, and how often, milliseconds; undefined after the response, and before anybody declared it. */
export function updateRhythm(
  { updates = {} }: Pick<Plan, 'updates'>,
  { incident, notices }: Pick<IncidentDetail, 'incident' | 'notices'>,
): { since: string; everyMs: number } | undefined {
  if (incident.status === 'closed' || incident.phase === 'post_incident') return undefined;
  // Counted from the last message that somebody wrote, else from the opening.
  const written = notices.filter(({ event, withdrawn }) => event === 'message' && !withdrawn);
  const since = written.at(-1)?.enteredAt ?? incident.times.declared;
  const every = updates[incident.severity] ?? USUAL[incident.severity];
  return since === undefined ? undefined : { since, everyMs: ageMs(every) };
}

/** When the next one is due; undefined where nobody was ever told and no plan asks for it. */
export function updateDue(
  plan: Pick<Plan, 'updates'>,
  detail: Pick<IncidentDetail, 'incident' | 'notices'>,
): Date | undefined {
  const rhythm = updateRhythm(plan, detail);
  const isAsked = plan.updates !== undefined || detail.notices.length > 0;
  if (rhythm === undefined || !isAsked || detail.incident.isDrill) return undefined;
  return new Date(Date.parse(rhythm.since) + rhythm.everyMs);
}
