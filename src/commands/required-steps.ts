/** The steps that gate the phases of an incident, from its playbook. */
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { RequiredStep } from '../incidents/phase-gate.ts';
import type { CommandContext } from './context.ts';

/**
 * The required steps that apply; none when the incident has no playbook.
 * @throws IrError when the playbook cannot be loaded
 */
export async function requiredStepsOf(
  context: CommandContext,
  detail: IncidentDetail,
): Promise<readonly RequiredStep[]> {
  if (detail.incident.type === '') return [];
  const { loadPlaybooks, pickPlaybook } = await import('../respond/load-playbooks.ts');
  const { resolveVariables } = await import('../respond/variable-values.ts');
  const { requiredSteps } = await import('../respond/checklist.ts');
  const { withBroughtSteps } = await import('../respond/brought-steps.ts');
  const loaded = await loadPlaybooks(context.settings.env);
  const followed = pickPlaybook(loaded, detail.incident.type);
  const playbook = withBroughtSteps(followed, loaded, detail.findings);
  const { values } = await resolveVariables(playbook, detail, {});
  return requiredSteps(playbook, detail, values);
}
