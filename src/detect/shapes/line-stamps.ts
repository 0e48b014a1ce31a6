/** The stamps at the start of lines: of lines in one minute only the seconds are read. */

import { MAX_ZONE_NAME } from '../../events/zone-names.ts';
import type { Clock } from '../../logs/clock.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import { emptyStamp } from '../../logs/formats/syslog-stamp.ts';

/** The stamp that was read last. */
export interface LineStamps {
  /** Reads the stamp that the line at `start` begins with; false when it has none. */
  read(bytes: Buffer, start: number, limit: number): boolean;
  /** Where the stamp that was read last ended. */
  readonly end: number;
  /** Differs between stamps that are written in different ways. */
  readonly kind: number;
  /** Microseconds since the epoch of the stamp that was read last. */
  time(clock: Clock): number;
  /** Forgets what was read: the next line may be of another year, or other bytes come. */
  forget(): void;
}

/** `Mar  2 00:00:` of `Mar  2 00:00:07` */
const PREFIX = 13;
/** No stamp is longer. */
const LONGEST = 64;
const SPACE = 32;
const COLON = 58;

/** Makes the memory of one minute and one stamp. @param format whose lines begin with a stamp */
export function createLineStamps(format: LogFormat): LineStamps {
  const stamp = emptyStamp();
  /** The minute whose time is known. */
  const prefix = new Uint8Array(PREFIX);
  let isKnown = false;
  let minuteUs = 0;
  let minuteKind = 0;
  /** The stamp that was read last. */
  const latest = new Uint8Array(PREFIX);
  let readAt = -1;
  let isRead = false;
  let isOfMinute = false;
  let second = 0;
  let end = 0;
  let kind = 0;

  const isSameMinute = (bytes: Uint8Array, start: number): boolean => {
    for (let index = PREFIX - 1; index >= 0; index -= 1) {
      if (bytes[start + index] !== prefix[index]) return false;
    }
    return true;
  };

  const readSecond = (bytes: Buffer, start: number, limit: number): boolean => {
    if (!isKnown || limit - start <= PREFIX + 2 || !isSameMinute(bytes, start)) return false;
    const tens = (bytes[start + PREFIX] as number) - 48;
    const ones = (bytes[start + PREFIX + 1] as number) - 48;
    if (!(tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9)) return false;
    if (bytes[start + PREFIX + 2] !== SPACE || mayGoOn(bytes, start + PREFIX + 3)) return false;
    second = tens * 10 + ones;
    end = start + PREFIX + 2;
    kind = minuteKind;
    return true;
  };

  const readWhole = (bytes: Buffer, start: number, limit: number): boolean => {
    const text = bytes.toString('latin1', start, Math.min(limit, start + LONGEST));
    if (format.stamp?.(text, 0, stamp) !== true || stamp.epochUs !== 0) return false;
    if (text.charCodeAt(stamp.end) !== SPACE || !isPlainEnd(text.charCodeAt(stamp.end - 1)))
      return false;
    end = start + stamp.end;
    kind = formOf(bytes, start, end);
    if (stamp.end === PREFIX + 2) latest.set(bytes.subarray(start, start + PREFIX));
    return true;
  };

  return {
    get end() {
      return end;
    },
    get kind() {
      return kind;
    },
    forget() {
      isKnown = false;
      readAt = -1;
    },
    read(bytes, start, limit) {
      if (start === readAt) return isRead;
      readAt = start;
      isOfMinute = readSecond(bytes, start, limit);
      isRead = isOfMinute || readWhole(bytes, start, limit);
      return isRead;
    },
    time(clock) {
      if (isOfMinute) return minuteUs + second * 1_000_000;
      const { year, month, day, hour, minute, micros, offsetMinutes } = stamp;
      const timeUs = clock.at(year, month, day, hour, minute, stamp.second, micros, offsetMinutes);
      if (year === 0 && stamp.end === PREFIX + 2 && stamp.second < 60) {
        isKnown = true;
        minuteUs = timeUs - stamp.second * 1_000_000;
        minuteKind = kind;
        prefix.set(latest);
      }
      return timeUs;
    },
  };
}

/** Stamps end in a digit or a Z here: texts of rules are held against that. Zones by name are read with care. */
const isPlainEnd = (code: number): boolean => (code >= 48 && code <= 57) || (code | 32) === 122;

/** Might what stands at `at`, after the clock, belong to the stamp: a year, an offset, the name of a zone? */
function mayGoOn(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] as number;
  if ((first >= 48 && first <= 57) || first === 43 || first === 45) return true;
  let end = at;
  while (end - at <= MAX_ZONE_NAME && (bytes[end] as number) >= 65 && (bytes[end] as number) <= 90)
    end += 1;
  return end > at + 1 && (bytes[end] === SPACE || bytes[end] === COLON);
}

/** The same for stamps that differ in digits and letters only. */
function formOf(bytes: Buffer, start: number, end: number): number {
  let form = end - start;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] as number;
    const isDigit = code >= 48 && code <= 57;
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    form = Math.imul(form ^ (isDigit ? 48 : isLetter ? 97 : code), 0x01000193);
  }
  return form;
}
