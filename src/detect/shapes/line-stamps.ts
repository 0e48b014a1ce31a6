/** The stamps at the start of syslog lines: of lines in one minute only the seconds are read. */
import type { Clock } from '../../logs/clock.ts';
import { emptyStamp, readStamp } from '../../logs/formats/syslog-stamp.ts';

export interface LineStamps {
  /** Microseconds since the epoch of the stamp that the line at `start` begins with, or NaN. */
  timeOf(bytes: Buffer, start: number, limit: number, clock: Clock): number;
  /** Where the latest stamp ended. */
  readonly end: number;
  /** Differs between stamps that are written, and so read, in different ways. */
  readonly kind: number;
  /** Forgets the last stamp: somebody else may have moved the clock on. */
  forget(): void;
}

/** `Mar  2 00:00:` of `Mar  2 00:00:07` */
const PREFIX = 13;
/** No stamp is longer. */
const LONGEST = 64;
const SPACE = 32;

/** Makes the memory of one stamp. */
export function createLineStamps(): LineStamps {
  const stamp = emptyStamp();
  const prefix = new Uint8Array(PREFIX);
  let isKnown = false;
  let minuteUs = 0;
  let end = 0;
  let kind = 0;

  const isSameMinute = (bytes: Uint8Array, start: number): boolean => {
    for (let index = PREFIX - 1; index >= 0; index -= 1) {
      if (bytes[start + index] !== prefix[index]) return false;
    }
    return true;
  };

  const read = (bytes: Buffer, start: number, limit: number, clock: Clock): number => {
    isKnown = false;
    const text = bytes.toString('latin1', start, Math.min(limit, start + LONGEST));
    if (!readStamp(text, 0, stamp) || stamp.epochUs !== 0) return Number.NaN;
    if (text.charCodeAt(stamp.end) !== SPACE) return Number.NaN;
    const { year, month, day, hour, minute, second, micros, offsetMinutes } = stamp;
    const timeUs = clock.at(year, month, day, hour, minute, second, micros, offsetMinutes);
    end = start + stamp.end;
    kind = (year === 0 ? 0 : 1) + (offsetMinutes === undefined ? 0 : 2);
    if (year === 0 && stamp.end === PREFIX + 2 && second < 60) {
      isKnown = true;
      minuteUs = timeUs - second * 1_000_000;
      prefix.set(bytes.subarray(start, start + PREFIX));
    }
    return timeUs;
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
    },
    timeOf(bytes, start, limit, clock) {
      if (isKnown && limit - start > PREFIX + 2 && isSameMinute(bytes, start)) {
        const tens = (bytes[start + PREFIX] as number) - 48;
        const ones = (bytes[start + PREFIX + 1] as number) - 48;
        const isPlain = tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9;
        if (isPlain && bytes[start + PREFIX + 2] === SPACE) {
          end = start + PREFIX + 2;
          kind = 0;
          return minuteUs + (tens * 10 + ones) * 1_000_000;
        }
      }
      return read(bytes, start, limit, clock);
    },
  };
}
