/**
 * When a period ends. Hours are hours that pass, whatever clocks on the wall do; days, months and years are those of
 * the calendar of a place, and end with its last hour.
 * @see https://eur-lex.europa.eu/eli/reg/1971/1182/oj (Regulation (EEC, Euratom) No 1182/71), Article 3
 */
import { type Calendar, dayOf, startOf } from './calendar.ts';
import type { Due, Regulation } from './regulation.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What of a regulation says how its periods are counted. */
export type Counting = Pick<Regulation, 'counting' | 'rolls' | 'relief'>;

/** The moment at which a period ends, milliseconds since the epoch. @param eventMs that of the event it is counted from */
export function deadline(
  due: Due,
  eventMs: number,
  counting: Counting,
  calendar: Calendar,
  takesRelief = false,
): number {
  if (due.isAtOnce) return eventMs;
  const isEu = counting.counting === 'eu-1182';
  const end =
    due.hours === undefined
      ? endOfDays(due, eventMs, isEu && counting.rolls, calendar)
      : (isEu ? nextHour(eventMs, calendar) : eventMs) + due.hours * HOUR_MS;
  return takesRelief && counting.relief !== undefined ? relieved(end, calendar) : end;
}

/** Article 3(1): the hour during which the event occurs is not counted. */
function nextHour(ms: number, calendar: Calendar): number {
  const past = ((calendar.localMs(ms) % HOUR_MS) + HOUR_MS) % HOUR_MS;
  return ms - past + HOUR_MS;
}

/** Days are those after the day of the event, and end with it: at the last moment of it, or at a time of day. */
function endOfDays(due: Due, eventMs: number, rolls: boolean, calendar: Calendar): number {
  const local = calendar.localMs(eventMs);
  const year = new Date(local).getUTCFullYear();
  const event = due.isFromEndOfYear ? dayOf(Date.UTC(year, 11, 31)) : dayOf(local);
  const last =
    due.businessDays !== undefined
      ? businessDay(event, due, calendar)
      : due.months !== undefined
        ? sameDate(event, due.months)
        : event + (due.days ?? 0);
  const end = rolls ? rolled(event, last, due, calendar) : last;
  const [hours = 24, minutes = 0] = (due.endsAt ?? '24:00').split(':').map(Number);
  const ofDay = hours * HOUR_MS + minutes * 60_000;
  return due.endsAt === undefined
    ? calendar.momentOf(startOf(end + 1)) - 1
    : calendar.momentOf(startOf(end) + ofDay);
}

function businessDay(event: number, due: Due, calendar: Calendar): number {
  // After a day on which nobody works, the first that is worked is the first counted: as Form 8-K, B.1 has it.
  let day = event;
  for (let left = due.businessDays ?? 0; left > 0; ) {
    day += 1;
    if (calendar.isWorkingDay(day)) left -= 1;
  }
  return day;
}

/** Article 3(2)(c): the same date of the last month, or the last day of it where it has no such date. */
function sameDate(day: number, months: number): number {
  const date = new Date(startOf(day));
  const month = date.getUTCMonth() + months;
  const first = Date.UTC(date.getUTCFullYear(), month, 1);
  const days = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return dayOf(first) + Math.min(date.getUTCDate(), days) - 1;
}

/** Article 3(4): the end moves to the next working day; 3(5): two days or more include two working days. */
function rolled(
  event: number,
  last: number,
  { days = 0, months = 0 }: Due,
  calendar: Calendar,
): number {
  let end = nextWorkingDay(last, calendar);
  if (days < 2 && months === 0) return end;
  let worked = 0;
  for (let day = event + 1; day <= end; day += 1) if (calendar.isWorkingDay(day)) worked += 1;
  for (; worked < 2; worked += 1) end = nextWorkingDay(end + 1, calendar);
  return end;
}

function nextWorkingDay(day: number, calendar: Calendar): number {
  for (let next = day; ; next += 1) if (calendar.isWorkingDay(next)) return next;
}

/** Noon of the next working day, for an end on a day on which nobody works. */
function relieved(end: number, calendar: Calendar): number {
  const day = dayOf(calendar.localMs(end));
  if (calendar.isWorkingDay(day)) return end;
  return calendar.momentOf(startOf(nextWorkingDay(day, calendar)) + DAY_MS / 2);
}

/**
 * When a duty is due: at the earliest of its ends. A cap holds no more where what starts the others came after it:
 * what is classified late is not late at once.
 * @param stamps moments by the names of events, milliseconds since the epoch
 */
export function dutyDeadline(
  dues: readonly Due[],
  stamps: Readonly<Record<string, number>>,
  counting: Counting,
  calendar: Calendar,
  takesRelief = false,
): number {
  const endOf = (due: Due): number =>
    deadline(due, stamps[due.of] ?? Number.NaN, counting, calendar, takesRelief);
  const ends = dues.filter(({ isCap }) => !isCap).map(endOf);
  const start = Math.max(...dues.filter(({ isCap }) => !isCap).map(({ of }) => stamps[of] ?? 0));
  const caps = dues.filter(({ isCap }) => isCap).map(endOf);
  return Math.min(...ends, ...caps.filter((cap) => cap >= start));
}
