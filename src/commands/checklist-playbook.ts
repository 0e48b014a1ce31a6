/** Which playbook an incident follows; chosen once, recorded as the incident's type. */
import { refusedError } from '../errors.ts';
import { updateIncident } from '../incidents/incident-rules.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import { withBroughtSteps } from '../respond/brought-steps.ts';
import { type LoadedPlaybooks, loadPlaybooks, pickPlaybook } from '../respond/load-playbooks.ts';
import { nextPlaybooks } from '../respond/next-playbooks.ts';
import { isTriageOnly, type Playbook } from '../respond/playbook.ts';
import { suggestPlaybooks } from '../respond/suggest-playbook.ts';
import type { ChecklistOptions } from './checklist-flags.ts';
import { refresh, type Session } from './checklist-session.ts';
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
  const followed = loaded.playbooks.find((playbook) => playbook.id === type);
  const isSettled = followed !== undefined && !isTriageOnly(followed);
  if (isSettled && options.playbook !== undefined && options.playbook !== type) {
    throw refusedError(
      `${key} follows the playbook "${type}" already, not "${options.playbook}"`,
      `To change it: ir update --type ${options.playbook}`,
    );
  }
  const id = options.playbook ?? (type === '' ? await askPlaybook(context, loaded, detail) : type);
  const playbook = withBroughtSteps(pickPlaybook(loaded, id), loaded, detail.findings);
  await check(playbook);
  if (type !== id && options.dryRun !== true) await recordPlaybook(context, store, detail, id);
  return playbook;
}

const recordPlaybook = (
  context: CommandContext,
  store: IncidentStore,
  { incident }: IncidentDetail,
  id: string,
): Promise<unknown> =>
  store.append(incident.id, (before) => [
    updateIncident(
      assertFound(before).incident,
      { type: id },
      'playbook chosen for the checklist',
      authorOf(context),
    ),
  ]);

/** Asks which playbook goes on where the followed one ends, and follows it. Returns false when the user stops here. */
export async function goOnWithPlaybook(session: Session): Promise<boolean> {
  const { context, store, detail, playbook } = session;
  const loaded = await loadPlaybooks(context.settings.env);
  const next = nextPlaybooks(playbook, loaded.playbooks, detail, session.values);
  const stop = '';
  const id = await context.ask.select({
    message: 'Which playbook goes on?',
    flag: '--playbook',
    choices: [
      ...next.map(({ id: value, title, why, fits }) => ({
        name: fits ? `${title} (fits)` : title,
        value,
        description: why,
      })),
      { name: 'stop here', value: stop },
    ],
  });
  if (id === stop) return false;
  await recordPlaybook(context, store, detail, id);
  session.playbook = withBroughtSteps(pickPlaybook(loaded, id), loaded, detail.findings);
  await refresh(session);
  return true;
}

async function askPlaybook(
  context: CommandContext,
  loaded: LoadedPlaybooks,
  detail: IncidentDetail,
): Promise<string> {
  const fitting = suggestPlaybooks(loaded.playbooks, detail.findings);
  const others = loaded.playbooks.filter((playbook) => !fitting.includes(playbook));
  // Where nothing speaks for one of them, the one that finds out comes first.
  const ordered = [
    ...fitting,
    ...others.filter(isTriageOnly),
    ...others.filter((playbook) => !isTriageOnly(playbook)),
  ];
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
