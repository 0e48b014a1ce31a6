/** `ir close`: ends an incident. */
import { DETERMINATIONS, type Incident } from '../incidents/incident.ts';
import { closeIncident as closingEntry, updateIncident } from '../incidents/incident-rules.ts';
import { type Metrics, metricsOf } from '../incidents/key-times.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf, readWord, withIncident } from './incident-access.ts';

export interface CloseResult {
  incident: Incident;
  metrics: Metrics;
  head: string;
}

/** Closes the incident; what it turned out to be can be said in the same breath. */
export async function closeIncident(
  context: CommandContext,
  options: { reason?: string | undefined; determination?: string | undefined },
): Promise<CloseResult> {
  const determination = readWord(options.determination, DETERMINATIONS, '--determination');
  const reason = options.reason ?? '';
  const author = authorOf(context);
  return withIncident(context, async (store, { id }) => {
    await store.append(id, (state) => {
      const detail = assertFound(state);
      if (determination === undefined) return [closingEntry(detail, reason, author)];
      const decided = { ...detail, incident: { ...detail.incident, determination } };
      const closing = closingEntry(decided, reason, author);
      return [updateIncident(detail.incident, { determination }, reason, author), closing];
    });
    const { incident, head } = await store.load(id);
    return { incident, metrics: metricsOf(incident.times), head };
  });
}
