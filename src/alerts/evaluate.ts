/**
 * What time makes of alerts: pending to firing to resolved, who is to be told of what, and of what not. Pure: the same state and the
 * same moment give the same, so that a run that was killed goes on where it was.
 */
import ipaddr from 'ipaddr.js';
import { type Level, levelRank } from '../events/level.ts';
import type { Alert, Notice, Silence } from '../incidents/items.ts';
import { type Changes, fitsRule, hasCommonActor } from './group.ts';
import { type AlertSettings, isQuiet } from './settings.ts';
import type { FigureTrigger } from './trigger.ts';

/** Something to tell; the key is the same whenever it is found. */
export interface AlertCause {
  event: 'alert' | 'alert_escalated' | 'alert_resolved' | 'alert_digest';
  key: string;
  alerts: readonly Alert[];
  /** Why these were not told one by one; of a digest. */
  reason: string;
}

/** What is to be written. */
export interface Evaluation {
  changes: readonly { alert: Alert; changes: Changes; reason: string }[];
  causes: readonly AlertCause[];
}

const HOUR_MS = 3_600_000;

/** @param notices of the store's journal: what was told is known by them */
export function evaluate(
  alerts: readonly Alert[],
  silences: readonly Silence[],
  notices: readonly Pick<Notice, 'key' | 'enteredAt' | 'event'>[],
  settings: AlertSettings,
  figures: readonly FigureTrigger[],
  nowMs: number,
): Evaluation {
  const now = new Date(nowMs).toISOString();
  const changes: { alert: Alert; changes: Changes; reason: string }[] = [];
  const change = (alert: Alert, what: Changes, reason: string): Alert => {
    changes.push({ alert, changes: what, reason });
    return { ...alert, ...(what as Partial<Alert>) };
  };
  const open = alerts
    .filter(({ state }) => state !== 'resolved')
    .map((alert) => stepOf(alert, settings, figures, nowMs, now, change));
  const standing = open.map((alert) => {
    const whole = partOf(alert, open);
    if ((alert.inhibitedBy ?? '') === (whole?.id ?? '')) return alert;
    return change(
      alert,
      { inhibitedBy: whole?.id ?? '' },
      whole === undefined ? '' : `part of: ${whole.title}`,
    );
  });
  const resolvedLately = alerts.filter(
    ({ state, resolvedAt }) =>
      state === 'resolved' &&
      resolvedAt !== undefined &&
      nowMs - Date.parse(resolvedAt) < 24 * HOUR_MS,
  );
  const causes = causesOf([...standing, ...resolvedLately], silences, notices, settings, nowMs);
  for (const cause of causes) {
    if (cause.event !== 'alert_digest') continue;
    for (const alert of cause.alerts)
      changes.push({ alert, changes: { told: cause.key }, reason: '' });
  }
  return { changes, causes };
}

function stepOf(
  alert: Alert,
  settings: AlertSettings,
  figures: readonly FigureTrigger[],
  nowMs: number,
  now: string,
  change: (alert: Alert, what: Changes, reason: string) => Alert,
): Alert {
  const figure = figures.find(({ id }) => alert.key === `figure|${id}`);
  const waitMs = figure?.forMs ?? settings.waitMs;
  // A figure is asked every few seconds: what did not come again is over.
  const resolveMs = figure === undefined ? settings.resolveMs : FIGURE_OVER_MS;
  const seenMs = Math.max(Date.parse(alert.enteredAt), Date.parse(alert.lastAt));
  if (nowMs - seenMs >= resolveMs) {
    const reason = alert.state === 'pending' ? 'over before it was told' : 'nothing more came';
    return change(alert, { state: 'resolved', resolvedAt: now }, reason);
  }
  if (alert.state === 'pending' && nowMs - Date.parse(alert.enteredAt) >= waitMs)
    return change(alert, { state: 'firing', firedAt: now }, alert.why);
  return alert;
}

const FIGURE_OVER_MS = 90_000;

/** A graver alert about the same address, account or machine silences those that are a part of it. */
function partOf(alert: Alert, all: readonly Alert[]): Alert | undefined {
  return all.find(
    (other) =>
      other.id !== alert.id &&
      other.state === 'firing' &&
      levelRank(other.level as Level) > levelRank(alert.level as Level) &&
      hasCommonActor(other, alert),
  );
}

/** When each cause was told first. */
function firstTold(
  notices: readonly Pick<Notice, 'key' | 'enteredAt' | 'event'>[],
): Map<string, number> {
  // A notice has the channel behind the key of its cause.
  const told = new Map<string, number>();
  for (const { key, enteredAt } of notices) {
    const cause = key.slice(0, key.lastIndexOf(':'));
    told.set(cause, Math.min(told.get(cause) ?? Infinity, Date.parse(enteredAt)));
  }
  return told;
}

/** Those that were not told one by one, in one. */
function digestOf(untold: readonly Alert[], room: number, nowMs: number): AlertCause | undefined {
  const alerts = untold.filter(({ told }) => told === undefined);
  if (alerts.length === 0) return undefined;
  // Once an hour at most, so that the digest itself does not tire.
  const hour = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS).toISOString();
  return {
    event: 'alert_digest',
    key: `alert_digest:${hour}`,
    alerts,
    reason: room <= 0 ? 'more than are told in an hour' : 'from the quiet hours',
  };
}

function causesOf(
  alerts: readonly Alert[],
  silences: readonly Silence[],
  notices: readonly Pick<Notice, 'key' | 'enteredAt' | 'event'>[],
  settings: AlertSettings,
  nowMs: number,
): AlertCause[] {
  const told = firstTold(notices);
  const lately = [...told].filter(
    ([key, at]) => key.startsWith('alert:') && nowMs - at < HOUR_MS,
  ).length;
  let room = settings.perHour - lately;
  const causes: AlertCause[] = [];
  const untold: Alert[] = [];
  const silent = (alert: Alert): boolean => silences.some((one) => isSilenced(alert, one, nowMs));
  const tell = (event: AlertCause['event'], key: string, alert: Alert): void => {
    if (told.has(key)) return;
    if (room <= 0 && event === 'alert') untold.push(alert);
    else {
      room -= 1;
      causes.push({ event, key, alerts: [alert], reason: '' });
    }
  };
  for (const alert of [...alerts].sort(
    (a, b) => levelRank(b.level as Level) - levelRank(a.level as Level),
  )) {
    const { id, level, state, firedAt, acknowledged } = alert;
    if (levelRank(level as Level) < levelRank(settings.level) || state === 'pending') continue;
    const firstKey = `alert:${id}:firing`;
    const firstMs = told.get(firstKey);
    const wasTold = firstMs !== undefined || alert.told !== undefined;
    if (state === 'resolved') {
      if (firstMs !== undefined && !silent(alert))
        tell('alert_resolved', `alert:${id}:resolved`, alert);
      continue;
    }
    if (silent(alert) || (alert.inhibitedBy ?? '') !== '') continue;
    const { quiet } = settings;
    if (!wasTold) {
      if (
        quiet !== undefined &&
        levelRank(level as Level) < levelRank(quiet.below) &&
        isQuiet(quiet, nowMs)
      )
        continue;
      const waitedThrough =
        quiet !== undefined &&
        firedAt !== undefined &&
        levelRank(level as Level) < levelRank(quiet.below) &&
        isQuiet(quiet, Date.parse(firedAt));
      if (waitedThrough) untold.push(alert);
      else tell('alert', firstKey, alert);
      continue;
    }
    if (acknowledged !== undefined || firstMs === undefined) continue;
    if (nowMs - firstMs >= settings.escalateMs)
      tell('alert_escalated', `alert:${id}:escalated`, alert);
    const repeat = Math.floor((nowMs - firstMs) / settings.repeatMs);
    if (repeat > 0) tell('alert', `alert:${id}:repeat-${repeat}`, alert);
  }
  const digest = digestOf(untold, room, nowMs);
  if (digest !== undefined && !told.has(digest.key)) causes.push(digest);
  return causes;
}

/** Does a silence cover an alert now? Everything that it names has to fit. */
export function isSilenced(alert: Alert, silence: Silence, nowMs: number): boolean {
  const { rule, entity, level, from, until, withdrawn } = silence;
  if (withdrawn !== undefined || Date.parse(from) > nowMs || Date.parse(until) <= nowMs)
    return false;
  if (level !== undefined && levelRank(alert.level as Level) > levelRank(level as Level))
    return false;
  if (rule !== undefined && !alert.rules.some((title) => fitsRule(rule, { title }))) return false;
  return (
    entity === undefined ||
    Object.values(alert.entities)
      .flat()
      .some((value) => isValue(value, entity))
  );
}

function isValue(value: string, wanted: string): boolean {
  if (value.toLowerCase() === wanted.toLowerCase()) return true;
  if (!wanted.includes('/') || !ipaddr.isValidCIDR(wanted) || !ipaddr.isValid(value)) return false;
  const [network, bits] = ipaddr.parseCIDR(wanted);
  const address = ipaddr.process(value);
  return address.kind() === network.kind() && address.match(network, bits);
}
