/** Axes: where ticks stand, and how times and numbers are written under a chart. */

const MINUTE = 60_000_000;
const STEPS_US = [
  1_000_000,
  5_000_000,
  15_000_000,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  60 * MINUTE,
  180 * MINUTE,
  360 * MINUTE,
  720 * MINUTE,
  1440 * MINUTE,
  2 * 1440 * MINUTE,
  7 * 1440 * MINUTE,
  30 * 1440 * MINUTE,
  91 * 1440 * MINUTE,
  365 * 1440 * MINUTE,
];

/** Ticks of a stretch of time, in UTC. */
export function timeTicks(
  fromUs: number,
  toUs: number,
  most: number,
): readonly { atUs: number; text: string }[] {
  const span = toUs - fromUs;
  if (!(span > 0)) return [];
  const step = STEPS_US.find((one) => span / one <= most) ?? Math.ceil(span / most);
  const first = Math.ceil(fromUs / step) * step;
  const ticks = [];
  for (let atUs = first; atUs <= toUs; atUs += step)
    ticks.push({ atUs, text: tickText(atUs, step) });
  return ticks;
}

function tickText(atUs: number, step: number): string {
  const text = instant(atUs);
  if (step >= 1440 * MINUTE) return text.slice(0, 10);
  if (step >= MINUTE) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return text.slice(11, 19);
}

const instant = (us: number): string => {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
};

/** `2026-03-01 07:30:00Z`; empty for what has no time. */
export const momentText = (us: number | undefined): string => {
  const text = us === undefined ? '' : instant(us);
  return text === '' ? '' : `${text.slice(0, 10)} ${text.slice(11, 19)}Z`;
};

/** A number at or above `most` that reads well: 1, 2 or 5 times a power of ten. */
export function niceTop(most: number): number {
  if (most <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((times) => times * power).find((top) => top >= most) ?? 10 * power;
}

/** With two digits behind the point at most: what a browser draws is no finer. */
export const px = (value: number): number => Math.round(value * 100) / 100;
