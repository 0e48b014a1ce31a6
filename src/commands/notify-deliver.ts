/**
 * Sends what is in the outbox. An attempt is claimed in the journal before it begins and its end is written after it, so
 * that two runs do not send the same, and a run that was killed leaves behind what it was at.
 */
import { messageOf } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { itemNumber, type Notice } from '../incidents/items.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { type Channel, SendFailure, type Sending } from '../notify/channel.ts';
import { channelOf } from '../notify/channels.ts';
import { messageOfNotice } from '../notify/compose.ts';
import { hideSecrets } from '../notify/hide-secrets.ts';
import { askedFor, attemptsOf, nextTry, noticeState } from '../notify/outbox.ts';
import { refusal } from '../notify/redact.ts';
import { isSenderAlive, thisSender } from '../notify/sender.ts';
import type { CommandContext } from './context.ts';
import { type NamedChannel, prepareSending } from './notify-channels.ts';

/** What became of a notice in this run. */
export interface Delivery {
  incident: string;
  number: string;
  channel: string;
  subject: string;
  /** `held`: not tried, for the reason in `answer`. */
  outcome: 'sent' | 'failed' | 'refused' | 'given_up' | 'unsettled' | 'held';
  answer: string;
  /** When it is tried again. */
  next: string | undefined;
}

/** A notice and its incident. */
export interface Outgoing {
  incident: { id: string; key: string };
  notice: Notice;
}

/** When something is sent. */
export interface When {
  /** Do waits between attempts count? What the other side asked for always does. */
  isPatient: boolean;
  /** Also what was interrupted and may have arrived. */
  isAgain: boolean;
}

/** Sends those that can be sent now, one channel beside the other. */
export async function deliver(
  context: CommandContext,
  store: IncidentStore,
  outgoing: readonly Outgoing[],
  channels: readonly NamedChannel[],
  when: When,
  recent: readonly Notice[] = [],
): Promise<Delivery[]> {
  const byChannel = new Map<string, Outgoing[]>();
  for (const one of outgoing) {
    const list = byChannel.get(one.notice.channel) ?? [];
    byChannel.set(one.notice.channel, [...list, one]);
  }
  const done = await Promise.all(
    [...byChannel].map(([name, list]) =>
      deliverOver(context, store, name, list, channels, when, recent),
    ),
  );
  return done.flat();
}

async function deliverOver(
  context: CommandContext,
  store: IncidentStore,
  name: string,
  list: readonly Outgoing[],
  channels: readonly NamedChannel[],
  when: When,
  recent: readonly Notice[],
): Promise<Delivery[]> {
  const held = (answer: string): Delivery[] => list.map((one) => told(one, 'held', answer));
  const named = channels.find((one) => one.name === name);
  if (named === undefined) return held(`the configuration has no channel "${name}" any more`);
  let sending: Sending;
  let channel: Channel;
  try {
    sending = await prepareSending(context, named);
    channel = await channelOf(named.settings.type);
  } catch (error) {
    return held(messageOf(error));
  }
  const way = { context, store, sending, channel, when };
  const deliveries: Delivery[] = [];
  let room = named.settings.per_hour - sentLately(recent, name, context.now());
  for (const one of list) {
    if (context.signal.aborted) break;
    if (room <= 0) {
      deliveries.push(
        told(one, 'held', `${named.settings.per_hour} notices went over ${name} within the hour`),
      );
      continue;
    }
    const delivery = await deliverOne(way, one);
    if (delivery === undefined) continue;
    if (delivery.outcome !== 'held') room -= 1;
    deliveries.push(delivery);
  }
  return deliveries;
}

const HOUR_MS = 3_600_000;

const sentLately = (recent: readonly Notice[], channel: string, now: Date): number =>
  recent
    .filter((one) => one.channel === channel)
    .flatMap(({ attempts }) => attempts)
    .filter(({ at }) => now.getTime() - Date.parse(at) < HOUR_MS).length;

interface Way {
  context: CommandContext;
  store: IncidentStore;
  sending: Sending;
  channel: Channel;
  when: When;
}

const told = (
  { incident, notice }: Outgoing,
  outcome: Delivery['outcome'],
  answer: string,
  next?: string,
): Delivery => ({
  ...{ incident: incident.key, number: itemNumber('N', notice), channel: notice.channel },
  ...{ subject: notice.subject, outcome, answer, next },
});

/** Undefined where it is not its time, or another run is at it. */
async function deliverOne(way: Way, one: Outgoing): Promise<Delivery | undefined> {
  const { context, store, sending, channel } = way;
  const { notice, incident } = one;
  const entry = (payload: object, type: string): NewEntry =>
    ({ type, payload, at: context.now().toISOString(), actor: context.settings.actor }) as NewEntry;
  let attempt = 0;
  let isInterrupted = false;
  await store.append(incident.id, (detail) => {
    attempt = 0;
    const now = detail?.notices.find(({ id }) => id === notice.id);
    if (now === undefined) return [];
    const state = noticeState(now, isSenderAlive);
    isInterrupted =
      state === 'interrupted' && !way.when.isAgain && !channel.knowsRepeats(sending.settings);
    if (isInterrupted || (state !== 'waiting' && state !== 'interrupted')) return [];
    if (!isTime(now, way)) return [];
    attempt = attemptsOf(now) + 1;
    return [entry({ notice: notice.id, attempt, sender: thisSender() }, 'notice_started')];
  });
  if (isInterrupted)
    return told(
      one,
      'held',
      `it may have arrived; to send it all the same: ir notify --flush --again ${itemNumber('N', notice)}`,
    );
  if (attempt === 0) return undefined;
  const ended = await attemptOnce(way, notice);
  const isLast = ended.outcome === 'failed' && attempt >= sending.settings.tries;
  const outcome = isLast ? 'given_up' : ended.outcome;
  const { answer, waitMs } = ended;
  const notBefore =
    waitMs === undefined
      ? {}
      : { notBefore: new Date(context.now().getTime() + waitMs).toISOString() };
  await store.append(incident.id, [
    entry({ notice: notice.id, attempt, outcome, answer, ...notBefore }, 'notice_tried'),
  ]);
  const after = (await store.items(incident.id, 'notices')).find(({ id }) => id === notice.id);
  return told(
    one,
    outcome,
    answer,
    outcome === 'failed' && after ? nextTry(after).toISOString() : undefined,
  );
}

/** A fresh look at the clock: many may have been sent meanwhile. */
function isTime(notice: Notice, { context, when }: Way): boolean {
  const last = notice.attempts.at(-1);
  const now = context.now().getTime();
  if (last === undefined || when.isAgain) return true;
  return when.isPatient ? nextTry(notice).getTime() <= now : askedFor(last) <= now;
}

/** Secrets, and an address that stands in the configuration as it is. */
const hiddenOf = ({ secrets, settings }: Sending): string[] => [
  ...Object.values(secrets),
  ...('url' in settings && typeof settings.url === 'string' ? [settings.url] : []),
];

interface Ended {
  outcome: 'sent' | 'failed' | 'refused' | 'unsettled';
  answer: string;
  waitMs?: number | undefined;
}

async function attemptOnce({ channel, sending, context }: Way, notice: Notice): Promise<Ended> {
  const hidden = (text: string): string => hideSecrets(text, hiddenOf(sending)).slice(0, 500);
  const why = refusal(notice.tlp, channel.isEncrypted(sending));
  if (why !== undefined) return { outcome: 'refused', answer: why };
  try {
    const fresh = { ...sending, now: context.now() };
    return { outcome: 'sent', answer: hidden(await channel.send(messageOfNotice(notice), fresh)) };
  } catch (error) {
    if (!(error instanceof SendFailure))
      return { outcome: 'failed', answer: hidden(messageOf(error)) };
    const { kind, message, waitMs } = error;
    // Where the other side knows it by its id, sending again is safe.
    const isSafe = kind === 'unknown' && channel.knowsRepeats(sending.settings);
    const outcome =
      kind === 'refused' ? 'refused' : kind === 'retry' || isSafe ? 'failed' : 'unsettled';
    return { outcome, answer: hidden(message), waitMs };
  }
}
