/** Every stamp that begins at a place of a line: those of syslog, of web servers and of programs. */
import { monthNumber } from '../formats/access-time.ts';
import { readStamp, readTimeAfterDate, type Stamp } from '../formats/syslog-stamp.ts';

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** `24/Nov/2026:10:00:01 +0100`, `24/11/2026 10:00:01`, `24-Nov-2026 10:00:01`, at a digit. */
function readDayFirst(text: string, at: number, stamp: Stamp): boolean {
  const isShort = !isDigit(text.charCodeAt(at + 1));
  const mark = text[at + (isShort ? 1 : 2)];
  const monthAt = at + (isShort ? 2 : 3);
  if (mark !== '/' && mark !== '-' && mark !== ' ' && mark !== '.') return false;
  const yearMark = text.indexOf(mark, monthAt);
  if (yearMark < 0 || yearMark - monthAt > 9) return false;
  const name = text.slice(monthAt, yearMark);
  const month = isDigit(name.charCodeAt(0)) ? Number(name) : monthNumber(name);
  const year = Number(text.slice(yearMark + 1, yearMark + 5));
  if (!(year >= 1970 && year < 2100)) return false;
  const day = Number(text.slice(at, monthAt - 1));
  return readTimeAfterDate(text, yearMark + 5, year, month, day, stamp);
}

/** `2026/11/24 10:00:01`, `2026.11.24 10:00:01`. */
function readSlashed(text: string, at: number, stamp: Stamp): boolean {
  const mark = text[at + 4];
  if ((mark !== '/' && mark !== '.') || text[at + 7] !== mark) return false;
  const [year, month, day] = [
    text.slice(at, at + 4),
    text.slice(at + 5, at + 7),
    text.slice(at + 8, at + 10),
  ].map(Number);
  return readTimeAfterDate(text, at + 10, year ?? 0, month ?? 0, day ?? 0, stamp);
}

/** Reads the stamp at `at`, whatever its style; false when there is none. */
export function readAnyStamp(text: string, at: number, stamp: Stamp): boolean {
  if (readStamp(text, at, stamp)) return true;
  if (!isDigit(text.charCodeAt(at))) return false;
  return readSlashed(text, at, stamp) || readDayFirst(text, at, stamp);
}
