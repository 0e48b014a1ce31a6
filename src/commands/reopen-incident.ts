/** `ir reopen`: takes a closed incident up again. */
import type { Incident } from '../incidents/incident.ts';
import { reopenIncident as reopeningEntry } from '../incidents/incident-rules.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf, withIncident } from './incident-access.ts';

/** The incident that was taken up again. */
export interface ReopenResult {
  incident: Incident;
  head: string;
}

/** `ir reopen`: takes a closed incident up again. Throws an `IrError` when it is not closed. */
export const reopenIncident = (
  context: CommandContext,
  options: { reason?: string | undefined },
): Promise<ReopenResult> =>
  withIncident(context, async (store, { id }) => {
    await store.append(id, (state) => [
      reopeningEntry(assertFound(state).incident, options.reason ?? '', authorOf(context)),
    ]);
    const { incident, head } = await store.load(id);
    return { incident, head };
  });
