/** From what a watch finds to alerts in the store's journal, and to the notices that tell of them, each in one transaction. */

import { type AlertCause, evaluate } from '../alerts/evaluate.ts';
import type { Samples } from '../alerts/figures.ts';
import { alertKey, changesBy, figureSteps, openingOf, triggerOf } from '../alerts/group.ts';
import { type AlertSettings, alertSettings, DEFAULTS } from '../alerts/settings.ts';
import { loadTriggers, type Triggers } from '../alerts/trigger.ts';
import { configPaths } from '../config.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import { messageOf } from '../errors.ts';
import { type Level, levelRank } from '../events/level.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { type Alert, itemNumber } from '../incidents/items.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { STORE_INCIDENT, STORE_JOURNAL } from '../incidents/store-journal.ts';
import { composeNotice } from '../notify/compose.ts';
import type { LiveFinding, LiveSink } from '../watch/live-finding.ts';
import type { CommandContext } from './context.ts';
import { type NamedChannel, readChannels } from './notify-channels.ts';
import { type Delivery, deliver } from './notify-deliver.ts';

/** What makes the sink. */
export interface AlertSinkOptions {
  store: IncidentStore;
  /** Name of the watch. */
  watch: string;
  /** Figures of the last minute; absent: none are looked at. */
  samples?: ((nowMs: number) => Samples) | undefined;
  /** Also of events that are older than the watch. */
  withReplayed: boolean;
  /** Called with an alert once it fires, to open the incident; gives its key. */
  open?: ((alert: Alert) => Promise<string | undefined>) | undefined;
  settings?: AlertSettings | undefined;
  triggers?: Triggers | undefined;
  channels?: readonly NamedChannel[] | undefined;
}

/** The sink, which sends what waits before it ends. */
export interface AlertSink extends LiveSink {
  finish(): Promise<void>;
}

/** While alerts are open, what time makes of them is looked at as often, ms. */
const JUDGE_EVERY_MS = 2_000;
const SEND_EVERY_MS = 1_000;
/** Figures are asked as often, ms; an alert about one is written anew as often at most. */
const FIGURE_EVERY_MS = 30_000;

/** The settings of alerts that the configuration gives. */
export function readAlertSettings({
  settings: { env, cwd, store },
}: CommandContext): AlertSettings {
  return alertSettings(readConfig(configPaths(env, cwd, store)).alerts ?? DEFAULTS);
}

/** Makes the sink. @throws IrError (exit 3) for a trigger with a mistake */
export async function createAlertSink(
  context: CommandContext,
  options: AlertSinkOptions,
): Promise<AlertSink> {
  const { store, watch } = options;
  const { env, actor } = context.settings;
  const settings = options.settings ?? readAlertSettings(context);
  const triggers = options.triggers ?? (await loadTriggers(env));
  const channels = options.channels ?? readChannels(context);
  let figuresMs = 0;
  let judgedMs = 0;
  let sentMs = 0;
  /** Something came since alerts were looked at, or some are open. */
  let isDirty = true;

  const entry = <T extends NewEntry['type']>(
    type: T,
    payload: Extract<NewEntry, { type: T }>['payload'],
    nowMs: number,
  ): NewEntry => ({ type, payload, at: new Date(nowMs).toISOString(), actor }) as NewEntry;

  const openAlerts = async (): Promise<Map<string, Alert>> => {
    const all = await store.items(STORE_JOURNAL, 'alerts');
    return new Map(
      all.filter(({ state }) => state !== 'resolved').map((alert) => [alert.key, alert]),
    );
  };

  const judge = async (nowMs: number): Promise<void> => {
    if (!isDirty || nowMs - judgedMs < JUDGE_EVERY_MS) return;
    judgedMs = nowMs;
    const [alerts, silences, notices] = await Promise.all([
      store.items(STORE_JOURNAL, 'alerts'),
      store.items(STORE_JOURNAL, 'silences'),
      store.items(STORE_JOURNAL, 'notices'),
    ]);
    const { changes, causes } = evaluate(
      alerts,
      silences,
      notices,
      settings,
      triggers.figures,
      nowMs,
    );
    for (const {
      alert,
      changes: { state },
    } of changes) {
      if (state !== 'firing' || options.open === undefined || alert.incident !== undefined)
        continue;
      // What nobody is told of opens nothing.
      if (levelRank(alert.level as Level) < levelRank(settings.level)) continue;
      const incident = await options.open(alert);
      if (incident !== undefined)
        await store.append(STORE_JOURNAL, [
          entry('alert_changed', { alert: alert.id, changes: { incident }, reason: '' }, nowMs),
        ]);
    }
    isDirty = alerts.some(({ state }) => state !== 'resolved');
    if (changes.length + causes.length === 0) return;
    const entries = changes.map(({ alert, changes: what, reason }) =>
      entry('alert_changed', { alert: alert.id, changes: what, reason }, nowMs),
    );
    await store.append(STORE_JOURNAL, (detail) =>
      [
        ...entries,
        ...causes.flatMap((cause) => noticesOf(context, cause, channels, detail!, nowMs)),
      ].filter(
        ({ type, payload }) =>
          type !== 'notice_queued' ||
          !detail!.notices.some(({ key }) => key === (payload as { key: string }).key),
      ),
    );
  };

  const send = async (): Promise<void> => {
    if (channels.length === 0) return;
    const notices = await store.items(STORE_JOURNAL, 'notices');
    const outgoing = notices
      .filter(
        ({ attempts, withdrawn }) =>
          withdrawn === undefined && !attempts.some(({ outcome }) => outcome === 'sent'),
      )
      .map((notice) => ({ incident: STORE_INCIDENT, notice }));
    if (outgoing.length === 0) return;
    const when = { isPatient: true, isAgain: false };
    sayDown(await deliver(context, store, outgoing, channels, when, notices));
  };
  /** Channels over which nothing goes out now. */
  const down = new Set<string>();
  const sayDown = (deliveries: readonly Delivery[]): void => {
    for (const { channel, outcome, answer } of deliveries) {
      if (outcome === 'sent' && down.delete(channel))
        context.say(`channel ${channel}: works again`);
      if (outcome !== 'failed' || down.has(channel)) continue;
      down.add(channel);
      context.say(`channel ${channel}: ${answer}. Nothing is lost: it is tried again.`);
    }
  };
  let sending: Promise<void> | undefined;

  return {
    name: 'alerts',
    async position() {
      const alerts = await store.items(STORE_JOURNAL, 'alerts');
      return Math.max(
        0,
        ...alerts.filter((one) => one.watch === watch).map(({ position }) => position),
      );
    },
    async take(findings, nowMs) {
      const known = await openAlerts();
      const entries: NewEntry[] = [];
      for (const live of findings) {
        const one = entryFor(live, known);
        if (one !== undefined) entries.push(one);
      }
      if (entries.length > 0) {
        await store.append(STORE_JOURNAL, entries);
        isDirty = true;
        judgedMs = 0;
        await judge(nowMs);
      }

      function entryFor(
        { finding, isReplayed, seq, notedMs }: LiveFinding,
        open: Map<string, Alert>,
      ): NewEntry | undefined {
        if (isReplayed && !options.withReplayed) return undefined;
        const trigger = triggerOf(finding, triggers.findings);
        if (trigger === undefined) return undefined;
        const where = { watch, position: seq, at: new Date(notedMs).toISOString() };
        const alert = open.get(alertKey(finding));
        if (alert === undefined) {
          const payload = { id: context.randomId(), ...openingOf(finding, trigger, where) };
          open.set(payload.key, { ...payload, seq: 0, enteredAt: where.at, enteredBy: actor });
          return entry('alert_opened', payload, nowMs);
        }
        const changes = changesBy(alert, finding, where);
        if (changes === undefined) return undefined;
        open.set(alert.key, { ...alert, ...(changes as Partial<Alert>) });
        return entry('alert_changed', { alert: alert.id, changes, reason: '' }, nowMs);
      }
    },
    async tick(nowMs) {
      if (options.samples !== undefined && nowMs - figuresMs >= FIGURE_EVERY_MS) {
        figuresMs = nowMs;
        const known = await openAlerts();
        const where = { watch, position: 0, at: new Date(nowMs).toISOString() };
        const entries = figureSteps(triggers.figures, options.samples(nowMs), where).map(
          ({ opening }) => {
            const alert = known.get(opening.key);
            return alert === undefined
              ? entry('alert_opened', { id: context.randomId(), ...opening }, nowMs)
              : entry(
                  'alert_changed',
                  {
                    alert: alert.id,
                    changes: { lastAt: opening.lastAt, why: opening.why },
                    reason: '',
                  },
                  nowMs,
                );
          },
        );
        if (entries.length > 0) await store.append(STORE_JOURNAL, entries);
        isDirty ||= entries.length > 0;
      }
      await judge(nowMs);
      // A slow channel must not hold up the watch.
      if (nowMs - sentMs < SEND_EVERY_MS || sending !== undefined) return;
      sentMs = nowMs;
      sending = send()
        .catch((error: unknown) => context.say(`Alerts are not sent: ${messageOf(error)}`))
        .finally(() => {
          sending = undefined;
        });
    },
    async finish() {
      await sending;
      await send();
    },
  };
}

function noticesOf(
  context: CommandContext,
  cause: AlertCause,
  channels: readonly NamedChannel[],
  detail: Parameters<typeof composeNotice>[0],
  nowMs: number,
): NewEntry[] {
  const { actor, env } = context.settings;
  const now = new Date(nowMs);
  return channels.flatMap((channel): NewEntry[] => {
    if (!(channel.settings.on as readonly string[]).includes(cause.event)) return [];
    try {
      const who = { actor, now, id: context.randomId(), env };
      const facts =
        cause.event === 'alert_digest' ? digestFacts(cause) : alertFacts(cause.alerts[0]!);
      const payload = composeNotice(
        detail,
        { event: cause.event, key: cause.key, facts },
        channel,
        who,
      );
      return [{ type: 'notice_queued', payload, at: now.toISOString(), actor }];
    } catch (error) {
      context.say(`No notice over ${channel.name}: ${messageOf(error)}`);
      return [];
    }
  });
}

const alertFacts = (alert: Alert): Record<string, string> => ({
  ...{ what: alert.title, level: alert.level, why: alert.why, since: alert.firstAt },
  ...{ last: alert.lastAt, count: String(alert.count), lines: alert.evidence.join('\n') },
  ...{ alert: alert.id, todo: alert.next, number: itemNumber('L', alert), title: alert.title },
});

const MOST_IN_DIGEST = 50;

const digestFacts = ({ alerts, reason }: AlertCause): Record<string, string> => ({
  count: String(alerts.length),
  reason,
  title: 'alerts',
  say: [
    ...alerts
      .slice(0, MOST_IN_DIGEST)
      .map((one) => `${itemNumber('L', one)} ${one.level}: ${one.title} (${one.count})`),
    ...(alerts.length > MOST_IN_DIGEST ? [`and ${alerts.length - MOST_IN_DIGEST} more`] : []),
  ].join('\n'),
});
