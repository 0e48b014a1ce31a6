/** When alerts are told; all lengths of time in milliseconds. */
import { LEVELS, type Level } from '../events/level.ts';

/** Hours in which only what is grave is told. */
export interface QuietHours {
  /** Minutes after midnight. */
  from: number;
  to: number;
  /** Levels below this wait. */
  below: Level;
  zone: string;
}

/** What holds for all alerts of a watch. */
export interface AlertSettings {
  level: Level;
  waitMs: number;
  repeatMs: number;
  resolveMs: number;
  escalateMs: number;
  perHour: number;
  quiet: QuietHours | undefined;
}

/** What holds where the configuration says nothing. */
export const DEFAULTS: AlertSettings = {
  level: 'high',
  waitMs: 0,
  repeatMs: 4 * 3_600_000,
  resolveMs: 30 * 60_000,
  escalateMs: 15 * 60_000,
  perHour: 20,
  quiet: undefined,
};

/** The section `alerts` of the configuration. */
export interface AlertsSection {
  level?: string | undefined;
  wait?: string | undefined;
  repeat?: string | undefined;
  resolve?: string | undefined;
  escalate?: string | undefined;
  per_hour?: number | undefined;
  quiet?: { from: string; to: string; below: string; zone: string } | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `30s`, `15m`, `4h`, `1d`. */
export const spanMs = (text: string): number =>
  Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0);

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** The settings of a run. */
export function alertSettings(section: AlertsSection): AlertSettings {
  const span = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : spanMs(text);
  const { quiet } = section;
  const levelOf = (text: string | undefined, otherwise: Level): Level =>
    LEVELS.find((level) => level === text) ?? otherwise;
  return {
    level: levelOf(section.level, DEFAULTS.level),
    waitMs: span(section.wait, DEFAULTS.waitMs),
    repeatMs: span(section.repeat, DEFAULTS.repeatMs),
    resolveMs: span(section.resolve, DEFAULTS.resolveMs),
    escalateMs: span(section.escalate, DEFAULTS.escalateMs),
    perHour: section.per_hour ?? DEFAULTS.perHour,
    quiet: quiet && {
      from: minutes(quiet.from),
      to: minutes(quiet.to),
      below: levelOf(quiet.below, 'high'),
      zone: quiet.zone,
    },
  };
}

/** Is it a quiet hour? Hours that go over midnight begin on one day and end on the next. */
export function isQuiet({ from, to, zone }: QuietHours, nowMs: number): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(nowMs);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const now = part('hour') * 60 + part('minute');
  return from <= to ? now >= from && now < to : now >= from || now < to;
}
