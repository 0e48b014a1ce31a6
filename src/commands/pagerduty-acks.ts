/** Who acknowledges in PagerDuty has taken it on here: alerts, and the time of the incident. Only where a token for reading is configured. */
import type { ChannelOf } from '../configuration/channels.ts';
import { messageOf } from '../errors.ts';
import { type Level, levelRank } from '../events/level.ts';
import { type Alert, itemNumber, type Notice } from '../incidents/items.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import type { Sending } from '../notify/channel.ts';
import type { TakenOn } from '../notify/pagerduty.ts';
import { acknowledgeAlerts } from './alerts.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';
import { type NamedChannel, prepareSending, readSecret } from './notify-channels.ts';
import { updateIncident } from './update-incident.ts';

/** Asked in one round; the next one goes on behind them. */
const MOST_ASKED = 200;
/** After so many failures in a row the rest of the round would fail as well. */
const MOST_FAILURES = 3;

/** Something told over the channel that nobody has taken on yet. */
export interface Asked {
  key: string;
  alert?: Alert;
  incident?: string;
}

/** What was said last of a channel: a trouble that goes on is said once. */
const troubles = new Map<string, string>();
/** What was asked last of a channel in a round that did not get to the end. */
const lastAsked = new Map<string, string>();

/** Asks, and writes down what was taken on. What goes wrong is said, and ends nothing. */
export async function takeAcknowledgements(
  context: CommandContext,
  channels: readonly NamedChannel[],
): Promise<void> {
  for (const channel of channels) {
    const { name, settings } = channel;
    if (settings.type !== 'pagerduty' || settings.read_token === undefined) continue;
    try {
      const { dedupKey, takenOn } = await import('../notify/pagerduty.ts');
      const asked = await untaken(context, name, dedupKey);
      if (asked.length === 0) continue;
      const sending = (await prepareSending(context, channel)) as Sending<ChannelOf<'pagerduty'>>;
      const token = await readSecret(context, settings.read_token, `channel ${name}: read_token`);
      await askRound(name, asked, async (one) => {
        const taken = await takenOn(sending, token, one.key);
        if (taken !== undefined) await write(context, one, taken);
      });
      if (troubles.delete(name)) context.say(`Acknowledgements in ${name} are read again.`);
    } catch (error) {
      const trouble = messageOf(error);
      if (troubles.get(name) !== trouble)
        context.say(
          `Acknowledgements in ${name} cannot be read: ${trouble}. It is tried again; ir alerts ack says it here.`,
        );
      troubles.set(name, trouble);
    }
  }
}

/** Asks for the gravest first, then goes on where the last round ended. @throws the first failure, when all that could be asked was */
export async function askRound(
  channel: string,
  asked: readonly Asked[],
  ask: (one: Asked) => Promise<void>,
): Promise<void> {
  const from = asked.findIndex(({ key }) => key === lastAsked.get(channel)) + 1;
  const round = [...asked.slice(from), ...asked.slice(0, from)].slice(0, MOST_ASKED);
  let failure: { error: unknown } | undefined;
  let inRow = 0;
  for (const one of round) {
    try {
      await ask(one);
      inRow = 0;
    } catch (error) {
      failure ??= { error };
      inRow += 1;
      if (inRow === MOST_FAILURES) break;
    }
  }
  if (inRow < MOST_FAILURES && round.length < asked.length)
    lastAsked.set(channel, round.at(-1)!.key);
  else lastAsked.delete(channel);
  if (failure !== undefined) throw failure.error;
}

async function untaken(
  context: CommandContext,
  channel: string,
  keyOf: (message: { id: string; event: string; facts: Notice['facts'] & {} }) => string,
): Promise<Asked[]> {
  return withStore(context, async ({ store }) => {
    const wasSent = (notice: Notice): boolean =>
      notice.channel === channel && notice.attempts.some(({ outcome }) => outcome === 'sent');
    const keys = (notices: readonly Notice[]): Map<string, Notice> =>
      new Map(
        notices
          .filter(wasSent)
          .map((one) => [
            keyOf({ id: one.id, event: one.event ?? '', facts: one.facts ?? {} }),
            one,
          ]),
      );
    const told = keys(await store.items(STORE_JOURNAL, 'notices'));
    const alerts = (await store.items(STORE_JOURNAL, 'alerts'))
      .filter(({ state, acknowledged }) => state !== 'resolved' && acknowledged === undefined)
      .sort((a, b) => levelRank(b.level as Level) - levelRank(a.level as Level));
    const asked: Asked[] = alerts.flatMap((alert) => {
      const key = `ir-alert-${alert.id}`;
      return told.has(key) ? [{ key, alert }] : [];
    });
    for (const { id, key: incident, status, isDrill, times } of await store.list()) {
      if (status === 'closed' || isDrill || times.acknowledged !== undefined) continue;
      for (const key of keys(await store.items(id, 'notices')).keys())
        asked.push({ key, incident });
    }
    return asked;
  });
}

async function write(
  context: CommandContext,
  { alert, incident }: Asked,
  { by, at }: TakenOn,
): Promise<void> {
  if (alert !== undefined) {
    const reason = `acknowledged in PagerDuty at ${at}`;
    await acknowledgeAlerts(context, [itemNumber('L', alert)], { by, at, reason });
    return;
  }
  const settings = { ...context.settings, incident };
  await updateIncident({ ...context, settings }, { acknowledgedAt: at });
  context.say(`${incident} was taken on by ${by} in PagerDuty at ${at}.`);
}
