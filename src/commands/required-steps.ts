/** The playbook of an incident with what the case adds to it, and the steps that gate its phases. */
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { RequiredStep } from '../incidents/phase-gate.ts';
import type { LoadedPlaybooks } from '../respond/load-playbooks.ts';
import type { Playbook } from '../respond/playbook.ts';
import type { VariableValues } from '../respond/render-argv.ts';
import type { CommandContext } from './context.ts';

/**
 * The required steps that apply; none when the incident has no playbook.
 * @throws IrError when the playbook cannot be loaded
 */
export async function requiredStepsOf(
  context: CommandContext,
  detail: IncidentDetail,
): Promise<readonly RequiredStep[]> {
  const followed = await followedPlaybook(context, detail);
  if (followed === undefined) return [];
  const { requiredSteps } = await import('../respond/checklist.ts');
  return requiredSteps(followed.playbook, detail, followed.values);
}

/**
 * The playbook that the incident follows, with the steps that its findings bring, and the values of its variables; undefined without one.
 * @param read gives the playbooks: whoever looks at many incidents reads them once
 * @throws IrError when the playbook cannot be loaded
 */
export async function followedPlaybook(
  context: CommandContext,
  detail: IncidentDetail,
  read: () => Promise<LoadedPlaybooks> = () => readPlaybooks(context),
): Promise<{ playbook: Playbook; values: VariableValues } | undefined> {
  if (detail.incident.type === '') return undefined;
  const { pickPlaybook } = await import('../respond/load-playbooks.ts');
  const { resolveVariables } = await import('../respond/variable-values.ts');
  const { withBroughtSteps } = await import('../respond/brought-steps.ts');
  const loaded = await read();
  const followed = pickPlaybook(loaded, detail.incident.type);
  const playbook = withBroughtSteps(followed, loaded, detail.findings);
  const { values } = await resolveVariables(playbook, detail, {});
  return { playbook, values };
}

/** All playbooks, as they are now. */
export async function readPlaybooks(context: CommandContext): Promise<LoadedPlaybooks> {
  const { loadPlaybooks } = await import('../respond/load-playbooks.ts');
  return loadPlaybooks(context.settings.env);
}
