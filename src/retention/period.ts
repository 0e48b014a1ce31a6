/** Lengths of time as policies name them: `90 days`, `12 months`, `6 years`. */

/** Days, months or years of the calendar. */
export interface Period {
  count: number;
  unit: 'days' | 'months' | 'years';
}

/** What a period looks like, for schemas. */
export const PERIOD = /^([1-9]\d{0,4}) ?(d|day|days|w|week|weeks|month|months|y|year|years)$/i;

/** Reads `90 days`, `90d`, `12 months`, `6 years`, `2 weeks`; undefined for what is none. */
export function readPeriod(text: string): Period | undefined {
  const [, count = '', word = ''] = PERIOD.exec(text.trim()) ?? [];
  const unit = word.toLowerCase();
  if (count === '') return undefined;
  if (unit.startsWith('w')) return { count: Number(count) * 7, unit: 'days' };
  if (unit.startsWith('m')) return { count: Number(count), unit: 'months' };
  return { count: Number(count), unit: unit.startsWith('y') ? 'years' : 'days' };
}

/** `12 months`, `1 year`. */
export const periodText = ({ count, unit }: Period): string =>
  `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;

/** The moment that lies a period before another, by the calendar in UTC; 31 March less a month is the last of February. */
export function periodBefore(now: Date, { count, unit }: Period): Date {
  const then = new Date(now);
  if (unit === 'days') {
    then.setUTCDate(then.getUTCDate() - count);
    return then;
  }
  const months = unit === 'years' ? count * 12 : count;
  const day = then.getUTCDate();
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() - months);
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(day, last));
  return then;
}

/** The most days that it can have: 12 months are 366. */
export function mostDays({ count, unit }: Period): number {
  if (unit === 'days') return count;
  const months = unit === 'years' ? count * 12 : count;
  // Of any months in a row, those with a February 29 among them have the most days.
  const years = Math.floor(months / 12);
  return years * 365 + Math.ceil(years / 4) + MOST_OF_MONTHS[months % 12]!;
}

/** The most days of 0 to 11 months in a row, such as July and August. */
const MOST_OF_MONTHS = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];

/** Negative where the first is shorter; equal periods in other units are equal. */
export const comparePeriods = (a: Period, b: Period): number => weight(a) - weight(b);

const weight = ({ count, unit }: Period): number =>
  unit === 'days' ? count : unit === 'months' ? (count * 365.25) / 12 : count * 365.25;
