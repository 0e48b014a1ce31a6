/** Steps of the checklist whose time is over. */
import { messageOf } from '../errors.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import { buildChecklist } from '../respond/checklist.ts';
import type { LoadedPlaybooks } from '../respond/load-playbooks.ts';
import { renderText } from '../respond/render-argv.ts';
import type { CommandContext } from './context.ts';
import { followedPlaybook } from './required-steps.ts';

/** Those of the phase in which the incident stands; none where the playbook cannot be read, which is said. @param read see `followedPlaybook` */
export async function overdueSteps(
  context: CommandContext,
  detail: IncidentDetail,
  read?: () => Promise<LoadedPlaybooks>,
): Promise<{ id: string; title: string; dueAt: string }[]> {
  const followed = await followedPlaybook(context, detail, read).catch((error: unknown) => {
    context.say(`Steps of ${detail.incident.key} are not looked at: ${messageOf(error)}`);
    return undefined;
  });
  if (followed === undefined) return [];
  const { playbook, values } = followed;
  const now = context.now().toISOString();
  const { steps } = buildChecklist(playbook, detail, values, detail.incident.phase);
  return steps.flatMap(({ status, dueAt, step }) =>
    status === 'pending' && dueAt !== undefined && dueAt < now
      ? [{ id: step.id, title: renderText(step.title, values), dueAt }]
      : [],
  );
}
