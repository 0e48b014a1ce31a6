/** The indicators of an incident that count. */
import { refusedError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { IndicatorItem } from '../incidents/items.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';

/** The indicators that count, in their order. */
export const standingIndicators = async (
  store: IncidentStore,
  incident: string,
): Promise<IndicatorItem[]> =>
  (await store.items(incident, 'indicators')).filter(({ withdrawn }) => withdrawn === undefined);

/** @throws IrError (exit 6) where the incident has none */
export async function incidentIndicators(
  context: CommandContext,
): Promise<{ key: string; items: readonly IndicatorItem[] }> {
  return withIncident(context, async (store, { id, key }) => {
    const items = await standingIndicators(store, id);
    if (items.length > 0) return { key, items };
    throw refusedError(
      `${key} has no indicators`,
      'Add some with: ir ioc add, ir ioc import or ir ioc extract --add',
    );
  });
}
