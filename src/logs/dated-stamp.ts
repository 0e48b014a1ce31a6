/** The year that a line tells for certain: by a stamp that has one, or by the kernel's `audit(1678615205.123:45)`. */
import { emptyStamp, readStamp } from './formats/syslog-stamp.ts';
import { monthOfName } from './month-names.ts';
import { CALENDAR_DAYS, dayInCalendar, nearestDays } from './yearless-stamp.ts';

/** Reads one line after the other; what was read last is in its fields. */
export interface DatedStamps {
  /** Is a date found in the line at `at`, which begins with no stamp without a year? @param limit end of the bytes */
  read(bytes: Buffer, at: number, limit: number): boolean;
  /** The year of a line that begins with a stamp of that day, by the audit record in it; 0 for none. */
  auditYear(bytes: Buffer, at: number, limit: number, day: number): number;
  readonly year: number;
  /** Day in a year that has a 29 February, 0 to 365. */
  readonly day: number;
  /** Seconds after midnight. */
  readonly second: number;
}

/** So much of a line is looked at. */
const HEAD_BYTES = 160;
/** So many lines are looked at one after the other, then one in a few: years need no more. */
const ALL_LOOKS = 4096;
const LOOK_STRIDE = 7;
const PRIORITY = /^<\d{1,3}>(?:1 )?/;
const ACCESS = /\[(\d\d)\/([A-Z][a-z]{2})\/((?:19|20)\d\d):(\d\d):(\d\d):(\d\d)/;
/** The kernel or an audit program writes it after its host's name: nobody else's text counts. */
const AUDIT =
  /^[^:]{6,24}:\d\d:\d\d \S{1,64} (?:kernel|audit|auditd|audispd|audisp-syslog)(?:\[\d+\])?: [^(]{0,64}audit\((\d{9,10})\.\d/;
const KERNEL_K = 107;
const AUDIT_A = 97;
const SPACE = 32;

/** Makes a reader of dates. */
export function createDatedStamps(): DatedStamps {
  const stamp = emptyStamp();
  let looks = 0;
  const isDue = (): boolean => {
    looks += 1;
    return looks <= ALL_LOOKS || looks % LOOK_STRIDE === 0;
  };
  const found = {
    year: 0,
    day: 0,
    second: 0,
    read(bytes: Buffer, at: number, limit: number): boolean {
      if (!isDue()) return false;
      const line = headOf(bytes, at, limit);
      const start = PRIORITY.exec(line)?.[0].length ?? 0;
      if (readStamp(line, start, stamp)) {
        if (stamp.epochUs > 0) return setMoment(stamp.epochUs / 1000);
        const { year, month, day, hour, minute, second } = stamp;
        return year > 0 && set(year, month, day, (hour * 60 + minute) * 60 + second);
      }
      const [, day, name = '', year, ...time] = ACCESS.exec(line) ?? [];
      const month = monthOfName(name.toLowerCase());
      if (month === undefined) return false;
      const [hour = 0, minute = 0, second = 0] = time.map(Number);
      return set(Number(year), month, Number(day), (hour * 60 + minute) * 60 + second);
    },
    auditYear(bytes: Buffer, at: number, limit: number, day: number): number {
      if (!mayBeAudit(bytes, at, limit) || !isDue()) return 0;
      const seconds = AUDIT.exec(headOf(bytes, at, limit))?.[1];
      if (seconds === undefined) return 0;
      const date = new Date(Number(seconds) * 1000);
      const calendar = dayInCalendar(date.getUTCMonth() + 1, date.getUTCDate());
      const days = nearestDays(calendar, day);
      // Zones differ by less than a day; what lies further off is of another time.
      if (days < -1 || days > 1) return 0;
      return date.getUTCFullYear() + Math.floor((calendar + days) / CALENDAR_DAYS);
    },
  };
  const set = (year: number, month: number, day: number, second: number): boolean => {
    found.year = year;
    found.day = dayInCalendar(month, day);
    found.second = second;
    return true;
  };
  const setMoment = (ms: number): boolean => {
    const date = new Date(ms);
    const second = Math.floor((ms % 86_400_000) / 1000);
    return set(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), second);
  };
  return found;
}

function headOf(bytes: Buffer, at: number, limit: number): string {
  const newline = bytes.subarray(at, Math.min(limit, at + HEAD_BYTES)).indexOf(10);
  return bytes.toString(
    'latin1',
    at,
    newline === -1 ? Math.min(limit, at + HEAD_BYTES) : at + newline,
  );
}

/** Does the word after the host begin with `k` or `a`? Most lines end here. */
function mayBeAudit(bytes: Buffer, start: number, limit: number): boolean {
  let at = start + 15;
  const end = Math.min(limit, at + 80);
  while (at < end && bytes[at] !== SPACE) at += 1;
  at += 1;
  while (at < end && bytes[at] !== SPACE) at += 1;
  const first = bytes[at + 1];
  return first === KERNEL_K || first === AUDIT_A;
}
