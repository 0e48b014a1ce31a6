/** `ir notify --due`: what time causes. It may run as often as one likes: each is told once. */
import { durationText } from '../events/words.ts';
import { clockNumber, clockState, countdown, openClocks } from '../incidents/clock-state.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import { itemNumber } from '../incidents/items.ts';
import { isInPlace } from '../incidents/kinds/action-kinds.ts';
import type { Cause } from '../notify/compose.ts';
import { NO_PLAN, type Plan } from '../plan/read-plan.ts';
import type { LoadedPlaybooks } from '../respond/load-playbooks.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';
import { mayGoByItself } from './may-say.ts';
import {
  dryRun,
  enqueue,
  flushAll,
  type NotifyOptions,
  type NotifyResult,
  receipt,
} from './notify.ts';
import { openedCause } from './notify-auto.ts';
import { pickChannels, readChannels } from './notify-channels.ts';
import { overdueSteps } from './overdue-steps.ts';
import { takeAcknowledgements } from './pagerduty-acks.ts';
import { planIfReadable } from './plan-facts.ts';
import { readPlaybooks } from './required-steps.ts';
import { openTasks } from './tasks.ts';
import { updateRhythm } from './update-due.ts';

/** An action is near its end so long before. */
const ACTION_NEAR_MS = 30 * 60_000;

const CRON = '*/5 * * * * ir notify --due --quiet';

/** Queues what is due and sends what waits, or shows it. */
export async function notifyDue(
  context: CommandContext,
  options: NotifyOptions,
): Promise<NotifyResult> {
  const { channel } = options;
  const channels = pickChannels(context, readChannels(context), channel);
  const done = await withStore(context, async ({ store }) => {
    const shown: NotifyResult[] = [];
    const said = await readOnce(context);
    for (const { id, key, status, isDrill } of await store.list()) {
      // A drill calls nobody out of bed.
      if (status === 'closed' || isDrill) continue;
      const detail = await store.load(id);
      const causes = await dueCauses(context, detail, said);
      const open = causes.length === 0 ? [] : await mayGoByItself(context, store, detail, channels);
      for (const cause of causes) {
        const asked = open.filter(({ settings }) =>
          (settings.on as readonly string[]).includes(cause.event),
        );
        if (options.dryRun !== true) await enqueue(context, store, id, asked, [cause]);
        else
          shown.push(await dryRunNew(context, key, asked, cause, await store.items(id, 'notices')));
      }
    }
    if (options.dryRun === true) return joined(shown);
    const when = { isPatient: true, isAgain: false };
    return receipt(await flushAll(context, store, channels, when, channel));
  });
  if (options.dryRun !== true) await takeAcknowledgements(context, channels);
  if (context.settings.format === 'text') sayHowOften(context);
  return done;
}

const dryRunNew = (
  context: CommandContext,
  incident: string,
  channels: ReturnType<typeof readChannels>,
  cause: Cause,
  known: readonly { key: string }[],
): Promise<NotifyResult> => {
  const isNew = ({ name }: { name: string }): boolean =>
    !known.some(({ key }) => key === `${cause.key}:${name}`);
  const settings = { ...context.settings, incident };
  return dryRun({ ...context, settings }, channels.filter(isNew), [cause]);
};

function joined(results: readonly NotifyResult[]): NotifyResult {
  const lines = results.flatMap(({ result }) =>
    result.lines.filter(
      ([first]) => first !== 'Nothing would be sent.' && first !== 'Nothing was sent.',
    ),
  );
  const document = { isDryRun: true, incidents: results.map(({ result }) => result.document) };
  const end = lines.length === 0 ? 'Nothing would be sent.' : 'Nothing was sent.';
  return { result: { lines: [...lines, [end]], next: [], document } };
}

function sayHowOften(context: CommandContext): void {
  context.say(`To run this every five minutes, in a crontab:\n  ${CRON}`);
  context.say(
    'Or as a timer of systemd:\n  systemd-run --user --on-calendar="*:0/5" ir notify --due --quiet',
  );
}

/** What files say that is the same for all incidents. */
interface SaidByFiles {
  plan: Plan;
  readPlaybooks(): Promise<LoadedPlaybooks>;
}

/** Each is read once for a look at all incidents, and its mistakes are said once. */
async function readOnce(context: CommandContext): Promise<SaidByFiles> {
  let playbooks: Promise<LoadedPlaybooks> | undefined;
  return {
    plan: (await planIfReadable(context)) ?? NO_PLAN,
    readPlaybooks: () => (playbooks ??= readPlaybooks(context)),
  };
}

/** All that is due now; the keys are the same at the next look. */
async function dueCauses(
  context: CommandContext,
  detail: IncidentDetail,
  said: SaidByFiles,
): Promise<Cause[]> {
  const now = context.now();
  const opened = detail.incident.phaseEntered.triage;
  // A run that was killed between the opening and its notice.
  const isNew = opened !== undefined && now.getTime() - Date.parse(opened) < 24 * 3_600_000;
  return [
    ...(isNew ? [openedCause(detail)] : []),
    ...clockCauses(detail, now),
    ...actionCauses(detail, now),
    ...taskCauses(detail, now),
    ...(await overdueSteps(context, detail, said.readPlaybooks)).map(({ id, title, dueAt }) => ({
      event: 'step_overdue',
      key: `step_overdue:${id}:${dueAt}`,
      facts: { what: title, due: dueAt },
    })),
    ...updateCause(said.plan, detail, now),
  ];
}

function clockCauses({ clocks }: IncidentDetail, now: Date): Cause[] {
  return openClocks(clocks).flatMap((clock) => {
    const state = clockState(clock, now);
    if (state === 'running') return [];
    const what = `${clockNumber(clock)} ${clock.title ?? clock.rule}`;
    const due = clock.isAtOnce ? '' : clock.dueAt;
    const facts = { what, due, whom: clock.recipient ?? '', countdown: countdown(clock, now) };
    return [{ event: 'clock_near', key: `clock_near:${clock.id}:${state}`, facts }];
  });
}

const actionCauses = ({ actions = [] }: IncidentDetail, now: Date): Cause[] =>
  actions.filter(isInPlace).flatMap(({ id, no, name, target, host, until }) => {
    if (until === undefined || Date.parse(until) - now.getTime() > ACTION_NEAR_MS) return [];
    const facts = { what: `${no} (${name})`, target: `${target}, ${host}`, due: until };
    return [{ event: 'action_expiring', key: `action_expiring:${id}:${until}`, facts }];
  });

const taskCauses = ({ tasks }: IncidentDetail, now: Date): Cause[] =>
  openTasks(tasks).flatMap((task) => {
    const { id, due, title, owner = '' } = task;
    if (due === undefined || Date.parse(due) > now.getTime()) return [];
    const facts = { what: `${itemNumber('T', task)} ${title}`, due, whom: owner };
    return [{ event: 'step_overdue', key: `step_overdue:${id}:${due}`, facts }];
  });

/** Told once for each span that passed. */
function updateCause(plan: Plan, detail: IncidentDetail, now: Date): Cause[] {
  const rhythm = updateRhythm(plan, detail);
  if (rhythm === undefined) return [];
  const { since, everyMs } = rhythm;
  const spans = Math.floor((now.getTime() - Date.parse(since)) / everyMs);
  if (spans < 1) return [];
  const facts = { since, every: durationText(everyMs) };
  return [{ event: 'update_due', key: `update_due:${since}:${spans}`, facts }];
}
