/** `ir notify`: tells people over the channels of the configuration, and keeps what was told. */
import { EXIT, type ExitCode, IrError, refusedError, usageError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { itemNumber, type Notice } from '../incidents/items.ts';
import { STORE_INCIDENT } from '../incidents/store-journal.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import { channelOf } from '../notify/channels.ts';
import { type Cause, composeNotice, messageOfNotice } from '../notify/compose.ts';
import { hideSecrets } from '../notify/hide-secrets.ts';
import { nextTry, noticeState } from '../notify/outbox.ts';
import { DEFAULT_TLP, refusal } from '../notify/redact.ts';
import { isSenderAlive } from '../notify/sender.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { authorOf, findIncident, withIncident, withStore } from './incident-access.ts';
import { mayNotSay, type SaidByPlan } from './may-say.ts';
import {
  type NamedChannel,
  pickChannels,
  prepareSending,
  readChannels,
} from './notify-channels.ts';
import { type Delivery, deliver, type Outgoing } from './notify-deliver.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy, writeItems } from './write-items.ts';

/** Options of `ir notify`, as typed. */
export interface NotifyOptions {
  channel?: readonly string[] | undefined;
  dryRun?: boolean | undefined;
  flush?: boolean | undefined;
  again?: string | undefined;
  /** Send it although the plan lets others say it. */
  yes?: boolean | undefined;
}

/** A receipt, and whether all went out. */
export interface NotifyResult {
  result: ReceiptResult;
  exit?: ExitCode;
}

/** Sends a text, or how the case stands, over the channels named, or all. */
export async function notify(
  context: CommandContext,
  text: string,
  options: NotifyOptions,
): Promise<NotifyResult> {
  const channels = pickChannels(context, readChannels(context), options.channel);
  const id = context.randomId();
  const cause: Cause = { event: 'message', key: `message:${id}`, facts: { say: text.trim() } };
  if (options.dryRun === true) return dryRun(context, channels, [cause]);
  return withStore(context, async ({ store }) => {
    const { id: incident, key } = await findIncident(context, store);
    const detail = await store.load(incident);
    const why = await mayNotSay(context, store, detail);
    const tlp = detail.incident.facts.tlp ?? DEFAULT_TLP;
    const { open, kept } = await openChannels(context, channels, { tlp, why, options });
    const queued = await enqueue(context, store, incident, open, [cause]);
    const outgoing = queued.map((notice) => ({ incident: { id: incident, key }, notice }));
    const when = { isPatient: false, isAgain: false };
    const done = await deliver(context, store, outgoing, open, when, await recentOf(store));
    return kept.length === 0 ? receipt(done) : withKept(receipt(done), kept);
  });
}

/** A channel over which this message may not go, and why. */
interface Kept {
  channel: string;
  refused: string;
}

interface Asked {
  tlp: string;
  why: SaidByPlan;
  options: NotifyOptions;
}

/**
 * Those over which the message may go. One that may not carry it, or lacks its secret, keeps nobody else from hearing it.
 * @throws IrError (exit 6, or 3 for a secret) where a channel was asked for by name, or none is left
 */
async function openChannels(
  context: CommandContext,
  channels: readonly NamedChannel[],
  asked: Asked,
): Promise<{ open: NamedChannel[]; kept: Kept[] }> {
  const open: NamedChannel[] = [];
  const kept: Kept[] = [];
  const isStrict = channels.length === 1 || (asked.options.channel?.length ?? 0) > 0;
  let first: unknown;
  for (const one of channels)
    try {
      await assertMayGo(context, one, asked.tlp);
      assertMaySay(context, one, asked.why, asked.options.yes === true);
      open.push(one);
    } catch (error) {
      if (isStrict || !(error instanceof IrError)) throw error;
      first ??= error;
      kept.push({ channel: one.name, refused: error.message });
    }
  if (open.length === 0) throw first;
  return { open, kept };
}

/** The receipt with those that were not told; exit 5, as for what was not sent. */
const withKept = ({ result }: NotifyResult, kept: readonly Kept[]): NotifyResult => ({
  result: {
    ...result,
    lines: [...result.lines, ...kept.map(({ refused }) => [`Not told: ${refused}`])],
    document: { ...result.document, refused: kept },
  },
  exit: EXIT.remoteFailed,
});

/** The plan says who may tell whom. @throws IrError (exit 6) where that is not met and nobody said --yes */
function assertMaySay(
  context: CommandContext,
  one: NamedChannel,
  why: SaidByPlan,
  isSure: boolean,
): void {
  const what = why(one);
  if (what === undefined) return;
  if (isSure) context.say(`${what}. It goes out all the same.`);
  else
    throw refusedError(
      what,
      'Let them say it, bring them in with ir escalate or ir assign, or send it all the same with --yes.',
    );
}

/** Nothing is queued where it could go nowhere. @throws IrError (exit 6) */
async function assertMayGo(context: CommandContext, one: NamedChannel, tlp: string): Promise<void> {
  const sending = await prepareSending(context, one);
  const why = refusal(tlp, (await channelOf(one.settings.type)).isEncrypted(sending));
  if (why === undefined) return;
  throw refusedError(
    `channel ${one.name}: ${why}`,
    'Use https or TLS, choose others with --channel, or set what the case may be told with: ir update --tlp clear',
  );
}

/** Puts a notice for each channel into the outbox, unless it is there already. */
export async function enqueue(
  context: CommandContext,
  store: IncidentStore,
  incident: string,
  channels: readonly NamedChannel[],
  causes: readonly Cause[],
): Promise<Notice[]> {
  const author = authorOf(context);
  const { env } = context.settings;
  const ids = new Set<string>();
  await store.append(incident, (detail) => {
    ids.clear();
    if (detail === undefined) return [];
    const known = new Set(detail.notices.map(({ key }) => key));
    return causes.flatMap((cause) =>
      channels.flatMap((one) => {
        const id = context.randomId();
        const payload = composeNotice(detail, cause, one, { ...author, id, env });
        if (known.has(payload.key)) return [];
        ids.add(id);
        return [entryBy(author, 'notice_queued', payload)];
      }),
    );
  });
  return (await store.items(incident, 'notices')).filter(({ id }) => ids.has(id));
}

/** Exactly what would go where. */
export async function dryRun(
  context: CommandContext,
  channels: readonly NamedChannel[],
  causes: readonly Cause[],
): Promise<NotifyResult> {
  return withIncident(context, async (store, { id: incident, key }) => {
    const detail = await store.load(incident);
    const { env } = context.settings;
    const shown: {
      channel: string;
      where: string;
      headers: object;
      body: string;
      refused: string | undefined;
    }[] = [];
    for (const cause of causes)
      for (const one of channels) {
        const who = { ...authorOf(context), id: context.randomId(), env };
        const payload = composeNotice(detail, cause, one, who);
        const sending = await prepareSending(context, one);
        const channel = await channelOf(one.settings.type);
        const preview = channel.preview(messageOfNotice(payload), sending);
        const hide = (text: string): string => hideSecrets(text, Object.values(sending.secrets));
        const headers = Object.fromEntries(
          Object.entries(preview.headers).map(([name, value]) => [name, hide(value)]),
        );
        const refused = refusal(payload.tlp, channel.isEncrypted(sending));
        shown.push({
          channel: one.name,
          where: hide(preview.where),
          headers,
          body: hide(preview.body),
          refused,
        });
      }
    const lines = shown.flatMap(({ channel, where, headers, body, refused }) => [
      [`${channel}: ${where}`],
      ...(refused === undefined ? [] : [[`  refused: ${refused}`]]),
      ...Object.entries(headers).map(([name, value]) => [`  ${name}: ${value}`]),
      ...body
        .trimEnd()
        .split('\n')
        .map((line) => [`  | ${line}`]),
    ]);
    const nothing =
      lines.length === 0 ? [['Nothing would be sent.']] : [...lines, ['Nothing was sent.']];
    return {
      result: {
        lines: nothing,
        next: [],
        document: { incident: key, isDryRun: true, messages: shown },
      },
    };
  });
}

/** Sends what waits in the outbox, of all incidents. */
export async function flush(
  context: CommandContext,
  { again, channel }: NotifyOptions,
): Promise<NotifyResult> {
  const channels = readChannels(context);
  const done = await withStore(context, async ({ store }) => {
    if (channel !== undefined) pickChannels(context, channels, channel);
    if (again !== undefined) {
      const { id, key } = await findIncident(context, store);
      const notice = findItem(await store.items(id, 'notices'), again, NOTICES);
      const outgoing = [{ incident: { id, key }, notice }];
      return receipt(
        await deliver(context, store, outgoing, channels, { isPatient: false, isAgain: true }),
      );
    }
    return receipt(
      await flushAll(context, store, channels, { isPatient: false, isAgain: false }, channel),
    );
  });
  if (again === undefined) {
    const { takeAcknowledgements } = await import('./pagerduty-acks.ts');
    await takeAcknowledgements(context, channels);
  }
  return done;
}

/** Everything that waits, the oldest first. */
export async function flushAll(
  context: CommandContext,
  store: IncidentStore,
  channels: readonly NamedChannel[],
  when: { isPatient: boolean; isAgain: boolean },
  only?: readonly string[],
): Promise<Delivery[]> {
  const all = await allNotices(store);
  const waiting = all.filter(
    ({ notice }) =>
      ['waiting', 'interrupted'].includes(noticeState(notice, isSenderAlive)) &&
      (only === undefined || only.includes(notice.channel)),
  );
  waiting.sort((a, b) => (a.notice.enteredAt < b.notice.enteredAt ? -1 : 1));
  return deliver(
    context,
    store,
    waiting,
    channels,
    when,
    all.map(({ notice }) => notice),
  );
}

async function allNotices(store: IncidentStore): Promise<Outgoing[]> {
  const all: Outgoing[] = [];
  for (const { id, key } of [...(await store.list()), STORE_INCIDENT])
    for (const notice of await store.items(id, 'notices'))
      all.push({ incident: { id, key }, notice });
  return all;
}

const recentOf = async (store: IncidentStore): Promise<Notice[]> =>
  (await allNotices(store)).map(({ notice }) => notice);

const NOTICES = { letter: 'N', name: 'notice', list: 'ir notify list' };

/** What was sent and what was not; exit 5 when something was not. */
export function receipt(deliveries: readonly Delivery[]): NotifyResult {
  const lines = deliveries.map(({ incident, number, channel, outcome, answer, next }) => [
    `${incident} ${number} over ${channel}: ${outcome.replace('_', ' ')}${answer === '' ? '' : `, ${answer}`}`,
    ...(next === undefined ? [] : ['; tried again from ', { at: next }, ' on']),
  ]);
  const isBad = deliveries.some(({ outcome }) => outcome !== 'sent');
  const waits = deliveries.some(({ outcome }) => ['failed', 'held', 'unsettled'].includes(outcome));
  return {
    result: {
      lines: lines.length === 0 ? [['Nothing is to be sent.']] : lines,
      next: waits
        ? [{ command: 'ir notify --flush', shows: 'tries again what waits in the outbox' }]
        : [],
      document: { notices: deliveries },
    },
    ...(isBad ? { exit: EXIT.remoteFailed } : {}),
  };
}

/** What was told to whom, when, and what came back. */
export const listNotices = (context: CommandContext): Promise<TableResult> =>
  withIncident(context, async (store, { id, key }) => {
    const notices = await store.items(id, 'notices');
    const rows = notices.map((notice) => ({ notice, state: noticeState(notice, isSenderAlive) }));
    return {
      title: notices.length === 0 ? `Nobody was told of ${key}.` : `Notices of ${key}`,
      heads: ['Number', 'At', 'Channel', 'To', 'State', 'Answer', 'Subject'],
      rows: rows.map(({ notice, state }) => [
        itemNumber('N', notice),
        { at: notice.attempts.at(-1)?.at ?? notice.enteredAt },
        notice.channel,
        notice.audience,
        state.replace('_', ' '),
        notice.attempts.at(-1)?.answer ?? '',
        notice.subject,
      ]),
      notes: rows.some(({ state }) => state === 'interrupted')
        ? [
            'What was interrupted may have arrived. Send it again with: ir notify --flush --again NUMBER',
          ]
        : [],
      next: rows.some(({ state }) => state === 'waiting')
        ? [{ command: 'ir notify --flush', shows: 'sends what waits' }]
        : [],
      documents: rows.map(({ notice, state }) => ({
        ...{ number: itemNumber('N', notice), state },
        nextTry: state === 'waiting' ? nextTry(notice).toISOString() : undefined,
        ...notice,
      })),
      about: { incident: key },
    };
  });

/** Takes a notice back that was not sent. */
export const withdrawNotice = (
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string | undefined },
): Promise<ReceiptResult> =>
  writeItems(
    context,
    ({ notices }, author) => {
      const item = findItem(notices, wanted, NOTICES);
      if (noticeState(item, isSenderAlive) === 'sent')
        throw refusedError(
          `${itemNumber('N', item)} was sent, and cannot be taken back`,
          'Send a correction: ir notify "..."',
        );
      return [withdrawItem('notice', item, itemNumber('N', item), reason, author)];
    },
    ({ incident, notices }) => {
      const item = findItem(notices, wanted, NOTICES);
      return {
        lines: [
          [`${incident.key}: notice ${itemNumber('N', item)} is withdrawn and will not be sent.`],
        ],
        document: { notice: item },
      };
    },
  );

/** One way at a time. @throws IrError (exit 2) */
export function assertOneWay(text: string, ways: readonly (string | false)[]): void {
  const named = ways.filter((way): way is string => way !== false);
  if (named.length > 1)
    throw usageError(`${named.join(' and ')} do not go together`, 'Use one of them.');
  if (named.length === 1 && text !== '')
    throw usageError(
      `${named[0]} takes no text`,
      'Leave the text out, or send it without that option.',
    );
}
