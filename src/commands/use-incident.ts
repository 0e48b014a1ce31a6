/** `ir use KEY`: makes an incident the current one. */
import type { Incident } from '../incidents/incident.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';

/** The incident that is current now. */
export interface UseResult {
  incident: Incident;
  folder: string;
}

/** `ir use`: makes an incident the current one of the workspace. */
export const useIncident = (context: CommandContext, key: string): Promise<UseResult> =>
  withIncident(
    context,
    async (store, incident) => {
      await store.setCurrentIncidentId(incident.id);
      return { incident, folder: store.name };
    },
    key,
  );
