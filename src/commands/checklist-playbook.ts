/** Which playbook an incident follows; chosen once, recorded as the incident's type. */
import { refusedError } from '../errors.ts';
import { updateIncident } from '../incidents/incident-rules.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import { withBroughtSteps } from '../respond/brought-steps.ts';
import { type LoadedPlaybooks, loadPlaybooks, pickPlaybook } from '../respond/load-playbooks.ts';
import type { Playbook } from '../respond/playbook.ts';
import { suggestPlaybooks } from '../respond/suggest-playbook.ts';
import type { ChecklistOptions } from './checklist-flags.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf } from './incident-access.ts';

/**
 * The incident's playbook. Without one, `--playbook` or the user's choice is recorded first.
 * @param check refuses before anything is recorded
 */
export async function choosePlaybook(
  context: CommandContext,
  store: IncidentStore,
  detail: IncidentDetail,
  options: ChecklistOptions,
  check: (playbook: Playbook) => Promise<void>,
): Promise<Playbook> {
  const loaded = await loadPlaybooks(context.settings.env);
  for (const { message, source } of loaded.problems) {
    context.say(`playbook left out: ${source.path}:${source.line ?? 1}: ${message}`);
  }
  const { type, key } = detail.incident;
  const isFollowed = loaded.playbooks.some((playbook) => playbook.id === type);
  if (isFollowed && options.playbook !== undefined && options.playbook !== type) {
    throw refusedError(
      `${key} follows the playbook "${type}" already, not "${options.playbook}"`,
      `To change it: ir update --type ${options.playbook}`,
    );
  }
  const id = options.playbook ?? (type === '' ? await askPlaybook(context, loaded, detail) : type);
  const playbook = withBroughtSteps(pickPlaybook(loaded, id), loaded, detail.findings);
  await check(playbook);
  if (type !== id && options.dryRun !== true) {
    const reason = 'playbook chosen for the checklist';
    await store.append(detail.incident.id, (before) => [
      updateIncident(assertFound(before).incident, { type: id }, reason, authorOf(context)),
    ]);
  }
  return playbook;
}

async function askPlaybook(
  context: CommandContext,
  loaded: LoadedPlaybooks,
  detail: IncidentDetail,
): Promise<string> {
  const fitting = suggestPlaybooks(loaded.playbooks, detail.findings);
  const others = loaded.playbooks.filter((playbook) => !fitting.includes(playbook));
  const ordered = [...fitting, ...others];
  if (!context.ask.isPossible) {
    throw refusedError(
      `${detail.incident.key} follows no playbook yet`,
      `Choose one with --playbook: ${ordered.map(({ id }) => id).join(', ')}.`,
    );
  }
  return await context.ask.select({
    message: `Which playbook fits ${detail.incident.key}?`,
    flag: '--playbook',
    choices: ordered.map(({ id, title }) => ({
      name: fitting[0]?.id === id ? `${title} (fits the findings best)` : title,
      value: id,
    })),
  });
}
