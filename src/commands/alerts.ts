/** `ir alerts list|show|ack`, `ir silence add|list|withdraw`: what a watch raised, and of what nobody is to be told. */
import ipaddr from 'ipaddr.js';
import { isSilenced } from '../alerts/evaluate.ts';
import { refusedError, usageError } from '../errors.ts';
import { LEVELS, type Level, levelRank } from '../events/level.ts';
import { ALERT_STATES, type Alert, itemNumber, type Silence } from '../incidents/items.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { authorOf, readInstant, readWord, withStore } from './incident-access.ts';
import { spanUs } from './said-options.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { updateIncident } from './update-incident.ts';
import { entryBy } from './write-items.ts';

const ALERTS = { letter: 'L', name: 'alert', list: 'ir alerts list' };
const SILENCES = { letter: 'S', name: 'silence', list: 'ir silence list' };

/** Options of `ir alerts list`, as typed. */
export interface AlertListOptions {
  state?: string | undefined;
  level?: string | undefined;
  all?: boolean | undefined;
}

/** Alerts that are not over, the gravest first; with `--all` those that are, too. */
export async function listAlerts(
  context: CommandContext,
  { state, level, all = false }: AlertListOptions,
): Promise<TableResult> {
  const wanted = readWord(state, ALERT_STATES, '--state');
  const least = readWord(level, LEVELS, '--level');
  return withStore(context, async ({ store }) => {
    const silences = await store.items(STORE_JOURNAL, 'silences');
    const alerts = (await store.items(STORE_JOURNAL, 'alerts')).filter(
      (alert) =>
        (wanted === undefined ? all || alert.state !== 'resolved' : alert.state === wanted) &&
        (least === undefined || levelRank(alert.level as Level) >= levelRank(least)),
    );
    const order = (alert: Alert): number => (ALERT_STATES.indexOf(alert.state) === 2 ? 1 : 0);
    alerts.sort(
      (a, b) =>
        order(a) - order(b) ||
        levelRank(b.level as Level) - levelRank(a.level as Level) ||
        (a.lastAt < b.lastAt ? 1 : -1),
    );
    const nowMs = context.now().getTime();
    return {
      title: alerts.length === 0 ? 'No alert stands.' : 'Alerts',
      heads: ['Number', 'State', 'Level', 'Last', 'Count', 'Taken on by', 'Alert'],
      rows: alerts.map((alert) => [
        ...[
          itemNumber('L', alert),
          stateText(alert, alerts, silences, nowMs),
          alert.level,
          { at: alert.lastAt },
        ],
        ...[alert.count, alert.acknowledged?.by, alert.title],
      ]),
      notes: [],
      next:
        alerts.length === 0
          ? []
          : [
              {
                command: `ir alerts show ${itemNumber('L', alerts[0]!)}`,
                shows: 'why, with the lines',
              },
            ],
      documents: alerts.map((alert) => ({ number: itemNumber('L', alert), ...alert })),
      about: {},
    };
  });
}

function stateText(
  alert: Alert,
  all: readonly Alert[],
  silences: readonly Silence[],
  nowMs: number,
): string {
  if (alert.state === 'resolved') return 'resolved';
  const whole = all.find(({ id }) => id === alert.inhibitedBy);
  if (whole !== undefined) return `part of ${itemNumber('L', whole)}`;
  return silences.some((one) => isSilenced(alert, one, nowMs))
    ? `${alert.state}, silenced`
    : alert.state;
}

/** One alert: why, the lines, who was told, what to do. */
export async function showAlert(context: CommandContext, wanted: string): Promise<ReceiptResult> {
  return withStore(context, async ({ store }) => {
    const alerts = await store.items(STORE_JOURNAL, 'alerts');
    const alert = findItem(alerts, wanted, ALERTS);
    const silences = await store.items(STORE_JOURNAL, 'silences');
    const told = (await store.items(STORE_JOURNAL, 'notices')).filter(({ key }) =>
      key.includes(alert.id),
    );
    const number = itemNumber('L', alert);
    const { acknowledged: taken } = alert;
    const entities = Object.entries(alert.entities).map(([name, values]) => [
      `  ${name}: ${values.join(', ')}`,
    ]);
    return {
      lines: [
        [`${number} ${alert.level}: ${alert.title}`],
        [
          `${stateText(alert, alerts, silences, context.now().getTime())}; first `,
          { at: alert.firstAt },
          ', last ',
          { at: alert.lastAt },
          `, ${alert.count} events`,
        ],
        [alert.why],
        ...entities,
        ...(alert.evidence.length === 0 ? [] : [['Lines:']]),
        ...alert.evidence.map((line) => [`  ${line}`]),
        ...(taken === undefined
          ? []
          : [
              [
                `Taken on by ${taken.by} at `,
                { at: taken.at },
                taken.reason === '' ? '.' : `: ${taken.reason}`,
              ],
            ]),
        ...told.map(({ channel, event, enteredAt, attempts }) => [
          `Told over ${channel} (${event ?? ''}) at `,
          { at: enteredAt },
          `: ${attempts.at(-1)?.outcome ?? 'waits'}`,
        ]),
        ...(alert.incident === undefined ? [] : [[`Incident ${alert.incident}`]]),
        [`To do next: ${alert.next}`],
      ],
      next:
        taken === undefined && alert.state !== 'resolved'
          ? [{ command: `ir alerts ack ${number}`, shows: 'takes it on' }]
          : [],
      document: { alert: { number, ...alert } },
    };
  });
}

/** Takes alerts on: they are not told again, and of their incident the time is known. @param at since when, where that is not now */
export async function acknowledgeAlerts(
  context: CommandContext,
  wanted: readonly string[],
  {
    reason = '',
    by,
    at,
  }: { reason?: string | undefined; by?: string | undefined; at?: string | undefined },
): Promise<ReceiptResult> {
  const opened: string[] = [];
  const result = await withStore(context, async ({ store }) => {
    const all = await store.items(STORE_JOURNAL, 'alerts');
    const chosen = wanted.map((name) => findItem(all, name, ALERTS));
    for (const alert of chosen) {
      const number = itemNumber('L', alert);
      if (alert.state === 'resolved') throw refusedError(`${number} is over already`);
      if (alert.acknowledged !== undefined)
        throw refusedError(
          `${number} was taken on by ${alert.acknowledged.by} at ${alert.acknowledged.at}`,
        );
    }
    const author = authorOf(context);
    const who = by ?? author.actor;
    await store.append(
      STORE_JOURNAL,
      chosen.map(({ id }) =>
        entryBy(author, 'alert_acknowledged', { alert: id, by: who, reason: reason.trim() }),
      ),
    );
    for (const { incident } of chosen) {
      const found = incident === undefined ? undefined : await store.find(incident);
      if (found !== undefined && found.times.acknowledged === undefined) opened.push(found.key);
    }
    const numbers = chosen.map((alert) => itemNumber('L', alert));
    return {
      lines: [[`${numbers.join(', ')} taken on by ${who}.`]],
      next: [],
      document: { alerts: numbers, by: who },
    };
  });
  for (const incident of new Set(opened)) {
    const settings = { ...context.settings, incident };
    await updateIncident({ ...context, settings }, {
      acknowledgedAt: at ?? context.now().toISOString(),
    } as never);
  }
  return result;
}

/** Options of `ir silence add`, as typed. */
export interface SilenceOptions {
  rule?: string | undefined;
  entity?: string | undefined;
  level?: string | undefined;
  for?: string | undefined;
  until?: string | undefined;
  reason?: string | undefined;
}

const DAY_MS = 86_400_000;
const MOST_MS = 30 * DAY_MS;

/** Adds a silence. @throws IrError (exit 2) for one about everything, without an end, or without a reason */
export async function addSilence(
  context: CommandContext,
  options: SilenceOptions,
): Promise<ReceiptResult> {
  const { rule, entity, reason = '' } = options;
  const level = readWord(options.level, LEVELS, '--level');
  if (rule === undefined && entity === undefined && level === undefined)
    throw usageError('a silence about everything is none', 'Name --rule, --entity or --level.');
  if (reason.trim() === '')
    throw usageError(
      'a silence needs a reason',
      'Give it with --reason "the scanner of our own team".',
    );
  if (entity?.includes('/') === true && !ipaddr.isValidCIDR(entity))
    throw usageError(
      `--entity: "${entity}" is no network`,
      'Write 198.51.100.0/24, or a value as the alert has it.',
    );
  const now = context.now();
  const until = endOf(context, options, now.getTime());
  const payload = {
    id: context.randomId(),
    ...{ from: now.toISOString(), until, reason: reason.trim() },
    ...(rule !== undefined && { rule }),
    ...(entity !== undefined && { entity }),
    ...(level !== undefined && { level }),
  };
  return withStore(
    context,
    async ({ store }) => {
      const written = await store.append(STORE_JOURNAL, [
        entryBy(authorOf(context), 'silence_added', payload),
      ]);
      const number = itemNumber('S', { seq: written.at(-1)!.seq });
      return {
        lines: [[`Silence ${number} holds until `, { at: until }, `: ${aboutOf(payload)}.`]],
        next: [
          { command: `ir silence withdraw ${number} --reason "..."`, shows: 'ends it before' },
        ],
        document: { silence: { number, ...payload } },
      };
    },
    { create: true },
  );
}

function endOf(context: CommandContext, options: SilenceOptions, nowMs: number): string {
  if (options.for !== undefined && options.until !== undefined)
    throw usageError('--for and --until exclude each other');
  const us = options.for === undefined ? undefined : spanUs(options.for);
  if (options.for !== undefined && (us === undefined || us <= 0))
    throw usageError(`--for: "${options.for}" is no length of time`, 'Write 2h, 30m or 1d.');
  const until =
    us === undefined
      ? readInstant(context, options.until, '--until')
      : new Date(nowMs + us / 1000).toISOString();
  if (until === undefined)
    throw usageError('a silence needs an end', 'Give it with --for 2h or --until TIME.');
  const ms = Date.parse(until);
  if (ms <= nowMs)
    throw usageError('the silence would be over before it begins', 'Name a later time.');
  if (ms - nowMs > MOST_MS)
    throw usageError(
      'a silence of more than 30 days hides what changes meanwhile',
      'Name an earlier time; for rules that are wrong here: ir rules tune.',
    );
  return until;
}

const aboutOf = ({ rule, entity, level }: Pick<Silence, 'rule' | 'entity' | 'level'>): string =>
  [rule && `rule ${rule}`, entity && `entity ${entity}`, level && `${level} and below`]
    .filter(Boolean)
    .join(', ');

/** Silences that hold, or all. */
export async function listSilences(
  context: CommandContext,
  { all = false }: { all?: boolean },
): Promise<TableResult> {
  return withStore(context, async ({ store }) => {
    const now = context.now().toISOString();
    const holds = ({ withdrawn, until }: Silence): boolean =>
      withdrawn === undefined && until > now;
    const shown = (await store.items(STORE_JOURNAL, 'silences')).filter((one) => all || holds(one));
    return {
      title: shown.length === 0 ? 'No silence holds.' : 'Silences',
      heads: ['Number', 'Until', 'By', 'State', 'About', 'Reason'],
      rows: shown.map((one) => [
        ...[itemNumber('S', one), { at: one.until }, one.enteredBy],
        one.withdrawn !== undefined
          ? `withdrawn: ${one.withdrawn.reason}`
          : holds(one)
            ? 'holds'
            : 'over',
        ...[aboutOf(one), one.reason],
      ]),
      notes: [],
      next: [
        {
          command: 'ir silence add --entity 198.51.100.7 --for 2h --reason "..."',
          shows: 'adds one',
        },
      ],
      documents: shown.map((one) => ({ number: itemNumber('S', one), ...one })),
      about: {},
    };
  });
}

/** Ends a silence before its time. */
export async function withdrawSilence(
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> {
  if (reason.trim() === '')
    throw usageError('withdrawing a silence needs a reason', 'Give it with --reason "...".');
  return withStore(context, async ({ store }) => {
    const silence = findItem(await store.items(STORE_JOURNAL, 'silences'), wanted, SILENCES);
    const number = itemNumber('S', silence);
    if (silence.withdrawn !== undefined)
      throw refusedError(`${number} was withdrawn at ${silence.withdrawn.at}`);
    const payload = { silence: silence.id, reason: reason.trim() };
    await store.append(STORE_JOURNAL, [entryBy(authorOf(context), 'silence_withdrawn', payload)]);
    return {
      lines: [[`Silence ${number} is withdrawn.`]],
      next: [],
      document: { silence: { number, ...payload } },
    };
  });
}
