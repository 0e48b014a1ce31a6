/** `ir show [KEY]`: the whole incident. */
import type { IncidentDetail } from '../incidents/incident-store.ts';
import { type Metrics, metricsOf } from '../incidents/key-times.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';

export interface ShowResult extends IncidentDetail {
  metrics: Metrics;
}

export const showIncident = (context: CommandContext, key?: string): Promise<ShowResult> =>
  withIncident(
    context,
    async (store, { id }) => {
      const { incident, ...rest } = await store.load(id);
      return { incident, metrics: metricsOf(incident.times), ...rest };
    },
    key,
  );
