/** `ir list`: the incidents of the store. */
import { type Incident, STATUSES } from '../incidents/incident.ts';
import type { CommandContext } from './context.ts';
import { readWord, withStore } from './incident-access.ts';

/** The incidents of a store. */
export interface ListResult {
  folder: string;
  incidents: readonly (Incident & { isCurrent: boolean })[];
}

/** `ir list`: the incidents of the store, and which one is current. */
export async function listIncidents(
  context: CommandContext,
  options: { status?: string | undefined },
): Promise<ListResult> {
  const status = readWord(options.status, STATUSES, '--status');
  return withStore(context, async ({ store }) => {
    const current = await store.currentIncidentId();
    const incidents = (await store.list())
      .filter((incident) => status === undefined || incident.status === status)
      .map((incident) => ({ ...incident, isCurrent: incident.id === current }));
    return { folder: store.name, incidents };
  });
}
