/** The indicators of an incident that count. */
import { refusedError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { IndicatorItem } from '../incidents/items.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withIncident, withStore } from './incident-access.ts';

/** The indicators that count, in their order. */
export const standingIndicators = async (
  store: IncidentStore,
  incident: string,
): Promise<IndicatorItem[]> =>
  (await store.items(incident, 'indicators')).filter(({ withdrawn }) => withdrawn === undefined);

/** An incident's indicators. */
export interface IncidentIndicators {
  key: string;
  items: readonly IndicatorItem[];
}

/**
 * Those of the incident of this run; undefined where there is no store, no such incident is current, it is closed, or has none.
 * @throws IrError where the store cannot be read
 */
export async function openIncidentIndicators(
  context: CommandContext,
): Promise<IncidentIndicators | undefined> {
  const { findWorkspace } = await import('../store/workspace.ts');
  if (!findWorkspace(context.settings).exists) return undefined;
  return withStore(context, async ({ store }) => {
    if ((context.settings.incident ?? (await store.currentIncidentId())) === undefined)
      return undefined;
    const { id, key, status } = await findIncident(context, store);
    const items = status === 'closed' ? [] : await standingIndicators(store, id);
    return items.length === 0 ? undefined : { key, items };
  });
}

/** @throws IrError (exit 6) where the incident has none */
export async function incidentIndicators(context: CommandContext): Promise<IncidentIndicators> {
  return withIncident(context, async (store, { id, key }) => {
    const items = await standingIndicators(store, id);
    if (items.length > 0) return { key, items };
    throw refusedError(
      `${key} has no indicators`,
      'Add some with: ir ioc add, ir ioc import or ir ioc extract --add',
    );
  });
}
