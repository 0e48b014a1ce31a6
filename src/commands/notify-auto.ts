/**
 * Notices that entries cause: opened, escalated, moved to another phase. They stand in the journal in the same
 * breath as what they tell of, and are sent when the command has done its work, which nothing here can undo.
 */
import { messageOf } from '../errors.ts';
import type { JournalEntry } from '../incidents/incident.ts';
import type { Decision, IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { Notice } from '../incidents/items.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { type Cause, composeNotice } from '../notify/compose.ts';
import type { CommandContext } from './context.ts';
import { mayGoByItself } from './may-say.ts';
import { type NamedChannel, readChannels } from './notify-channels.ts';
import { deliver, type Outgoing } from './notify-deliver.ts';

/** A store that queues notices with the entries that cause them. */
export interface Telling {
  append: IncidentStore['append'];
  /** Sends what was queued; says what did not go out, and never throws. */
  finish(): Promise<void>;
}

/** The first look at an incident is its opening: there is no head before it, so its notice follows it. */
export const openedCause = ({ incident }: IncidentDetail): Cause => ({
  event: 'opened',
  key: `opened:${incident.id}`,
  facts: {},
});

/** What an entry causes; undefined for most. */
function causeOf(entry: NewEntry, { head }: IncidentDetail): Cause | undefined {
  if (entry.type === 'incident_escalated') {
    const { id, to, reason } = entry.payload;
    return { event: 'escalated', key: `escalated:${id}`, facts: { whom: to, reason } };
  }
  if (entry.type === 'phase_changed') {
    const { from, to, reason } = entry.payload;
    const facts = { phase: to, was: from, reason };
    return { event: 'phase_changed', key: `phase_changed:${head}`, facts };
  }
  if (entry.type === 'incident_closed')
    return { event: 'phase_changed', key: `closed:${head}`, facts: { status: 'closed' } };
  return undefined;
}

const CAUSING: readonly NewEntry['type'][] = [
  'incident_opened',
  'incident_escalated',
  'phase_changed',
  'incident_closed',
];

/** Wraps a store for one command. */
export function telling(context: CommandContext, store: IncidentStore): Telling {
  let channels: readonly NamedChannel[] | undefined;
  const queued: { incident: string; notice: string }[] = [];

  /** Those over which the plan lets something go out now; of an incident that is not there yet, none. */
  const openOf = async (incident: string): Promise<readonly NamedChannel[]> => {
    channels ??= readChannels(context);
    const known = await store.find(incident);
    if (known === undefined) return channels;
    const roles = await store.items(incident, 'roles');
    return mayGoByItself(context, store, { incident: known, roles }, channels);
  };

  /** A notice that cannot be written must not keep the entry out. */
  const noticesOf = (
    cause: Cause,
    detail: IncidentDetail,
    open: readonly NamedChannel[],
  ): NewEntry[] => {
    const { actor, env } = context.settings;
    return open.flatMap((one): NewEntry[] => {
      if (!(one.settings.on as readonly string[]).includes(cause.event)) return [];
      const now = context.now();
      try {
        const who = { actor, now, id: context.randomId(), env };
        const payload = composeNotice(detail, cause, one, who);
        if (detail.notices.some(({ key }) => key === payload.key)) return [];
        return [{ type: 'notice_queued', payload, at: now.toISOString(), actor }];
      } catch (error) {
        context.say(`No notice over ${one.name}: ${messageOf(error)}`);
        return [];
      }
    });
  };

  const append = async (
    incident: string,
    decision: Decision,
    turn?: Parameters<IncidentStore['append']>[2],
  ): Promise<readonly JournalEntry[]> => {
    const isWatched =
      typeof decision === 'function' || decision.some(({ type }) => CAUSING.includes(type));
    if (!isWatched) return store.append(incident, decision, turn);
    const ours = new Set<string>();
    let open = await openOf(incident);
    const withNotices: Decision = (before) => {
      ours.clear();
      const entries = typeof decision === 'function' ? decision(before) : decision;
      if (before === undefined || before.incident.isDrill) return entries;
      const notices = entries.flatMap((entry) => {
        const cause = causeOf(entry, before);
        return cause === undefined ? [] : noticesOf(cause, before, open);
      });
      for (const { payload } of notices) ours.add((payload as { id: string }).id);
      return [...entries, ...notices];
    };
    const written = await store.append(incident, withNotices, turn);
    const asked = written.filter(({ payload }) => !ours.has((payload as { id: string }).id));
    if (asked.some(({ type }) => type === 'incident_opened')) {
      open = await openOf(incident);
      await store.append(incident, (detail) => {
        ours.clear();
        if (detail === undefined || detail.incident.isDrill) return [];
        const notices = noticesOf(openedCause(detail), detail, open);
        for (const { payload } of notices) ours.add((payload as { id: string }).id);
        return notices;
      });
    }
    for (const notice of ours) queued.push({ incident, notice });
    return asked;
  };

  const finish = async (): Promise<void> => {
    if (queued.length === 0) return;
    try {
      const outgoing: Outgoing[] = [];
      for (const id of new Set(queued.map(({ incident }) => incident))) {
        const { incident, notices } = await store.load(id);
        const isOurs = (one: Notice): boolean => queued.some(({ notice }) => notice === one.id);
        for (const notice of notices.filter(isOurs)) outgoing.push({ incident, notice });
      }
      const when = { isPatient: false, isAgain: false };
      const done = await deliver(context, store, outgoing, channels ?? [], when);
      for (const { number, channel, outcome, answer } of done) {
        if (outcome === 'sent')
          context.say(
            `Told ${channel} (${number})${answer.includes('refused:') ? `: ${answer}` : '.'}`,
          );
        else
          context.say(
            `${number} over ${channel} was not sent: ${answer}. See: ir notify list; again: ir notify --flush`,
          );
      }
    } catch (error) {
      context.say(`Nobody was told: ${messageOf(error)}. Try: ir notify --flush`);
    }
  };
  return { append, finish };
}
